"""`valik trustee serve`."""

from __future__ import annotations

import sys

import typer

from common.transport.addresses import LOOPBACK
from common.transport.documents import read_authority
from common.transport.key_files import held_alone
from common.transport.options import (
    AuthorityKey,
    ClientCa,
    Config,
    Host,
    Insecure,
    Port,
    Supervised,
    TlsCert,
    TlsKey,
    announce_configuration,
    tls_files,
)
from common.transport.peer_log import PeerLog
from common.transport.serve import serve
from common.transport.supervision import Clock, obey
from tallier.api import trustee_app
from tallier.trustee_folder import load_trustee
from tallier.trustee_notes import NotedTrustee
from tallier.trustee_options import DEFAULT_PARAMETERS, Folder, ParametersName

commands = typer.Typer()


@commands.command(name="serve")
def run(
    folder: Folder,
    authority: AuthorityKey,
    parameters: ParametersName = DEFAULT_PARAMETERS,
    host: Host = LOOPBACK,
    port: Port = 0,
    tls_cert: TlsCert = None,
    tls_key: TlsKey = None,
    client_ca: ClientCa = None,
    insecure_parameters: Insecure = False,
    supervised: Supervised = False,
    config: Config = None,
) -> None:
    """Run a trustee until it is stopped: it takes its share, rehearses, and after the close answers once.

    What it has received and said is kept in FOLDER/state.json, durably before it leaves; started again, it goes
    on from there. Never run it from a copy of the folder made before it answered: such a copy has forgotten that.
    """
    announce_configuration("trustee", locals())
    with held_alone(folder):
        party = load_trustee(folder, parameters, insecure_parameters, read_authority(authority))
        if supervised:
            obey(sys.stdin, sys.stdout, Clock())
        noted = NotedTrustee(party, PeerLog())
        serve(trustee_app(noted, party.require_ready), host, port, tls_files(tls_cert, tls_key, client_ca))
