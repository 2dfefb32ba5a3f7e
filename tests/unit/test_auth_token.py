"""Web eID tokens: bound to site, session and card."""

from __future__ import annotations

import base64
import json
from hashlib import sha384
from typing import Any, ClassVar

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils

from common.eid import auth_token, signing
from common.errors import IdentityError
from scenarios.country.authority import CARD_LIFE, EidAuthority
from scenarios.country.population import people

NOW = 1_800_000_000
ORIGIN = "https://collector.example"
NONCE = base64.b64encode(bytes(range(32))).decode()
AUTHORITY = EidAuthority(lambda: NOW)
CARD, OTHER = (AUTHORITY.issue(person) for person in people(2, seed=5))
TOKEN = CARD.authenticate(ORIGIN, NONCE)


def verify(token: str | bytes, origin: str = ORIGIN, nonce: str = NONCE, time: int = NOW) -> str:
    return auth_token.verify(token, origin, nonce, time, AUTHORITY.anchors).voter_id


def changed(**fields: Any) -> str:
    return json.dumps(json.loads(TOKEN) | fields)


def test_token_names_its_voter() -> None:
    assert verify(TOKEN) == CARD.voter_id
    assert verify(TOKEN.encode()) == CARD.voter_id


def test_token_has_the_published_fields() -> None:
    fields = json.loads(TOKEN)
    assert set(fields) == {"format", "unverifiedCertificate", "algorithm", "signature", "appVersion"}
    assert (fields["format"], fields["algorithm"]) == ("web-eid:1.0", "ES384")
    assert base64.b64decode(fields["unverifiedCertificate"]) == CARD.authentication.der


def test_signature_is_over_the_two_hashes() -> None:
    signature = base64.b64decode(json.loads(TOKEN)["signature"])
    r, s = int.from_bytes(signature[:48], "big"), int.from_bytes(signature[48:], "big")
    key = CARD.authentication.certificate.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    signed = sha384(ORIGIN.encode()).digest() + sha384(NONCE.encode()).digest()
    key.verify(utils.encode_dss_signature(r, s), signed, ec.ECDSA(hashes.SHA384()))


def test_digest_is_the_example_of_the_specification() -> None:
    class Recorder:
        digests: ClassVar[list[str]] = []

        def sign_digest(self, digest: bytes) -> bytes:
            self.digests.append(digest.hex())
            return bytes(96)

    auth_token.create(CARD.authentication.der, Recorder(), ORIGIN, NONCE)
    assert Recorder.digests == [
        "b8f1c626432d787cd1be3d8fd2344e959d643f04b128c871b012d72c7f8dd5a39c4998d9ca6c6fc9e0094e81d0550d1a"
    ]


def test_key_order_and_white_space_are_the_browsers() -> None:
    assert verify(json.dumps(dict(reversed(json.loads(TOKEN).items())), indent=2)) == CARD.voter_id


def test_high_s_of_a_card_is_accepted() -> None:
    signature = base64.b64decode(json.loads(TOKEN)["signature"])
    twin = (signing.P384_ORDER - int.from_bytes(signature[48:], "big")).to_bytes(48, "big")
    assert verify(changed(signature=base64.b64encode(signature[:48] + twin).decode())) == CARD.voter_id


@pytest.mark.parametrize("origin", ["https://collector.example:8443", "https://c0llector.example"])
def test_token_for_another_site_is_refused(origin: str) -> None:
    with pytest.raises(IdentityError, match="signature is wrong"):
        verify(TOKEN, origin=origin)


def test_token_for_another_session_is_refused() -> None:
    with pytest.raises(IdentityError, match="signature is wrong"):
        verify(TOKEN, nonce=base64.b64encode(bytes(32)).decode())


def test_token_with_another_ones_certificate_is_refused() -> None:
    with pytest.raises(IdentityError, match="signature is wrong"):
        verify(changed(unverifiedCertificate=base64.b64encode(OTHER.authentication.der).decode()))


def test_signature_key_does_not_authenticate() -> None:
    token = auth_token.create(CARD.signature.der, CARD.signature.signer("PIN2"), ORIGIN, NONCE)
    with pytest.raises(IdentityError, match="not for authentication"):
        verify(token)


def test_expired_card_does_not_authenticate() -> None:
    with pytest.raises(IdentityError, match="expired"):
        verify(TOKEN, time=NOW + CARD_LIFE + 1)


def test_foreign_card_does_not_authenticate() -> None:
    foreign = EidAuthority(lambda: NOW).issue(people(1, seed=5)[0])
    with pytest.raises(IdentityError, match="no valid path"):
        verify(foreign.authenticate(ORIGIN, NONCE))


@pytest.mark.parametrize(
    "fields",
    [
        {"format": "web-eid:2.0"},
        {"format": "web-eid:1.1"},
        {"algorithm": "none"},
        {"algorithm": "ES256"},
        {"algorithm": None},
        {"signature": ""},
        {"signature": "A" * 128},
        {"signature": json.loads(TOKEN)["signature"][:-4]},
        {"signature": 7},
        {"unverifiedCertificate": ""},
        {"unverifiedCertificate": "!"},
        {"issuerApp": "https://example.org"},
    ],
)
def test_token_with_another_field_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(IdentityError):
        verify(changed(**fields))


@pytest.mark.parametrize(
    "token",
    [
        "",
        "null",
        "[]",
        "{}",
        TOKEN[:-1],
        b"\xff\xfe",
        "[" * 16_000,
        " " * 20_000,
        TOKEN.replace("{", '{"format":"web-eid:1.0",', 1),
    ],
)
def test_text_that_is_no_token_is_refused(token: str | bytes) -> None:
    with pytest.raises(IdentityError):
        verify(token)


@pytest.mark.parametrize("nonce", ["", "A" * 43, "A" * 45, "õ" * 44, base64.b64encode(bytes(31)).decode()[:40]])
def test_short_or_garbled_nonce_is_not_signed(nonce: str) -> None:
    with pytest.raises(IdentityError):
        CARD.authenticate(ORIGIN, nonce)


@pytest.mark.parametrize(
    "origin", ["", "collector.example", "https://collector.example/", "https://Collector.example"]
)
def test_origin_in_another_form_is_not_signed(origin: str) -> None:
    with pytest.raises(IdentityError, match="origin"):
        CARD.authenticate(origin, NONCE)
