"""`valik`: one command that mounts each party's own commands."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from typing import Annotated, NoReturn

import typer

from common.errors import ValikError

MODULES: Mapping[str, str] = {
    "mock": "scenarios.mock_cli",
    "election": "scenarios.definition_cli",
    "eid": "scenarios.country.cli",
    "authority": "tallier.authority_cli",
    "ceremony": "tallier.ceremony_cli",
    "trustee": "tallier.trustee_cli",
    "collector": "collector.cli",
    "witness": "auditor.witness_cli",
    "vote": "voter_client.cli",
    "verify": "voter_client.cli",
    "receipts": "voter_client.cli",
    "watch": "voter_client.cli",
    "processor": "tallier.processor_cli",
    "status": "auditor.status_cli",
    "show": "auditor.show_cli",
    "audit": "auditor.cli",
    "bench": "scenarios.bench_cli",
    "scenario": "scenarios.scenario_cli",
}
"""Where each command is defined; a module's `register` mounts all of its own."""

PARTS: Mapping[str, Mapping[str, str]] = {
    "eid": {
        **dict.fromkeys(("new", "issue", "reissue", "revoke"), "scenarios.country.cards_cli"),
        "serve": "scenarios.country.serve_cli",
    },
    "authority": {
        "new": "tallier.authority_keys_cli",
        **dict.fromkeys(
            ("change-roll", "revoke", "exclude", "extend", "abandon", "close", "finalise"), "tallier.acts_cli"
        ),
    },
    "trustee": {
        "new": "tallier.trustee_keys_cli",
        "serve": "tallier.trustee_serve_cli",
        **dict.fromkeys(("receive", "rehearse", "answer"), "tallier.trustee_hand_cli"),
    },
    "collector": {"new": "collector.keys_cli", "serve": "collector.serve_cli"},
    "witness": {"new": "auditor.witness_keys_cli", "serve": "auditor.witness_serve_cli"},
}
"""Where some of a party's commands are defined by themselves, as `commands`: who makes a key needs no server."""


def command_line(words: Sequence[str] = ()) -> typer.Typer:
    """All commands; if `words`, as typed, begin with a known one, no more than its module: loading all takes long."""
    app = typer.Typer(
        name="valik",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        help="Valik: an Estonia-style verifiable internet vote, to run, attack and read. NOT for real elections.",
    )
    app.callback()(_root)
    party, command = (*words[:2], "", "")[:2]
    if command in PARTS.get(party, {}):
        app.add_typer(import_module(PARTS[party][command]).commands, name=party)
        return app
    for module in [MODULES[party]] if party in MODULES else dict.fromkeys(MODULES.values()):
        import_module(module).register(app)
    return app


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version  # noqa: PLC0415  seldom wanted, and takes long

        typer.echo(f"valik {version('valik')}")
        raise typer.Exit


def _root(
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Options that go before every command."""


def main() -> None:
    """Run the command; every expected failure is a sentence and exit code 2, never a traceback."""
    try:
        run = command_line(sys.argv[1:])
        gc.freeze()
        gc.enable()
        run()
    except ValikError as error:
        _give_up(str(error))
    except OSError as error:
        where = "" if error.filename is None else f"{error.filename}: "
        what = "a file or the output cannot be read or written; make room, or name another"
        _give_up(f"{where}{error.strerror}; {what}")


def _give_up(text: str) -> NoReturn:
    """Say so if anyone listens, and let nothing that is still buffered fail once more at the exit."""
    from rich.console import Console  # noqa: PLC0415  seldom wanted, and takes long

    with suppress(OSError):
        Console(stderr=True).print("error:", text, style="red", highlight=False, markup=False, soft_wrap=True)
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        os.dup2(nowhere.fileno(), 1)
    sys.exit(2)
