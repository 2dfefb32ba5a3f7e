"""The files of an election record, read one at a time (spec chapter 13).

A record maps paths to bytes; nothing here touches a disk. Each file has exactly one form, and is read when first
looked at, so that an audit still sees the rest of a record with one broken file. What the files must say together is
in `common.tally.record`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cached_property
from operator import attrgetter
from types import MappingProxyType
from typing import TypeVar, cast

from common.crypto.cryptosystem import KeyProof
from common.errors import MalformedMessage, RuleBroken, ValikError
from common.log.checkpoint import read_checkpoint
from common.log.entries import Entry
from common.messages.acts import Signed
from common.messages.ballot import Ballot, ballot_digest
from common.messages.manifest import Manifest
from common.messages.message import decode
from common.messages.result import Accounting, AccountingSets, Aggregates, Result, SignedAnswer
from common.messages.vote import RecordedVote

M = TypeVar("M")

SHARD_LINES = 256
"""Log entries, or nameless ballots, in one file: the width of a log tile."""
PUBLIC, SWORN = "public/", "sworn/"
LOG, BALLOTS, VOTES = "public/log/", "public/ballots/", "sworn/votes/"

DOCUMENTS: Mapping[str, Callable[[RecordFiles], object]] = MappingProxyType(
    {
        "public/manifest.json": attrgetter("manifest"),
        "public/key-proof.json": attrgetter("key_proof"),
        "public/checkpoints.json": attrgetter("checkpoints"),
        "public/orders.json": attrgetter("orders"),
        "public/exclusions.json": attrgetter("exclusions"),
        "public/aggregates.json": attrgetter("aggregates"),
        "public/shares.json": attrgetter("shares"),
        "public/result.json": attrgetter("result"),
        "public/accounting.json": attrgetter("accounting"),
        "sworn/roll.json": attrgetter("roll"),
        "sworn/changes.json": attrgetter("changes"),
        "sworn/revocations.json": attrgetter("revocations"),
        "sworn/accounting.json": attrgetter("sets"),
    }
)
"""The files that are one JSON document, and how each is read."""

_SHARD = re.compile(r"(public/log/|public/ballots/|sworn/votes/)([0-9]{6})\.jsonl\Z")


_CODE = re.compile(r"\d{11,}")


def shown_path(path: str) -> str:
    """Any path in print: on one line, and without what may be a personal code, whoever named the file."""
    return _CODE.sub("…", path if path.isprintable() else ascii(path))


def shard_path(folder: str, number: int) -> str:
    """Path of a folder's shard of that number: `public/log/000000.jsonl`."""
    return f"{folder}{number:06}.jsonl"


