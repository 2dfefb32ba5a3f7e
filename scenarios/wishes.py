"""What the mock population means to do, and the plain count that must come out of it.

A seed fixes people, choices and times, never keys, salts or randomness. The count is made by the protocol's rules but
without its code: the last vote counts, paper wins, a removal takes a voter's votes, a move takes none.
"""

from __future__ import annotations

import random
from collections import Counter, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

from common.crypto.contest import Choice
from common.eid.personal_code import voter_id
from common.encoding.times import from_rfc3339
from common.errors import SetupError
from common.messages.draft import Draft
from common.messages.roll import RollChange, RollEntry
from scenarios.choices import Chooser
from scenarios.country.population import Person, people
from scenarios.definition.population import PopulationPlan
from scenarios.definition.toml_file import Definition


@dataclass(frozen=True, slots=True)
class Event:
    """At `time` a voter casts a ballot with one choice per contest, and perhaps verifies it on another device."""

    time: int
    voter: str
    choices: Mapping[str, Choice]
    verifies: bool


@dataclass(frozen=True, slots=True)
class Stranger:
    """Someone who is not on the roll and tries to vote at `time`, as if of `unit`."""

    name: str
    code: str
    time: int
    unit: str
    choices: Mapping[str, Choice]

    @property
    def voter(self) -> str:
        """The voter id that nobody has put on the roll."""
        return voter_id(self.code)


@dataclass(frozen=True, slots=True)
class Plan:
    """All that happens while voting is open; times are seconds since 1970.

    `events` are sorted by time. `paper`: voters whose paper vote revokes the electronic one before `final`.
    `changes`: at each time one signed change set, before any event of the same second. `revoked`: whose certificate
    is revoked, and when; this voter's events from then on are to be refused.
    """

    events: tuple[Event, ...]
    paper: tuple[str, ...]
    changes: tuple[tuple[int, tuple[RollChange, ...]], ...]
    revoked: tuple[str, int] | None
    stranger: Stranger | None

    def in_order(self) -> list[tuple[int, tuple[RollChange, ...] | Stranger | Event]]:
        """(time, what happens); in one second the roll changes first and the stranger comes next."""
        happenings: list[tuple[int, tuple[RollChange, ...] | Stranger | Event]] = list(self.changes)
        if self.stranger is not None:
            happenings.append((self.stranger.time, self.stranger))
        happenings += [(event.time, event) for event in self.events]
        return sorted(happenings, key=lambda each: each[0])  # a stable sort

    def has_lost_card(self, event: Event) -> bool:
        """Whether this is the voter whose card was revoked, at or after that moment."""
        return self.revoked is not None and event.voter == self.revoked[0] and event.time >= self.revoked[1]

    def voters(self, roll: Iterable[RollEntry]) -> tuple[RollEntry, ...]:
        """Everyone who will ever be on the roll, with the newest row."""
        added = [change.entry for _, changes in self.changes for change in changes if change.entry is not None]
        return tuple({row.voter: row for row in (*roll, *added)}.values())


@dataclass(frozen=True, slots=True)
class Expected:
    """Counts per option and numbers of ballots by (contest, unit), and counts by contest over all units."""

    counts: Mapping[tuple[str, str], Choice]
    ballots: Mapping[tuple[str, str], int]
    totals: Mapping[str, Choice]


def make_plan(definition: Definition, seed: int | None = None) -> Plan:
    """What the definition's population does, with `seed` in place of its own; `SetupError` if there is none."""
    if definition.people is None:
        raise SetupError("the definition has no [population]; write one")
    plan = definition.people if seed is None else replace(definition.people, seed=seed)
    return _Planner(plan, definition.draft, definition.roll).run()


