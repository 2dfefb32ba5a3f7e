"""A service under supervision: it lives no longer than whoever started it, and takes the time from there.

For mock elections, whose days pass in minutes. A service that nobody supervises keeps the machine's time.
"""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Thread
from typing import TextIO

SET_CLOCK = "clock"


@dataclass(slots=True)
class Clock:
    """Seconds since 1970 by this machine, plus `offset`, which only a supervisor changes."""

    offset: int = 0
    machine: Callable[[], float] = time.time

    def __call__(self) -> int:
        return int(self.machine()) + self.offset

    def set(self, now: int) -> None:
        """From here on it is `now`, and time goes on."""
        self.offset += now - self()


def obey(orders: TextIO, answers: TextIO, clock: Clock) -> None:
    """In a thread: take orders, one a line, until there is nobody left to give them; then stop this process.

    `{"clock": 1800000000}` sets the clock, and is said back once it is set. Anything else ends the service too:
    a supervisor that talks nonsense is none.
    """
    Thread(target=_obey, args=(orders, answers, clock), name="supervision", daemon=True).start()


def _obey(orders: TextIO, answers: TextIO, clock: Clock) -> None:
    try:
        for line in orders:
            clock.set(int(json.loads(line)[SET_CLOCK]))
            answers.write(line.strip() + "\n")  # in one piece: other processes may write there too
            answers.flush()
    except (ValueError, TypeError, KeyError, OSError):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
