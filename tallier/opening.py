"""Asking the trustees, all at the same time, until as many good answers are there as open the result."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from queue import SimpleQueue
from threading import Thread

from common.checks.check import CheckList
from common.checks.tally import Final
from common.errors import CheckFailed, Party, ValikError
from common.messages.election import Election
from common.messages.result import Aggregates, SignedAnswer

Ask = Callable[[], SignedAnswer]


@dataclass(slots=True)
class Gathered:
    """Good answers (T3), one a trustee, at most the threshold; and who gave none, with the reason."""

    election: Election
    aggregates: Aggregates
    checks: CheckList
    good: dict[int, SignedAnswer] = field(default_factory=dict)
    failed: dict[str, ValikError] = field(default_factory=dict)

    @property
    def enough(self) -> bool:
        return len(self.good) >= self.election.manifest.key.threshold

    @property
    def refused(self) -> list[CheckFailed]:
        """The trustees who answered wrongly."""
        return [error for error in self.failed.values() if isinstance(error, CheckFailed)]

    def take(self, source: str, signed: SignedAnswer) -> bool:
        """True if this answer is good, and the first of its trustee; else it is noted under `source`."""
        number, final = signed.answer.trustee, Final(self.election, self.aggregates.final_root)
        try:
            self.checks.run("T3", f"shares of trustee {number}", signed, (final, self.aggregates))
        except CheckFailed as failure:
            self.failed[source] = failure
            return False
        if number in self.good:
            if self.good[number] != signed:
                reason = "two answers of one trustee"
                self.failed[source] = CheckFailed("T3", Party.TRUSTEE, f"shares of trustee {number}", reason)
            return False
        self.good[number] = signed
        return True


def ask_all(gathered: Gathered, trustees: Mapping[str, Ask]) -> Iterable[SignedAnswer]:
    """Ask every trustee in a thread of its own; each good answer as it comes in, until there are enough.

    Nobody waits for a trustee who is slow, down or wrong once the others suffice; `gathered` notes who failed.
    """
    arrived: SimpleQueue[tuple[str, SignedAnswer | ValikError]] = SimpleQueue()
    for name, ask in trustees.items():
        Thread(target=_ask, args=(name, ask, arrived), name=f"asking {name}", daemon=True).start()
    for _ in trustees:
        if gathered.enough:
            return
        name, got = arrived.get()
        if isinstance(got, ValikError):
            gathered.failed[name] = got
        elif gathered.take(name, got):
            yield got


def _ask(name: str, ask: Ask, arrived: SimpleQueue[tuple[str, SignedAnswer | ValikError]]) -> None:
    try:
        arrived.put((name, ask()))
    except ValikError as error:
        arrived.put((name, error))
