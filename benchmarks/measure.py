"""How a cost is measured: CPU time, medians, and ratios to yardsticks taken right before and after each sample.

A busy machine makes everything slower by turns. So a ratio is formed within each sample, from yardsticks of the same
moment, and the median over the samples is what counts; single times in milliseconds are the machine's, not ours.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import fmean, median
from typing import TypeAlias

from benchmarks.yardsticks import Yardsticks

Work: TypeAlias = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Target:
    """The cost is to be at most `at_most` times the named yardstick."""

    yardstick: str
    at_most: float


@dataclass(frozen=True, slots=True)
class Figure:
    """What a cost came to: CPU time in `unit`, and as a multiple of each yardstick."""

    name: str
    value: float
    unit: str
    ratios: Mapping[str, float]
    target: Target | None

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None without one."""
        return None if self.target is None else self.ratios[self.target.yardstick] <= self.target.at_most


@dataclass(frozen=True, slots=True)
class Cost:
    """One thing to measure. `prepare` makes all ready, untimed, and returns the work.

    One run of the work does the thing `per` times. For work whose length is luck, `correction` gives the factor that
    turns the run just done into an average one.
    """

    name: str
    prepare: Callable[[], Work]
    per: int = 1
    target: Target | None = None
    correction: Callable[[], float] | None = None


@dataclass(frozen=True, slots=True)
class Effort:
    """How many samples, how long each is at least, and after how much CPU time no further one begins (seconds)."""

    samples: int
    shortest: float
    budget: float


THOROUGH = Effort(samples=7, shortest=0.05, budget=20.0)
QUICK = Effort(samples=3, shortest=0.002, budget=1.0)


def measure(cost: Cost, yardsticks: Yardsticks, effort: Effort) -> Figure:
    """The median time of one of whatever the cost counts, in milliseconds, and the median ratios."""
    work = cost.prepare()
    runs = _runs(cost, work, effort)
    times: list[float] = []
    ratios: dict[str, list[float]] = {name: [] for name in yardsticks.names}
    spent = 0.0
    before = yardsticks.take()
    while not times or (len(times) < effort.samples and spent < effort.budget):
        sample = cpu_seconds(work, runs)
        spent += sample
        after = yardsticks.take()
        each = sample / runs / cost.per * (cost.correction() if cost.correction else 1.0)
        times.append(each)
        for name, found in ratios.items():
            found.append(each / fmean((before[name], after[name])))
        before = after
    medians = {name: median(found) for name, found in ratios.items()}
    return Figure(cost.name, median(times) * 1000, "ms", medians, cost.target)


def cpu_seconds(work: Work, runs: int = 1) -> float:
    """CPU time, of all threads of this process, that so many runs of the work take."""
    start = time.process_time()
    for _ in range(runs):
        work()
    return time.process_time() - start


def _runs(cost: Cost, work: Work, effort: Effort) -> int:
    """Runs that fill a sample, found by trying; work of unpredictable length is never repeated within one."""
    if cost.correction is not None:
        return 1
    once = max(cpu_seconds(work), 1e-7)
    return max(1, math.ceil(effort.shortest / once))
