"""`valik trustee new`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from common.eid.service_keys import public_raw
from common.encoding.octets import to_base64url
from common.errors import MalformedMessage, SetupError
from common.messages.manifest import Trustee
from common.messages.message import decode, encode
from common.transport.documents import write_document
from common.transport.key_files import PUBLIC_FILE, new_folder, save_key
from common.transport.options import Json, say_made
from tallier.trustee_state import EMPTY, SEALING, SIGNING, STATE, FileState

commands = typer.Typer()


@commands.command()
def new(
    folder: Annotated[Path, typer.Argument(help="The trustee's own folder; must not exist yet.")],
    name: Annotated[str, typer.Option(help="Its name in the election, such as trustee-1.")],
    as_json: Json = False,
) -> None:
    """Make a trustee's keys. Hand FOLDER/public.json to the authority and the dealer; the rest stays secret."""
    signing, sealing = Ed25519PrivateKey.generate(), X25519PrivateKey.generate()
    raw = (public_raw(signing), sealing.public_key().public_bytes_raw())
    public = Trustee(name, *map(to_base64url, raw))
    try:
        decode(Trustee, encode(public))
    except MalformedMessage:  # no message could carry that name
        raise SetupError("--name: write 1 to 40 of a-z, 0-9 and -, with no - in front, such as trustee-1") from None
    with new_folder(folder):
        save_key(folder / SIGNING, signing)
        save_key(folder / SEALING, sealing)
        FileState(folder / STATE).save(EMPTY)
        write_document(folder / PUBLIC_FILE, public)
    say_made(as_json, folder, "the authority and the dealer")
