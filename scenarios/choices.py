"""How mock voters choose: by weights for each option, the same for the same seed."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from itertools import accumulate

from common.crypto.contest import Choice
from common.messages.draft import Draft
from common.messages.manifest import Contest
from common.messages.roll import RollEntry
from scenarios.definition.population import PopulationPlan


class Chooser:
    """Choices by voter, unit and number of the ballot; preferences of a unit go before those of the contest."""

    def __init__(self, draft: Draft, plan: PopulationPlan) -> None:
        self._seed = plan.seed
        self._units = {unit.id: unit for unit in draft.units}
        self._contests = {contest.id: contest for contest in draft.contests}
        self._weights = {(row.contest, row.unit): row.weights for row in plan.preferences}

    def voting_units(self, rows: Iterable[RollEntry]) -> list[str]:
        """The units with voters; if that is only one, all that have contests."""
        used = {row.unit for row in rows}
        found = [unit for unit in self._units if unit in used]
        return found if len(found) > 1 else [name for name, unit in self._units.items() if unit.contests]

    def choices(self, voter: str, unit: str, ballot: int) -> Mapping[str, Choice]:
        """An allowed choice in every contest of the unit."""
        source = random.Random(f"{self._seed}/choices/{voter}/{unit}/{ballot}")
        return {name: self._choose(source, self._contests[name], unit) for name in self._units[unit].contests}

    def _choose(self, source: random.Random, contest: Contest, unit: str) -> Choice:
        weights = self._weights.get((contest.id, unit)) or self._weights.get((contest.id, None))
        return choose(source, contest, weights or (1.0,) * len(contest.options))


def choose(source: random.Random, contest: Contest, weights: tuple[float, ...]) -> Choice:
    """Give out points one by one by weight: exactly one, or for a vector contest as many as its totals allow.

    An option of weight 0 gets something only where the minimum total cannot be reached otherwise.
    """
    rules = contest.rules()
    amounts = [0] * rules.options
    for given in range(source.randint(rules.min_total, rules.max_total)):
        free = [option for option, amount in enumerate(amounts) if amount < rules.max_per_option]
        liked = [option for option in free if weights[option] > 0]
        if not liked and given >= rules.min_total:
            break
        amounts[_draw(source, liked or free, weights if liked else (1.0,) * rules.options)] += 1
    return tuple(amounts)


def _draw(source: random.Random, options: list[int], weights: tuple[float, ...]) -> int:
    bounds = list(accumulate(weights[option] for option in options))
    return source.choices(options, cum_weights=bounds)[0]
