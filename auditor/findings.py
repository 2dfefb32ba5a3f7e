"""What an audit finds: the report as data, and the announced result as people read it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Literal

from auditor.ledger import Row
from common.messages.manifest import Manifest
from common.messages.result import Outcome, Result


@dataclass(frozen=True, slots=True)
class PoolResult:
    """What one aggregate opened to. `unit` holds the pool, `units` (titles) are pooled; no counts if not opened."""

    unit: str
    units: tuple[str, ...]
    ballots: int
    counts: tuple[int, ...]

    @property
    def merged(self) -> bool:
        """True if this is not simply the holding unit's own ballots."""
        return self.units != (self.unit,)


@dataclass(frozen=True, slots=True)
class ContestResult:
    """One contest as announced: `ballots` opened, `unopened` ballots in pools below the minimum."""

    id: str
    title: str
    options: tuple[str, ...]
    counts: tuple[int, ...]
    ballots: int
    unopened: int
    pools: tuple[PoolResult, ...]


@dataclass(frozen=True, slots=True)
class Excluded:
    """A vote that the authority left out: its log index, the check it fails, the authority's reason."""

    index: int
    check: str
    reason: str


@dataclass(frozen=True, slots=True)
class AuditReport:
    """`fingerprint` is None if the manifest cannot be read. `accounting` lists (set, votes) as published."""

    title: str
    fingerprint: str | None
    scope: Literal["public", "sworn"]
    insecure: bool
    rows: tuple[Row, ...]
    notes: tuple[str, ...]
    exclusions: tuple[Excluded, ...]
    accounting: tuple[tuple[str, int], ...]
    contests: tuple[ContestResult, ...]

    @property
    def passed(self) -> bool:
        """True if no check failed and none was left out that this auditor should have run."""
        return all(row.good for row in self.rows)

    @property
    def broken(self) -> tuple[str, ...]:
        """Ids of the checks for which the audit fails."""
        return tuple(row.id for row in self.rows if not row.good)

    @property
    def merges(self) -> tuple[str, ...]:
        """A sentence for each pool of several units."""
        return tuple(
            f"{contest.title}: {', '.join(pool.units)} counted together, held by {pool.unit} ({pool.ballots} ballots)"
            for contest in self.contests
            for pool in contest.pools
            if pool.merged
        )

    def to_json(self) -> str:
        """The whole report as indented JSON, for other programs."""
        shown = {"passed": self.passed, "broken": self.broken, **asdict(self), "merges": self.merges}
        return json.dumps(shown, indent=2, ensure_ascii=False)


def contest_results(manifest: Manifest, result: Result) -> tuple[ContestResult, ...]:
    """The announced result with titles, in manifest order. Requires T6, for the result names only what there is."""
    titles = {unit.id: unit.title for unit in manifest.units}
    totals = {total.contest: total for total in result.totals}
    return tuple(
        ContestResult(
            contest.id,
            contest.title,
            contest.options,
            totals[contest.id].counts,
            totals[contest.id].ballots,
            totals[contest.id].unopened,
            tuple(_pool(outcome, titles) for outcome in result.outcomes if outcome.contest == contest.id),
        )
        for contest in manifest.contests
    )


def _pool(outcome: Outcome, titles: dict[str, str]) -> PoolResult:
    units = tuple(titles[unit] for unit in outcome.units)
    return PoolResult(titles[outcome.unit], units, outcome.ballots, outcome.counts)
