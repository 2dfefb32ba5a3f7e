"""What a person at the terminal sees of a mock election: progress, then results in words and tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.markup import escape
from rich.panel import Panel
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from auditor.report import Section
from common.messages.draft import Draft
from scenarios.played import Played
from scenarios.stopwatch import Spent

WARNING = "For research and teaching. NOT for real elections."


class Display:
    """Progress bars on a console; one bar for each stage of the election."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console,
            refresh_per_second=2,  # drawing ten times a second takes a twentieth of a core
        )
        self._current: TaskID | None = None

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._finish()
        self._progress.stop()

    def title(self, title: str, parameters: str, voters: int) -> None:
        """The election's name, its size, and the warnings that belong to it."""
        toy = parameters.startswith("toy-")
        text = f"[bold]{escape(title)}[/]\n{voters} voters · {parameters}\n[yellow]{WARNING}[/]"
        if toy:
            text += "\n[bold white on red] TOY PARAMETERS: anyone can break this encryption. No secrecy at all. [/]"
        self._console.print(Panel(text, title="Valik", border_style="red" if toy else "blue"))

    def stage(self, name: str, steps: int) -> Callable[[int], None]:
        """Start a bar of so many steps; the function returned is told how many are done."""
        self._finish()
        task = self._current = self._progress.add_task(name, total=steps)
        return lambda done: self._progress.update(task, completed=done)

    def audit_progress(self) -> Callable[[str, int], None]:
        """A bar for the audit, which reports the check it is at."""
        self._finish()
        task = self._current = self._progress.add_task("Auditing the written record", total=None)
        return lambda check, _count: self._progress.update(task, description=f"Auditing the written record: {check}")

    def _finish(self) -> None:
        if self._current is not None:
            task = self._progress.tasks[self._current]
            total = task.total if task.total is not None else max(int(task.completed), 1)
            self._progress.update(self._current, total=total, completed=total)
            self._current = None


def show_summary(console: Console, played: Played, draft: Draft, folder: Path) -> None:
    """Results per unit and in total beside what was meant; who was turned away; where everything is."""
    for table in result_tables(played, draft):
        console.print(table)
    console.print(f"{played.votes} votes cast, {played.verified} verified on a second device.")
    for refusal in played.refusals:
        console.print(f"Turned away: {refusal.who} ({refusal.check}: {refusal.reason}).", markup=False)
    if played.differences:
        console.print("[bold red]The announced result is NOT what the population meant:[/]")
        for difference in played.differences:
            console.print(f"  {difference}", markup=False)
    else:
        console.print("[green]The announced result is exactly what the population meant.[/]")
    console.print(stage_table(played.stages))
    if played.parties:
        console.print(party_table(played.parties))
    places = f"Record: {folder}/record   Report: {folder}/report.html   Voters' secrets: {folder}/secrets"
    console.print(places, markup=False)


def stage_table(stages: Mapping[str, Spent]) -> Table:
    """What each stage took, all processes together."""
    table = Table(title="Time", title_justify="left", show_footer=True)
    table.add_column("stage", "all")
    table.add_column("seconds", f"{sum(spent.wall for spent in stages.values()):.1f}", justify="right")
    table.add_column("CPU seconds", f"{sum(spent.cpu for spent in stages.values()):.1f}", justify="right")
    for stage, spent in stages.items():
        table.add_row(stage, f"{spent.wall:.1f}", f"{spent.cpu:.1f}")
    return table


def party_table(parties: Mapping[str, Spent]) -> Table:
    """How long each party's processes lived, and the computing time they took."""
    table = Table(title="Parties, each a process of its own", title_justify="left")
    for name, justify in (("party", "left"), ("seconds alive", "right"), ("CPU seconds", "right")):
        table.add_column(name, justify=justify)  # type: ignore[arg-type]
    for party, spent in sorted(parties.items()):
        table.add_row(party, f"{spent.wall:.1f}", f"{spent.cpu:.1f}")
    return table


def result_tables(played: Played, draft: Draft) -> list[Table]:
    """One table for each contest: a column for each opened pool, the total, and what was meant."""
    titles = {unit.id: unit.title for unit in draft.units}
    found = []
    for contest, total in zip(draft.contests, played.result.totals, strict=True):
        outcomes = [o for o in played.result.outcomes if o.contest == contest.id]
        table = Table(title=escape(contest.title), title_justify="left")
        table.add_column("option")
        for outcome in outcomes:
            table.add_column(escape(" + ".join(titles[unit] for unit in outcome.units)), justify="right")
        table.add_column("total", justify="right", style="bold")
        table.add_column("meant", justify="right", style="dim")
        for position, option in enumerate(contest.options):
            opened = [str(o.counts[position]) if o.counts else "not opened" for o in outcomes]
            meant = played.meant.totals[contest.id][position]
            table.add_row(escape(option), *opened, str(total.counts[position]), str(meant))
        table.add_row("ballots", *(str(o.ballots) for o in outcomes), str(total.ballots), "", style="dim")
        found.append(table)
    return found


def summary_sections(played: Played, draft: Draft) -> list[Section]:
    """The same for the report: what was meant, who was turned away, and how long it all took."""
    meant = tuple(
        (contest.title, option, str(count), str(intended))
        for contest, total in zip(draft.contests, played.result.totals, strict=True)
        for option, count, intended in zip(
            contest.options, total.counts, played.meant.totals[contest.id], strict=True
        )
    )
    verdict = "; ".join(played.differences) or "The announced result is exactly what the population meant."
    stages = tuple((name, f"{spent.wall:.1f} s", f"{spent.cpu:.1f} s") for name, spent in played.stages.items())
    return [
        Section(
            "What the mock voters meant",
            f"Known to the driver of this mock election alone. {verdict}",
            ("contest", "option", "announced", "meant"),
            meant,
        ),
        Section(
            "What happened",
            f"{played.votes} votes cast, {played.verified} of them verified on a second device.",
            ("turned away", "check", "reason"),
            tuple((refusal.who, refusal.check, refusal.reason) for refusal in played.refusals),
        ),
        Section("Time", "What each stage took, all processes together.", ("stage", "time", "CPU"), stages),
        *([_party_section(played.parties)] if played.parties else []),
    ]


def _party_section(parties: Mapping[str, Spent]) -> Section:
    rows = tuple((party, f"{spent.wall:.1f} s", f"{spent.cpu:.1f} s") for party, spent in sorted(parties.items()))
    return Section("Parties", "Each was a process of its own.", ("party", "alive", "CPU"), rows)
