"""What a stage took counts every process: this one, those that ended, those that still run."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from scenarios.stopwatch import Stopwatch, living_cpu

BUSY = "import time, sys\nwhile time.process_time() < 0.5: pass\nprint(flush=True)\nsys.stdin.read()"
"""Takes half a second of computing time, says so, and waits for its end."""


@pytest.fixture
def busy() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen([sys.executable, "-c", BUSY], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:  # noqa: S603
        yield process


def await_half_a_second(process: subprocess.Popen[bytes]) -> None:
    if process.stdout is not None:
        process.stdout.readline()


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="nothing tells of living processes without /proc")
def test_living_process_counts_for_the_stage_in_which_it_worked(busy: subprocess.Popen[bytes]) -> None:
    watch = Stopwatch(lambda: [busy.pid])
    with watch.timed("work"):
        await_half_a_second(busy)
    with watch.timed("rest"):
        pass
    assert watch.stages["work"].cpu >= 0.4
    assert watch.stages["rest"].cpu < 0.4
    assert living_cpu(busy.pid) >= 0.4


def test_ended_process_counts_for_the_stage_in_which_it_ended(busy: subprocess.Popen[bytes]) -> None:
    watch = Stopwatch()
    with watch.timed("unseen"):
        await_half_a_second(busy)
    with watch.timed("end"):
        busy.communicate()
    assert watch.stages["unseen"].cpu < 0.4
    assert watch.stages["end"].cpu >= 0.4


def test_process_that_is_gone_counts_nothing(busy: subprocess.Popen[bytes]) -> None:
    await_half_a_second(busy)
    busy.communicate()
    assert living_cpu(busy.pid) == 0.0
