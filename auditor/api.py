"""A witness over HTTP (C2SP tlog-witness)."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import FastAPI, Request, Response

from common import routes
from common.log.submission import parse_submission
from common.ports import WitnessConflict, WitnessPort
from common.transport.server import HEADERS, handle, make_app


def witness_app(witness: WitnessPort, ready: Callable[[], object] = lambda: None) -> FastAPI:
    """One witness; for logs. `ready` raises while its heads cannot be read."""
    app = make_app(
        "Valik witness",
        [handle(routes.ADD_CHECKPOINT, lambda asked: witness.add_checkpoint(*parse_submission(asked.body)))],
        ready,
    )
    app.add_exception_handler(WitnessConflict, _conflict)
    return app


async def _conflict(_request: Request, error: Exception) -> Response:
    """The size of the head that this witness holds, in the form C2SP gives it."""
    size = error.known_size if isinstance(error, WitnessConflict) else 0
    return Response(f"{size}\n", 409, {**HEADERS, "content-type": routes.SIZE_MEDIA})
