"""How a message is declared, read and written.

A message is a frozen, slotted dataclass. pydantic checks types, lengths and ranges of what comes from outside, and
`decode` accepts only bytes that `encode` writes again: so unknown or repeated fields and other spellings are refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, fields, is_dataclass
from typing import Annotated, Any, TypeVar, cast, dataclass_transform

from pydantic import AfterValidator, ConfigDict, Field, TypeAdapter, ValidationError

from common.encoding import canonical, times
from common.encoding.canonical import Json
from common.encoding.octets import from_base64url
from common.errors import EncodingError, MalformedMessage

M = TypeVar("M")


@dataclass_transform(frozen_default=True)
def message(cls: type[M]) -> type[M]:
    """Declare a message: fields are required, unknown ones are refused."""
    made = dataclass(frozen=True, slots=True)(cls)
    made.__pydantic_config__ = ConfigDict(extra="forbid", strict=True)  # type: ignore[attr-defined]
    return made


def _proper_time(text: str) -> str:
    try:
        times.from_rfc3339(text)
    except EncodingError as error:
        raise ValueError(str(error)) from None
    return text


def _proper_base64url(text: str) -> str:
    try:
        from_base64url(text)
    except EncodingError as error:
        raise ValueError(str(error)) from None
    return text


def _proper_text(text: str) -> str:
    if not text.isprintable() or text != text.strip():
        raise ValueError("text with control characters or outer white space")
    return text


Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
"""SHA-256, lower-case hex."""
VoteId = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
ElectionId = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
Base64 = Annotated[str, Field(min_length=1, max_length=40_000), AfterValidator(_proper_base64url)]
"""Unpadded base64url; the crypto layer checks the exact length."""
Element = Annotated[str, Field(min_length=1, max_length=4_096)]
"""A group element or integer, base64url; its form and range are check C10's business."""
Time = Annotated[str, Field(min_length=20, max_length=20), AfterValidator(_proper_time)]
Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
"""An identifier: of a unit, a contest, a service."""
Text = Annotated[str, Field(min_length=1, max_length=300), AfterValidator(_proper_text)]
"""A line of text for people."""
VoterId = Annotated[str, Field(pattern=r"^PNOEE-[0-9]{11}$")]
Count = Annotated[int, Field(ge=0, le=2**53 - 1)]
Positive = Annotated[int, Field(ge=1, le=2**53 - 1)]
Seconds = Annotated[int, Field(ge=0, le=10**9)]


_FIELDS: dict[type[Any], tuple[str, ...]] = {}
"""Field names of each message class; none for a class that is no message."""


def plain(value: object) -> Json:
    """A message as JSON values."""
    kind = type(value)
    if kind is str or kind is int:
        return value
    if kind is tuple or kind is list:
        return [plain(item) for item in cast(Iterable[object], value)]
    if kind is dict:
        return {key: plain(item) for key, item in cast(dict[str, object], value).items()}
    if kind not in _FIELDS:
        _FIELDS[kind] = tuple(field.name for field in fields(kind)) if is_dataclass(kind) else ()
    names = _FIELDS[kind]
    return {name: plain(getattr(value, name)) for name in names} if names else value


def encode(value: object) -> bytes:
    """The message's canonical bytes."""
    return canonical.encode(plain(value))


def decode(kind: type[M], data: bytes) -> M:
    """The message of type `kind` whose canonical bytes are exactly `data`; `MalformedMessage` otherwise."""
    try:
        found = cast(M, _adapter(kind).validate_json(data))
        canonical_bytes = encode(found)
    except ValidationError as error:
        raise MalformedMessage(f"{kind.__name__}: {_first_fault(error)}") from None
    except EncodingError as error:
        raise MalformedMessage(f"{kind.__name__}: {error}") from None
    if canonical_bytes != data:
        raise MalformedMessage(f"{kind.__name__}: not in canonical form, or with unknown fields")
    return found


_ADAPTERS: dict[type[Any], TypeAdapter[Any]] = {}


def _adapter(kind: type[Any]) -> TypeAdapter[Any]:
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]


_FIELD = re.compile(r"[a-z_]+\Z")


def _first_fault(error: ValidationError) -> str:
    """Where and why, without repeating what the sender wrote, be it a value or a key: it may be a personal code."""
    first = error.errors(include_input=False, include_context=False, include_url=False)[0]
    steps = [step if isinstance(step, int) or _FIELD.match(step) else "?" for step in first["loc"]]
    reason = "unknown kind" if first["type"] == "union_tag_invalid" else first["msg"]
    return f"{'.'.join(map(str, steps)) or 'message'}: {reason}"
