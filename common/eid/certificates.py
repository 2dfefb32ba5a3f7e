"""Voters' X.509 certificates: who is this, and does a pinned authority say so (spec 6.1, check C3)?

The profile is checked here by name, so that a refusal says why; the path (signatures, issuers, validity, CA rights)
by the verifier of the `cryptography` package. That verifier's messages quote the subject: they are never passed on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509 import verification
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID, NameOID, ObjectIdentifier, SignatureAlgorithmOID

from common.eid.personal_code import parse_voter_id
from common.errors import IdentityError

MAX_CHAIN = 2
MAX_CERTIFICATE_BYTES = 8_192
SIGNATURE_ALGORITHMS = (
    SignatureAlgorithmOID.ECDSA_WITH_SHA256,
    SignatureAlgorithmOID.ECDSA_WITH_SHA384,
    SignatureAlgorithmOID.ECDSA_WITH_SHA512,
)
_CRITICAL = {
    ExtensionOID.BASIC_CONSTRAINTS,
    ExtensionOID.EXTENDED_KEY_USAGE,
    ExtensionOID.KEY_USAGE,
    ExtensionOID.SUBJECT_ALTERNATIVE_NAME,
}
_MALFORMED = (ValueError, TypeError, UnsupportedAlgorithm, x509.DuplicateExtension, x509.InvalidVersion)


class Purpose(StrEnum):
    """What the voter does with the key: the ID card has one certificate for each."""

    AUTHENTICATION = "authentication"
    SIGNATURE = "signature"


@dataclass(frozen=True, slots=True)
class TrustAnchors:
    """The certification authorities that the manifest pins: roots, or issuing authorities directly."""

    roots: tuple[x509.Certificate, ...]


@dataclass(frozen=True, slots=True)
class Identity:
    """A verified voter: `voter_id` is `PNOEE-<personal code>`, `issuer` the authority that signed `certificate`."""

    voter_id: str
    name: str
    public_key: ec.EllipticCurvePublicKey
    certificate: x509.Certificate
    issuer: x509.Certificate


def verify_voter_certificate(chain: Sequence[bytes], purpose: Purpose, time: int, anchors: TrustAnchors) -> Identity:
    """Whose certificate `chain[0]` is, at `time` (seconds since 1970).

    `chain` is 1 or 2 DER certificates: the voter's, then its issuer unless that one is pinned. Pinned ones are not
    sent. Raises `IdentityError` for any departure from the profile, validity or path. Pure, and memoised: the
    checks C3, C4 and C5 of one vote pay for one verification.
    """
    return _verified(tuple(chain), purpose, time, anchors)


@lru_cache(maxsize=1024)
def _verified(chain: tuple[bytes, ...], purpose: Purpose, time: int, anchors: TrustAnchors) -> Identity:
    if not 1 <= len(chain) <= MAX_CHAIN:
        raise IdentityError(f"a chain of {len(chain)} certificates where 1 to {MAX_CHAIN} are due")
    leaf, *others = (load_certificate(der) for der in chain)
    try:
        key = _require_p384(leaf)
        _require_usages(leaf, purpose)
        voter, name = _subject(leaf)
    except _MALFORMED:
        raise IdentityError("a certificate with malformed fields") from None
    issuer = verify_path(leaf, others, time, anchors, leaf_policy(lambda leaf: _require_usages(leaf, purpose)))
    return Identity(voter, name, key, leaf, issuer)


def load_certificate(der: bytes) -> x509.Certificate:
    """Parse one DER certificate, of at most 8192 bytes and with a positive serial number; else `IdentityError`.

    The parser only warns of other serial numbers so far, and says that one day it will refuse them.
    """
    if len(der) > MAX_CERTIFICATE_BYTES:
        raise IdentityError("a certificate of over 8192 bytes")
    try:
        certificate = x509.load_der_x509_certificate(der)
    except (*_MALFORMED, CryptographyDeprecationWarning):
        raise IdentityError("not an X.509 certificate") from None
    if certificate.serial_number < 1:
        raise IdentityError("a certificate whose serial number is not positive")
    # A bit string's count of unused bits is covered by no signature, and parsers overlook it.
    if not der.endswith(b"\0" + certificate.signature):
        raise IdentityError("a certificate whose signature is not whole bytes")
    return certificate


def verify_path(
    leaf: x509.Certificate,
    others: Sequence[x509.Certificate],
    time: int,
    anchors: TrustAnchors,
    policy: verification.ExtensionPolicy,
) -> x509.Certificate:
    """The issuer of `leaf`, once leaf, `others` in order and one pinned authority form the path valid at `time`.

    `policy` says which extensions the leaf must have. Raises `IdentityError`.
    """
    if any(certificate in anchors.roots for certificate in (leaf, *others)):
        raise IdentityError("the chain repeats a pinned certificate")
    moment = datetime.fromtimestamp(time, UTC)
    if moment < leaf.not_valid_before_utc:
        raise IdentityError("the certificate is not yet valid")
    if moment > leaf.not_valid_after_utc:
        raise IdentityError("the certificate has expired")
    try:
        _require_narrow(leaf, others)
        path = (
            verification.PolicyBuilder()
            .store(verification.Store(list(anchors.roots)))
            .time(moment)
            .max_chain_depth(MAX_CHAIN - 1)
            .extension_policies(ca_policy=verification.ExtensionPolicy.webpki_defaults_ca(), ee_policy=policy)
            .build_client_verifier()
            .verify(leaf, list(others))
            .chain
        )
    except (verification.VerificationError, *_MALFORMED):
        raise IdentityError("the certificate has no valid path to a pinned authority") from None
    if path[:-1] != [leaf, *others]:
        raise IdentityError("the chain is not exactly the path to the pinned authority")
    return path[1]


def _require_narrow(leaf: x509.Certificate, others: Sequence[x509.Certificate]) -> None:
    """Narrower than the path verifier, so that every implementation agrees: ECDSA, and few critical extensions."""
    if any(found.signature_algorithm_oid not in SIGNATURE_ALGORITHMS for found in (leaf, *others)):
        raise IdentityError("a certificate that is not signed with ECDSA and SHA-2")
    if not {extension.oid for extension in leaf.extensions if extension.critical} <= _CRITICAL:
        raise IdentityError("the certificate has an unknown critical extension")


def leaf_policy(require_usages: Callable[[x509.Certificate], None]) -> verification.ExtensionPolicy:
    """What every end entity's certificate must have: critical key usage, the usages asked for, and no CA right."""

    def usages(_policy: verification.Policy, certificate: x509.Certificate, _usage: x509.KeyUsage) -> None:
        require_usages(certificate)

    return (
        verification.ExtensionPolicy.permit_all()
        .require_present(x509.KeyUsage, verification.Criticality.CRITICAL, usages)
        .may_be_present(x509.BasicConstraints, verification.Criticality.AGNOSTIC, _refuse_authority)
    )


