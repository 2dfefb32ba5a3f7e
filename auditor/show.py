"""What is this file? Any message, checkpoint, or verification code, in words, checked as far as one file can be."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

from auditor.fields import describe
from auditor.kinds import BODIES, BY_FIELDS, KINDS, Kind
from common.encoding import canonical
from common.errors import EncodingError, LogError, MalformedMessage
from common.log.checkpoint import Checkpoint, read_checkpoint
from common.log.entries import Entry
from common.log.note import parse_note
from common.messages.acts import Signed, roll_digest, signed_digest
from common.messages.ballot import Ballot, ballot_digest
from common.messages.manifest import Manifest, fingerprint
from common.messages.message import decode, encode
from common.messages.receipt import Receipt
from common.messages.roll import ChangeSet, Roll
from common.messages.vote import RecordedVote, SignedBallot, digest_of, vote_id
from common.tally.candidate import Candidate

CODE = "VALIK1:"
_DIGEST, _KEY = re.compile(r"[0-9a-f]{64}\Z"), re.compile(r"[A-Za-z0-9_-]{43}\Z")
_PINNED = (("value", "not shown; hold it against what was announced"),)
_CODE_BYTES, _OPEN_BYTES = 56, 24
"""A verification code is fingerprint prefix (8 bytes), vote id (16) and the seed, which is never shown."""


@dataclass(frozen=True, slots=True)
class Found:
    """A file explained. `message`: what was decoded, for checks; None where there is nothing to check."""

    kind: Kind
    rows: tuple[tuple[str, str], ...]
    message: object = None


def explain(data: bytes) -> Found:
    """What these bytes are; `MalformedMessage` if nobody here would take them, with the reason as far as known."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise MalformedMessage("neither text nor a message of this project") from None
    if text.strip().startswith(CODE):
        return _code(text.strip())
    if "PRIVATE KEY-----" in text:
        return Found(Kind("private key", "SECRET: whoever has it can act for its owner. Give it to nobody."), ())
    if text.startswith(("{", "[")):
        return _json(data)
    return _line(text.removesuffix("\n")) or _note(text)


def _line(text: str) -> Found | None:
    """What authority and election are pinned by. Not shown: a seed or a salt would look the same."""
    if _DIGEST.match(text):
        what = "32 bytes in hex, such as an election's fingerprint, in fingerprint.txt."
        return Found(Kind("digest or nonce", what), _PINNED)
    if _KEY.match(text):
        what = "32 bytes in base64url, such as the election authority's key, in authority.key."
        return Found(Kind("public key", what), _PINNED)
    return None


def _code(text: str) -> Found:
    body = text.removeprefix(CODE)
    try:
        data = base64.b32decode(body + "=" * (-len(body) % 8))
    except (binascii.Error, ValueError):
        data = b""
    if len(data) != _CODE_BYTES:
        raise MalformedMessage("a verification code that is damaged or cut short")
    what = "SECRET: whoever has it can read one vote. Give it to your own verifying device alone."
    left = "what it opens: `valik verify` shows the vote"
    rows = (
        ("fingerprint begins with", data[:8].hex()),
        ("vote id", data[8:_OPEN_BYTES].hex()),
        ("seed", "not shown"),
    )
    return Found(Kind("verification code", what, left=left), rows)


def _note(text: str) -> Found:
    try:
        note = parse_note(text)
    except EncodingError:
        raise MalformedMessage("no message in canonical JSON, no signed note, no verification code") from None
    signers = tuple((f"signature line {n}", line.name) for n, line in enumerate(note.signatures, start=1))
    try:
        _, checkpoint = read_checkpoint(text)
    except LogError:
        return Found(Kind("signed note", "A text with signature lines (C2SP signed note)."), signers)
    kind = Kind("checkpoint", "The head of a log: all entries so far, in one hash.")
    return Found(kind, (*_head(checkpoint), *signers), note)


