"""The voter roll with all its versions: who was in which unit when (spec 8.2)."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace

from common.errors import RuleBroken
from common.messages.acts import roll_digest
from common.messages.roll import ChangeSet, Roll, RollEntry


@dataclass(frozen=True, slots=True)
class RollHistory:
    """Rows by voter as (version, row or None), ascending; `head` is the digest the next change set must name."""

    rows: dict[str, tuple[tuple[int, RollEntry | None], ...]]
    version: int
    head: str

    def row(self, voter: str, version: int) -> RollEntry | None:
        """The voter's row in that version, None if not on the roll; `RuleBroken` for a version not yet made."""
        if not 0 <= version <= self.version:
            raise RuleBroken(f"roll version {version} is not among 0 to {self.version}")
        history = self.rows.get(voter, ())
        position = bisect_right(history, version, key=lambda item: item[0])
        return history[position - 1][1] if position else None

    def unchanged_since(self, voter: str, version: int) -> bool:
        """True if no change set after `version` touched this voter's row."""
        history = self.rows.get(voter, ())
        return not history or history[-1][0] <= version

    @property
    def ever(self) -> int:
        """How many distinct voter ids were ever on the roll; `max_ballots` bounds this."""
        return len(self.rows)

    def apply(self, changes: ChangeSet) -> RollHistory:
        """The next version; `RuleBroken` unless it continues the chain and every change makes sense."""
        if changes.number != self.version + 1 or changes.previous != self.head:
            raise RuleBroken(f"change set {changes.number} does not continue the roll's chain")
        rows = dict(self.rows)
        for change in changes.changes:
            if change.entry is not None and change.entry.voter != change.voter:
                raise RuleBroken(f"change set {changes.number}: a row names another voter than its change")
            if change.entry is None and self.row(change.voter, self.version) is None:
                raise RuleBroken(f"change set {changes.number} removes a voter who is not on the roll")
            if rows.get(change.voter, ())[-1:] and rows[change.voter][-1][0] == changes.number:
                raise RuleBroken(f"change set {changes.number} names a voter twice")
            rows[change.voter] = (*rows.get(change.voter, ()), (changes.number, change.entry))
        return replace(self, rows=rows, version=changes.number, head=roll_digest(changes))


def start_history(roll: Roll) -> RollHistory:
    """Version 0; `RuleBroken` unless the rows are sorted by voter id and distinct."""
    ids = [entry.voter for entry in roll.voters]
    if ids != sorted(set(ids)):
        raise RuleBroken("the roll is not sorted by voter id, or names a voter twice")
    return RollHistory({entry.voter: ((0, entry),) for entry in roll.voters}, 0, roll_digest(roll))
