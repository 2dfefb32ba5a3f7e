"""Counting guesses: how often a distinguisher was right, and how likely a coin is to do as well or as badly.

Whoever looks suspicious is tried again on fresh rounds. The first bar is low, so small leaks are seen; both together
are as high as `FALSE_ALARMS` demands, since a coin has to pass one after the other.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import comb, exp, lgamma, log, log1p

from scenarios.games.distinguishers import DISTINGUISHERS
from scenarios.games.game import Game, Variant
from scenarios.games.play import Played, play

FALSE_ALARMS = 1e-6
"""How often a whole run of all distinguishers on all games may call an honest protocol broken."""
SUSPICION = 1e-3
"""How often a coin may look suspicious."""
AGAIN = 4
"""How many times as many fresh rounds a suspect gets."""


@dataclass(frozen=True, slots=True)
class Score:
    """`right` of so many guesses. Rounds without a guess do not count.

    What is shown decides who guesses where. Where it says nothing of the exchanges, each guess is a coin of its own,
    however many there are: so the binomial distribution over the guesses made is exact.
    """

    right: int
    guesses: int

    @property
    def chance(self) -> float:
        """The probability that a coin is at least as far from half of the guesses: two-sided, binomial, exact."""
        far = max(self.right, self.guesses - self.right)
        ways = 2 * sum(comb(self.guesses, k) for k in range(far, self.guesses + 1))
        return min(1.0, ways / (1 << self.guesses))

    def tells(self, significance: float) -> bool:
        """True if chance explains this less often than `significance`."""
        return self.chance < significance


@cache
def bar(guesses: int, significance: float) -> int:
    """The fewest right guesses that tell; more than `guesses` if there are too few of them to tell anything."""
    right, ways, above = guesses, 1, 0
    while 2 * (above + ways) / (1 << guesses) < significance:
        above += ways
        ways = ways * right // (guesses - right + 1)  # from the binomial coefficient of `right` to that of one less
        right -= 1
    return right + 1


def power(guesses: int, significance: float, rate: float) -> float:
    """How likely a distinguisher clears the bar that is right at this rate; 0 < `rate` < 1."""
    total = lgamma(guesses + 1)
    logs = (
        total - lgamma(k + 1) - lgamma(guesses - k + 1) + k * log(rate) + (guesses - k) * log1p(-rate)
        for k in range(bar(guesses, significance), guesses + 1)
    )
    return min(1.0, sum(map(exp, logs)))


def smallest(rounds: int, games: int, sure: float = 0.99) -> float:
    """The rate, in steps of 0.01, that `examine` finds this surely where there is a guess in every round."""
    second = significance(games) / SUSPICION

    def found(hundredths: int) -> bool:
        rate = hundredths / 100
        return power(rounds, SUSPICION, rate) * power(AGAIN * rounds, second, rate) >= sure

    return bisect_left(range(100), True, lo=51, key=found) / 100


def score(played: Iterable[Played], names: Collection[str] = tuple(DISTINGUISHERS)) -> Mapping[str, Score]:
    """These distinguishers on every pair."""
    right, guesses = dict.fromkeys(names, 0), dict.fromkeys(names, 0)
    for election in played:
        for pair, exchanged in zip(election.pairs, election.exchanged, strict=True):
            for name in names:
                guess = DISTINGUISHERS[name](election.view, pair)
                if guess is not None:
                    guesses[name] += 1
                    right[name] += guess == exchanged
    return {name: Score(right[name], guesses[name]) for name in names}


def examine(
    plays: Callable[[int], Iterable[Played]], first: Mapping[str, Score], rounds: int, games: int
) -> Mapping[str, Score]:
    """Who tells, with their scores on fresh rounds: `plays` holds these, `AGAIN` times `rounds`, if need be.

    `first`: all scores on the first `rounds`. A coin passes both bars less often than `significance`.
    """
    suspects = [name for name, each in first.items() if each.tells(SUSPICION)]
    if not suspects:
        return {}
    second = score(plays(AGAIN * rounds), suspects)
    return {name: each for name, each in second.items() if each.tells(significance(games) / SUSPICION)}


def play_honestly(game: Game, rounds: int, pairs: int = 32) -> Sequence[Played]:
    """So many rounds of the protocol as it is, `pairs` in one election; the trustees are tempted in the first one."""
    if not game.cast:
        return [play(game, rounds)]
    return [play(game, pairs, asks=int(number == 0)) for number in range(-(-rounds // pairs))]


def play_broken(variant: Variant, rounds: int) -> Sequence[Played]:
    """So many rounds of a variant."""
    with variant.broken():
        elections = [play(variant.game, variant.pairs, variant) for _ in range(-(-rounds // variant.pairs))]
    return [election.shown_by(variant) for election in elections]


def significance(games: int) -> float:
    """For one distinguisher on one game: all of them together stay below `FALSE_ALARMS`."""
    return FALSE_ALARMS / (games * len(DISTINGUISHERS))
