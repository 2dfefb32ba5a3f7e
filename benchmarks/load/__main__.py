"""`python -m benchmarks.load`: put a load on a collector and its surroundings, all on this machine."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

from benchmarks.load.report import as_json, as_tables
from benchmarks.load.run import run
from common.errors import ServiceRefused, SetupError


def main(
    as_json_: Annotated[bool, typer.Option("--json", help="Print JSON; times are milliseconds.")] = False,
    parameters: Annotated[
        str, typer.Option(help="Parameter set: paillier-3072, paillier-2048, or toy-512 as a smoke test.")
    ] = "paillier-3072",
    ballots: Annotated[int, typer.Option(help="How many are cast by many voters at once.")] = 60,
    at_once: Annotated[int, typer.Option(help="How many voters are at it at the same time.")] = 8,
) -> None:
    """Measure how many ballots a collector accepts in a second, with everybody on this machine.

    The collector, two witnesses, the OCSP responder and the voters are processes that meet over HTTP on loopback.
    Ballots are made beforehand. Under a minute and a half at full size, most of it making the election's key.
    """
    try:
        found = run(parameters, ballots, at_once, lambda name: typer.echo(name, err=True))
    except SetupError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
    except ServiceRefused as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    if as_json_:
        typer.echo(as_json(found))
    else:
        Console().print(as_tables(found))


app = typer.Typer(add_completion=False)
app.command()(main)

if __name__ == "__main__":
    app(prog_name="python -m benchmarks.load")
