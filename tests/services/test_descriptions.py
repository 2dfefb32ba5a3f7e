"""What services say of themselves is complete: every status, every body with an example, every reference."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from types import NoneType
from typing import Any

import httpx
import pytest

from common import routes
from common.checks.catalogue import CHECKS
from common.encoding import canonical
from common.errors import MalformedMessage
from common.routes import Route
from common.transport import answers
from common.transport.answers import HTTP_REFUSALS, problem_documents
from common.transport.bodies import decode_body
from common.transport.examples import FILE, answer_name, examples, request_name
from common.transport.problems import KINDS, MEDIA, FailedCheck, Problem, error_of
from common.transport.serve import BackgroundService
from common.transport.server import DESCRIPTION
from tests.services.described import DOORS, EVERY, ROUTES, body_of, documented, label, services
from tests.unit.test_spec_examples import generator


@pytest.mark.parametrize("route", ROUTES, ids=label)
def test_every_body_has_an_example_that_decodes_strictly(route: Route[Any, Any]) -> None:
    sides = ((route.shape or route.request, request_name(route)), (route.answer, answer_name(route)))
    for kind, name in sides:
        if kind is NoneType:
            continue
        data = body_of(kind, examples()[name])
        assert decode_body(kind, data)
        if kind not in {bytes, str}:
            with pytest.raises(MalformedMessage):
                decode_body(kind, data.replace(b"{", b'{"":0,', 1))


def test_alive_and_ready_are_told_apart_by_their_examples() -> None:
    said = [examples()[answer_name(route)] for route in (routes.HEALTH, routes.READY)]
    assert [each["status"] for each in said if isinstance(each, dict)] == ["ok", "ready"]


def test_description_is_kept_by_nobody_and_takes_no_query() -> None:
    with BackgroundService(services().apps["witness"]) as service:
        answers = [httpx.get(service.address + DESCRIPTION + query, trust_env=False) for query in ("", "?a=1")]
    assert [answer.status_code for answer in answers] == [200, 400]
    assert {answer.headers["cache-control"] for answer in answers} == {"no-store"}
    assert answers[0].json() == services().apps["witness"].openapi()


def test_there_are_no_other_examples() -> None:
    named = {name(route) for route in ROUTES for name in (request_name, answer_name)}
    assert set(examples()) == named - {NoneType.__name__}
    assert len((Path(answers.__file__).with_name(FILE)).read_bytes()) < 100_000


def test_generator_makes_these_examples_in_the_forms_of_today() -> None:
    made = generator().play().bodies
    assert set(made) == set(examples())
    for route in ROUTES:
        for kind, name in ((route.shape or route.request, request_name(route)), (route.answer, answer_name(route))):
            if kind is not NoneType:
                assert decode_body(kind, body_of(kind, made[name]))


@pytest.mark.parametrize(("door", "route"), EVERY)
def test_description_names_every_status_with_an_example(door: str, route: Route[Any, Any]) -> None:
    said = services().apps[door].openapi()["paths"][route.url("{rest}")][route.method.lower()]["responses"]
    success = 204 if route.answer is NoneType else 200
    refusals = documented(route) - {200, 204}
    assert {int(status) for status in said} == {success, *refusals}
    assert {*HTTP_REFUSALS} <= refusals
    assert (401 in refusals) == route.session or route is routes.OPEN_SESSION
    for status in refusals:
        for shown in said[str(status)]["content"][MEDIA]["examples"].values():
            data = canonical.encode(shown["value"])
            assert shown["value"]["status"] == status
            assert isinstance(error_of(status, data), Exception)
            kind = FailedCheck if "check" in shown["value"] else Problem
            assert decode_body(kind, data)


def test_every_refusal_and_check_of_a_route_has_a_status() -> None:
    known = {kind.error for kind in KINDS}
    for route in ROUTES:
        assert set(route.refusals) <= known, label(route)
        assert set(route.checks) <= {check.id for check in CHECKS}, label(route)


@pytest.mark.parametrize("door", DOORS)
def test_references_of_a_description_lead_somewhere(door: str) -> None:
    whole = services().apps[door].openapi()
    found = list(references(whole))
    assert found
    for reference in found:
        where = whole
        for step in reference.removeprefix("#/").split("/"):
            where = where[step]


def references(value: Any) -> Iterator[str]:
    """Every `$ref`, and every kind that a discriminator maps to, at any depth."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "$ref":
                yield inner
            elif key == "mapping":
                yield from inner.values()
            elif key not in {"example", "examples"}:
                yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def test_spec_lists_the_statuses_of_every_route() -> None:
    text = (Path(__file__).parents[2] / "docs" / "spec" / "15-http.md").read_text(encoding="utf-8")
    table = text.partition("| route | further statuses |")[2].partition("\n\n")[0]
    listed = dict(re.findall(r"^\| `((?:GET|POST) [^`]*)` \| ([^|]*) \|$", table, flags=re.MULTILINE))
    due = {}
    for route in ROUTES:
        further = sorted({document.status for document in problem_documents(route)} - set(HTTP_REFUSALS))
        due[f"{route.method} {route.url('…')}"] = ", ".join(map(str, further)) or "none"
    assert {name: statuses for name, statuses in due.items() if name not in {"GET /health", "GET /ready"}} == listed
