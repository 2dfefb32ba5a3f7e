"""Certificates, signatures, status responses and tokens, run."""

from __future__ import annotations

from base64 import b64decode
from functools import cache

from cryptography.hazmat.primitives.asymmetric import ec

from common.eid import auth_token, ocsp, service_keys, signing
from common.eid.certificates import Purpose, TrustAnchors, load_certificate, verify_voter_certificate
from common.eid.personal_code import parse_voter_id
from common.errors import IdentityError
from tests.vectors.running.verdict import Json, Operation, under


@cache
def _anchors(*pinned: str) -> TrustAnchors:
    return TrustAnchors(tuple(load_certificate(b64decode(text)) for text in pinned))


def voter_id(_shared: dict[str, Json], given: dict[str, Json]) -> Json:
    return parse_voter_id(given["text"])


def certificate(shared: dict[str, Json], given: dict[str, Json]) -> Json:
    """C3 for signatures; no check is named after the certificate one logs in with."""
    chain = tuple(b64decode(text) for text in given["chain"])
    asked = (chain, Purpose(given["purpose"]), given["time"], _anchors(*shared["pinned"]))
    if given["purpose"] == "authentication":
        found = verify_voter_certificate(*asked)
    else:
        with under("C3"):
            found = verify_voter_certificate(*asked)
    return {"voter": found.voter_id, "name": found.name}


def jws(_shared: dict[str, Json], given: dict[str, Json]) -> Json:
    with under("C1"):
        parsed = signing.parse(given["jws"])
    with under("C5"):
        key = load_certificate(parsed.chain[0]).public_key()
        if not isinstance(key, ec.EllipticCurvePublicKey):
            raise IdentityError("no elliptic-curve key")
        signing.verify(parsed, key)
    nonce = signing.ocsp_nonce(parsed).hex()
    return {"payload": parsed.payload.decode(), "issued_at": parsed.issued_at, "nonce": nonce}


def status(shared: dict[str, Json], given: dict[str, Json]) -> Json:
    signature = bytes.fromhex(shared["signature"])
    parsed = signing.ParsedSignature(b"", (), 0, signature, b"")
    with under("C4"):
        ocsp.verify_response(
            b64decode(given["response"]),
            load_certificate(b64decode(shared["certificate"])),
            load_certificate(b64decode(shared["issuer"])),
            signing.ocsp_nonce(parsed),
            given["time"],
            shared["freshness"],
            _anchors(*shared["pinned"]),
            skew=shared["skew"],
        )


def token(shared: dict[str, Json], given: dict[str, Json]) -> Json:
    anchors = _anchors(*shared["pinned"])
    return auth_token.verify(given["token"], given["origin"], given["nonce"], given["time"], anchors).voter_id


def service(_shared: dict[str, Json], given: dict[str, Json]) -> Json:
    service_keys.verify(bytes.fromhex(given["public"]), given["signature"], given["tag"], given["item"].encode())


OPERATIONS: dict[str, Operation] = {
    "voter-id-decode": voter_id,
    "verify-certificate": certificate,
    "verify-jws": jws,
    "verify-ocsp": status,
    "verify-token": token,
    "verify-service": service,
}
