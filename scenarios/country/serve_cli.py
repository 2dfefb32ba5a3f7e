"""`valik eid serve`."""

from __future__ import annotations

import sys

import typer

from common.transport.addresses import LOOPBACK
from common.transport.options import (
    Config,
    Host,
    Port,
    Supervised,
    TlsCert,
    TlsKey,
    announce_configuration,
    tls_files,
)
from common.transport.serve import serve
from common.transport.supervision import Clock, obey
from scenarios.country.api import ocsp_app
from scenarios.country.cards_cli import Folder
from scenarios.country.ocsp_responder import OcspResponder
from scenarios.country.office_files import open_authority

commands = typer.Typer()


@commands.command(name="serve")
def run(
    folder: Folder,
    host: Host = LOOPBACK,
    port: Port = 0,
    tls_cert: TlsCert = None,
    tls_key: TlsKey = None,
    supervised: Supervised = False,
    config: Config = None,
) -> None:
    """Answer the collector's questions about certificates (OCSP, RFC 6960) until stopped."""
    announce_configuration("mock eID authority", locals())
    clock = Clock()
    responder = OcspResponder(open_authority(folder, clock))
    app = ocsp_app(responder, responder.require_ready)
    if supervised:
        obey(sys.stdin, sys.stdout, clock)
    serve(app, host, port, tls_files(tls_cert, tls_key))
