"""What a party raises, its client raises: the same class, text and fields, under the status of the one table."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import cast

import httpx
import pytest

from auditor.api import witness_app
from auditor.witness import UnknownLog
from common.checks.catalogue import CHECKS
from common.errors import CheckFailed, LogError, Party, ServiceRefused, ValikError
from common.messages.message import encode
from common.ports import Lapsed, NotAuthenticated, NotFound, TrusteePort, Unavailable, WitnessConflict
from common.routes import IDENTITY
from common.transport.client import OcspClient, TrusteeClient, WitnessClient
from common.transport.connection import Connection
from common.transport.problems import KINDS, MEDIA, Kind, error_of, plain_problem, problem_of
from common.transport.serve import BackgroundService
from scenarios.country.api import ocsp_app
from tallier.api import trustee_app


class Failing:
    """A trustee that raises what it is told to."""

    error: Exception

    def identity(self) -> None:
        raise self.error


@pytest.fixture(scope="module")
def failing() -> Iterator[tuple[Failing, Connection]]:
    trustee = Failing()
    app = trustee_app(cast(TrusteePort, trustee))
    with BackgroundService(app) as service, Connection(service.address) as connection:
        yield trustee, connection


def raised(failing: tuple[Failing, Connection], error: Exception) -> tuple[ValikError, httpx.Response]:
    """What the client raises when the party raises `error`, and the answer as it travelled."""
    trustee, connection = failing
    trustee.error = error
    with pytest.raises(ValikError) as arrived:
        TrusteeClient(connection).identity()
    with httpx.Client(trust_env=False) as client:
        return arrived.value, client.get(connection.address + IDENTITY.path)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_error_keeps_its_class_and_text(failing: tuple[Failing, Connection], kind: Kind) -> None:
    sent = kind.error("what went wrong, in “words”")
    arrived, answer = raised(failing, sent)
    assert type(arrived) is type(sent)
    assert str(arrived) == str(sent)
    assert answer.status_code == kind.status
    assert answer.headers["content-type"] == MEDIA
    assert answer.json() == {"type": kind.type, "title": kind.title, "status": kind.status, "detail": str(sent)}


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_failed_check_keeps_all_its_fields(check: object) -> None:
    found = cast(type(CHECKS[0]), check)  # type: ignore[valid-type]
    sent = CheckFailed(found.id, found.at_fault, "vote 00", "a reason")
    problem = problem_of(sent)
    arrived = error_of(problem.status, encode(problem))
    assert isinstance(arrived, CheckFailed)
    assert vars(arrived) == vars(sent)
    assert 400 <= problem.status < 500


@pytest.mark.parametrize(("check", "status"), [("C1", 400), ("C6", 403), ("C7", 422), ("C9", 409), ("C12", 429)])
def test_failed_check_travels_with_its_status(failing: tuple[Failing, Connection], check: str, status: int) -> None:
    arrived, answer = raised(failing, CheckFailed(check, Party.VOTER, "vote 00", "a reason"))
    assert isinstance(arrived, CheckFailed)
    assert (arrived.check, arrived.at_fault, arrived.subject, arrived.reason) == (
        check,
        Party.VOTER,
        "vote 00",
        "a reason",
    )
    assert answer.status_code == status
    assert answer.json()["check"] == check


def test_class_of_one_party_travels_as_the_nearest_that_all_know(failing: tuple[Failing, Connection]) -> None:
    arrived, answer = raised(failing, UnknownLog("not followed"))
    assert type(arrived) is NotFound
    assert answer.status_code == 404


def everything() -> list[ValikError]:
    return [*(kind.error("said with intent") for kind in KINDS), CheckFailed("C9", Party.VOTER, "vote 00", "so")]


class Hostile:
    """A witness and a responder that answer with any error there is."""

    error: ValikError

    def add_checkpoint(self, *_request: object) -> str:
        raise self.error

    def respond(self, _request: bytes) -> bytes:
        raise self.error


def test_no_failure_of_a_witness_or_responder_can_pass_for_anothers() -> None:
    """A log goes on after the errors of its witness port, and no others; a voter believes only the collector."""
    hostile = Hostile()
    with (
        BackgroundService(witness_app(hostile)) as witness,
        BackgroundService(ocsp_app(hostile)) as responder,
        Connection(witness.address) as to_witness,
        Connection(responder.address) as to_responder,
    ):
        for hostile.error in everything():
            with pytest.raises((ServiceRefused, LogError)) as refused:
                WitnessClient(to_witness).add_checkpoint(0, (), "note")
            assert not isinstance(refused.value, (Lapsed, NotAuthenticated, WitnessConflict))
            with pytest.raises(ServiceRefused) as unavailable:
                OcspClient(to_responder).respond(b"request")
            assert type(unavailable.value) is Unavailable


def test_long_reason_is_cut_short() -> None:
    problem = problem_of(ServiceRefused("x" * 5000))
    assert str(error_of(problem.status, encode(problem))) == "x" * 2000
    assert "no reason" in str(error_of(problem.status, encode(replace(problem, detail="x" * 5000))))


def test_defect_tells_nothing_of_itself(failing: tuple[Failing, Connection]) -> None:
    arrived, answer = raised(failing, KeyError("PNOEE-38001085718"))
    assert type(arrived) is Unavailable
    assert answer.status_code == 500
    assert "38001085718" not in answer.text
    assert "KeyError" not in answer.text
    assert "Traceback" not in answer.text


def test_every_error_class_has_a_status_and_no_two_share_a_name() -> None:
    def below(kind: type[ValikError]) -> set[type[ValikError]]:
        return {kind, *(found for child in kind.__subclasses__() for found in below(child))}

    shared = {kind for kind in below(ValikError) if kind.__module__.startswith("common.")}
    listed = {kind.error for kind in KINDS}
    unlisted = {kind.__name__ for kind in shared - listed}
    assert unlisted == {"ValikError", "CheckFailed", "CertificateNotGood", "OtherService", "WitnessConflict"}
    assert len({kind.name for kind in KINDS}) == len(KINDS)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (409, b""),
        (409, b"<html>"),
        (409, b"{}"),
        (409, encode(plain_problem(404, "of another status"))),
        (409, json.dumps({"type": "about:blank", "title": "a", "status": 409, "detail": "b"}).encode()),
    ],
)
def test_answer_that_explains_nothing_is_a_refusal(status: int, body: bytes) -> None:
    error = error_of(status, body)
    assert type(error) is ServiceRefused
    assert "no reason" in str(error)
    assert type(error_of(502, body)) is Unavailable


def test_problem_of_an_unknown_type_is_a_refusal_with_its_text() -> None:
    assert "too large" in str(error_of(413, encode(plain_problem(413, "too large"))))
    assert type(error_of(413, encode(plain_problem(413, "too large")))) is ServiceRefused
