"""Witness cosignatures (C2SP tlog-cosignature, `cosignature/v1`, type 0x04).

A cosignature says: as of this time, this is the largest head of this log that I saw, and it extends every
earlier one. It signs the lines `cosignature/v1` and `time N`, then the checkpoint body; the signature bytes are
the time (8 bytes, big-endian, seconds since 1970) and 64 bytes of Ed25519.
"""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from common.errors import LogError
from common.log.note import SIGNATURE_LENGTH, KeyType, NoteKey, SignatureLine

MAX_TIME = 2**63 - 1
_TIME_LENGTH = 8


def cosigned_message(body: str, time: int) -> bytes:
    """The bytes that a witness signs; `time` in [0, 2^63)."""
    return f"cosignature/v1\ntime {time}\n{body}".encode()


def cosign(body: str, private_key: Ed25519PrivateKey, name: str, time: int) -> str:
    """The signature line, with its newline, of witness `name` on a checkpoint body at `time` (seconds since 1970).

    Signs blindly: that the checkpoint extends the last one is for the witness to check first. `LogError` if the
    time is out of range.
    """
    if not 0 <= time <= MAX_TIME:
        raise LogError("cosignature time out of range")
    key = NoteKey(name, KeyType.COSIGNATURE_V1, private_key.public_key().public_bytes_raw())
    signature = time.to_bytes(_TIME_LENGTH, "big") + private_key.sign(cosigned_message(body, time))
    return SignatureLine(name, key.key_id, signature).text


def verify_cosignature(body: str, line: SignatureLine, key: NoteKey) -> int:
    """The time (seconds since 1970) that `key` vouches for; `LogError` unless the line is its valid cosignature."""
    if key.key_type is not KeyType.COSIGNATURE_V1 or (line.name, line.key_id) != (key.name, key.key_id):
        raise LogError(f"signature line that is not of witness {key.name}")
    if len(line.signature) != _TIME_LENGTH + SIGNATURE_LENGTH:
        raise LogError(f"cosignature of {len(line.signature)} bytes by {key.name}")
    time = int.from_bytes(line.signature[:_TIME_LENGTH], "big")
    if time > MAX_TIME:
        raise LogError("cosignature time out of range")
    key.verify(line.signature[_TIME_LENGTH:], cosigned_message(body, time))
    return time
