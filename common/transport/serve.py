"""Running a service: uvicorn on one address, in this thread until a signal, or beside the caller in a thread."""

from __future__ import annotations

import json
import signal
import socket
import ssl
import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from threading import Event, Thread
from types import FrameType, MappingProxyType, TracebackType
from typing import Any, NoReturn, TextIO

import uvicorn
from fastapi import FastAPI

from common.errors import SetupError
from common.transport.addresses import LOOPBACK
from common.transport.listening import listen
from common.transport.logs import LOGGING
from common.transport.not_http import HEAD_BYTES
from common.transport.request_heads import PromptHeads
from common.transport.tls import TlsFiles

KEEP_ALIVE_SECONDS = 5
STOP_SECONDS = 10
"""How long requests in hand may take after the order to stop."""
START_SECONDS = 30
MAXIMUM_CONNECTIONS = 1_000


def serve(
    app: FastAPI,
    host: str = LOOPBACK,
    port: int = 0,
    tls: TlsFiles | None = None,
    out: TextIO = sys.stdout,
    doors: Mapping[str, BackgroundService] = MappingProxyType({}),
) -> None:
    """Run until SIGINT or SIGTERM, then finish what is in hand and raise `SystemExit(0)`.

    Port 0: a free one. `doors`: more of the same party.

    As soon as requests are taken, `out` gets one line, such as `{"ready": "http://127.0.0.1:8080"}`, with the
    addresses of the other doors by name. `SetupError` if the address is taken, or is not a loopback address and
    there is no TLS.
    """
    listening, address = listen(host, port, tls)
    addresses = {"ready": address, **{name: door.address for name, door in doors.items()}}

    def announce() -> None:
        out.write(json.dumps(addresses) + "\n")  # in one piece: other processes may write there too
        out.flush()

    server = _Server(_config(app, tls, LOGGING), announce)
    for stopping in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stopping, _leave)
    with ExitStack() as opened:
        for door in doors.values():
            opened.enter_context(door)
        server.run(sockets=[listening])


def _leave(_number: int, _frame: FrameType | None) -> NoReturn:
    """uvicorn raises the signal again once it has stopped. By default that would end the process where it stands."""
    raise SystemExit(0)


class BackgroundService:
    """A service in a thread of this process, from `with` to its end; `address` says where."""

    def __init__(self, app: FastAPI, host: str = LOOPBACK, port: int = 0, tls: TlsFiles | None = None) -> None:
        self._listening, self.address = listen(host, port, tls)
        self._ready = Event()
        self._server = _Server(_config(app, tls, None), self._ready.set)
        self._thread = Thread(target=self._server.run, args=([self._listening],), name=f"service {app.title}")

    def __enter__(self) -> BackgroundService:
        self._thread.start()
        if not self._ready.wait(START_SECONDS):
            self.stop()
            raise SetupError(f"the service at {self.address} does not start")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def ask_to_stop(self) -> None:
        """Begin to stop; `stop` waits for the end."""
        self._server.should_exit = True

    def stop(self) -> None:
        """Take no new requests, finish those in hand, and end the thread. May be called again."""
        self.ask_to_stop()
        self._thread.join(STOP_SECONDS + START_SECONDS)
        self._listening.close()


def _config(app: FastAPI, tls: TlsFiles | None, log_config: dict[str, Any] | None) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        loop="asyncio",
        http=PromptHeads,
        h11_max_incomplete_event_size=HEAD_BYTES,
        ws="none",
        lifespan="off",
        log_config=log_config,
        proxy_headers=False,
        server_header=False,
        limit_concurrency=MAXIMUM_CONNECTIONS,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=STOP_SECONDS,
        ssl_certfile=str(tls.certificate) if tls else None,
        ssl_keyfile=str(tls.key) if tls else None,
        ssl_ca_certs=str(tls.ca) if tls and tls.ca else None,
        ssl_cert_reqs=ssl.CERT_REQUIRED if tls and tls.ca else ssl.CERT_NONE,
    )


class _Server(uvicorn.Server):
    """Says when it is ready."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()
