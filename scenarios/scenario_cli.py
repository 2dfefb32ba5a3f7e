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
from scenarios.attack_matrix import as_document
from scenarios.laboratory import Pairing, Scenario, load_file, pair
from scenarios.matrix import as_html, as_json, as_table, changes, defence, described
from scenarios.registry import registry, scenario
from scenarios.sizes import TOY
from scenarios.variant import STANDARD, Setting, variant, variants

commands = typer.Typer(
    name="scenario",
    no_args_is_help=True,
    help="Attacks: each succeeds without its defences and fails with any one of them.",
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


@commands.command("variants")
def list_variants() -> None:
    """List the rules that can be swapped for others, to see which attacks that changes."""
    table = Table("variant", "what holds instead")
    for each in variants():
        table.add_row(each.name, Text(f"{each.title}. {each.rule}"))
    Console().print(table)


@commands.command("run")
def run(
    which: Annotated[
        str | None, typer.Argument(metavar="[NAME|FILE.py]", help="A scenario's name, or a file of your own.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Run every attack of the laboratory.")] = False,
    parameters: Annotated[
        str, typer.Option(help="Key size, by the name of its parameters. Real ones take their time.")
    ] = TOY,
    rules: Annotated[
        str | None,
        typer.Option("--variant", metavar="NAME|FILE.py", help="Swap a rule, and show which attacks that changes."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Write matrix.json and matrix.html into this folder.")
    ] = None,
    document: Annotated[
        Path | None, typer.Option(metavar="FILE.md", help="Write the table of the documents; no seconds in it.")
    ] = None,
    as_data: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Run one attack, or all: without its defences, with each of them alone, and with all.

    The exit code is 0 if every attack went as it should, and 1 if not.
    """
    chosen = _chosen(which, everything)
    setting = Setting(parameters, variant(rules) if rules else STANDARD.variant)
    console = Console(stderr=True)
    progress = track(chosen, "playing", console=console, transient=True) if len(chosen) > 1 else chosen
    pairings = [pair(each, setting) for each in progress]
    if as_data:
        typer.echo(as_json(pairings))
    else:
        _show(pairings, setting)
    _write(pairings, setting, out, document, console)
    raise typer.Exit(0 if all(pairing.expected for pairing in pairings) else 1)


def _write(
    pairings: Sequence[Pairing], setting: Setting, out: Path | None, document: Path | None, console: Console
) -> None:
    written: dict[Path, str] = {}
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        written |= {out / "matrix.json": as_json(pairings) + "\n", out / "matrix.html": as_html(pairings, setting)}
    if document is not None:
        written[document] = as_document(pairings)
    for path, text in written.items():
        path.write_text(text, encoding="utf-8")
    if written:
        console.print(f"Written: {', '.join(map(str, written))}", markup=False, highlight=False)


def _chosen(which: str | None, everything: bool) -> Sequence[Scenario]:
    if everything == (which is not None):
        raise SetupError("name one scenario or file, or say --all")
    if which is None:
        return tuple(registry().values())
    return (load_file(Path(which)) if which.endswith(".py") else scenario(which),)


def _show(pairings: Sequence[Pairing], setting: Setting) -> None:
    console = Console()
    console.print(as_table(pairings, setting))
    if len(pairings) == 1:
        _tell(console, pairings[0])
    for each in pairings:
        if each.scenario.own_key and setting.parameters != TOY:
            console.print(Text(f"{each.scenario.name} brings its own key: {each.scenario.own_key}."))
    good = sum(pairing.expected for pairing in pairings)
    if setting.variant is not STANDARD.variant:
        console.print(Text(f"{setting.variant.title}: {setting.variant.rule}", style="bold"))
        for line in changes(pairings):
            console.print(Text(f"  {line}"))
    console.print(f"{good} of {len(pairings)} as expected.", style="green" if good == len(pairings) else "bold red")


def _tell(console: Console, pairing: Pairing) -> None:
    """One scenario's story, and all its runs with their evidence."""
    told = pairing.scenario
    console.print(Text(f"{told.title}. Attacker: {told.attacker}, who controls {'; '.join(told.controls)}."))
    for step in told.story:
        console.print(Text(f"  {step.sender} → {step.receiver}: {step.text}"))
    for played in pairing.defended if told.residual else (pairing.without, *pairing.defended):
        removed = f"without {', '.join(played.removed)}" if played.removed else "with every defence"
        console.print(Text(f"{removed}: {played.outcome.words}. {played.outcome.harm}", style="bold"))
        for line in filter(None, played.outcome.evidence):
            console.print(Text(f"  {line}"))
