"""The append-only Merkle tree of RFC 9162 §2.1 over SHA-256, its proofs and their verification.

Hashes are 32 bytes. A leaf is SHA-256(0x00 ‖ data), an inner node SHA-256(0x01 ‖ left ‖ right), the empty tree
SHA-256(""). A tree of n > 1 leaves splits at the largest power of two below n.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from common.errors import LogError

HASH_LENGTH = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()
MAX_SIZE = 2**63 - 1

_sha256 = hashlib.sha256


def leaf_hash(data: bytes) -> bytes:
    """Hash of one leaf (RFC 9162 §2.1.1)."""
    return _sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an inner node from its children's hashes (RFC 9162 §2.1.1)."""
    return _sha256(b"\x01" + left + right).digest()


class MerkleTree:
    """A growing tree that keeps the hash of every complete subtree.

    Appending costs two hashes on average, a root or proof of any size so far O(log n). A reader that names a size
    it has seen may run beside the one writer: what lies below that size never changes.
    """

    __slots__ = ("_levels",)

    def __init__(self) -> None:
        # _levels[h] concatenates the hashes of the complete subtrees of 2^h leaves, left to right
        self._levels: list[bytearray] = [bytearray()]

    @property
    def size(self) -> int:
        """Number of leaves."""
        return len(self._levels[0]) // HASH_LENGTH

    def append(self, leaf_data: bytes) -> int:
        """Add a leaf and return its index, counted from 0."""
        return self.append_leaf_hash(leaf_hash(leaf_data))

    def append_leaf_hash(self, node: bytes) -> int:
        """Add a leaf by its hash, as read from a level-0 tile; returns its index."""
        _require_hash(node)
        index = position = self.size
        levels = self._levels
        levels[0] += node
        height = 0
        while position & 1:
            node = _sha256(b"\x01" + levels[height][-2 * HASH_LENGTH :]).digest()
            height += 1
            position >>= 1
            if height == len(levels):
                levels.append(bytearray())
            levels[height] += node
        return index

    def root(self, size: int | None = None) -> bytes:
        """Root of the first `size` leaves, all of them by default; `LogError` unless 0 ≤ size ≤ self.size."""
        size = self._within(size)
        return self._subtree(0, size) if size else EMPTY_ROOT

    def inclusion_proof(self, index: int, size: int | None = None) -> tuple[bytes, ...]:
        """PATH(index, D[size]) of RFC 9162 §2.1.3.1; `LogError` unless 0 ≤ index < size ≤ self.size."""
        size = self._within(size)
        if not 0 <= index < size:
            raise LogError(f"no leaf {index} in a tree of {size}")
        start, stop = 0, size
        path: list[bytes] = []
        while stop - start > 1:
            middle = start + _split(stop - start)
            if index < middle:
                path.append(self._subtree(middle, stop))
                stop = middle
            else:
                path.append(self._subtree(start, middle))
                start = middle
        return tuple(reversed(path))

    def consistency_proof(self, old: int, new: int | None = None) -> tuple[bytes, ...]:
        """PROOF(old, D[new]) of RFC 9162 §2.1.4.1; empty for old = 0 and old = new.

        `LogError` unless 0 ≤ old ≤ new ≤ self.size.
        """
        new = self._within(new)
        if not 0 <= old <= new:
            raise LogError(f"no consistency proof from size {old} to size {new}")
        if old == 0:
            return ()
        start, stop = 0, new
        path: list[bytes] = []
        while old != stop:
            middle = start + _split(stop - start)
            if old <= middle:
                path.append(self._subtree(middle, stop))
                stop = middle
            else:
                path.append(self._subtree(start, middle))
                start = middle
        if start > 0:  # the old tree itself (start = 0) is what the verifier already holds
            path.append(self._subtree(start, stop))
        return tuple(reversed(path))

    def complete_nodes(self, height: int, first: int, count: int) -> bytes:
        """Hashes of the complete subtrees first … first+count−1 of 2^height leaves, concatenated.

        `LogError` if the tree does not have them all.
        """
        stop = first + count
        if height < 0 or first < 0 or count < 0 or stop > self.size >> height:
            raise LogError(f"the tree has no complete nodes {first} to {stop - 1} of height {height}")
        return bytes(self._levels[height][HASH_LENGTH * first : HASH_LENGTH * stop]) if count else b""

    def _within(self, size: int | None) -> int:
        if size is None:
            return self.size
        if not 0 <= size <= self.size:
            raise LogError(f"no tree of size {size}: the log has {self.size} entries")
        return size

    def _subtree(self, start: int, stop: int) -> bytes:
        """Hash of leaves start … stop−1; `start` is a multiple of a power of two ≥ stop − start, as in the RFC."""
        peaks: list[bytes] = []
        while start < stop:
            height = (stop - start).bit_length() - 1
            offset = (start >> height) * HASH_LENGTH
            peaks.append(bytes(self._levels[height][offset : offset + HASH_LENGTH]))
            start += 1 << height
        root = peaks.pop()
        while peaks:
            root = node_hash(peaks.pop(), root)
        return root


