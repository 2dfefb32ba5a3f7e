"""`valik bench`: what everything costs. The measuring itself is in `benchmarks/`, which is never installed."""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from common.errors import SetupError

NEEDS_SOURCE = (
    "valik bench needs a source checkout: the benchmarks are not part of the installed package. "
    "Run it from the top of one, in which `pip install -e .` has been done."
)


def register(app: typer.Typer) -> None:
    """Mount `bench`."""
    app.command()(bench)


def bench(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON; times are milliseconds of CPU.")] = False,
    parameters: Annotated[
        str, typer.Option(help="Parameter set: paillier-3072, paillier-2048, or toy-512 as a smoke test.")
    ] = "paillier-3072",
    quick: Annotated[bool, typer.Option("--quick", help="Few, short samples and a small largest batch.")] = False,
    only: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="A group of costs or part of a cost's name; repeatable.")
    ] = None,
) -> None:
    """Measure what each step costs, in CPU time and in multiples of yardsticks taken in the same run.

    Runs a minute or two at full size. The exit code is 0 whether or not the targets are met.
    """
    run, report = load("benchmarks.run"), load("benchmarks.report")
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    try:
        with Progress(*columns, console=console, transient=True) as bar:
            task = bar.add_task("measuring", total=None)
            found = run.run(
                parameters,
                quick=quick,
                only=only or (),
                progress=lambda done, total, name: bar.update(task, completed=done, total=total, description=name),
            )
    except SetupError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
    if as_json:
        typer.echo(report.as_json(found))
    else:
        Console().print(report.as_table(found))


def load(name: str) -> ModuleType:
    """A module of `benchmarks`, by name, since nothing that is installed may depend on it; exit code 2 without it."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or error.name.split(".")[0] != "benchmarks":
            raise
        typer.echo(NEEDS_SOURCE, err=True)
        raise typer.Exit(2) from None
