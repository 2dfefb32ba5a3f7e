"""A draft that is possible gives a manifest that K2 accepts; one that is not says what to change."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.checks import floors
from common.checks.draft import problems, require_possible
from common.errors import RuleBroken, SetupError
from common.messages.draft import Draft
from common.messages.manifest import Policies, SingleContest, Times, Unit, VectorContest
from common.tally.merge import ancestors

TIMES = Times("2027-03-01T07:00:00Z", "2027-03-05T18:00:00Z", 300, 300, 30, 30, 300, 1800)
POLICIES = Policies("auditors", 5, 3, 20, 1_000_000, 500)
CHAIR = SingleContest("single", "chair", "Chair", ("A", "B", "Blank vote"))
BOARD = VectorContest("vector", "board", "Board", ("A", "B", "C", "D"), 1, 0, 2)
ALL = Unit("all", "All", None, ("chair", "board"))
NORTH = Unit("north", "North", "all", ("chair", "board"))
DRAFT = Draft("Title", TIMES, (CHAIR, BOARD), (ALL, NORTH), 120, "paillier-3072", 3, 5, 3, 2, 0, POLICIES)


def single(options: int, name: str = "chair") -> SingleContest:
    return SingleContest("single", name, "Chair", tuple(f"Option {number}" for number in range(options)))


def crowd(options: int, max_ballots: int, parameters: str = "paillier-3072") -> Draft:
    units = (Unit("all", "All", None, ("chair",)),)
    return replace(DRAFT, contests=(single(options),), units=units, max_ballots=max_ballots, parameters=parameters)


def test_sound_draft_is_possible() -> None:
    assert problems(DRAFT) == ()
    require_possible(DRAFT)


def test_smallest_draft_is_possible() -> None:
    units = (Unit("all", "All", None, ("chair",)),)
    small = replace(DRAFT, contests=(single(2),), units=units, max_ballots=1, threshold=2, trustees=2)
    require_possible(replace(small, witnesses=1, quorum=1, parameters="toy-512"))


def test_122_options_fit_at_3072_bits_with_counters_of_24_bits() -> None:
    require_possible(crowd(122, 2**24 - 1))


@pytest.mark.parametrize(
    ("options", "max_ballots", "parameters"),
    [(123, 2**24 - 1, "paillier-3072"), (122, 2**24 + 2**23, "paillier-3072"), (80, 2**24 - 1, "paillier-2048")],
)
def test_more_options_than_the_parameters_hold_are_refused(options: int, max_ballots: int, parameters: str) -> None:
    with pytest.raises(SetupError, match=r"^contest\[1\]\.options: .*headroom; write fewer options"):
        require_possible(crowd(options, max_ballots, parameters))


@pytest.mark.parametrize(
    ("changed", "where", "advice"),
    [
        ({"threshold": 1}, "trustees.threshold", "threshold from 2 to 5"),
        ({"threshold": 6}, "trustees.threshold", "threshold from 2 to 5"),
        ({"trustees": 33}, "election", "trustees"),
        ({"quorum": 1}, "witnesses.quorum", "quorum from 2 to 3"),
        ({"quorum": 4}, "witnesses.quorum", "quorum from 2 to 3"),
        ({"hostile": 1}, "witnesses.quorum", "quorum from 3 to 3"),
        ({"hostile": 3}, "witnesses.quorum", "fewer hostile witnesses"),
        ({"parameters": "paillier-1024"}, "election.parameters", "paillier-3072"),
        ({"max_ballots": 0}, "election", "max_ballots"),
        ({"title": "two\nlines"}, "election", "title"),
        ({"times": replace(TIMES, closes=TIMES.opens)}, "election.closes", "later"),
        ({"times": replace(TIMES, grace=90_000)}, "times", "grace"),
        ({"times": replace(TIMES, intake_margin=300)}, "times", "intake margin"),
        ({"times": replace(TIMES, ocsp_freshness=0)}, "times", "ocsp_freshness"),
        ({"times": replace(TIMES, opens="yesterday")}, "times", "opens"),
        ({"policies": replace(POLICIES, minimum_aggregate=1)}, "policies", "minimum_aggregate ≥ 2"),
        ({"policies": replace(POLICIES, branches=2_001)}, "policies", "branches ≤ 2000"),
        ({"policies": replace(POLICIES, vote_bytes=16_000_001)}, "policies", "vote_bytes ≤ 16000000"),
        ({"policies": replace(POLICIES, branches=13)}, "unit[1].contests", "a larger policies.branches"),
        ({"policies": replace(POLICIES, vote_bytes=1_000)}, "policies.vote_bytes", "write at least"),
        ({"contests": (CHAIR, replace(BOARD, max_total=5))}, "contest[2].max_total", "≤ 4"),
        ({"contests": (CHAIR, replace(BOARD, min_total=3))}, "contest[2].max_total", "min_total"),
        ({"contests": (CHAIR, replace(BOARD, max_per_option=1_000))}, "contest[2].max_total", "narrow"),
        ({"contests": (CHAIR, replace(BOARD, options=("A", "B", "A")))}, "contest[2].options", "once"),
        ({"contests": (CHAIR, replace(BOARD, id="chair"))}, "contest", "id of its own"),
        ({"contests": ()}, "election", "contests"),
        ({"units": (ALL, replace(NORTH, id="all"))}, "unit", "id of its own"),
        ({"units": (ALL, replace(NORTH, parent=None))}, "unit", "exactly one"),
        ({"units": (replace(NORTH, parent="north"),)}, "unit[1].parent", "circle"),
        ({"units": (NORTH, ALL)}, "unit[1].parent", "above"),
        ({"units": (ALL, replace(NORTH, parent="east"))}, "unit[2].parent", "earlier unit, of all, north"),
        ({"units": (ALL, replace(NORTH, contests=("mayor",)))}, "unit[2].contests", "of chair, board"),
        ({"units": (ALL, replace(NORTH, contests=("chair", "chair")))}, "unit[2].contests", "once"),
        ({"units": (replace(ALL, contests=("chair",)),)}, "contest[2]", "no unit votes"),
    ],
)
def test_impossible_wish_is_named_with_its_place_and_a_way_out(
    changed: dict[str, object], where: str, advice: str
) -> None:
    draft = replace(DRAFT, **changed)  # type: ignore[arg-type]
    found = problems(draft)
    assert any(problem.where == where and advice in problem.text for problem in found), found
    with pytest.raises(SetupError):
        require_possible(draft)


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(SetupError) as raised:
        require_possible(replace(DRAFT, threshold=1, quorum=1, parameters="rot13"))
    assert len(str(raised.value).splitlines()) == 3


def test_circle_of_two_units_is_told_from_wrong_order() -> None:
    circle = (ALL, replace(NORTH, id="b", parent="c"), replace(NORTH, id="c", parent="b"))
    assert "circle" in str(problems(replace(DRAFT, units=circle))[0])


def test_siblings_that_share_a_contest_need_it_in_their_parent() -> None:
    root = replace(ALL, contests=("board",))
    units = (root, NORTH, replace(NORTH, id="south"))
    (found,) = problems(replace(DRAFT, units=units))
    assert found.where == "contest[1]"
    assert "common ancestor of north and south, all" in found.text
    require_possible(replace(DRAFT, units=(ALL, *units[1:])))


def test_contest_of_one_line_of_units_needs_no_more() -> None:
    units = (replace(ALL, contests=()), NORTH, replace(NORTH, id="town", parent="north"))
    require_possible(replace(DRAFT, units=units))


@settings(max_examples=150)
@given(st.lists(st.tuples(st.integers(0, 100), st.booleans()), min_size=1, max_size=9))
def test_common_ancestor_rule_is_the_rule_about_every_pair(shape: list[tuple[int, bool]]) -> None:
    units = tuple(
        Unit(f"u{n}", "U", f"u{parent % n}" if n else None, ("chair",) if votes else ())
        for n, (parent, votes) in enumerate(shape)
    )
    by_id = {unit.id: unit for unit in units}
    holders = [unit.id for unit in units if unit.contests]
    lines = {name: (name, *ancestors(by_id, name)) for name in holders}
    pairs = combinations(holders, 2)
    closed = all(next(above for above in lines[a] if above in lines[b]) in holders for a, b in pairs)
    if holders and closed:
        floors.require_common_ancestors("chair", units)
    else:
        with pytest.raises(RuleBroken, match=r"no unit votes|lacks the common ancestor"):
            floors.require_common_ancestors("chair", units)


@settings(max_examples=60)
@given(options=st.integers(2, 1_000), max_ballots=st.integers(1, 2**40))
def test_headroom_is_the_written_bound(options: int, max_ballots: int) -> None:
    fits = options * max_ballots.bit_length() + 130 <= 3072
    room = [p for p in problems(crowd(options, max_ballots)) if "headroom" in p.text]
    assert bool(room) is not fits
