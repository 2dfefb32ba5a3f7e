"""Bodies as bytes: nothing, bytes and text as they are, all else a message in its one canonical form."""

from __future__ import annotations

from types import NoneType
from typing import TypeVar, cast

from common.errors import MalformedMessage
from common.messages.message import decode, encode

T = TypeVar("T")


def encode_body(value: object) -> bytes:
    """What travels for a value."""
    if value is None:
        return b""
    if isinstance(value, bytes):
        return value
    return value.encode("utf-8") if isinstance(value, str) else encode(value)


def decode_body(kind: type[T], data: bytes) -> T:
    """The value of type `kind` that travels as exactly `data`; `MalformedMessage` otherwise."""
    if kind is bytes:
        return cast(T, data)
    if kind is str:
        try:
            return cast(T, data.decode("utf-8"))
        except UnicodeDecodeError:
            raise MalformedMessage("not UTF-8") from None
    if kind is NoneType:
        if data:
            raise MalformedMessage("a body where none is due")
        return cast(T, None)
    return decode(kind, data)
