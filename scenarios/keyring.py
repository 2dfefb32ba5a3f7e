"""The private keys of an election's services, by owner: the laboratory gives each hostile party its own."""

from __future__ import annotations

from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from collector.collector import Keys
from common.messages.draft import Draft
from tallier.trustee import TrusteeKeys


@dataclass(frozen=True, slots=True)
class Keyring:
    """One key or pair of keys for each service; witnesses and trustees in the manifest's order."""

    authority: Ed25519PrivateKey
    collector: Keys
    witnesses: tuple[Ed25519PrivateKey, ...]
    trustees: tuple[TrusteeKeys, ...]


def new_keyring(draft: Draft) -> Keyring:
    """Fresh keys for as many witnesses and trustees as the draft has."""
    return Keyring(
        Ed25519PrivateKey.generate(),
        Keys(Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()),
        tuple(Ed25519PrivateKey.generate() for _ in range(draft.witnesses)),
        tuple(TrusteeKeys(Ed25519PrivateKey.generate(), X25519PrivateKey.generate()) for _ in range(draft.trustees)),
    )
