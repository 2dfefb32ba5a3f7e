"""`/openapi.json`: bodies as canonical JSON, described by the schema of their message. No page, no outside script."""

from __future__ import annotations

from types import NoneType
from typing import Any

from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig
from fastapi.utils import deep_dict_update
from starlette.types import Receive, Scope, Send

from common.routes import Route
from common.transport.answers import Schema, answers, request_body

NO_TELEMETRY: TelemetryConfig = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "auto_configure": False,
}
"""Else the texts of exceptions go to whatever exporter there is, which an environment variable may set."""
_DESCRIPTION = """Every body of JSON is canonical (keys sorted, no white space) and is refused in any other spelling.
Every failure is a problem document (RFC 9457); other paths are answered with 404, other methods with 405,
HEAD as GET is.
The examples are from an election of toy keys, their long lists cut short."""
_SESSION = "session"


class DescribedApp(FastAPI):
    """A FastAPI application that can describe the routes in `described`, with their messages."""

    def __init__(self, title: str) -> None:
        super().__init__(
            title=title,
            version="1",
            description=_DESCRIPTION,
            openapi_url=None,
            docs_url=None,
            redoc_url=None,
            redirect_slashes=False,
            telemetry=NO_TELEMETRY,
        )
        self.described: list[Route[Any, Any]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """HEAD is answered as GET is (RFC 9110 §9.3.2); the server below leaves the body out."""
        if scope["type"] == "http" and scope["method"] == "HEAD":
            scope = {**scope, "method": "GET"}
        await super().__call__(scope, receive, send)

    def openapi(self) -> Schema:
        """The description, made once."""
        if self.openapi_schema is None:
            made = super().openapi()
            shapes: dict[str, Schema] = {}
            for route in self.described:
                deep_dict_update(made["paths"][route.url("{rest}")][route.method.lower()], operation(route, shapes))
            components = made.setdefault("components", {})
            components.setdefault("schemas", {}).update(shapes)
            components["securitySchemes"] = {_SESSION: {"type": "http", "scheme": "bearer"}}
            self.openapi_schema = made
        return self.openapi_schema


def operation(route: Route[Any, Any], shapes: dict[str, Schema]) -> Schema:
    """What OpenAPI says of a route beyond path and summary; adds the messages it names to `shapes`."""
    found: Schema = {"responses": answers(route, shapes)}
    if route.request is not NoneType:
        found["requestBody"] = request_body(route, shapes)
    if "{rest:path}" in route.path:
        found["parameters"] = [{"name": "rest", "in": "path", "required": True, "schema": {"type": "string"}}]
    if route.session:
        found["security"] = [{_SESSION: []}]
    return found
