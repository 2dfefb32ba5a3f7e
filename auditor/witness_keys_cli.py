"""`valik witness new`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from common.eid.service_keys import public_raw
from common.encoding.octets import to_base64url
from common.errors import EncodingError, SetupError
from common.log.note import KeyType, NoteKey
from common.messages import manifest as manifests
from common.messages.message import decode, encode
from common.transport.documents import write_document
from common.transport.key_files import PUBLIC_FILE, new_folder, save_key
from common.transport.options import Json, say_made

KEY, HEADS = "witness.pem", "heads"
commands = typer.Typer()


@commands.command()
def new(
    folder: Annotated[Path, typer.Argument(help="The witness's own folder; must not exist yet.")],
    name: Annotated[str, typer.Option(help="Its name on cosignatures, such as witness.example.org/valik.")],
    as_json: Json = False,
) -> None:
    """Make a witness's key. Hand FOLDER/public.json to the election authority; the rest stays secret."""
    key = Ed25519PrivateKey.generate()
    public = manifests.Witness(name, to_base64url(public_raw(key)))
    try:
        NoteKey(name, KeyType.COSIGNATURE_V1, public_raw(key))
        decode(manifests.Witness, encode(public))
    except EncodingError:  # no note or no manifest could carry that name
        raise SetupError(
            "--name: write 1 to 300 characters with no spaces and no +, such as witness.example.org/valik"
        ) from None
    with new_folder(folder):
        (folder / HEADS).mkdir(mode=0o700)
        save_key(folder / KEY, key)
        write_document(folder / PUBLIC_FILE, public)
    say_made(as_json, folder)
