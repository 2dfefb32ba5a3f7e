"""Where a collector's time goes: a clock for each thread, read whenever a step in the life of a vote is made.

It watches from outside, through what a collector takes anyway: `reached`, its list of checks, its store, its ports.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock, local

from collector.collector import Collector
from collector.steps import Step
from collector.store import Store
from common.checks.catalogue import COMPLETE
from common.checks.check import CheckList
from common.errors import Party
from common.messages.receipt import Receipt, SessionView
from common.ports import OcspResponder, WitnessPort

SESSION = "open a session"
CHEAP, C10, C11 = "C1 to C9, C12", "C10", "C11"
ASKING, C4 = "ask the OCSP responder", "C4"
COMMIT = "C7, C9, commit"
WAITING = "wait for a checkpoint"
DEADLINES, RECEIPT = "C2, C4 again", "make and keep the receipt"
SIGNING, KEEPING = "checkpoint: root, signature", "checkpoint: keep"
COSIGNING, QUORUM, KEEPING_COSIGNED = "one cosignature", "all cosignatures", "cosigned: keep"
STAGES = (SESSION, CHEAP, C10, C11, ASKING, C4, COMMIT, WAITING, DEADLINES, RECEIPT)
"""One thread makes these for one vote, in this order."""
BESIDE = (SIGNING, KEEPING, COSIGNING, QUORUM, KEEPING_COSIGNED)
"""Made for a checkpoint, which many votes may share, by threads of its own."""

_BEFORE = {(None, "C10"): CHEAP, (None, "C11"): C10, (Step.COMMITTED, "C2"): WAITING}
"""The stage that ends when a check begins, by the last step before it in the same thread."""
_AT = {
    Step.CHECKED: C11,
    Step.ADMITTED: C4,
    Step.COMMITTED: COMMIT,
    Step.IN_TIME: DEADLINES,
    Step.RECEIPT_KEPT: RECEIPT,
    Step.CHECKPOINT_SIGNED: SIGNING,
    Step.CHECKPOINT_KEPT: KEEPING,
    Step.COSIGNED: COSIGNING,
    Step.QUORUM: QUORUM,
    Step.COSIGNATURES_KEPT: KEEPING_COSIGNED,
}


@dataclass(slots=True)
class Taken:
    """What a stage took so far, each time it was made: seconds on the wall, seconds of its thread's CPU."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)


class Stopwatch:
    """Adds up stages over all threads."""

    def __init__(self) -> None:
        self._taken: defaultdict[str, Taken] = defaultdict(Taken)
        self._lock = Lock()
        self._here = local()

    def begin(self) -> None:
        """A first stage begins in this thread."""
        self._here.last, self._here.since = None, (time.perf_counter(), time.thread_time())

    def end(self, stage: str) -> None:
        """This thread has done `stage`, and begins the next."""
        now, since = (time.perf_counter(), time.thread_time()), getattr(self._here, "since", None)
        if since is None:  # nobody's request: the collector opens its log
            return
        with self._lock:
            self._taken[stage].wall.append(now[0] - since[0])
            self._taken[stage].cpu.append(now[1] - since[1])
        self._here.since = now

    def reached(self, step: Step) -> None:
        """For `Collector`."""
        self.end(_AT[step])
        self._here.last = step

    def before(self, check: str) -> None:
        """A check is about to be run."""
        stage = _BEFORE.get((getattr(self._here, "last", None), check))
        if stage is not None:
            self.end(stage)

    def take(self) -> dict[str, Taken]:
        """All that was added since this was last called."""
        with self._lock:
            taken, self._taken = dict(self._taken), defaultdict(Taken)
        return taken


class TimedChecks(CheckList):
    """The complete list; tells when a check begins."""

    def __init__(self, watch: Stopwatch) -> None:
        super().__init__((COMPLETE[check] for check in COMPLETE.ids()), complete=True)
        self._watch = watch

    def run(self, check: str, subject: str, obj: object, context: object, at_fault: Party | None = None) -> None:
        self._watch.before(check)
        super().run(check, subject, obj, context, at_fault)


class TimedStore(Store):
    """Whoever makes a checkpoint first asks whether it is there."""

    def __init__(self, path: Path, watch: Stopwatch) -> None:
        super().__init__(path)
        self._watch = watch

    def checkpoint(self, size: int, *, cosigned: bool) -> str | None:
        if cosigned:
            self._watch.begin()
        return super().checkpoint(size, cosigned=cosigned)


@dataclass(frozen=True, slots=True)
class TimedResponder(OcspResponder):
    """Tells when the answer is there."""

    responder: OcspResponder
    watch: Stopwatch

    def respond(self, request: bytes) -> bytes:
        response = self.responder.respond(request)
        self.watch.end(ASKING)
        return response


@dataclass(frozen=True, slots=True)
class TimedWitness(WitnessPort):
    """Tells when it is asked."""

    witness: WitnessPort
    watch: Stopwatch

    def add_checkpoint(self, old_size: int, proof: Sequence[bytes], note: str) -> str:
        self.watch.begin()
        return self.witness.add_checkpoint(old_size, proof, note)


class TimedCollector(Collector):
    """Tells when a voter's request gets to it. Set `watch` before any does."""

    watch: Stopwatch

    def open_session(self, nonce: str, token: str) -> SessionView:
        self.watch.begin()
        view = super().open_session(nonce, token)
        self.watch.end(SESSION)
        return view

    def cast(self, session: str, signed_ballot: bytes) -> Receipt:
        self.watch.begin()
        return super().cast(session, signed_ballot)
