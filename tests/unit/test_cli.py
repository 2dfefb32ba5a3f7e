"""The `valik` command as people and shells meet it: every exit code, no traceback, no personal code, no secret."""

from __future__ import annotations

import json
import os
import re
import signal
import stat
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from common.errors import SetupError
from scenarios.ballot_factory import deaf_to_interrupts
from scenarios.definition.text import LARGEST_FILE
from scenarios.definition.toml_file import load_definition
from scenarios.workplace import free_folder
from valik.cli import command_line

ROOT = Path(__file__).resolve().parents[2]
CODES = ("45009139211", "36405299938", "38905099028")
DEFINITION = """
[election]
title = "[bold]Three[/nope] [/]"
opens = 2027-03-01T09:00:00+02:00
closes = 2027-03-05T20:00:00+02:00
parameters = "toy-512"
roll = "roll.csv"
[[contest]]
id = "c"
title = "[/c]"
kind = "single"
options = ["[/red]", "No"]
[[unit]]
id = "u"
title = "[i]U"
[trustees]
count = 3
threshold = 2
[policies]
minimum_aggregate = 2
publication = "public"
[population]
voting = 3
revoting = 1
verifying = 1
"""
LONG = "Ü" * 240
"""A surname longer than any certificate takes."""
ROLL = f"name,code,unit\nLiisa Õun,{CODES[0]},u\nCher,{CODES[1]},u\nMary O'Connor {LONG},{CODES[2]},u\n"
CODE = re.compile(r"(?<![0-9a-z])[0-9]{11}(?![0-9a-z])")  # not a run of digits inside a fingerprint


