"""`valik collector new`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from collector.store import Store
from common.eid.service_keys import public_raw
from common.encoding.octets import to_base64url
from common.messages.introductions import CollectorIntroduction
from common.transport.addresses import require_safe
from common.transport.documents import write_document
from common.transport.key_files import PUBLIC_FILE, new_folder, save_key, write_private
from common.transport.options import Json, say_made

LOG_KEY, ANSWERS_KEY, STORE = "log.pem", "answers.pem", "box.sqlite"
commands = typer.Typer()


@commands.command()
def new(
    folder: Annotated[Path, typer.Argument(help="The collector's own folder; must not exist yet.")],
    address: Annotated[str, typer.Option(help="Where voters will reach it, such as https://vote.example.org.")],
    as_json: Json = False,
) -> None:
    """Make a collector's keys. Hand FOLDER/public.json to the election authority; the rest stays secret."""
    address = require_safe(address)
    log, answers = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    public = [to_base64url(public_raw(key)) for key in (log, answers)]
    with new_folder(folder):
        save_key(folder / LOG_KEY, log)
        save_key(folder / ANSWERS_KEY, answers)
        write_private(folder / STORE, b"")
        Store(folder / STORE).close()
        write_document(folder / PUBLIC_FILE, CollectorIntroduction(address, *public))
    say_made(as_json, folder)
