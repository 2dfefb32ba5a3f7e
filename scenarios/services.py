"""An election whose parties are services: each at an address of its own on loopback, in threads of this process.

The world that comes out is used like the one in memory; every call between parties goes over HTTP.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import cast

from fastapi import FastAPI

from auditor.api import witness_app
from collector.api import box_app, public_app
from collector.collector import Collector
from collector.store import Store
from common.checks.catalogue import COMPLETE
from common.checks.check import CheckList
from common.crypto.cryptosystem import Cryptosystem
from common.crypto.systems import SYSTEMS
from common.eid.service_keys import public_raw
from common.messages.acts import Signed
from common.messages.draft import Draft
from common.messages.roll import RollEntry
from common.ports import CollectorPort
from common.tally.evidence import Evidence
from common.transport.client import BoxClient, CollectorClient, OcspClient, TrusteeClient, WitnessClient
from common.transport.connection import Connection
from common.transport.serve import BackgroundService
from scenarios.country.api import ocsp_app
from scenarios.founding import create_world, require_permitted
from scenarios.keyring import Keyring, new_keyring
from scenarios.world import World
from tallier.api import trustee_app
from tallier.ceremony import hold_ceremony
from tallier.trustee import TrusteeService
from tallier.trustee_state import MemoryState


class Premises:
    """Runs services and keeps connections to them, until `close`."""

    def __init__(self) -> None:
        self._services: list[BackgroundService] = []
        self._stack = ExitStack()

    def open(self, app: FastAPI) -> Connection:
        """Start a service and connect to it."""
        service = self._stack.enter_context(BackgroundService(app))
        self._services.append(service)
        return self.connect(service.address)

    def connect(self, address: str) -> Connection:
        """One more connection."""
        return self._stack.enter_context(Connection(address))

    def close(self) -> None:
        """Stop all services, together rather than one after the other."""
        for service in self._services:
            service.ask_to_stop()
        self._stack.close()


class RemoteCollector(CollectorClient, CollectorPort):
    """Both doors of a collector as one object."""

    def __init__(self, public: Connection, box: Connection) -> None:
        super().__init__(public)
        self._box = BoxClient(box)

    def submit_act(self, signed: Signed) -> int:
        return self._box.submit_act(signed)

    def evidence(self) -> Evidence:
        return self._box.evidence()


@dataclass(frozen=True, slots=True)
class ServedWorld:
    """A world whose `collector` and `trustees` are clients; where the services are; the collector behind them."""

    world: World
    premises: Premises
    collector: Collector
    public: Connection
    box: Connection
    ocsp: Connection
    witnesses: tuple[Connection, ...]
    trustees: tuple[Connection, ...]


@contextmanager
def served_world(
    draft: Draft,
    rows: Sequence[RollEntry],
    *,
    systems: Mapping[str, Cryptosystem] = SYSTEMS,
    checks: CheckList = COMPLETE,
    insecure_parameters: bool = False,
) -> Iterator[ServedWorld]:
    """Set up an election of services, the key ceremony already over HTTP; all of them are stopped at the end."""
    require_permitted(systems[draft.parameters], (checks,), insecure_parameters)
    premises = Premises()
    try:
        yield _set_up(premises, draft, rows, systems, checks)
    finally:
        premises.close()


def _set_up(
    premises: Premises,
    draft: Draft,
    rows: Sequence[RollEntry],
    systems: Mapping[str, Cryptosystem],
    checks: CheckList,
) -> ServedWorld:
    keys = new_keyring(draft)
    states = [MemoryState() for _ in keys.trustees]
    trustees = tuple(
        premises.open(trustee_app(trustee, trustee.require_ready))
        for trustee in _trustees(keys, states, draft, systems, checks)
    )
    clients = tuple(TrusteeClient(connection) for connection in trustees)
    ceremony = hold_ceremony(systems[draft.parameters], draft.threshold, clients)
    world = create_world(
        draft,
        rows,
        systems=systems,
        checks=checks,
        keyring=keys,
        ceremony=ceremony,
        trustee_states=states,
        insecure_parameters=True,
    )
    witnesses = tuple(premises.open(witness_app(witness, witness.require_ready)) for witness in world.witnesses)
    ocsp = premises.open(ocsp_app(world.responder, world.responder.require_ready))
    collector = Collector(  # in place of the one in memory, which has seen no vote
        world.election,
        world.roll,
        keys.collector,
        Store(),
        [WitnessClient(connection) for connection in witnesses],
        OcspClient(ocsp),
        world.clock,
        checks,
    )
    public = premises.open(public_app(collector, world.election.manifest.policies.vote_bytes))
    box = premises.open(box_app(collector, collector.checkpoint))
    # the laboratory may look behind the port of a collector in memory, hence its type; here nobody does
    world.collector = cast(Collector, RemoteCollector(public, box))
    world.trustees = clients
    return ServedWorld(world, premises, collector, public, box, ocsp, witnesses, trustees)


def _trustees(
    keys: Keyring,
    states: Sequence[MemoryState],
    draft: Draft,
    systems: Mapping[str, Cryptosystem],
    checks: CheckList,
) -> Iterator[TrusteeService]:
    authority = public_raw(keys.authority)
    for number, (own, state) in enumerate(zip(keys.trustees, states, strict=True), start=1):
        yield TrusteeService(f"trustee-{number}", own, state, authority, draft.parameters, systems, checks)
