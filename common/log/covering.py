"""Covering times: by when the witnesses' clocks show that an entry stood in the log.

The covering time of entry i is the minimum, over the recorded checkpoints of size > i that have a quorum, of their
quorum-th smallest cosignature time. It decides deadlines and nothing else.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

from common.errors import LogError
from common.log.witnessed import Witnessed, quorum_time


class CoveringTimes:
    """Covering times of all entries, from checkpoints whose signatures and consistency are already verified."""

    __slots__ = ("_sizes", "_times")

    def __init__(self, checkpoints: Iterable[Witnessed], quorum: int) -> None:
        """Checkpoints in any order; those with fewer cosignatures than `quorum` do not count."""
        earliest: dict[int, int] = {}
        for witnessed in checkpoints:
            if len(witnessed.cosignature_times) < quorum:
                continue
            time = quorum_time(witnessed.cosignature_times, quorum)
            size = witnessed.checkpoint.size
            earliest[size] = min(time, earliest.get(size, time))
        self._sizes = sorted(earliest)
        self._times = [earliest[size] for size in self._sizes]
        for at in range(len(self._times) - 2, -1, -1):  # a larger checkpoint covers all that a smaller one does
            self._times[at] = min(self._times[at], self._times[at + 1])

    def of(self, index: int) -> int:
        """Covering time of entry `index` ≥ 0 in seconds since 1970, O(log n); `LogError` if none covers it."""
        if index < 0:
            raise LogError(f"no entry {index}")
        at = bisect_right(self._sizes, index)
        if at == len(self._sizes):
            raise LogError(f"no checkpoint with a quorum covers entry {index}")
        return self._times[at]