@pytest.fixture(scope="session")
def election(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `three.toml`, its roll, and `out`: what `valik mock` made of it; do not change it."""
    base = tmp_path_factory.mktemp("election")
    (base / "three.toml").write_text(DEFINITION, encoding="utf-8")
    (base / "roll.csv").write_text(ROLL, encoding="utf-8")
    made = run("mock", base / "three.toml", "--insecure-parameters", "--in-memory", "--out", base / "out", "--json")
    assert made.exit_code == 0, made.output
    assert json.loads(made.stdout)["passed"] is True
    return base


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(command_line(), [str(argument) for argument in arguments])


def outside(*arguments: str | Path, stdout: int | None = subprocess.PIPE) -> subprocess.CompletedProcess[str]:
    """The same in a process of its own."""
    command = [sys.executable, "-m", "valik", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, stdout=stdout, stderr=subprocess.PIPE, text=True, check=False)  # noqa: S603


def refused(result: Result) -> str:
    """The message; the command must have given up with exit code 2 and a sentence that names nobody."""
    if isinstance(result.exception, SetupError):
        message = str(result.exception)
    else:
        assert (result.exit_code, type(result.exception)) == (2, SystemExit), result.output
        message = result.output
    assert message.strip()
    assert not CODE.search(message)
    assert "Traceback" not in message
    return message


# --- what a mock election leaves


def test_mock_prints_tables_with_texts_that_look_like_markup(election: Path, tmp_path: Path) -> None:
    result = run("mock", election / "three.toml", "--insecure-parameters", "--in-memory", "--out", tmp_path / "out")
    assert result.exit_code == 0
    assert "[bold]Three[/nope]" in result.stdout
    assert "[/red]" in result.stdout
    assert result.stdout.rstrip().endswith("AUDIT PASS")
    assert not CODE.search(result.output)


def test_mock_never_overwrites_an_election(election: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    (tmp_path / "file-2").symlink_to("nowhere")
    run("mock", election / "three.toml", "--insecure-parameters", "--in-memory", "--out", tmp_path / "file")
    assert (tmp_path / "file").read_text() == "mine"
    assert (tmp_path / "file-3" / "report.html").is_file()


def test_audit_passes_on_the_record_and_on_its_public_part(election: Path) -> None:
    out = election / "out"
    fingerprint = (out / "fingerprint.txt").read_text().strip()
    for part in ("record", "record/public"):
        result = run("audit", out / part, "--authority", out / "authority.key", "--fingerprint", fingerprint)
        assert (result.exit_code, result.stdout.splitlines()[-1]) == (0, "AUDIT PASS")
        assert not CODE.search(result.output)


def test_audit_fails_on_a_record_with_a_changed_result(election: Path, tmp_path: Path) -> None:
    out, copy = election / "out", tmp_path / "record"
    for file in (out / "record").rglob("*.json*"):
        target = copy / file.relative_to(out / "record")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.read_bytes())
    result = json.loads((copy / "public/result.json").read_bytes())
    result["totals"][0]["counts"].reverse()
    text = json.dumps(result, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    (copy / "public/result.json").write_text(text, encoding="utf-8")
    (copy / "public" / f"{CODES[0]}.json").write_text("{}")
    audited = run("audit", copy, "--authority", out / "authority.key", "--json", "--html", tmp_path / "page.html")
    assert audited.exit_code == 1
    assert {"F1", "T6"} <= set(json.loads(audited.stdout)["broken"])
    assert not CODE.search(audited.output + (tmp_path / "page.html").read_text(encoding="utf-8"))


def test_sworn_part_of_the_record_is_the_owners_alone(election: Path) -> None:
    assert stat.S_IMODE((election / "out" / "record" / "sworn").stat().st_mode) == 0o700


def test_secrets_are_the_owners_alone(election: Path) -> None:
    secrets = election / "out" / "secrets"
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o700
    for path in secrets.rglob("*"):
        due = 0o700 if path.is_dir() else 0o600
        assert path.name == ".gitignore" or stat.S_IMODE(path.stat().st_mode) == due, path


def test_no_secret_leaves_its_folder_and_no_personal_code_the_sworn_part(election: Path) -> None:
    out = election / "out"
    votes = [json.loads(line) for line in (out / "secrets/votes.jsonl").read_text(encoding="utf-8").splitlines()]
    states = [json.loads(file.read_text()) for file in out.glob("secrets/trustee-*/state.json")]
    secret = [state["secret"] for state in states] + [part for vote in votes for part in vote["code"].split(":")[1:]]
    assert len(states) == 3
    assert len(votes) == 4
    files = [file for file in out.rglob("*") if file.is_file() and "secrets" not in file.relative_to(out).parts]
    for file in files:
        text = file.read_text(encoding="utf-8")
        assert not any(word in text for word in secret if len(word) > 20), file
        assert "PRIVATE KEY" not in text, file
        assert "sworn" in file.parts or not any(code in text for code in CODES), file


def readme_example(record: Path) -> str:
    """The README's python block, for this record."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    block = text.split("<!-- example: plain phe -->", 1)[1].split("```python\n", 1)[1].split("```", 1)[0]
    return block.replace("demo/record", str(record))


def play(program: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", program]
    return subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603


def test_readme_example_opens_the_sums_with_plain_phe(election: Path) -> None:
    done = play(readme_example(election / "out" / "record"))
    assert (done.returncode, done.stdout.split()[:4]) == (0, ["c", "u", "opens", "to"]), done.stderr


@pytest.mark.parametrize("part", ["plaintext", "randomness"])
def test_readme_example_fails_on_a_swapped_opening(election: Path, tmp_path: Path, part: str) -> None:
    public = tmp_path / "public"
    public.mkdir()
    for name in ("manifest.json", "aggregates.json", "result.json"):
        (public / name).write_bytes((election / "out/record/public" / name).read_bytes())
    result = json.loads((public / "result.json").read_bytes())
    opening = result["outcomes"][0]["openings"][0]
    opening[part] = "AQ" if opening[part] != "AQ" else "Ag"
    (public / "result.json").write_text(json.dumps(result))
    done = play(readme_example(tmp_path))
    assert done.returncode == 1
    assert "AssertionError" in done.stderr


# --- bad input


def test_version_and_help() -> None:
    version, usage = run("--version"), run("--help")
    assert (version.exit_code, version.stdout.split()[0]) == (0, "valik")
    assert (usage.exit_code, "NOT" in usage.stdout) == (0, True)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--seed", "-1"],
        ["--seed", "9" * 5000],
        ["--voters", "0"],
        ["--voters", "1000000"],
        ["--voters", "9" * 30],
        ["--parameters", ""],
        ["--parameters", "ü"],
        ["--parameters", "paillier-1024"],
        ["--roll", "/nowhere"],
        ["--roll", "/"],
        ["--out", ""],
        ["--out", ".."],
        ["--out", "/dev/null/x"],
        ["--out", "a" * 5000],
    ],
    ids=lambda arguments: " ".join(arguments)[:30],
)
def test_mock_refuses_bad_options(election: Path, tmp_path: Path, arguments: Sequence[str]) -> None:
    out = () if "--out" in arguments else ("--out", tmp_path / "out")
    message = refused(run("mock", election / "three.toml", "--insecure-parameters", *arguments, *out))
    assert "_" not in message.replace("max_ballots", "")
    assert list(tmp_path.iterdir()) == []


def test_mock_refuses_toy_parameters_that_nobody_asked_for(election: Path, tmp_path: Path) -> None:
    assert "--insecure-parameters" in refused(run("mock", election / "three.toml", "--out", tmp_path / "out"))


