"""Byte strings and integers as text: unpadded base64url of fixed length, and lower-case hex."""

from __future__ import annotations

import base64
import binascii
import re

from common.errors import EncodingError

_BASE64URL = re.compile(r"[A-Za-z0-9_-]*\Z")
_HEX = re.compile(r"(?:[0-9a-f]{2})*\Z")


def to_base64url(data: bytes) -> str:
    """Unpadded base64url (RFC 4648 §5) of any bytes."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def from_base64url(text: str) -> bytes:
    """Bytes of unpadded base64url whose unused trailing bits are zero; `EncodingError` otherwise."""
    if not _BASE64URL.match(text) or len(text) % 4 == 1:
        raise EncodingError("not unpadded base64url")
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if to_base64url(data) != text:
        raise EncodingError("base64url with trailing bits set")
    return data


def int_to_bytes(value: int, length: int) -> bytes:
    """Big-endian, exactly `length` bytes; `EncodingError` unless 0 ≤ value < 256^length."""
    if value < 0 or value.bit_length() > 8 * length:
        raise EncodingError(f"integer does not fit in {length} bytes")
    return int(value).to_bytes(length, "big")


def int_to_base64url(value: int, length: int) -> str:
    """`value` as base64url of exactly `length` big-endian bytes."""
    return to_base64url(int_to_bytes(value, length))


def int_from_base64url(text: str, length: int) -> int:
    """Integer from base64url of exactly `length` big-endian bytes; `EncodingError` otherwise."""
    data = from_base64url(text)
    if len(data) != length:
        raise EncodingError(f"integer of {len(data)} bytes where {length} are due")
    return int.from_bytes(data, "big")


def from_hex(text: str, length: int) -> bytes:
    """`length` bytes from lower-case hex; `EncodingError` otherwise."""
    if not _HEX.match(text) or len(text) != 2 * length:
        raise EncodingError(f"not lower-case hex of {length} bytes")
    return binascii.unhexlify(text)
