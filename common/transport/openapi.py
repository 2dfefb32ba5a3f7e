"""`/openapi.json`: bodies as canonical JSON, described by the schema of their message. No page, no outside script."""

from __future__ import annotations

from types import NoneType
from typing import Any

from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig
from pydantic import TypeAdapter

from common.routes import Route
from common.transport.problems import MEDIA, FailedCheck, Problem

_REFERENCE = "#/components/schemas/{model}"
Schema = dict[str, Any]
NO_TELEMETRY: TelemetryConfig = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "auto_configure": False,
}
"""Else the texts of exceptions go to whatever exporter there is, which an environment variable may set."""


class DescribedApp(FastAPI):
    """A FastAPI application that also describes the messages in `shapes`, by name."""

    def __init__(self, title: str) -> None:
        super().__init__(
            title=title, version="1", docs_url=None, redoc_url=None, redirect_slashes=False, telemetry=NO_TELEMETRY
        )
        self.shapes: dict[str, Schema] = {}

    def openapi(self) -> Schema:
        """The description, made once."""
        if self.openapi_schema is None:
            made = super().openapi()
            made.setdefault("components", {}).setdefault("schemas", {}).update(self.shapes)
            self.openapi_schema = made
        return self.openapi_schema


def operation(route: Route[Any, Any], shapes: dict[str, Schema]) -> Schema:
    """What OpenAPI says of a route beyond path and summary; adds the messages it names to `shapes`."""
    found: Schema = {"responses": {"default": _problems(shapes)}}
    if route.answer is not NoneType:
        content = {route.answer_media: {"schema": _schema(route.answer, shapes)}}
        found["responses"]["200"] = {"description": "Canonical JSON, text or bytes", "content": content}
    if route.request is not NoneType:
        content = {route.request_media or "*/*": {"schema": _schema(route.shape or route.request, shapes)}}
        found["requestBody"] = {"required": True, "content": content}
    if "{rest:path}" in route.path:
        found["parameters"] = [{"name": "rest", "in": "path", "required": True, "schema": {"type": "string"}}]
    if route.session:
        found["parameters"] = [
            {"name": "Authorization", "in": "header", "required": True, "schema": {"pattern": "^Bearer "}}
        ]
    return found


def _problems(shapes: dict[str, Schema]) -> Schema:
    either = {"anyOf": [_schema(Problem, shapes), _schema(FailedCheck, shapes)]}
    return {"description": "A problem document (RFC 9457)", "content": {MEDIA: {"schema": either}}}


def _schema(kind: type[Any], shapes: dict[str, Schema]) -> Schema:
    """A reference to the message's schema; bytes and text describe themselves."""
    if kind is bytes:
        return {"type": "string", "format": "binary"}
    if kind is str:
        return {"type": "string"}
    made = TypeAdapter(kind).json_schema(ref_template=_REFERENCE)
    shapes.update(made.pop("$defs", {}))
    shapes[kind.__name__] = made
    return {"$ref": _REFERENCE.format(model=kind.__name__)}
