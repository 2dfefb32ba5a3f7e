"""The log as its one writer sees it: append, sign, have witnessed (spec 7, tlog-witness).

Appending and witnessing go on beside each other. Checkpoints are made one at a time, each over all that was appended
while the last one waited for its witnesses: so votes that wait share the next, and a slow witness costs time, not
throughput.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from threading import Lock

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from collector.steps import Reached, Step, unwatched
from collector.store import NewEntry, Store
from common.errors import EncodingError, LogError, ServiceRefused
from common.log.checkpoint import Checkpoint, read_checkpoint, sign_checkpoint
from common.log.merkle import MerkleTree
from common.log.witnessed import Witnessed, open_checkpoint, verify_witness_line
from common.messages.election import Election
from common.ports import (
    CheckpointUnsigned,
    Fork,
    PeerNotes,
    Rollback,
    Unavailable,
    WitnessConflict,
    WitnessPort,
    unnoted,
)

MOMENT = 0.25
"""Seconds that the other witnesses have once there is a quorum: the more cosign, the less one wrong clock does."""


class LogWriter:
    """Owns the Merkle tree, rebuilt from the store; callers serialise their appends, and nothing else."""

    def __init__(
        self,
        election: Election,
        store: Store,
        key: Ed25519PrivateKey,
        witnesses: Sequence[WitnessPort],
        reached: Reached = unwatched,
        notes: PeerNotes = unnoted,
    ) -> None:
        self.tree = MerkleTree()
        for leaf in store.leaves():
            self.tree.append(leaf)
        self._whole = self.tree.size  # behind the tree's own size while an append is under way
        self._election = election
        self._store = store
        self._key = key
        self._reached = reached
        self._notes = notes
        self._witnesses = tuple(witnesses)
        self._known_sizes = [0] * len(self._witnesses)
        self._asked = [False] * len(self._witnesses)
        self._callers = tuple(ThreadPoolExecutor(1, f"witness-{n}") for n in range(1, len(self._witnesses) + 1))
        self._maker = ThreadPoolExecutor(1, "checkpoint")
        self._next: Future[str] | None = None
        self._next_lock = Lock()

    def append(self, batch: Sequence[NewEntry]) -> int:
        """Commit entries durably, then extend the tree; the index of the first."""
        first = self.tree.size
        self._store.commit(first, batch)
        for entry in batch:
            self.tree.append(entry.leaf)
        self._whole = self.tree.size
        return first

    def newest(self) -> str:
        """The largest cosigned checkpoint. If there is none, the log began without witnesses: they are asked again.

        Nobody waits for that: `Unavailable` until a quorum has answered.
        """
        note = self._store.newest_checkpoint()
        if note is None:
            self._in_the_next()
            raise Unavailable("the log has no witnessed checkpoint yet; try again later")
        return note

    def witnessed(self) -> tuple[str, Witnessed]:
        """A cosigned checkpoint over the whole tree, as `covering` its last entry."""
        return self.covering(self._whole - 1)

    def covering(self, position: int) -> tuple[str, Witnessed]:
        """The earliest cosigned checkpoint that covers the appended entry, made now if there is none, and its times.

        `Unavailable` if fewer witnesses answer than the quorum; a later call tries again.
        """
        note = self._store.covering_checkpoint(position)
        if note is None:
            made = self._in_the_next().result()
            note = self._store.covering_checkpoint(position) or made
        return note, open_checkpoint(note, self._election.log_trust)

    def _in_the_next(self) -> Future[str]:
        """The checkpoint that will cover all that is appended until it is begun; who waits for it shares it."""
        with self._next_lock:
            if self._next is None:
                self._next = self._maker.submit(self._make)
            return self._next

    def _make(self) -> str:
        """The signed checkpoint is durable before any witness sees it, the cosigned one before anyone else does."""
        with self._next_lock:
            self._next = None
        size = self._whole
        note = self._store.checkpoint(size, cosigned=True)
        if note is None:
            note = self._cosigned(self._signed(size))
            self._store.keep_checkpoint(size, note, cosigned=True)
            self._reached(Step.COSIGNATURES_KEPT)
        return note

    def _signed(self, size: int) -> str:
        note = self._store.checkpoint(size, cosigned=False)
        if note is None:
            origin = self._election.manifest.log.origin
            note = sign_checkpoint(Checkpoint(origin, size, self.tree.root(size)), self._key, origin)
            self._reached(Step.CHECKPOINT_SIGNED)
            self._store.keep_checkpoint(size, note, cosigned=False)
            self._reached(Step.CHECKPOINT_KEPT)
        return note

    def _cosigned(self, note: str) -> str:
        """Ask all witnesses at once; go on with a quorum, a moment later, without those that still think."""
        quorum = self._election.manifest.witnesses.quorum
        idle = [which for which, asked in enumerate(self._asked) if not asked]
        answers = [caller.submit(self._ask, which, note) for which, caller in enumerate(self._callers)]
        pending = set(answers)
        while pending and len(_lines(answers)) < quorum:
            _, pending = wait(pending, return_when=FIRST_COMPLETED)
        wait([answers[which] for which in idle], MOMENT)
        for which, answer in enumerate(answers):
            if not (answer.done() or answer.cancel()):  # cancelled: still busy with an earlier one, it need not begin
                self._notes(_name(which), "is slow; others suffice meanwhile")
        lines = _lines(answers)
        if len(lines) < quorum:
            raise Unavailable(f"{len(lines)} witnesses answered where {quorum} are due; try again later")
        self._reached(Step.QUORUM)
        return note + "".join(lines.values())

    def _ask(self, which: int, note: str) -> tuple[str, str] | None:
        """One witness's name and verified cosignature, or None if it is out of service, refuses or lies."""
        self._asked[which] = True
        try:
            answer = self._answer(which, note, read_checkpoint(note)[1].size)
        except Unavailable:
            self._notes(_name(which), "is out of service")
        except (WitnessConflict, Rollback, Fork):
            self._notes(_name(which), "claims to have seen another log than this")
        except (ServiceRefused, CheckpointUnsigned):
            self._notes(_name(which), "refuses this log's checkpoints")
        except (LogError, EncodingError):
            self._notes(_name(which), "answers with what is no cosignature of its own")
        else:
            self._notes(_name(which), None)
            return answer
        finally:
            self._asked[which] = False
        return None

    def _answer(self, which: int, note: str, size: int) -> tuple[str, str]:
        """`WitnessConflict` if it says to hold a larger head, or twice another than the one it named."""
        try:
            return self._cosignature(which, note, size)
        except WitnessConflict as conflict:
            if conflict.known_size > size:
                raise
            self._known_sizes[which] = conflict.known_size
            return self._cosignature(which, note, size)

    def _cosignature(self, which: int, note: str, size: int) -> tuple[str, str]:
        old = self._known_sizes[which]
        proof = self.tree.consistency_proof(old, size) if old else ()
        line = self._witnesses[which].add_checkpoint(old, proof, note)
        name, _ = verify_witness_line(note, line, self._election.log_trust)
        self._known_sizes[which] = size
        self._reached(Step.COSIGNED)
        return name, line


def _name(which: int) -> str:
    return f"witness {which + 1}"


def _lines(answers: Sequence[Future[tuple[str, str] | None]]) -> Mapping[str, str]:
    """The cosignatures that are there, by witness, in the manifest's order."""
    given = [answer.result() for answer in answers if answer.done() and not answer.cancelled()]
    return dict(answer for answer in given if answer is not None)
