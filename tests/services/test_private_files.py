"""Files that name voters are for their owner alone, whatever this machine's umask; those for everyone are not."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from common.eid.personal_code import voter_id
from common.messages.draft import RollDraft
from common.messages.roll import RollEntry
from common.transport.documents import write_document
from common.transport.record_folder import write_record
from scenarios import definition_cli
from scenarios.country import cli as eid_cli
from tests.conftest import PEOPLE

ROWS = RollDraft(tuple(RollEntry(voter_id(person.code), person.name, "north") for person in PEOPLE[:2]))


@pytest.fixture(autouse=True)
def _careless() -> Iterator[None]:
    """An umask that forbids nothing."""
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def run(register: Callable[[typer.Typer], None], *arguments: str | Path) -> None:
    app = typer.Typer()
    register(app)
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert result.exit_code == 0, result.output


def names_somebody(path: Path) -> bool:
    return b"PNOEE-" in path.read_bytes() or any(person.code.encode() in path.read_bytes() for person in PEOPLE)


def test_private_document_is_its_owners_and_another_is_not(tmp_path: Path) -> None:
    write_document(tmp_path / "rows.json", ROWS, private=True)
    write_document(tmp_path / "shown.json", ROWS)
    assert mode(tmp_path / "rows.json") == 0o600
    assert mode(tmp_path / "shown.json") == 0o666


def test_roll_of_a_new_definition_and_the_rows_made_of_it_are_their_owners(tmp_path: Path) -> None:
    run(definition_cli.register, "election", "new", tmp_path)
    assert mode(tmp_path / "roll.csv") == 0o600
    assert mode(tmp_path / "election.toml") == 0o666
    run(definition_cli.register, "election", "draft", tmp_path / "election.toml", "--out", tmp_path / "papers")
    assert mode(tmp_path / "papers" / "rows.json") == 0o600
    assert mode(tmp_path / "papers" / "draft.json") == 0o666


def test_sworn_part_of_a_record_is_its_owners_file_by_file(tmp_path: Path, toy_record: dict[str, bytes]) -> None:
    """A file that is copied out of its folder stays closed."""
    write_record(tmp_path / "record", toy_record)
    for path in toy_record:
        assert mode(tmp_path / "record" / path) == (0o600 if path.startswith("sworn/") else 0o666), path
    assert mode(tmp_path / "record" / "sworn") == 0o700


def test_whatever_the_eid_authority_writes_of_people_is_its_owners(tmp_path: Path) -> None:
    write_document(tmp_path / "people.json", ROWS, private=True)
    run(eid_cli.register, "eid", "new", tmp_path / "eid")
    run(
        eid_cli.register,
        "eid",
        "issue",
        tmp_path / "eid",
        "--roll",
        tmp_path / "people.json",
        "--out",
        tmp_path / "c",
    )
    personal = [path for path in tmp_path.rglob("*") if path.is_file() and names_somebody(path)]
    assert {"people.json", "issued.sqlite"} <= {path.name for path in personal}
    for path in [*personal, *(tmp_path / "c").glob("*.*")]:
        assert mode(path) & 0o077 == 0, path
