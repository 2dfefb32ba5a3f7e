"""Requests that are no requests: a problem document each, and nothing changed behind it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from common import routes
from common.encoding import canonical
from common.errors import CheckFailed
from common.messages.message import encode
from common.requests import Authentication, Nonce, VoteReference
from common.transport import server
from common.transport.problems import MEDIA, Problem, error_of
from common.transport.server import HEALTH, READY
from scenarios.services import ServedWorld
from scenarios.world import Citizen
from tests.conftest import CHOICES
from tests.services.conftest import VOTE_BYTES
from voter_client.cast import VotingSession

TYPE = {"content-type": routes.JSON}
SESSION = {"authorization": "Bearer " + "ab" * 32}
REFERENCE = encode(VoteReference("0" * 32))


def state(served: ServedWorld) -> tuple[Any, ...]:
    """All that a request could have changed in the collector."""
    collector = served.collector
    return (
        collector._store.leaves(),
        tuple(collector._store.votes()),
        collector._store.documents(),
        collector._store.checkpoints(),
        collector._store._rows("SELECT COUNT(*) FROM lookup"),
        dict(collector._ledger.heads),
        dict(collector._nonces._kept),
        dict(collector._sessions._kept),
    )


def refused(answer: httpx.Response, status: int) -> Problem:
    """The problem document of an answer, which must be one in every respect."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == MEDIA
    assert answer.headers["cache-control"] == "no-store"
    assert isinstance(error_of(answer.status_code, answer.content), Exception)
    fields = answer.json()
    assert fields["status"] == status
    assert fields["detail"]
    return Problem(fields["type"], fields["title"], fields["status"], fields["detail"])


@pytest.fixture(autouse=True)
def unchanged(served: ServedWorld) -> Iterator[None]:
    before = state(served)
    yield
    assert state(served) == before


def pieces(size: int) -> Iterator[bytes]:
    """A body whose length nobody declares."""
    for _ in range(0, size, 1000):
        yield b"x" * 1000


@pytest.mark.parametrize("size", [VOTE_BYTES + 1, 10 * VOTE_BYTES])
def test_oversized_vote_is_refused_by_its_declared_length(raw: httpx.Client, size: int) -> None:
    refused(raw.post(routes.CAST.path, content=b"x" * size, headers=TYPE | SESSION), 413)


def test_oversized_vote_is_refused_while_it_is_read(raw: httpx.Client) -> None:
    refused(raw.post(routes.CAST.path, content=pieces(3 * VOTE_BYTES), headers=TYPE | SESSION), 413)


def test_oversized_message_is_refused(raw: httpx.Client) -> None:
    refused(raw.post(routes.LOOKUP.path, content=b"x" * (routes.SMALL + 1), headers=TYPE), 413)


def test_body_where_none_is_due_is_refused(raw: httpx.Client) -> None:
    refused(raw.request("GET", routes.CHECKPOINT.path, content=b"{}", headers=TYPE), 413)


@pytest.mark.parametrize(
    "headers", [{}, {"content-type": "text/plain"}, {"content-type": "application/jsonl"}, {"content-type": ""}]
)
def test_wrong_content_type_is_refused(raw: httpx.Client, headers: dict[str, str]) -> None:
    refused(raw.post(routes.LOOKUP.path, content=REFERENCE, headers=headers), 415)


def test_compressed_body_is_refused(raw: httpx.Client) -> None:
    refused(raw.post(routes.LOOKUP.path, content=REFERENCE, headers=TYPE | {"content-encoding": "gzip"}), 415)


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", routes.CAST.path), ("DELETE", routes.CHECKPOINT.path), ("POST", HEALTH), ("PUT", routes.LATEST.path)],
)
def test_wrong_method_is_refused(raw: httpx.Client, method: str, path: str) -> None:
    answer = raw.request(method, path)
    refused(answer, 405)
    assert answer.headers["allow"] == ("POST" if method in {"GET", "PUT"} else "GET, HEAD")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        *((HEALTH, 200), (READY, 200), (routes.CHECKPOINT.path, 200), ("/openapi.json", 200)),
        *(("/tile/entries/000.p/1", 200), ("/nothing", 404), (routes.REFRESH.path, 401)),
        *((routes.CAST.path, 405), (HEALTH + "?a=b", 400)),
    ],
)
def test_head_is_answered_as_get_is_and_without_a_body(raw: httpx.Client, path: str, status: int) -> None:
    got, asked = raw.get(path), raw.head(path)
    assert (got.status_code, asked.status_code, asked.content) == (status, status, b"")
    assert got.content

    def told(answer: httpx.Response) -> dict[str, str]:
        return {name: value for name, value in answer.headers.items() if name != "date"}

    assert told(asked) == told(got)
    assert raw.get(HEALTH).status_code == 200, "and the line goes on"


@pytest.mark.parametrize(
    "path",
    ["/", "/nothing", "/votes/", "/docs", "/redoc", "/evidence", "/acts", "/tile/0/0", "/tile/entries/xyz", "/tile/"],
)
def test_unknown_path_is_refused(raw: httpx.Client, path: str) -> None:
    refused(raw.get(path), 404)


