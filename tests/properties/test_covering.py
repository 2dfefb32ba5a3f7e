"""Covering times equal their definition, and no checkpoint without a quorum covers anything."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import LogError
from common.log.checkpoint import Checkpoint
from common.log.covering import CoveringTimes
from common.log.witnessed import Witnessed


def witnessed(size: int, *times: int) -> Witnessed:
    return Witnessed(
        Checkpoint("log.example.org", size, b"\x01" * 32), tuple((f"w{at}", time) for at, time in enumerate(times))
    )


checkpoints = st.lists(
    st.builds(
        lambda size, times: witnessed(size, *times),
        st.integers(1, 30),
        st.lists(st.integers(0, 1000), min_size=0, max_size=4),
    ),
    max_size=12,
)


@given(checkpoints, st.integers(1, 3), st.integers(0, 31))
def test_covering_time_equals_its_definition(recorded: list[Witnessed], quorum: int, index: int) -> None:
    candidates = [
        sorted(time for _, time in one.cosignature_times)[quorum - 1]
        for one in recorded
        if one.checkpoint.size > index and len(one.cosignature_times) >= quorum
    ]
    covering = CoveringTimes(recorded, quorum)
    if candidates:
        assert covering.of(index) == min(candidates)
    else:
        with pytest.raises(LogError, match="no checkpoint"):
            covering.of(index)


def test_covering_times_of_the_spec_example() -> None:
    # chapter 7: seconds after 10:00:00, quorum 2 of 3
    recorded = [witnessed(3, 1, 4), witnessed(5, 3, 2, 9), witnessed(6, 5)]
    covering = CoveringTimes(recorded, 2)
    assert [covering.of(index) for index in range(5)] == [3, 3, 3, 3, 3]
    assert CoveringTimes(recorded[:1], 2).of(2) == 4
    with pytest.raises(LogError):
        covering.of(5)


@given(checkpoints, st.integers(1, 3))
def test_covering_times_never_fall_along_the_log(recorded: list[Witnessed], quorum: int) -> None:
    covering = CoveringTimes(recorded, quorum)
    counted = [one.checkpoint.size for one in recorded if len(one.cosignature_times) >= quorum]
    times = [covering.of(index) for index in range(max(counted, default=0))]
    assert times == sorted(times)


def test_covering_refuses_a_negative_index_and_a_witness_counted_twice() -> None:
    with pytest.raises(LogError):
        CoveringTimes([witnessed(3, 1, 2)], 2).of(-1)
    twice = Witnessed(Checkpoint("log.example.org", 3, bytes(32)), (("w", 1), ("w", 2)))
    with pytest.raises(LogError, match="twice"):
        CoveringTimes([twice], 2)
