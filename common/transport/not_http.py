"""What HTTP itself refuses, before any application sees it, as problem documents like all other failures.

uvicorn answers what is no request, and a connection too many, with plain text of its own; here in our words.
"""

from __future__ import annotations

import sys
from typing import Any

import h11
from uvicorn._types import ASGI3Application, ASGIReceiveCallable, ASGISendCallable, Scope
from uvicorn.protocols.http.h11_impl import STATUS_PHRASES, H11Protocol

from common.messages.message import encode
from common.transport import problems
from common.transport.server import HEADERS

HEAD_BYTES = 16_384
"""How long a request's line and headers may be together, as far as they come in pieces."""
_WORDS = {
    400: "this is no HTTP/1.1 request",
    431: f"the line and headers of a request may have {HEAD_BYTES} bytes",
    501: "a body travels as it is, or in chunks",
    503: "too many connections; try again later",
}


class ProblemsInHttp(H11Protocol):
    """`H11Protocol` that explains itself as RFC 9457 has it, and closes the line."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._limit, self.limit_concurrency = self.limit_concurrency, None  # uvicorn's own answer is plain text
        self.app = self._unless_crowded(self.app)

    def send_400_response(self, msg: str) -> None:
        """Answer what h11 does not take; called while its error is handled, which says what is wrong with it."""
        if self.cycle is not None:
            self.cycle.disconnected = True  # the application's answer, if it still comes, has nowhere to go
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            error = sys.exception()
            status = error.error_status_hint if isinstance(error, h11.ProtocolError) else 400
            self._answer(status if status in _WORDS else 400)
        self.transport.close()

    def _answer(self, status: int) -> None:
        asked_for_head = self.conn.our_state is h11.SEND_RESPONSE and self.scope["method"] == "HEAD"
        response = h11.Response(status_code=status, headers=_headers(), reason=STATUS_PHRASES[status])
        for event in (response, h11.Data(data=b"" if asked_for_head else _body(status)), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")

    def _unless_crowded(self, app: ASGI3Application) -> ASGI3Application:
        async def answer(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
            if self._limit is None or (len(self.connections) < self._limit and len(self.tasks) <= self._limit):
                await app(scope, receive, send)
                return
            self.logger.warning("Exceeded concurrency limit.")
            await send({"type": "http.response.start", "status": 503, "headers": _headers()})
            await send({"type": "http.response.body", "body": _body(503), "more_body": False})

        return answer


def _headers() -> list[tuple[bytes, bytes]]:
    named = HEADERS | {"content-type": problems.MEDIA, "connection": "close"}
    return [(name.encode("ascii"), value.encode("ascii")) for name, value in named.items()]


def _body(status: int) -> bytes:
    return encode(problems.plain_problem(status, _WORDS[status]))
