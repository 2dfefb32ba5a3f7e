"""`valik`: one command that mounts each party's own commands."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from importlib.metadata import version
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from auditor import cli as audit_cli
from common.errors import ValikError
from scenarios import bench_cli, definition_cli, mock_cli, scenario_cli

app = typer.Typer(
    name="valik",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Valik: an Estonia-style verifiable internet vote, to run, attack and read. NOT for real elections.",
)
mock_cli.register(app)
definition_cli.register(app)
audit_cli.register(app)
bench_cli.register(app)
scenario_cli.register(app)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"valik {version('valik')}")
        raise typer.Exit


@app.callback()
def _root(
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Options that go before every command."""


def main() -> None:
    """Run the command; every expected failure is a sentence and exit code 2, never a traceback."""
    try:
        app()
    except ValikError as error:
        _give_up(str(error))
    except OSError as error:
        _give_up(f"{error.strerror}; the output cannot be written, so send it somewhere else")


def _give_up(text: str) -> NoReturn:
    """Say so if anyone listens, and let nothing that is still buffered fail once more at the exit."""
    with suppress(OSError):
        Console(stderr=True).print("error:", text, style="red", highlight=False, markup=False, soft_wrap=True)
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        os.dup2(nowhere.fileno(), 1)
    sys.exit(2)
