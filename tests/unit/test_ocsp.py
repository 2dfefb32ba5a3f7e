"""Check C4 at its root: what makes an OCSP response good, also in OpenSSL's eyes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import ocsp as asn1
from hypothesis import given
from hypothesis import strategies as st

from common.eid import ocsp
from common.eid.certificates import Purpose, TrustAnchors
from common.errors import IdentityError
from scenarios.country import profiles
from scenarios.country.authority import YEAR, EidAuthority
from scenarios.country.ocsp_responder import OcspResponder
from scenarios.country.population import people
from scenarios.country.profiles import Validity

NOW = 1_800_000_000
NONCE = bytes(range(32))
PEM, DER = serialization.Encoding.PEM, serialization.Encoding.DER


class Clock:
    def __init__(self, now: int) -> None:
        self.now = now

    def __call__(self) -> int:
        return self.now


CLOCK = Clock(NOW)
AUTHORITY = EidAuthority(CLOCK)
RESPONDER = OcspResponder(AUTHORITY)
CARD, REVOKED = (AUTHORITY.issue(person) for person in people(2, seed=11))
AUTHORITY.revoke(REVOKED, at=NOW - 100)
ISSUER = AUTHORITY.issuing.certificate
LEAF = CARD.signature.certificate


def ask(certificate: x509.Certificate = LEAF, issuer: x509.Certificate = ISSUER, nonce: bytes = NONCE) -> bytes:
    return RESPONDER.respond(ocsp.build_request(certificate, issuer, nonce))


def verify(
    der: bytes,
    certificate: x509.Certificate = LEAF,
    *,
    nonce: bytes = NONCE,
    at: int = NOW,
    freshness: int = 300,
    skew: int = 0,
    anchors: TrustAnchors = AUTHORITY.anchors,
) -> None:
    ocsp.verify_response(der, certificate, ISSUER, nonce, at, freshness, anchors, skew=skew)


GOOD = ask()


def test_good_response_is_accepted() -> None:
    verify(GOOD)


def test_good_response_is_accepted_under_a_pinned_root() -> None:
    verify(GOOD, anchors=TrustAnchors((AUTHORITY.root.certificate,)))


def test_response_echoes_the_nonce_and_the_authoritys_clock() -> None:
    found = asn1.load_der_ocsp_response(GOOD)
    assert found.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce == NONCE
    assert found.produced_at_utc == found.this_update_utc == datetime.fromtimestamp(NOW, UTC)
    assert found.next_update_utc == datetime.fromtimestamp(NOW + 600, UTC)


def test_revoked_certificate_is_refused() -> None:
    with pytest.raises(IdentityError, match="is revoked"):
        verify(ask(REVOKED.signature.certificate), REVOKED.signature.certificate)


def test_certificate_is_good_until_the_second_it_is_revoked() -> None:
    clock = Clock(NOW)
    authority = EidAuthority(clock)
    card = authority.issue(people(1, seed=12)[0])
    authority.revoke(card, at=NOW + 10)
    leaf, issuer = card.signature.certificate, authority.issuing.certificate
    for now, reason in ((NOW + 9, None), (NOW + 10, "is revoked")):
        clock.now = now
        der = OcspResponder(authority).respond(ocsp.build_request(leaf, issuer, NONCE))
        if reason is None:
            ocsp.verify_response(der, leaf, issuer, NONCE, now, 60, authority.anchors)
        else:
            with pytest.raises(IdentityError, match=reason):
                ocsp.verify_response(der, leaf, issuer, NONCE, now, 60, authority.anchors)


def test_certificate_that_was_never_issued_is_unknown() -> None:
    key = ec.generate_private_key(ec.SECP384R1()).public_key()
    forged = profiles.end_entity(LEAF.subject, Purpose.SIGNATURE, key, AUTHORITY.issuing, Validity(NOW, NOW))
    with pytest.raises(IdentityError, match="does not know"):
        verify(ask(forged), forged)


def test_replayed_response_has_another_nonce() -> None:
    with pytest.raises(IdentityError, match="another nonce"):
        verify(ask(nonce=bytes(32)))
    with pytest.raises(IdentityError, match="another nonce"):
        verify(ask(nonce=NONCE[:31]))


def test_response_about_another_certificate_is_refused() -> None:
    with pytest.raises(IdentityError, match="another certificate"):
        verify(ask(CARD.authentication.certificate))


def test_response_about_another_issuers_certificate_is_refused() -> None:
    foreign = EidAuthority(CLOCK)
    der = OcspResponder(foreign).respond(ocsp.build_request(LEAF, foreign.issuing.certificate, NONCE))
    with pytest.raises(IdentityError, match="another issuer's"):
        verify(der)


@pytest.mark.parametrize(
    ("at", "freshness", "skew", "reason"),
    [
        (NOW - 1, 300, 0, "from the future"),
        (NOW - 6, 300, 5, "from the future"),
        (NOW + 301, 300, 0, "older than 300 s"),
        (NOW + 306, 300, 5, "older than 300 s"),
        (NOW + 601, 9_000, 0, "holds no longer"),
        (NOW + 606, 9_000, 5, "holds no longer"),
    ],
)
def test_response_at_the_wrong_time_is_refused(at: int, freshness: int, skew: int, reason: str) -> None:
    with pytest.raises(IdentityError, match=reason):
        verify(GOOD, at=at, freshness=freshness, skew=skew)


@pytest.mark.parametrize(
    ("at", "freshness", "skew"),
    [(NOW - 5, 300, 5), (NOW + 300, 300, 0), (NOW + 305, 300, 5), (NOW + 600, 600, 0), (NOW + 605, 600, 5)],
)
def test_response_is_accepted_up_to_the_last_second(at: int, freshness: int, skew: int) -> None:
    early = AUTHORITY_OF_OLD.anchors
    ocsp.verify_response(OLD, OLD_LEAF, OLD_ISSUER, NONCE, at, freshness, early, skew=skew)


AUTHORITY_OF_OLD = EidAuthority(CLOCK)
_OLD_CARD = AUTHORITY_OF_OLD.issue(people(1, seed=13)[0], Validity(NOW - YEAR, NOW + YEAR))
OLD_LEAF, OLD_ISSUER = _OLD_CARD.signature.certificate, AUTHORITY_OF_OLD.issuing.certificate
OLD = OcspResponder(AUTHORITY_OF_OLD).respond(ocsp.build_request(OLD_LEAF, OLD_ISSUER, NONCE))


def test_error_answers_are_refused_by_name() -> None:
    with pytest.raises(IdentityError, match="MALFORMED_REQUEST"):
        verify(RESPONDER.respond(b"?"))
    foreign = EidAuthority(CLOCK).issuing.certificate
    with pytest.raises(IdentityError, match="UNAUTHORIZED"):
        verify(RESPONDER.respond(ocsp.build_request(LEAF, foreign, NONCE)))


def test_request_without_nonce_gets_no_answer() -> None:
    bare = asn1.OCSPRequestBuilder().add_certificate(LEAF, ISSUER, hashes.SHA256()).build()
    with pytest.raises(IdentityError, match="MALFORMED_REQUEST"):
        verify(RESPONDER.respond(bare.public_bytes(DER)))


@pytest.mark.parametrize("length", [0, 129])
def test_nonce_of_a_length_outside_the_standard_is_not_asked_with(length: int) -> None:
    with pytest.raises(IdentityError, match="nonce"):
        ocsp.build_request(LEAF, ISSUER, bytes(length))


@pytest.mark.parametrize("der", [b"", b"0", GOOD[:-1], GOOD + b"\0", b"\0" * 20_000])
def test_bytes_that_are_no_response_are_refused(der: bytes) -> None:
    with pytest.raises(IdentityError):
        verify(der)


@given(st.integers(0, len(GOOD) - 1), st.integers(1, 255))
def test_response_with_one_byte_changed_is_refused(place: int, change: int) -> None:
    wrong = bytearray(GOOD)
    wrong[place] ^= change
    with pytest.raises(IdentityError):
        verify(bytes(wrong))


def test_changed_signature_is_refused() -> None:
    signature = asn1.load_der_ocsp_response(GOOD).signature
    wrong = signature[:-1] + bytes([signature[-1] ^ 1])
    with pytest.raises(IdentityError, match="signature is wrong"):
        verify(GOOD.replace(signature, wrong))


def test_unused_bits_in_the_signature_are_refused() -> None:
    while True:
        good = ask()
        signature = asn1.load_der_ocsp_response(good).signature
        if signature[-1] & 1 == 0:
            break
    verify(good)
    with pytest.raises(IdentityError, match="whole bytes"):
        verify(good.replace(b"\0" + signature, b"\1" + signature))
