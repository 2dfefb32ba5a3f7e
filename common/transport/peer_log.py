"""How a party's peers do, in its log: a line when one fails, when it fails in another way, when it is well again.

Never a line for each request: what happens meanwhile is counted, and however often a peer changes its mind, it gets
one line in `QUIET` seconds. Lines hold nothing that a peer said.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

QUIET = 60
"""Seconds between two lines about one peer."""
LOG = logging.getLogger("valik")


@dataclass(slots=True)
class _Told:
    """What the log says last of a peer (None: it is well), since when, and how often it has failed since."""

    trouble: str | None = None
    at: float = float("-inf")
    failures: int = 0


class PeerLog:
    """Called with a peer and what is wrong with it, or None if it answered as it should. Threads may share it.

    `peer` and `trouble` are words of this program, never a peer's own. `clock` measures in seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._told: dict[str, _Told] = {}
        self._lock = Lock()

    def __call__(self, peer: str, trouble: str | None) -> None:
        with self._lock:
            told, now = self._told.setdefault(peer, _Told()), self._clock()
            told.failures += trouble is not None
            if trouble == told.trouble or now - told.at < QUIET:
                return
            if trouble is None:
                LOG.info("%s is well again; it failed %d times", peer, told.failures)
            else:
                LOG.warning("%s %s%s", peer, trouble, _before(told.failures - 1))
            self._told[peer] = _Told(trouble, now, 0 if trouble is None else told.failures)


def _before(failures: int) -> str:
    return f"; it failed {failures} times before" if failures else ""
