"""`valik eid`: the mock eID authority: ID cards for people, and the status of their certificates."""

from __future__ import annotations

import typer

from scenarios.country import cards_cli, serve_cli

eid = typer.Typer(no_args_is_help=True, help="A mock eID authority: ID cards, and OCSP for them. For lessons.")
for part in (cards_cli, serve_cli):
    eid.add_typer(part.commands)


def register(app: typer.Typer) -> None:
    """Mount this party's commands."""
    app.add_typer(eid, name="eid")
