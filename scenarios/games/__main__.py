"""`python -m scenarios.games [rounds]`: play all games and all variants, and print who can tell."""

from __future__ import annotations

import sys

from scenarios.games.game import GAMES
from scenarios.games.score import play_broken, play_honestly, score, significance
from scenarios.games.variants import variants


def main(rounds: int) -> None:
    """Print, for each game and each variant, the distinguishers that told, and the furthest from a coin."""
    alarm = significance(len(GAMES))
    for game in GAMES:
        found = score(play_honestly(game, rounds))
        telling = [name for name, each in found.items() if each.tells(alarm)]
        furthest = min(found, key=lambda name: found[name].chance)
        each = found[furthest]
        print(f"{game.name}: told by {', '.join(telling) or 'nobody'}")
        print(f"  furthest from a coin: {furthest}, {each.right} of {each.rounds}, chance {each.chance:.2g}")
    for name, variant in variants().items():
        found = score(play_broken(variant, 28))
        told = [by for by, each in found.items() if each.tells(alarm)]
        print(f"{name} ({variant.game.name}): told by {', '.join(told) or 'nobody'}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 64)
