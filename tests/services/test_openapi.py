"""Each service answers as its own description says: schemathesis asks, with the examples and with made-up bodies."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from types import NoneType
from typing import Any, cast

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from common import routes
from common.encoding import canonical
from common.errors import EncodingError
from common.log.note import parse_note
from common.log.submission import encode_submission
from common.ports import Lapsed, NotFound, Unavailable
from common.requests import VoteReference
from common.routes import Route
from common.transport.examples import examples, request_name
from common.transport.server import handle, make_app
from tests.services.described import (
    EVERY,
    WITH_BODY,
    described,
    documented,
    example_body,
    label,
    services,
    with_body,
)

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
BOUNDED = settings(
    max_examples=16,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@schemathesis.serializer("application/json", "application/ocsp-request", "*/*")
def on_the_wire(_context: object, value: Any) -> bytes:
    """Bytes and text as they are; all else in its one form, where it has one, to get past the decoder's last line."""
    if isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return value.encode("utf-8", "replace")
    try:
        return canonical.encode(value)
    except EncodingError:
        return json.dumps(value, default=str).encode()


def require_as_described(case: Any, headers: Mapping[str, str]) -> int:
    """Ask; the status, unless the answer is one that the description does not know."""
    answer = case.call(headers=dict(headers))
    case.validate_response(answer, checks=CHECKS)
    return cast(int, answer.status_code)


@st.composite
def spoiled(draw: st.DrawFn, value: Any) -> Any:
    """A JSON value with one value in it, at any depth, replaced."""
    if not isinstance(value, dict | list) or not value or draw(st.integers(0, 5)) == 0:
        return draw(st.sampled_from([None, True, 0, 1, -1, 2**53 - 1, "", "0", "A" * 44, "ab" * 32, [], {}]))
    where = draw(st.sampled_from(sorted(value) if isinstance(value, dict) else range(len(value))))
    copy = value.copy()
    copy[where] = draw(spoiled(value[where]))
    return copy


def requests_to(operation: Any, route: Route[Any, Any]) -> st.SearchStrategy[Any]:
    """Requests that keep the description, requests that break it, and the example with one value replaced.

    The first two not for a whole tally: making strategies for a schema of that size takes half a minute.
    """
    kinds = []
    if route is not routes.ANSWER:
        modes = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
        kinds += [operation.as_strategy(generation_mode=mode) for mode in modes]
    if route.request is not NoneType and route.request_media == routes.JSON:
        kinds.append(spoiled(examples()[request_name(route)]).map(lambda body: with_body(operation, route, body)))
    return st.one_of(kinds)


def fuzz(requests: st.SearchStrategy[Any], headers: list[dict[str, str]]) -> set[int]:
    """The statuses of the answers to made-up requests, each with one of these headers."""
    seen: set[int] = set()

    @BOUNDED
    @given(case=requests, sent=st.sampled_from(headers))
    def ask(case: Any, sent: Mapping[str, str]) -> None:
        seen.add(require_as_described(case, sent))

    ask()
    return seen


def operation_of(door: str, route: Route[Any, Any]) -> Any:
    return services().described[door][route.url("{rest}")][route.method]


@pytest.mark.parametrize(("door", "route"), EVERY)
def test_service_answers_made_up_requests_as_described(door: str, route: Route[Any, Any]) -> None:
    requests = requests_to(operation_of(door, route), route)
    seen = fuzz(requests, [services().bearer_for(route), {}])
    assert seen <= documented(route) - {500, 503}


@pytest.mark.parametrize(("door", "route"), WITH_BODY)
def test_example_is_understood_and_answered_as_described(door: str, route: Route[Any, Any]) -> None:
    """It is from another election: most are refused, but none for its form."""
    case = with_body(operation_of(door, route), route, example_body(route))
    assert require_as_described(case, services().bearer_for(route)) not in {400, 413, 415}


def test_requests_of_a_voter_are_answered_as_described() -> None:
    for route, body, status in services().voters_requests():
        case = with_body(operation_of("collector", route), route, body)
        assert require_as_described(case, services().bearer_for(route)) == status, label(route)


def test_tile_is_answered_as_described() -> None:
    operation = operation_of("collector", routes.TILE)
    assert require_as_described(operation.Case(path_parameters={"rest": "0/000.p/1"}), {}) == 200


def test_old_size_that_is_wrong_is_answered_as_described() -> None:
    """By a witness, with the size it holds: the one refusal that is no problem document."""
    note = parse_note(services().world.collector.checkpoint())
    body = encode_submission(0, (), replace(note, signatures=note.signatures[:1]).text)
    case = with_body(operation_of("witness", routes.ADD_CHECKPOINT), routes.ADD_CHECKPOINT, body)
    answer = case.call()
    case.validate_response(answer, checks=CHECKS)
    assert (answer.status_code, answer.headers["content-type"]) == (409, [routes.SIZE_MEDIA])
    assert answer.headers["cache-control"] == ["no-store"]


# --- the tool can fail


def broken(error: Exception | None, answer: object = None) -> Any:
    """The description's operation `POST /latest` of a service whose handler raises this, or answers that."""

    def handler(_asked: object) -> Any:
        if error is not None:
            raise error
        return answer

    app = make_app("broken", [handle(routes.LATEST, handler)])
    return described(app)[routes.LATEST.path]["POST"]


def reported(operation: Any) -> str:
    """What the tool says of the answers to the example."""
    case = with_body(operation, routes.LATEST, example_body(routes.LATEST))
    with pytest.raises(FailureGroup) as group:
        require_as_described(case, {})
    return ", ".join({type(failure).__name__ for failure in group.value.exceptions})


def test_tool_reports_an_undocumented_status() -> None:
    assert reported(broken(Lapsed("too late"))) == "UndefinedStatusCode"


def test_tool_reports_a_server_error() -> None:
    assert reported(broken(Unavailable("out of service"))) == "ServerError"


def test_tool_reports_a_handler_that_raises() -> None:
    """Nothing catches it before the tool does, so no answer is needed."""
    with pytest.raises(ZeroDivisionError):
        require_as_described(with_body(broken(ZeroDivisionError()), routes.LATEST, example_body(routes.LATEST)), {})


def test_tool_reports_an_answer_of_another_shape() -> None:
    assert reported(broken(None, VoteReference("0" * 32))) == "JsonSchemaError"


def test_tool_reports_nothing_of_a_handler_that_keeps_the_description() -> None:
    case = with_body(broken(NotFound("no such vote")), routes.LATEST, example_body(routes.LATEST))
    assert require_as_described(case, {}) == 404