class RecordFiles:
    """A record's files. Reading one raises `MalformedMessage` or `RuleBroken`, with path, if it is not in form."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = files
        self._shards: dict[str, tuple[object, ...]] = {}

    @property
    def sworn(self) -> bool:
        """True if there is a sworn part, be it whole or not."""
        return any(path.startswith(SWORN) for path in self.files)

    def read(self, path: str) -> None:
        """Read the file at this path; raises for a path that no record has."""
        shard = _SHARD.match(path)
        if path in DOCUMENTS:
            DOCUMENTS[path](self)
        elif shard is not None:
            self._shard(_LINES[shard[1]], path)
        else:
            raise RuleBroken("no file of a record has this path")

    # --- public

    @cached_property
    def manifest(self) -> Signed:
        return self._document(Signed, "public/manifest.json")

    @property
    def rules(self) -> Manifest:
        """The manifest itself, its signature not verified."""
        body = self.manifest.body
        if not isinstance(body, Manifest):
            raise RuleBroken("public/manifest.json: the signed document is not a manifest")
        return body

    @cached_property
    def key_proof(self) -> KeyProof:
        return self._document(KeyProof, "public/key-proof.json")

    @cached_property
    def log(self) -> tuple[Entry, ...]:
        entries = self._lines(Entry.decode, LOG)
        if not entries:
            raise RuleBroken(f"{shard_path(LOG, 0)} is missing")
        return entries

    @cached_property
    def checkpoints(self) -> tuple[str, ...]:
        path = "public/checkpoints.json"
        texts = self._document(tuple[str, ...], path)
        try:
            due = in_order(texts)
            bodies = [read_checkpoint(text)[0].body for text in texts]
        except ValikError as error:
            raise MalformedMessage(f"{path}: {error}") from None
        if texts != due or len(set(bodies)) != len(bodies):
            raise MalformedMessage(f"{path}: not sorted by size and text, or with one tree twice")
        return texts

    @cached_property
    def orders(self) -> tuple[Signed, ...]:
        return self._document(tuple[Signed, ...], "public/orders.json")

    @cached_property
    def exclusions(self) -> tuple[Signed, ...]:
        return self._document(tuple[Signed, ...], "public/exclusions.json")

    @cached_property
    def aggregates(self) -> Aggregates:
        return self._document(Aggregates, "public/aggregates.json")

    @cached_property
    def shares(self) -> tuple[SignedAnswer, ...]:
        path = "public/shares.json"
        answers = self._document(tuple[SignedAnswer, ...], path)
        trustees = [signed.answer.trustee for signed in answers]
        if trustees != sorted(set(trustees)):
            raise MalformedMessage(f"{path}: not sorted by trustee, or with one twice")
        return answers

    @cached_property
    def result(self) -> Result:
        return self._document(Result, "public/result.json")

    @cached_property
    def accounting(self) -> Accounting:
        return self._document(Accounting, "public/accounting.json")

    @cached_property
    def ballots(self) -> tuple[Ballot, ...] | None:
        """The nameless counted ballots; None if the election does not publish them."""
        if self.rules.policies.publication != "public":
            return None
        ballots = self._lines(_ballot, BALLOTS)
        digests = [ballot_digest(ballot) for ballot in ballots]
        if digests != sorted(set(digests)):
            raise MalformedMessage(f"{BALLOTS}: not sorted by digest, or with a ballot twice")
        return ballots

    # --- sworn

    @cached_property
    def roll(self) -> Signed:
        return self._document(Signed, "sworn/roll.json")

    @cached_property
    def changes(self) -> tuple[Signed, ...]:
        return self._document(tuple[Signed, ...], "sworn/changes.json")

    @cached_property
    def revocations(self) -> tuple[Signed, ...]:
        return self._document(tuple[Signed, ...], "sworn/revocations.json")

    @cached_property
    def votes(self) -> tuple[RecordedVote, ...]:
        """All shards' votes; that they are the log's, and each in its shard, is not looked at here."""
        return tuple(vote for number in self.shards(VOTES) for vote in self.votes_of(number))

    def votes_of(self, number: int) -> tuple[RecordedVote, ...]:
        """The votes of one shard."""
        return self._shard(_recorded_vote, shard_path(VOTES, number))

    @cached_property
    def sets(self) -> AccountingSets:
        return self._document(AccountingSets, "sworn/accounting.json")

    # --- inside

    def shards(self, folder: str) -> list[int]:
        """Numbers of the shards that there are in a folder, ascending."""
        found = (_SHARD.match(path) for path in self.files)
        return sorted(int(shard[2]) for shard in found if shard is not None and shard[1] == folder)

    def _bytes(self, path: str) -> bytes:
        if path not in self.files:
            raise RuleBroken(f"{path} is missing")
        return self.files[path]

    def _document(self, kind: type[M], path: str) -> M:
        data = self._bytes(path)
        try:
            return decode(kind, data)
        except MalformedMessage as error:
            raise MalformedMessage(f"{path}: {error}") from None

    def _shard(self, read: Callable[[bytes], M], path: str) -> tuple[M, ...]:
        """A file of canonical JSON lines, at least one, each with its newline; read once."""
        if path in self._shards:
            return cast(tuple[M, ...], self._shards[path])
        *lines, rest = self._bytes(path).split(b"\n")
        if rest or not lines:
            raise MalformedMessage(f"{path}: empty, or not ending in a newline")
        found: list[M] = []
        for number, line in enumerate(lines, 1):
            try:
                found.append(read(line))
            except MalformedMessage as error:
                raise MalformedMessage(f"{path}, line {number}: {error}") from None
        self._shards[path] = tuple(found)
        return tuple(found)

    def _lines(self, read: Callable[[bytes], M], folder: str) -> tuple[M, ...]:
        """A folder whose shards are all full but the last."""
        numbers = self.shards(folder)
        found: list[M] = []
        for number in range(len(numbers)):
            path = shard_path(folder, number)
            lines = self._shard(read, path)
            if len(lines) > SHARD_LINES or (len(lines) < SHARD_LINES and number + 1 < len(numbers)):
                raise MalformedMessage(f"{path}: {len(lines)} lines, where {SHARD_LINES} are due")
            found.extend(lines)
        return tuple(found)


def in_order(checkpoints: tuple[str, ...]) -> tuple[str, ...]:
    """The distinct notes, sorted by tree size and text; `LogError` for one that is no checkpoint."""
    return tuple(sorted(set(checkpoints), key=lambda text: (read_checkpoint(text)[1].size, text)))


def _ballot(line: bytes) -> Ballot:
    return decode(Ballot, line)


def _recorded_vote(line: bytes) -> RecordedVote:
    return decode(RecordedVote, line)


_LINES: Mapping[str, Callable[[bytes], object]] = {LOG: Entry.decode, BALLOTS: _ballot, VOTES: _recorded_vote}
