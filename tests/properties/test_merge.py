"""Merging small units (D11): a partition, no small pool where there could be a larger one, always the same."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.checks.floors import require_common_ancestors, require_one_root, require_parent
from common.messages.manifest import Manifest, Unit
from common.tally.merge import Pool, ancestors, merge

CONTEST = "board"


@dataclass(frozen=True)
class Case:
    """A tree of units as K2 allows it, and how many ballots each unit has."""

    manifest: Manifest
    ballots: dict[str, int]
    minimum: int

    def pools(self) -> tuple[Pool, ...]:
        return merge(self.manifest, CONTEST, self.ballots)

    @property
    def units(self) -> dict[str, Unit]:
        return {unit.id: unit for unit in self.manifest.units}

    @property
    def holders(self) -> list[str]:
        return [unit.id for unit in self.manifest.units if CONTEST in unit.contests]


def case(units: list[Unit], ballots: dict[str, int], minimum: int) -> Case:
    manifest: Any = SimpleNamespace(units=tuple(units), policies=SimpleNamespace(minimum_aggregate=minimum))
    return Case(cast(Manifest, manifest), ballots, minimum)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Parents first; some units without the contest, but each common ancestor of two with it has it (K2)."""
    size = draw(st.integers(1, 9))
    parents = [None] + [f"u{draw(st.integers(0, position - 1))}" for position in range(1, size)]
    bare = [Unit(f"u{number}", "Unit", parent, ()) for number, parent in enumerate(parents)]
    by_id = {unit.id: unit for unit in bare}
    chosen = set(draw(st.lists(st.sampled_from(sorted(by_id)), min_size=1, unique=True)))
    lines = {name: (name, *ancestors(by_id, name)) for name in by_id}
    shared = {next(a for a in lines[one] if a in lines[other]) for one in chosen for other in chosen}
    units = [Unit(u.id, u.title, u.parent, (CONTEST,) if u.id in shared else ()) for u in bare]
    counts = {name: draw(st.integers(0, 12)) for name in sorted(shared) if draw(st.booleans())}
    return case(units, counts, draw(st.integers(2, 8)))


@settings(max_examples=60)
@given(cases())
def test_the_cases_are_those_that_k2_allows(found: Case) -> None:
    require_one_root(found.manifest.units)
    for position in range(len(found.manifest.units)):
        require_parent(found.manifest.units, position)
    require_common_ancestors(CONTEST, found.manifest.units)


@settings(max_examples=60)
@given(cases())
def test_every_ballot_is_in_exactly_one_pool(found: Case) -> None:
    pools = found.pools()
    pooled = [unit for pool in pools for unit in pool.units]
    assert sorted(pooled) == sorted(unit for unit, count in found.ballots.items() if count)
    for pool in pools:
        assert pool.ballots == sum(found.ballots[unit] for unit in pool.units) > 0


@settings(max_examples=60)
@given(cases())
def test_a_pool_is_too_small_only_if_all_ballots_together_are(found: Case) -> None:
    """The exact claim: at most one pool is below the minimum, it has all ballots, and the topmost unit holds it."""
    total, pools = sum(found.ballots.values()), found.pools()
    small = [pool for pool in pools if pool.ballots < found.minimum]
    if total == 0:
        assert pools == ()
    elif total < found.minimum:
        top = min(found.holders, key=lambda name: len(ancestors(found.units, name)))
        assert small == list(pools) == [Pool(top, pools[0].units, total)]
    else:
        assert small == []


@settings(max_examples=60)
@given(cases())
def test_a_pool_holds_units_below_or_at_its_holder(found: Case) -> None:
    for pool in found.pools():
        assert pool.unit in found.holders
        for unit in pool.units:
            assert pool.unit in (unit, *ancestors(found.units, unit))


@settings(max_examples=60)
@given(cases())
def test_units_that_are_large_enough_alone_stay_alone_where_all_are(found: Case) -> None:
    counts = dict.fromkeys(found.holders, found.minimum)
    pools = case(list(found.manifest.units), counts, found.minimum).pools()
    assert [(pool.unit, pool.units) for pool in pools] == [(name, (name,)) for name in found.holders]


@settings(max_examples=60)
@given(cases(), st.randoms(use_true_random=False))
def test_only_tree_and_counts_decide(found: Case, source: Any) -> None:
    shuffled = list(found.ballots.items())
    source.shuffle(shuffled)
    again = Case(found.manifest, dict(shuffled), found.minimum)
    assert again.pools() == found.pools() == found.pools()


@settings(max_examples=60)
@given(cases())
def test_pools_and_their_units_are_in_manifest_order(found: Case) -> None:
    order = {unit.id: position for position, unit in enumerate(found.manifest.units)}
    holders = [order[pool.unit] for pool in found.pools()]
    assert holders == sorted(set(holders))
    for pool in found.pools():
        assert [order[unit] for unit in pool.units] == sorted(order[unit] for unit in pool.units)


LAND = [Unit("land", "Land", None, (CONTEST,)), *(Unit(name, name, "land", (CONTEST,)) for name in "abc")]


@pytest.mark.parametrize(
    ("ballots", "expected"),
    [
        ({"a": 19, "b": 19, "c": 2}, [("land", ("a", "c"), 21), ("b", ("b",), 19)]),  # the design's example
        ({"a": 19, "b": 18, "c": 2}, [("land", ("b", "c"), 20), ("a", ("a",), 19)]),
        ({"a": 1, "b": 1, "c": 1}, [("land", ("a", "b", "c"), 3)]),
        ({"land": 1, "a": 5, "b": 5}, [("land", ("land", "a"), 6), ("b", ("b",), 5)]),
        ({"land": 3, "c": 2}, [("land", ("land", "c"), 5)]),
        ({"land": 5, "a": 5}, [("land", ("land",), 5), ("a", ("a",), 5)]),
        ({"a": 4}, [("land", ("a",), 4)]),
        ({}, []),
    ],
)
def test_worked_examples(ballots: dict[str, int], expected: list[tuple[str, tuple[str, ...], int]]) -> None:
    found = case(LAND, ballots, 5).pools()
    assert [(pool.unit, pool.units, pool.ballots) for pool in found] == expected


def test_a_middle_unit_takes_from_its_own_branch_only() -> None:
    units = [
        Unit("land", "Land", None, (CONTEST,)),
        Unit("county", "County", "land", (CONTEST,)),
        Unit("town", "Town", "county", (CONTEST,)),
        Unit("other", "Other", "land", (CONTEST,)),
    ]
    found = case(units, {"county": 2, "town": 9, "other": 6}, 5).pools()
    assert [(pool.unit, pool.units) for pool in found] == [("county", ("county", "town")), ("other", ("other",))]
