"""A run's figures as JSON, and as a table for people."""

from __future__ import annotations

import json

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from benchmarks.measure import Figure
from benchmarks.run import Report
from benchmarks.yardsticks import POWER, POWER_3072, PRODUCT

FORMAT = "valik/benchmark/1"
HEADINGS = {PRODUCT: "products\nmod n²", POWER: "powmods\nmod n²", POWER_3072: "powmods\n3072 bits"}


def as_json(report: Report) -> str:
    """All figures; times in milliseconds of CPU, numbers with five significant digits."""
    content = {
        "format": FORMAT,
        "parameters": report.parameters,
        "insecure": report.insecure,
        "quick": report.quick,
        "yardsticks": [_plain(figure) for figure in report.yardsticks],
        "figures": [_plain(figure) for figure in report.figures],
    }
    return json.dumps(content, indent=2, ensure_ascii=False)


def as_table(report: Report) -> RenderableType:
    """One row a cost, with its ratio to each yardstick, and its target where it has one."""
    table = Table(title=f"CPU time of one of each, {report.parameters}", title_justify="left")
    table.add_column("cost")
    table.add_column("time", justify="right")
    for heading in HEADINGS.values():
        table.add_column(heading, justify="right")
    table.add_column("target")
    for figure in report.figures:
        table.add_row(
            figure.name,
            duration(figure.value),
            *(number(figure.ratios[name]) for name in HEADINGS),
            _target(figure),
        )
    own = ", ".join(f"{figure.name} {duration(figure.value)}" for figure in report.yardsticks)
    notes = [f"Yardsticks, median of the run: {own}."]
    notes.append("Compare ratios, not times: each is the median of samples with the yardsticks taken beside them.")
    if report.quick:
        notes.append("Quick: few and short samples, a small largest batch.")
    if report.insecure:
        notes.append("TOY PARAMETERS: a smoke test. These figures say nothing about a real election.")
    return Group(table, *map(Text, notes))


def duration(milliseconds: float) -> str:
    """Three significant digits in the unit that suits."""
    if milliseconds >= 1000:
        return f"{number(milliseconds / 1000)} s"
    return f"{number(milliseconds)} ms" if milliseconds >= 1 else f"{number(milliseconds * 1000)} µs"


def number(value: float) -> str:
    """Three significant digits, without an exponent."""
    if value >= 100:
        return f"{value:,.0f}"
    for decimals, least in ((1, 10.0), (2, 1.0), (3, 0.1), (4, 0.01)):
        if value >= least:
            return f"{value:.{decimals}f}"
    return f"{value:.5f}"


def _target(figure: Figure) -> Text:
    if figure.target is None:
        return Text("")
    heading = HEADINGS[figure.target.yardstick].replace("\n", " ")
    verdict = ("met", "green") if figure.met else ("NOT MET", "bold red")
    return Text.assemble(f"≤ {figure.target.at_most:g} {heading}: ", verdict)


def _plain(figure: Figure) -> dict[str, object]:
    target = figure.target
    return {
        "name": figure.name,
        "value": _rounded(figure.value),
        "unit": figure.unit,
        "ratios": {name: _rounded(ratio) for name, ratio in figure.ratios.items()},
        "target": None if target is None else {"yardstick": target.yardstick, "at_most": target.at_most},
        "met": figure.met,
    }


def _rounded(value: float) -> float:
    return float(f"{value:.5g}")
