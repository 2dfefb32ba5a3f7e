"""A witness signs no fork and no rollback, not even after a crash or restart; its stores keep their promise."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from auditor.head_store import FileHeadStore, MemoryHeadStore
from auditor.witness import Head, HeadStore, UnknownLog, Witness
from common.errors import EncodingError, LogError
from common.log.checkpoint import Checkpoint, sign_checkpoint
from common.log.merkle import EMPTY_ROOT, MerkleTree
from common.log.witnessed import LogTrust, verify_witnesses
from common.ports import WitnessConflict, WitnessPort

ORIGIN = "log.example.org/1"
NAME = "w1.example.org"
LOG_SECRET = Ed25519PrivateKey.generate()
WITNESS_SECRET = Ed25519PrivateKey.generate()
LOGS = {ORIGIN: LOG_SECRET.public_key().public_bytes_raw()}
TRUST = LogTrust(ORIGIN, LOGS[ORIGIN], ((NAME, WITNESS_SECRET.public_key().public_bytes_raw()),), 1)
NOON = 1_900_000_000


def grown(*leaves: str) -> MerkleTree:
    tree = MerkleTree()
    for leaf in leaves:
        tree.append(leaf.encode())
    return tree


TREE = grown(*"abcdefgh")
FORK = grown(*"abXdefgh")


def note(tree: MerkleTree, size: int, secret: Ed25519PrivateKey = LOG_SECRET) -> str:
    return sign_checkpoint(Checkpoint(ORIGIN, size, tree.root(size)), secret, ORIGIN)


def witness(store: HeadStore, clock: Callable[[], int] = lambda: NOON) -> Witness:
    return Witness(NAME, WITNESS_SECRET, store, clock, LOGS)


def add(party: WitnessPort, old: int, new: int, tree: MerkleTree = TREE) -> str:
    return party.add_checkpoint(old, tree.consistency_proof(old, new), note(tree, new))


@pytest.fixture(params=["memory", "file"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> HeadStore:
    return MemoryHeadStore() if request.param == "memory" else FileHeadStore(tmp_path)


def test_witness_cosigns_a_growing_log(store: HeadStore) -> None:
    party = witness(store)
    for old, new in ((0, 0), (0, 3), (3, 4), (4, 8)):
        line = add(party, old, new)
        assert verify_witnesses(note(TREE, new) + line, TRUST) == ((NAME, NOON),)
    assert store.load(ORIGIN) == Head(8, TREE.root(8), note(TREE, 8))


def test_witness_cosigns_the_same_head_again_at_a_later_time(store: HeadStore) -> None:
    times = iter([NOON, NOON + 60])
    party = witness(store, lambda: next(times))
    add(party, 0, 5)
    line = add(party, 5, 5)
    assert verify_witnesses(note(TREE, 5) + line, TRUST) == ((NAME, NOON + 60),)


@pytest.mark.parametrize("old", [0, 3, 6])
def test_witness_answers_a_wrong_old_size_with_the_size_it_knows(store: HeadStore, old: int) -> None:
    party = witness(store)
    add(party, 0, 5)
    with pytest.raises(WitnessConflict) as refused:
        add(party, old, 8)
    assert refused.value.known_size == 5
    add(party, refused.value.known_size, 8)


def test_new_witness_knows_size_0(store: HeadStore) -> None:
    with pytest.raises(WitnessConflict) as refused:
        add(witness(store), 3, 5)
    assert refused.value.known_size == 0
    assert store.load(ORIGIN) is None


def test_witness_refuses_a_fork(store: HeadStore) -> None:
    party = witness(store)
    add(party, 0, 5)
    for proof in (TREE.consistency_proof(5, 8), FORK.consistency_proof(5, 8), ()):
        with pytest.raises(LogError):
            party.add_checkpoint(5, proof, note(FORK, 8))
    with pytest.raises(LogError, match="two different trees"):
        add(party, 5, 5, FORK)
    assert store.load(ORIGIN) == Head(5, TREE.root(5), note(TREE, 5))
    add(party, 5, 8)


def test_witness_refuses_a_rollback(store: HeadStore) -> None:
    party = witness(store)
    add(party, 0, 5)
    with pytest.raises(LogError, match="rollback"):
        party.add_checkpoint(5, (), note(TREE, 3))
    with pytest.raises(WitnessConflict):  # honest about the old size: it must say 5
        party.add_checkpoint(3, (), note(TREE, 3))
    assert store.load(ORIGIN) == Head(5, TREE.root(5), note(TREE, 5))


def test_restarted_witness_still_refuses_the_fork(tmp_path: Path) -> None:
    add(witness(FileHeadStore(tmp_path)), 0, 5)
    restarted = witness(FileHeadStore(tmp_path))
    with pytest.raises(WitnessConflict):
        add(restarted, 0, 8, FORK)
    with pytest.raises(LogError):
        add(restarted, 5, 8, FORK)
    add(restarted, 5, 8)


def test_witness_restarted_with_an_old_head_can_be_made_to_sign_a_fork() -> None:
    """Why D9 exists: the harm that a store which forgets does."""
    before, restored = MemoryHeadStore(), MemoryHeadStore()
    for party in (witness(before), witness(restored)):
        add(party, 0, 2)  # the backup, taken before the leaf in which the histories differ
    verify_witnesses(note(TREE, 8) + add(witness(before), 2, 8), TRUST)
    verify_witnesses(note(FORK, 8) + add(witness(restored), 2, 8, FORK), TRUST)


def test_witness_refuses_checkpoints_without_its_logs_signature(store: HeadStore) -> None:
    party = witness(store)
    with pytest.raises(LogError, match="unknown key"):
        party.add_checkpoint(0, (), note(TREE, 5, Ed25519PrivateKey.generate()))
    with pytest.raises(LogError, match="invalid signature"):
        party.add_checkpoint(0, (), note(TREE, 5).replace("\n5\n", "\n6\n"))
    with pytest.raises(LogError, match="malformed"):
        party.add_checkpoint(0, (), "nonsense")
    assert store.load(ORIGIN) is None


def test_witness_does_not_follow_other_logs(store: HeadStore) -> None:
    other = Checkpoint("log.example.org/2", 5, TREE.root(5))
    with pytest.raises(UnknownLog):
        witness(store).add_checkpoint(0, (), sign_checkpoint(other, LOG_SECRET, other.origin))


def test_witness_keeps_one_head_for_each_log(store: HeadStore) -> None:
    origin = "log.example.org/2"
    party = Witness(NAME, WITNESS_SECRET, store, lambda: NOON, LOGS | {origin: LOGS[ORIGIN]})
    add(party, 0, 5)
    party.add_checkpoint(0, (), sign_checkpoint(Checkpoint(origin, 3, FORK.root(3)), LOG_SECRET, origin))
    assert [head.size for head in map(store.load, (ORIGIN, origin)) if head] == [5, 3]


class CrashError(Exception):
    """The power went."""


class CrashingStore(MemoryHeadStore):
    """Loses power just before or just after the head is durable."""

    def __init__(self, durable: bool) -> None:
        super().__init__()
        self.durable = durable

    def save(self, origin: str, head: Head, replacing: Head | None) -> None:
        if self.durable:
            super().save(origin, head, replacing)
        raise CrashError


def restarted_from(crashed: MemoryHeadStore) -> Witness:
    survivor = MemoryHeadStore()
    head = crashed.load(ORIGIN)
    if head is not None:
        survivor.save(ORIGIN, head, None)
    return witness(survivor)


def test_crash_between_save_and_sign_leaves_a_witness_that_can_go_on_but_not_fork() -> None:
    crashing = CrashingStore(durable=True)
    with pytest.raises(CrashError):
        add(witness(crashing), 0, 5)
    party = restarted_from(crashing)
    with pytest.raises(LogError):
        add(party, 5, 5, FORK)
    verify_witnesses(note(TREE, 5) + add(party, 5, 5), TRUST)


def test_crash_before_save_leaves_no_signature_and_the_old_head() -> None:
    crashing = CrashingStore(durable=False)
    with pytest.raises(CrashError):
        add(witness(crashing), 0, 5)
    add(restarted_from(crashing), 0, 5, FORK)  # nothing was signed, so nothing binds


def test_clock_failure_after_save_gives_no_signature_and_keeps_the_head(store: HeadStore) -> None:
    def broken() -> int:
        raise CrashError

    with pytest.raises(CrashError):
        add(witness(store, broken), 0, 5)
    assert store.load(ORIGIN) == Head(5, TREE.root(5), note(TREE, 5))


def test_head_is_saved_before_the_clock_is_read_for_the_cosignature(store: HeadStore) -> None:
    def clock() -> int:
        head = store.load(ORIGIN)
        return head.size if head else 0

    assert verify_witnesses(note(TREE, 5) + add(witness(store, clock), 0, 5), TRUST) == ((NAME, 5),)


def test_store_refuses_to_replace_a_head_that_is_no_longer_there(store: HeadStore) -> None:
    first, second = Head(1, TREE.root(1), "first"), Head(2, TREE.root(2), "second")
    store.save(ORIGIN, first, None)
    for replacing in (None, second):
        with pytest.raises(WitnessConflict) as refused:
            store.save(ORIGIN, second, replacing)
        assert refused.value.known_size == 1
    store.save(ORIGIN, second, first)
    assert store.load(ORIGIN) == second


def test_of_two_concurrent_requests_the_second_conflicts(store: HeadStore) -> None:
    """Both verify against the same head; one stores first. The race that C2SP tlog-witness warns of."""

    class Interrupted:
        """A store in which another request gets through between load and save."""

        def load(self, origin: str) -> Head | None:
            head = store.load(origin)
            add(witness(store), 0, 8, FORK)
            return head

        def save(self, origin: str, head: Head, replacing: Head | None) -> None:
            store.save(origin, head, replacing)

    with pytest.raises(WitnessConflict) as refused:
        add(witness(Interrupted()), 0, 5)
    assert refused.value.known_size == 8


def test_file_store_leaves_one_whole_file_and_ignores_a_half_written_one(tmp_path: Path) -> None:
    files = FileHeadStore(tmp_path)
    files.save(ORIGIN, Head(0, EMPTY_ROOT, "note"), None)
    (path,) = tmp_path.glob("*.json")
    path.with_suffix(".new").write_bytes(b"{half")
    assert FileHeadStore(tmp_path).load(ORIGIN) == Head(0, EMPTY_ROOT, "note")
    files.save(ORIGIN, Head(5, TREE.root(5), "note"), files.load(ORIGIN))
    assert {name.suffix for name in tmp_path.iterdir() if name.stem != "lock"} == {".json", ".begun"}


@pytest.mark.parametrize(
    "change",
    [
        lambda data: b"",
        lambda data: data[:-1],
        lambda data: data.replace(b'"size":5', b'"size":-5'),
        lambda data: data.replace(b'"size":5', b'"size":true'),
        lambda data: data.replace(ORIGIN.encode(), b"log.example.org/2"),
        lambda data: data.replace(b'"root":"', b'"root":"00'),
        lambda data: data.replace(b'"origin"', b'"other"'),
    ],
)
def test_damaged_head_stops_the_witness_and_never_counts_as_none(
    tmp_path: Path, change: Callable[[bytes], bytes]
) -> None:
    add(witness(FileHeadStore(tmp_path)), 0, 5)
    (path,) = tmp_path.glob("*.json")
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(EncodingError):
        add(witness(FileHeadStore(tmp_path)), 0, 8, FORK)


def test_missing_directory_is_not_an_empty_store(tmp_path: Path) -> None:
    with pytest.raises(NotADirectoryError):
        FileHeadStore(tmp_path / "not mounted")


def test_head_that_was_deleted_is_not_a_log_never_seen(tmp_path: Path) -> None:
    add(witness(FileHeadStore(tmp_path)), 0, 5)
    add(witness(FileHeadStore(tmp_path)), 5, 6)
    (head,) = tmp_path.glob("*.json")
    head.unlink()
    with pytest.raises(EncodingError, match="is gone"):
        add(witness(FileHeadStore(tmp_path)), 0, 8, FORK)
