"""Byte strings and integers as text: unpadded base64url of fixed length, and lower-case hex."""

from __future__ import annotations

import base64
import binascii
import re

from common.errors import EncodingError

_TO_BASE64 = bytes.maketrans(b"-_+/=", b"+/***")
"""From the URL alphabet to the plain one; what only the plain one has becomes a character of neither."""
_HEX = re.compile(r"(?:[0-9a-f]{2})*\Z")


def to_base64url(data: bytes) -> str:
    """Unpadded base64url (RFC 4648 §5) of any bytes."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def from_base64url(text: str) -> bytes:
    """Bytes of unpadded base64url whose unused trailing bits are zero; `EncodingError` otherwise."""
    missing = -len(text) % 4
    try:
        plain = text.encode("ascii").translate(_TO_BASE64) + b"=" * missing
        data = binascii.a2b_base64(plain, strict_mode=True)
    except (UnicodeEncodeError, binascii.Error):
        raise EncodingError("not unpadded base64url") from None
    if missing and to_base64url(data[missing - 3 :]) != text[missing - 4 :]:
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
