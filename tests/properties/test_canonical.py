"""Canonical JSON: one encoding for each value, that of RFC 8785, and no other bytes are read."""

from __future__ import annotations

import json
from typing import Any

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from common.encoding import canonical
from common.encoding.canonical import MAX_DEPTH, MAX_SAFE_INTEGER
from common.errors import EncodingError

KEYS = st.text(st.characters(max_codepoint=127), max_size=8)
INTEGERS = st.integers(-MAX_SAFE_INTEGER, MAX_SAFE_INTEGER)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
VALUES = st.recursive(
    st.none() | st.booleans() | INTEGERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=50)
@given(VALUES)
def test_encoding_is_that_of_the_rfc8785_package(value: Any) -> None:
    assert canonical.encode(value) == rfc8785.dumps(value)


@settings(max_examples=50)
@given(VALUES)
def test_decoding_inverts_encoding(value: Any) -> None:
    found = canonical.decode(canonical.encode(value))
    assert (found, json.dumps(found, sort_keys=True)) == (value, json.dumps(value, sort_keys=True))


@settings(max_examples=50)
@given(st.binary(max_size=40) | st.text('{}[]":,0123456789-+.eE \\untrfalse', max_size=24).map(str.encode))
def test_whatever_is_read_is_in_the_one_form(data: bytes) -> None:
    try:
        value = canonical.decode(data)
    except EncodingError:
        return
    assert rfc8785.dumps(value) == data


def test_strings_are_written_as_in_rfc_8785_section_3_2_3() -> None:
    text = "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/"
    assert canonical.encode({"string": text, "literals": [None, True, False]}) == (
        '{"literals":[null,true,false],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'.encode()
    )


def test_keys_are_sorted_by_code_unit() -> None:
    assert canonical.encode({"b": 1, "\r": 2, "1": 3, "B": 4, "": 5}) == b'{"":5,"\\r":2,"1":3,"B":4,"b":1}'


@settings(max_examples=50)
@given(VALUES, st.sampled_from([b" ", b"\n", b"\t", b"\r\n", b"\x00", b"null", b"//", b"\xef\xbb\xbf"]))
def test_bytes_before_or_behind_are_refused(value: Any, extra: bytes) -> None:
    data = canonical.encode(value)
    for changed in (data + extra, extra + data):
        with pytest.raises(EncodingError):
            canonical.decode(changed)


@settings(max_examples=50)
@given(st.dictionaries(KEYS, VALUES, min_size=2, max_size=4))
def test_other_order_and_white_space_are_refused(value: dict[str, Any]) -> None:
    backwards = dict(sorted(value.items(), reverse=True))
    compact = {"separators": (",", ":"), "ensure_ascii": False}
    for data in (json.dumps(backwards, **compact), json.dumps(value, sort_keys=True, indent=0, ensure_ascii=False)):  # type: ignore[arg-type]
        with pytest.raises(EncodingError):
            canonical.decode(data.encode())


@settings(max_examples=50)
@given(VALUES, VALUES)
def test_repeated_keys_are_refused(first: Any, second: Any) -> None:
    data = b'{"a":%s,"a":%s}' % (canonical.encode(first), canonical.encode(second))
    with pytest.raises(EncodingError, match="repeated"):
        canonical.decode(data)


@pytest.mark.parametrize(
    "number",
    [
        *("1.0", "0.5", "-0", "-0.0", "1e3", "1E3", "1e-3", "01", "+1", "0x1", "1_000", ".5", "5."),
        *("NaN", "Infinity", "-Infinity", "9007199254740992", "-9007199254740992", "1" + "0" * 5_000, "٣"),
    ],
)
def test_numbers_in_other_forms_are_refused(number: str) -> None:
    for data in (number, f"[{number}]", f'{{"a":{number}}}'):
        with pytest.raises(EncodingError):
            canonical.decode(data.encode())


@pytest.mark.parametrize("number", ["0", "-1", "9007199254740991", "-9007199254740991"])
def test_the_extreme_integers_are_read(number: str) -> None:
    assert canonical.decode(number.encode()) == int(number)


@pytest.mark.parametrize(
    "text",
    [
        *(r'"\u0041"', r'"\/"', r'"\u000a"', r'"\u00e4"', r'"\u20AC"', r'"\u001F"', r'"\ud83d\ude00"'),
        *(r'"\ud800"', r'"\udc00"', r'"\ude00\ud83d"', r'"\x41"', '"\n"', '"\x00"', "'a'", '"a', "a"),
    ],
)
def test_escapes_in_other_forms_are_refused(text: str) -> None:
    with pytest.raises(EncodingError):
        canonical.decode(text.encode())


@pytest.mark.parametrize(
    "data", [b'"\xed\xa0\x80"', b'"\xc0\x80"', b'"\xff"', b'"\xf5\x80\x80\x80"', '"a"'.encode("utf-16")]
)
def test_bytes_that_are_not_utf8_are_refused(data: bytes) -> None:
    with pytest.raises(EncodingError):
        canonical.decode(data)


@pytest.mark.parametrize("value", ["\ud800", "a\udfff", {"k": "\udc00"}])
def test_lone_surrogates_are_not_written(value: Any) -> None:
    with pytest.raises(EncodingError, match="surrogate"):
        canonical.encode(value)


@pytest.mark.parametrize("value", [1.0, 2**53, -(2**53), b"a", {"ä": 1}, {1: 2}, {None: 1}, object(), {1, 2}])
def test_other_values_are_not_written(value: Any) -> None:
    for item in (value, [value], {"a": value}):
        with pytest.raises(EncodingError):
            canonical.encode(item)


@pytest.mark.parametrize(("before", "after"), [(b"[", b"]"), (b'{"a":', b"}")])
def test_nesting_is_bounded(before: bytes, after: bytes) -> None:
    def nested(depth: int) -> bytes:
        return before * (depth - 1) + b"[]" + after * (depth - 1)

    assert canonical.encode(canonical.decode(nested(MAX_DEPTH))) == nested(MAX_DEPTH)
    for depth in (MAX_DEPTH + 1, 10 * MAX_DEPTH, 100_000):
        with pytest.raises(EncodingError):
            canonical.decode(nested(depth))


def test_empty_input_is_refused() -> None:
    with pytest.raises(EncodingError):
        canonical.decode(b"")
