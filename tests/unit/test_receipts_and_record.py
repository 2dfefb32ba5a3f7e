"""`valik receipts --record`: a voter holds receipts against the published record, and asks no service."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from common.log.entries import Entry, EntryKind
from common.messages.message import encode
from common.transport.client import CollectorClient
from scenarios.world import Citizen, Tallied, World
from voter_client import cli
from voter_client.home import Home
from voter_client.surroundings import Surroundings

LOG = "public/log/000000.jsonl"
_app = typer.Typer()
cli.register(_app)


def _nobody(_address: str, _ca: Path | None) -> AbstractContextManager[CollectorClient]:
    raise AssertionError("a service was asked")


@dataclass(frozen=True, slots=True)
class Desk:
    """A voter's card and home, and a place for records."""

    folder: Path
    citizen: Citizen

    def receipts(self, files: dict[str, bytes]) -> Result:
        for path, data in files.items():
            (self.folder / "record" / path).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / "record" / path).write_bytes(data)
        words = ["receipts", "--home", "home", "--card", "card", "--record", "record"]
        words = [str(self.folder / word) if word in ("home", "card", "record") else word for word in words]
        around = Surroundings(lambda: 1_900_000_000, lambda _seconds: None, _nobody, UTC)
        return CliRunner().invoke(_app, words, obj=around)


@pytest.fixture
def desk(played: tuple[World, Tallied], tmp_path: Path) -> Desk:
    world, _ = played
    citizen = next(iter(world.citizens.values()))
    citizen.card.save(tmp_path / "card", "0110", "01101")
    signed, key = encode(world.manifest), world.authority.public_key
    home = Home.create(tmp_path / "home", signed, key, insecure_parameters=True)
    with home.journal(citizen.card.voter_id) as journal:
        journal.votes, journal.seen = list(citizen.journal.votes), citizen.journal.seen
        journal.keep(journal)
    return Desk(tmp_path, citizen)


def public(record: dict[str, bytes]) -> dict[str, bytes]:
    return {path: data for path, data in record.items() if path.startswith("public/")}


def test_receipts_hold_against_the_public_part(desk: Desk, toy_record: dict[str, bytes]) -> None:
    result = desk.receipts(public(toy_record))
    assert result.exit_code == 0, result.exception
    assert "All receipts hold" in result.output


def test_receipts_against_another_log_are_evidence(desk: Desk, toy_record: dict[str, bytes]) -> None:
    lines = toy_record[LOG].split(b"\n")
    lines[1] = Entry(EntryKind.VOTE, "77" * 32).encode()
    result = desk.receipts({**public(toy_record), LOG: b"\n".join(lines)})
    assert result.exit_code != 0
    assert "R4" in str(result.exception)
    assert "evidence against the collector" in str(result.exception)
    assert "NOT in order: R4" in result.output


def test_record_of_another_election_says_nothing(desk: Desk, toy_record: dict[str, bytes], world: World) -> None:
    result = desk.receipts({**public(toy_record), "public/manifest.json": encode(world.manifest)})
    assert result.exit_code != 0
    assert "another election" in str(result.exception)


def test_what_is_no_record_is_refused(desk: Desk) -> None:
    (desk.folder / "record").mkdir()
    assert "no election record" in str(desk.receipts({}).exception)
