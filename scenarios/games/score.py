"""Counting guesses: how often a distinguisher was right, and how likely a coin is to do as well or as badly."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import comb, ldexp

from scenarios.games.distinguishers import DISTINGUISHERS
from scenarios.games.game import Game, Variant
from scenarios.games.play import Played, play

FALSE_ALARMS = 1e-6
"""How often a whole run of all distinguishers on all games may call an honest protocol broken."""


@dataclass(frozen=True, slots=True)
class Score:
    """`right` guesses of `rounds`. A round without a guess is decided by a coin, so that all rounds count."""

    right: int
    rounds: int

    @property
    def chance(self) -> float:
        """The probability that a coin is at least as far from half of the rounds: two-sided, binomial, exact."""
        far = abs(2 * self.right - self.rounds)
        ways = sum(comb(self.rounds, k) for k in range(self.rounds + 1) if abs(2 * k - self.rounds) >= far)
        return min(1.0, ldexp(ways, -self.rounds) if ways < 1 << 1000 else ways / (1 << self.rounds))

    def tells(self, significance: float) -> bool:
        """True if chance explains this less often than `significance`."""
        return self.chance < significance


def score(played: Iterable[Played]) -> Mapping[str, Score]:
    """Every distinguisher on every pair. Guesses rest on what is shown alone, so rounds are independent coins
    wherever what is shown says nothing of the exchanges.
    """
    right = dict.fromkeys(DISTINGUISHERS, 0)
    rounds = 0
    for election in played:
        for pair, exchanged in zip(election.pairs, election.exchanged, strict=True):
            rounds += 1
            for name, distinguish in DISTINGUISHERS.items():
                guess = distinguish(election.view, pair)
                right[name] += exchanged == (bool(secrets.randbits(1)) if guess is None else guess)
    return {name: Score(number, rounds) for name, number in right.items()}


def play_honestly(game: Game, rounds: int, pairs: int = 32) -> Sequence[Played]:
    """So many rounds of the protocol as it is, `pairs` in one election; the trustees are tempted in the first one."""
    return [play(game, pairs, asks=int(number == 0)) for number in range(-(-rounds // pairs))]


def play_broken(variant: Variant, rounds: int) -> Sequence[Played]:
    """So many rounds of a variant."""
    with variant.broken():
        elections = [play(variant.game, variant.pairs, variant) for _ in range(-(-rounds // variant.pairs))]
    return [election.shown_by(variant) for election in elections]


def significance(games: int) -> float:
    """For one distinguisher on one game: all of them together stay below `FALSE_ALARMS`."""
    return FALSE_ALARMS / (games * len(DISTINGUISHERS))
