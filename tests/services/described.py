"""The five services of a toy world, what they say of themselves, and requests to them; for the tests of both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from types import NoneType
from typing import Any, cast

import pytest
import schemathesis
from fastapi import FastAPI

from auditor.api import witness_app
from collector.api import box_app, public_app
from common import routes
from common.encoding import canonical
from common.encoding.octets import from_base64url
from common.log.witnessed import open_checkpoint
from common.messages.message import encode
from common.requests import Authentication, Growth, NoticesAsked, VoteReference
from common.routes import Route
from common.transport.answers import problem_documents
from common.transport.examples import examples, request_name
from scenarios.country.api import ocsp_app
from scenarios.founding import create_world
from tallier.api import trustee_app
from tests.conftest import CHOICES, PEOPLE, draft, rows


def label(route: Route[Any, Any]) -> str:
    """The route as the description names it."""
    return f"{route.method} {route.url('{rest}')}"


PROBES = (routes.HEALTH, routes.READY)
DOORS: Mapping[str, tuple[Route[Any, Any], ...]] = {
    "collector": (*routes.VOTING, *routes.VERIFICATION, *routes.NOTICES, *routes.LOG, *PROBES),
    "box": (*routes.BOX, *PROBES),
    "trustee": (*routes.TRUSTEE, *PROBES),
    "witness": (*routes.WITNESS, *PROBES),
    "authority": (*routes.EID, *PROBES),
}
ROUTES = list({id(route): route for table in DOORS.values() for route in table}.values())
_PLACES = [(door, route) for door, table in DOORS.items() for route in table]
EVERY = [pytest.param(door, route, id=f"{door} {label(route)}") for door, route in _PLACES]
WITH_BODY = [
    pytest.param(door, route, id=f"{door} {label(route)}") for door, route in _PLACES if route.request is not NoneType
]


def with_body(operation: Any, route: Route[Any, Any], body: Any) -> Any:
    return operation.Case(body=body, media_type=route.request_media or "*/*")


def documented(route: Route[Any, Any]) -> set[int]:
    return {200, 204, *(document.status for document in problem_documents(route))}


def body_of(kind: type[Any], example: Any) -> bytes:
    """An example as it travels."""
    if kind is bytes:
        return from_base64url(example)
    return str(example).encode("utf-8") if kind is str else canonical.encode(example)


def example_body(route: Route[Any, Any]) -> bytes:
    return body_of(route.shape or route.request, examples()[request_name(route)])


@cache
def services() -> Services:
    """The same ones for all tests: no test may close the election."""
    return Services()


class Services:
    """The five services of a toy world in which one vote is recorded, and their descriptions."""

    def __init__(self) -> None:
        self.world = world = create_world(draft(), rows(), insecure_parameters=True)
        citizen = world.citizen(PEOPLE[0])
        before = world.collector.checkpoint()
        self.vote = world.vote(citizen, CHOICES)
        trustee, witness = cast(Any, world.trustees[0]), world.witnesses[0]
        self.apps = {
            "collector": public_app(world.collector),
            "box": box_app(world.collector, world.collector.checkpoint),
            "trustee": trustee_app(trustee, trustee.require_ready),
            "witness": witness_app(witness, witness.require_ready),
            "authority": ocsp_app(world.responder, world.responder.require_ready),
        }
        self.described = {door: described(app) for door, app in self.apps.items()}
        nonce = world.collector.challenge()
        token = citizen.card.authenticate(world.election.manifest.collector.address, nonce)
        self.session = world.collector.open_session(nonce, token).session
        self.subscription = world.collector.subscribe(self.session)
        notes = (before, world.collector.checkpoint())
        self.growth = Growth(*(open_checkpoint(note, world.election.log_trust).checkpoint.body for note in notes))
        nonce = world.collector.challenge()
        token = citizen.card.authenticate(world.election.manifest.collector.address, nonce)
        self.authentication = Authentication(nonce, token)

    def voters_requests(self) -> Iterator[tuple[Route[Any, Any], bytes, int]]:
        """Each with the status that is due."""
        reference = encode(VoteReference(self.vote.receipt.vote_id))
        yield routes.OPEN_SESSION, encode(self.authentication), 200
        yield routes.OPEN_SESSION, encode(self.authentication), 401
        yield routes.CAST, self.vote.signed_ballot, 200
        yield routes.CAST, self.vote.signed_ballot + b"\n", 400
        yield routes.LOOKUP, reference, 200
        yield routes.LATEST, reference, 200
        yield routes.FETCH_NOTICES, encode(NoticesAsked(0)), 200
        yield routes.CONSISTENCY, encode(self.growth), 200
        yield routes.CONSISTENCY, encode(Growth(self.growth.newer, self.growth.older)), 409

    def bearer_for(self, route: Route[Any, Any]) -> dict[str, str]:
        """A session, or the subscription that stands for one."""
        token = self.subscription if route is routes.FETCH_NOTICES else self.session
        return {"authorization": f"Bearer {token}"} if route.session else {}


def described(app: FastAPI) -> Any:
    return schemathesis.openapi.from_asgi("/openapi.json", app)
