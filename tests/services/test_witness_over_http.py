"""A witness speaks C2SP tlog-witness: its request, its statuses, its conflict, its cosignature."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import Request, Response
from hypothesis import given
from hypothesis import strategies as st

from auditor.api import witness_app
from auditor.head_store import MemoryHeadStore
from auditor.witness import Witness
from common.errors import EncodingError, LogError, ServiceRefused
from common.log.checkpoint import Checkpoint, sign_checkpoint
from common.log.merkle import MerkleTree
from common.log.submission import encode_submission, parse_submission
from common.log.witnessed import LogTrust, verify_witnesses
from common.ports import CheckpointUnsigned, Fork, NotFound, Rollback, TwoTrees, WitnessConflict
from common.routes import ADD_CHECKPOINT, SIZE_MEDIA
from common.transport.client import WitnessClient
from common.transport.connection import Connection
from common.transport.serve import BackgroundService
from scenarios.services import ServedWorld

ORIGIN = "log.example.org/1"
NAME = "w1.example.org"
LOG, OTHER, KEY = (Ed25519PrivateKey.generate() for _ in range(3))
TRUST = LogTrust(ORIGIN, LOG.public_key().public_bytes_raw(), ((NAME, KEY.public_key().public_bytes_raw()),), 1)
NOON = 1_900_000_000


def grown(leaves: str) -> MerkleTree:
    tree = MerkleTree()
    for leaf in leaves:
        tree.append(leaf.encode())
    return tree


TREE, FORK = grown("abcdefgh"), grown("abXdefgh")


def note(size: int, tree: MerkleTree = TREE, key: Ed25519PrivateKey = LOG, origin: str = ORIGIN) -> str:
    return sign_checkpoint(Checkpoint(origin, size, tree.root(size)), key, origin)


@dataclass(frozen=True, slots=True)
class Scene:
    store: MemoryHeadStore
    client: WitnessClient
    url: str

    def post(self, text: str | bytes) -> httpx.Response:
        with httpx.Client(trust_env=False) as client:
            return client.post(self.url, content=text)


class Current:
    """Whichever witness a test has put here."""

    witness: Witness

    def add_checkpoint(self, old_size: int, proof: Sequence[bytes], note: str) -> str:
        return self.witness.add_checkpoint(old_size, proof, note)


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[Current, Connection]]:
    current = Current()
    with BackgroundService(witness_app(current)) as service, Connection(service.address) as connection:
        yield current, connection


@pytest.fixture
def scene(running: tuple[Current, Connection]) -> Scene:
    """A witness that holds the log at size 3."""
    current, connection = running
    store = MemoryHeadStore()
    current.witness = Witness(NAME, KEY, store, lambda: NOON, {ORIGIN: LOG.public_key().public_bytes_raw()})
    client = WitnessClient(connection)
    client.add_checkpoint(0, (), note(3))
    return Scene(store, client, connection.address + ADD_CHECKPOINT.path)


def test_witness_cosigns_over_http(scene: Scene) -> None:
    line = scene.client.add_checkpoint(3, TREE.consistency_proof(3, 8), note(8))
    assert verify_witnesses(note(8) + line, TRUST) == ((NAME, NOON),)


def test_request_and_answers_are_those_of_c2sp(scene: Scene) -> None:
    text = encode_submission(3, TREE.consistency_proof(3, 8), note(8))
    assert text.startswith("old 3\n")
    assert text.endswith("\n\n" + note(8))
    answer = scene.post(text)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.text.startswith(f"— {NAME} ")
    assert answer.text.endswith("\n")
    conflict = scene.post(text)
    assert (conflict.status_code, conflict.text) == (409, "8\n")
    assert conflict.headers["content-type"] == SIZE_MEDIA


@pytest.mark.parametrize("old", [0, 2, 5])
def test_conflict_is_understood_and_a_retry_from_its_size_works(scene: Scene, old: int) -> None:
    with pytest.raises(WitnessConflict) as conflict:
        scene.client.add_checkpoint(old, (), note(8))
    assert conflict.value.known_size == 3
    scene.client.add_checkpoint(conflict.value.known_size, TREE.consistency_proof(3, 8), note(8))


@pytest.mark.parametrize(
    ("status", "error", "text"),
    [
        (404, NotFound, encode_submission(0, (), note(8, origin="log.example.org/2"))),
        (403, CheckpointUnsigned, encode_submission(3, TREE.consistency_proof(3, 8), note(8, key=OTHER))),
        (400, Rollback, encode_submission(3, (), note(2))),
        (422, Fork, encode_submission(3, TREE.consistency_proof(3, 8), note(8, FORK))),
        (422, Fork, encode_submission(3, (), note(8))),
        (409, TwoTrees, encode_submission(3, (), note(3, FORK))),
        (422, LogError, encode_submission(3, (), "no note")),
    ],
)
def test_refusals_have_the_statuses_of_c2sp(scene: Scene, status: int, error: type[LogError], text: str) -> None:
    before = scene.store.load(ORIGIN)
    assert scene.post(text).status_code == status
    with pytest.raises((LogError, ServiceRefused)) as raised:
        scene.client.add_checkpoint(*parse_submission(text))
    assert type(raised.value) is error
    assert scene.store.load(ORIGIN) == before


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\xff",
        "old 3",
        f"old -1\n\n{note(8)}",
        f"old 03\n\n{note(8)}",
        f"Old 3\n\n{note(8)}",
        f"old 9223372036854775808\n\n{note(8)}",
        f"old 3\nAAAA\n\n{note(8)}",
        f"old 3\n{'A' * 43}\n\n{note(8)}",
        "old 3\n" + ("A" * 43 + "=\n") * 64 + "\n" + note(8),
    ],
)
def test_request_not_in_the_form_of_c2sp_is_refused(scene: Scene, text: str | bytes) -> None:
    assert scene.post(text).status_code == 400


@pytest.mark.parametrize("body", [b"", b"3", b"03\n", b"x\n", b"-3\n"])
def test_conflict_without_a_size_is_no_conflict(body: bytes) -> None:
    async def strange(_request: Request, _error: Exception) -> Response:
        return Response(body, 409, {"content-type": SIZE_MEDIA})

    app = witness_app(Witness(NAME, KEY, MemoryHeadStore(), lambda: NOON, {}))
    app.add_exception_handler(NotFound, strange)
    with BackgroundService(app) as service, Connection(service.address) as connection:
        with pytest.raises(ServiceRefused, match="not with a size") as refused:
            WitnessClient(connection).add_checkpoint(0, (), note(8))
        assert not isinstance(refused.value, WitnessConflict)


def test_log_finds_back_to_a_witness_that_knows_more(served: ServedWorld) -> None:
    """The collector starts with size 0 in mind; the conflict's size leads it to the right proof."""
    log = served.collector._log
    log._known_sizes = [0] * len(log._known_sizes)
    lines = [log._ask(which, log.newest()) for which in range(len(log._known_sizes))]
    assert None not in lines
    assert log._known_sizes == [log.tree.size] * len(lines)


@given(
    st.integers(0, 2**63 - 1),
    st.lists(st.binary(min_size=32, max_size=32), max_size=63),
    st.text(st.characters(codec="utf-8"), max_size=40),
)
def test_submission_reads_back_as_it_was_written(old: int, proof: list[bytes], text: str) -> None:
    assert parse_submission(encode_submission(old, proof, text)) == (old, tuple(proof), text)


@given(st.text(max_size=60))
def test_submission_is_read_only_from_its_one_form(text: str) -> None:
    try:
        found = parse_submission(text)
    except EncodingError:
        return
    assert encode_submission(*found) == text
