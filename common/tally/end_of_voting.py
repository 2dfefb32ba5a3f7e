"""The end of voting: the manifest's, moved by the extensions that the witnesses saw in time (spec 7.7)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from common.encoding.times import from_rfc3339
from common.errors import LogError
from common.log.covering import CoveringTimes
from common.messages.acts import Extension, Signed
from common.messages.election import Election
from common.tally.evidence import PublicLog


@dataclass(frozen=True, slots=True)
class EndOfVoting:
    """(index of an extension in the log, the end in seconds since 1970 from there on), both ascending.

    The first one is the manifest's end, which stands before all entries.
    """

    moves: tuple[tuple[int, int], ...]

    @property
    def latest(self) -> int:
        """The end in force for whatever is logged next."""
        return self.moves[-1][1]

    def at(self, index: int) -> int:
        """The end in force for log entry `index`: an extension holds for the entries after its own."""
        return max(closes for position, closes in self.moves if position < index)


def end_of_voting(
    election: Election, extensions: Iterable[tuple[int, int]], covered: Callable[[int], int | None]
) -> EndOfVoting:
    """Take the logged extensions (log index, new end) in order.

    One that is covered more than `grace` after the end that stood before it moves nothing, so nobody can open voting
    again. `covered` gives the covering time of a log entry, or None if no quorum has seen it yet.
    """
    moves = [(-1, election.closes)]
    for index, closes in extensions:
        time = covered(index)
        if time is not None and time <= moves[-1][1] + election.manifest.times.grace:
            moves.append((index, closes))
    return EndOfVoting(tuple(moves))


def logged_end(
    election: Election, log: PublicLog, acts: Mapping[str, Signed], covering: CoveringTimes
) -> EndOfVoting:
    """The same from a log and its acts by digest; `LogError` if one is missing or not covered."""
    return end_of_voting(election, list(_logged(log, acts)), covering.of)


def _logged(log: PublicLog, acts: Mapping[str, Signed]) -> Iterable[tuple[int, int]]:
    for index in log.positions("extension"):
        signed = acts.get(log.entries[index].digest)
        if signed is None or not isinstance(signed.body, Extension):
            raise LogError(f"the record lacks the extension of log entry {index}")
        yield index, from_rfc3339(signed.body.closes)
