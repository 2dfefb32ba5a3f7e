"""What a route takes and can answer, for OpenAPI: every status, its bodies, and a problem document of each kind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from types import NoneType
from typing import Any, TypeAlias

from pydantic import TypeAdapter

from common.checks.catalogue import CHECKS
from common.errors import CheckFailed, MalformedMessage, Party
from common.messages.message import plain
from common.routes import Route
from common.transport.examples import answer_name, examples, request_name
from common.transport.problems import KINDS, MEDIA, FailedCheck, Problem, plain_problem, problem_of

_REFERENCE = "#/components/schemas/{model}"
_SUBJECT = "vote 115507c4d9e9e902413a143ad1ff0bbd"
Schema: TypeAlias = dict[str, Any]
Document: TypeAlias = Problem | FailedCheck
HTTP_REFUSALS = {
    400: "no address of this service takes a query",
    408: "the body came too slowly",
    413: "a body of more than {limit} bytes",
    415: "bodies travel uncompressed",
    500: "the service failed; nothing is known of the outcome",
}
"""What every route may answer before a party sees the request, or when something is broken."""


def request_body(route: Route[Any, Any], shapes: dict[str, Schema]) -> Schema:
    """OpenAPI's request body of a route that takes one; adds the messages it names to `shapes`."""
    content = _content(route.shape or route.request, request_name(route), shapes)
    return {"required": True, "content": {route.request_media or "*/*": content}}


def answers(route: Route[Any, Any], shapes: dict[str, Schema]) -> dict[str, Schema]:
    """OpenAPI's responses of a route, by status; adds the messages they name to `shapes`."""
    found: dict[str, Schema] = {"204": {"description": "Done"}}
    if route.answer is not NoneType:
        content = {route.answer_media: _content(route.answer, answer_name(route), shapes)}
        found = {"200": {"description": "Canonical JSON, text or bytes", "content": content}}
    by_status: defaultdict[int, list[Document]] = defaultdict(list)
    for document in problem_documents(route):
        by_status[document.status].append(document)
    for status, documents in sorted(by_status.items()):
        found[str(status)] = _refusal(documents, shapes)
    if route.conflict_media is not None:
        found["409"]["content"][route.conflict_media] = {"schema": {"type": "string"}, "example": "2\n"}
    return found


def problem_documents(route: Route[Any, Any]) -> Iterator[Document]:
    """One problem document of each kind that the route may answer."""
    limit = 0 if route.request is NoneType else route.limit
    for status, detail in HTTP_REFUSALS.items():
        yield plain_problem(status, detail.format(limit=limit))
    read = route.request not in {NoneType, bytes}
    refusals = {*route.refusals, *([MalformedMessage] if read else [])}
    for kind in KINDS:
        if kind.error in refusals:
            yield problem_of(kind.error(kind.title))
    for check in CHECKS:
        if check.id in route.checks:
            at_fault = Party.VOTER if check.id == "C4" else check.at_fault  # a revoked card; routes only take votes
            yield problem_of(CheckFailed(check.id, at_fault, _SUBJECT, f"not so: {check.claim}"))


def _refusal(documents: list[Document], shapes: dict[str, Schema]) -> Schema:
    """One status, answered with any of these documents."""
    kinds = list(dict.fromkeys(map(type, documents)))
    schemas = [_schema(kind, shapes) for kind in kinds]
    content = {
        "schema": schemas[0] if len(schemas) == 1 else {"anyOf": schemas},
        "examples": {_label(each): {"value": plain(each)} for each in documents},
    }
    return {"description": "; ".join(each.title for each in documents), "content": {MEDIA: content}}


def _label(document: Document) -> str:
    if isinstance(document, FailedCheck):
        return document.check
    return "http" if document.type == "about:blank" else document.type.rpartition("/")[2]


def _content(kind: type[Any], name: str, shapes: dict[str, Schema]) -> Schema:
    """A body: its schema with an example, which for bytes stands in words."""
    example = examples()[name]
    if kind is bytes:
        text = f"For example, in base64url: {example}"
        return {"schema": {"type": "string", "format": "binary", "description": text}}
    return {"schema": _schema(kind, shapes), "example": example}


def _schema(kind: type[Any], shapes: dict[str, Schema]) -> Schema:
    """A reference to the message's schema; text describes itself."""
    if kind is str:
        return {"type": "string"}
    made = TypeAdapter(kind).json_schema(ref_template=_REFERENCE)
    shapes.update(made.pop("$defs", {}))
    shapes[kind.__name__] = made
    return {"$ref": _REFERENCE.format(model=kind.__name__)}
