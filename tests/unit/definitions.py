"""A definition in TOML to change, and how it is read or refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from common.errors import SetupError
from scenarios.country.population import people
from scenarios.definition.toml_file import Definition, load_definition
from scenarios.definition_cli import TEMPLATE

SAMPLES = TEMPLATE.parent
CODE = re.compile(r"[0-9]{11}")
FIRST, SECOND = (person.code for person in people(2, 5))

MINIMAL = """
[election]
title = "Chess club"
opens = 2027-03-01T09:00:00+02:00
closes = 2027-03-05T20:00:00+02:00
max_ballots = 10

[[contest]]
id = "chair"
title = "Chair"
kind = "single"
options = ["A", "B", "Blank vote"]

[[unit]]
id = "club"
title = "Club"
"""
VECTOR = MINIMAL.replace('"single"', '"vector"')
POPULATION = MINIMAL + "\n[population]\nvoters = 10\n"
SOUTH = '[[unit]]\nid = "south"\ntitle = "South"\nparent = "club"\n'


def load(tmp_path: Path, text: str, roll: str | None = None) -> Definition:
    (tmp_path / "e.toml").write_text(text, encoding="utf-8", newline="")
    if roll is None:
        return load_definition(tmp_path / "e.toml")
    (tmp_path / "r.csv").write_text(roll, encoding="utf-8", newline="")
    return load_definition(tmp_path / "e.toml", tmp_path / "r.csv")


def refused(tmp_path: Path, text: str, roll: str | None = None) -> str:
    with pytest.raises(SetupError) as raised:
        load(tmp_path, text, roll)
    message = str(raised.value)
    assert all(line.startswith(("e.toml: ", "r.csv: ")) for line in message.splitlines())
    assert not CODE.search(message)
    return message
