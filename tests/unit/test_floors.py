"""The floors of K2 one by one: the least that passes, and what is one below."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from common.checks import floors
from common.errors import RuleBroken
from common.messages.manifest import Policies, Times
from tests.conftest import CONTESTS, TIMES, UNITS

POLICIES = Policies("auditors", 2, 3, 20, floors.MAXIMUM_VOTE_BYTES, floors.MAXIMUM_BRANCHES)
DAY = 86_400


def times(**changes: object) -> Times:
    return replace(TIMES, **changes)  # type: ignore[arg-type]


def policies(**changes: object) -> Policies:
    return replace(POLICIES, **changes)  # type: ignore[arg-type]


PASSING: tuple[Callable[[], object], ...] = (
    lambda: floors.require_threshold(2, 2),
    lambda: floors.require_threshold(3, 3),
    lambda: floors.require_quorum(2, 3, 0),
    lambda: floors.require_quorum(3, 4, 1),
    lambda: floors.require_quorum(1, 1, 0),
    lambda: floors.require_clocks(times(grace=DAY, max_age=DAY, skew=DAY)),
    lambda: floors.require_clocks(times(intake_margin=0, max_age=1, ocsp_freshness=1)),
    lambda: floors.require_policies(POLICIES),
    lambda: floors.require_known_contests(UNITS[0], CONTESTS),
)
REFUSED: tuple[tuple[Callable[[], object], str], ...] = (
    (lambda: floors.require_threshold(1, 3), "threshold"),
    (lambda: floors.require_threshold(4, 3), "threshold"),
    (lambda: floors.require_quorum(2, 4, 0), "quorum"),
    (lambda: floors.require_quorum(3, 4, 2), "hostile"),
    (lambda: floors.require_quorum(4, 3, 0), "quorum"),
    (lambda: floors.require_period(times(opens=TIMES.closes)), "before it opens"),
    (lambda: floors.require_clocks(times(grace=DAY + 1)), "a day at most"),
    (lambda: floors.require_clocks(times(max_age=DAY + 1)), "a day at most"),
    (lambda: floors.require_clocks(times(skew=DAY + 1)), "a day at most"),
    (lambda: floors.require_clocks(times(intake_margin=TIMES.max_age)), "no time to vote"),
    (lambda: floors.require_policies(policies(minimum_aggregate=1)), "minimum aggregate"),
    (lambda: floors.require_policies(policies(branches=floors.MAXIMUM_BRANCHES + 1)), "larger ballots"),
    (lambda: floors.require_policies(policies(vote_bytes=floors.MAXIMUM_VOTE_BYTES + 1)), "larger ballots"),
    (lambda: floors.require_known_contests(UNITS[0], CONTESTS[:1]), "does not have"),
    (lambda: floors.require_known_contests(replace(UNITS[0], contests=("board", "board")), CONTESTS), "same name"),
    (lambda: floors.require_one_root(UNITS[1:]), "one root"),
    (lambda: floors.require_parent(UNITS[::-1], 0), "before its parent"),
    (lambda: floors.require_totals(replace(CONTESTS[1], max_total=5)), "do not fit"),
)


@pytest.mark.parametrize("rule", PASSING)
def test_what_is_at_the_floor_passes(rule: Callable[[], object]) -> None:
    rule()


@pytest.mark.parametrize(("rule", "reason"), REFUSED)
def test_what_is_below_the_floor_is_refused(rule: Callable[[], object], reason: str) -> None:
    with pytest.raises(RuleBroken, match=reason):
        rule()
