"""`valik witness`: make a witness's key, and run it."""

from __future__ import annotations

import typer

from auditor import witness_keys_cli, witness_serve_cli

witness = typer.Typer(no_args_is_help=True, help="A witness of the log: make its key, run it.")
for part in (witness_keys_cli, witness_serve_cli):
    witness.add_typer(part.commands)


def register(app: typer.Typer) -> None:
    """Mount this party's commands."""
    app.add_typer(witness, name="witness")
