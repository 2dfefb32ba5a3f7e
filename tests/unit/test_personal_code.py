"""Personal codes and voter ids."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.eid.personal_code import check_digit, parse_voter_id, voter_id
from common.errors import IdentityError

CODE = "37605030299"


def test_voter_id_is_prefix_and_code() -> None:
    assert voter_id(CODE) == f"PNOEE-{CODE}"
    assert parse_voter_id(f"PNOEE-{CODE}") == CODE


@pytest.mark.parametrize(
    "code",
    [
        "37605030298",  # check digit
        "37613030299",  # month 13
        "97605030299",  # century
        "3760503029",
        "376050302990",
        f" {CODE}",
        f"{CODE}\n",
        "376 0503 0299",
        "٣٧٦٠٥٠٣٠٢٩٩",
        "",
    ],
)
def test_code_that_is_none_is_refused_without_being_repeated(code: str) -> None:
    with pytest.raises(IdentityError) as caught:
        voter_id(code)
    assert not code or code not in str(caught.value)


@pytest.mark.parametrize("text", [CODE, f"PNOLV-{CODE}", f"pnoee-{CODE}", f"PNOEE-{CODE} ", "PNOEE-"])
def test_text_that_is_no_voter_id_is_refused(text: str) -> None:
    with pytest.raises(IdentityError):
        parse_voter_id(text)


@given(st.integers(0, 999), st.integers(0, 9))
def test_exactly_one_check_digit_fits(serial: int, digit: int) -> None:
    first_ten = f"4920229{serial:03}"
    if str(digit) == check_digit(first_ten):
        assert parse_voter_id(voter_id(f"{first_ten}{digit}")) == f"{first_ten}{digit}"
    else:
        with pytest.raises(IdentityError):
            voter_id(f"{first_ten}{digit}")
