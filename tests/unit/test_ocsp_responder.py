"""Check C4 at its root: OCSP responses made by hand, each wrong in one thing; and what OpenSSL thinks of ours.

They are made in the machine's own time: `cryptography` writes that as producedAt.
"""

from __future__ import annotations

import shutil
import subprocess
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import ocsp as asn1
from cryptography.x509.oid import ExtendedKeyUsageOID

from common.eid import ocsp
from common.errors import IdentityError
from scenarios.country import profiles
from scenarios.country.authority import YEAR, EidAuthority
from scenarios.country.ocsp_responder import OcspResponder
from scenarios.country.population import people
from scenarios.country.profiles import Validity

NONCE = bytes(range(32))
PEM, DER = serialization.Encoding.PEM, serialization.Encoding.DER


REAL = int(time.time())
AT = REAL + 3_600
REAL_AUTHORITY = EidAuthority(lambda: REAL)
REAL_CARD = REAL_AUTHORITY.issue(people(1, seed=14)[0])
REAL_LEAF = REAL_CARD.signature.certificate


def responder_certificate(
    key: ec.EllipticCurvePrivateKey,
    issuer: profiles.Authority,
    *,
    extended: x509.ExtendedKeyUsage | None,
    no_check: bool = True,
    bit: str = "digital_signature",
    until: int = REAL + YEAR,
) -> x509.Certificate:
    names = "digital_signature content_commitment key_encipherment data_encipherment key_agreement key_cert_sign"
    usage = {name: name == bit for name in f"{names} crl_sign encipher_only decipher_only".split()}
    builder = (
        x509.CertificateBuilder()
        .subject_name(REAL_AUTHORITY.responder_certificate.subject)
        .issuer_name(issuer.certificate.subject)
        .public_key(key.public_key())
        .serial_number(2)
        .not_valid_before(datetime.fromtimestamp(REAL - 60, UTC))
        .not_valid_after(datetime.fromtimestamp(until, UTC))
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key()), False)
        .add_extension(x509.KeyUsage(**usage), True)
    )
    if extended is not None:
        builder = builder.add_extension(extended, critical=False)
    if no_check:
        builder = builder.add_extension(x509.OCSPNoCheck(), critical=False)
    return builder.sign(issuer.key, hashes.SHA384())


OCSP_USAGE = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING])
SIGNER = ec.generate_private_key(ec.SECP384R1())
PROPER = responder_certificate(SIGNER, REAL_AUTHORITY.issuing, extended=OCSP_USAGE)


def craft(
    responder: x509.Certificate = PROPER,
    key: ec.EllipticCurvePrivateKey = SIGNER,
    *,
    by: asn1.OCSPResponderEncoding = asn1.OCSPResponderEncoding.HASH,
    carried: tuple[x509.Certificate, ...] | None = None,
    nonce: bytes | None = NONCE,
    bare: bool = False,
    next_update: int | None = REAL + 7_200,
    algorithm: hashes.HashAlgorithm | None = None,
) -> bytes:
    builder = asn1.OCSPResponseBuilder().add_response(
        REAL_LEAF,
        REAL_AUTHORITY.issuing.certificate,
        algorithm or hashes.SHA256(),
        asn1.OCSPCertStatus.GOOD,
        datetime.fromtimestamp(REAL, UTC),
        None if next_update is None else datetime.fromtimestamp(next_update, UTC),
        None,
        None,
    )
    builder = builder.responder_id(by, responder)
    certificates = (responder,) if carried is None else carried
    if certificates:
        builder = builder.certificates(certificates)
    if nonce is not None and bare:
        builder = builder.add_extension(x509.UnrecognizedExtension(x509.OCSPNonce.oid, nonce), critical=False)
    elif nonce is not None:
        builder = builder.add_extension(x509.OCSPNonce(nonce), critical=False)
    return builder.sign(key, hashes.SHA384()).public_bytes(DER)


def judge(der: bytes, at: int = AT) -> None:
    ocsp.verify_response(der, REAL_LEAF, REAL_AUTHORITY.issuing.certificate, NONCE, at, 7_200, REAL_AUTHORITY.anchors)


def test_crafted_response_is_accepted_when_right() -> None:
    judge(craft())
    judge(craft(by=asn1.OCSPResponderEncoding.NAME))


def test_response_without_nonce_is_refused() -> None:
    with pytest.raises(IdentityError, match="no nonce"):
        judge(craft(nonce=None))


def test_nonce_without_its_own_octet_string_is_refused() -> None:
    found = asn1.load_der_ocsp_response(craft(bare=True)).extensions.get_extension_for_class(x509.OCSPNonce)
    assert found.value.nonce == NONCE  # the library takes it
    with pytest.raises(IdentityError, match="octet string"):
        judge(craft(bare=True))


def test_response_without_next_update_is_refused() -> None:
    with pytest.raises(IdentityError, match="until when"):
        judge(craft(next_update=None))


def test_sha1_certificate_id_is_refused() -> None:
    with pytest.raises(IdentityError, match="SHA-256"):
        judge(craft(algorithm=hashes.SHA1()))  # noqa: S303


@pytest.mark.parametrize(
    ("extended", "no_check", "bit"),
    [
        (None, True, "digital_signature"),
        (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), True, "digital_signature"),
        (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), True, "digital_signature"),
        (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE]), True, "digital_signature"),
        (OCSP_USAGE, False, "digital_signature"),
        (OCSP_USAGE, True, "content_commitment"),
    ],
)
def test_responder_with_another_usage_is_refused(
    extended: x509.ExtendedKeyUsage | None, no_check: bool, bit: str
) -> None:
    wrong = responder_certificate(SIGNER, REAL_AUTHORITY.issuing, extended=extended, no_check=no_check, bit=bit)
    with pytest.raises(IdentityError, match="not for OCSP"):
        judge(craft(wrong))


