"""A file that the disk has no room for is not left behind in halves: the same command works once there is room."""

from __future__ import annotations

import errno
import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from auditor.head_store import FileHeadStore
from auditor.witness_keys_cli import HEADS
from auditor.witness_serve_cli import open_heads
from collector.keys_cli import STORE
from collector.serve_cli import open_store
from common.errors import SetupError, ValikError
from common.requests import RehearsalShares
from common.transport import documents
from common.transport.documents import new_public_folder, write_document, write_files, write_line
from common.transport.files import NewFile, write_durably
from common.transport.key_files import new_folder, write_private
from common.transport.record_folder import write_record
from scenarios.country.population import people
from valik import cli
from valik.cli import command_line

ELECTION = Path(__file__).parents[2] / "scenarios" / "elections" / "template" / "election.toml"
NEW = (
    ("election", "new"),
    ("trustee", "new", "--name", "trustee-1"),
    ("collector", "new", "--address", "http://127.0.0.1:8000"),
    ("witness", "new", "--name", "witness.example.org/valik"),
    ("authority", "new"),
    ("eid", "new"),
)


@contextmanager
def room(size: int) -> Iterator[None]:
    """No file of this process grows beyond `size` bytes meanwhile: the beginning is written, the rest refused."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def run(*words: str | Path) -> Result:
    given = [str(word) for word in words]
    return CliRunner().invoke(command_line(given), given)


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("words", NEW, ids=lambda words: words[0])
@pytest.mark.parametrize("size", [0, 60, 300])
def test_command_that_had_no_room_works_when_there_is_some(tmp_path: Path, words: tuple[str, ...], size: int) -> None:
    party, new, *options = words
    out = tmp_path / party
    with room(size):
        failed = run(party, new, out, *options)
    if failed.exit_code != 0:
        assert isinstance(failed.exception, ValikError | OSError | SystemExit), failed.exception
        assert files(tmp_path) == set()
        assert run(party, new, out, *options).exit_code == 0
    assert files(out)
    assert run(party, new, out, *options).exit_code != 0, "what is there is not overwritten"


def test_draft_of_which_one_file_has_no_room_leaves_neither(tmp_path: Path) -> None:
    roll, out = tmp_path / "roll.csv", tmp_path / "draft"
    lines = [f"{person.name},{person.code},north" for person in people(60, seed=3)]
    roll.write_text("\n".join(["name,code,unit", *lines, ""]), encoding="utf-8")
    words = ("election", "draft", ELECTION, "--roll", roll, "--out", out, "--parameters", "toy-512")
    for size, named in ((100, "draft.json"), (3_000, "rows.json")):
        with room(size):
            failed = run(*words)
        assert isinstance(failed.exception, SetupError)
        assert str(failed.exception).startswith(f"{out / named} cannot be written")
        assert files(out) == set()
    assert run(*words).exit_code == 0
    assert files(out) == {"draft.json", "rows.json"}


def test_half_a_document_is_taken_away_and_what_was_there_stays(tmp_path: Path) -> None:
    path = tmp_path / "rehearsal.json"
    with room(5), pytest.raises(SetupError, match=r"rehearsal\.json cannot be written"):
        write_document(path, RehearsalShares(()))
    assert not path.exists()
    write_document(path, RehearsalShares(()))
    before = path.read_bytes()
    with pytest.raises(SetupError, match=r"rehearsal\.json is there already"):
        write_files(NewFile(tmp_path / "first", b"1"), NewFile(path, b"2"))
    assert (files(tmp_path), path.read_bytes()) == ({path.name}, before)


def test_full_disk_asks_for_room_and_another_trouble_for_another_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_files: NewFile) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "line")

    with pytest.raises(SetupError, match=r"name another file"):
        write_line(tmp_path, "a folder")
    monkeypatch.setattr(documents, "write_new", full)
    with pytest.raises(SetupError, match=r"line cannot be written \(No space left on device\); make room"):
        write_line(tmp_path / "line", "1")


def test_private_file_and_line_are_whole_or_not_there(tmp_path: Path) -> None:
    with room(3):
        with pytest.raises(OSError, match=r"secret") as failure:
            write_private(tmp_path / "secret", b"12345")
        assert failure.value.filename == str(tmp_path / "secret")
        with pytest.raises(SetupError, match="line cannot be written"):
            write_line(tmp_path / "line", "12345")
    assert files(tmp_path) == set()
    write_private(tmp_path / "secret", b"12345")
    with pytest.raises(FileExistsError):
        write_private(tmp_path / "secret", b"1")
    assert (tmp_path / "secret").read_bytes() == b"12345"


def test_command_line_names_the_file_that_had_no_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also where nobody made a sentence of it."""
    path = tmp_path / "state.json"
    monkeypatch.setattr(cli, "command_line", lambda _words: lambda: write_durably(path, b"12345"))
    monkeypatch.setattr(os, "dup2", lambda *_descriptors: None)
    with room(3), pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith(f"error: {path}: File too large; a file or the output cannot be")


@pytest.mark.parametrize("make", [new_folder, new_public_folder])
def test_folder_whose_making_fails_is_taken_away_and_an_older_one_stays(tmp_path: Path, make: type) -> None:
    with pytest.raises(IsADirectoryError), make(tmp_path / "party") as folder:
        folder.write_bytes(b"1")
    assert not (tmp_path / "party").exists()
    with make(tmp_path / "party") as folder:
        (folder / "file").write_bytes(b"1")
    with pytest.raises(SetupError, match="is there already"), make(tmp_path / "party"):
        pass
    assert (tmp_path / "party" / "file").exists()


def test_record_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    record = {"public/manifest.json": b"1", "sworn/box/votes.jsonl": b"22222"}
    with room(3), pytest.raises(OSError, match=r"votes\.jsonl"):
        write_record(tmp_path / "record", record)
    assert not (tmp_path / "record").exists()
    write_record(tmp_path / "record", record)
    assert files(tmp_path) == {"manifest.json", "votes.jsonl"}


def test_box_on_a_full_disk_is_not_taken_for_something_else(tmp_path: Path) -> None:
    folder = tmp_path / "collector"
    assert run("collector", "new", folder, "--address", "http://127.0.0.1:8000").exit_code == 0
    with room(0), pytest.raises(SetupError, match=r"box\.sqlite cannot be read or written \(.*\); see that the disk"):
        open_store(folder)
    open_store(folder).close()
    (folder / STORE).write_bytes(b"rubbish" * 1000)
    with pytest.raises(SetupError, match="not a collector's store"):
        open_store(folder)


def test_witness_that_could_keep_no_head_does_not_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("witness", "new", tmp_path / "witness", "--name", "witness.example.org/valik").exit_code == 0
    heads = tmp_path / "witness" / HEADS
    with room(0), pytest.raises(SetupError, match=r"heads cannot be read and written \(.*\): a witness keeps"):
        open_heads(heads, "log.example.org")
    kept = open_heads(heads, "log.example.org")
    assert kept.load("log.example.org") is None
    assert not (heads / "probe").exists()

    def read_only(*_arguments: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system", str(heads / "lock"))

    monkeypatch.setattr(FileHeadStore, "require_writable", read_only)
    with pytest.raises(SetupError, match="Read-only file system"):
        open_heads(heads, "log.example.org")
