"""`valik witness`: make a witness's key, and run it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from auditor.api import witness_app
from auditor.head_store import FileHeadStore
from auditor.witness import Witness
from common.checks.catalogue import COMPLETE
from common.checks.manifest import open_manifest
from common.crypto.systems import SYSTEMS
from common.eid.service_keys import public_raw
from common.encoding.octets import from_base64url, to_base64url
from common.errors import EncodingError, SetupError
from common.log.note import KeyType, NoteKey
from common.messages import manifest as manifests
from common.messages.acts import Signed
from common.transport.documents import read_authority, read_document, write_document
from common.transport.key_files import PUBLIC_FILE, load_signing_key, new_folder, save_key
from common.transport.options import (
    AuthorityKey,
    Config,
    Host,
    Json,
    ManifestFile,
    Port,
    Supervised,
    TlsCert,
    TlsKey,
    announce_configuration,
    say_made,
    tls_files,
)
from common.transport.serve import LOOPBACK, serve
from common.transport.supervision import Clock, obey

KEY, HEADS = "witness.pem", "heads"

witness = typer.Typer(no_args_is_help=True, help="A witness of the log: make its key, run it.")


def register(app: typer.Typer) -> None:
    """Mount this party's commands."""
    app.add_typer(witness, name="witness")


@witness.command()
def new(
    folder: Annotated[Path, typer.Argument(help="The witness's own folder; must not exist yet.")],
    name: Annotated[str, typer.Option(help="Its name on cosignatures, such as witness.example.org/valik.")],
    as_json: Json = False,
) -> None:
    """Make a witness's key. Hand FOLDER/public.json to the election authority; the rest stays secret."""
    key = Ed25519PrivateKey.generate()
    NoteKey(name, KeyType.COSIGNATURE_V1, public_raw(key))  # refuses a name that no note can carry
    new_folder(folder)
    (folder / HEADS).mkdir(mode=0o700)
    save_key(folder / KEY, key)
    write_document(folder / PUBLIC_FILE, manifests.Witness(name, to_base64url(public_raw(key))))
    say_made(as_json, folder)


@witness.command(name="serve")
def run(
    folder: Annotated[Path, typer.Argument(help="The witness's own folder, made by `valik witness new`.")],
    manifest: ManifestFile,
    authority: AuthorityKey,
    host: Host = LOOPBACK,
    port: Port = 0,
    tls_cert: TlsCert = None,
    tls_key: TlsKey = None,
    supervised: Supervised = False,
    config: Config = None,
) -> None:
    """Run a witness of one election's log (C2SP tlog-witness) until it is stopped.

    It keeps the log's newest head in its folder before it answers, and refuses whatever does not extend it, also
    after a restart.
    """
    announce_configuration("witness", locals())
    clock = Clock()
    election = open_manifest(read_document(Signed, manifest), read_authority(authority), SYSTEMS, COMPLETE)
    key = load_signing_key(folder / KEY)
    names = [m.name for m in election.manifest.witnesses.members if from_base64url(m.key) == public_raw(key)]
    if not names:
        raise SetupError("the manifest does not name this witness; give the folder of one that it names")
    try:
        heads = FileHeadStore(folder / HEADS)
        heads.load(election.log_trust.origin)
    except NotADirectoryError:
        raise SetupError(f"{folder / HEADS} is missing: a witness that forgot what it saw must not go on") from None
    except EncodingError as error:
        raise SetupError(f"{folder / HEADS}: {error}; a witness that forgot what it saw must not go on") from None
    party = Witness(names[0], key, heads, clock, {election.log_trust.origin: election.log_trust.log_key})
    if supervised:
        obey(sys.stdin, sys.stdout, clock)
    serve(witness_app(party, party.require_ready), host, port, tls_files(tls_cert, tls_key))
