"""A port as an HTTP service: its routes, its limits, and a problem document for every failure (spec 15).

Handlers are plain functions, run in worker threads. A request's body is bounded while it is read, before anything
looks at it; what went wrong inside is told to nobody outside.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from fastapi import Depends, FastAPI, Request, Response
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from common.errors import ValikError
from common.messages.message import encode
from common.ports import NotAuthenticated, Unavailable
from common.requests import ServiceState
from common.routes import HEALTH as HEALTH_ROUTE
from common.routes import JSON, Route
from common.routes import READY as READY_ROUTE
from common.transport import problems
from common.transport.bodies import decode_body, encode_body
from common.transport.openapi import DescribedApp

Q = TypeVar("Q")
A = TypeVar("A")

BODY_SECONDS = 60
"""How long a client may take to send a body."""
HEALTH, READY = HEALTH_ROUTE.path, READY_ROUTE.path
DESCRIPTION = "/openapi.json"
HEADERS = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
"""Of every answer, but for tiles."""
_LASTING = "public, max-age=31536000, immutable"
_BEARER = re.compile(r"(?i:Bearer) +([A-Za-z0-9_-]{1,200})\Z")
"""The scheme's letter case does not matter (RFC 9110)."""


@dataclass(frozen=True, slots=True)
class Asked(Generic[Q]):
    """A request as a handler sees it: decoded body, session (empty where the route has none), end of the path."""

    body: Q = field(repr=False)
    session: str = field(repr=False)
    rest: str


@dataclass(frozen=True, slots=True)
class Handler:
    """A route and the function that answers it; make one with `handle`."""

    route: Route[Any, Any]
    answer: Callable[[Asked[Any]], Any]


def handle(route: Route[Q, A], answer: Callable[[Asked[Q]], A]) -> Handler:
    """`answer` gives the route's answer, or raises a `ValikError` that becomes a problem document."""
    return Handler(route, answer)


def make_app(title: str, handlers: Sequence[Handler], ready: Callable[[], object] = lambda: None) -> FastAPI:
    """The service of these handlers, with `/health`, `/ready` and `/openapi.json` besides.

    `ready` raises a `ValikError` or `OSError` while the party cannot serve; nobody is told why.
    """
    app = DescribedApp(title)
    for handler in [*handlers, *_probes(title, ready)]:
        route = handler.route
        app.add_api_route(
            route.path,
            _endpoint(handler),
            methods=[route.method],
            summary=route.summary,
            response_model=None,
            response_class=Response,
            status_code=204 if route.answer is type(None) else 200,
        )
        app.described.append(route)
    app.add_api_route(DESCRIPTION, _description(app), include_in_schema=False)
    app.add_exception_handler(ValikError, _declined)
    app.add_exception_handler(HTTPException, _not_understood)
    app.add_exception_handler(ClientDisconnect, _gone)
    app.add_exception_handler(Exception, _broken)
    return app


def _probes(title: str, ready: Callable[[], object]) -> tuple[Handler, Handler]:
    def state(_asked: Asked[None]) -> ServiceState:
        try:
            ready()
        except (ValikError, OSError):
            raise Unavailable("the party cannot serve now; try again later") from None
        return ServiceState(title, "ready")

    return handle(HEALTH_ROUTE, lambda asked: ServiceState(title, "ok")), handle(READY_ROUTE, state)


def _description(app: FastAPI) -> Callable[[Request], Response]:
    def description(request: Request) -> Response:
        _require_head(request, None, 0)
        text = json.dumps(app.openapi(), ensure_ascii=False, separators=(",", ":"))
        return Response(text.encode("utf-8"), headers={**HEADERS, "content-type": JSON})

    return description


def _endpoint(handler: Handler) -> Callable[..., Response]:
    route = handler.route

    def endpoint(request: Request, data: bytes = Depends(_body_reader(route))) -> Response:
        session = _session(request) if route.session else ""
        asked = Asked(decode_body(route.request, data), session, str(request.path_params.get("rest", "")))
        answer = encode_body(handler.answer(asked))
        if route.answer is type(None):
            return Response(status_code=204, headers=HEADERS)
        headers = {**HEADERS, "content-type": route.answer_media}
        return Response(answer, headers=headers | {"cache-control": _LASTING} if route.lasting else headers)

    return endpoint


def _body_reader(route: Route[Any, Any]) -> Callable[[Request], Awaitable[bytes]]:
    limit = 0 if route.request is type(None) else route.limit

    async def read(request: Request) -> bytes:
        _require_head(request, route.request_media if limit else None, limit)
        try:
            async with asyncio.timeout(BODY_SECONDS):
                return await _bounded(request, limit)
        except TimeoutError:
            raise HTTPException(408, "the body came too slowly") from None

    return read


def _require_head(request: Request, media: str | None, limit: int) -> None:
    """Refuse by the request's head what needs no look at its body."""
    if request.url.query:
        raise HTTPException(400, "no address of this service takes a query")
    if "content-encoding" in request.headers:
        raise HTTPException(415, "bodies travel uncompressed")
    if media is not None and request.headers.get("content-type", "").partition(";")[0].strip().lower() != media:
        raise HTTPException(415, f"the body must be {media}")
    declared = request.headers.get("content-length", "0")
    if not declared.isdecimal() or int(declared) > limit:
        raise _too_large(limit)


async def _bounded(request: Request, limit: int) -> bytes:
    """The body, never holding more of it than the limit and one piece."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > limit:
            raise _too_large(limit)
    return bytes(body)


def _too_large(limit: int) -> HTTPException:
    return HTTPException(413, f"a body of more than {limit} bytes")


def _session(request: Request) -> str:
    given = request.headers.getlist("authorization")
    match = _BEARER.match(given[0]) if len(given) == 1 else None
    if match is None:
        raise NotAuthenticated("this needs a session: authenticate first")
    return match[1]


# --- failures


def _response(problem: problems.Problem | problems.FailedCheck, headers: dict[str, str] | None = None) -> Response:
    found = {**HEADERS, **(headers or {})}
    if problem.status == 401:
        found["www-authenticate"] = "Bearer"
    return Response(encode(problem), problem.status, {**found, "content-type": problems.MEDIA})


async def _declined(_request: Request, error: Exception) -> Response:
    """A party's own refusal, or the decoder's."""
    return _response(problems.problem_of(error)) if isinstance(error, ValikError) else await _broken(_request, error)


async def _not_understood(_request: Request, error: Exception) -> Response:
    """Unknown path, wrong method, wrong type, too large."""
    if not isinstance(error, HTTPException):
        return await _broken(_request, error)
    headers = {name.lower(): value for name, value in (error.headers or {}).items()}
    if headers.get("allow") == "GET":
        headers["allow"] = "GET, HEAD"
    return _response(problems.plain_problem(error.status_code, str(error.detail)), headers)


async def _gone(_request: Request, _error: Exception) -> Response:
    """Nobody is left to read this."""
    return _response(problems.plain_problem(400, "the request broke off"))


async def _broken(_request: Request, _error: Exception) -> Response:
    """A defect or a failing disk: the operator's log says which, the answer does not.

    uvicorn closes the line after a defect; who is not told would send the next request into it.
    """
    problem = problems.plain_problem(500, "the service failed; nothing is known of the outcome")
    return _response(problem, {"connection": "close"})
