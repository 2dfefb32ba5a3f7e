"""The verification code is read in its one form only, and holds nothing but what it must."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import pytest
import segno

from common.errors import MalformedMessage
from voter_client.verification_code import PREFIX, VerificationCode, make_code, read_code


@pytest.fixture(scope="module")
def code() -> VerificationCode:
    return make_code("0123456789abcdef" * 4, "ab" * 16, bytes(range(32)))


def test_a_verification_code_is_read_back(code: VerificationCode) -> None:
    assert read_code(code.text()) == code
    assert len(code.text()) == 97
    assert code.png().startswith(b"\x89PNG")
    assert code.terminal().strip()
    assert "seed" not in repr(code)


def test_a_verification_code_fits_the_alphanumeric_mode(code: VerificationCode) -> None:
    assert segno.make_qr(code.text(), error="m").mode == "alphanumeric"


def malformed(good: str) -> Iterator[str]:
    yield from ("", PREFIX, "VALIK2:" + good[7:], good[7:], good.lower(), good + "=", good + "A", good[:-1])
    yield from (" " + good, good + "\n", good[:40] + " " + good[40:], good[:40] + "0" + good[41:], good[:-8])
    yield from (good[:-1] + "7", good + "AAAAAAAA", good + "/HTTP://EXAMPLE.ORG", good[:40] + "ä" + good[41:])
    yield PREFIX + base64.b32encode(bytes(55)).decode().rstrip("=")
    yield PREFIX + base64.b32encode(bytes(57)).decode().rstrip("=")


@pytest.mark.parametrize("number", range(19))
def test_a_malformed_code_is_refused(code: VerificationCode, number: int) -> None:
    bad = list(malformed(code.text()))
    assert len(bad) == 19
    with pytest.raises(MalformedMessage):
        read_code(bad[number])
