"""`valik election new|check`; and that what the how-to says of definitions is so."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from scenarios.definition.toml_file import load_definition
from scenarios.definition_cli import register
from tests.unit.definitions import CODE, FIRST, MINIMAL, SAMPLES, refused


@pytest.fixture
def app() -> typer.Typer:
    made = typer.Typer()
    register(made)
    return made


def test_new_writes_a_definition_that_check_accepts(tmp_path: Path, app: typer.Typer) -> None:
    target = tmp_path / "club"
    assert CliRunner().invoke(app, ["election", "new", str(target)]).exit_code == 0
    done = CliRunner().invoke(app, ["election", "check", str(target / "election.toml")])
    assert done.exit_code == 0
    assert "Our election" in done.output
    assert "12" in done.output


def test_new_never_overwrites(tmp_path: Path, app: typer.Typer) -> None:
    (tmp_path / "roll.csv").write_text("mine", encoding="utf-8")
    done = CliRunner().invoke(app, ["election", "new", str(tmp_path)])
    assert done.exit_code == 2
    assert "already holds roll.csv; choose another directory" in done.output
    assert (tmp_path / "roll.csv").read_text(encoding="utf-8") == "mine"
    assert not (tmp_path / "election.toml").exists()


def test_check_tells_faults_in_words_and_exits_with_2(tmp_path: Path, app: typer.Typer) -> None:
    (tmp_path / "e.toml").write_text(MINIMAL.replace("= 10", "= 0"), encoding="utf-8")
    done = CliRunner().invoke(app, ["election", "check", str(tmp_path / "e.toml")])
    assert done.exit_code == 2
    assert "e.toml: election.max_ballots: is out of bounds; write" in done.output
    assert "Traceback" not in done.output


def test_check_prints_json_either_way(tmp_path: Path, app: typer.Typer) -> None:
    done = CliRunner().invoke(app, ["election", "check", str(SAMPLES / "demo.toml"), "--json"])
    found = json.loads(done.stdout)
    assert (done.exit_code, found["possible"], found["voters"]) == (0, True, 100)
    roll = tmp_path / "r.csv"
    roll.write_text(f"name,code,unit\nA,{FIRST},moon\n", encoding="utf-8")
    done = CliRunner().invoke(app, ["election", "check", str(SAMPLES / "demo.toml"), "--roll", str(roll), "--json"])
    found = json.loads(done.stdout)
    assert (done.exit_code, found["possible"], len(found["problems"])) == (2, False, 1)
    assert not CODE.search(done.output)


# --- the documentation

HOWTO = Path(__file__).parents[2] / "docs" / "howto" / "own-election.md"


def test_documented_example_is_possible(tmp_path: Path) -> None:
    text = HOWTO.read_text(encoding="utf-8")
    for name, kind in (("club.toml", "toml"), ("club.csv", "csv")):
        (block,) = re.findall(rf"```{kind}\n(.*?)```", text, re.DOTALL)
        (tmp_path / name).write_text(block, encoding="utf-8")
    found = load_definition(tmp_path / "club.toml")
    assert len(found.roll) == 5


SECTIONS = {
    "election": "[election]",
    "contest": "[[contest]]",
    "unit": "[[unit]]",
    "trustees": "[trustees]",
    "witnesses": "[witnesses]",
    "policies": "[policies]",
    "times": "[times]",
    "population": "[population]",
    "population.preferences": "[[population.preferences]]",
}


@pytest.mark.parametrize("section", SECTIONS)
def test_every_key_is_documented(tmp_path: Path, section: str) -> None:
    """An unknown key makes the reader list those it knows; the how-to names each."""
    said = refused(tmp_path, f"{SECTIONS[section]}\nzzzzzz = 1\n")
    known = next(re.findall(r"there are (.*)", line)[0] for line in said.splitlines() if "zzzzzz" in line)
    text = HOWTO.read_text(encoding="utf-8")
    for key in known.split(", "):
        assert f"`{key}`" in text or f"`{section}.{key}`" in text
