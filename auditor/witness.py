"""A witness: cosigns a log's checkpoint if it extends every checkpoint cosigned before (C2SP tlog-witness).

Pure but for the store and the clock it is given. The new head is durable *before* the cosignature exists, so no
crash makes a witness forget what it has vouched for (D9).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from common.errors import LogError
from common.log.checkpoint import Checkpoint, open_log_signed, read_checkpoint
from common.log.cosignature import cosign
from common.log.merkle import EMPTY_ROOT, verify_consistency
from common.log.note import KeyType, NoteKey
from common.ports import CheckpointUnsigned, Fork, NotFound, Rollback, TwoTrees, WitnessConflict


@dataclass(frozen=True, slots=True)
class Head:
    """The newest checkpoint a witness accepted: size, root (32 bytes), and the log's signed note as evidence."""

    size: int
    root: bytes
    note: str


class HeadStore(Protocol):
    """Where a witness keeps one head per log."""

    def load(self, origin: str) -> Head | None:
        """The stored head, None if there never was one; a damaged store raises and never answers None."""

    def save(self, origin: str, head: Head, replacing: Head | None) -> None:
        """Store `head` if `replacing` is still the stored one, in one atomic step, durable before return.

        `WitnessConflict` if another head has been stored since.
        """


class UnknownLog(NotFound):
    """The witness does not follow the log of this origin."""


class Witness:
    """One named witness with its Ed25519 key, following the logs in `logs` (origin → raw public key, 32 bytes)."""

    def __init__(
        self,
        name: str,
        private_key: Ed25519PrivateKey,
        store: HeadStore,
        clock: Callable[[], int],
        logs: Mapping[str, bytes],
    ) -> None:
        """`clock` gives seconds since 1970. `EncodingError` if a name or key is malformed."""
        self.key = NoteKey(name, KeyType.COSIGNATURE_V1, private_key.public_key().public_bytes_raw())
        self._private_key = private_key
        self._store = store
        self._clock = clock
        self._logs = {origin: NoteKey(origin, KeyType.ED25519, key) for origin, key in logs.items()}

    def require_ready(self) -> None:
        """Raise unless the heads of all logs can be read."""
        for origin in self._logs:
            self._store.load(origin)

    def add_checkpoint(self, old_size: int, proof: Sequence[bytes], note: str) -> str:
        """The cosignature line, with its newline, on the checkpoint in `note`.

        `old_size` is the size of the head this witness holds (0 if none), `proof` the consistency proof from it.
        `UnknownLog`, or `WitnessConflict` with the size it holds; `LogError`, in its kinds, on a bad signature, a
        rollback, a fork or a bad proof. The same checkpoint again, with an empty proof, is cosigned again.
        """
        checkpoint = self._open(note)
        if old_size > checkpoint.size:
            raise Rollback(f"rollback: checkpoint of size {checkpoint.size} after size {old_size}")
        known = self._store.load(checkpoint.origin)
        known_size, known_root = (known.size, known.root) if known else (0, EMPTY_ROOT)
        if old_size != known_size:
            raise WitnessConflict(known_size)
        try:
            verify_consistency(known_size, checkpoint.size, proof, known_root, checkpoint.root)
        except LogError as error:
            same_size = known_size == checkpoint.size and known_root != checkpoint.root
            raise (TwoTrees if same_size else Fork)(str(error)) from error
        if known is None or checkpoint.size > known.size:
            self._store.save(checkpoint.origin, Head(checkpoint.size, checkpoint.root, note), known)
        return cosign(checkpoint.body, self._private_key, self.key.name, self._clock())

    def _open(self, note: str) -> Checkpoint:
        _, checkpoint = read_checkpoint(note)
        log_key = self._logs.get(checkpoint.origin)
        if log_key is None:
            raise UnknownLog("this witness does not follow that log")
        try:
            return open_log_signed(note, log_key)
        except LogError as error:
            raise CheckpointUnsigned(str(error)) from error
