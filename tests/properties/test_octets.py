"""base64url has one form for each byte string, and integers one length."""

from __future__ import annotations

import base64
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.encoding.octets import from_base64url, int_from_base64url, int_to_base64url, to_base64url
from common.errors import EncodingError

NEARLY = st.text(alphabet="ABQgwxyz019-_+/=\n é", max_size=12) | st.text(max_size=6)


def readable(text: str) -> bytes | None:
    """What `from_base64url` should give: by a look at the alphabet and by encoding again; None where it refuses."""
    if not re.fullmatch(r"[A-Za-z0-9_-]*", text) or len(text) % 4 == 1:
        return None
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    return data if to_base64url(data) == text else None


@given(data=st.binary(max_size=100))
def test_bytes_come_back(data: bytes) -> None:
    assert from_base64url(to_base64url(data)) == data


@given(text=NEARLY)
def test_decoding_is_as_strict_as_the_readable_way(text: str) -> None:
    expected = readable(text)
    if expected is None:
        with pytest.raises(EncodingError):
            from_base64url(text)
    else:
        assert from_base64url(text) == expected


@pytest.mark.parametrize(
    "text",
    ["A", "AAAAA", "AAA=", "AA==", "A===", "====", "AAA+", "AAA/", "AAA*", "AAAA\n", "AA A", "AAAé", "AB", "AAB"],
)
def test_every_other_spelling_is_refused(text: str) -> None:
    with pytest.raises(EncodingError):
        from_base64url(text)


@given(value=st.integers(0, 2**128 - 1))
def test_integers_come_back_at_their_length_only(value: int) -> None:
    text = int_to_base64url(value, 16)
    assert int_from_base64url(text, 16) == value
    with pytest.raises(EncodingError, match="17 are due"):
        int_from_base64url(text, 17)
