"""What is longer than its limit is refused before anything is made of it (D6)."""

from __future__ import annotations

import pytest

from common.eid import auth_token, certificates, ocsp, signing
from common.errors import EncodingError, IdentityError
from common.log.note import MAX_NOTE_LENGTH, MAX_SIGNATURES, Note, SignatureLine, parse_note
from scenarios.country.authority import EidAuthority
from scenarios.country.population import people

NOW = 1_800_000_000
CARD = EidAuthority(lambda: NOW).issue(people(1, seed=3)[0])


def test_jws_of_the_greatest_length_passes_and_a_longer_one_is_refused() -> None:
    most = signing.MAX_JWS_LENGTH
    payload = b"x" * ((most - len(CARD.sign(b"", NOW))) // 4 * 3)
    assert most - 4 < len(CARD.sign(payload, NOW)) <= most
    with pytest.raises(IdentityError, match="not a compact JWS"):
        CARD.sign(payload + b"xxx", NOW)


def test_long_certificate_is_refused_for_its_length() -> None:
    with pytest.raises(IdentityError, match="over 8192 bytes"):
        certificates.load_certificate(bytes(certificates.MAX_CERTIFICATE_BYTES + 1))
    with pytest.raises(IdentityError, match=r"not an X\.509 certificate"):
        certificates.load_certificate(bytes(certificates.MAX_CERTIFICATE_BYTES))


@pytest.mark.parametrize(
    ("over", "reason"), [(1, "over 16384 bytes"), (0, "not an OCSP response")], ids=["too long", "of the limit"]
)
def test_long_ocsp_response_is_refused_for_its_length(over: int, reason: str) -> None:
    certificate = CARD.signature.certificate
    with pytest.raises(IdentityError, match=reason):
        ocsp.verify_response(
            bytes(ocsp.MAX_RESPONSE_BYTES + over),
            certificate,
            certificate,
            b"nonce",
            NOW,
            60,
            certificates.TrustAnchors(()),
        )


@pytest.mark.parametrize(
    ("over", "reason"), [(1, "over 16384 bytes"), (0, "unknown fields")], ids=["too long", "of the limit"]
)
def test_long_token_is_refused_for_its_length(over: int, reason: str) -> None:
    token = "{" + " " * (auth_token.MAX_TOKEN_LENGTH + over - 2) + "}"
    with pytest.raises(IdentityError, match=reason):
        auth_token.verify(token, "https://vote.invalid", "A" * 44, NOW, certificates.TrustAnchors(()))


def test_long_note_is_refused_for_its_length() -> None:
    line = SignatureLine("log.invalid", b"1234", b"5")
    body = "x" * (MAX_NOTE_LENGTH - len(Note("\n", (line,)).text.encode())) + "\n"
    parse_note(Note(body, (line,)).text)
    with pytest.raises(EncodingError, match="note of"):
        parse_note(Note("x" + body, (line,)).text)


def test_note_with_too_many_signatures_is_refused() -> None:
    lines = tuple(SignatureLine(f"witness{number}.invalid", b"1234", b"5") for number in range(MAX_SIGNATURES + 1))
    parse_note(Note("text\n", lines[1:]).text)
    with pytest.raises(EncodingError, match="101 signature lines"):
        parse_note(Note("text\n", lines).text)