def verify_inclusion(leaf_data: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """`LogError` unless `proof` shows `leaf_data` at `index` in the tree of `size` and `root` (RFC 9162 §2.1.3.2)."""
    if not 0 <= index < size <= MAX_SIZE:
        raise LogError(f"no leaf {index} in a tree of {size}")
    position, last = index, size - 1
    found = leaf_hash(leaf_data)
    for sibling in proof:
        _require_hash(sibling)
        if last == 0:
            raise LogError("inclusion proof is too long")
        if position & 1 or position == last:
            found = node_hash(sibling, found)
            position, last = _skip_missing_siblings(position, last)
        else:
            found = node_hash(found, sibling)
        position, last = position >> 1, last >> 1
    if last != 0:
        raise LogError("inclusion proof is too short")
    if found != root:
        raise LogError(f"inclusion proof of leaf {index} does not lead to the root of size {size}")


def verify_consistency(
    old_size: int, new_size: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes
) -> None:
    """`LogError` unless the tree of `new_size` extends the tree of `old_size` (RFC 9162 §2.1.4.2).

    Beyond the RFC, which asks for 0 < old_size < new_size: equal sizes take an empty proof and equal roots; size 0
    takes an empty proof, its root must be `EMPTY_ROOT`, and every tree extends it.
    """
    if not 0 <= old_size <= new_size <= MAX_SIZE:
        raise LogError(f"a log of size {new_size} cannot extend one of size {old_size}")
    if (old_size == 0 and old_root != EMPTY_ROOT) or (new_size == 0 and new_root != EMPTY_ROOT):
        raise LogError("a tree of size 0 with the wrong root")
    if old_size in (0, new_size):
        if proof:
            raise LogError("consistency proof where none is due")
        if old_size == new_size and old_root != new_root:
            raise LogError(f"two different trees of size {old_size}")
        return
    old_found, new_found = _consistency_roots(old_size, new_size, proof, old_root)
    if old_found != old_root or new_found != new_root:
        raise LogError(f"the log of size {new_size} does not extend the one of size {old_size}")


def _consistency_roots(old_size: int, new_size: int, proof: Sequence[bytes], old_root: bytes) -> tuple[bytes, bytes]:
    """The two roots that the proof leads to, for 0 < old_size < new_size."""
    # an old tree that is one complete subtree is its own first proof element, and left out
    path = [old_root, *proof] if old_size & (old_size - 1) == 0 else list(proof)
    for element in path:
        _require_hash(element)
    if not proof:
        raise LogError("consistency proof is empty")
    position, last = old_size - 1, new_size - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    old_found = new_found = path[0]
    for element in path[1:]:
        if last == 0:
            raise LogError("consistency proof is too long")
        if position & 1 or position == last:
            old_found = node_hash(element, old_found)
            new_found = node_hash(element, new_found)
            position, last = _skip_missing_siblings(position, last)
        else:
            new_found = node_hash(new_found, element)
        position, last = position >> 1, last >> 1
    if last != 0:
        raise LogError("consistency proof is too short")
    return old_found, new_found


def _skip_missing_siblings(position: int, last: int) -> tuple[int, int]:
    """Climb the right edge past levels where the node has no sibling, and so has its only child's hash."""
    while position and not position & 1:
        position, last = position >> 1, last >> 1
    return position, last


def _split(size: int) -> int:
    """The largest power of two below `size` ≥ 2."""
    return 1 << ((size - 1).bit_length() - 1)


def _require_hash(value: bytes) -> None:
    if len(value) != HASH_LENGTH:
        raise LogError(f"a Merkle hash of {len(value)} bytes")
