"""Checkpoints (C2SP tlog-checkpoint): what a log signs about its tree at one size.

The body is three lines: the log's origin, the tree size, the root in base64. Extension lines are refused. The
log's key name is its origin.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from common.errors import EncodingError, LogError
from common.log.merkle import EMPTY_ROOT, HASH_LENGTH, MAX_SIZE, MerkleTree
from common.log.note import (
    KeyType,
    Note,
    NoteKey,
    SignatureLine,
    from_base64,
    parse_note,
    require_key_name,
    to_base64,
)

_SIZE = re.compile(r"(?:0|[1-9][0-9]{0,18})\Z")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Origin, size in [0, 2^63) and root (32 bytes) of one log; `EncodingError` for anything else.

    The root of size 0 is that of the empty tree.
    """

    origin: str
    size: int
    root: bytes

    def __post_init__(self) -> None:
        require_key_name(self.origin)
        if not 0 <= self.size <= MAX_SIZE:
            raise EncodingError("checkpoint size out of range")
        if len(self.root) != HASH_LENGTH:
            raise EncodingError(f"checkpoint root of {len(self.root)} bytes")
        if self.size == 0 and self.root != EMPTY_ROOT:
            raise EncodingError("checkpoint of size 0 whose root is not the empty tree's")

    @property
    def body(self) -> str:
        """The note text that is signed and cosigned."""
        return f"{self.origin}\n{self.size}\n{to_base64(self.root)}\n"


def parse_checkpoint_body(body: str) -> Checkpoint:
    """The checkpoint whose `body` is exactly this text; `EncodingError` otherwise."""
    lines = body.split("\n")
    if len(lines) != 4 or lines[3] != "":
        raise EncodingError("checkpoint body that is not three lines")
    if not _SIZE.match(lines[1]):
        raise EncodingError("checkpoint size that is not a plain decimal")
    return Checkpoint(lines[0], int(lines[1]), from_base64(lines[2]))


def sign_checkpoint(checkpoint: Checkpoint, private_key: Ed25519PrivateKey, name: str) -> str:
    """The note text of `checkpoint` with the log's Ed25519 signature under key name `name`, its origin."""
    key = NoteKey(name, KeyType.ED25519, private_key.public_key().public_bytes_raw())
    signature = private_key.sign(checkpoint.body.encode("utf-8"))
    return Note(checkpoint.body, (SignatureLine(name, key.key_id, signature),)).text


def read_checkpoint(text: str) -> tuple[Note, Checkpoint]:
    """A checkpoint note and its body, nothing verified yet; `LogError` if either is malformed."""
    try:
        note = parse_note(text)
        return note, parse_checkpoint_body(note.body)
    except EncodingError as error:
        raise LogError(f"malformed checkpoint: {error}") from error


def open_log_signed(text: str, log_key: NoteKey) -> Checkpoint:
    """The checkpoint of the log `log_key.name`; `LogError` unless it carries exactly one line under that name,
    with that key's id and a valid signature. Lines under other names are not looked at.
    """
    note, checkpoint = read_checkpoint(text)
    if checkpoint.origin != log_key.name:
        raise LogError("checkpoint of another log")
    lines = [line for line in note.signatures if line.name == log_key.name]
    if len(lines) != 1:
        raise LogError(f"checkpoint with {len(lines)} signatures of its log, where one is due")
    if lines[0].key_id != log_key.key_id:
        raise LogError("checkpoint signed with an unknown key of its log")
    log_key.verify(lines[0].signature, note.body.encode("utf-8"))
    return checkpoint


def verify_tree(checkpoint: Checkpoint, tree: MerkleTree) -> None:
    """`LogError` unless `checkpoint` is the head of a prefix of `tree`: L2 for whoever holds all entries."""
    if tree.root(checkpoint.size) != checkpoint.root:
        raise LogError(f"checkpoint of size {checkpoint.size} is of another log history")
