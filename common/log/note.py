"""Signed notes (C2SP signed-note): a text and signature lines, read strictly and printed back exactly.

    a text that ends in a newline

    — example.org/log dEVmIPRM…base64 of key id (4 bytes) ‖ signature

Signature algorithms stand elsewhere (`checkpoint`, `cosignature`); here are only form and key names.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from enum import IntEnum

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from common.encoding.octets import from_hex
from common.errors import EncodingError, LogError

KEY_ID_LENGTH = 4
PUBLIC_KEY_LENGTH = 32
SIGNATURE_LENGTH = 64
MAX_SIGNATURES = 100
MAX_NOTE_LENGTH = 2**17  # bytes of UTF-8; 16 of the longest post-quantum signatures still fit
_LINE_START = "— "


class KeyType(IntEnum):
    """The signature types of C2SP signed-note that this protocol uses."""

    ED25519 = 0x01
    COSIGNATURE_V1 = 0x04


@dataclass(frozen=True, slots=True)
class NoteKey:
    """A named public key: 32 bytes of Ed25519 for both types. `EncodingError` on a bad name or length."""

    name: str
    key_type: KeyType
    public_bytes: bytes

    def __post_init__(self) -> None:
        require_key_name(self.name)
        if len(self.public_bytes) != PUBLIC_KEY_LENGTH:
            raise EncodingError(f"Ed25519 public key of {len(self.public_bytes)} bytes")

    @property
    def key_id(self) -> bytes:
        """First 4 bytes of SHA-256(name ‖ 0x0A ‖ type ‖ public key): a label that finds the key, no commitment."""
        material = self.name.encode("utf-8") + b"\n" + self._typed_key()
        return hashlib.sha256(material).digest()[:KEY_ID_LENGTH]

    @property
    def vkey(self) -> str:
        """The verifier-key text `name+keyid+base64(type ‖ key)`, key id in lower-case hex."""
        return f"{self.name}+{self.key_id.hex()}+{to_base64(self._typed_key())}"

    def verify(self, signature: bytes, message: bytes) -> None:
        """`LogError` unless `signature` (64 bytes, RFC 8032) by this key is valid on `message`."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public_bytes).verify(signature, message)
        except InvalidSignature:
            raise LogError(f"invalid signature by {self.name}") from None

    def _typed_key(self) -> bytes:
        return bytes([self.key_type]) + self.public_bytes


@dataclass(frozen=True, slots=True)
class SignatureLine:
    """One signature of a note; `signature` holds the bytes after the key id, at least one."""

    name: str
    key_id: bytes
    signature: bytes

    @property
    def text(self) -> str:
        """The line with its newline: append it to a note to add the signature."""
        return f"{_LINE_START}{self.name} {to_base64(self.key_id + self.signature)}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A text (`body`, with its final newline) and its signatures in order."""

    body: str
    signatures: tuple[SignatureLine, ...]

    @property
    def text(self) -> str:
        """The note as it travels; `parse_note` of it gives this note back."""
        return self.body + "\n" + "".join(line.text for line in self.signatures)


def parse_note(text: str) -> Note:
    """The note whose `text` is exactly this; `EncodingError` for any other text."""
    _require_plain_text(text)
    split = text.rfind("\n\n")
    if split < 0:
        raise EncodingError("note without a blank line before its signatures")
    lines = text[split + 2 :].split("\n")
    if lines.pop() != "":
        raise EncodingError("note that does not end in a newline")
    if not 1 <= len(lines) <= MAX_SIGNATURES:
        raise EncodingError(f"note with {len(lines)} signature lines")
    return Note(text[: split + 1], tuple(_parse_line(line) for line in lines))


def parse_signature_line(text: str) -> SignatureLine:
    """One signature line with its newline, as a witness answers it; `EncodingError` for anything else."""
    _require_plain_text(text)
    if not text.endswith("\n"):
        raise EncodingError("signature line that does not end in a newline")
    return _parse_line(text[:-1])


def parse_vkey(text: str) -> NoteKey:
    """The key whose `vkey` is exactly this text; `EncodingError` otherwise, unknown key types included."""
    parts = text.split("+", 2)
    if len(parts) != 3:
        raise EncodingError("verifier key without its three parts")
    name, key_id, encoded = parts
    typed_key = from_base64(encoded)
    if not typed_key or typed_key[0] not in set(KeyType):
        raise EncodingError("verifier key of unknown type")
    key = NoteKey(name, KeyType(typed_key[0]), typed_key[1:])
    if from_hex(key_id, KEY_ID_LENGTH) != key.key_id:
        raise EncodingError("verifier key with the wrong key id")
    return key


def require_key_name(name: str) -> None:
    """`EncodingError` unless `name` is non-empty, and free of Unicode spaces, plus signs and control characters."""
    if not name or "+" in name or any(character.isspace() for character in name):
        raise EncodingError("key name that is empty or has a space or plus sign")
    _require_plain_text(name)


def to_base64(data: bytes) -> str:
    """Standard padded base64 (RFC 4648 §4), the form of notes."""
    return base64.b64encode(data).decode("ascii")


def from_base64(text: str) -> bytes:
    """Bytes of canonical padded base64; `EncodingError` otherwise."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise EncodingError("not base64") from None
    if to_base64(data) != text:
        raise EncodingError("base64 with trailing bits set")
    return data


def _parse_line(line: str) -> SignatureLine:
    if not line.startswith(_LINE_START):
        raise EncodingError("signature line without its dash")
    name, _, encoded = line[len(_LINE_START) :].partition(" ")
    require_key_name(name)
    data = from_base64(encoded)
    if len(data) <= KEY_ID_LENGTH:
        raise EncodingError("signature line without a signature")
    return SignatureLine(name, data[:KEY_ID_LENGTH], data[KEY_ID_LENGTH:])


def _require_plain_text(text: str) -> None:
    try:
        length = len(text.encode("utf-8"))
    except UnicodeEncodeError:
        raise EncodingError("text with a lone surrogate") from None
    if length > MAX_NOTE_LENGTH:
        raise EncodingError(f"note of {length} bytes")
    if any(character < " " and character != "\n" for character in text):
        raise EncodingError("note with a control character")
