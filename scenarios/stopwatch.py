"""What each stage of a mock election takes, by the wall clock and in computing time."""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(slots=True)
class Spent:
    """Seconds: `wall` by the clock on the wall, `cpu` of all processes concerned."""

    wall: float = 0.0
    cpu: float = 0.0


class Stopwatch:
    """`living`: ids of the processes that run now, for those that have ended are known to the system."""

    def __init__(self, living: Callable[[], Iterable[int]] = tuple) -> None:
        self.stages: dict[str, Spent] = {}
        self._living = living

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        """Note under `stage` what this took."""
        begun, used = time.perf_counter(), self._used()
        yield
        self.stages[stage] = Spent(time.perf_counter() - begun, self._used() - used)

    def _used(self) -> float:
        return ended_cpu() + sum(map(living_cpu, self._living()))


def ended_cpu() -> float:
    """CPU seconds of this process and of all its children that have ended."""
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def living_cpu(process: int) -> float:
    """CPU seconds of a process that runs, with those of its ended children; 0 where there is no /proc to say so."""
    try:
        status = Path(f"/proc/{process}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return 0.0
    fields = status.rpartition(")")[2].split()  # the name before may hold anything
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
