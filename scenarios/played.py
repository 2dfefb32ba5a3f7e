"""What a mock election leaves in the hands of the one who plays the population, and whether it is as it was meant."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from common.messages.result import Result
from scenarios.stopwatch import Spent
from scenarios.wishes import Expected

Stage = Callable[[str, int], "Callable[[int], None]"]
"""Called with a stage's name and its number of steps; returns what is told how many are done."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Someone who was rightly turned away, and by which check."""

    who: str
    check: str
    reason: str


@dataclass(slots=True)
class Played:
    """What an election left in the driver's hands."""

    result: Result
    meant: Expected
    refusals: list[Refusal] = field(default_factory=list)
    votes: int = 0
    verified: int = 0
    differences: list[str] = field(default_factory=list)
    stages: Mapping[str, Spent] = field(default_factory=dict)
    parties: Mapping[str, Spent] = field(default_factory=dict)
    """`wall`: while each party's processes lived, and what they took; empty if all parties shared one."""


def in_per_cent(report: Callable[[int], None]) -> Callable[[int, int], None]:
    """For work that reports (done, expected), to a bar of 100 steps; a search may take longer than expected."""
    return lambda done, due: report(min(99, 100 * done // max(due, 1)))


def compare(result: Result, meant: Expected) -> list[str]:
    """Where the announced result is not what the population meant; empty if nowhere."""
    found = []
    for total in result.totals:
        due = meant.totals[total.contest]
        if not total.unopened and total.counts != due:
            found.append(f"{total.contest}: announced {total.counts}, meant {due}")
        ballots = sum(n for (contest, _), n in meant.ballots.items() if contest == total.contest)
        if total.ballots + total.unopened != ballots:
            found.append(f"{total.contest}: {total.ballots + total.unopened} ballots counted, {ballots} meant")
    for outcome in result.outcomes:
        sums = [sum(c) for c in zip(*(meant.counts[outcome.contest, unit] for unit in outcome.units), strict=True)]
        if outcome.counts and outcome.counts != tuple(sums):
            found.append(f"{outcome.contest} in {outcome.unit}: announced {outcome.counts}, meant {tuple(sums)}")
    return found
