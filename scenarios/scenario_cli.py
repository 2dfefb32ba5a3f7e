"""`valik scenario`: the attacks of the laboratory, to list and to run."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table
from rich.text import Text

from common.errors import SetupError
from scenarios.laboratory import Pairing, Scenario, load_file, pair
from scenarios.matrix import as_html, as_json, as_table, defence, described
from scenarios.registry import registry, scenario

commands = typer.Typer(
    name="scenario",
    no_args_is_help=True,
    help="Attacks: each succeeds without its defences and fails with any one of them. Toy parameters.",
)


def register(app: typer.Typer) -> None:
    """Mount `scenario`."""
    app.add_typer(commands)


@commands.command("list")
def list_scenarios(as_data: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """List the attacks with their attackers and defences."""
    found = registry().values()
    if as_data:
        typer.echo(json.dumps([described(each) for each in found], indent=2, ensure_ascii=False))
        return
    table = Table("attack", "what happens", "defence")
    for each in found:
        table.add_row(each.name, Text(each.title), Text(defence(each)))
    Console().print(table)


@commands.command("run")
def run(
    which: Annotated[
        str | None, typer.Argument(metavar="[NAME|FILE.py]", help="A scenario's name, or a file of your own.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Run every attack of the laboratory.")] = False,
    out: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Write matrix.json and matrix.html into this folder.")
    ] = None,
    as_data: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Run one attack, or all: without its defences, with each of them alone, and with all.

    The exit code is 0 if every attack went as it should, and 1 if not.
    """
    chosen = _chosen(which, everything)
    console = Console(stderr=True)
    progress = track(chosen, "playing", console=console, transient=True) if len(chosen) > 1 else chosen
    pairings = [pair(each) for each in progress]
    if as_data:
        typer.echo(as_json(pairings))
    else:
        _show(pairings)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        (out / "matrix.json").write_text(as_json(pairings) + "\n", encoding="utf-8")
        (out / "matrix.html").write_text(as_html(pairings), encoding="utf-8")
        console.print(f"Written: {out}/matrix.json, {out}/matrix.html", markup=False, highlight=False)
    raise typer.Exit(0 if all(pairing.expected for pairing in pairings) else 1)


def _chosen(which: str | None, everything: bool) -> Sequence[Scenario]:
    if everything == (which is not None):
        raise SetupError("name one scenario or file, or say --all")
    if which is None:
        return tuple(registry().values())
    return (load_file(Path(which)) if which.endswith(".py") else scenario(which),)


def _show(pairings: Sequence[Pairing]) -> None:
    console = Console()
    console.print(as_table(pairings))
    if len(pairings) == 1:
        _tell(console, pairings[0])
    good = sum(pairing.expected for pairing in pairings)
    console.print(f"{good} of {len(pairings)} as expected.", style="green" if good == len(pairings) else "bold red")


def _tell(console: Console, pairing: Pairing) -> None:
    """One scenario's story, and all its runs with their evidence."""
    told = pairing.scenario
    console.print(Text(f"{told.title}. Attacker: {told.attacker}, who controls {'; '.join(told.controls)}."))
    for step in told.story:
        console.print(Text(f"  {step.sender} → {step.receiver}: {step.text}"))
    for played in (pairing.without, *pairing.defended):
        removed = f"without {', '.join(played.removed)}" if played.removed else "with every defence"
        console.print(Text(f"{removed}: {played.outcome.words}. {played.outcome.harm}", style="bold"))
        for line in filter(None, played.outcome.evidence):
            console.print(Text(f"  {line}"))
