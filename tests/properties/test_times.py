"""Times: one text for each second, and no other text is read (RFC 3339 in UTC, whole seconds)."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.encoding.times import from_rfc3339, to_rfc3339
from common.errors import EncodingError

FIRST = int(datetime(1, 1, 1, tzinfo=UTC).timestamp())
LAST = int(datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC).timestamp())


@given(st.integers(FIRST, LAST))
def test_every_second_has_one_text(seconds: int) -> None:
    text = to_rfc3339(seconds)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", text)
    assert from_rfc3339(text) == seconds


def test_known_times() -> None:
    assert to_rfc3339(0) == "1970-01-01T00:00:00Z"
    assert from_rfc3339("2024-02-29T12:00:00Z") == 1_709_208_000
    assert from_rfc3339("0001-01-01T00:00:00Z") == FIRST


@given(st.integers(FIRST, LAST - 1))
def test_texts_sort_as_times_do(seconds: int) -> None:
    assert to_rfc3339(seconds) < to_rfc3339(seconds + 1)


@pytest.mark.parametrize(
    "text",
    [
        *("2027-03-01T09:00:00z", "2027-03-01t09:00:00Z", "2027-03-01 09:00:00Z", "2027-03-01T09:00:00+00:00"),
        *("2027-03-01T09:00:00", "2027-03-01T09:00Z", "2027-03-01T09:00:00.0Z", "2027-03-01T09:00:00Z\n"),
        *("2027-02-29T09:00:00Z", "2027-13-01T09:00:00Z", "2027-03-00T09:00:00Z", "2027-03-01T24:00:00Z"),
        *("2027-03-01T09:60:00Z", "2016-12-31T23:59:60Z", "2027-03-01T09:00:61Z", "0000-01-01T00:00:00Z"),
        *("٢٠٢٧-03-01T09:00:00Z", "27-03-01T09:00:00Z", " 2027-03-01T09:00:00Z", "", "now"),
    ],
)
def test_times_in_other_forms_are_refused(text: str) -> None:
    with pytest.raises(EncodingError):
        from_rfc3339(text)


@given(st.text("0123456789-:TZ", min_size=18, max_size=21))
def test_whatever_time_is_read_is_in_the_one_form(text: str) -> None:
    try:
        seconds = from_rfc3339(text)
    except EncodingError:
        return
    assert to_rfc3339(seconds) == text
