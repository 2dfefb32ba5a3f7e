"""What the log means so far: the roll's newest version, each voter's chain head, whether and how long voting is open.

Rebuilt from the store at start, then kept in step with every commit.
"""

from __future__ import annotations

from collections import defaultdict

from collector.store import Store, StoredVote
from common.encoding.times import from_rfc3339
from common.errors import ServiceRefused
from common.log.covering import CoveringTimes
from common.log.witnessed import open_checkpoint
from common.messages.acts import Abandonment, Exclusion, Extension, Order, Signed, signed_digest
from common.messages.election import Election
from common.messages.message import decode
from common.messages.roll import ChangeSet
from common.tally.candidate import Candidate, Head
from common.tally.end_of_voting import EndOfVoting, end_of_voting
from common.tally.roll_history import RollHistory


class Ledger:
    """Facts of the running election; the writer's lock guards every change."""

    def __init__(self, election: Election, roll: RollHistory, store: Store) -> None:
        self._election = election
        self._store = store
        self.roll = roll
        self.heads: dict[str, Head] = {}
        self.acts: dict[str, int] = {}
        self.votes: set[int] = set()
        self.excluded: set[int] = set()
        self.extensions: list[tuple[int, int]] = []
        self.closed = False
        self.final = False
        self.abandoned = False
        self._recorded: defaultdict[str, list[tuple[Head, int]]] = defaultdict(list)
        for vote in store.votes():
            self.record_vote(vote)
        for position, document in store.documents():
            self.record_act(decode(Signed, document), position)

    def record_vote(self, row: StoredVote) -> None:
        """A committed vote becomes its voter's head."""
        vote = Candidate(row.signed_ballot, row.ocsp)
        self.votes.add(row.position)
        head = Head(row.position, vote.digest, vote.statement.sequence)
        self.heads[vote.statement.voter] = head
        self._recorded[vote.statement.voter].append((head, row.time))

    def record_act(self, signed: Signed, position: int) -> None:
        """A committed act: a change of the roll takes effect, an order ends a phase, others wait for the count.

        An extension waits for the witnesses: `end` says whether they saw it in time.
        """
        self.acts[signed_digest(signed)] = position
        if isinstance(signed.body, ChangeSet):
            self.roll = self.roll.apply(signed.body)
        elif isinstance(signed.body, Exclusion):
            self.excluded.add(signed.body.index)
        elif isinstance(signed.body, Extension):
            self.extensions.append((position, from_rfc3339(signed.body.closes)))
        elif isinstance(signed.body, Abandonment):
            self.abandoned = True
        elif isinstance(signed.body, Order):
            self.closed = True
            self.final = self.final or signed.body.kind == "final"

    def recorded_at(self, voter: str) -> int:
        """When this voter's head was recorded, by the collector's clock; the voter must have one."""
        return self._recorded[voter][-1][1]

    def recent(self, voter: str, since: int) -> int:
        """How many votes of this voter were recorded at or after `since`."""
        return sum(time >= since for _, time in self._recorded.get(voter, ()))

    def recorded(self, voter: str) -> tuple[tuple[Head, int], ...]:
        """All recorded votes of this voter, in log order, each with the time of recording."""
        return tuple(self._recorded.get(voter, ()))

    @property
    def end(self) -> EndOfVoting:
        """The end of voting, as far as the witnesses saw extensions: what every audit will hold votes to."""
        return end_of_voting(self._election, self.extensions, self._covered)

    @property
    def named_end(self) -> int:
        """The latest end that the manifest or an extension names, in force or not."""
        return self.extensions[-1][1] if self.extensions else self._election.closes

    @property
    def awaits_witnesses(self) -> bool:
        """True while nobody can know yet whether the last extension came in time."""
        return bool(self.extensions) and self._covered(self.extensions[-1][0]) is None

    def _covered(self, position: int) -> int | None:
        note = self._store.covering_checkpoint(position)
        if note is None:
            return None
        witnessed = open_checkpoint(note, self._election.log_trust)
        return CoveringTimes([witnessed], self._election.manifest.witnesses.quorum).of(position)

    def require_open(self) -> None:
        """Raise `ServiceRefused` once the log is closed to votes."""
        if self.abandoned:
            raise ServiceRefused("the election was abandoned")
        if self.closed:
            raise ServiceRefused("voting is closed")
