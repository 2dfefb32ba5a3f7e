"""What the client needs of an identity card, be it software or a smart card."""

from __future__ import annotations

from typing import Protocol


class IdentityCard(Protocol):
    """A card whose PINs the voter has entered."""

    @property
    def voter_id(self) -> str: ...

    def authenticate(self, origin: str, nonce: str) -> str:
        """A Web eID authentication token."""

    def sign(self, payload: bytes, time: int) -> str:
        """A compact JWS (ES384) over `payload`, `time` in its header."""
