"""A party whose memory is gone does not begin anew: a trustee could answer twice, a collector forget a log."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from collector.keys_cli import STORE
from collector.serve_cli import BEGUN, open_store
from collector.store import NewEntry
from common.errors import SetupError
from tallier.trustee_folder import load_trustee
from valik.cli import command_line


def made(party: str, folder: Path, *options: str) -> Path:
    result = CliRunner().invoke(command_line([party]), [party, "new", str(folder), *options])
    assert result.exit_code == 0, result.output
    return folder


@pytest.fixture
def collector(tmp_path: Path) -> Path:
    return made("collector", tmp_path / "collector", "--address", "http://127.0.0.1:8000")


def test_new_collector_has_an_empty_box_that_only_its_owner_reads(collector: Path) -> None:
    assert (collector / STORE).stat().st_mode & 0o777 == 0o600
    store = open_store(collector)
    assert store.leaves() == ()
    store.close()


def test_collector_without_its_box_does_not_begin_another(collector: Path) -> None:
    store = open_store(collector)
    store.commit(0, [NewEntry(b"{}")])
    store.close()
    (collector / BEGUN).touch()
    open_store(collector).close()
    box = (collector / STORE).read_bytes()
    for spoilt in (b"", b"rubbish" * 1000):
        (collector / STORE).write_bytes(spoilt)
        with pytest.raises(SetupError, match=STORE):
            open_store(collector)
    (collector / STORE).unlink()
    with pytest.raises(SetupError, match="must not begin another"):
        open_store(collector)
    (collector / STORE).write_bytes(box)
    open_store(collector).close()


def test_folder_that_is_no_collectors_is_said_to_be_none(collector: Path, tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="give the folder in which this party was made"):
        open_store(tmp_path)
    open_store(collector).close()


def test_collector_whose_log_is_gone_from_its_box_does_not_begin_another(collector: Path) -> None:
    (collector / BEGUN).touch()
    with pytest.raises(SetupError, match="held a log before"):
        open_store(collector)


def test_trustee_without_its_state_takes_no_share_again(tmp_path: Path) -> None:
    folder = made("trustee", tmp_path / "trustee", "--name", "trustee-1")
    load_trustee(folder, "toy-512", insecure_parameters=True)
    (folder / "state.json").unlink()
    with pytest.raises(SetupError, match="must not go on"):
        load_trustee(folder, "toy-512", insecure_parameters=True)
