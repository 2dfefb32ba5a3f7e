"""No distinguisher does better than a coin against the protocol; each break is told apart by one of them.

The honest games call a sound protocol broken less often than once in a million runs of this file: that is
`FALSE_ALARMS`, shared out equally among all distinguishers and games.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from functools import cache

import pytest

from scenarios.games.distinguishers import DISTINGUISHERS
from scenarios.games.game import CHOICES, GAMES, Game
from scenarios.games.play import Played, play
from scenarios.games.score import FALSE_ALARMS, Score, play_broken, play_honestly, score, significance
from scenarios.games.variants import variants

ROUNDS = 48
BROKEN_ROUNDS = 21
"""As many as it takes for a coin to be always right less often than `FALSE_ALARMS`."""
GUARDS = {"sizes", "position"}
"""Distinguishers of what no variant breaks."""


@cache
def honest(game: Game) -> Sequence[Played]:
    """Two elections of a game, played once for all tests."""
    return play_honestly(game, ROUNDS, pairs=ROUNDS // 2)


@pytest.mark.parametrize("game", GAMES, ids=lambda game: game.name)
def test_nobody_tells_the_protocol_from_itself_exchanged(game: Game) -> None:
    found = score(honest(game))
    assert {each.rounds for each in found.values()} == {ROUNDS}
    assert [name for name, each in found.items() if each.tells(significance(len(GAMES)))] == []


@pytest.mark.parametrize("name", variants())
def test_a_broken_protocol_is_told_apart(name: str) -> None:
    variant = variants()[name]
    if variant.broken is nullcontext:  # nothing else is done, only more is shown
        played = [election.shown_by(variant) for election in honest(variant.game)]
    else:
        played = list(play_broken(variant, BROKEN_ROUNDS))
    found = score(played)[variant.told_by]
    assert found.right == found.rounds >= BROKEN_ROUNDS
    assert found.tells(FALSE_ALARMS)


def test_every_distinguisher_can_tell_something() -> None:
    assert {variant.told_by for variant in variants().values()} == set(DISTINGUISHERS) - GUARDS


def test_an_exchange_leaves_the_result_as_it_is() -> None:
    totals = {play(CHOICES, 3, asks=0).view.public.result.totals[0].counts for _ in range(2)}
    assert totals == {(4, 4, 1)}


@pytest.mark.parametrize(
    ("right", "rounds", "chance"), [(5, 10, 1.0), (0, 10, 2 / 1024), (10, 10, 2 / 1024), (9, 10, 22 / 1024)]
)
def test_chance_is_the_two_sided_binomial_probability(right: int, rounds: int, chance: float) -> None:
    assert Score(right, rounds).chance == chance


def test_the_significance_is_met_exactly_by_a_long_run() -> None:
    assert not Score(60, 100).tells(FALSE_ALARMS)
    assert Score(80, 100).tells(FALSE_ALARMS)
    assert Score(1_500, 2_000).tells(FALSE_ALARMS)
