"""`valik collector serve`."""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from collector.api import box_app, public_app
from collector.collector import Collector, Keys
from collector.keys_cli import ANSWERS_KEY, LOG_KEY, STORE
from collector.store import Store
from common.checks.catalogue import COMPLETE
from common.eid.service_keys import public_raw
from common.errors import SetupError
from common.messages.acts import Signed
from common.messages.election import Election
from common.ports import Unavailable
from common.transport.addresses import LOOPBACK
from common.transport.client import OcspClient, WitnessClient
from common.transport.connection import connect
from common.transport.documents import read_document
from common.transport.key_files import held_alone, load_signing_key
from common.transport.options import (
    AuthorityKey,
    Ca,
    ClientCa,
    Config,
    Host,
    Insecure,
    ManifestFile,
    Port,
    Supervised,
    TlsCert,
    TlsKey,
    announce_configuration,
    require_permitted,
    tls_files,
)
from common.transport.peer_log import PeerLog
from common.transport.pinned import read_election
from common.transport.serve import BackgroundService, serve
from common.transport.supervision import Clock, obey

BEGUN = "begun"
"""A mark that the store has held a log."""

commands = typer.Typer()


@commands.command(name="serve")
def run(
    folder: Annotated[Path, typer.Argument(help="The collector's own folder, made by `valik collector new`.")],
    manifest: ManifestFile,
    roll: Annotated[Path, typer.Option(help="The signed voter roll.")],
    authority: AuthorityKey,
    witness: Annotated[list[str], typer.Option(help="Address of a witness; once for each.")],
    ocsp: Annotated[str, typer.Option(help="Address of the eID authority's OCSP responder.")],
    host: Host = LOOPBACK,
    port: Port = 0,
    box_host: Annotated[str, typer.Option(help="Address of the inner door, for authority and processor.")] = LOOPBACK,
    box_port: Annotated[int, typer.Option(min=0, max=65_535, help="Its port; 0: a free one.")] = 0,
    tls_cert: TlsCert = None,
    tls_key: TlsKey = None,
    client_ca: ClientCa = None,
    ca: Ca = None,
    insecure_parameters: Insecure = False,
    supervised: Supervised = False,
    config: Config = None,
) -> None:
    """Run one election's collector until it is stopped; started again, it continues where it was.

    Two doors: one for voters and everyone, and an inner one, which hands out the whole ballot box after the close. On
    anything but loopback the inner door lets in only clients with a certificate of --client-ca.
    """
    announce_configuration("collector", locals())
    clock = Clock()
    election = read_election(manifest, authority)
    require_permitted(election.insecure, insecure_parameters)
    inner = tls_files(tls_cert, tls_key, client_ca)
    if box_host != LOOPBACK and client_ca is None:
        raise SetupError("the inner door hands out the ballot box with its names: give --client-ca to guard it")
    with held_alone(folder), closing(open_store(folder)) as store:
        keys = _keys(folder, election)
        responder = OcspClient(connect(ocsp, ca))
        witnesses = [WitnessClient(connect(address, ca)) for address in witness]
        signed = read_document(Signed, roll)
        party = Collector(election, signed, keys, store, witnesses, responder, clock, COMPLETE, notes=PeerLog())
        (folder / BEGUN).touch(mode=0o600)
        box = BackgroundService(box_app(party, party.checkpoint), box_host, box_port, inner)
        if supervised:
            obey(sys.stdin, sys.stdout, clock)
        app = public_app(party, election.manifest.policies.vote_bytes)
        serve(app, host, port, tls_files(tls_cert, tls_key), doors={"box": box})


def _keys(folder: Path, election: Election) -> Keys:
    keys = Keys(load_signing_key(folder / LOG_KEY), load_signing_key(folder / ANSWERS_KEY))
    if public_raw(keys.log) != election.log_trust.log_key or public_raw(keys.answers) != election.collector_key:
        raise SetupError("the manifest names another collector's keys; give the folder of its own collector")
    return keys


def open_store(folder: Path) -> Store:
    """The ballot box of a collector's folder; `SetupError` if it is not what it was: it never seems new."""
    path, lost = folder / STORE, "a collector that lost its ballot box must not begin another"
    if not (folder / LOG_KEY).is_file():
        raise SetupError(f"{folder} holds no {LOG_KEY}; give the folder in which this party was made")
    if not path.is_file() or path.stat().st_size == 0:
        raise SetupError(f"{path} is missing or empty: {lost}")
    try:
        store = Store(path)
        empty = not store.leaves(0, 1)
    except Unavailable as error:
        cause = error.__cause__
        if isinstance(cause, sqlite3.Error) and cause.sqlite_errorcode != sqlite3.SQLITE_ERROR:
            raise SetupError(
                f"{path} cannot be read or written ({cause}); see that the disk has room, and who may write there"
            ) from None
        raise SetupError(f"{path}: not a collector's store ({cause})") from None
    except sqlite3.DatabaseError as error:
        raise SetupError(f"{path}: not a collector's store ({error})") from None
    if empty and (folder / BEGUN).exists():
        raise SetupError(f"{path} holds nothing, and held a log before: {lost}")
    return store
