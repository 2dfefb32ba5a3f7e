"""The services under load, each in a process of its own: what `valik` serves, on loopback and without TLS."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection as Pipe

from fastapi import FastAPI

from auditor.api import witness_app
from auditor.head_store import FileHeadStore
from auditor.witness import Witness
from benchmarks.load.site import Site
from benchmarks.load.stages import (
    Stopwatch,
    Taken,
    TimedChecks,
    TimedCollector,
    TimedResponder,
    TimedStore,
    TimedWitness,
)
from collector.api import public_app
from common.transport.client import OcspClient, WitnessClient
from common.transport.connection import Connection
from common.transport.serve import BackgroundService
from common.transport.supervision import Clock
from scenarios.country.api import ocsp_app
from scenarios.country.ocsp_responder import OcspResponder
from scenarios.country.office_files import open_authority


@dataclass(frozen=True, slots=True)
class Reading:
    """CPU seconds of a process since it began, and the stages since the last reading, where there are any."""

    cpu: float
    stages: dict[str, Taken]


def run_ocsp(pipe: Pipe, site: Site) -> None:
    responder = OcspResponder(open_authority(site.eid, Clock()))
    _serve(pipe, ocsp_app(responder, responder.require_ready))


def run_witness(pipe: Pipe, site: Site, number: int) -> None:
    election = site.election()
    trust, name = election.log_trust, election.manifest.witnesses.members[number - 1].name
    heads = FileHeadStore(site.heads(number))
    witness = Witness(name, site.witness_key(number), heads, Clock(), {trust.origin: trust.log_key})
    _serve(pipe, witness_app(witness, witness.require_ready))


def run_collector(pipe: Pipe, site: Site, ocsp: str, witnesses: tuple[str, ...]) -> None:
    watch, election = Stopwatch(), site.election()
    collector = TimedCollector(
        election,
        site.roll,
        site.collector_keys(),
        TimedStore(site.folder / "box.sqlite", watch),
        [TimedWitness(WitnessClient(Connection(address)), watch) for address in witnesses],
        TimedResponder(OcspClient(Connection(ocsp)), watch),
        Clock(),
        TimedChecks(watch),
        watch.reached,
    )
    collector.watch = watch
    _serve(pipe, public_app(collector, election.manifest.policies.vote_bytes), watch.take)


def _serve(pipe: Pipe, app: FastAPI, stages: Callable[[], dict[str, Taken]] = dict) -> None:
    """Until the pipe is closed: first the address, then a reading for every question."""
    with BackgroundService(app) as service:
        pipe.send(service.address)
        while True:
            try:
                pipe.recv()
            except EOFError:
                return
            pipe.send(Reading(time.process_time(), stages()))
