"""The verification code that a client shows as a QR code (spec 10.1).

Text form: `VALIK1:` and base32 (RFC 4648 §6, no padding) of fingerprint prefix (8 bytes), vote id (16 bytes) and
seed (32 bytes), all in the QR alphanumeric set. No address: the device takes it from the manifest it has pinned.
Whoever has the code can read the vote.
"""

from __future__ import annotations

import base64
import binascii
import io
from dataclasses import dataclass, field

import segno

from common.errors import MalformedMessage

PREFIX = "VALIK1:"
_LENGTH = 8 + 16 + 32


@dataclass(frozen=True, slots=True)
class VerificationCode:
    """`fingerprint_prefix` 16 hex digits, `vote_id` 32 hex digits, `seed` 32 bytes."""

    fingerprint_prefix: str
    vote_id: str
    seed: bytes = field(repr=False)

    def text(self) -> str:
        """What the QR code holds: 97 characters."""
        data = bytes.fromhex(self.fingerprint_prefix) + bytes.fromhex(self.vote_id) + self.seed
        return PREFIX + base64.b32encode(data).decode("ascii").rstrip("=")

    def png(self, scale: int = 6) -> bytes:
        """The QR code as a PNG image."""
        picture = io.BytesIO()
        segno.make_qr(self.text(), error="m").save(picture, kind="png", scale=scale)
        return picture.getvalue()

    def terminal(self) -> str:
        """The QR code in half-block characters."""
        picture = io.StringIO()
        segno.make_qr(self.text(), error="l").terminal(out=picture, compact=True)
        return picture.getvalue()


def make_code(fingerprint: str, vote_id: str, seed: bytes) -> VerificationCode:
    return VerificationCode(fingerprint[:16], vote_id, seed)


def read_code(text: str) -> VerificationCode:
    """Parse exactly what `text` writes; `MalformedMessage` otherwise."""
    if not text.startswith(PREFIX):
        raise MalformedMessage("not a verification code of this version")
    body = text[len(PREFIX) :]
    try:
        data = base64.b32decode(body + "=" * (-len(body) % 8))
    except (binascii.Error, ValueError):
        raise MalformedMessage("the verification code is damaged; scan it again") from None
    if len(data) != _LENGTH:
        raise MalformedMessage("the verification code is cut short; scan it again")
    code = VerificationCode(data[:8].hex(), data[8:24].hex(), data[24:])
    if code.text() != text:
        raise MalformedMessage("the verification code is not in its one form")
    return code
