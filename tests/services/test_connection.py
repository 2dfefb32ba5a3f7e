"""A client believes no service: answers are bounded in size and time, and nothing but the due form is taken."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import count

import pytest
from fastapi import FastAPI
from fastapi.responses import Response, StreamingResponse

from common.encoding.octets import to_base64url
from common.errors import MalformedMessage, ServiceRefused, SetupError
from common.messages.manifest import Trustee
from common.messages.message import encode
from common.ports import Unavailable
from common.routes import CHECKPOINT, IDENTITY, JSON, RECEIVE_SHARE, SMALL, TEXT
from common.transport.addresses import require_safe
from common.transport.client import TrusteeClient
from common.transport.connection import Connection
from common.transport.serve import BackgroundService

TRUSTEE = Trustee("trustee-1", to_base64url(b"s" * 32), to_base64url(b"e" * 32))
GOOD = encode(TRUSTEE)


@dataclass
class Rogue:
    """A service that answers what a test wants."""

    answer: Response = field(default_factory=Response)

    def app(self) -> FastAPI:
        app = FastAPI(openapi_url=None)
        for route in (IDENTITY, CHECKPOINT):
            app.add_api_route(route.path, lambda: self.answer, response_class=Response)
        return app


@pytest.fixture(scope="module")
def rogue() -> Iterator[tuple[Rogue, Connection]]:
    made = Rogue()
    with BackgroundService(made.app()) as service, Connection(service.address) as connection:
        yield made, connection


def ask(rogue: tuple[Rogue, Connection], answer: Response) -> Trustee:
    rogue[0].answer = answer
    return TrusteeClient(rogue[1]).identity()


def test_checkpoint_of_another_type_than_text_is_refused(rogue: tuple[Rogue, Connection]) -> None:
    made, connection = rogue
    made.answer = Response(b"a note", media_type=TEXT)
    assert connection.call(CHECKPOINT, None) == "a note"
    made.answer = Response(b"a note", media_type="text/html")
    with pytest.raises(ServiceRefused, match="'text/html'"):
        connection.call(CHECKPOINT, None)


def test_good_answer_is_taken(rogue: tuple[Rogue, Connection]) -> None:
    assert ask(rogue, Response(GOOD, media_type=JSON)) == TRUSTEE


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Response(GOOD, media_type="text/html"), "'text/html'"),
        (Response(GOOD), "where application/json is due"),
        (Response(GOOD, media_type=JSON, headers={"content-encoding": "identity"}), "compressed"),
        (Response(GOOD, 302, {"location": IDENTITY.path}, JSON), "status 302"),
        (Response(GOOD, 201, media_type=JSON), "status 201"),
        (Response(GOOD, 404, media_type=JSON), "no trustee answers there: the service at .* has no GET /identity"),
        (Response(b"x" * (SMALL + 1), media_type=JSON), "more than 65536 bytes"),
        (StreamingResponse((b"x" * 1000 for _ in range(1000)), media_type=JSON), "more than 65536 bytes"),
    ],
)
def test_answer_in_the_wrong_wrapping_is_refused(
    rogue: tuple[Rogue, Connection], answer: Response, words: str
) -> None:
    with pytest.raises(ServiceRefused, match=words):
        ask(rogue, answer)


@pytest.mark.parametrize(
    "body", [b"", b"{}", GOOD + b"\n", GOOD.replace(b":", b": "), GOOD[:-1] + b',"x":1}', b"\xff", b"[]"]
)
def test_answer_not_in_its_one_form_is_refused(rogue: tuple[Rogue, Connection], body: bytes) -> None:
    with pytest.raises(MalformedMessage):
        ask(rogue, Response(body, media_type=JSON))


def test_answer_where_none_is_due_is_refused(rogue: tuple[Rogue, Connection]) -> None:
    made, connection = rogue
    made.answer = Response(b"{}", media_type=JSON)
    with pytest.raises(MalformedMessage, match="none is due"):
        connection.call(replace(RECEIVE_SHARE, method="GET", path=IDENTITY.path, request=type(None)), None)


def test_dripping_answer_is_given_up(rogue: tuple[Rogue, Connection]) -> None:
    """Each piece comes in time; all together they do not."""
    ticks = count(step=IDENTITY.seconds)
    made, connection = rogue
    made.answer = StreamingResponse((GOOD[at : at + 1] for at in range(len(GOOD))), media_type=JSON)
    slow = Connection(connection.address, clock=lambda: next(ticks))
    with slow, pytest.raises(Unavailable, match="too slowly"):
        TrusteeClient(slow).identity()


def test_silent_service_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        route = replace(IDENTITY, seconds=0.05)  # type: ignore[arg-type]
        with Connection(address) as connection, pytest.raises(Unavailable, match="did not answer in time"):
            connection.call(route, None)


@pytest.mark.parametrize(
    "address",
    [
        "http://192.0.2.1:8080",
        "http://example.org",
        "http://127.0.0.1.example.org",
        "ftp://127.0.0.1",
        "127.0.0.1:80",
        "http://",
        "http://[::1",
        "http://127.0.0.1:port",
        "http://127.0.0.1:99999",
        "http://127.0.0.1:0",
        "http://user:word@127.0.0.1",
        "http://127.0.0.1/?a=b",
        "http://127.0.0.1/#a",
    ],
)
def test_plain_http_to_elsewhere_and_odd_addresses_are_refused(address: str) -> None:
    with pytest.raises(SetupError):
        Connection(address)


@pytest.mark.parametrize(
    "address",
    ["http://127.0.0.1:1", "http://localhost:1", "http://[::1]:1", "https://example.org", "http://127.9.9.9/x/"],
)
def test_loopback_and_tls_are_taken(address: str) -> None:
    assert require_safe(address) == address.rstrip("/")
