"""`python -m scenarios.games [rounds [rounds of ballots]]`: play all games and all variants, print who can tell."""

from __future__ import annotations

import sys
import time
from functools import partial

from scenarios.games.game import GAMES, Game
from scenarios.games.score import FALSE_ALARMS, examine, play_broken, play_honestly, score, smallest
from scenarios.games.variants import variants


def main(rounds: int, of_ballots: int) -> None:
    """Print, for each game and each variant, the distinguishers that told, and the furthest from a coin."""
    for game in GAMES:
        _honestly(game, rounds if game.cast else of_ballots)
    for name, variant in variants().items():
        found = score(play_broken(variant, variant.rounds))
        told = [by for by, each in found.items() if each.tells(FALSE_ALARMS)]
        print(f"{name} ({variant.game.name}): told by {', '.join(told) or 'nobody'}")


def _honestly(game: Game, rounds: int) -> None:
    start = time.process_time()
    found = score(play_honestly(game, rounds))
    cost = (time.process_time() - start) / rounds
    telling = examine(partial(play_honestly, game), found, rounds, len(GAMES))
    furthest = min(found, key=lambda name: found[name].chance)
    each, least = found[furthest], smallest(rounds, len(GAMES))
    print(f"{game.name}: told by {', '.join(telling) or 'nobody'}")
    print(f"  furthest from a coin: {furthest}, {each.right} of {each.guesses}, chance {each.chance:.2g}")
    print(f"  {rounds} rounds, {1000 * cost:.0f} ms each: found if right {100 * least:.0f} times of 100")


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:]]
    main(*given, *(64, 1_000)[len(given) :])
