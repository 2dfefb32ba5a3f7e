"""Certificate status by OCSP (RFC 6960): the request, and everything that makes a response good (spec 6.3, check C4).

`cryptography` parses responses but does not judge them; this file does.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from common.eid.certificates import TrustAnchors, leaf_policy, load_certificate, verify_path
from common.errors import CertificateNotGood, IdentityError

MAX_RESPONSE_BYTES = 16_384
_SIGNATURE_HASHES = (hashes.SHA256, hashes.SHA384, hashes.SHA512)


def build_request(certificate: x509.Certificate, issuer: x509.Certificate, nonce: bytes) -> bytes:
    """A DER OCSP request about one certificate; SHA-256 certificate id, `nonce` of 1 to 128 bytes (RFC 9654)."""
    if not 1 <= len(nonce) <= 128:
        raise IdentityError("an OCSP nonce has 1 to 128 bytes")
    builder = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, hashes.SHA256())
    request = builder.add_extension(x509.OCSPNonce(nonce), critical=False).build()
    return request.public_bytes(serialization.Encoding.DER)


def verify_response(
    der: bytes,
    certificate: x509.Certificate,
    issuer: x509.Certificate,
    nonce: bytes,
    time: int,
    freshness: int,
    anchors: TrustAnchors,
    skew: int = 0,
) -> None:
    """Raise `IdentityError` unless `der` proves that `certificate`, issued by `issuer`, was good at `time`.

    `time` in seconds since 1970; `freshness` is the greatest age of the response in seconds; `skew` seconds are
    allowed in every comparison of `time` with the responder's clock. `issuer` is what verifying the certificate gave.
    """
    response = _successful(der)
    try:
        _require_about(response, certificate, issuer)
        _require_signed(response, issuer, time, anchors)
        _require_nonce(response, nonce)
        _require_current(response, time, freshness, skew)
        status = response.certificate_status
    except (ValueError, TypeError, UnsupportedAlgorithm, x509.DuplicateExtension):
        raise IdentityError("an OCSP response with malformed fields") from None
    if status is ocsp.OCSPCertStatus.REVOKED:
        raise CertificateNotGood("the certificate is revoked")
    if status is not ocsp.OCSPCertStatus.GOOD:
        raise CertificateNotGood("the OCSP responder does not know the certificate")


def _successful(der: bytes) -> ocsp.OCSPResponse:
    if len(der) > MAX_RESPONSE_BYTES:
        raise IdentityError("an OCSP response of over 16384 bytes")
    try:
        response = ocsp.load_der_ocsp_response(der)
        status = response.response_status
        count = len(list(response.responses)) if status is ocsp.OCSPResponseStatus.SUCCESSFUL else 0
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise IdentityError("not an OCSP response") from None
    if status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
        raise IdentityError(f"the OCSP responder answered {status.name}")
    if count != 1:
        raise IdentityError(f"an OCSP response about {count} certificates where one is due")
    if b"\0" + response.signature not in der:
        raise IdentityError("an OCSP response whose signature is not whole bytes")
    return response


def _require_about(response: ocsp.OCSPResponse, certificate: x509.Certificate, issuer: x509.Certificate) -> None:
    """The certificate id is the one that our own request has: hashes of the issuer's name and key, serial number."""
    if not isinstance(response.hash_algorithm, hashes.SHA256):
        raise IdentityError("the OCSP response's certificate id is not made with SHA-256")
    due = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, hashes.SHA256()).build()
    if (response.issuer_name_hash, response.issuer_key_hash) != (due.issuer_name_hash, due.issuer_key_hash):
        raise IdentityError("the OCSP response is about another issuer's certificate")
    if response.serial_number != due.serial_number:
        raise IdentityError("the OCSP response is about another certificate")


def _require_signed(response: ocsp.OCSPResponse, issuer: x509.Certificate, time: int, anchors: TrustAnchors) -> None:
    """By a responder whom the certificate's own issuer certified for OCSP (RFC 6960 §4.2.2.2), and nobody else."""
    if len(response.certificates) != 1:
        raise IdentityError("the OCSP response does not carry exactly its responder's certificate")
    responder = load_certificate(response.certificates[0].public_bytes(serialization.Encoding.DER))
    key_hash = x509.SubjectKeyIdentifier.from_public_key(responder.public_key()).digest
    if responder.subject != response.responder_name and key_hash != response.responder_key_hash:
        raise IdentityError("the OCSP response names another responder than the certificate it carries")
    _require_certified(responder, issuer, time, anchors)
    key, algorithm = responder.public_key(), response.signature_hash_algorithm
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(algorithm, _SIGNATURE_HASHES):
        raise IdentityError("the OCSP response is not signed with ECDSA and SHA-2")
    try:
        key.verify(response.signature, response.tbs_response_bytes, ec.ECDSA(algorithm))
    except InvalidSignature:
        raise IdentityError("the OCSP response's signature is wrong") from None


@lru_cache(maxsize=4_096)
def _require_certified(
    responder: x509.Certificate, issuer: x509.Certificate, time: int, anchors: TrustAnchors
) -> None:
    """Memoised: the responses that a log replay judges at one covering time mostly share their responder."""
    _require_responder(responder)
    others = [] if issuer in anchors.roots else [issuer]
    if verify_path(responder, others, time, anchors, leaf_policy(_require_responder)) != issuer:
        raise IdentityError("the OCSP responder is not certified by the certificate's issuer")


def _require_responder(responder: x509.Certificate) -> None:
    """An OCSP responder's certificate, which itself needs no status (id-pkix-ocsp-nocheck)."""
    try:
        extended = responder.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        bits = responder.extensions.get_extension_for_class(x509.KeyUsage).value
        responder.extensions.get_extension_for_class(x509.OCSPNoCheck)
    except x509.ExtensionNotFound:
        raise IdentityError("the OCSP responder's certificate is not for OCSP") from None
    if list(extended) != [ExtendedKeyUsageOID.OCSP_SIGNING] or not bits.digital_signature:
        raise IdentityError("the OCSP responder's certificate is not for OCSP")


def _require_nonce(response: ocsp.OCSPResponse, nonce: bytes) -> None:
    try:
        found = response.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce
    except x509.ExtensionNotFound:
        raise IdentityError("the OCSP response has no nonce") from None
    if found != nonce:
        raise IdentityError("the OCSP response has another nonce: it was made for something else")
    # `cryptography` takes bare bytes too, as before RFC 8954; here one form is enough
    if _octet_string(_octet_string(nonce)) not in response.tbs_response_bytes:
        raise IdentityError("an OCSP nonce that is not an octet string inside the extension's")


def _octet_string(data: bytes) -> bytes:
    """DER, for less than 256 bytes."""
    length = len(data)
    return (bytes([4, length]) if length < 128 else bytes([4, 0x81, length])) + data


def _require_current(response: ocsp.OCSPResponse, time: int, freshness: int, skew: int) -> None:
    if max(_seconds(response.produced_at_utc), _seconds(response.this_update_utc)) > time + skew:
        raise IdentityError("the OCSP response is from the future")
    if response.next_update_utc is None:
        raise IdentityError("the OCSP response does not say until when it holds")
    if _seconds(response.next_update_utc) < time - skew:
        raise IdentityError("the OCSP response holds no longer")
    if time - _seconds(response.this_update_utc) > freshness + skew:
        raise IdentityError(f"the OCSP response is older than {freshness} s")


def _seconds(moment: datetime) -> int:
    return int(moment.astimezone(UTC).timestamp())
