"""Canonical JSON (RFC 8785) restricted to the protocol's value types.

Objects with ASCII keys, arrays, strings, booleans, null, and integers of magnitude below 2^53. For these types
RFC 8785 is sorted keys, no white space and the escapes of ECMAScript, which is what `json.dumps` writes; the tests
hold it against the `rfc8785` package.
"""

from __future__ import annotations

import json
from typing import Any, NoReturn, TypeAlias

from common.errors import EncodingError

Json: TypeAlias = (
    Any  # None | bool | int | str | list[Json] | dict[str, Json]; recursive types cost more than they tell
)

MAX_SAFE_INTEGER = 2**53 - 1
MAX_DEPTH = 32


def encode(value: Json) -> bytes:
    """The one canonical encoding of `value`, UTF-8; `EncodingError` for anything outside the value types."""
    _require_plain(value, MAX_DEPTH)
    try:
        return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        raise EncodingError("text with a lone surrogate") from None


def decode(data: bytes) -> Json:
    """The value whose canonical encoding is exactly `data`; `EncodingError` for any other bytes."""
    try:
        value = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_object_without_repeats,
            parse_float=_refuse_number,
            parse_constant=_refuse_number,
            parse_int=_safe_integer,
        )
    except UnicodeDecodeError:
        raise EncodingError("not UTF-8") from None
    except RecursionError:
        raise EncodingError("nested too deeply") from None
    except json.JSONDecodeError as error:
        raise EncodingError(f"not JSON: {error.msg} at character {error.pos}") from None
    if encode(value) != data:
        raise EncodingError("JSON that is not in canonical form")
    return value


def _require_plain(value: Json, depth: int) -> None:
    """Raise `EncodingError` for a value outside the protocol's types. Text first: most values are text."""
    if isinstance(value, str) or value is None:
        return
    if depth == 0:
        raise EncodingError("nested too deeply")
    if isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str) or not key.isascii():
                raise EncodingError("object key that is not ASCII text")
            _require_plain(item, depth - 1)
    elif isinstance(value, (list, tuple)):
        for item in value:
            _require_plain(item, depth - 1)
    elif type(value) is int:
        if abs(value) > MAX_SAFE_INTEGER:
            raise EncodingError("integer of 2^53 or more")
    elif not isinstance(value, bool):
        raise EncodingError(f"a {type(value).__name__} has no canonical JSON")


def _object_without_repeats(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise EncodingError("object with a repeated key")
    return found


def _safe_integer(digits: str) -> int:
    if len(digits) > 17:
        raise EncodingError("integer of 2^53 or more")
    return int(digits)


def _refuse_number(_digits: str) -> NoReturn:
    raise EncodingError("number that is not an integer")
