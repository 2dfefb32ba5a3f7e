"""Check C3 at its root: which certificates make a voter."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier
from hypothesis import given
from hypothesis import strategies as st

from common.eid.certificates import Identity, Purpose, TrustAnchors, load_certificate, verify_voter_certificate
from common.eid.personal_code import voter_id
from common.errors import IdentityError
from scenarios.country import profiles
from scenarios.country.authority import CARD_LIFE, YEAR, EidAuthority
from scenarios.country.population import people
from scenarios.country.profiles import Validity

NOW = 1_800_000_000
PERSON = people(1, seed=7)[0]
AUTHORITY = EidAuthority(lambda: NOW)
FOREIGN = EidAuthority(lambda: NOW)
CARD = AUTHORITY.issue(PERSON)
ROOT_ONLY = TrustAnchors((AUTHORITY.root.certificate,))
KEY = ec.generate_private_key(ec.SECP384R1())
LIFE = Validity(NOW, NOW + YEAR)


def der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.DER)


def verify(
    *chain: x509.Certificate,
    purpose: Purpose = Purpose.SIGNATURE,
    time: int = NOW,
    anchors: TrustAnchors = AUTHORITY.anchors,
) -> Identity:
    return verify_voter_certificate([der(certificate) for certificate in chain], purpose, time, anchors)


def leaf(
    subject: x509.Name | None = None,
    public_key: ec.EllipticCurvePublicKey | None = None,
    validity: Validity = LIFE,
    purpose: Purpose = Purpose.SIGNATURE,
    issuer: profiles.Authority = AUTHORITY.issuing,
) -> x509.Certificate:
    name = subject or profiles.person_name(PERSON, voter_id(PERSON.code))
    return profiles.end_entity(name, purpose, public_key or KEY.public_key(), issuer, validity)


def custom(*extensions: tuple[x509.ExtensionType, bool]) -> x509.Certificate:
    """A voter's certificate with these extensions instead of the profile's."""
    issuer = AUTHORITY.issuing
    builder = (
        x509.CertificateBuilder()
        .subject_name(profiles.person_name(PERSON, voter_id(PERSON.code)))
        .issuer_name(issuer.certificate.subject)
        .public_key(KEY.public_key())
        .serial_number(1)
        .not_valid_before(CARD.signature.certificate.not_valid_before_utc)
        .not_valid_after(CARD.signature.certificate.not_valid_after_utc)
    )
    authority_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key())
    for extension, critical in ((authority_key, False), *extensions):
        builder = builder.add_extension(extension, critical)
    return builder.sign(issuer.key, hashes.SHA384())


def usage(*bits: str) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature="digital_signature" in bits,
        content_commitment="content_commitment" in bits,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign="key_cert_sign" in bits,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


def test_signature_certificate_names_its_voter() -> None:
    found = verify(CARD.signature.certificate)
    assert found.voter_id == f"PNOEE-{PERSON.code}"
    assert found.name == PERSON.name.upper()
    assert found.public_key == CARD.signature.certificate.public_key()
    assert (found.certificate, found.issuer) == (CARD.signature.certificate, AUTHORITY.issuing.certificate)


def test_authentication_certificate_names_its_voter() -> None:
    found = verify(CARD.authentication.certificate, purpose=Purpose.AUTHENTICATION)
    assert found.voter_id == f"PNOEE-{PERSON.code}"


def test_chain_may_lead_over_the_issuing_authority_to_a_pinned_root() -> None:
    found = verify(CARD.signature.certificate, AUTHORITY.issuing.certificate, anchors=ROOT_ONLY)
    assert found.issuer == AUTHORITY.issuing.certificate


def test_validity_includes_its_first_and_last_second() -> None:
    verify(CARD.signature.certificate, time=NOW)
    verify(CARD.signature.certificate, time=NOW + CARD_LIFE)


@pytest.mark.parametrize(("time", "reason"), [(NOW - 1, "not yet valid"), (NOW + CARD_LIFE + 1, "has expired")])
def test_certificate_is_refused_outside_its_validity(time: int, reason: str) -> None:
    with pytest.raises(IdentityError, match=reason):
        verify(CARD.signature.certificate, time=time)


def test_expired_issuing_authority_is_refused() -> None:
    forever = leaf(validity=Validity(NOW, NOW + 30 * YEAR))
    verify(forever, time=NOW + 15 * YEAR)
    with pytest.raises(IdentityError, match="no valid path"):
        verify(forever, time=NOW + 15 * YEAR + 1)


def test_authentication_certificate_does_not_sign() -> None:
    with pytest.raises(IdentityError, match="not for signatures"):
        verify(CARD.authentication.certificate)


def test_signature_certificate_does_not_authenticate() -> None:
    with pytest.raises(IdentityError, match="not for authentication"):
        verify(CARD.signature.certificate, purpose=Purpose.AUTHENTICATION)


def test_foreign_authority_of_the_same_name_is_refused() -> None:
    assert FOREIGN.issuing.certificate.subject == AUTHORITY.issuing.certificate.subject
    with pytest.raises(IdentityError, match="no valid path"):
        verify(FOREIGN.issue(PERSON).signature.certificate)
    with pytest.raises(IdentityError, match="no valid path"):
        verify(FOREIGN.issue(PERSON).signature.certificate, FOREIGN.issuing.certificate, anchors=ROOT_ONLY)


def test_chain_with_a_wrong_issuer_is_refused() -> None:
    with pytest.raises(IdentityError, match="no valid path"):
        verify(CARD.signature.certificate, FOREIGN.issuing.certificate, anchors=ROOT_ONLY)


def test_voter_cannot_issue_certificates() -> None:
    voter = profiles.Authority(leaf(), KEY)
    with pytest.raises(IdentityError, match="no valid path"):
        verify(leaf(issuer=voter), voter.certificate)


@pytest.mark.parametrize(
    ("chain", "anchors", "reason"),
    [
        ([AUTHORITY.issuing.certificate], AUTHORITY.anchors, "repeats a pinned"),
        ([AUTHORITY.root.certificate], AUTHORITY.anchors, "not exactly the path"),
        ([FOREIGN.issuing.certificate], AUTHORITY.anchors, "not exactly the path"),
        ([AUTHORITY.issuing.certificate, AUTHORITY.root.certificate], ROOT_ONLY, "3 certificates"),
        ([AUTHORITY.root.certificate], ROOT_ONLY, "repeats a pinned"),
        ([], ROOT_ONLY, "no valid path"),
    ],
)
def test_chain_that_is_not_exactly_the_path_is_refused(
    chain: Sequence[x509.Certificate], anchors: TrustAnchors, reason: str
) -> None:
    with pytest.raises(IdentityError, match=reason):
        verify(CARD.signature.certificate, *chain, anchors=anchors)


def test_empty_chain_is_refused() -> None:
    with pytest.raises(IdentityError, match="chain of 0"):
        verify()


@pytest.mark.parametrize("purpose", Purpose)
def test_authorities_and_ocsp_responder_are_no_voters(purpose: Purpose) -> None:
    for certificate in (AUTHORITY.responder_certificate, AUTHORITY.issuing.certificate):
        with pytest.raises(IdentityError):
            verify(certificate, purpose=purpose, anchors=TrustAnchors((AUTHORITY.root.certificate,)))
        with pytest.raises(IdentityError):
            verify(certificate, purpose=purpose)


@pytest.mark.parametrize(
    ("extended", "bit"),
    [
        (ExtendedKeyUsageOID.OCSP_SIGNING, "content_commitment"),
        (ExtendedKeyUsageOID.TIME_STAMPING, "content_commitment"),
        (ExtendedKeyUsageOID.OCSP_SIGNING, "digital_signature"),
        (ExtendedKeyUsageOID.TIME_STAMPING, "digital_signature"),
        (ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE, "digital_signature"),
    ],
)
def test_service_with_a_voters_name_is_no_voter(extended: ObjectIdentifier, bit: str) -> None:
    certificate = custom((usage(bit), True), (x509.ExtendedKeyUsage([extended]), False))
    for purpose in Purpose:
        with pytest.raises(IdentityError, match="not for"):
            verify(certificate, purpose=purpose)


def test_the_customised_certificates_of_these_tests_pass_when_right() -> None:
    verify(custom((usage("content_commitment"), True)))
    login = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH])
    verify(custom((usage("digital_signature"), True), (login, False)), purpose=Purpose.AUTHENTICATION)


@pytest.mark.parametrize(
    ("extensions", "reason"),
    [
        ([], "no key usage"),
        ([(usage("content_commitment"), False)], "not critical"),
        ([(usage("content_commitment", "key_cert_sign"), True)], "authority's"),
        ([(usage("key_agreement"), True)], "not for signatures"),
        ([(usage("content_commitment", "digital_signature"), True)], "not for signatures"),
        (
            [(usage("content_commitment"), True), (x509.BasicConstraints(ca=True, path_length=0), True)],
            "no valid path",
        ),
        (
            [(usage("content_commitment"), True), (x509.BasicConstraints(ca=True, path_length=None), True)],
            "no valid path",
        ),
        (
            [
                (usage("content_commitment"), True),
                (x509.UnrecognizedExtension(ObjectIdentifier("2.999.7"), b"\x05\x00"), True),
            ],
            "unknown critical",
        ),
    ],
)
def test_wrong_extensions_are_refused(extensions: Sequence[tuple[x509.ExtensionType, bool]], reason: str) -> None:
    with pytest.raises(IdentityError, match=reason):
        verify(custom(*extensions))


LOGIN, EMAIL, SERVER = (
    ExtendedKeyUsageOID.CLIENT_AUTH,
    ExtendedKeyUsageOID.EMAIL_PROTECTION,
    ExtendedKeyUsageOID.SERVER_AUTH,
)


@pytest.mark.parametrize("extended", [(LOGIN,), (LOGIN, EMAIL)])
def test_authentication_certificate_may_be_for_mail_as_well(extended: tuple[ObjectIdentifier, ...]) -> None:
    certificate = custom((usage("digital_signature"), True), (x509.ExtendedKeyUsage(extended), False))
    verify(certificate, purpose=Purpose.AUTHENTICATION)


@pytest.mark.parametrize(
    ("bits", "extended"),
    [
        (("digital_signature", "content_commitment"), (LOGIN,)),
        (("content_commitment",), (LOGIN,)),
        (("key_agreement",), (LOGIN,)),
        (("digital_signature",), (EMAIL,)),
        (("digital_signature",), (SERVER,)),
        (("digital_signature",), (LOGIN, SERVER)),
    ],
)
def test_certificate_for_other_purposes_does_not_authenticate(
    bits: tuple[str, ...], extended: tuple[ObjectIdentifier, ...]
) -> None:
    certificate = custom((usage(*bits), True), (x509.ExtendedKeyUsage(extended), False))
    with pytest.raises(IdentityError, match="not for authentication"):
        verify(certificate, purpose=Purpose.AUTHENTICATION)


def test_certificate_without_extended_usage_does_not_authenticate() -> None:
    with pytest.raises(IdentityError, match="not for authentication"):
        verify(custom((usage("digital_signature"), True)), purpose=Purpose.AUTHENTICATION)


@pytest.mark.parametrize("extended", [LOGIN, EMAIL, SERVER])
def test_signature_certificate_has_no_extended_usage(extended: ObjectIdentifier) -> None:
    certificate = custom((usage("content_commitment"), True), (x509.ExtendedKeyUsage([extended]), False))
    with pytest.raises(IdentityError, match="not for signatures"):
        verify(certificate)


def test_certificate_signed_with_rsa_is_refused() -> None:
    key = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
    builder = x509.CertificateBuilder().serial_number(1).public_key(KEY.public_key())
    builder = builder.subject_name(CARD.signature.certificate.subject)
    builder = builder.issuer_name(AUTHORITY.issuing.certificate.subject)
    builder = builder.not_valid_before(CARD.signature.certificate.not_valid_before_utc)
    builder = builder.not_valid_after(CARD.signature.certificate.not_valid_after_utc)
    builder = builder.add_extension(usage("content_commitment"), critical=True)
    with pytest.raises(IdentityError, match="not signed with ECDSA"):
        verify(builder.sign(key, hashes.SHA384()))


@pytest.mark.parametrize("curve", [ec.SECP256R1(), ec.SECP521R1(), ec.SECP256K1()])
def test_key_on_another_curve_is_refused(curve: ec.EllipticCurve) -> None:
    with pytest.raises(IdentityError, match="P-384"):
        verify(leaf(public_key=ec.generate_private_key(curve).public_key()))


@pytest.mark.parametrize("serial", [PERSON.code, f"PNOLV-{PERSON.code}", "PNOEE-37605030298", "IDCEE-AA0000000"])
def test_garbled_serial_number_is_refused_without_being_repeated(serial: str) -> None:
    with pytest.raises(IdentityError) as caught:
        verify(leaf(profiles.person_name(PERSON, serial)))
    assert serial not in str(caught.value)


@pytest.mark.parametrize("oid", [NameOID.SERIAL_NUMBER, NameOID.GIVEN_NAME, NameOID.SURNAME, NameOID.COUNTRY_NAME])
def test_subject_field_missing_or_twice_is_refused(oid: ObjectIdentifier) -> None:
    attributes = list(profiles.person_name(PERSON, voter_id(PERSON.code)))
    for wrong in (
        [attribute for attribute in attributes if attribute.oid != oid],
        [*attributes, *(attribute for attribute in attributes if attribute.oid == oid)],
    ):
        with pytest.raises(IdentityError, match="lacks a name, country or serial number"):
            verify(leaf(x509.Name(wrong)))


def test_subject_of_another_country_is_refused() -> None:
    attributes = list(profiles.person_name(PERSON, voter_id(PERSON.code)))[1:]
    with pytest.raises(IdentityError, match="country"):
        verify(leaf(x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "LV"), *attributes])))


def test_refusals_never_tell_the_personal_code() -> None:
    with pytest.raises(IdentityError) as caught:
        verify(FOREIGN.issue(PERSON).signature.certificate)
    assert PERSON.code not in str(caught.value)
    assert caught.value.__cause__ is None


def test_bytes_that_are_no_certificate_are_refused() -> None:
    good = der(CARD.signature.certificate)
    for wrong in (b"", good[:-1], good + b"\0", b"0" * 9_000):
        with pytest.raises(IdentityError):
            verify_voter_certificate([wrong], Purpose.SIGNATURE, NOW, AUTHORITY.anchors)


def test_unused_bits_in_the_signature_are_refused() -> None:
    while True:
        certificate = leaf()
        if certificate.signature[-1] & 1 == 0:
            break
    good, signature = der(certificate), certificate.signature
    verify_voter_certificate([good], Purpose.SIGNATURE, NOW, AUTHORITY.anchors)
    with pytest.raises(IdentityError, match="whole bytes"):
        verify_voter_certificate(
            [good.replace(b"\0" + signature, b"\1" + signature)], Purpose.SIGNATURE, NOW, AUTHORITY.anchors
        )


GOOD = der(CARD.signature.certificate)


@given(st.integers(0, len(GOOD) - 1), st.integers(1, 255))
def test_certificate_with_one_byte_changed_is_refused(place: int, change: int) -> None:
    wrong = bytearray(GOOD)
    wrong[place] ^= change
    with pytest.raises(IdentityError):
        verify_voter_certificate([bytes(wrong)], Purpose.SIGNATURE, NOW, AUTHORITY.anchors)


def test_verification_is_remembered_for_the_same_question_only() -> None:
    question = ([GOOD], Purpose.SIGNATURE, NOW + 1, AUTHORITY.anchors)
    assert verify_voter_certificate(*question) is verify_voter_certificate(*question)
    with pytest.raises(IdentityError, match="expired"):
        verify_voter_certificate([GOOD], Purpose.SIGNATURE, NOW + CARD_LIFE + 1, AUTHORITY.anchors)


@pytest.mark.parametrize("serial", [b"\x00", b"\x80", b"\xff"])
@pytest.mark.filterwarnings("ignore::cryptography.utils.CryptographyDeprecationWarning")
def test_serial_number_that_is_not_positive_is_refused_warned_of_or_not(serial: bytes) -> None:
    good = der(custom())
    one = b"\x02\x01\x01\x30"  # the serial number 1, and the beginning of what follows it
    assert good.count(one) == 1
    assert load_certificate(good.replace(one, b"\x02\x01\x7f\x30")).serial_number == 127
    wrong = good.replace(one, b"\x02\x01" + serial + b"\x30")
    with pytest.raises(IdentityError, match="serial number is not positive"):
        load_certificate(wrong)
    with warnings.catch_warnings(action="error"), pytest.raises(IdentityError, match="not an X"):
        load_certificate(wrong)
