"""`valik collector`: make a collector's keys, and run it."""

from __future__ import annotations

import typer

from collector import keys_cli, serve_cli

collector = typer.Typer(no_args_is_help=True, help="The vote collector: make its keys, run it.")
for part in (keys_cli, serve_cli):
    collector.add_typer(part.commands)


def register(app: typer.Typer) -> None:
    """Mount this party's commands."""
    app.add_typer(collector, name="collector")