def _refuse_authority(
    _policy: verification.Policy, _certificate: x509.Certificate, basic: x509.BasicConstraints | None
) -> None:
    if basic is not None and basic.ca:
        raise IdentityError("the certificate is an authority's")


def _require_p384(leaf: x509.Certificate) -> ec.EllipticCurvePublicKey:
    key = leaf.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP384R1):
        raise IdentityError("the certificate's key is not on P-384")
    return key


def _require_usages(leaf: x509.Certificate, purpose: Purpose) -> None:
    try:
        usage = leaf.extensions.get_extension_for_class(x509.KeyUsage)
    except x509.ExtensionNotFound:
        raise IdentityError("the certificate has no key usage") from None
    bits = usage.value
    if not usage.critical or bits.key_cert_sign or bits.crl_sign:
        raise IdentityError("the certificate's key usage is not critical, or is an authority's")
    extended = _extended_usages(leaf)
    if purpose is Purpose.SIGNATURE:
        if not bits.content_commitment or bits.digital_signature or extended:
            raise IdentityError("the certificate is not for signatures")
    elif (
        bits.content_commitment
        or not bits.digital_signature
        or ExtendedKeyUsageOID.CLIENT_AUTH not in extended
        or not extended <= {ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.EMAIL_PROTECTION}
    ):
        raise IdentityError("the certificate is not for authentication")


def _extended_usages(leaf: x509.Certificate) -> set[ObjectIdentifier]:
    try:
        return set(leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)
    except x509.ExtensionNotFound:
        return set()


def _subject(leaf: x509.Certificate) -> tuple[str, str]:
    """Voter id, and the name as people write it."""
    if _one(leaf, NameOID.COUNTRY_NAME) != "EE":
        raise IdentityError("the certificate's subject is not of country EE")
    voter = _one(leaf, NameOID.SERIAL_NUMBER)
    parse_voter_id(voter)
    return voter, f"{_one(leaf, NameOID.GIVEN_NAME)} {_one(leaf, NameOID.SURNAME)}"


def _one(leaf: x509.Certificate, oid: ObjectIdentifier) -> str:
    found = leaf.subject.get_attributes_for_oid(oid)
    if len(found) != 1 or not isinstance(found[0].value, str):
        raise IdentityError("the certificate's subject lacks a name, country or serial number, or has it twice")
    return found[0].value
