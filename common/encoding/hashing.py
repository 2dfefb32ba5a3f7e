"""Domain-separated, length-prefixed hashing (spec chapter 2).

Every item is framed: a byte string as its length (8 bytes, big-endian) and its bytes, a list as its count (8 bytes)
and its framed items. A hash input is the framed domain tag followed by the framed items. A tag fixes how many items
there are and of what shape (what is a list, and of what), so no two different inputs share an encoding.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TypeAlias

Item: TypeAlias = "bytes | Sequence[Item]"

DIGEST_LENGTH = 32
_TAG_PREFIX = "valik/v1/"


def frame(tag: str, *items: Item) -> bytes:
    """Domain tag `valik/v1/<tag>` and items, framed; the exact bytes that are hashed or signed."""
    parts: list[bytes] = []
    _append(parts, (_TAG_PREFIX + tag).encode("ascii"))
    for item in items:
        _append(parts, item)
    return b"".join(parts)


def tagged_hash(tag: str, *items: Item) -> bytes:
    """SHA-256 (32 bytes) of the framed tag and items."""
    return hashlib.sha256(frame(tag, *items)).digest()


def tagged_hex(tag: str, *items: Item) -> str:
    """`tagged_hash` as 64 lower-case hex digits, the form digests take in messages."""
    return tagged_hash(tag, *items).hex()


def full_domain_hash(modulus: int, tag: str, *items: Item) -> int:
    """An integer in [0, modulus): |modulus|+128 bits of SHAKE256 of the framed input, reduced.

    The 128 extra bits keep the result within 2^-128 of uniform. Excess low bits of the last byte are kept: the
    output is ⌈(|modulus|+128)/8⌉ bytes.
    """
    length = (modulus.bit_length() + 128 + 7) // 8
    return int.from_bytes(hashlib.shake_256(frame(tag, *items)).digest(length), "big") % modulus


def uint64(value: int) -> bytes:
    """Counters and indices in hash inputs: 8 bytes, big-endian."""
    return value.to_bytes(8, "big")


def _append(parts: list[bytes], item: Item) -> None:
    if isinstance(item, (bytes, bytearray)):
        parts.append(len(item).to_bytes(8, "big"))
        parts.append(bytes(item))
    else:
        parts.append(len(item).to_bytes(8, "big"))
        for member in item:
            _append(parts, member)
