"""A whole election equals a plain count: random units, contests, re-votes, roll changes, paper votes, trustees.

The count is a dictionary of each voter's last choice, in clear. Everything between it and the announced result is
encrypted, logged, replayed, merged and opened by the real parties; then a sworn and a public auditor go over it.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from auditor.audit import audit
from common.crypto.contest import Choice
from common.crypto.systems import SYSTEMS
from common.eid.personal_code import voter_id
from common.messages.draft import Draft
from common.messages.manifest import Contest, Policies, SingleContest, Unit, VectorContest
from common.messages.roll import RollChange, RollEntry
from scenarios.founding import create_world
from scenarios.world import Citizen, Tallied, World
from tests.conftest import PEOPLE, draft


@dataclass(frozen=True)
class Counted:
    """A vote that counts, in clear: where it was cast and for what."""

    unit: str
    choices: dict[str, Choice]


@st.composite
def contests(draw: st.DrawFn) -> tuple[Contest, ...]:
    """`all` is voted on everywhere, `some` in one branch of the tree."""
    options = ("One", "Two", "Three", "Four")
    single = SingleContest("single", "all", "For everyone", options[: draw(st.integers(2, 4))])
    if draw(st.booleans()):
        return (single,)
    size, most = draw(st.integers(2, 3)), draw(st.integers(1, 2))
    low = draw(st.integers(0, 1))
    high = draw(st.integers(max(low, 1), size * most))
    return (single, VectorContest("vector", "some", "For some", options[:size], most, low, high))


@st.composite
def drafts(draw: st.DrawFn) -> Draft:
    asked, size = draw(contests()), draw(st.integers(1, 5))
    parents = [None] + [f"u{draw(st.integers(0, position - 1))}" for position in range(1, size)]
    units: list[Unit] = []
    for number, parent in enumerate(parents):
        inherits = parent is not None and "some" in units[int(parent[1:])].contests
        both = len(asked) == 2 and (inherits or number == size - 1)
        units.append(Unit(f"u{number}", f"Unit {number}", parent, ("all", "some") if both else ("all",)))
    trustees = draw(st.integers(2, 4))
    policies = Policies(draw(st.sampled_from(["public", "auditors"])), draw(st.integers(2, 4)), 3, 20, 1_000_000, 200)
    threshold = draw(st.integers(2, trustees))
    return draft(
        contests=asked, units=tuple(units), trustees=trustees, threshold=threshold, policies=policies, max_ballots=20
    )


def choices(asked: Contest) -> st.SearchStrategy[Choice]:
    rules = asked.rules()
    amounts = st.tuples(*[st.integers(0, rules.max_per_option)] * rules.options)
    return amounts.filter(lambda choice: rules.min_total <= sum(choice) <= rules.max_total)


class Run:
    """One election with its plain count beside it."""

    def __init__(self, data: st.DataObject, rules: Draft) -> None:
        self.data, self.rules = data, rules
        self.names = [unit.id for unit in rules.units]
        self.roll = {voter_id(person.code): data.draw(st.sampled_from(self.names)) for person in PEOPLE[:6]}
        rows = [RollEntry(voter, "Some One", unit) for voter, unit in self.roll.items()]
        self.world: World = create_world(rules, rows, insecure_parameters=True)
        self.citizens: list[Citizen] = [self.world.citizen(person) for person in PEOPLE[:6]]
        self.counted: dict[str, Counted] = {}

    def vote(self, citizen: Citizen) -> None:
        voter = citizen.card.voter_id
        if voter not in self.roll:
            return
        unit = self.world.election.unit(self.roll[voter])
        chosen = {c.id: self.data.draw(choices(c)) for c in self.rules.contests if c.id in unit.contests}
        self.world.vote(citizen, chosen)
        self.counted[voter] = Counted(unit.id, chosen)

    def move(self, citizen: Citizen) -> None:
        """The recorded vote stays in the unit it was cast for."""
        voter, unit = citizen.card.voter_id, self.data.draw(st.sampled_from(self.names))
        self.world.change_roll([RollChange(voter, RollEntry(voter, "Some One", unit))])
        self.roll[voter] = unit

    def remove(self, citizen: Citizen) -> None:
        """The recorded vote does not count, even if the voter comes back."""
        voter = citizen.card.voter_id
        if voter in self.roll:
            self.world.change_roll([RollChange(voter, None)])
            del self.roll[voter]
            self.counted.pop(voter, None)

    def play(self) -> Tallied:
        acts = {"move": self.move, "remove": self.remove, "vote": self.vote}
        for act in self.data.draw(
            st.lists(st.sampled_from(["vote"] * 8 + ["move", "remove"]), min_size=4, max_size=12)
        ):
            self.world.clock.now += 60
            acts[act](self.citizens[self.data.draw(st.integers(0, 5))])
        self.world.close()
        on_paper = [
            self.citizens[who].card.voter_id for who in self.data.draw(st.sets(st.integers(0, 5), max_size=2))
        ]
        if on_paper:
            self.world.revoke(on_paper)
        for voter in on_paper:
            self.counted.pop(voter, None)
        self.world.finalise()
        everyone = range(1, self.rules.trustees + 1)
        present = self.data.draw(st.permutations(everyone))[: self.rules.threshold]
        return self.world.tally(present)

    def plain(self, contest: Contest, units: Sequence[str]) -> list[Choice]:
        """The counted choices in a contest from these units."""
        return [
            vote.choices[contest.id]
            for vote in self.counted.values()
            if vote.unit in units and contest.id in vote.choices
        ]


def added(chosen: Sequence[Choice]) -> tuple[int, ...]:
    return tuple(map(sum, zip(*chosen, strict=True)))


@settings(max_examples=5, phases=[Phase.generate], database=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data(), drafts())
def test_the_announced_result_is_the_plain_count(data: st.DataObject, rules: Draft) -> None:
    run = Run(data, rules)
    tallied = run.play()
    result, minimum = tallied.counted.result, rules.policies.minimum_aggregate
    for contest, total in zip(rules.contests, result.totals, strict=True):
        chosen = run.plain(contest, run.names)
        opened = len(chosen) >= minimum
        assert (total.contest, total.ballots + total.unopened) == (contest.id, len(chosen))
        assert total.unopened == (0 if opened else len(chosen))
        assert total.counts == (added(chosen) if opened else (0,) * len(contest.options))
    for outcome in result.outcomes:
        contest = next(contest for contest in rules.contests if contest.id == outcome.contest)
        chosen = run.plain(contest, outcome.units)
        assert outcome.ballots == len(chosen)
        assert outcome.counts == (added(chosen) if len(chosen) >= minimum else ())
    require_audited(run.world, tallied)


def require_audited(world: World, tallied: Tallied) -> None:
    files = world.record(tallied)
    public = {path: content for path, content in files.items() if path.startswith("public/")}
    for part, scope in ((files, "sworn"), (public, "public")):
        report = audit(part, world.authority.public_key, world.election.fingerprint, SYSTEMS, time.perf_counter)
        assert (report.broken, report.passed, report.scope) == ((), True, scope)
