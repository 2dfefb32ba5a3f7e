"""The log: appending, inclusion proofs, checkpoints with their cosignatures."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from functools import cached_property
from itertools import count

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from benchmarks.measure import Cost, Work
from benchmarks.setting import Setting
from common.log.checkpoint import Checkpoint, sign_checkpoint
from common.log.cosignature import cosign
from common.log.entries import Entry, EntryKind
from common.log.merkle import MerkleTree, verify_inclusion
from common.log.witnessed import LogTrust, open_checkpoint, verify_log_signature, verify_witnesses

ORIGIN = "log.invalid/benchmark"
WITNESSES = 3
_NOW = 1_800_000_000


def costs(setting: Setting) -> Iterator[Cost]:
    """For a log of 100,000 entries (quick: 1,000); the same at every parameter set."""
    log = _Log(1_000 if setting.quick else 100_000)
    yield Cost("log append", log.appending)
    yield Cost(f"inclusion proof among {log.size:,}, make", log.proving)
    yield Cost(f"inclusion proof among {log.size:,}, verify", log.verifying)
    yield Cost(f"checkpoint, sign and cosign by {WITNESSES}", log.cosigning)
    yield Cost(f"checkpoint with {WITNESSES} cosignatures, verify", log.opening)


class _Log:
    """A log with its own key and its witnesses' keys."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._entry = Entry(EntryKind.VOTE, secrets.token_hex(32)).encode()
        self._key = Ed25519PrivateKey.generate()
        self._witnesses = {f"witness-{i}.invalid": Ed25519PrivateKey.generate() for i in range(WITNESSES)}

    @cached_property
    def tree(self) -> MerkleTree:
        tree = MerkleTree()
        for _ in range(self.size):
            tree.append(self._entry)
        return tree

    def cosigned(self) -> str:
        """A checkpoint of the tree, signed by the log and every witness."""
        checkpoint = Checkpoint(ORIGIN, self.size, self.tree.root(self.size))
        lines = [cosign(checkpoint.body, key, name, _NOW) for name, key in self._witnesses.items()]
        return sign_checkpoint(checkpoint, self._key, ORIGIN) + "".join(lines)

    def appending(self) -> Work:
        tree = MerkleTree()
        return lambda: tree.append(self._entry)

    def proving(self) -> Work:
        tree, positions = self.tree, count(step=7919)
        return lambda: tree.inclusion_proof(next(positions) % self.size, self.size)

    def verifying(self) -> Work:
        index, root = self.size // 3, self.tree.root()
        proof = self.tree.inclusion_proof(index)
        return lambda: verify_inclusion(self._entry, index, self.size, proof, root)

    def cosigning(self) -> Work:
        _ = self.tree
        return self.cosigned

    def opening(self) -> Work:
        note = self.cosigned()
        witnesses = tuple((name, key.public_key().public_bytes_raw()) for name, key in self._witnesses.items())
        trust = LogTrust(ORIGIN, self._key.public_key().public_bytes_raw(), witnesses, quorum=2)

        def work() -> None:
            # verified checkpoints are remembered
            verify_log_signature.cache_clear()
            verify_witnesses.cache_clear()
            open_checkpoint(note, trust)

        return work