def test_responder_of_another_authority_is_refused() -> None:
    foreign = EidAuthority(lambda: REAL)
    wrong = responder_certificate(SIGNER, foreign.issuing, extended=OCSP_USAGE)
    with pytest.raises(IdentityError, match="no valid path"):
        judge(craft(wrong))


def test_responder_of_another_pinned_authority_is_refused() -> None:
    foreign = profiles.authority("Another eID CA", Validity(REAL - YEAR, REAL + YEAR))
    wrong = responder_certificate(SIGNER, foreign, extended=OCSP_USAGE)
    pinned = replace(REAL_AUTHORITY.anchors, roots=(*REAL_AUTHORITY.anchors.roots, foreign.certificate))
    with pytest.raises(IdentityError, match="not certified by the certificate's issuer"):
        ocsp.verify_response(craft(wrong), REAL_LEAF, REAL_AUTHORITY.issuing.certificate, NONCE, AT, 7_200, pinned)


def test_expired_responder_is_refused() -> None:
    wrong = responder_certificate(SIGNER, REAL_AUTHORITY.issuing, extended=OCSP_USAGE, until=AT - 1)
    with pytest.raises(IdentityError, match="expired"):
        judge(craft(wrong))


def test_voter_cannot_answer_for_herself() -> None:
    key = REAL_CARD.authentication.key
    assert key is not None
    with pytest.raises(IdentityError, match="not for OCSP"):
        judge(craft(REAL_CARD.authentication.certificate, key))


def test_another_key_than_the_carried_certificates_is_refused() -> None:
    key = ec.generate_private_key(ec.SECP384R1())
    namesake = responder_certificate(key, REAL_AUTHORITY.issuing, extended=OCSP_USAGE)
    with pytest.raises(IdentityError, match="signature is wrong"):
        judge(craft(namesake, key, by=asn1.OCSPResponderEncoding.NAME, carried=(PROPER,)))


@pytest.mark.parametrize("by", asn1.OCSPResponderEncoding)
def test_response_naming_another_responder_is_refused(by: asn1.OCSPResponderEncoding) -> None:
    key = REAL_CARD.authentication.key
    assert key is not None
    with pytest.raises(IdentityError, match="names another responder"):
        judge(craft(REAL_CARD.authentication.certificate, key, by=by, carried=(PROPER,)))


@pytest.mark.parametrize("carried", [(), (PROPER, REAL_AUTHORITY.issuing.certificate)])
def test_response_carries_exactly_the_responders_certificate(carried: tuple[x509.Certificate, ...]) -> None:
    with pytest.raises(IdentityError, match="exactly its responder's"):
        judge(craft(carried=carried))


# OpenSSL as second opinion.

OPENSSL = shutil.which("openssl")
needs_openssl = pytest.mark.skipif(OPENSSL is None, reason="the openssl command is not installed")


def openssl(folder: Path, arguments: str) -> str:
    done = subprocess.run(  # noqa: S603
        [str(OPENSSL), "ocsp", *arguments.split()], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def write_certificates(folder: Path) -> None:
    (folder / "issuing.pem").write_bytes(REAL_AUTHORITY.issuing.certificate.public_bytes(PEM))
    (folder / "root.pem").write_bytes(REAL_AUTHORITY.root.certificate.public_bytes(PEM))
    (folder / "leaf.pem").write_bytes(REAL_LEAF.public_bytes(PEM))


@needs_openssl
def test_openssl_accepts_our_responders_answer(tmp_path: Path) -> None:
    write_certificates(tmp_path)
    openssl(tmp_path, "-sha256 -issuer issuing.pem -cert leaf.pem -reqout request.der")
    request = (tmp_path / "request.der").read_bytes()
    (tmp_path / "response.der").write_bytes(OcspResponder(REAL_AUTHORITY).respond(request))
    trust = "-respin response.der -CAfile root.pem -verify_other issuing.pem -validity_period 3600"
    with_nonce = openssl(tmp_path, f"-reqin request.der {trust}")
    assert "Response verify OK" in with_nonce
    assert "nonce" not in with_nonce.lower()
    said = openssl(tmp_path, f"-sha256 -issuer issuing.pem -cert leaf.pem -no_nonce {trust}")
    assert "Response verify OK" in said
    assert "leaf.pem: good" in said
    assert "WARNING" not in said


@needs_openssl
def test_we_accept_openssls_answer_to_our_request(tmp_path: Path) -> None:
    write_certificates(tmp_path)
    (tmp_path / "responder.pem").write_bytes(PROPER.public_bytes(PEM))
    (tmp_path / "responder.key").write_bytes(
        SIGNER.private_bytes(PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    (tmp_path / "index.txt").write_text(f"V\t491231235959Z\t\t{_hex(REAL_LEAF.serial_number)}\tunknown\t/C=EE\n")
    (tmp_path / "request.der").write_bytes(ocsp.build_request(REAL_LEAF, REAL_AUTHORITY.issuing.certificate, NONCE))
    openssl(
        tmp_path,
        "-index index.txt -CA issuing.pem -rsigner responder.pem -rkey responder.key -rmd sha384"
        " -nmin 240 -reqin request.der -respout response.der",
    )
    judge((tmp_path / "response.der").read_bytes())


def _hex(serial: int) -> str:
    digits = f"{serial:X}"
    return digits.rjust(len(digits) + len(digits) % 2, "0")
