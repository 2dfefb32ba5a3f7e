"""Hex has one spelling: lower case, of exactly its length; and integers fit their bytes or are refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.encoding.octets import from_hex, int_to_bytes
from common.errors import EncodingError


@given(data=st.binary(max_size=40))
def test_bytes_come_back_from_hex(data: bytes) -> None:
    assert from_hex(data.hex(), len(data)) == data


@given(data=st.binary(min_size=1, max_size=40), off=st.sampled_from([-1, 1]))
def test_hex_of_another_length_is_refused(data: bytes, off: int) -> None:
    with pytest.raises(EncodingError, match="lower-case hex"):
        from_hex(data.hex(), len(data) + off)


@pytest.mark.parametrize("text", ["AB", "aB", "a", "abc", "0x", "ab ", " a", "gh", "ab\n", "٠١", "a_"])
def test_every_other_spelling_of_hex_is_refused(text: str) -> None:
    for length in (1, 2):
        with pytest.raises(EncodingError, match="lower-case hex"):
            from_hex(text, length)


@pytest.mark.parametrize("length", [0, 1, 2, 16])
def test_integers_fit_their_bytes(length: int) -> None:
    assert int_to_bytes(256**length - 1, length) == b"\xff" * length
    for value in (256**length, -1, -(256**length)):
        with pytest.raises(EncodingError, match="does not fit"):
            int_to_bytes(value, length)
