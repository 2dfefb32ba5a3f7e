"""Ed25519 keys of services: authority, collector, log, witnesses, trustees (spec 6.5)."""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from common.encoding.hashing import Item, frame
from common.encoding.octets import from_base64url, to_base64url
from common.errors import EncodingError, IdentityError

PUBLIC_LENGTH = 32
SIGNATURE_LENGTH = 64
_FIELD = 2**255 - 19
_ORDER_8 = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD83D3D706A17C7
_SMALL_ORDER = frozenset({0, 1, _FIELD - 1, _ORDER_8, _FIELD - _ORDER_8})
"""y of the points whose order divides 8: under such a key one signature can hold for many messages."""


def public_raw(private: Ed25519PrivateKey) -> bytes:
    """The public key, 32 bytes (RFC 8032)."""
    return private.public_key().public_bytes_raw()


def require_public(public: bytes) -> None:
    """Raise `IdentityError` unless these are 32 bytes that every implementation reads alike: y below 2^255 − 19, and
    not of small order.
    """
    if len(public) != PUBLIC_LENGTH:
        raise IdentityError(f"an Ed25519 key of {len(public)} bytes where {PUBLIC_LENGTH} are due")
    y = int.from_bytes(public, "little") % 2**255
    if y >= _FIELD or y in _SMALL_ORDER:
        raise IdentityError("an Ed25519 key that is not in its one form, or of small order")


def sign(private: Ed25519PrivateKey, tag: str, *items: Item) -> str:
    """Ed25519 over the framed tag and items (`hashing.frame`): 64 bytes as unpadded base64url."""
    return to_base64url(private.sign(frame(tag, *items)))


def verify(public: bytes, signature: str, tag: str, *items: Item) -> None:
    """Raise `IdentityError` unless the 32-byte key `public` signed exactly this tag and these items."""
    if len(public) != PUBLIC_LENGTH:
        raise IdentityError(f"an Ed25519 key of {len(public)} bytes where {PUBLIC_LENGTH} are due")
    try:
        octets = from_base64url(signature)
    except EncodingError as error:
        raise IdentityError(f"a service's signature: {error}") from None
    if len(octets) != SIGNATURE_LENGTH:
        raise IdentityError(f"a service's signature of {len(octets)} bytes where {SIGNATURE_LENGTH} are due")
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(octets, frame(tag, *items))
    except (InvalidSignature, ValueError):
        raise IdentityError("the service's signature is wrong") from None


def dump_private(private: Ed25519PrivateKey, password: bytes | None = None) -> bytes:
    """PKCS#8 PEM, encrypted if a password is given."""
    protection = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    return private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, protection)


def load_private(pem: bytes, password: bytes | None = None) -> Ed25519PrivateKey:
    """What `dump_private` wrote; `IdentityError` for anything else or a wrong password."""
    try:
        key = serialization.load_pem_private_key(pem, password)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise IdentityError("not a private key in PEM, or not its password") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise IdentityError("a private key that is not Ed25519")
    return key
