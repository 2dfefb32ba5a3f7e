"""A load's figures as JSON, and as tables for people."""

from __future__ import annotations

import json
from collections.abc import Callable
from statistics import median

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from benchmarks.load.run import Load, Phase, ninety_fifth
from benchmarks.load.stages import BESIDE, STAGES
from benchmarks.report import duration, number

FORMAT = "valik/load/1"
REST = "the rest: HTTP, other requests"
LABELS = {
    "accepted_per_second": "ballots accepted a second",
    "powmods_per_accepted": "time a ballot, in powmods",
    "post_to_receipt_median": "post to receipt, median, ms",
    "post_to_receipt_95": "post to receipt, 95 %, ms",
    "session_median": "whole session, median, ms",
    "session_95": "whole session, 95 %, ms",
}


def as_json(load: Load) -> str:
    """All figures; times in milliseconds, numbers with five significant digits."""
    content = {
        "format": FORMAT,
        "parameters": load.parameters,
        "insecure": load.insecure,
        "cores": load.cores,
        "load_average_before": load.load_before,
        "powmod_3072": _rounded(load.powmod * 1000),
        "preparation": {name: _rounded(seconds * 1000) for name, seconds in load.preparation.items()},
        "alone": _plain(load.alone, load.powmod),
        "together": _plain(load.together, load.powmod),
    }
    return json.dumps(content, indent=2, ensure_ascii=False)


def as_tables(load: Load) -> RenderableType:
    """The rate, what voters wait, what the parties and the stages take."""
    notes = [f"powmod_3072 in this run: {duration(load.powmod * 1000)} of CPU."]
    made = ", ".join(f"{name} {number(seconds)} s" for name, seconds in load.preparation.items())
    notes.append(f"Before the load: {made}. Load average of the machine then: {load.load_before:.1f}.")
    if load.insecure:
        notes.append("TOY PARAMETERS: a smoke test. These figures say nothing about a real election.")
    return Group(_rates(load), _parties(load), _stages(load), *map(Text, notes))


def _rates(load: Load) -> Table:
    table = Table(title=f"Choose 1 of 5, {load.parameters}, all on {load.cores} cores", title_justify="left")
    table.add_column("")
    for phase in (load.alone, load.together):
        table.add_column(f"{phase.crowd.at_once} at a time", justify="right")
    alone, together = (_figures(phase, load.powmod) for phase in (load.alone, load.together))
    for key, label in LABELS.items():
        table.add_row(label, number(alone[key]), number(together[key]))
    return table


def _parties(load: Load) -> Table:
    table = Table(title="CPU a ballot", title_justify="left")
    for heading in (
        "",
        f"{load.alone.crowd.at_once} at a time",
        f"{load.together.crowd.at_once} at a time",
        "powmods",
    ):
        table.add_column(heading, justify="right" if heading else "left")
    for party in load.together.cpu:
        alone, together = (phase.cpu[party] / phase.crowd.voters for phase in (load.alone, load.together))
        table.add_row(party, duration(alone * 1000), duration(together * 1000), number(together / load.powmod))
    return table


def _stages(load: Load) -> Table:
    table = Table(title="Stages in the collector", title_justify="left")
    for heading in ("", "wall,\nalone", "wall,\ntogether", "times a\nballot", "CPU a\nballot", "powmods"):
        table.add_column(heading, justify="right" if heading else "left")
    alone, together = (_stage_figures(phase, load.powmod) for phase in (load.alone, load.together))
    for name, figures in together.items():
        table.add_row(
            name,
            _cell(alone.get(name, {}).get("wall_median"), duration),
            _cell(figures["wall_median"], duration),
            _cell(figures["times_a_ballot"], number),
            _cell(figures["cpu_a_ballot"], duration),
            _cell(figures["powmods_a_ballot"], number),
        )
    return table


def _cell(value: float | None, shown: Callable[[float], str]) -> str:
    return "" if value is None else shown(value)


def _plain(phase: Phase, powmod: float) -> dict[str, object]:
    return {
        "ballots": phase.crowd.voters,
        "at_once": phase.crowd.at_once,
        **{key: _rounded(figure) for key, figure in _figures(phase, powmod).items()},
        "cpu_a_ballot": {
            party: {
                "ms": _rounded(cpu / phase.crowd.voters * 1000),
                "powmods": _rounded(cpu / phase.crowd.voters / powmod),
            }
            for party, cpu in phase.cpu.items()
        },
        "stages": {
            name: {key: None if value is None else _rounded(value) for key, value in figures.items()}
            for name, figures in _stage_figures(phase, powmod).items()
        },
    }


def _figures(phase: Phase, powmod: float) -> dict[str, float]:
    posting, visits = phase.votes.posting, phase.votes.visits
    return {
        "accepted_per_second": phase.rate,
        "powmods_per_accepted": 1 / phase.rate / powmod,
        "post_to_receipt_median": median(posting) * 1000,
        "post_to_receipt_95": ninety_fifth(posting) * 1000,
        "session_median": median(visits) * 1000,
        "session_95": ninety_fifth(visits) * 1000,
    }


def _stage_figures(phase: Phase, powmod: float) -> dict[str, dict[str, float | None]]:
    """By stage: median on the wall (ms), how often for a ballot, CPU for a ballot (ms and powmods)."""
    ballots = phase.crowd.voters
    found: dict[str, dict[str, float | None]] = {}
    for name in (*STAGES, *BESIDE):
        if name in phase.stages:
            taken = phase.stages[name]
            cpu = sum(taken.cpu) / ballots
            found[name] = _row(median(taken.wall) * 1000, len(taken.wall) / ballots, cpu, powmod)
    counted = sum(sum(taken.cpu) for taken in phase.stages.values())
    found[REST] = _row(None, None, (phase.cpu["collector"] - counted) / ballots, powmod)
    return found


def _row(wall: float | None, times: float | None, cpu: float, powmod: float) -> dict[str, float | None]:
    return {
        "wall_median": wall,
        "times_a_ballot": times,
        "cpu_a_ballot": cpu * 1000,
        "powmods_a_ballot": cpu / powmod,
    }


def _rounded(value: float) -> float:
    return float(f"{value:.5g}")
