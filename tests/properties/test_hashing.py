"""Framed hashing: what is hashed can be read back, so no two inputs of a shape share an encoding (spec chapter 2)."""

from __future__ import annotations

import hashlib
from typing import Any, TypeAlias

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from common.encoding.hashing import frame, full_domain_hash, tagged_hash, tagged_hex, uint64

Shape: TypeAlias = Any
"""What stands at a place of a hash input: "bytes", or ("list", shape of its members), or a tuple of shapes."""

TAGS = st.text("abcdefghijklmnopqrstuvwxyz-/", min_size=1, max_size=12)
SHAPES = st.recursive(
    st.just("bytes"),
    lambda inner: inner.map(lambda shape: ("list", shape)) | st.tuples(inner, inner),
    max_leaves=4,
)


def values(shape: Shape) -> st.SearchStrategy[Any]:
    """Items of a shape; the members are biased towards what framing itself is made of."""
    if shape == "bytes":
        return st.binary(max_size=12) | st.sampled_from([uint64(0), uint64(1), uint64(1) + uint64(0), bytes(24)])
    if shape[0] == "list":
        return st.lists(values(shape[1]), max_size=4)
    return st.tuples(*map(values, shape))


def read(data: bytes, shape: Shape) -> tuple[Any, bytes]:
    """One item of a shape from the front of `data`, and the rest."""
    count, data = int.from_bytes(data[:8], "big"), data[8:]
    if shape == "bytes":
        return data[:count], data[count:]
    inner = [shape[1]] * count if shape[0] == "list" else list(shape)
    assert len(inner) == count
    found = []
    for member in inner:
        item, data = read(data, member)
        found.append(item)
    return (found if shape[0] == "list" else tuple(found)), data


@settings(max_examples=50)
@given(st.data(), TAGS, st.lists(SHAPES, max_size=4))
def test_framed_items_can_be_read_back(data: st.DataObject, tag: str, shapes: list[Shape]) -> None:
    items = tuple(data.draw(values(shape)) for shape in shapes)
    framed = frame(tag, *items)
    head, rest = read(framed, "bytes")
    assert head == b"valik/v1/" + tag.encode()
    found = []
    for shape in shapes:
        item, rest = read(rest, shape)
        found.append(item)
    assert (tuple(found), rest) == (items, b"")


@settings(max_examples=50)
@given(st.data(), TAGS, TAGS, st.lists(SHAPES, max_size=3))
def test_different_inputs_of_a_shape_hash_differently(
    data: st.DataObject, tag: str, other: str, shapes: list[Shape]
) -> None:
    first = [data.draw(values(shape)) for shape in shapes]
    second = [data.draw(values(shape)) for shape in shapes]
    assert (tagged_hash(tag, *first) == tagged_hash(other, *second)) == ((tag, first) == (other, second))


@settings(max_examples=50)
@given(st.lists(st.binary(max_size=10), max_size=4), st.lists(st.binary(max_size=10), max_size=4))
def test_byte_strings_are_not_run_together(first: list[bytes], second: list[bytes]) -> None:
    assume(first != second)
    assert frame("t", *first) != frame("t", *second)
    assert frame("t", first) != frame("t", second)


def test_only_the_shape_tells_a_list_from_a_byte_string() -> None:
    """Why a tag fixes the shape of its items: framing marks lengths, not types."""
    assert frame("t", []) == frame("t", b"")


def test_known_answer() -> None:
    framed = (
        b"\x00\x00\x00\x00\x00\x00\x00\x0fvalik/v1/ballot"
        b"\x00\x00\x00\x00\x00\x00\x00\x03abc"
        b"\x00\x00\x00\x00\x00\x00\x00\x02"
        b"\x00\x00\x00\x00\x00\x00\x00\x01x"
        b"\x00\x00\x00\x00\x00\x00\x00\x00"
    )
    assert frame("ballot", b"abc", [b"x", []]) == framed
    assert tagged_hash("ballot", b"abc", [b"x", b""]) == hashlib.sha256(framed).digest()
    assert tagged_hex("ballot", b"abc", [b"x", b""]) == hashlib.sha256(framed).hexdigest()


@settings(max_examples=50)
@given(st.integers(1, 2**70), st.binary(max_size=9))
def test_full_domain_hash_is_reduced_shake256(modulus: int, item: bytes) -> None:
    octets = -(-(modulus.bit_length() + 128) // 8)
    drawn = hashlib.shake_256(frame("fdh", item)).digest(octets)
    assert full_domain_hash(modulus, "fdh", item) == int.from_bytes(drawn, "big") % modulus


@settings(max_examples=50)
@given(st.integers(0, 2**64 - 1))
def test_counters_take_eight_bytes(value: int) -> None:
    assert int.from_bytes(uint64(value), "big") == value
    assert len(uint64(value)) == 8


@pytest.mark.parametrize("value", [-1, 2**64])
def test_counters_beyond_eight_bytes_are_refused(value: int) -> None:
    with pytest.raises(OverflowError):
        uint64(value)
