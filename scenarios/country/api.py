"""The eID authority's certificate status service over HTTP (RFC 6960)."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import FastAPI

from common import routes
from common.ports import OcspResponder
from common.transport.server import handle, make_app


def ocsp_app(responder: OcspResponder, ready: Callable[[], object] = lambda: None) -> FastAPI:
    """One OCSP responder; for the collector. `ready` raises while the authority's register cannot be read."""
    return make_app("Valik eID authority", [handle(routes.OCSP, lambda asked: responder.respond(asked.body))], ready)
