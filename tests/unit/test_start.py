"""What a command loads before it begins: a server only if it serves, a client only if it asks."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path

import pytest
import typer

from valik.cli import MODULES, PARTS, command_line

ROOT = Path(__file__).parents[2]
SERVERS = {"fastapi", "starlette", "uvicorn"}
CLIENTS = {"httpx"}
NEW = [f"{party} new" for party in PARTS]
LOAD = """
import json, sys
from valik.cli import command_line
for command in sys.argv[1:]:
    command_line(command.split())
print(json.dumps(sorted(sys.modules)))
"""


def loaded_by(commands: Iterable[str]) -> set[str]:
    """All modules that one process has after loading these commands."""
    done = subprocess.run([sys.executable, "-c", LOAD, *commands], cwd=ROOT, capture_output=True, check=True)  # noqa: S603
    return set(json.loads(done.stdout))


def commands_of(app: typer.Typer) -> dict[str, object]:
    """The functions of a party's commands, by the command's name."""
    found: dict[str, object] = {}
    for each in app.registered_commands:
        found[str(each.name or getattr(each.callback, "__name__", ""))] = each.callback
    for group in app.registered_groups:
        found |= commands_of(group.typer_instance or typer.Typer())
    return found


def test_making_keys_loads_neither_server_nor_client() -> None:
    assert not loaded_by(NEW) & (SERVERS | CLIENTS)


def test_asking_loads_a_client_and_no_server() -> None:
    loaded = loaded_by(["authority close", "ceremony hold", "processor check", "status", "vote", "trustee receive"])
    assert loaded & (SERVERS | CLIENTS) == CLIENTS


def test_playing_the_population_loads_no_server() -> None:
    program = "import json, sys; import scenarios.separate_election; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, check=True)  # noqa: S603
    assert not set(json.loads(done.stdout)) & SERVERS


def test_serving_loads_a_server() -> None:
    assert loaded_by(["witness serve"]) >= SERVERS


@pytest.mark.parametrize("party", PARTS)
def test_command_loaded_alone_is_the_partys_own(party: str) -> None:
    whole = typer.Typer()
    import_module(MODULES[party]).register(whole)
    own = commands_of(whole)
    for command, module in PARTS[party].items():
        assert commands_of(import_module(module).commands)[command] is own[command]


@pytest.mark.parametrize("party", PARTS)
def test_party_without_a_known_command_is_loaded_whole(party: str) -> None:
    for words in ([party], [party, "--help"], [party, "nothing"]):
        assert commands_of(command_line(words)).keys() >= PARTS[party].keys()
    assert commands_of(command_line([party, "new"])).keys() < PARTS[party].keys()
