"""`valik trustee`: make a trustee's keys, run it, or do its part by hand with files."""

from __future__ import annotations

import typer

from tallier import trustee_hand_cli, trustee_keys_cli, trustee_serve_cli

trustee = typer.Typer(no_args_is_help=True, help="A trustee, who holds a share of the key: run it, or act by hand.")
for part in (trustee_keys_cli, trustee_serve_cli, trustee_hand_cli):
    trustee.add_typer(part.commands)


def register(app: typer.Typer) -> None:
    """Mount this party's commands."""
    app.add_typer(trustee, name="trustee")
