"""The mock authority's OCSP responder (RFC 6960): bytes in, bytes out, no network."""

from __future__ import annotations

from datetime import UTC, datetime

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import ocsp

from scenarios.country.authority import EidAuthority

_ECDSA_WITH_SHA384 = bytes.fromhex("300a06082a8648ce3d040303")
_BASIC_RESPONSE = bytes.fromhex("06092b0601050507300101")


class OcspResponder:
    """Answers for the certificates of one authority, at the time of that authority's clock.

    `validity`: seconds from thisUpdate to nextUpdate.
    """

    def __init__(self, authority: EidAuthority, validity: int = 600) -> None:
        self._authority = authority
        self._validity = validity

    def require_ready(self) -> None:
        """Raise unless the authority's register answers."""
        self._authority.status(self._authority.responder_certificate.serial_number)

    def respond(self, request: bytes) -> bytes:
        """A signed DER response with the request's nonce; malformed and foreign requests get an error response."""
        try:
            asked = ocsp.load_der_ocsp_request(request)
            algorithm = asked.hash_algorithm
            nonce = asked.extensions.get_extension_for_class(x509.OCSPNonce).value
        except (ValueError, UnsupportedAlgorithm, x509.DuplicateExtension, x509.ExtensionNotFound):
            return _refusal(ocsp.OCSPResponseStatus.MALFORMED_REQUEST)
        if not isinstance(algorithm, (hashes.SHA1, hashes.SHA256)) or not self._is_ours(asked):
            return _refusal(ocsp.OCSPResponseStatus.UNAUTHORIZED)
        now = self._authority.clock()
        response = self._unsigned(asked, now).add_extension(nonce, critical=False)
        return _signed_at(response, now, self._authority)

    def _is_ours(self, asked: ocsp.OCSPRequest) -> bool:
        """Whether the request names our issuing authority, by the hashes that our own request would have."""
        issuer, issued = self._authority.issuing.certificate, self._authority.responder_certificate
        own = ocsp.OCSPRequestBuilder().add_certificate(issued, issuer, asked.hash_algorithm).build()
        return (asked.issuer_name_hash, asked.issuer_key_hash) == (own.issuer_name_hash, own.issuer_key_hash)

    def _unsigned(self, asked: ocsp.OCSPRequest, now: int) -> ocsp.OCSPResponseBuilder:
        known = self._authority.status(asked.serial_number)
        revoked = known.revoked_at if known and known.revoked_at is not None and known.revoked_at <= now else None
        status = ocsp.OCSPCertStatus.GOOD
        if known is None:
            status = ocsp.OCSPCertStatus.UNKNOWN
        elif revoked is not None:
            status = ocsp.OCSPCertStatus.REVOKED
        return (
            ocsp.OCSPResponseBuilder()
            .add_response_by_hash(
                asked.issuer_name_hash,
                asked.issuer_key_hash,
                asked.serial_number,
                asked.hash_algorithm,
                status,
                _moment(now),
                _moment(now + self._validity),
                None if revoked is None else _moment(revoked),
                None,
            )
            .responder_id(ocsp.OCSPResponderEncoding.HASH, self._authority.responder_certificate)
            .certificates([self._authority.responder_certificate])
        )


def _signed_at(builder: ocsp.OCSPResponseBuilder, now: int, authority: EidAuthority) -> bytes:
    """The response with producedAt = `now`: `cryptography` always writes the machine's time, so sign again."""
    draft = builder.sign(authority.responder_key, hashes.SHA384())
    drafted, due = _generalized_time(draft.produced_at_utc), _generalized_time(_moment(now))
    to_be_signed = draft.tbs_response_bytes.replace(drafted, due, 1)
    signature = authority.responder_key.sign(to_be_signed, ec.ECDSA(hashes.SHA384()))
    certificate = authority.responder_certificate.public_bytes(serialization.Encoding.DER)
    basic = _der(
        0x30, to_be_signed, _ECDSA_WITH_SHA384, _der(0x03, b"\0", signature), _der(0xA0, _der(0x30, certificate))
    )
    body = _der(0x30, _BASIC_RESPONSE, _der(0x04, basic))
    return _der(0x30, bytes.fromhex("0a0100"), _der(0xA0, body))


def _generalized_time(moment: datetime) -> bytes:
    return _der(0x18, moment.strftime("%Y%m%d%H%M%SZ").encode("ascii"))


def _der(tag: int, *contents: bytes) -> bytes:
    """One DER element: tag, definite length, contents."""
    body = b"".join(contents)
    if len(body) < 0x80:
        return bytes([tag, len(body)]) + body
    length = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + body


def _refusal(status: ocsp.OCSPResponseStatus) -> bytes:
    return ocsp.OCSPResponseBuilder.build_unsuccessful(status).public_bytes(serialization.Encoding.DER)


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
