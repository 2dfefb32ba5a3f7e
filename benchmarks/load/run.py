"""One load: an election is founded, its services start, ballots are made, voters come one by one, then in a crowd."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.load.processes import Worker
from benchmarks.load.services import Reading, run_collector, run_ocsp, run_witness
from benchmarks.load.site import CONTEST, UNIT, WITNESSES, Site, found
from benchmarks.load.stages import Taken
from benchmarks.load.voters import Crowd, Votes, run_voters
from benchmarks.proofs import ONE_OF_5
from benchmarks.yardsticks import POWER_3072, Yardsticks
from common.crypto.systems import cryptosystem
from common.errors import SetupError
from scenarios.ballot_factory import Wish, prepare_all
from voter_client.prepare import PreparedBallot

ALONE, WARMING = 10, 6
MOST_BALLOTS, MOST_AT_ONCE = 2_000, 64
_YARDSTICKS = 9


@dataclass(frozen=True, slots=True)
class Phase:
    """What one crowd met with; `cpu`: seconds by party, over the whole phase; `stages`: the collector's."""

    crowd: Crowd
    votes: Votes
    cpu: Mapping[str, float]
    stages: Mapping[str, Taken]

    @property
    def rate(self) -> float:
        """Ballots accepted in a second."""
        return self.crowd.voters / self.votes.seconds


@dataclass(frozen=True, slots=True)
class Load:
    """All of a run. `powmod`: seconds of `powmod_3072`; `load_before`: the machine's load average over a minute."""

    parameters: str
    insecure: bool
    cores: int
    load_before: float
    powmod: float
    preparation: Mapping[str, float]
    alone: Phase
    together: Phase


def run(parameters: str, ballots: int, at_once: int, tell: Callable[[str], None] = lambda _: None) -> Load:
    """Put a load on; `SetupError` for a parameter set that there is not, or numbers out of bounds.

    `tell` hears what comes next. Nothing is left afterwards: no file, no process.
    """
    insecure = cryptosystem(parameters).insecure
    if not (1 <= ballots <= MOST_BALLOTS and 1 <= at_once <= MOST_AT_ONCE):
        raise SetupError(f"1 to {MOST_BALLOTS} ballots, of 1 to {MOST_AT_ONCE} voters at once")
    before, took = os.getloadavg()[0], dict[str, float]()
    with TemporaryDirectory(prefix="valik-load-") as folder, ExitStack() as opened:
        with _timed("key ceremony, ID cards", took, tell):
            site = found(Path(folder), parameters, WARMING + ALONE + ballots)
        with _timed("encrypting and proving", took, tell):
            prepared = _prepare(site)
        with _timed("services start", took, tell):
            services, address = _start(opened, site)
            voters = opened.enter_context(Worker("voters", run_voters, site, address, prepared))
            voters.answer()
        yardsticks = Yardsticks(512)
        _phase(services, voters, Crowd(WARMING, 2))
        _take(yardsticks)
        tell("one voter at a time")
        alone = _phase(services, voters, Crowd(ALONE, 1))
        _take(yardsticks)
        tell(f"{at_once} voters at a time")
        together = _phase(services, voters, Crowd(ballots, at_once))
        _take(yardsticks)
    powmod = yardsticks.medians()[POWER_3072]
    return Load(parameters, insecure, os.cpu_count() or 1, before, powmod, took, alone, together)


def _prepare(site: Site) -> list[PreparedBallot]:
    """A ballot for each voter, on all cores."""
    choices = zip(site.voters, cycle(ONE_OF_5.choices), strict=False)
    wishes = [Wish(voter, UNIT, {CONTEST: choice}) for voter, choice in choices]
    return list(prepare_all(site.manifest, site.authority_key, wishes))


def _start(opened: ExitStack, site: Site) -> tuple[Mapping[str, Sequence[Worker]], str]:
    """The services' processes by party, and the collector's address."""
    ocsp = opened.enter_context(Worker("the OCSP responder", run_ocsp, site))
    witnesses = [
        opened.enter_context(Worker(f"witness {number}", run_witness, site, number))
        for number in range(1, WITNESSES + 1)
    ]
    addresses = tuple(witness.answer() for witness in witnesses)
    collector = opened.enter_context(Worker("the collector", run_collector, site, ocsp.answer(), addresses))
    return {"collector": [collector], "witnesses": witnesses, "OCSP responder": [ocsp]}, collector.answer()


def _phase(services: Mapping[str, Sequence[Worker]], voters: Worker, crowd: Crowd) -> Phase:
    before = _read(services)
    votes: Votes = voters.ask(crowd)
    after = _read(services)
    cpu = {"voters": votes.cpu} | {
        party: sum(reading.cpu for reading in after[party]) - sum(reading.cpu for reading in before[party])
        for party in services
    }
    return Phase(crowd, votes, cpu, after["collector"][0].stages)


def _read(services: Mapping[str, Sequence[Worker]]) -> dict[str, list[Reading]]:
    return {party: [worker.ask("read") for worker in workers] for party, workers in services.items()}


def _take(yardsticks: Yardsticks) -> None:
    for _ in range(_YARDSTICKS):
        yardsticks.take()


@contextmanager
def _timed(name: str, took: dict[str, float], tell: Callable[[str], None]) -> Iterator[None]:
    tell(name)
    begun = time.perf_counter()
    yield
    took[name] = time.perf_counter() - begun


def ninety_fifth(times: Sequence[float]) -> float:
    """The smallest of these times that 95 % of them do not exceed."""
    return sorted(times)[-(-len(times) * 95 // 100) - 1]