def test_query_is_refused(raw: httpx.Client) -> None:
    """So that nobody gets used to putting anything there."""
    refused(raw.get(routes.REFRESH.path + "?session=" + "ab" * 32, headers=SESSION), 400)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b"\xff",
        b"[" * 5000,
        b'{"vote_id":7}',
        b'{"vote_id": "00000000000000000000000000000000"}',
        b'{"vote_id":"00000000000000000000000000000000"}\n',
        b'{"vote_id":"00000000000000000000000000000000","vote_id":"00000000000000000000000000000000"}',
        b'{"vote_id":"00000000000000000000000000000000","x":null}',
        b'{"vote_id":"\\u0030' + b"0" * 31 + b'"}',
        b'{"vote_id":"0000000000000000000000000000000G"}',
    ],
)
def test_body_not_in_its_one_form_is_refused(raw: httpx.Client, body: bytes) -> None:
    problem = refused(raw.post(routes.LOOKUP.path, content=body, headers=TYPE), 400)
    assert problem.type.endswith("/malformed-message")


def test_well_formed_sibling_of_these_is_understood(raw: httpx.Client) -> None:
    problem = refused(raw.post(routes.LOOKUP.path, content=REFERENCE, headers=TYPE), 404)
    assert problem.type.endswith("/not-found")


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [("authorization", "Basic abcd")],
        [("authorization", "Bearer")],
        [("authorization", "Bearer\t" + "ab" * 32)],
        [("authorization", "Bearer a b")],
        [("authorization", "Bearer " + "a" * 201)],
        [("authorization", "Bearer " + "ab" * 32)],
        [("authorization", "Bearer " + "ab" * 32), ("authorization", "Bearer " + "cd" * 32)],
    ],
)
def test_request_without_a_good_session_is_refused(raw: httpx.Client, headers: list[tuple[str, str]]) -> None:
    for answer in (
        raw.get(routes.REFRESH.path, headers=headers),
        raw.post(routes.CAST.path, content=b"{}", headers=[*headers, *TYPE.items()]),
    ):
        refused(answer, 401)
        assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(("nonce", "token"), [("ab" * 32, "{}"), ("ab" * 32, "x" * 20_000)])
def test_token_over_an_unknown_nonce_opens_no_session(raw: httpx.Client, nonce: str, token: str) -> None:
    body = encode(Authentication(nonce, token))
    refused(raw.post(routes.OPEN_SESSION.path, content=body, headers=TYPE), 401)


def test_body_that_comes_too_slowly_is_refused(served: ServedWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "BODY_SECONDS", 0.05)
    host, port = served.public.address.removeprefix("http://").split(":")
    head = f"POST /lookup HTTP/1.1\r\nhost: {host}\r\ncontent-type: {routes.JSON}\r\ncontent-length: 9\r\n\r\n{{"
    with socket.create_connection((host, int(port)), timeout=10) as line:
        line.sendall(head.encode())
        assert line.recv(100).startswith(b"HTTP/1.1 408")


def test_request_that_breaks_off_changes_nothing(served: ServedWorld, raw: httpx.Client) -> None:
    host, port = served.public.address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as line:
        line.sendall(f"POST /lookup HTTP/1.1\r\nhost: {host}\r\ncontent-type: {routes.JSON}\r\n".encode())
        line.sendall(b"content-length: 9\r\n\r\n{")
    assert raw.get(HEALTH).json()["status"] == "ok"


class TestInASession:
    """With a session of one's own."""

    @pytest.fixture(autouse=True)
    def unchanged(self) -> None:
        """A session is opened here: what must not change is looked at in the tests."""

    def test_vote_in_another_spelling_fails_c1(self, served: ServedWorld, citizen: Citizen) -> None:
        world = served.world
        voting = VotingSession(
            world.election, world.collector, citizen.card, citizen.journal, world.clock, world.checks
        )
        voting.cast(voting.prepare(CHOICES))
        before = state(served)
        with pytest.raises(CheckFailed) as failure:
            world.collector.cast(voting._view.session, voting.posted + b"\n")
        assert failure.value.check == "C1"
        assert state(served) == before

    def test_nonce_serves_once(self, served: ServedWorld, citizen: Citizen, raw: httpx.Client) -> None:
        nonce = raw.post(routes.CHALLENGE.path).json()["nonce"]
        token = citizen.card.authenticate(served.world.election.manifest.collector.address, nonce)
        body = encode(Authentication(Nonce(nonce).nonce, token))
        answer = raw.post(routes.OPEN_SESSION.path, content=body, headers=TYPE)
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-store"
        refused(raw.post(routes.OPEN_SESSION.path, content=body, headers=TYPE), 401)

    @pytest.mark.parametrize("scheme", ["Bearer ", "bearer ", "BEARER  "])
    def test_letter_case_of_the_scheme_does_not_matter(
        self, served: ServedWorld, citizen: Citizen, raw: httpx.Client, scheme: str
    ) -> None:
        session = served.world.session(citizen)._view.session
        answer = raw.get(routes.REFRESH.path, headers={"authorization": scheme + session})
        assert (answer.status_code, answer.json()["session"]) == (200, session)

    def test_body_refused_for_its_form_spends_no_nonce_and_a_token_not_in_its_form_does(
        self, served: ServedWorld, citizen: Citizen, raw: httpx.Client
    ) -> None:
        def ask(nonce: str, token: str) -> httpx.Response:
            body = canonical.encode({"nonce": nonce, "token": token})
            return raw.post(routes.OPEN_SESSION.path, content=body, headers=TYPE)

        origin = served.world.election.manifest.collector.address
        nonces = [raw.post(routes.CHALLENGE.path).json()["nonce"] for _ in range(2)]
        refused(ask(nonces[0], "x" * 20_001), 400)
        assert ask(nonces[0], citizen.card.authenticate(origin, nonces[0])).status_code == 200
        refused(ask(nonces[1], "x" * 20_000), 403)
        refused(ask(nonces[1], citizen.card.authenticate(origin, nonces[1])), 401)
