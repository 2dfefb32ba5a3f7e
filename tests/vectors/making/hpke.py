"""HPKE written down a second time: base mode, X25519, HKDF-SHA256, ChaCha20-Poly1305, one message (RFC 9180).

The sender's ephemeral key is an argument here, which makes sealing repeatable. For vectors only: whoever seals twice
with one ephemeral key gives both messages away.
"""

from __future__ import annotations

import hashlib
import hmac
from math import ceil

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

_KEM = b"KEM\x00\x20"
_SUITE = b"HPKE\x00\x20\x00\x01\x00\x03"
_VERSION = b"HPKE-v1"


def seal(plaintext: bytes, recipient: bytes, info: bytes, ephemeral: bytes, aad: bytes = b"") -> bytes:
    """The encapsulated key (32 bytes) and the ciphertext; `recipient` a public key, `ephemeral` a private one."""
    private = X25519PrivateKey.from_private_bytes(ephemeral)
    encapsulated = private.public_key().public_bytes_raw()
    shared = private.exchange(X25519PublicKey.from_public_bytes(recipient))
    prk = _extract(_KEM, b"", b"eae_prk", shared)
    secret = _expand(_KEM, prk, b"shared_secret", encapsulated + recipient, 32)
    return encapsulated + _seal(secret, plaintext, info, aad)


def _seal(shared_secret: bytes, plaintext: bytes, info: bytes, aad: bytes) -> bytes:
    """KeySchedule of 5.1 in mode base, then Seal of 5.2 with sequence number 0."""
    context = b"\x00" + _extract(_SUITE, b"", b"psk_id_hash", b"") + _extract(_SUITE, b"", b"info_hash", info)
    secret = _extract(_SUITE, shared_secret, b"secret", b"")
    key = _expand(_SUITE, secret, b"key", context, 32)
    nonce = _expand(_SUITE, secret, b"base_nonce", context, 12)
    return ChaCha20Poly1305(key).encrypt(nonce, plaintext, aad)


def _extract(suite: bytes, salt: bytes, label: bytes, secret: bytes) -> bytes:
    """LabeledExtract of 4."""
    return hmac.digest(salt or bytes(32), _VERSION + suite + label + secret, hashlib.sha256)


def _expand(suite: bytes, prk: bytes, label: bytes, info: bytes, length: int) -> bytes:
    """LabeledExpand of 4, with the HKDF-Expand of RFC 5869."""
    labelled = length.to_bytes(2, "big") + _VERSION + suite + label + info
    made, block = b"", b""
    for counter in range(1, ceil(length / 32) + 1):
        block = hmac.digest(prk, block + labelled + bytes([counter]), hashlib.sha256)
        made += block
    return made[:length]
