"""Founding an election in memory: every party with its keys, the ceremony, the roll, the signed manifest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from auditor.head_store import MemoryHeadStore
from auditor.witness import Witness
from collector.collector import Collector
from collector.store import Store
from common.checks.catalogue import COMPLETE
from common.checks.check import CheckList
from common.checks.manifest import open_manifest
from common.crypto.cryptosystem import Cryptosystem, Progress
from common.crypto.systems import SYSTEMS, require_secure
from common.eid.service_keys import public_raw
from common.encoding.times import from_rfc3339
from common.errors import Party
from common.messages.draft import Draft
from common.messages.roll import RollEntry
from scenarios.country.authority import EidAuthority
from scenarios.country.ocsp_responder import OcspResponder
from scenarios.keyring import Keyring, new_keyring
from scenarios.world import Clock, ShiftedClock, World
from tallier.authority import Authority, Services, make_manifest, make_roll, new_election_id
from tallier.ceremony import Ceremony, hold_ceremony
from tallier.trustee import TrusteeService
from tallier.trustee_state import MemoryState, StateStore


def create_world(
    draft: Draft,
    rows: Sequence[RollEntry],
    *,
    systems: Mapping[str, Cryptosystem] = SYSTEMS,
    checks: CheckList = COMPLETE,
    checks_of: Mapping[Party, CheckList] = MappingProxyType({}),
    store: Path | None = None,
    trustee_states: Sequence[StateStore] | None = None,
    progress: Progress | None = None,
    insecure_parameters: bool = False,
    keyring: Keyring | None = None,
    ceremony: Ceremony | None = None,
) -> World:
    """Set up an election: eID authority, trustees and their ceremony, witnesses, roll, manifest, collector.

    The clock stands at the opening. `SetupError` for toy parameters unless they are asked for, and for a check
    removed unless they are toy ones. `ceremony` is one that was held before, by trustees with the keys in `keyring`,
    of whose `trustee_states` it is the end.
    """
    require_permitted(systems[draft.parameters], (checks, *checks_of.values()), insecure_parameters)
    clock = Clock(from_rfc3339(draft.times.opens))
    witness_clock = ShiftedClock(clock)
    country = EidAuthority(clock)
    keys = keyring or new_keyring(draft)
    authority = Authority(keys.authority)
    states = trustee_states or [MemoryState() for _ in range(draft.trustees)]
    trustee_checks = checks_of.get(Party.TRUSTEE, checks)
    trustees = tuple(
        TrusteeService(
            f"trustee-{number}", own, state, authority.public_key, draft.parameters, systems, trustee_checks
        )
        for number, (own, state) in enumerate(zip(keys.trustees, states, strict=True), start=1)
    )
    ceremony = ceremony or hold_ceremony(systems[draft.parameters], draft.threshold, trustees, progress)
    election_id = new_election_id()
    origin = f"valik.invalid/{election_id}"
    witnesses = _witnesses(keys, origin, witness_clock)
    roll = make_roll(rows, election_id)
    services = _services(keys, origin, witnesses, country)
    manifest = authority.sign(make_manifest(draft, election_id, ceremony, services, roll))
    signed_roll = authority.sign(roll)
    election = open_manifest(manifest, authority.public_key, systems, checks_of.get(Party.CLIENT, checks))
    responder = OcspResponder(country)
    box_checks = checks_of.get(Party.COLLECTOR, checks)
    collector = Collector(
        election, signed_roll, keys.collector, Store(store), witnesses, responder, clock, box_checks
    )
    return World(
        clock=clock,
        witness_clock=witness_clock,
        country=country,
        responder=responder,
        authority=authority,
        witnesses=witnesses,
        trustees=trustees,
        ceremony=ceremony,
        manifest=manifest,
        roll=signed_roll,
        election=election,
        collector=collector,
        checks=checks,
        checks_of=checks_of,
    )


def require_permitted(system: Cryptosystem, lists: Sequence[CheckList], insecure_parameters: bool) -> None:
    """`SetupError` for toy parameters that nobody asked for, and for a list with a check removed at real size."""
    require_secure(system.insecure, insecure_parameters)
    if not system.insecure:
        for checks in lists:
            checks.require_complete()


def _witnesses(keys: Keyring, origin: str, clock: ShiftedClock) -> tuple[Witness, ...]:
    logs = {origin: public_raw(keys.collector.log)}
    return tuple(
        Witness(f"witness-{number}.invalid", key, MemoryHeadStore(), clock, logs)
        for number, key in enumerate(keys.witnesses, start=1)
    )


def _services(keys: Keyring, origin: str, witnesses: Sequence[Witness], country: EidAuthority) -> Services:
    """Who serves the election. Nobody can reach these addresses: the parties meet in memory."""
    return Services(
        origin,
        public_raw(keys.collector.log),
        "https://collector.invalid",
        public_raw(keys.collector.answers),
        tuple((witness.key.name, witness.key.public_bytes) for witness in witnesses),
        country.pinned,
    )
