"""Taking an address: the socket on which a service will listen."""

from __future__ import annotations

import socket

from common.errors import SetupError
from common.transport.addresses import is_loopback, url_of
from common.transport.tls import TlsFiles

BACKLOG = 128


def listen(host: str, port: int, tls: TlsFiles | None) -> tuple[socket.socket, str]:
    """A listening socket and its address; `SetupError` for an unsafe or a taken one, or files that make no TLS."""
    if tls is None and not is_loopback(host):
        raise SetupError(
            "a service that others can reach needs TLS: give its certificate and key, --tls-cert and --tls-key"
        )
    if tls is not None:
        tls.require_usable()
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio sends at once (TCP_NODELAY) only on sockets that say they are TCP; else each answer waits some 40 ms
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(BACKLOG)
    except OSError as error:
        listening.close()
        raise SetupError(f"cannot listen on {host}, port {port}: {error.strerror}") from None
    return listening, url_of(host, listening.getsockname()[1], tls=tls is not None)
