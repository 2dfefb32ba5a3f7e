"""Measure all costs, or some, at one parameter set."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TypeAlias

from benchmarks import arithmetic, identity, keys, log, opening, proofs
from benchmarks.measure import QUICK, THOROUGH, Cost, Figure, measure
from benchmarks.setting import Setting
from benchmarks.yardsticks import Yardsticks
from common.errors import SetupError

GROUPS = {
    "proofs": proofs.costs,
    "opening": opening.costs,
    "keys": keys.costs,
    "identity": identity.costs,
    "log": log.costs,
    "arithmetic": arithmetic.costs,
}

OnProgress: TypeAlias = Callable[[int, int, str], None]
"""Called with (costs done, costs in all, what comes next)."""


@dataclass(frozen=True, slots=True)
class Report:
    """All figures of a run, with the yardsticks' own. `insecure`: measured at a toy size."""

    parameters: str
    insecure: bool
    quick: bool
    yardsticks: tuple[Figure, ...]
    figures: tuple[Figure, ...]


def run(parameters: str, *, quick: bool, only: Collection[str] = (), progress: OnProgress | None = None) -> Report:
    """Measure the costs that `only` names, or all; `SetupError` for a name or parameter set that there is not."""
    setting = Setting(parameters, quick=quick)
    chosen = choose(setting, only)
    tell = progress or (lambda _done, _total, _next: None)
    yardsticks = Yardsticks(setting.bits)
    figures = []
    for position, cost in enumerate(chosen):
        tell(position, len(chosen), cost.name)
        figures.append(measure(cost, yardsticks, QUICK if quick else THOROUGH))
    tell(len(chosen), len(chosen), "done")
    return Report(parameters, setting.insecure, quick, _own_figures(yardsticks), tuple(figures))


def choose(setting: Setting, only: Collection[str]) -> list[Cost]:
    """The costs of each group that is named, and each cost whose name contains a given text; all if none is."""
    costs = {group: list(made(setting)) for group, made in GROUPS.items()}
    for name in only:
        if name not in costs and not any(name in cost.name for group in costs.values() for cost in group):
            raise SetupError(f"no cost named {name!r}; the groups are {', '.join(GROUPS)}")
    return [
        cost
        for group, members in costs.items()
        for cost in members
        if not only or group in only or any(name in cost.name for name in only)
    ]


def _own_figures(yardsticks: Yardsticks) -> tuple[Figure, ...]:
    medians = yardsticks.medians()
    return tuple(
        Figure(name, own * 1000, "ms", {other: own / medians[other] for other in medians}, None)
        for name, own in medians.items()
    )
