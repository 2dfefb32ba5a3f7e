"""`valik witness serve`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from auditor.api import witness_app
from auditor.head_store import FileHeadStore
from auditor.witness import Witness
from auditor.witness_keys_cli import HEADS, KEY
from auditor.witness_notes import NotedWitness
from common.eid.service_keys import public_raw
from common.encoding.octets import from_base64url
from common.errors import EncodingError, SetupError
from common.transport.addresses import LOOPBACK
from common.transport.key_files import load_signing_key
from common.transport.options import (
    AuthorityKey,
    Config,
    Host,
    ManifestFile,
    Port,
    Supervised,
    TlsCert,
    TlsKey,
    announce_configuration,
    say_if_toy,
    tls_files,
)
from common.transport.peer_log import PeerLog
from common.transport.pinned import read_election
from common.transport.serve import serve
from common.transport.supervision import Clock, obey

commands = typer.Typer()


@commands.command(name="serve")
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
    election = read_election(manifest, authority)
    say_if_toy(election.insecure)
    key = load_signing_key(folder / KEY)
    names = [m.name for m in election.manifest.witnesses.members if from_base64url(m.key) == public_raw(key)]
    if not names:
        raise SetupError("the manifest does not name this witness; give the folder of one that it names")
    origin = election.log_trust.origin
    heads = open_heads(folder / HEADS, origin)
    party = Witness(names[0], key, heads, clock, {origin: election.log_trust.log_key})
    if supervised:
        obey(sys.stdin, sys.stdout, clock)
    noted = NotedWitness(party, origin, PeerLog())
    serve(witness_app(noted, party.require_ready), host, port, tls_files(tls_cert, tls_key))


def open_heads(folder: Path, origin: str) -> FileHeadStore:
    """What a witness saw of a log; `SetupError` if that is lost, or if what it will see could not be kept."""
    try:
        heads = FileHeadStore(folder)
        heads.load(origin)
        heads.require_writable()
    except NotADirectoryError:
        raise SetupError(f"{folder} is missing: a witness that forgot what it saw must not go on") from None
    except EncodingError as error:
        raise SetupError(f"{folder}: {error}; a witness that forgot what it saw must not go on") from None
    except OSError as error:
        raise SetupError(
            f"{folder} cannot be read and written ({error.strerror}): a witness keeps what it saw before it answers; "
            "make room there, and see who may write"
        ) from None
    return heads
