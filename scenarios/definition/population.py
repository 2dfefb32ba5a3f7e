"""The `[population]` of an election definition: what the mock voters do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from common.checks.draft import Problem
from common.eid.personal_code import voter_id
from common.encoding.times import from_rfc3339
from common.messages.draft import Draft
from common.messages.manifest import Contest, Unit
from common.messages.roll import RollEntry
from scenarios.country.population import people
from scenarios.definition.table import Table

ROLL_CHANGES = ("move", "removal", "addition")
SHORTEST_PERIOD = 60
"""Seconds that mock voters need, and again for each change of the roll."""
MOST_VOTERS = 1_000_000


@dataclass(frozen=True, slots=True)
class Preference:
    """How likely each option of a contest is, in proportion; `unit` None for the units without a row of their own."""

    contest: str
    unit: str | None
    weights: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class PopulationPlan:
    """Numbers of mock voters. `voting` of those on the roll cast a ballot, or the share `turnout` if it is None.

    Of those voting: `revoting` vote again, `three_times` of these a third time; `paper` vote on paper as well;
    `revoked_certificates` (0 or 1) lose their card after the vote; one for each move and removal in `changes`. No
    voter is two of these. `verifying` is of all voting. `not_on_roll` (0 or 1) try though they are not on the
    roll. `sizes`: (unit, voters) where the roll is made up; empty where it comes from a file.
    """

    seed: int
    sizes: tuple[tuple[str, int], ...]
    turnout: float
    voting: int | None
    revoting: int
    three_times: int
    verifying: int
    paper: int
    revoked_certificates: int
    not_on_roll: int
    changes: tuple[str, ...]
    preferences: tuple[Preference, ...]

    def voting_of(self, voters: int) -> int:
        """How many of `voters` on the roll cast a ballot."""
        return int(self.turnout * voters + 0.5) if self.voting is None else self.voting

    @property
    def special(self) -> int:
        """Voters with a part that excludes the other parts."""
        on_roll = sum(change != "addition" for change in self.changes)
        return self.revoting + self.paper + self.revoked_certificates + on_roll


def read_population(table: Table, units: tuple[Unit, ...]) -> PopulationPlan:
    """The section's values; faults go to the table's problems."""
    revoting = table.integer("revoting", 0, default=0)
    found = PopulationPlan(
        seed=table.integer("seed", 0, default=1),
        sizes=_sizes(table, units),
        turnout=table.share("turnout", 1.0),
        voting=table.optional_integer("voting", 0),
        revoting=revoting,
        three_times=table.integer("three_times", 0, default=revoting // 5),
        verifying=table.integer("verifying", 0, default=0),
        paper=table.integer("paper", 0, default=0),
        revoked_certificates=table.integer("revoked_certificates", 0, 1, default=0),
        not_on_roll=table.integer("not_on_roll", 0, 1, default=0),
        changes=table.words("roll_changes", ROLL_CHANGES),
        preferences=tuple(map(_preference, table.tables("preferences"))),
    )
    if "voting" in table and "turnout" in table:
        table.fault("voting", "stands beside turnout; write one of the two")
    table.close()
    return found


def _sizes(table: Table, units: tuple[Unit, ...]) -> tuple[tuple[str, int], ...]:
    """Voters by unit; a single number is spread evenly over the units that vote and have none below them."""
    voters = table.counts("voters", 1)
    if voters is None:
        return ()
    if isinstance(voters, dict):
        votes = {unit.id: bool(unit.contests) for unit in units}
        for name in voters:
            if not votes.get(name):
                known = ", ".join(name for name, voting in votes.items() if voting)
                table.fault("voters", f"names a unit that does not exist or has no contests; write {known}")
        sizes = tuple(voters.items())
    else:
        sizes = spread(min(voters, MOST_VOTERS), units)
    if sum(number for _, number in sizes) >= MOST_VOTERS:
        table.fault("voters", f"are too many; write fewer than {MOST_VOTERS}")
        return ()
    return sizes


def spread(voters: int, units: tuple[Unit, ...]) -> tuple[tuple[str, int], ...]:
    """So many voters, evenly over the units that vote and have none below them."""
    parents = {unit.parent for unit in units}
    leaves = [unit.id for unit in units if unit.contests and unit.id not in parents]
    leaves = leaves or [unit.id for unit in units if unit.contests]
    return tuple(Counter(leaves[number % len(leaves)] for number in range(voters)).items()) if leaves else ()


def in_proportion(voters: int, before: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    """So many voters over the units of `before`, in its proportions: rounded down, what is left to the largest."""
    whole = sum(before.values())
    sizes = {unit: voters * number // whole for unit, number in before.items()}
    for unit in sorted(before, key=lambda unit: -before[unit])[: voters - sum(sizes.values())]:
        sizes[unit] += 1
    return tuple((unit, number) for unit, number in sizes.items() if number)


def resized(plan: PopulationPlan, before: int, sizes: tuple[tuple[str, int], ...]) -> PopulationPlan:
    """The same population with other sizes: every number of voters in proportion, rounded down."""
    voters = sum(number for _, number in sizes)

    def scaled(number: int) -> int:
        return number * voters // max(before, 1)

    return replace(
        plan,
        sizes=sizes,
        voting=None if plan.voting is None else scaled(plan.voting),
        revoting=scaled(plan.revoting),
        three_times=scaled(plan.three_times),
        verifying=scaled(plan.verifying),
        paper=scaled(plan.paper),
        revoked_certificates=plan.revoked_certificates if scaled(plan.special) else 0,
        changes=plan.changes if scaled(plan.special) >= len(plan.changes) else (),
    )


def _preference(table: Table) -> Preference:
    found = Preference(table.name("contest") or "", table.name("unit", optional=True), table.weights("weights"))
    table.close()
    return found


def made_up_roll(plan: PopulationPlan) -> tuple[RollEntry, ...]:
    """A roll of `plan.sizes` voters, sorted by id; the same for the same seed."""
    units = [unit for unit, number in plan.sizes for _ in range(number)]
    found = zip(people(len(units), plan.seed), units, strict=True)
    return tuple(sorted((RollEntry(voter_id(p.code), p.name, unit) for p, unit in found), key=lambda row: row.voter))


def population_problems(plan: PopulationPlan, draft: Draft, roll: tuple[RollEntry, ...]) -> Iterator[Problem]:
    """What keeps this population from voting in this election."""
    yield from _number_problems(plan, len(roll))
    yield from _election_problems(plan, draft, len(roll))
    contests = {contest.id: contest for contest in draft.contests}
    units = {unit.id: unit for unit in draft.units}
    seen = set[tuple[str, str | None]]()
    for number, preference in enumerate(plan.preferences, 1):
        place = f"population.preferences[{number}]"
        yield from _preference_problems(preference, contests, units, place)
        if (preference.contest, preference.unit) in seen:
            yield Problem(place, "there is another for this contest and unit; remove one of the two")
        seen.add((preference.contest, preference.unit))


def _number_problems(plan: PopulationPlan, voters: int) -> Iterator[Problem]:
    voting = plan.voting_of(voters)
    if voting > voters:
        yield Problem("population.voting", f"{voting} of {voters} voters cannot vote; write at most {voters}")
    if plan.three_times > plan.revoting:
        yield Problem("population.three_times", f"is more than revoting; write at most {plan.revoting}")
    if plan.special > voting:
        reason = f"{plan.special} re-vote, vote on paper, lose their card, move or are removed, but {voting} vote"
        yield Problem("population", f"{reason}; write smaller numbers, or more voters")
    steady = voting - plan.revoked_certificates - plan.changes.count("removal")
    if plan.verifying > max(steady, 0):
        yield Problem("population.verifying", f"only {max(steady, 0)} can; write at most that")


def _election_problems(plan: PopulationPlan, draft: Draft, voters: int) -> Iterator[Problem]:
    additions = plan.changes.count("addition")
    if voters + additions > draft.max_ballots:
        reason = f"{voters} voters and {additions} added later are more than {draft.max_ballots}"
        yield Problem("election.max_ballots", f"{reason}; write at least {voters + additions}")
    if "move" in plan.changes and sum(bool(unit.contests) for unit in draft.units) < 2:
        yield Problem("population.roll_changes", "nobody can move with one unit that votes; remove the move")
    shortest = SHORTEST_PERIOD * (1 + len(plan.changes))
    if from_rfc3339(draft.times.closes) - from_rfc3339(draft.times.opens) < shortest:
        yield Problem("election.closes", f"these mock voters need {shortest} seconds; write a later time")
    most = 3 if plan.three_times else 2
    if draft.policies.votes_per_hour < most:
        yield Problem("policies.votes_per_hour", f"mock voters vote up to {most} times; write at least {most}")


def _preference_problems(
    preference: Preference, contests: dict[str, Contest], units: dict[str, Unit], place: str
) -> Iterator[Problem]:
    contest = contests.get(preference.contest)
    if contest is None:
        yield Problem(f"{place}.contest", f"there is no such contest; write one of {', '.join(contests)}")
        return
    if len(preference.weights) != len(contest.options):
        reason = f"{len(preference.weights)} weights for {len(contest.options)} options"
        yield Problem(f"{place}.weights", f"{reason}; write one for each option")
    holders = [unit.id for unit in units.values() if contest.id in unit.contests]
    if preference.unit is not None and preference.unit not in holders:
        known = ", ".join(holders)
        yield Problem(f"{place}.unit", f"there is no such unit with this contest; write one of {known}")
