"""Check C5 at its root: one form of signature, and no second one of it."""

from __future__ import annotations

import base64
from hashlib import sha256, sha384
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws as jose
from joserfc.jwk import ECKey
from joserfc.jws import JWSRegistry

from common.eid import signing
from common.encoding import canonical
from common.encoding.octets import from_base64url, to_base64url
from common.errors import IdentityError
from scenarios.country.authority import EidAuthority
from scenarios.country.population import people

NOW = 1_800_000_000
AUTHORITY = EidAuthority(lambda: NOW)
CARD = AUTHORITY.issue(people(1, seed=3)[0])
OTHER = AUTHORITY.issue(people(2, seed=3)[1])
PAYLOAD = canonical.encode({"choice": "õun", "number": 1})
JWS = CARD.sign(PAYLOAD, NOW)
HEADER, BODY, SIGNATURE = JWS.split(".")
Q = signing.P384_ORDER


def public_key() -> ec.EllipticCurvePublicKey:
    key = CARD.signature.certificate.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    return key


def check(jws: str) -> None:
    signing.verify(signing.parse(jws), public_key())


def signed(header: dict[str, Any] | bytes, body: str = BODY) -> str:
    """A JWS rightly signed by the card over any header at all."""
    first = header if isinstance(header, bytes) else canonical.encode(header)
    text = f"{to_base64url(first)}.{body}"
    signature = CARD.signature.signer("PIN2").sign_digest(sha384(text.encode()).digest())
    return f"{text}.{to_base64url(signing.normalise(signature))}"


def header() -> dict[str, Any]:
    found: dict[str, Any] = canonical.decode(from_base64url(HEADER))
    return found


def scalars(r: int, s: int) -> str:
    return f"{HEADER}.{BODY}.{to_base64url(r.to_bytes(48, 'big') + s.to_bytes(48, 'big'))}"


def test_signature_reads_back() -> None:
    parsed = signing.parse(JWS)
    assert parsed.payload == PAYLOAD
    assert parsed.chain == (CARD.signature.der,)
    assert parsed.issued_at == NOW
    assert parsed.signing_input == f"{HEADER}.{BODY}".encode()
    signing.verify(parsed, public_key())


def test_header_has_exactly_the_four_parameters() -> None:
    assert header() == {
        "alg": "ES384",
        "iat": NOW,
        "x5c": [base64.b64encode(CARD.signature.der).decode()],
        "x5t#S256": to_base64url(sha256(CARD.signature.der).digest()),
    }


def test_joserfc_verifies_our_signature() -> None:
    pem = public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    registry = JWSRegistry(algorithms=["ES384"], strict_check_header=False)
    registry.max_header_length = 4_096
    found = jose.deserialize_compact(JWS, ECKey.import_key(pem), registry=registry)
    assert found.payload == PAYLOAD


def test_openssl_verifies_our_signature_without_our_digest() -> None:
    parsed = signing.parse(JWS)
    r, s = int.from_bytes(parsed.signature[:48], "big"), int.from_bytes(parsed.signature[48:], "big")
    der = utils.encode_dss_signature(r, s)
    public_key().verify(der, parsed.signing_input, ec.ECDSA(hashes.SHA384()))


def test_p384_order_is_the_curves() -> None:
    """q·G is the point at infinity: the key q − 1 is −G, which has G's x and the other y."""
    first = ec.derive_private_key(1, ec.SECP384R1()).public_key().public_numbers()
    last = ec.derive_private_key(Q - 1, ec.SECP384R1()).public_key().public_numbers()
    assert (first.x, first.y) != (last.x, last.y)
    assert first.x == last.x


def test_high_s_is_refused() -> None:
    parsed = signing.parse(JWS)
    r, s = int.from_bytes(parsed.signature[:48], "big"), int.from_bytes(parsed.signature[48:], "big")
    twin = scalars(r, Q - s)
    with pytest.raises(IdentityError, match="high s"):
        check(twin)
    # It is a signature: only the rule keeps it out.
    signing.verify_digest(sha384(parsed.signing_input).digest(), signing.parse(twin).signature, public_key())


@given(st.integers(1, Q - 1), st.integers(1, Q - 1))
def test_normalising_gives_low_s_once_and_for_all(r: int, s: int) -> None:
    low = signing.normalise(r.to_bytes(48, "big") + s.to_bytes(48, "big"))
    assert int.from_bytes(low[:48], "big") == r
    assert int.from_bytes(low[48:], "big") in (s, Q - s)
    assert int.from_bytes(low[48:], "big") <= Q // 2
    assert signing.normalise(low) == low


@pytest.mark.parametrize(("r", "s"), [(0, 1), (1, 0), (Q, 1), (1, Q), (2**384 - 1, 1), (0, 0)])
def test_scalar_out_of_range_is_refused(r: int, s: int) -> None:
    with pytest.raises(IdentityError, match="out of range"):
        check(scalars(r, s))


def test_another_key_or_curve_is_refused() -> None:
    other = OTHER.signature.certificate.public_key()
    assert isinstance(other, ec.EllipticCurvePublicKey)
    with pytest.raises(IdentityError, match="signature is wrong"):
        signing.verify(signing.parse(JWS), other)
    with pytest.raises(IdentityError, match="P-384"):
        signing.verify(signing.parse(JWS), ec.generate_private_key(ec.SECP256R1()).public_key())


