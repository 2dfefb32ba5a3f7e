"""What the mock population means to do: numbers as ordered, times in bounds, and the count that must come of it."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.eid.personal_code import voter_id
from common.encoding.times import from_rfc3339
from common.errors import SetupError
from common.messages.manifest import SingleContest, VectorContest
from common.messages.roll import RollChange, RollEntry
from scenarios.choices import choose
from scenarios.definition.toml_file import Definition, load_definition
from scenarios.definition_cli import TEMPLATE
from scenarios.wishes import Event, Plan, expected, make_plan

SAMPLES = TEMPLATE.parent
NAMES = ("demo", "board", "referendum", "parliament", "template/election")

SMALL = """
[election]
title = "Small"
opens = 2027-03-01T09:00:00Z
closes = 2027-03-01T{closes}Z
max_ballots = 40
[[contest]]
id = "chair"
title = "Chair"
kind = "single"
options = ["A", "B"]
[[unit]]
id = "all"
title = "All"
[[unit]]
id = "north"
title = "North"
parent = "all"
[[unit]]
id = "south"
title = "South"
parent = "all"
[population]
{population}
"""


def small(tmp_path: Path, population: str, closes: str = "18:00:00") -> Definition:
    (tmp_path / "e.toml").write_text(SMALL.format(population=population, closes=closes), encoding="utf-8")
    return load_definition(tmp_path / "e.toml")


@pytest.fixture(scope="module", params=NAMES)
def sample(request: pytest.FixtureRequest) -> Definition:
    return load_definition(SAMPLES / f"{request.param}.toml")


@pytest.fixture(scope="module")
def demo() -> Definition:
    return load_definition(SAMPLES / "demo.toml")


def per_voter(plan: Plan) -> dict[str, list[Event]]:
    found: dict[str, list[Event]] = {}
    for event in plan.events:
        found.setdefault(event.voter, []).append(event)
    return found


def test_same_seed_gives_the_same_plan_and_another_seed_another(sample: Definition) -> None:
    assert make_plan(sample) == make_plan(sample)
    assert make_plan(sample).events != make_plan(sample, seed=31337).events


def test_events_are_sorted_and_end_well_before_the_close(sample: Definition) -> None:
    plan, times = make_plan(sample), sample.draft.times
    opens, closes = from_rfc3339(times.opens), from_rfc3339(times.closes)
    moments = [event.time for event in plan.events]
    assert moments == sorted(moments)
    late = closes - (closes - opens) // 10
    assert opens < moments[0]
    assert moments[-1] < late
    assert all(opens < time < late for time, _ in plan.changes)
    for events in per_voter(plan).values():
        assert len({event.time for event in events}) == len(events)


def test_every_choice_is_one_that_the_contests_of_the_unit_allow(sample: Definition) -> None:
    rules = {contest.id: contest.rules() for contest in sample.draft.contests}
    ballots = {unit.contests for unit in sample.draft.units}
    for event in make_plan(sample).events:
        assert tuple(event.choices) in ballots
        for contest, choice in event.choices.items():
            rules[contest].require_allowed(choice)


def test_numbers_are_those_that_the_definition_orders(sample: Definition) -> None:
    plan, people = make_plan(sample), sample.people
    assert people is not None
    gone = {change.voter for _, changes in plan.changes for change in changes}
    aside = gone | ({plan.revoked[0]} if plan.revoked else set())
    numbers = [len(events) for voter, events in per_voter(plan).items() if voter not in aside]
    assert numbers.count(3) == people.three_times
    assert numbers.count(2) + numbers.count(3) == people.revoting
    on_roll = {row.voter for row in sample.roll}
    assert len(on_roll & per_voter(plan).keys()) == people.voting_of(len(sample.roll))
    assert sum(event.verifies for event in plan.events) == people.verifying
    assert len(set(plan.paper)) == people.paper
    assert len(plan.changes) == len(people.changes)
    assert (plan.revoked is not None) == bool(people.revoked_certificates)
    assert (plan.stranger is not None) == bool(people.not_on_roll)


def test_only_the_last_vote_of_a_voter_is_verified(sample: Definition) -> None:
    for events in per_voter(make_plan(sample)).values():
        assert not any(event.verifies for event in events[:-1])


def test_parts_exclude_each_other(sample: Definition) -> None:
    plan = make_plan(sample)
    changed = [change.voter for _, changes in plan.changes for change in changes]
    special = [*plan.paper, *changed, *([plan.revoked[0]] if plan.revoked else [])]
    assert len(set(special)) == len(special)
    assert set(plan.paper) <= per_voter(plan).keys()


def test_stranger_and_newcomer_are_not_on_the_roll(demo: Definition) -> None:
    plan = make_plan(demo)
    on_roll = {row.voter for row in demo.roll}
    assert plan.stranger is not None
    assert voter_id(plan.stranger.code) not in on_roll | per_voter(plan).keys()
    (added,) = [c.voter for _, (c,) in plan.changes if c.entry is not None and c.voter not in on_roll]
    time = next(time for time, (change,) in plan.changes if change.voter == added)
    (event,) = per_voter(plan)[added]
    assert event.time > time


def test_revoked_card_votes_once_before_and_is_tried_once_after(demo: Definition) -> None:
    plan = make_plan(demo)
    assert plan.revoked is not None
    voter, time = plan.revoked
    before, after = per_voter(plan)[voter]
    assert before.time < time < after.time


def test_removed_voter_votes_before_and_never_after(demo: Definition) -> None:
    plan = make_plan(demo)
    ((time, voter),) = [(time, c.voter) for time, (c,) in plan.changes if c.entry is None]
    (event,) = per_voter(plan)[voter]
    assert event.time < time


def test_demo_counts_every_voter_once_less_paper_and_removed(demo: Definition) -> None:
    found = expected(make_plan(demo), demo.draft, demo.roll)
    counted = 80 - 3 - 1 + 1  # voting, less paper and the removed, and the newcomer
    assert sum(number for (contest, _), number in found.ballots.items() if contest == "mayor") == counted
    assert sum(found.totals["mayor"]) == counted
    assert found.ballots["mayor", "country"] == 0
    assert 0 < found.ballots["mayor", "island"] < demo.draft.policies.minimum_aggregate


def test_totals_are_the_sums_of_the_units(sample: Definition) -> None:
    found = expected(make_plan(sample), sample.draft, sample.roll)
    for contest, total in found.totals.items():
        rows = [counts for (name, _), counts in found.counts.items() if name == contest]
        assert tuple(map(sum, zip(*rows, strict=True))) == total


def test_second_mover_votes_again_in_the_new_unit(tmp_path: Path) -> None:
    definition = small(tmp_path, 'voters = { north = 5, south = 5 }\nroll_changes = ["move", "move"]')
    plan = make_plan(definition)
    votes = per_voter(plan)
    (first, (one,)), (second, (two,)) = plan.changes
    assert [event.time < first for event in votes[one.voter]] == [True]
    assert [event.time < second for event in votes[two.voter]] == [True, False]


def test_one_voter_is_a_population(tmp_path: Path) -> None:
    definition = small(tmp_path, "voters = 1\nrevoting = 1\nthree_times = 1\nverifying = 1")
    plan = make_plan(definition)
    assert [event.verifies for event in plan.events] == [False, False, True]
    found = expected(plan, definition.draft, definition.roll)
    assert found.totals["chair"] == plan.events[-1].choices["chair"]


def test_shortest_period_is_long_enough_for_everything(tmp_path: Path) -> None:
    population = """
    voters = 20
    revoting = 8
    three_times = 8
    paper = 3
    revoked_certificates = 1
    not_on_roll = 1
    roll_changes = ["move", "removal", "addition", "move"]"""
    for seed in range(20):
        assert make_plan(small(tmp_path, population, closes="09:05:00"), seed).events
    with pytest.raises(SetupError, match=r"election\.closes: these mock voters need 300 seconds; write a later time"):
        small(tmp_path, population, closes="09:04:59")


def test_definition_without_population_has_no_plan(demo: Definition) -> None:
    with pytest.raises(SetupError, match="no \\[population\\]; write one"):
        make_plan(replace(demo, people=None))


# --- the count, by hand

ANN, BOB, EVE = "PNOEE-1", "PNOEE-2", "PNOEE-3"
ROLL = (RollEntry(ANN, "Ann", "north"), RollEntry(BOB, "Bob", "south"))
A, B = (1, 0), (0, 1)


def vote(time: int, voter: str, choice: tuple[int, int]) -> Event:
    return Event(time, voter, {"chair": choice}, verifies=False)


@pytest.mark.parametrize(
    ("plan", "north", "south"),
    [
        (Plan((vote(1, ANN, A), vote(2, BOB, B)), (), (), None, None), A, B),
        (Plan((vote(1, ANN, A), vote(2, ANN, B)), (), (), None, None), B, (0, 0)),
        (Plan((vote(1, ANN, A), vote(2, BOB, A)), (ANN,), (), None, None), (0, 0), A),
        (Plan((vote(1, EVE, A),), (), (), None, None), (0, 0), (0, 0)),
        (Plan((vote(1, ANN, A), vote(5, ANN, B)), (), (), (ANN, 5), None), A, (0, 0)),
        (Plan((vote(1, ANN, A),), (), ((2, (RollChange(ANN, None),)),), None, None), (0, 0), (0, 0)),
        (Plan((vote(2, ANN, A),), (), ((2, (RollChange(ANN, None),)),), None, None), (0, 0), (0, 0)),
        (
            Plan((vote(1, ANN, A),), (), ((2, (RollChange(ANN, RollEntry(ANN, "Ann", "south")),)),), None, None),
            A,
            (0, 0),
        ),
        (
            Plan(
                (vote(1, ANN, A), vote(3, ANN, B)),
                (),
                ((2, (RollChange(ANN, RollEntry(ANN, "Ann", "south")),)),),
                None,
                None,
            ),
            (0, 0),
            B,
        ),
        (
            Plan((vote(3, EVE, B),), (), ((2, (RollChange(EVE, RollEntry(EVE, "Eve", "north")),)),), None, None),
            B,
            (0, 0),
        ),
    ],
    ids=[
        "each",
        "last",
        "paper",
        "unknown",
        "lost-card",
        "removed",
        "removed-first",
        "moved",
        "moved-again",
        "added",
    ],
)
def test_count_follows_the_rules(tmp_path: Path, plan: Plan, north: tuple[int, int], south: tuple[int, int]) -> None:
    found = expected(plan, small(tmp_path, "voters = 2").draft, ROLL)
    assert (found.counts["chair", "north"], found.counts["chair", "south"]) == (north, south)


# --- single choices


@settings(max_examples=200)
@given(st.data())
def test_any_choice_made_by_weights_is_allowed(data: st.DataObject) -> None:
    options, each = data.draw(st.integers(2, 6)), data.draw(st.integers(1, 4))
    most = data.draw(st.integers(1, options * each))
    least = data.draw(st.integers(0, most))
    contest = VectorContest("vector", "v", "V", tuple(map(str, range(options))), each, least, most)
    weights = data.draw(st.lists(st.sampled_from([0.0, 1.0, 2.5]), min_size=options, max_size=options).filter(any))
    choice = choose(random.Random(data.draw(st.integers(0, 99))), contest, tuple(weights))
    contest.rules().require_allowed(choice)
    if least == 0:
        assert all(weight for weight, amount in zip(weights, choice, strict=True) if amount)


def test_weights_decide() -> None:
    contest = SingleContest("single", "s", "S", ("A", "B", "C"))
    source = random.Random(1)
    rows = [choose(source, contest, (0.0, 3.0, 1.0)) for _ in range(400)]
    counts = tuple(map(sum, zip(*rows, strict=True)))
    assert counts[0] == 0
    assert 250 < counts[1] < 350
