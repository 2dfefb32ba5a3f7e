"""Log entries and the order they must stand in (the structural part of L6).

An entry says of what kind a thing is and what its digest is, and nothing else: no time, no name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from common.encoding.hashing import DIGEST_LENGTH
from common.encoding.octets import from_hex
from common.errors import EncodingError, LogError, MalformedMessage


class EntryKind(StrEnum):
    """What an entry's digest is of."""

    OPEN = "open"  # the election fingerprint
    VOTE = "vote"  # a recorded vote
    ROLL_CHANGE = "roll-change"  # a signed change set of the voter roll
    REVOCATION = "revocation"  # a signed revocation list
    EXCLUSION = "exclusion"  # a signed exclusion
    EXTENSION = "extension"  # a signed extension of voting
    CLOSE = "close"  # a signed order
    FINAL = "final"  # a signed order
    ABANDONMENT = "abandonment"  # a signed abandonment


_FORM = re.compile(rb'\{"digest":"([0-9a-f]{64})","kind":"([a-z-]+)"\}\Z')
_KINDS = {str(kind): kind for kind in EntryKind}
_AFTER_CLOSE = frozenset(
    {EntryKind.ROLL_CHANGE, EntryKind.REVOCATION, EntryKind.EXCLUSION, EntryKind.FINAL, EntryKind.ABANDONMENT}
)
PHASE_KINDS = (EntryKind.EXTENSION, EntryKind.CLOSE, EntryKind.FINAL, EntryKind.ABANDONMENT)
"""What says when voting and counting end."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Kind and digest (64 lower-case hex digits); `EncodingError` on any other digest."""

    kind: EntryKind
    digest: str

    def __post_init__(self) -> None:
        from_hex(self.digest, DIGEST_LENGTH)

    def encode(self) -> bytes:
        """The canonical JSON `{"digest":"…","kind":"…"}`: the leaf data of the tree."""
        return b'{"digest":"%s","kind":"%s"}' % (self.digest.encode("ascii"), self.kind.encode("ascii"))

    @classmethod
    def decode(cls, data: bytes) -> Entry:
        """The entry whose encoding is exactly `data`; `EncodingError` for any other bytes, unknown kinds included."""
        match = _FORM.match(data)
        if match is None:
            raise MalformedMessage("log entry that is not the canonical JSON of a digest and a kind")
        digest, kind = match[1].decode("ascii"), match[2].decode("ascii")
        if kind not in _KINDS:
            raise MalformedMessage("log entry of unknown kind")
        return cls(_KINDS[kind], digest)


@dataclass(frozen=True, slots=True)
class LogShape:
    """Where `close`, `final` and `abandonment` stand; None for one that did not come."""

    close_index: int | None
    final_index: int | None
    abandonment_index: int | None = None

    def close_tree_size(self) -> int:
        """Size of the tree that ends at `close`; `LogError` if the log is still open."""
        if self.close_index is None:
            raise LogError("the log has no close entry")
        return self.close_index + 1

    def final_tree_size(self) -> int:
        """Size of the final tree, which ends at the first `final`; `LogError` if there is none yet."""
        if self.final_index is None:
            raise LogError("the log has no final entry")
        return self.final_index + 1


def verify_order(entries: Iterable[Entry]) -> LogShape:
    """Where the log's phases end; `LogError` at the first entry that is out of order.

    `open` first and only there; one `close` at most; after it only `revocation`, `roll-change`, `exclusion`, then
    one `final`; in place of all that is still to come, one `abandonment`. After these two nothing. A log that ends
    early in this order passes.
    """
    close_index: int | None = None
    final_index: int | None = None
    abandonment_index: int | None = None
    count = 0
    for index, entry in enumerate(entries):
        kind = entry.kind
        if final_index is not None:
            raise LogError(f"entry {index} stands after the final entry {final_index}")
        if abandonment_index is not None:
            raise LogError(f"entry {index} stands after the abandonment entry {abandonment_index}")
        if (kind is EntryKind.OPEN) != (index == 0):
            raise LogError(f"entry {index} is {kind}: the first entry, and no other, is open")
        if close_index is not None and kind not in _AFTER_CLOSE:
            raise LogError(f"entry {index} is {kind}, after the close entry {close_index}")
        if kind is EntryKind.CLOSE:
            close_index = index
        elif kind is EntryKind.FINAL:
            if close_index is None:
                raise LogError(f"entry {index} is final, in a log that is not closed")
            final_index = index
        elif kind is EntryKind.ABANDONMENT:
            abandonment_index = index
        count += 1
    if count == 0:
        raise LogError("an empty log, without its open entry")
    return LogShape(close_index, final_index, abandonment_index)


def decode_entries(leaves: Iterable[bytes]) -> tuple[Entry, ...]:
    """Entries of a log from its leaf data; `LogError` naming the first that is malformed."""
    entries: list[Entry] = []
    for index, data in enumerate(leaves):
        try:
            entries.append(Entry.decode(data))
        except EncodingError as error:
            raise LogError(f"entry {index} is malformed: {error}") from error
    return tuple(entries)
