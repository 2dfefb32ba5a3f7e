"""Extensions move the end of voting later, if they come in time, and never open it again (spec 7.7)."""

from __future__ import annotations

from itertools import pairwise
from types import SimpleNamespace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from common.tally.end_of_voting import EndOfVoting, end_of_voting

CLOSES, GRACE = 1_000, 10
ELECTION: Any = SimpleNamespace(closes=CLOSES, manifest=SimpleNamespace(times=SimpleNamespace(grace=GRACE)))
Extension = tuple[int, int, int]
"""Log index, the end that it names, its covering time."""


@st.composite
def logs(draw: st.DrawFn) -> list[Extension]:
    """Extensions as L6 and the witnesses leave them: indices and ends rise, covering times never fall."""
    count = draw(st.integers(0, 4))
    indices = sorted(draw(st.sets(st.integers(1, 12), min_size=count, max_size=count)))
    ends = sorted(draw(st.sets(st.integers(CLOSES + 1, CLOSES + 60), min_size=count, max_size=count)))
    times = sorted(draw(st.lists(st.integers(CLOSES - 20, CLOSES + 80), min_size=count, max_size=count)))
    return list(zip(indices, ends, times, strict=True))


def found(log: list[Extension], late: int = 0) -> EndOfVoting:
    """The end of voting, as if all had been covered `late` seconds later."""
    covered = {index: time + late for index, _, time in log}
    return end_of_voting(ELECTION, [(index, closes) for index, closes, _ in log], covered.get)


@given(logs())
def test_end_never_falls_and_holds_only_after_its_extension(log: list[Extension]) -> None:
    end = found(log)
    ends = [end.at(index) for index in range(15)]
    assert ends == sorted(ends)
    assert ends[0] == CLOSES
    assert ends[-1] == end.latest
    moved = {index for index, (one, next_one) in enumerate(pairwise(ends)) if one != next_one}
    assert moved <= {index for index, _, _ in log}


@given(logs())
def test_end_in_force_is_that_of_a_plain_walk_through_the_log(log: list[Extension]) -> None:
    end, by_index = found(log), {index: (closes, time) for index, closes, time in log}
    stands = CLOSES
    for index in range(15):
        assert end.at(index) == stands
        if index in by_index and by_index[index][1] <= stands + GRACE:
            stands = by_index[index][0]


@given(logs())
def test_nothing_moves_the_end_once_an_extension_came_too_late(log: list[Extension]) -> None:
    moved = {index for index, _ in found(log).moves}
    in_time = [index in moved for index, _, _ in log]
    assert in_time == sorted(in_time, reverse=True)


@given(logs(), st.integers(0, 50))
def test_covering_later_never_prolongs_voting(log: list[Extension], late: int) -> None:
    """So whoever keeps checkpoints back can only make an extension void."""
    assert all(found(log, late).at(index) <= found(log).at(index) for index in range(15))


@given(logs())
def test_extension_that_nobody_covered_yet_moves_nothing(log: list[Extension]) -> None:
    end = end_of_voting(ELECTION, [(index, closes) for index, closes, _ in log], lambda _index: None)
    assert end == EndOfVoting(((-1, CLOSES),))