@pytest.mark.parametrize(
    ("fault", "advice"),
    [
        (b"", "election.title"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"\0" * 50, "TOML"),
        (b"x = " + b"[" * 3000 + b"]" * 3000, "nested"),
        (b"x = " + b"9" * 5000, "digits"),
        (b"45009139211 45009139211", "TOML"),
        (b'"45009139211" = 1', "no such key"),
        (b"election = 5\ncontest = 7\nunit = 'x'\npopulation = []", "wrong type"),
    ],
    ids=["empty", "binary", "nul", "deep", "digits", "code", "code as key", "types"],
)
def test_commands_refuse_a_faulty_definition(tmp_path: Path, fault: bytes, advice: str) -> None:
    file = tmp_path / "x.toml"
    file.write_bytes(fault)
    assert advice in refused(run("election", "check", file))
    assert advice in refused(run("mock", file, "--out", tmp_path / "out"))


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="there is no such device")
def test_reading_ends_where_a_device_does_not() -> None:
    with pytest.raises(SetupError, match=str(LARGEST_FILE)):
        load_definition(Path("/dev/zero"))


def test_messages_repeat_no_personal_code_from_a_file_name(tmp_path: Path) -> None:
    for name in (f"{CODES[0]}.toml", "a\nb", "a" * 5000, ""):
        message = refused(run("election", "check", tmp_path / name))
        assert message.startswith("1 to correct")


def test_roll_with_an_endless_cell_is_refused(election: Path, tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text(f"name,code,unit\n{'A' * 200_000},{CODES[0]},u\n")
    assert "too long" in refused(run("election", "check", election / "three.toml", "--roll", tmp_path / "r.csv"))


def test_election_new_refuses_what_it_cannot_write(tmp_path: Path) -> None:
    assert run("election", "new", tmp_path / "mine").exit_code == 0
    (tmp_path / "file").write_text("")
    for place in (tmp_path / "mine", tmp_path / "file", Path("/dev/null/x"), tmp_path / ("a" * 5000)):
        assert "another directory" in refused(run("election", "new", place))


def test_audit_refuses_a_page_that_it_cannot_write(election: Path, tmp_path: Path) -> None:
    out = election / "out"
    assert "--html" in refused(run("audit", out / "record", "--authority", out / "authority.key", "--html", tmp_path))


def test_free_folder_takes_the_next_number(tmp_path: Path) -> None:
    assert free_folder(tmp_path / "x") == tmp_path / "x"
    (tmp_path / "x").mkdir()
    assert free_folder(tmp_path / "x") == tmp_path / "x-2"
    with pytest.raises(SetupError):
        free_folder(Path())


# --- the shell around it


def test_errors_of_the_real_command_are_one_sentence() -> None:
    done = outside("mock", "/nowhere.toml")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: nowhere.toml")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no such device")
def test_output_that_cannot_be_written_is_an_error_without_traceback(election: Path) -> None:
    full = os.open("/dev/full", os.O_WRONLY)
    done = outside("election", "check", election / "three.toml", stdout=full)
    os.close(full)
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)


def test_closed_pipe_leaves_no_traceback(election: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = outside("election", "check", election / "three.toml", stdout=writing)
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, "")


def test_interrupt_while_loading_is_exit_code_130() -> None:
    program = (
        "import sys; sys.modules['valik.cli'] = None; import valik.__main__ as m, builtins, _thread, signal, os\n"
    )
    program += "real = builtins.__import__\n"
    program += "def slow(name, *rest):\n    if name == 'valik.cli': os.kill(os.getpid(), signal.SIGINT)\n"
    program += "    return real(name, *rest)\nbuiltins.__import__ = slow\nm.main()"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603
    assert (done.returncode, done.stderr) == (130, "interrupted\n")


def test_processes_started_deaf_ignore_interrupts() -> None:
    program = "import signal, sys; sys.exit(signal.getsignal(signal.SIGINT) != signal.SIG_IGN)"
    before = signal.getsignal(signal.SIGINT)
    with deaf_to_interrupts():
        worker = subprocess.run([sys.executable, "-c", program], check=False)  # noqa: S603
    assert worker.returncode == 0
    assert signal.getsignal(signal.SIGINT) is before
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 1  # noqa: S603


def test_readme_shows_what_the_demo_printed() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = readme.split("<!-- capture: make demo -->\n```text\n")[1].split("```")[0].splitlines()
    printed = (ROOT / "docs" / "demo-output.txt").read_text(encoding="utf-8").splitlines()
    assert [line for line in shown if line != "…" and line not in printed] == []
    assert printed[-1] == "AUDIT PASS"
