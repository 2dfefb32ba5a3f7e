"""The voter's signature: a compact JWS, ES384, with the certificate inside (spec 6.2, check C5).

The protected header has exactly the parameters of a JAdES baseline-B signature (ETSI TS 119 182-1) that this
protocol uses: `alg`, `iat` (claimed signing time), `x5c`, `x5t#S256`. Header and base64 are canonical and s is low,
so nobody but the signer can make a second signed ballot out of one.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256, sha384
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils

from common.eid.certificates import MAX_CHAIN, load_certificate
from common.encoding import canonical
from common.encoding.canonical import Json
from common.encoding.octets import from_base64url, to_base64url
from common.errors import EncodingError, IdentityError

P384_ORDER = int(
    "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973", 16
)
SIGNATURE_LENGTH = 96
MAX_JWS_LENGTH = 40_000
_HEADER = {"alg", "iat", "x5c", "x5t#S256"}
_DIGEST = ec.ECDSA(utils.Prehashed(hashes.SHA384()))


class Signer(Protocol):
    """A P-384 key that signs digests: software, or a card behind PKCS#11."""

    def sign_digest(self, digest: bytes) -> bytes:
        """ECDSA over a 48-byte SHA-384 digest: r‖s, 96 bytes."""
        ...


@dataclass(frozen=True, slots=True)
class SoftwareSigner:
    """A P-384 private key in memory."""

    key: ec.EllipticCurvePrivateKey

    def sign_digest(self, digest: bytes) -> bytes:
        """ECDSA over a 48-byte SHA-384 digest: r‖s, 96 bytes."""
        r, s = utils.decode_dss_signature(self.key.sign(digest, _DIGEST))
        return r.to_bytes(48, "big") + s.to_bytes(48, "big")


@dataclass(frozen=True, slots=True)
class ParsedSignature:
    """A well-formed JWS, nothing verified: `chain` holds DER certificates, `signature` is r‖s (96 bytes).

    `signing_input` is the ASCII text that is signed; `issued_at` the claimed signing time, in seconds since 1970.
    """

    payload: bytes
    chain: tuple[bytes, ...]
    issued_at: int
    signature: bytes
    signing_input: bytes


def sign(payload: bytes, key: Signer, chain: Sequence[bytes], time: int) -> str:
    """Compact JWS over `payload` by the key that `chain[0]` (DER) certifies, claiming `time`.

    `IdentityError` if key and certificate do not belong together.
    """
    header = {
        "alg": "ES384",
        "iat": time,
        "x5c": [base64.b64encode(der).decode("ascii") for der in chain],
        "x5t#S256": to_base64url(sha256(chain[0]).digest()),
    }
    text = f"{to_base64url(canonical.encode(header))}.{to_base64url(payload)}"
    signature = normalise(key.sign_digest(sha384(text.encode("ascii")).digest()))
    jws = f"{text}.{to_base64url(signature)}"
    certified = load_certificate(chain[0]).public_key()
    if not isinstance(certified, ec.EllipticCurvePublicKey):
        raise IdentityError("the signer's certificate has no elliptic-curve key")
    verify(parse(jws), certified)
    return jws


def normalise(signature: bytes) -> bytes:
    """The same signature with low s: r‖min(s, q−s), 96 bytes."""
    r, s = _scalars(signature)
    return r.to_bytes(48, "big") + min(s, P384_ORDER - s).to_bytes(48, "big")


def parse(jws: str) -> ParsedSignature:
    """Take a compact JWS apart; `IdentityError` unless it is the one form that `sign` writes."""
    parts = jws.split(".")
    if len(jws) > MAX_JWS_LENGTH or len(parts) != 3:
        raise IdentityError("not a compact JWS")
    try:
        header, payload, signature = (from_base64url(part) for part in parts)
        fields = canonical.decode(header)
    except EncodingError as error:
        raise IdentityError(f"a JWS that is not in canonical form: {error}") from None
    chain, issued_at = _header(fields)
    _scalars(signature)
    return ParsedSignature(payload, chain, issued_at, signature, f"{parts[0]}.{parts[1]}".encode("ascii"))


def verify(parsed: ParsedSignature, public_key: ec.EllipticCurvePublicKey) -> None:
    """Raise `IdentityError` unless the P-384 key made this signature, with 0 < r < q and 0 < s ≤ q/2."""
    if not isinstance(public_key.curve, ec.SECP384R1):
        raise IdentityError("the signer's key is not on P-384")
    if _scalars(parsed.signature)[1] > P384_ORDER // 2:
        raise IdentityError("a signature with high s: anybody could make a second one of it")
    verify_digest(sha384(parsed.signing_input).digest(), parsed.signature, public_key)


def verify_digest(digest: bytes, signature: bytes, public_key: ec.EllipticCurvePublicKey) -> None:
    """Raise `IdentityError` unless r‖s (96 bytes, high or low s) signs the 48-byte SHA-384 digest."""
    try:
        public_key.verify(utils.encode_dss_signature(*_scalars(signature)), digest, _DIGEST)
    except InvalidSignature:
        raise IdentityError("the signature is wrong") from None


def ocsp_nonce(parsed: ParsedSignature) -> bytes:
    """SHA-256 of the 96 signature bytes: ties an OCSP response to this one signature."""
    return sha256(parsed.signature).digest()


def decode_base64(text: str) -> bytes:
    """Bytes of padded base64 (RFC 4648 §4) in its one canonical form; `IdentityError` otherwise."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise IdentityError("not base64") from None
    if base64.b64encode(data).decode("ascii") != text:
        raise IdentityError("base64 that is not in canonical form")
    return data


def _scalars(signature: bytes) -> tuple[int, int]:
    if len(signature) != SIGNATURE_LENGTH:
        raise IdentityError(f"a signature of {len(signature)} bytes where {SIGNATURE_LENGTH} are due")
    r, s = int.from_bytes(signature[:48], "big"), int.from_bytes(signature[48:], "big")
    if not (0 < r < P384_ORDER and 0 < s < P384_ORDER):
        raise IdentityError("a signature out of range")
    return r, s


def _header(fields: Json) -> tuple[tuple[bytes, ...], int]:
    """Chain and claimed time of a protected header with exactly the known parameters."""
    if not isinstance(fields, dict) or set(fields) != _HEADER:
        raise IdentityError("a JWS header with missing or unknown parameters")
    if fields["alg"] != "ES384":
        raise IdentityError("the JWS algorithm is not ES384")
    if type(fields["iat"]) is not int or fields["iat"] < 0:
        raise IdentityError("the JWS signing time is not a whole number of seconds")
    certificates = fields["x5c"]
    if not isinstance(certificates, list) or not 1 <= len(certificates) <= MAX_CHAIN:
        raise IdentityError(f"the JWS does not carry 1 to {MAX_CHAIN} certificates")
    if not all(isinstance(text, str) for text in certificates):
        raise IdentityError("a JWS certificate that is not text")
    chain = tuple(decode_base64(text) for text in certificates)
    if fields["x5t#S256"] != to_base64url(sha256(chain[0]).digest()):
        raise IdentityError("the JWS names another certificate than it carries")
    return chain, fields["iat"]
