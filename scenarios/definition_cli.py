"""`valik election`: begin a definition, and check one."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from common.checks.draft import require_possible
from common.checks.floors import proof_branches
from common.errors import SetupError
from common.messages.draft import RollDraft
from common.messages.manifest import Contest
from common.messages.message import encode
from common.transport.documents import write_files
from common.transport.files import NewFile, write_new
from common.transport.options import say
from scenarios.definition.population import PopulationPlan
from scenarios.definition.toml_file import Definition, held, load_definition

TEMPLATE = Path(__file__).parent / "elections" / "template"
FILES = ("election.toml", "roll.csv")

election = typer.Typer(no_args_is_help=True, help="Describe an election: begin a definition, check one.")


def register(app: typer.Typer) -> None:
    """Mount the `election` commands."""
    app.add_typer(election, name="election")


@election.command()
def new(directory: Annotated[Path, typer.Argument(help="Where to write election.toml and roll.csv.")]) -> None:
    """Write a commented definition and a sample voter roll; files that exist are never overwritten."""
    try:
        present = [name for name in FILES if os.path.lexists(directory / name)]
        if present:
            _give_up(f"{directory} already holds {' and '.join(present)}; choose another directory")
        directory.mkdir(parents=True, exist_ok=True)
        whose = zip(FILES, (False, True), strict=True)  # the roll will name voters
        write_new(*(NewFile(directory / name, (TEMPLATE / name).read_bytes(), private) for name, private in whose))
    except OSError as error:
        _give_up(f"{directory} cannot be written: {error.strerror}; choose another directory")
    typer.echo(f"wrote {directory / FILES[0]} and {directory / FILES[1]}; edit them, then run")
    typer.echo(f"  valik election check {directory / FILES[0]}")


@election.command()
def check(
    file: Annotated[Path, typer.Argument(help="The election definition (TOML).")],
    roll: Annotated[Path | None, typer.Option(help="The voter roll (CSV), in place of the one it names.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Read a definition and its roll, and say what would be held; exit code 2 if it cannot be."""
    try:
        definition = load_definition(file, roll)
    except SetupError as error:
        problems = str(error).splitlines()
        if as_json:
            typer.echo(json.dumps({"possible": False, "problems": problems}, ensure_ascii=False, indent=2))
            raise typer.Exit(2) from None
        _give_up(f"{len(problems)} to correct:\n" + "\n".join(f"  {line}" for line in problems))
    if as_json:
        typer.echo(json.dumps({"possible": True, **summary(definition)}, ensure_ascii=False, indent=2))
        return
    table = Table(title=escape(definition.draft.title), show_header=False)
    for name, value in summary(definition).items():
        shown = "\n".join(value) if isinstance(value, list) else str(value)
        table.add_row(name.replace("_", " "), escape(shown))
    Console().print(table)


@election.command()
def draft(
    file: Annotated[Path, typer.Argument(help="The election definition (TOML).")],
    out: Annotated[Path, typer.Option(help="Folder for draft.json and rows.json; made if need be.")],
    roll: Annotated[Path | None, typer.Option(help="The voter roll (CSV), in place of the one it names.")] = None,
    parameters: Annotated[str | None, typer.Option(help="paillier-3072, paillier-2048 or toy-512.")] = None,
    open_for: Annotated[int | None, typer.Option(min=1, help="Hold it now, for so many minutes.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Turn a definition into the papers from which dealer and election authority work: draft.json and rows.json."""
    definition = load_definition(file, roll, parameters=parameters)
    drafted = definition.draft
    if open_for is not None:
        drafted = held(drafted, int(time.time()), 60 * open_for)
        require_possible(drafted)
    rows = RollDraft(definition.roll)
    write_files(NewFile(out / "draft.json", encode(drafted)), NewFile(out / "rows.json", encode(rows), private=True))
    text = f"wrote {out / 'draft.json'} (voting until {drafted.times.closes}) and {out / 'rows.json'}"
    say(as_json, {"draft": str(out / "draft.json"), "rows": str(out / "rows.json")}, text)


def summary(definition: Definition) -> dict[str, str | int | list[str]]:
    """What a definition says, in words; holds nothing of single voters."""
    draft, absent = definition.draft, ", ".join(map(str, definition.absent)) or "none"
    voters = {unit.id: sum(row.unit == unit.id for row in definition.roll) for unit in draft.units}
    return {
        "title": draft.title,
        "opens": draft.times.opens,
        "closes": draft.times.closes,
        "parameters": draft.parameters,
        "voters": len(definition.roll),
        "max_ballots": draft.max_ballots,
        "contests": [_contest(contest) for contest in draft.contests],
        "units": [f"{unit.id}: {voters[unit.id]} voters, {len(unit.contests)} contests" for unit in draft.units],
        "trustees": f"{draft.threshold} of {draft.trustees} open the result; absent: {absent}",
        "witnesses": f"quorum {draft.quorum} of {draft.witnesses}, {draft.hostile} may be hostile",
        "publication": draft.policies.publication,
        "minimum_aggregate": draft.policies.minimum_aggregate,
        "population": _population(definition.people, len(definition.roll)),
    }


def _contest(contest: Contest) -> str:
    rules = contest.rules()
    kind = "choose 1" if rules.single else f"0 to {rules.max_per_option} each, {rules.min_total} to {rules.max_total}"
    return f"{contest.id}: {kind} of {rules.options} options, {proof_branches(contest)} proof branches"


def _population(plan: PopulationPlan | None, voters: int) -> str:
    if plan is None:
        return "none"
    changes = ", ".join(plan.changes) or "none"
    return (
        f"{plan.voting_of(voters)} vote, {plan.revoting} again ({plan.three_times} a third time), "
        f"{plan.verifying} verify, {plan.paper} on paper; roll changes: {changes}"
    )


def _give_up(text: str) -> NoReturn:
    typer.echo(text, err=True)
    raise typer.Exit(2)
