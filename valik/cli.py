"""`valik`: one command that mounts each party's own commands."""

from __future__ import annotations

import sys
from importlib.metadata import version
from typing import Annotated

import typer
from rich.console import Console

from auditor import cli as audit_cli
from common.errors import ValikError
from scenarios import bench_cli, definition_cli, mock_cli

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
        Console(stderr=True).print("error:", str(error), style="red", highlight=False, markup=False)
        sys.exit(2)
    except KeyboardInterrupt:
        Console(stderr=True).print("interrupted")
        sys.exit(130)
