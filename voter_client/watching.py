"""Watching for votes under one's own name: a subscription on disk, and what each notice means to this home (10.5)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from common.errors import EncodingError, SetupError
from common.messages.message import Base64, Count, Digest, decode, encode, message
from common.messages.receipt import Notice
from common.ports import NoticesPort
from common.transport.files import read_if_present, write_durably
from voter_client.journal import Journal


class Origin(StrEnum):
    """Who cast a vote, as far as this home knows."""

    HERE = "cast here"
    PERHAPS_HERE = "of the number of one posted here, which has no receipt"
    ELSEWHERE = "NOT cast here"


@message
class _Watched:
    """The file: a bearer secret, and the number of the last vote that was told."""

    fingerprint: Digest
    subscription: Base64
    told: Count


@dataclass(frozen=True, slots=True)
class Watch:
    """One voter's subscription; `told`: number of the last vote that the voter has been told of."""

    path: Path
    fingerprint: str
    subscription: str
    told: int = 0

    @classmethod
    def load(cls, path: Path, fingerprint: str) -> Watch | None:
        """The one kept in `path`, None if there is none; `SetupError` for a damaged file."""
        data = read_if_present(path)
        if data is None:
            return None
        try:
            found = decode(_Watched, data)
        except EncodingError as error:
            raise SetupError(f"{path}: {error}; subscribe again with --renew") from None
        return cls(path, fingerprint, found.subscription, found.told)

    def save(self) -> Watch:
        """Keep it, durable on return."""
        write_durably(self.path, encode(_Watched(self.fingerprint, self.subscription, self.told)))
        return self

    def news(self, port: NoticesPort) -> Iterator[tuple[Watch, Notice]]:
        """Each vote not told of yet, with the watch to save once it is; `NotAuthenticated` if nobody watches now."""
        watch = self
        while found := port.notices(watch.subscription, watch.told):
            for notice in found:
                if notice.sequence <= watch.told:
                    raise EncodingError("the collector gave notices out of order")
                watch = replace(watch, told=notice.sequence)
                yield watch, notice


def origin(notice: Notice, journal: Journal) -> Origin:
    """Whether this home cast the vote: by digest; one without receipt can be known by its number alone."""
    if notice.digest in {vote.digest for vote in journal.votes}:
        return Origin.HERE
    return Origin.PERHAPS_HERE if notice.sequence in journal.open_numbers else Origin.ELSEWHERE
