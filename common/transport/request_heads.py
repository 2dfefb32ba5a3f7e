"""HTTP/1.1 for clients that get to the point: uvicorn's protocol, with a limit on the time a request's head takes.

uvicorn bounds a head's size and an idle connection's time, but would wait for ever for a head once begun, for the
first byte of a fresh connection, or for the end of a body that was refused before it was there.
"""

from __future__ import annotations

import asyncio
from typing import Any

import h11

from common.transport.not_http import ProblemsInHttp

HEAD_SECONDS = 10
"""From connecting, later from its first byte, until a request's head must be complete; else the line is closed."""


class PromptHeads(ProblemsInHttp):
    """`ProblemsInHttp` with that limit."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._due: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_watching()
        super().connection_lost(exc)

    def _watch(self) -> None:
        """Start the clock while a head is awaited, and never again before it is there; stop it when it is.

        So too while a body comes whose request was answered: it is read, for the sake of what follows, and dropped.
        """
        if self.conn.their_state is not h11.IDLE and self.conn.our_state not in (h11.DONE, h11.MUST_CLOSE):
            self._stop_watching()
        elif self._due is None:
            self._due = self.loop.call_later(HEAD_SECONDS, self.timeout_keep_alive_handler)

    def _stop_watching(self) -> None:
        if self._due is not None:
            self._due.cancel()
            self._due = None