def test_another_payload_is_refused() -> None:
    with pytest.raises(IdentityError, match="signature is wrong"):
        check(f"{HEADER}.{to_base64url(b'{}')}.{SIGNATURE}")


def _last_bit_set(part: str) -> str:
    """The same bytes in base64url with an unused trailing bit set; for a length not divisible by 3."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return part[:-1] + alphabet[alphabet.index(part[-1]) | 1]


def test_base64url_that_is_not_canonical_is_refused() -> None:
    body = to_base64url(b"ab")
    check(signed(header(), body))
    with pytest.raises(IdentityError, match="canonical"):
        check(signed(header(), _last_bit_set(body)))
    for wrong in (f"{body}=", f"{body[0]} {body[1:]}", f"{body}\n", "a+/b"):
        with pytest.raises(IdentityError, match="canonical"):
            check(signed(header(), wrong))


def test_the_rightly_signed_jws_of_these_tests_passes() -> None:
    check(signed(header()))


@pytest.mark.parametrize(
    "change",
    [
        {"kid": "1"},
        {"crit": ["b64"], "b64": False},
        {"typ": "JOSE"},
        {"sigT": "2027-01-15T08:00:00Z"},
        {"alg": "none"},
        {"alg": "ES256"},
        {"alg": "es384"},
        {"iat": "1800000000"},
        {"iat": -1},
        {"iat": True},
        {"iat": None},
        {"x5c": []},
        {"x5c": base64.b64encode(CARD.signature.der).decode()},
        {"x5c": [1]},
        {"x5c": [base64.b64encode(CARD.signature.der).decode()] * 3},
        {"x5c": [base64.b64encode(OTHER.signature.der).decode()]},
        {"x5c": [to_base64url(CARD.signature.der)]},
        {"x5c": [base64.b64encode(CARD.signature.der).decode() + "\n"]},
        {"x5t#S256": to_base64url(sha256(b"another").digest())},
        {"x5t#S256": sha256(CARD.signature.der).hexdigest()},
    ],
)
def test_header_with_another_value_or_parameter_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(IdentityError):
        check(signed(header() | change))


@pytest.mark.parametrize("name", ["alg", "iat", "x5c", "x5t#S256"])
def test_header_with_a_parameter_missing_is_refused(name: str) -> None:
    with pytest.raises(IdentityError, match="missing or unknown"):
        check(signed({key: value for key, value in header().items() if key != name}))


def test_header_in_another_spelling_is_refused() -> None:
    text = canonical.encode(header())
    for wrong in (
        text.replace(b'"alg":', b'"alg": '),
        text.replace(b"1800000000", b"1800000000.0"),
        text.replace(b'{"alg":"ES384",', b'{"alg":"ES384","alg":"ES384",'),
        text.replace(b"ES384", b"\\u0045S384"),
        b"[]",
        b"",
    ):
        assert wrong != text
        with pytest.raises(IdentityError):
            check(signed(wrong))


@pytest.mark.parametrize(
    "jws",
    [
        "",
        "..",
        HEADER,
        f"{HEADER}.{BODY}",
        f"{HEADER}.{BODY}.",
        f"{JWS}.",
        f"{HEADER}.{BODY}.{SIGNATURE[:-4]}",
        f"{HEADER}.{BODY}.{SIGNATURE}AAAA",
        f".{BODY}.{SIGNATURE}",
        f"{HEADER}.{'A' * 40_000}.{SIGNATURE}",
        f"{HEADER}.õ{BODY}.{SIGNATURE}",
    ],
)
def test_truncated_or_extended_jws_is_refused(jws: str) -> None:
    with pytest.raises(IdentityError):
        check(jws)


def test_der_signature_is_refused() -> None:
    signature = signing.parse(JWS).signature
    der = utils.encode_dss_signature(int.from_bytes(signature[:48], "big"), int.from_bytes(signature[48:], "big"))
    with pytest.raises(IdentityError, match="96"):
        check(f"{HEADER}.{BODY}.{to_base64url(der)}")


def test_signer_with_high_s_is_normalised() -> None:
    class HighCard:
        def sign_digest(self, digest: bytes) -> bytes:
            low = signing.normalise(CARD.signature.signer("PIN2").sign_digest(digest))
            return low[:48] + (Q - int.from_bytes(low[48:], "big")).to_bytes(48, "big")

    check(signing.sign(PAYLOAD, HighCard(), (CARD.signature.der,), NOW))


def test_signing_with_another_ones_certificate_fails() -> None:
    with pytest.raises(IdentityError, match="signature is wrong"):
        signing.sign(PAYLOAD, CARD.signature.signer("PIN2"), (OTHER.signature.der,), NOW)


def test_ocsp_nonce_is_the_hash_of_the_signature() -> None:
    parsed = signing.parse(JWS)
    assert signing.ocsp_nonce(parsed) == sha256(from_base64url(SIGNATURE)).digest()
    assert signing.ocsp_nonce(signing.parse(CARD.sign(PAYLOAD, NOW))) != signing.ocsp_nonce(parsed)


@pytest.mark.parametrize("text", ["AB==", "AAB=", "AA", "AA=", "AA== ", "AA==\n", "A-A=", "AA==AA==", "é"])
def test_base64_has_one_spelling(text: str) -> None:
    assert signing.decode_base64("AA==") == b"\0"
    with pytest.raises(IdentityError, match="base64"):
        signing.decode_base64(text)
