"""The voter's commands: `valik vote`, `verify`, `receipts`, `watch`."""

from __future__ import annotations

import typer

from voter_client.look_cli import receipts, verify
from voter_client.vote_cli import vote
from voter_client.watch_cli import watch


def register(app: typer.Typer) -> None:
    """Mount this party's commands."""
    for command in (vote, verify, receipts, watch):
        app.command()(command)
