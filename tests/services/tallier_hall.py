"""All that meets the tallier's command lines from outside: voters, collector, witnesses, an eID authority."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import typer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from typer.testing import CliRunner, Result

from auditor.head_store import MemoryHeadStore
from auditor.witness import Witness
from collector.api import box_app, public_app
from collector.collector import Collector, Keys
from collector.store import Store
from common.checks.catalogue import COMPLETE
from common.checks.manifest import open_manifest
from common.crypto.systems import SYSTEMS
from common.eid.service_keys import public_raw
from common.encoding.octets import to_base64url
from common.encoding.times import from_rfc3339
from common.messages import manifest as manifests
from common.messages.acts import Signed
from common.messages.draft import Draft, RollDraft
from common.messages.introductions import CollectorIntroduction, EidIntroduction
from common.messages.roll import RollEntry
from common.transport.documents import read_authority, read_document, write_document
from scenarios.country.authority import EidAuthority
from scenarios.country.ocsp_responder import OcspResponder
from scenarios.services import Premises
from scenarios.world import Clock, ShiftedClock, World
from tallier import authority_cli, ceremony_cli, processor_cli, trustee_cli
from tallier.acts_cli import open_authority
from tallier.ceremony import Ceremony

TOY = "--insecure-parameters"
SET = ("--parameters", "toy-512", TOY)


@cache
def commands() -> typer.Typer:
    """The tallier's commands, as `valik` mounts them."""
    app = typer.Typer()
    for party in (authority_cli, ceremony_cli, trustee_cli, processor_cli):
        party.register(app)
    return app


def run(*arguments: str | Path) -> Result:
    """A command as it ends; its error, if any, in `exception`."""
    return CliRunner().invoke(commands(), [str(argument) for argument in arguments])


def done(*arguments: str | Path) -> dict[str, object]:
    """What a command that must succeed says to programs."""
    result = run(*arguments, "--json")
    if result.exit_code != 0:
        raise AssertionError(f"{arguments}: {result.exception!r} {result.output}")
    said = json.loads(result.stdout)
    return dict(said)


@dataclass(slots=True)
class Hall:
    """A folder `at` for one election, and the parties outside the tallier once `open_polls` was called."""

    at: Path
    premises: Premises
    clock: Clock
    country: EidAuthority
    keys: Keys
    witness_keys: tuple[Ed25519PrivateKey, ...]
    world: World | None = None
    box: str = ""
    public: str = ""

    # --- before the manifest

    def write_wishes(self, draft: Draft, rows: Sequence[RollEntry]) -> None:
        """What organisers and services hand to the tallier."""
        write_document(self.at / "draft.json", draft)
        write_document(self.at / "rows.json", RollDraft(tuple(rows)))
        public = [to_base64url(public_raw(key)) for key in (self.keys.log, self.keys.answers)]
        write_document(self.at / "collector.json", CollectorIntroduction("https://collector.invalid", *public))
        for number, key in enumerate(self.witness_keys, start=1):
            introduction = manifests.Witness(_witness(number), to_base64url(public_raw(key)))
            write_document(self.at / f"witness-{number}.json", introduction)
        roots = tuple(map(to_base64url, self.country.pinned))
        write_document(self.at / "eid.json", EidIntroduction(roots))

    def new_parties(self, trustees: int) -> None:
        """Authority and trustees make their keys."""
        done("authority", "new", self.at / "authority")
        for number in range(1, trustees + 1):
            done("trustee", "new", self.at / f"trustee-{number}", "--name", f"trustee-{number}")

    def manifest_arguments(self, out: str = "election") -> list[str | Path]:
        """`valik authority manifest` with everything it takes."""
        at = self.at
        witnesses: list[str | Path] = [
            part for n, _ in enumerate(self.witness_keys, 1) for part in ("--witness", at / f"witness-{n}.json")
        ]
        given: list[str | Path] = [
            "--draft",
            at / "draft.json",
            "--roll",
            at / "rows.json",
            "--ceremony",
            at / "ceremony.json",
        ]
        services: list[str | Path] = ["--collector", at / "collector.json", "--eid", at / "eid.json", *witnesses]
        return ["authority", "manifest", at / "authority", *given, *services, "--out", at / out, TOY]

    # --- the election

    @property
    def election(self) -> Path:
        return self.at / "election"

    @property
    def pinned(self) -> list[str | Path]:
        """Manifest and authority's key, as options."""
        return ["--manifest", self.election / "manifest.json", "--authority", self.election / "authority.key"]

    def open_polls(self) -> World:
        """Start the collector on what the authority wrote."""
        manifest = read_document(Signed, self.election / "manifest.json")
        authority = read_authority(str(self.election / "authority.key"))
        election = open_manifest(manifest, authority, SYSTEMS, COMPLETE)
        witness_clock = ShiftedClock(self.clock)
        logs = {election.log_trust.origin: election.log_trust.log_key}
        witnesses = tuple(
            Witness(_witness(number), key, MemoryHeadStore(), witness_clock, logs)
            for number, key in enumerate(self.witness_keys, start=1)
        )
        roll, responder = read_document(Signed, self.election / "roll.json"), OcspResponder(self.country)
        collector = Collector(election, roll, self.keys, Store(), witnesses, responder, self.clock, COMPLETE)
        self.public = self.premises.open(public_app(collector, 1_000_000)).address
        self.box = self.premises.open(box_app(collector)).address
        self.world = World(
            clock=self.clock,
            witness_clock=witness_clock,
            country=self.country,
            responder=responder,
            authority=open_authority(self.at / "authority"),
            witnesses=witnesses,
            trustees=(),
            ceremony=read_document(Ceremony, self.at / "ceremony.json"),
            manifest=manifest,
            roll=roll,
            election=election,
            collector=collector,
            checks=COMPLETE,
        )
        return self.world

    def act(self, verb: str, *options: str | Path, log: bool = False) -> list[str | Path]:
        """An act of the authority; `log`: one that needs the log's size."""
        doors = ["--box", self.box, *(["--collector", self.public] if log else [])]
        return [
            "authority",
            verb,
            self.at / "authority",
            "--manifest",
            self.election / "manifest.json",
            *doors,
            *options,
        ]

    @property
    def polls(self) -> World:
        """The world that `open_polls` made."""
        if self.world is None:
            raise AssertionError("the polls are not open")
        return self.world

    def end_voting(self) -> None:
        """Let the manifest's end of voting and its grace pass."""
        election = self.polls.election
        self.clock.now = max(self.clock.now, election.closes + election.manifest.times.grace + 1)


def _witness(number: int) -> str:
    return f"witness-{number}.invalid"


def new_hall(at: Path, draft: Draft, rows: Sequence[RollEntry], premises: Premises) -> Hall:
    """A hall with all wishes written and the tallier's parties made."""
    clock = Clock(from_rfc3339(draft.times.opens))
    make: Callable[[], Ed25519PrivateKey] = Ed25519PrivateKey.generate
    hall = Hall(
        at, premises, clock, EidAuthority(clock), Keys(make(), make()), tuple(make() for _ in range(draft.witnesses))
    )
    hall.write_wishes(draft, rows)
    hall.new_parties(draft.trustees)
    return hall
