"""The log as its one writer sees it: append, sign, have witnessed (spec 7, tlog-witness)."""

from __future__ import annotations

from collections.abc import Sequence

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from collector.store import NewEntry, Store
from common.errors import EncodingError, LogError, ServiceRefused
from common.log.checkpoint import Checkpoint, sign_checkpoint
from common.log.merkle import MerkleTree
from common.log.witnessed import Witnessed, open_checkpoint, verify_witness_line
from common.messages.election import Election
from common.ports import Unavailable, WitnessConflict, WitnessPort


class LogWriter:
    """Owns the Merkle tree, rebuilt from the store; callers serialise their calls."""

    def __init__(
        self, election: Election, store: Store, key: Ed25519PrivateKey, witnesses: Sequence[WitnessPort]
    ) -> None:
        self.tree = MerkleTree()
        for leaf in store.leaves():
            self.tree.append(leaf)
        self._election = election
        self._store = store
        self._key = key
        self._witnesses = tuple(witnesses)
        self._known_sizes = [0] * len(self._witnesses)

    def append(self, batch: Sequence[NewEntry]) -> int:
        """Commit entries durably, then extend the tree; the index of the first."""
        first = self.tree.size
        self._store.commit(first, batch)
        for entry in batch:
            self.tree.append(entry.leaf)
        return first

    def newest(self) -> str:
        """The largest cosigned checkpoint; `Unavailable` if there is none yet."""
        note = self._store.newest_checkpoint()
        if note is None:
            raise Unavailable("the log has no witnessed checkpoint yet; try again later")
        return note

    def witnessed(self) -> tuple[str, Witnessed]:
        """A cosigned checkpoint over the whole tree, the kept one if there is one, and what it says.

        The signed checkpoint is durable before any witness sees it, the cosigned one before anyone else does.
        `Unavailable` if fewer witnesses answer than the quorum; a later call tries again.
        """
        size = self.tree.size
        note = self._store.checkpoint(size, cosigned=True)
        if note is None:
            note = self._cosigned(self._signed(size))
            self._store.keep_checkpoint(size, note, cosigned=True)
        return note, open_checkpoint(note, self._election.log_trust)

    def covering(self, position: int) -> tuple[str, Witnessed]:
        """The earliest cosigned checkpoint that covers the entry, made now if there is none."""
        note = self._store.covering_checkpoint(position)
        return (note, open_checkpoint(note, self._election.log_trust)) if note else self.witnessed()

    def _signed(self, size: int) -> str:
        note = self._store.checkpoint(size, cosigned=False)
        if note is None:
            origin = self._election.manifest.log.origin
            note = sign_checkpoint(Checkpoint(origin, size, self.tree.root()), self._key, origin)
            self._store.keep_checkpoint(size, note, cosigned=False)
        return note

    def _cosigned(self, note: str) -> str:
        answers = [self._ask(which, note) for which in range(len(self._witnesses))]
        lines = dict(answer for answer in answers if answer is not None)
        quorum = self._election.manifest.witnesses.quorum
        if len(lines) < quorum:
            raise Unavailable(f"{len(lines)} witnesses answered where {quorum} are due; try again later")
        return note + "".join(lines.values())

    def _ask(self, which: int, note: str) -> tuple[str, str] | None:
        """One witness's name and verified cosignature, or None if it is out of service, refuses or lies."""
        for _attempt in range(2):
            old = self._known_sizes[which]
            try:
                proof = self.tree.consistency_proof(old) if old else ()
                line = self._witnesses[which].add_checkpoint(old, proof, note)
                name, _ = verify_witness_line(note, line, self._election.log_trust)
            except WitnessConflict as conflict:
                if conflict.known_size > self.tree.size:
                    return None
                self._known_sizes[which] = conflict.known_size
            except (ServiceRefused, LogError, EncodingError):
                return None
            else:
                self._known_sizes[which] = self.tree.size
                return name, line
        return None
