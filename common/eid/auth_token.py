"""Web eID authentication tokens, format `web-eid:1.0` (spec 6.4).

The card's authentication key signs hash(origin)‖hash(nonce); neither travels in the token, so a token made for
another site or another session verifies nowhere else. Handing out nonces and taking each one once is the caller's.
"""

from __future__ import annotations

import base64
import json
import re
from hashlib import sha384
from typing import Any

from common.eid.certificates import Identity, Purpose, TrustAnchors, verify_voter_certificate
from common.eid.signing import Signer, decode_base64, verify_digest
from common.encoding import canonical
from common.errors import IdentityError

FORMAT = "web-eid:1.0"
APP_VERSION = "https://valik.invalid/software-id-card/v1.0.0"
MAX_TOKEN_LENGTH = 16_384
MIN_NONCE_LENGTH = 44
_FIELDS = {"format", "unverifiedCertificate", "algorithm", "signature", "appVersion"}
_ORIGIN = re.compile(r"https?://[a-z0-9.\[\]:-]+\Z")


def create(certificate: bytes, key: Signer, origin: str, nonce: str, *, app_version: str = APP_VERSION) -> str:
    """Token (JSON text) for the site at `origin` and its `nonce`, by the key of the DER `certificate`."""
    fields = {
        "format": FORMAT,
        "unverifiedCertificate": base64.b64encode(certificate).decode("ascii"),
        "algorithm": "ES384",
        "signature": base64.b64encode(key.sign_digest(_digest(origin, nonce))).decode("ascii"),
        "appVersion": app_version,
    }
    return canonical.encode(fields).decode("utf-8")


def verify(token: bytes | str, origin: str, nonce: str, time: int, anchors: TrustAnchors) -> Identity:
    """Who authenticated at `origin` with `nonce`, at `time` (seconds since 1970).

    The token carries one certificate, so its issuer must be pinned. Raises `IdentityError`.
    """
    fields = _fields(token)
    if fields["format"] != FORMAT or fields["algorithm"] != "ES384":
        raise IdentityError("not an ES384 token of format web-eid:1.0")
    certificate = decode_base64(fields["unverifiedCertificate"])
    identity = verify_voter_certificate((certificate,), Purpose.AUTHENTICATION, time, anchors)
    # Cards do not normalise s, and a token is taken once: high s is accepted here.
    verify_digest(_digest(origin, nonce), decode_base64(fields["signature"]), identity.public_key)
    return identity


def _digest(origin: str, nonce: str) -> bytes:
    """SHA-384 of SHA-384(origin)‖SHA-384(nonce); the nonce is hashed as its base64 text."""
    if not _ORIGIN.match(origin):
        raise IdentityError("an origin is scheme://host[:port], in lower case and without a slash at its end")
    if len(nonce) < MIN_NONCE_LENGTH:
        raise IdentityError(f"a nonce has at least {MIN_NONCE_LENGTH} characters of base64")
    decode_base64(nonce)
    return sha384(sha384(origin.encode("ascii")).digest() + sha384(nonce.encode("ascii")).digest()).digest()


def _fields(token: bytes | str) -> dict[str, str]:
    """The five fields, all text; key order and white space are the browser's."""
    if len(token) > MAX_TOKEN_LENGTH:
        raise IdentityError("a token of over 16384 bytes")
    try:
        found = json.loads(token, object_pairs_hook=_without_repeats)
    except (ValueError, RecursionError):
        raise IdentityError("the token is not JSON") from None
    if not isinstance(found, dict) or set(found) != _FIELDS:
        raise IdentityError("a token with missing or unknown fields")
    if not all(isinstance(value, str) for value in found.values()):
        raise IdentityError("a token field that is not text")
    return found


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name for name, _ in pairs}) != len(pairs):
        raise IdentityError("a token with a repeated field")
    return dict(pairs)
