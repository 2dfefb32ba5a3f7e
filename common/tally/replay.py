"""The log in order, turned into facts: for each vote what stood when it was recorded, and what became of it.

The outcome is a function of the log up to `final` (or up to its end, before there is one) and the box, no clock.
Replay decides nothing about validity except what the chain rule for excluded votes needs; the checks do the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias, TypeVar

from common.errors import LogError, RuleBroken, ValikError
from common.log.entries import Entry
from common.messages.acts import Exclusion, Revocation
from common.messages.election import Election
from common.messages.roll import ChangeSet, Roll
from common.tally.candidate import Candidate, CastingFacts, Head
from common.tally.end_of_voting import logged_end
from common.tally.evidence import Evidence
from common.tally.roll_history import RollHistory, start_history

Act = TypeVar("Act", ChangeSet, Revocation, Exclusion)
Advances: TypeAlias = Callable[[Candidate, CastingFacts], bool]
"""Whether an *excluded* vote still advances its voter's chain: exactly if C3, C5 and C9 hold of it."""


@dataclass(frozen=True, slots=True)
class LoggedVote:
    """A vote entry: its log index, the vote, the facts of its moment, and the check that an exclusion names."""

    index: int
    voter: str
    candidate: Candidate
    facts: CastingFacts
    excluded: str | None


@dataclass(frozen=True, slots=True)
class Fates:
    """Log indices of the votes, each in one set; B6 demands that together they are all votes."""

    superseded: tuple[int, ...]
    excluded: tuple[int, ...]
    revoked: tuple[int, ...]
    counted: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Replay:
    """All logged votes with their facts, the end state of the chains, and each vote's fate."""

    votes: Mapping[int, LoggedVote]
    heads: Mapping[str, Head]
    fates: Fates
    roll: RollHistory

    def counted(self) -> tuple[LoggedVote, ...]:
        """The counted votes, in log order."""
        return tuple(self.votes[index] for index in self.fates.counted)


def replay(election: Election, evidence: Evidence, advances: Advances) -> Replay:
    """Replay a whole record. Raises a typed error where the log names something that the record does not hold."""
    return _Run(election, evidence, advances).run()


@dataclass(slots=True)
class _Run:
    election: Election
    evidence: Evidence
    advances: Advances
    votes: dict[int, LoggedVote] = field(default_factory=dict)
    heads: dict[str, Head] = field(default_factory=dict)
    superseded: set[int] = field(default_factory=set)
    removed: set[int] = field(default_factory=set)
    revoked_voters: set[str] = field(default_factory=set)

    def run(self) -> Replay:
        body = self.evidence.roll.body
        if not isinstance(body, Roll):
            raise RuleBroken("the signed document in the roll's place is not a roll")
        roll = start_history(body)
        box = self.evidence.candidates_by_digest()
        acts = {digest: act.body for digest, act in self.evidence.acts_by_digest().items()}
        excluded = exclusions(self.entries, acts)
        times = self.evidence.log.covering_times(self.election)
        ends = logged_end(self.election, self.evidence.log, self.evidence.acts_by_digest(), times)
        for index, entry in enumerate(self.entries):
            if entry.kind == "vote":
                if entry.digest not in box:
                    raise RuleBroken(f"the vote of log entry {index} is not in the ballot box")
                candidate = box[entry.digest]
                head = self.heads.get(_named_voter(candidate))
                facts = CastingFacts(self.election, times.of(index), roll, head, ends.at(index))
                self.take(index, candidate, facts, excluded.get(index))
            elif entry.kind == "roll-change":
                roll = self.change(roll, _act(acts, entry, index, ChangeSet))
            elif entry.kind == "revocation":
                self.revoked_voters.update(_act(acts, entry, index, Revocation).voters)
        return Replay(self.votes, self.heads, self.fates(), roll)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The log's entries up to the first `final`."""
        entries = self.evidence.log.entries
        finals = list(self.evidence.log.positions("final"))
        return entries[: finals[0] + 1] if finals else entries

    def take(self, index: int, candidate: Candidate, facts: CastingFacts, excluded: str | None) -> None:
        """A vote entry: with the facts of its moment, let it continue its voter's chain."""
        voter = _named_voter(candidate)
        self.votes[index] = LoggedVote(index, voter, candidate, facts, excluded)
        if excluded is not None and not self.advances(candidate, facts):
            return
        if facts.head is not None:
            self.superseded.add(facts.head.index)
        sequence = facts.head.sequence + 1 if facts.head else 1
        self.heads[voter] = Head(index, candidate.digest, sequence)

    def change(self, roll: RollHistory, changes: ChangeSet) -> RollHistory:
        """A roll change: a removal revokes this voter's votes so far, for good."""
        gone = {change.voter for change in changes.changes if change.entry is None}
        self.removed.update(vote.index for vote in self.votes.values() if vote.voter in gone)
        return roll.apply(changes)

    def fates(self) -> Fates:
        """Superseded before excluded before revoked before counted."""
        excluded = {v.index for v in self.votes.values() if v.excluded is not None} - self.superseded
        heads = {head.index: voter for voter, head in self.heads.items()}
        by_paper = {index for index, voter in heads.items() if voter in self.revoked_voters}
        revoked = (by_paper | (self.removed - self.superseded)) - excluded
        counted = set(heads) - excluded - revoked
        return Fates(*(tuple(sorted(chosen)) for chosen in (self.superseded, excluded, revoked, counted)))


def _named_voter(candidate: Candidate) -> str:
    """Whose chain a vote claims to continue; one that does not even parse continues nobody's."""
    try:
        return candidate.statement.voter
    except ValikError:
        return ""


def _act(acts: Mapping[str, object], entry: Entry, index: int, kind: type[Act]) -> Act:
    found = acts.get(entry.digest)
    if not isinstance(found, kind):
        raise LogError(f"the record lacks the {entry.kind} of log entry {index}")
    return found


def exclusions(entries: tuple[Entry, ...], acts: Mapping[str, object]) -> dict[int, str]:
    """Which check each excluded log index is said to fail; `RuleBroken` unless each names an earlier vote, once."""
    found: dict[int, str] = {}
    for index, entry in enumerate(entries):
        if entry.kind == "exclusion":
            act = _act(acts, entry, index, Exclusion)
            if act.index >= index or entries[act.index].kind != "vote":
                raise RuleBroken(f"the exclusion of log entry {index} names an entry that is no earlier vote")
            if act.index in found:
                raise RuleBroken(f"the exclusion of log entry {index} names a vote excluded before")
            found[act.index] = act.check
    return found
