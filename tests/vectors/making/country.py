"""A certificate authority, a voter's cards and an OCSP responder whose every byte is fixed: for vectors only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha384

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tests.vectors.making import toy
from tests.vectors.making.kit import Draw

Q384 = int("ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973", 16)
NOW = 1803895200
"""2027-03-01T10:00:00Z."""
YEAR = 365 * 86_400
SIGNS = x509.KeyUsage(False, True, False, False, False, False, False, False, False)
LOGS_IN = x509.KeyUsage(True, False, False, False, True, False, False, False, False)
AUTHORITY = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
_ECDSA_WITH_SHA384 = bytes.fromhex("300a06082a8648ce3d040303")
_BASIC_RESPONSE = bytes.fromhex("06092b0601050507300101")


def _name(owner: str, country: str) -> x509.Name:
    attributes = [x509.NameAttribute(NameOID.COUNTRY_NAME, country)]
    if owner.startswith("PNOEE-"):
        attributes += [
            x509.NameAttribute(NameOID.SURNAME, "TAMM"),
            x509.NameAttribute(NameOID.GIVEN_NAME, "TÕNU"),
            x509.NameAttribute(NameOID.SERIAL_NUMBER, owner),
        ]
    else:
        attributes.append(x509.NameAttribute(NameOID.COMMON_NAME, f"Vector {owner}"))
    return x509.Name(attributes)


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _time(moment: datetime) -> bytes:
    return _der(0x18, moment.strftime("%Y%m%d%H%M%SZ").encode("ascii"))


def _der(tag: int, *contents: bytes) -> bytes:
    """One DER element: tag, definite length, contents."""
    body = b"".join(contents)
    if len(body) < 0x80:
        return bytes([tag, len(body)]) + body
    length = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + body


def key(name: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(1 + Draw(f"P-384 key of {name}").below(Q384 - 1), ec.SECP384R1())


@dataclass(frozen=True, slots=True)
class Card:
    """What a certificate says; by default a voter's, for signatures."""

    owner: str = toy.VOTER
    issuer: str = "issuing"
    usage: x509.KeyUsage = SIGNS
    usage_critical: bool = True
    extended: tuple[x509.ObjectIdentifier, ...] = ()
    country: str = "EE"
    start: int = NOW - YEAR
    end: int = NOW + YEAR
    authority: bool = False
    curve: type[ec.EllipticCurve] = ec.SECP384R1
    critical_policy: bool = False


def certificate(card: Card) -> bytes:
    """DER; the signature is deterministic ECDSA (RFC 6979)."""
    public: ec.EllipticCurvePublicKey = key(card.owner).public_key()
    if card.curve is not ec.SECP384R1:
        public = ec.derive_private_key(12345, card.curve()).public_key()
    serial = int.from_bytes(Draw(f"serial of {card}").octets(16), "big") | 1
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(card.owner, card.country))
        .issuer_name(_name(card.issuer, "EE"))
        .public_key(public)
        .serial_number(serial)
        .not_valid_before(_moment(card.start))
        .not_valid_after(_moment(card.end))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(key(card.issuer).public_key()), critical=False
        )
        .add_extension(x509.BasicConstraints(card.authority, 0 if card.authority else None), critical=card.authority)
        .add_extension(card.usage, critical=card.usage_critical)
    )
    if card.extended:
        builder = builder.add_extension(x509.ExtendedKeyUsage(card.extended), critical=False)
    if card.owner == "responder":
        builder = builder.add_extension(x509.OCSPNoCheck(), critical=False)
    if card.critical_policy:
        policy = x509.PolicyInformation(x509.ObjectIdentifier("2.999.1.2"), None)
        builder = builder.add_extension(x509.CertificatePolicies([policy]), critical=True)
    signed = builder.sign(key(card.issuer), hashes.SHA384(), ecdsa_deterministic=True)
    return signed.public_bytes(serialization.Encoding.DER)


ISSUING = certificate(Card(owner="issuing", issuer="root", usage=AUTHORITY, authority=True, end=NOW + 10 * YEAR))
OTHER_ISSUING = certificate(Card(owner="other", issuer="root", usage=AUTHORITY, authority=True, end=NOW + 10 * YEAR))
SIGNING = certificate(Card())
_CLIENT = (ExtendedKeyUsageOID.CLIENT_AUTH,)
LOGIN = certificate(Card(usage=LOGS_IN, extended=_CLIENT))
RESPONDER_USAGE = x509.KeyUsage(True, False, False, False, False, False, False, False, False)


def responder(
    issuer: str = "issuing", extended: Sequence[x509.ObjectIdentifier] = (ExtendedKeyUsageOID.OCSP_SIGNING,)
) -> bytes:
    """A responder's certificate."""
    return certificate(Card(owner="responder", issuer=issuer, usage=RESPONDER_USAGE, extended=tuple(extended)))


def signature(owner: str, message: bytes, *, high: bool = False) -> bytes:
    """r‖s of deterministic ECDSA with SHA-384; low s, or high."""
    return digest_signature(owner, sha384(message).digest(), high=high)


def digest_signature(owner: str, digest: bytes, *, high: bool = False) -> bytes:
    algorithm = ec.ECDSA(utils.Prehashed(hashes.SHA384()), deterministic_signing=True)
    r, s = utils.decode_dss_signature(key(owner).sign(digest, algorithm))
    low = min(s, Q384 - s)
    return r.to_bytes(48, "big") + (Q384 - low if high else low).to_bytes(48, "big")


@dataclass(frozen=True, slots=True)
class Status:
    """What an OCSP response says; by default that the voter's signing certificate is good."""

    nonce: bytes | None
    certificate: bytes = SIGNING
    issuer: bytes = ISSUING
    status: ocsp.OCSPCertStatus = ocsp.OCSPCertStatus.GOOD
    produced: int = NOW
    this_update: int = NOW
    next_update: int | None = NOW + 600
    responder: bytes | None = None
    responder_owner: str = "responder"
    signer: str = "responder"
    algorithm: type[hashes.HashAlgorithm] = hashes.SHA256


def response(says: Status) -> bytes:
    """DER. `cryptography` writes the machine's time and a random signature: both are replaced here."""
    carried = says.responder or responder()
    loaded = x509.load_der_x509_certificate(carried)
    revoked = says.status is ocsp.OCSPCertStatus.REVOKED
    builder = (
        ocsp.OCSPResponseBuilder()
        .add_response(
            x509.load_der_x509_certificate(says.certificate),
            x509.load_der_x509_certificate(says.issuer),
            says.algorithm(),
            says.status,
            _moment(says.this_update),
            None if says.next_update is None else _moment(says.next_update),
            _moment(NOW - 100) if revoked else None,
            None,
        )
        .responder_id(ocsp.OCSPResponderEncoding.HASH, loaded)
    )
    if says.nonce is not None:
        builder = builder.add_extension(x509.OCSPNonce(says.nonce), critical=False)
    draft = builder.sign(key(says.responder_owner), hashes.SHA384())
    body = draft.tbs_response_bytes.replace(_time(draft.produced_at_utc), _time(_moment(says.produced)), 1)
    algorithm = ec.ECDSA(hashes.SHA384(), deterministic_signing=True)
    signed = _der(0x03, b"\0", key(says.signer).sign(body, algorithm))
    basic = _der(0x30, body, _ECDSA_WITH_SHA384, signed, _der(0xA0, _der(0x30, carried)))
    return _der(0x30, bytes.fromhex("0a0100"), _der(0xA0, _der(0x30, _BASIC_RESPONSE, _der(0x04, basic))))