def _head(checkpoint: Checkpoint) -> tuple[tuple[str, str], ...]:
    return ("log", checkpoint.origin), ("entries", str(checkpoint.size)), ("root", checkpoint.root.hex())


def _json(data: bytes) -> Found:
    value = _parsed(data.strip(b"\n"))
    if isinstance(value, list):
        return _many(value, "list")
    if value is None:
        lines = [_parsed(line) for line in data.splitlines()]
        if len(lines) < 2 or any(line is None for line in lines):
            raise MalformedMessage("not canonical JSON")
        return _many(lines, "file of lines")
    return _one(value, data)


def _many(values: list[Any], word: str) -> Found:
    """A list's length, and its first member explained."""
    first = values[0] if values else None
    if values and not isinstance(first, dict | str):
        raise MalformedMessage(f"a {word} of what is no message of this project")
    if not isinstance(first, dict):
        what = "Checkpoints, to be shown one by one." if isinstance(first, str) else "Nothing is in it."
        return Found(Kind(f"{word} of {len(values)}", what), ())
    inner = _one(first, canonical.encode(first))
    return Found(Kind(f"{word} of {len(values)}; the first: {inner.kind.name}", inner.kind.what), inner.rows)


def _parsed(data: bytes) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


def _one(value: dict[str, Any], data: bytes) -> Found:
    names = frozenset(value)
    if names == {"body", "signature"}:
        signed = decode(Signed, data)
        return Found(BODIES[type(signed.body)], (*_digests(signed), *describe(signed.body)), signed)
    if names == {"digest", "kind"}:
        kind = Kind("log entry", "One entry of the log: what kind of thing it is, and its digest.")
        return Found(kind, (("kind", Entry.decode(data).kind), ("digest", Entry.decode(data).digest)))
    alike = [kind for kind in KINDS if names == {field.name for field in fields(kind.type)}]
    for number, kind in enumerate(alike, start=1):
        try:
            message = decode(kind.type, data)
        except MalformedMessage:
            if number == len(alike):
                raise
        else:
            return Found(kind, (*_digests(message), *describe(message), *_statement(message)), message)
    if names in BY_FIELDS:
        return Found(BY_FIELDS[names], (("SHA-256", hashlib.sha256(data).hexdigest()),))
    raise MalformedMessage("JSON, but with the fields of no message of this project")


def _digests(message: object) -> Iterator[tuple[str, str]]:
    """What others know it by."""
    if isinstance(message, Signed):
        if isinstance(message.body, Manifest):
            yield "election fingerprint", fingerprint(message.body)
        else:
            if isinstance(message.body, Roll | ChangeSet):
                yield "digest of the roll", roll_digest(message.body)
            if not isinstance(message.body, Roll):
                yield "digest in the log", signed_digest(message)
    if isinstance(message, RecordedVote):
        yield "digest in the log", digest_of(message)
        yield "vote id", vote_id(encode(message.vote))
    if isinstance(message, SignedBallot):
        yield "vote id", vote_id(encode(message))
    ballot = ballot_of(message)
    if ballot is not None:
        yield "digest of the ballot", ballot_digest(ballot)


def _statement(message: object) -> Iterator[tuple[str, str]]:
    """What is inside a signature, or a checkpoint inside a message."""
    vote = message.vote if isinstance(message, RecordedVote) else message
    if isinstance(vote, SignedBallot):
        yield from describe(Candidate(encode(vote)).statement, "signed statement")
    if isinstance(message, Receipt):
        note, checkpoint = read_checkpoint(message.checkpoint)
        yield from ((f"checkpoint: {label}", text) for label, text in _head(checkpoint))
        yield "checkpoint: signed by", ", ".join(line.name for line in note.signatures)


def ballot_of(message: object) -> Ballot | None:
    """The ballot in a message, None if there is none."""
    if isinstance(message, RecordedVote):
        return message.vote.ballot
    if isinstance(message, SignedBallot):
        return message.ballot
    return message if isinstance(message, Ballot) else None