class _Planner:
    """Hands out the parts: each voter gets at most one that changes what becomes of the votes."""

    def __init__(self, plan: PopulationPlan, draft: Draft, roll: tuple[RollEntry, ...]) -> None:
        self.plan = plan
        self.rows = {row.voter: row for row in roll}
        self.chooser = Chooser(draft, plan)
        opens, closes = from_rfc3339(draft.times.opens), from_rfc3339(draft.times.closes)
        self.first, self.last = opens + (closes - opens) // 50, closes - (closes - opens) // 10
        self.source = random.Random(f"{plan.seed}/parts")
        order = self.source.sample(sorted(self.rows), len(self.rows))
        self.waiting = deque(order[: plan.voting_of(len(order))])
        self.cast_so_far = Counter[str]()
        self.voting = tuple(self.waiting)
        self.events: list[Event] = []
        self.changes: list[tuple[int, tuple[RollChange, ...]]] = []
        self.unsteady: set[str] = set()
        self.newcomers = self._newcomers()

    def run(self) -> Plan:
        for number, change in enumerate(self.plan.changes, 1):
            time = self.first + (self.last - self.first) * number // (len(self.plan.changes) + 1)
            {"move": self.move, "removal": self.remove, "addition": self.add}[change](time)
        revoked = self.revoke() if self.plan.revoked_certificates else None
        paper = tuple(sorted(self.next_voter() for _ in range(self.plan.paper)))
        for voter in paper:
            self.cast(voter, self.rows[voter].unit, self.times(1))
        for number in range(self.plan.revoting):
            voter = self.next_voter()
            self.cast(voter, self.rows[voter].unit, self.times(3 if number < self.plan.three_times else 2))
        while self.waiting:
            voter = self.next_voter()
            self.cast(voter, self.rows[voter].unit, self.times(1))
        stranger = self.stranger() if self.plan.not_on_roll else None
        events = tuple(sorted(self.verified(), key=lambda event: (event.time, event.voter)))
        return Plan(events, paper, tuple(self.changes), revoked, stranger)

    def next_voter(self) -> str:
        return self.waiting.popleft()

    def times(self, count: int, start: int | None = None, end: int | None = None) -> list[int]:
        """`count` ascending times from `start` to `end` (not included), one in each of as many equal parts."""
        low, high = self.first if start is None else start, self.last if end is None else end
        edges = [low + (high - low) * part // count for part in range(count + 1)]
        return [self.source.randrange(a, b) for a, b in pairwise(edges)]

    def cast(self, voter: str, unit: str, times: Iterable[int]) -> None:
        for time in times:
            choices = self.chooser.choices(voter, unit, self.cast_so_far[voter])
            self.cast_so_far[voter] += 1
            self.events.append(Event(time, voter, choices, verifies=False))

    def move(self, time: int) -> None:
        """The vote before the move stays in the old unit; every second one who moves votes again in the new one."""
        voter = self.next_voter()
        row = self.rows[voter]
        others = [unit for unit in self.chooser.voting_units(self.rows.values()) if unit != row.unit]
        entry = replace(row, unit=self.source.choice(others))
        self.cast(voter, row.unit, self.times(1, end=time))
        earlier = sum(c.entry is not None and c.voter in self.rows for _, (c, *_) in self.changes)
        if earlier % 2:
            self.cast(voter, entry.unit, self.times(1, start=time + 1))
        self.changes.append((time, (RollChange(voter, entry),)))

    def remove(self, time: int) -> None:
        voter = self.next_voter()
        self.unsteady.add(voter)
        self.cast(voter, self.rows[voter].unit, self.times(1, end=time))
        self.changes.append((time, (RollChange(voter, None),)))

    def add(self, time: int) -> None:
        person = self.newcomers.pop()
        unit = self.source.choice(self.chooser.voting_units(self.rows.values()))
        voter = voter_id(person.code)
        self.changes.append((time, (RollChange(voter, RollEntry(voter, person.name, unit)),)))
        self.cast(voter, unit, self.times(1, start=time + 1))

    def revoke(self) -> tuple[str, int]:
        """A vote, then the card is reported lost, then someone tries to vote with it."""
        voter = self.next_voter()
        self.unsteady.add(voter)
        _, time, _ = self.times(3)
        unit = self.rows[voter].unit
        self.cast(voter, unit, [*self.times(1, end=time), *self.times(1, start=time + 1)])
        return voter, time

    def stranger(self) -> Stranger:
        person = self.newcomers.pop()
        unit = self.source.choice(self.chooser.voting_units(self.rows.values()))
        choices = self.chooser.choices(voter_id(person.code), unit, 0)
        return Stranger(person.name, person.code, self.times(1)[0], unit, choices)

    def verified(self) -> list[Event]:
        """The events, the last one of each verifying voter marked."""
        steady = [voter for voter in self.voting if voter not in self.unsteady]
        verifying = set(self.source.sample(steady, self.plan.verifying))
        latest = {event.voter: event.time for event in sorted(self.events, key=lambda event: event.time)}
        return [
            replace(event, verifies=event.voter in verifying and event.time == latest[event.voter])
            for event in self.events
        ]

    def _newcomers(self) -> list[Person]:
        """People who are not on the roll: the stranger, and those to be added."""
        due = self.plan.not_on_roll + self.plan.changes.count("addition")
        count, found = due, list[Person]()
        while len(found) < due:
            found = [p for p in people(count, self.plan.seed + 1) if voter_id(p.code) not in self.rows]
            count *= 2
        return found[:due]


def expected(plan: Plan, draft: Draft, roll: Iterable[RollEntry]) -> Expected:
    """The plain count of what the population meant, each vote in the unit it was cast for."""
    units = {row.voter: row.unit for row in roll}
    changes = list(plan.changes)
    last: dict[str, tuple[str, Event]] = {}
    for event in plan.events:
        while changes and changes[0][0] <= event.time:
            _apply(changes.pop(0)[1], units, last)
        if event.voter in units and not _refused(event, plan):
            last[event.voter] = (units[event.voter], event)
    for _, change in changes:
        _apply(change, units, last)
    return _counted(draft, [vote for voter, vote in last.items() if voter not in plan.paper])


def _refused(event: Event, plan: Plan) -> bool:
    return plan.revoked is not None and event.voter == plan.revoked[0] and event.time >= plan.revoked[1]


def _apply(changes: Iterable[RollChange], units: dict[str, str], last: dict[str, tuple[str, Event]]) -> None:
    for change in changes:
        if change.entry is not None:
            units[change.voter] = change.entry.unit
        else:
            units.pop(change.voter, None)
            last.pop(change.voter, None)


def _counted(draft: Draft, votes: list[tuple[str, Event]]) -> Expected:
    options = {contest.id: len(contest.options) for contest in draft.contests}
    counts = {(contest, unit.id): (0,) * options[contest] for unit in draft.units for contest in unit.contests}
    ballots = dict.fromkeys(counts, 0)
    totals = {contest: (0,) * number for contest, number in options.items()}
    for unit, event in votes:
        for contest, choice in event.choices.items():
            counts[contest, unit] = _sum(counts[contest, unit], choice)
            totals[contest] = _sum(totals[contest], choice)
            ballots[contest, unit] += 1
    return Expected(counts, ballots, totals)


def _sum(left: Choice, right: Choice) -> Choice:
    return tuple(a + b for a, b in zip(left, right, strict=True))
