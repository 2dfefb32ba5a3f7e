"""No distinguisher does better than a coin against the protocol; each break is told apart by one of them.

The honest games call a sound protocol broken less often than once in a million runs of this file: that is
`FALSE_ALARMS`, shared out equally among all distinguishers and games. A small leak is missed as seldom.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import nullcontext
from functools import cache, partial
from math import comb, isclose
from pathlib import Path

import pytest

from scenarios.games.distinguishers import DISTINGUISHERS
from scenarios.games.game import BALLOTS, CHOICES, GAMES, TURNOUT, Game
from scenarios.games.play import Played, play
from scenarios.games.score import (
    FALSE_ALARMS,
    SUSPICION,
    Score,
    bar,
    examine,
    play_broken,
    play_honestly,
    power,
    score,
    smallest,
)
from scenarios.games.variants import variants

HOWTO = Path(__file__).parents[2] / "docs/howto/secrecy-games.md"
ELECTION_ROUNDS, BALLOT_ROUNDS = 48, 400
GUARDS = {"sizes", "position"}
"""Distinguishers of what no variant breaks."""
FULL = [name for name, variant in variants().items() if variant.rate == 1.0]


def rounds(game: Game) -> int:
    return ELECTION_ROUNDS if game.cast else BALLOT_ROUNDS


@cache
def honest(game: Game) -> Sequence[Played]:
    """Two elections of a game, or many ballots, played once for all tests."""
    return play_honestly(game, rounds(game), pairs=ELECTION_ROUNDS // 2)


@pytest.mark.parametrize("game", GAMES, ids=lambda game: game.name)
def test_nobody_tells_the_protocol_from_itself_exchanged(game: Game) -> None:
    found = score(honest(game))
    assert max(each.guesses for each in found.values()) == rounds(game) or game is TURNOUT
    assert sum(len(election.pairs) for election in honest(game)) == rounds(game)
    assert examine(partial(play_honestly, game), found, rounds(game), len(GAMES)) == {}


@pytest.mark.parametrize("name", FULL)
def test_a_broken_protocol_is_told_apart(name: str) -> None:
    variant = variants()[name]
    if variant.broken is nullcontext:  # nothing else is done, only more is shown
        played = [election.shown_by(variant) for election in honest(variant.game)]
    else:
        played = list(play_broken(variant, variant.rounds))
    found = score(played, [variant.told_by])[variant.told_by]
    assert found.right == found.guesses >= variant.rounds
    assert found.tells(FALSE_ALARMS)


@pytest.mark.parametrize("name", sorted(set(variants()) - set(FULL)))
def test_a_small_leak_is_told_apart(name: str) -> None:
    """So many rounds that it is missed about once in a million, which a few rounds would not even suspect."""
    variant = variants()[name]
    assert 0.6 <= variant.rate <= 0.65
    assert power(variant.rounds, FALSE_ALARMS, variant.rate) > 1 - 1e-6
    assert power(ELECTION_ROUNDS, SUSPICION, variant.rate) < 0.1
    found = score(play_broken(variant, variant.rounds), [variant.told_by])[variant.told_by]
    assert found.guesses == variant.rounds
    assert found.tells(FALSE_ALARMS)
    assert power(variant.rounds, FALSE_ALARMS, 0.5) < FALSE_ALARMS, "a coin is not told"


def test_every_distinguisher_can_tell_something() -> None:
    assert {variant.told_by for variant in variants().values()} == set(DISTINGUISHERS) - GUARDS


def test_an_exchange_leaves_the_result_as_it_is() -> None:
    totals = {play(CHOICES, 3, asks=0).view.public.result.totals[0].counts for _ in range(2)}
    assert totals == {(4, 4, 1)}


def test_ballots_are_shown_without_being_cast() -> None:
    (shown,) = honest(BALLOTS)
    assert set(shown.view.ballots) == {voter for pair in shown.pairs for voter in (pair.first, pair.second)}
    assert shown.view.public.result.totals[0].ballots == len(shown.view.accomplices) == 3
    assert shown.view.sworn is None


# --- what counts


def test_a_round_without_a_guess_does_not_count() -> None:
    """Nobody guesses at positions where no receipts are shown; that explains nothing and is no sign of anything."""
    found = score(honest(TURNOUT), ["position"])["position"]
    assert found == Score(0, 0)
    assert found.chance == 1.0


def test_a_leak_that_shows_now_and_then_is_seen_better_than_with_coins_for_the_rest() -> None:
    """Right in all of 20 rounds of 48. With coins for the other 28 it would be right in 34 on the average."""
    assert Score(20, 20).tells(FALSE_ALARMS * 2)
    assert not Score(34, 48).tells(SUSPICION)


def test_suspects_are_tried_again_and_coins_are_let_go() -> None:
    variant = variants()["biased_jacobi_symbol"]
    suspicious = score(play_broken(variant, variant.rounds), [variant.told_by, "parity"])
    assert set(examine(partial(play_broken, variant), suspicious, variant.rounds, len(GAMES))) == {variant.told_by}
    assert examine(partial(play_honestly, BALLOTS), suspicious, variant.rounds, len(GAMES)) == {}


def test_who_is_not_suspicious_is_not_tried_again() -> None:
    def never(_rounds: int) -> Sequence[Played]:
        raise AssertionError("there is nobody to try again")

    assert examine(never, {"parity": Score(233, 400)}, 400, len(GAMES)) == {}
    with pytest.raises(AssertionError, match="nobody"):
        examine(never, {"parity": Score(234, 400)}, 400, len(GAMES))


@pytest.mark.parametrize("guesses", [1, 2, 10, 21, 48, 400, 1_100])
@pytest.mark.parametrize("level", [0.05, SUSPICION, FALSE_ALARMS])
def test_the_bar_is_the_fewest_right_guesses_that_tell(guesses: int, level: float) -> None:
    found = bar(guesses, level)
    assert guesses / 2 < found <= guesses + 1
    assert found > guesses or Score(found, guesses).tells(level)
    assert not Score(found - 1, guesses).tells(level)


def test_howto_says_what_is_found() -> None:
    said = re.findall(r"^\| (\d+) \| (\d+) \|$", HOWTO.read_text(encoding="utf-8"), re.MULTILINE)
    assert {int(rounds) for rounds, _ in said} >= {ELECTION_ROUNDS, BALLOT_ROUNDS}
    assert [(int(rounds), int(found)) for rounds, found in said] == [
        (int(rounds), round(100 * smallest(int(rounds), len(GAMES)))) for rounds, _ in said
    ]


def test_power_is_the_binomial_probability_of_clearing_the_bar() -> None:
    exact = sum(comb(48, k) * 0.8**k * 0.2 ** (48 - k) for k in range(bar(48, SUSPICION), 49))
    assert isclose(power(48, SUSPICION, 0.8), exact, rel_tol=1e-9)
    assert power(5, FALSE_ALARMS, 0.99) == 0.0, "five guesses tell nothing, even if all are right"


@pytest.mark.parametrize(
    ("right", "rounds", "chance"), [(5, 10, 1.0), (0, 10, 2 / 1024), (10, 10, 2 / 1024), (9, 10, 22 / 1024)]
)
def test_chance_is_the_two_sided_binomial_probability(right: int, rounds: int, chance: float) -> None:
    assert Score(right, rounds).chance == chance


def test_the_significance_is_met_exactly_by_a_long_run() -> None:
    assert not Score(60, 100).tells(FALSE_ALARMS)
    assert Score(80, 100).tells(FALSE_ALARMS)
    assert Score(1_500, 2_000).tells(FALSE_ALARMS)
