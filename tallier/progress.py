"""Long work, as it goes on: a bar for people, lines of JSON for programs; both on standard error."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars

from common.crypto.cryptosystem import Progress


@contextmanager
def shown(what: str, as_json: bool) -> Iterator[Progress]:
    """A function to be told (steps done, steps in all)."""
    if as_json:
        yield lambda done, due: typer.echo(json.dumps({"progress": [done, due]}), err=True)
        return
    columns = (TextColumn("{task.description}"), BarColumn(bar_width=24), MofNCompleteColumn(), TimeElapsedColumn())
    with Bars(*columns, console=Console(stderr=True)) as bars:
        task = bars.add_task(what, total=None)
        yield lambda done, due: bars.update(task, completed=done, total=due)
