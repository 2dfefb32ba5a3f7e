"""An audit report for people: a self-contained HTML page, and tables for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from jinja2 import Environment, PackageLoader, StrictUndefined
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from auditor.findings import AuditReport, ContestResult, PoolResult
from auditor.ledger import Row

SHOWN_FAILURES = 5
"""How many failures of one check are spelled out; the JSON report has all."""
NOT_REAL = "Made with research and teaching software. Not for real elections."
TOY = "TOY PARAMETERS: this key can be broken by anyone. Nothing on this page is secret or safe."

_STYLES = {"pass": "green", "fail": "bold red", "not run": "yellow"}
_ENVIRONMENT = Environment(
    loader=PackageLoader("auditor"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True, slots=True)
class Section:
    """Something the caller adds to the page: text, and a table if there are `rows`."""

    title: str
    text: str = ""
    header: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Bar:
    """One option in a chart: `width` in percent of the longest bar, `share` of the ballots as text or empty."""

    option: str
    count: int
    width: float
    share: str


@dataclass(frozen=True, slots=True)
class Slice:
    """One option's part of a pool's stacked bar, from `start` to `start` + `width` percent."""

    option: str
    count: int
    start: float
    width: float


def render_html(report: AuditReport, sections: Sequence[Section] = ()) -> str:
    """The page: one file, no script, nothing from elsewhere."""
    return _ENVIRONMENT.get_template("report.html.jinja").render(
        report=report,
        sections=sections,
        bars=bars,
        slices=slices,
        detail=detail,
        not_real=NOT_REAL,
        toy=TOY,
        verdict=verdict(report),
    )


def render_text(report: AuditReport, console: Console, *, results: bool = True) -> None:
    """The same as tables, the results on request; the last line is `AUDIT PASS` or `AUDIT FAIL`."""
    console.print(Text(f"Audit of: {report.title}", style="bold"))
    console.print(Text(f"Fingerprint: {report.fingerprint or 'unknown'}"))
    console.print(Text(f"Scope: {report.scope} record. {NOT_REAL}"))
    if report.insecure:
        console.print(Text(TOY, style="bold white on red"))
    for contest in report.contests if results else ():
        console.print(_contest_table(contest, "counted" if report.passed else "ANNOUNCED, NOT CONFIRMED"))
    if report.accounting:
        console.print(Text("Votes: " + ", ".join(f"{votes} {name}" for name, votes in report.accounting)))
    console.print(_checks_table(report.rows))
    for line, style in _details(report.rows):
        console.print(Text(line, style=style))
    for line in remarks(report):
        console.print(Text(f"• {line}"))
    console.print(Text(verdict(report), style="bold green" if report.passed else "bold red"))


def verdict(report: AuditReport) -> Literal["AUDIT PASS", "AUDIT FAIL"]:
    return "AUDIT PASS" if report.passed else "AUDIT FAIL"


def remarks(report: AuditReport) -> list[str]:
    """Exclusions, merged pools and notes, a sentence each."""
    excluded = [f"Log entry {e.index} is excluded for {e.check}: {e.reason}" for e in report.exclusions]
    return [*excluded, *report.merges, *report.notes]


def detail(row: Row) -> str:
    """Why a check failed or was not run; empty if it passed."""
    shown = [f"{f.subject}: {f.reason} (at fault: {f.at_fault})" for f in row.failures[:SHOWN_FAILURES]]
    if len(row.failures) > SHOWN_FAILURES:
        shown.append(f"and {len(row.failures) - SHOWN_FAILURES} more")
    return "; ".join(shown) or row.reason


def bars(contest: ContestResult) -> list[Bar]:
    """The contest's chart. A share is given where an option can have one vote of each ballot at most."""
    longest = max(contest.counts, default=0)
    shares = contest.ballots > 0 and longest <= contest.ballots
    return [
        Bar(
            option,
            count,
            round(100 * count / longest, 2) if longest else 0.0,
            f"{100 * count / contest.ballots:.1f} %" if shares else "",
        )
        for option, count in zip(contest.options, contest.counts, strict=True)
    ]


def slices(contest: ContestResult, pool: PoolResult) -> list[Slice]:
    """One pool's counts as parts of a whole."""
    whole, found, start = sum(pool.counts), [], 0.0
    for option, count in zip(contest.options, pool.counts, strict=True):
        width = 100 * count / whole if whole else 0.0
        found.append(Slice(option, count, round(start, 2), round(width, 2)))
        start += width
    return found


def _contest_table(contest: ContestResult, state: str) -> Table:
    title = Text(f"{contest.title} ({contest.ballots} ballots {state})", style="bold")
    table = Table("Option", title=title, title_justify="left")
    for name in ("Total", *(pool.unit for pool in contest.pools)):
        table.add_column(Text(name), justify="right")
    for position, option in enumerate(contest.options):
        counts = [str(pool.counts[position]) if pool.counts else "–" for pool in contest.pools]
        table.add_row(Text(option), str(contest.counts[position]), *counts)
    return table


def _checks_table(rows: Sequence[Row]) -> Table:
    table = Table(
        "Check", "Claim", "Result", title="Checks", title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False
    )
    for name in ("Objects", "Seconds"):
        table.add_column(name, justify="right")
    for row in rows:
        style = _STYLES[row.result] if row.good else _STYLES["fail"]
        seconds = f"{row.seconds:.3f}"
        table.add_row(row.id, Text(row.claim), Text(row.result, style=style), str(row.objects), seconds)
    return table


def _details(rows: Sequence[Row]) -> list[tuple[str, str]]:
    """(sentence, style) for each failed check, then for each reason why checks were not run."""
    failed = [(f"{row.id} failed: {detail(row)}", _STYLES["fail"]) for row in rows if row.result == "fail"]
    idle: dict[tuple[str, bool], list[str]] = {}
    for row in rows:
        if row.result == "not run":
            idle.setdefault((row.reason, row.good), []).append(row.id)
    return [
        *failed,
        *(
            (f"{', '.join(ids)} not run: {reason}", _STYLES["not run" if good else "fail"])
            for (reason, good), ids in idle.items()
        ),
    ]
