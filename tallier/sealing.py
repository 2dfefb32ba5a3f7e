"""Shares in transit: sealed to one trustee with HPKE (RFC 9180; X25519, HKDF-SHA256, ChaCha20-Poly1305)."""

from __future__ import annotations

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from common.encoding.hashing import frame, uint64
from common.errors import CryptoError

_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)


def seal_share(share: str, sealing_key: bytes, ceremony: bytes, trustee: int) -> bytes:
    """Encrypt a share to the trustee's 32-byte X25519 key; `ceremony` id and number are bound in."""
    public = X25519PublicKey.from_public_bytes(sealing_key)
    return _SUITE.encrypt(share.encode("ascii"), public, info=_info(ceremony, trustee))


def open_share(sealed: bytes, private: X25519PrivateKey, ceremony: bytes, trustee: int) -> str:
    """The share; `CryptoError` if it was sealed to another key, ceremony or number."""
    try:
        return _SUITE.decrypt(sealed, private, info=_info(ceremony, trustee)).decode("ascii")
    except (InvalidTag, ValueError):
        raise CryptoError("the sealed share does not open: it is for another trustee or ceremony") from None


def _info(ceremony: bytes, trustee: int) -> bytes:
    return frame("sealed-share", ceremony, uint64(trustee))
