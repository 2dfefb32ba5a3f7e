"""`valik authority new`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from common.eid.service_keys import public_raw
from common.encoding.octets import to_base64url
from common.transport.documents import write_line
from common.transport.key_files import new_folder, save_key
from common.transport.options import Json, say

KEY, PUBLIC_KEY = "authority.pem", "authority.key"
commands = typer.Typer()


@commands.command()
def new(
    folder: Annotated[Path, typer.Argument(help="The authority's own folder; must not exist yet.")],
    as_json: Json = False,
) -> None:
    """Make the authority's key. Everyone pins FOLDER/authority.key; the rest of the folder stays secret."""
    key = Ed25519PrivateKey.generate()
    with new_folder(folder):
        save_key(folder / KEY, key)
        write_line(folder / PUBLIC_KEY, to_base64url(public_raw(key)))
    text = f"made {folder}; hand {folder / PUBLIC_KEY} to everyone, on a way that nobody can forge"
    say(as_json, {"public": str(folder / PUBLIC_KEY)}, text)
