"""A watch takes each notice once, in order, and no answer of a collector keeps it busy for ever (spec 10.5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from common.errors import EncodingError
from common.messages.receipt import Notice
from voter_client.watching import Watch


@dataclass(slots=True)
class Collector:
    """Answers one after the other, then with nothing; `asked` is what it was asked for."""

    answers: list[tuple[Notice, ...]]
    asked: list[int] = field(default_factory=list)

    def subscribe(self, _session: str) -> str:
        return "ef" * 32

    def notices(self, _subscription: str, after: int) -> tuple[Notice, ...]:
        self.asked.append(after)
        return self.answers.pop(0) if self.answers else ()


def notices(*numbers: int) -> tuple[Notice, ...]:
    return tuple(Notice("ab" * 32, number, "2027-03-01T10:00:00Z") for number in numbers)


def told(collector: Collector, already: int = 0) -> list[int]:
    watch = Watch(Path("watch"), "cd" * 32, "ef" * 32, already)
    return [notice.sequence for _, notice in watch.news(collector)]


def test_watch_asks_until_there_is_nothing_new() -> None:
    collector = Collector([notices(2, 3), notices(4)])
    assert told(collector, already=1) == [2, 3, 4]
    assert collector.asked == [1, 3, 4]


@pytest.mark.parametrize("answers", [[(2, 2)], [(3, 2)], [(1,)], [(2,), (2,)]])
def test_notices_out_of_order_are_refused(answers: Sequence[tuple[int, ...]]) -> None:
    with pytest.raises(EncodingError, match="out of order"):
        told(Collector([notices(*numbers) for numbers in answers]), already=1)
