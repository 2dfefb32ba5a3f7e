"""What the log means so far: the roll's newest version, each voter's chain head, and whether voting is open.

Rebuilt from the store at start, then kept in step with every commit.
"""

from __future__ import annotations

from collections import defaultdict

from collector.store import Store, StoredVote
from common.errors import ServiceRefused
from common.messages.acts import Exclusion, Order, Signed, signed_digest
from common.messages.message import decode
from common.messages.roll import ChangeSet
from common.tally.candidate import Candidate, Head
from common.tally.roll_history import RollHistory


class Ledger:
    """Facts of the running election; the writer's lock guards every change."""

    def __init__(self, roll: RollHistory, store: Store) -> None:
        self.roll = roll
        self.heads: dict[str, Head] = {}
        self.acts: dict[str, int] = {}
        self.votes: set[int] = set()
        self.excluded: set[int] = set()
        self.closed = False
        self.final = False
        self._times: defaultdict[str, list[int]] = defaultdict(list)
        for vote in store.votes():
            self.record_vote(vote)
        for position, document in store.documents():
            self.record_act(decode(Signed, document), position)

    def record_vote(self, row: StoredVote) -> None:
        """A committed vote becomes its voter's head."""
        vote = Candidate(row.signed_ballot, row.ocsp)
        self.votes.add(row.position)
        self.heads[vote.statement.voter] = Head(row.position, vote.digest, vote.statement.sequence)
        self._times[vote.statement.voter].append(row.time)

    def record_act(self, signed: Signed, position: int) -> None:
        """A committed act: a change of the roll takes effect, an order ends a phase, others wait for the count."""
        self.acts[signed_digest(signed)] = position
        if isinstance(signed.body, ChangeSet):
            self.roll = self.roll.apply(signed.body)
        elif isinstance(signed.body, Exclusion):
            self.excluded.add(signed.body.index)
        elif isinstance(signed.body, Order):
            self.closed = True
            self.final = self.final or signed.body.kind == "final"

    def recorded_at(self, voter: str) -> int:
        """When this voter's head was recorded, by the collector's clock; the voter must have one."""
        return self._times[voter][-1]

    def recent(self, voter: str, since: int) -> int:
        """How many votes of this voter were recorded at or after `since`."""
        return sum(time >= since for time in self._times.get(voter, ()))

    def require_open(self) -> None:
        """Raise `ServiceRefused` once the log is closed to votes."""
        if self.closed:
            raise ServiceRefused("voting is closed")
