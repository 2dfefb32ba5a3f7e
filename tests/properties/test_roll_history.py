"""The roll's history equals a plain list of dictionaries, one for each version, and refuses what makes no sense."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.errors import RuleBroken
from common.messages.acts import roll_digest
from common.messages.roll import ChangeSet, Roll, RollChange, RollEntry
from common.tally.roll_history import RollHistory, start_history

VOTERS = [f"PNOEE-{number:011}" for number in range(6)]
FINGERPRINT, ELECTION = "f" * 64, "e" * 32


@dataclass
class Model:
    """All versions of the roll, written out, and the voters that each change set names."""

    versions: list[dict[str, RollEntry]]
    touched: list[set[str]] = field(default_factory=lambda: [set()])


def entry(voter: str, unit: str) -> RollEntry:
    return RollEntry(voter, "Some One", unit)


@st.composite
def histories(draw: st.DrawFn) -> tuple[RollHistory, Model, list[ChangeSet]]:
    """A random roll with a few random changes, as history and as model."""
    units = st.sampled_from(["north", "south", "west"])
    start = draw(st.dictionaries(st.sampled_from(VOTERS), units, max_size=5))
    roll = Roll("valik/v1/roll", ELECTION, tuple(entry(voter, start[voter]) for voter in sorted(start)))
    history, model, previous, sets = start_history(roll), Model([{row.voter: row for row in roll.voters}]), roll, []
    latest: Roll | ChangeSet = previous
    for number in range(1, draw(st.integers(0, 4)) + 1):
        now = dict(model.versions[-1])
        chosen = draw(st.lists(st.sampled_from(VOTERS), min_size=1, max_size=3, unique=True))
        changes = []
        for voter in chosen:
            removes = voter in now and draw(st.booleans())
            changes.append(RollChange(voter, None if removes else entry(voter, draw(units))))
            now.pop(voter, None)
            if not removes:
                now[voter] = changes[-1].entry or entry(voter, "")
        latest = ChangeSet("valik/v1/roll-change", FINGERPRINT, number, roll_digest(latest), tuple(changes))
        history = history.apply(latest)
        model.versions.append(now)
        model.touched.append(set(chosen))
        sets.append(latest)
    return history, model, sets


@settings(max_examples=40)
@given(histories())
def test_every_row_of_every_version_is_the_models(found: tuple[RollHistory, Model, list[ChangeSet]]) -> None:
    history, model, _ = found
    assert history.version == len(model.versions) - 1
    for version, rows in enumerate(model.versions):
        for voter in VOTERS:
            assert history.row(voter, version) == rows.get(voter)


@settings(max_examples=40)
@given(histories())
def test_a_row_is_unchanged_exactly_if_no_later_set_names_it(
    found: tuple[RollHistory, Model, list[ChangeSet]],
) -> None:
    history, model, _ = found
    for version in range(len(model.versions)):
        later = set[str]().union(*model.touched[version + 1 :])
        for voter in VOTERS:
            assert history.unchanged_since(voter, version) == (voter not in later)


@settings(max_examples=40)
@given(histories())
def test_everyone_who_ever_was_on_the_roll_is_counted_once(found: tuple[RollHistory, Model, list[ChangeSet]]) -> None:
    history, model, _ = found
    assert history.ever == len({voter for rows in model.versions for voter in rows})


@settings(max_examples=40)
@given(histories(), st.sampled_from(VOTERS))
def test_earlier_histories_stay_as_they_were(found: tuple[RollHistory, Model, list[ChangeSet]], voter: str) -> None:
    history, model, _ = found
    history.apply(next_set(history, RollChange(voter, entry(voter, "island"))))
    assert history.row(voter, history.version) == model.versions[-1].get(voter)


@settings(max_examples=40)
@given(histories(), st.sampled_from(VOTERS), st.integers(-2, 8))
def test_versions_not_made_are_refused(
    found: tuple[RollHistory, Model, list[ChangeSet]], voter: str, version: int
) -> None:
    history, model, _ = found
    if not 0 <= version < len(model.versions):
        with pytest.raises(RuleBroken):
            history.row(voter, version)


@settings(max_examples=40)
@given(histories(), st.sampled_from(VOTERS))
def test_sets_out_of_the_chain_are_refused(found: tuple[RollHistory, Model, list[ChangeSet]], voter: str) -> None:
    history, _, sets = found
    change = RollChange(voter, entry(voter, "island"))
    good = next_set(history, change)
    others = [ChangeSet(good.format, FINGERPRINT, good.number + step, good.previous, (change,)) for step in (-1, 1)]
    others += [ChangeSet(good.format, FINGERPRINT, good.number, "0" * 64, (change,)), *sets]
    for other in others:
        with pytest.raises(RuleBroken, match="chain"):
            history.apply(other)
    history.apply(good)


@settings(max_examples=40)
@given(histories(), st.sampled_from(VOTERS))
def test_changes_that_make_no_sense_are_refused(
    found: tuple[RollHistory, Model, list[ChangeSet]], voter: str
) -> None:
    history, model, _ = found
    add = RollChange(voter, entry(voter, "island"))
    with pytest.raises(RuleBroken, match="twice"):
        history.apply(next_set(history, add, add))
    with pytest.raises(RuleBroken, match="twice"):
        history.apply(next_set(history, add, RollChange(voter, entry(voter, "north"))))
    with pytest.raises(RuleBroken, match="another voter"):
        history.apply(next_set(history, RollChange(voter, entry("PNOEE-99999999999", "north"))))
    if voter not in model.versions[-1]:
        with pytest.raises(RuleBroken, match="not on the roll"):
            history.apply(next_set(history, RollChange(voter, None)))


def next_set(history: RollHistory, *changes: RollChange) -> ChangeSet:
    return ChangeSet("valik/v1/roll-change", FINGERPRINT, history.version + 1, history.head, changes)


@pytest.mark.parametrize("order", [(1, 0), (0, 0), (0, 2, 1)])
def test_a_roll_out_of_order_is_refused(order: tuple[int, ...]) -> None:
    rows = tuple(entry(VOTERS[position], "north") for position in order)
    with pytest.raises(RuleBroken, match="sorted"):
        start_history(Roll("valik/v1/roll", ELECTION, rows))
