"""The election that a load is put on: founded for the occasion, its papers and keys in a folder of its own."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from benchmarks.proofs import ONE_OF_5
from collector.collector import Keys
from common.checks.catalogue import COMPLETE
from common.checks.manifest import open_manifest
from common.crypto.systems import SYSTEMS
from common.eid.personal_code import voter_id
from common.eid.service_keys import public_raw
from common.encoding.times import to_rfc3339
from common.messages.acts import Signed
from common.messages.draft import Draft
from common.messages.election import Election
from common.messages.manifest import Policies, SingleContest, Times, Unit
from common.messages.message import decode, encode
from common.messages.roll import RollEntry
from common.transport.key_files import load_signing_key, save_key, write_private
from scenarios.country.office_files import found_authority, open_authority
from scenarios.country.population import people
from scenarios.keyring import Keyring, new_keyring
from tallier.authority import Authority, Services, make_manifest, make_roll, new_election_id
from tallier.ceremony import hold_ceremony
from tallier.trustee import TrusteeService
from tallier.trustee_state import MemoryState

WITNESSES = 2
CONTEST, UNIT = ONE_OF_5.rules.id, "land"
PINS = ("0000", "00000")
_HOUR = 3_600


@dataclass(frozen=True, slots=True)
class Site:
    """An open election with an ID card for each of `voters`, in the roll's order. Processes hand it on."""

    folder: Path
    authority_key: bytes
    voters: tuple[str, ...]

    @property
    def manifest(self) -> bytes:
        """The signed one."""
        return (self.folder / "manifest.json").read_bytes()

    @property
    def roll(self) -> Signed:
        return decode(Signed, (self.folder / "roll.json").read_bytes())

    @property
    def eid(self) -> Path:
        return self.folder / "eid"

    def election(self) -> Election:
        return open_manifest(decode(Signed, self.manifest), self.authority_key, SYSTEMS, COMPLETE)

    def card(self, voter: str) -> Path:
        return self.folder / "cards" / voter

    def heads(self, number: int) -> Path:
        """Where witness `number` (from 1) keeps them."""
        return self.folder / f"heads-{number}"

    def witness_key(self, number: int) -> Ed25519PrivateKey:
        return load_signing_key(self.folder / f"witness-{number}.pem")

    def collector_keys(self) -> Keys:
        return Keys(load_signing_key(self.folder / "log.pem"), load_signing_key(self.folder / "answers.pem"))


def found(folder: Path, parameters: str, count: int) -> Site:
    """Hold the ceremony, found the eID authority, issue `count` cards, sign roll and manifest. `folder` is empty."""
    now = int(time.time())
    draft = _draft(parameters, now, count)
    keys, authority_folder = new_keyring(draft), folder / "eid"
    found_authority(authority_folder, now)
    rows = _issue_cards(folder, count)
    authority, election_id = Authority(keys.authority), new_election_id()
    trustees = [
        TrusteeService(f"trustee-{n}", own, MemoryState(), authority.public_key, parameters, SYSTEMS, COMPLETE)
        for n, own in enumerate(keys.trustees, start=1)
    ]
    ceremony = hold_ceremony(SYSTEMS[parameters], draft.threshold, trustees)
    roll = make_roll(rows, election_id)
    roots = open_authority(authority_folder, lambda: now).pinned
    services = _services(keys, f"load.invalid/{election_id}", roots)
    manifest = authority.sign(make_manifest(draft, election_id, ceremony, services, roll))
    (folder / "manifest.json").write_bytes(encode(manifest))
    write_private(folder / "roll.json", encode(authority.sign(roll)))
    _save_keys(folder, keys)
    return Site(folder, authority.public_key, tuple(row.voter for row in roll.voters))


def _draft(parameters: str, now: int, count: int) -> Draft:
    """One contest, one unit, two witnesses that both must cosign; open for an hour more."""
    return Draft(
        title="A load",
        times=Times(to_rfc3339(now - _HOUR), to_rfc3339(now + _HOUR), 300, 300, 30, 60, 600, 1800),
        contests=(SingleContest("single", CONTEST, "Mayor", tuple(f"Option {n}" for n in range(1, 6))),),
        units=(Unit(UNIT, "The land", None, (CONTEST,)),),
        max_ballots=max(100, count),
        parameters=parameters,
        threshold=2,
        trustees=3,
        witnesses=WITNESSES,
        quorum=WITNESSES,
        hostile=0,
        policies=Policies("auditors", 10, 3, 20, 1_000_000, 200),
    )


def _issue_cards(folder: Path, count: int) -> Sequence[RollEntry]:
    office, rows = open_authority(folder / "eid", lambda: int(time.time())), []
    for person in people(count, seed=1):
        row = RollEntry(voter_id(person.code), person.name, UNIT)
        office.issue(person).save(folder / "cards" / row.voter, *PINS)
        rows.append(row)
    return rows


def _services(keys: Keyring, origin: str, roots: tuple[bytes, ...]) -> Services:
    """Voters reach the collector at another address than the manifest names: it gets a free port when it starts."""
    witnesses = tuple(
        (f"witness-{number}.invalid", public_raw(key)) for number, key in enumerate(keys.witnesses, start=1)
    )
    own = keys.collector
    return Services(
        origin, public_raw(own.log), "https://collector.invalid", public_raw(own.answers), witnesses, roots
    )


def _save_keys(folder: Path, keys: Keyring) -> None:
    save_key(folder / "log.pem", keys.collector.log)
    save_key(folder / "answers.pem", keys.collector.answers)
    for number, key in enumerate(keys.witnesses, start=1):
        save_key(folder / f"witness-{number}.pem", key)
        (folder / f"heads-{number}").mkdir()
