"""A mock election of separate processes: right to its end, nothing shared, nothing left behind however it ends."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "scenarios" / "elections" / "demo.toml"
PARTIES = {"authority", "collector", "dealer", "eid", "processor", "public", "voters", "witness-1", "witness-2"}
TRUSTEES = {f"trustee-{number}" for number in range(1, 6)}


SMALL = """
[election]
title = "As few parties as can be"
opens = 2027-03-01T09:00:00Z
closes = 2027-03-02T09:00:00Z
[[contest]]
id = "c"
title = "Yes or no?"
kind = "single"
options = ["Yes", "No"]
[[unit]]
id = "u"
title = "Everybody"
[trustees]
count = 2
threshold = 2
[witnesses]
count = 1
quorum = 1
[population]
seed = 1
voters = { u = 30 }
voting = 30
"""


@contextmanager
def mock_election(out: Path, definition: Path, *more: str) -> Iterator[subprocess.Popen[str]]:
    options = ("--parameters", "toy-512", "--insecure-parameters", "--out", str(out), *more)
    process = subprocess.Popen(  # noqa: S603  our own command
        [sys.executable, "-m", "valik", "mock", str(definition), *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture
def small(tmp_path: Path) -> Path:
    definition = tmp_path / "small.toml"
    definition.write_text(SMALL, encoding="utf-8")
    return definition


def living_in(folder: Path) -> dict[int, str]:
    """Processes whose working directory is in a folder: their ids, and the party's folder."""
    found = {}
    for entry in Path("/proc").iterdir():
        try:
            place = Path(os.readlink(entry / "cwd"))
        except (OSError, ValueError):
            continue
        if entry.name.isdecimal() and place.is_relative_to(folder):
            found[int(entry.name)] = place.name
    return found


def await_collector(out: Path, process: subprocess.Popen[str]) -> int:
    """The process id of the collector, once it takes votes."""
    log = out / "logs" / "collector.log"
    deadline = time.monotonic() + 120
    while process.poll() is None and time.monotonic() < deadline:
        if log.exists() and "POST /votes 200" in log.read_text(encoding="utf-8"):
            return next(pid for pid, place in living_in(out).items() if place == "collector")
        time.sleep(0.05)
    pytest.fail("the collector took no vote")


def test_election_of_processes_counts_what_was_meant(tmp_path: Path) -> None:
    out = tmp_path / "election"
    with mock_election(out, DEMO, "--voters", "25") as process:
        output, _ = process.communicate(timeout=300)
    assert process.returncode == 0, output
    assert "The announced result is exactly what the population meant." in output
    assert "AUDIT PASS" in output
    assert living_in(tmp_path) == {}
    secrets = out / "secrets"
    assert {each.name for each in secrets.iterdir() if each.is_dir()} == PARTIES | TRUSTEES
    assert {oct(each.stat().st_mode & 0o777) for each in secrets.iterdir() if each.is_dir()} == {"0o700"}
    assert list(secrets.glob("*/own/state.json")), "trustees keep their state in their own folders"
    assert all(re.search(rf"{party}\W", output) for party in (PARTIES | TRUSTEES) - {"public"})
    require_no_code_in(out / "logs")
    with pytest.raises(AssertionError):
        require_no_code_in(secrets / "eid")
    assert {"rows.json", "roll.json", "people.json", "pins.csv", "box.sqlite"} <= owner_only_files(out)


def owner_only_files(folder: Path) -> set[str]:
    """The names of all files that hold a voter id or somebody's PINs; none of them may be open to others."""
    files = [file for file in folder.rglob("*") if file.is_file()]
    personal = [file for file in files if file.name == "pins.csv" or b"PNOEE-" in file.read_bytes()]
    assert [file for file in personal if file.stat().st_mode & 0o077] == []
    return {file.name for file in personal}


def require_no_code_in(folder: Path) -> None:
    texts = [file.read_text(encoding="utf-8") for file in folder.glob("*.*") if file.suffix in {".log", ".json"}]
    assert texts
    assert not any(re.search(r"\b[3-6]\d{10}\b", text) for text in texts)


def test_collector_that_dies_ends_the_election_with_its_name_and_no_process_is_left(
    small: Path, tmp_path: Path
) -> None:
    out = tmp_path / "election"
    with mock_election(out, small) as process:
        os.kill(await_collector(out, process), signal.SIGKILL)
        output, _ = process.communicate(timeout=120)
    assert process.returncode == 2
    assert "collector has ended by itself" in output
    assert "Traceback" not in output
    assert living_in(tmp_path) == {}


def test_ctrl_c_leaves_no_process(small: Path, tmp_path: Path) -> None:
    out = tmp_path / "election"
    with mock_election(out, small) as process:
        await_collector(out, process)
        assert len(living_in(tmp_path)) >= 5
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=120)
    assert process.returncode == 130
    assert "Traceback" not in output
    assert living_in(tmp_path) == {}
