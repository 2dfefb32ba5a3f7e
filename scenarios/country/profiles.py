"""The certificates of the mock eID authority, with the fields of the Estonian ID card's (spec 6.1).

Policy identifiers lie under 2.999, the arc for examples: nothing here claims to be qualified.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from common.eid.certificates import Purpose
from common.eid.personal_code import voter_id
from scenarios.country.population import Person

LONGEST_NAME = 64
"""Characters of a name in a certificate, by X.520; for the common name, `cryptography` counts bytes of UTF-8."""
OCSP_URL = "http://ocsp.country.invalid"
_POLICIES = {
    Purpose.AUTHENTICATION: ObjectIdentifier("2.999.1.1"),
    Purpose.SIGNATURE: ObjectIdentifier("2.999.1.2"),
}


@dataclass(frozen=True, slots=True)
class Authority:
    """A certification authority: its certificate and the key that signs with it."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


@dataclass(frozen=True, slots=True)
class Validity:
    """From `start` to `end`, both included, in seconds since 1970."""

    start: int
    end: int


def authority(common_name: str, validity: Validity, parent: Authority | None = None) -> Authority:
    """A new certification authority on P-384: a root, or under `parent` one that issues to people only."""
    key = ec.generate_private_key(ec.SECP384R1())
    subject = _organisation(common_name)
    signer_name, signer_key = (parent.certificate.subject, parent.key) if parent else (subject, key)
    builder = _base(subject, key.public_key(), signer_name, signer_key, validity)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0 if parent else 1), critical=True)
    builder = builder.add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
    return Authority(builder.sign(signer_key, hashes.SHA384()), key)


def person_certificate(
    person: Person,
    purpose: Purpose,
    public_key: ec.EllipticCurvePublicKey,
    issuer: Authority,
    validity: Validity,
) -> x509.Certificate:
    """An ID-card certificate of `person` for one purpose; `IdentityError` for a personal code that is none."""
    subject = person_name(person, voter_id(person.code))
    return end_entity(subject, purpose, public_key, issuer, validity)


def person_name(person: Person, serial_number: str) -> x509.Name:
    """The subject of an ID card's certificate: C, CN as `SURNAME,GIVEN NAME,code`, SN, GN, serialNumber.

    Long names are cut to what X.520 allows; who someone is, the serial number says.
    """
    surname, given_name = person.surname.upper()[:LONGEST_NAME], person.given_name.upper()[:LONGEST_NAME]
    names = f"{surname},{given_name}".encode()[: LONGEST_NAME - len(person.code) - 1].decode(errors="ignore")
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "EE"),
            x509.NameAttribute(NameOID.COMMON_NAME, f"{names},{person.code}"),
            x509.NameAttribute(NameOID.SURNAME, surname),
            x509.NameAttribute(NameOID.GIVEN_NAME, given_name),
            x509.NameAttribute(NameOID.SERIAL_NUMBER, serial_number),
        ]
    )


def end_entity(
    subject: x509.Name,
    purpose: Purpose,
    public_key: ec.EllipticCurvePublicKey,
    issuer: Authority,
    validity: Validity,
) -> x509.Certificate:
    """The ID-card profile for any subject, a garbled one too: attackers and tests need those."""
    builder = _base(subject, public_key, issuer.certificate.subject, issuer.key, validity)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=False)
    if purpose is Purpose.SIGNATURE:
        builder = builder.add_extension(_usage(content_commitment=True), critical=True)
    else:
        builder = builder.add_extension(_usage(digital_signature=True, key_agreement=True), critical=True)
        extended = [ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.EMAIL_PROTECTION]
        builder = builder.add_extension(x509.ExtendedKeyUsage(extended), critical=False)
    policy = x509.PolicyInformation(_POLICIES[purpose], None)
    builder = builder.add_extension(x509.CertificatePolicies([policy]), critical=False)
    where = x509.AccessDescription(AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(OCSP_URL))
    builder = builder.add_extension(x509.AuthorityInformationAccess([where]), critical=False)
    return builder.sign(issuer.key, hashes.SHA384())


def responder_certificate(
    public_key: ec.EllipticCurvePublicKey, issuer: Authority, validity: Validity
) -> x509.Certificate:
    """An OCSP responder's certificate (RFC 6960 §4.2.2.2), without status of its own (id-pkix-ocsp-nocheck)."""
    subject = _organisation("Country OCSP responder")
    builder = _base(subject, public_key, issuer.certificate.subject, issuer.key, validity)
    builder = builder.add_extension(_usage(digital_signature=True), critical=True)
    builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING]), critical=True)
    return builder.add_extension(x509.OCSPNoCheck(), critical=False).sign(issuer.key, hashes.SHA384())


def _base(
    subject: x509.Name,
    public_key: ec.EllipticCurvePublicKey,
    issuer_name: x509.Name,
    issuer_key: ec.EllipticCurvePrivateKey,
    validity: Validity,
) -> x509.CertificateBuilder:
    authority_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key())
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer_name)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.fromtimestamp(validity.start, UTC))
        .not_valid_after(datetime.fromtimestamp(validity.end, UTC))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        .add_extension(authority_key, critical=False)
    )


def _organisation(common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "EE"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Mock eID authority"),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _usage(
    *,
    digital_signature: bool = False,
    content_commitment: bool = False,
    key_agreement: bool = False,
    key_cert_sign: bool = False,
    crl_sign: bool = False,
) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=content_commitment,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=key_agreement,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        encipher_only=False,
        decipher_only=False,
    )
