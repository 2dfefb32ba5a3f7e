"""The attack matrix: one row for each scenario, as a table for terminals, as JSON, and as one HTML page."""

from __future__ import annotations

import json
from collections.abc import Sequence

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from rich.table import Table
from rich.text import Text

from scenarios.laboratory import Pairing, Run, Scenario
from scenarios.outcome import Verdict
from scenarios.sequence import picture
from scenarios.variant import STANDARD, Setting

NOTE = "Made with research and teaching software. Not for real elections."
_ENVIRONMENT = Environment(
    loader=PackageLoader("scenarios"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def as_table(pairings: Sequence[Pairing], setting: Setting = STANDARD) -> Table:
    """For a terminal."""
    title = f"Attack matrix, {setting.parameters}"
    if setting.variant is not STANDARD.variant:
        title += f", variant {setting.variant.name}"
    table = Table(title=title, caption=NOTE, title_justify="left")
    for name in ("attack", "defence", "without it", "with it", ""):
        table.add_column(name)
    table.add_column("seconds", justify="right")
    for pairing in pairings:
        table.add_row(
            pairing.scenario.name,
            defence(pairing.scenario),
            Text(pairing.without.outcome.harm or pairing.without.outcome.words),
            Text(pairing.complete.outcome.words),
            Text("ok", "green") if pairing.expected else Text("NOT AS EXPECTED", "bold red"),
            f"{pairing.seconds:.1f}",
        )
    return table


def as_json(pairings: Sequence[Pairing]) -> str:
    """For other programs."""
    rows = [{**described(pairing.scenario), **_played(pairing)} for pairing in pairings]
    expected = all(pairing.expected for pairing in pairings)
    return json.dumps({"expected": expected, "attacks": rows, "note": NOTE}, indent=2, ensure_ascii=False)


def as_html(pairings: Sequence[Pairing], setting: Setting = STANDARD) -> str:
    """One file, no script, nothing from elsewhere."""
    return _ENVIRONMENT.get_template("matrix.html.jinja").render(
        pairings=pairings,
        defence=defence,
        drawn=lambda scenario: Markup(picture(scenario.story, scenario.title)),  # noqa: S704  escaped there
        note=NOTE,
        parameters=setting.parameters,
        variant=setting.variant,
        expected=sum(pairing.expected for pairing in pairings),
    )


def changes(pairings: Sequence[Pairing]) -> list[str]:
    """Which attacks a variant changes, and what becomes of them with all defences: a line each."""
    lines = []
    for each in pairings:
        if each.expected:
            continue
        now, harm = each.complete.outcome, each.complete.outcome.harm
        if now.verdict is Verdict.SUCCEEDED and not each.scenario.residual:
            lines.append(f"{each.scenario.name} now succeeds with every defence: {harm}")
        elif each.without.outcome.verdict is not Verdict.SUCCEEDED:
            lines.append(f"{each.scenario.name} now fails without its defence: {each.without.outcome.words}")
        else:
            lines.append(f"{each.scenario.name} now ends otherwise: {now.words}")
    return lines or ["No attack ends otherwise."]


def defence(scenario: Scenario) -> str:
    """The minimal set in words, or what is assumed instead."""
    if scenario.residual:
        return f"none: assumed that {scenario.residual}"
    return ", ".join(f"{guard.id} ({guard.party})" for guard in scenario.defences)


def described(scenario: Scenario) -> dict[str, object]:
    """What is known of a scenario before it is played."""
    return {
        "name": scenario.name,
        "title": scenario.title,
        "attacker": scenario.attacker,
        "controls": scenario.controls,
        "story": [[step.sender, step.receiver, step.text] for step in scenario.story],
        "harm": scenario.harm,
        "defences": [{"id": guard.id, "party": guard.party, "shows": guard.shows} for guard in scenario.defences],
        "residual": scenario.residual,
    }


def _played(pairing: Pairing) -> dict[str, object]:
    return {
        "expected": pairing.expected,
        "seconds": round(pairing.seconds, 2),
        "without": _run(pairing.without),
        "restored": [_run(run) for run in pairing.restored],
        "complete": _run(pairing.complete),
    }


def _run(run: Run) -> dict[str, object]:
    outcome = run.outcome
    return {
        "removed": run.removed,
        "verdict": outcome.verdict,
        "stopped_by": outcome.defences,
        "party": outcome.party,
        "harm": outcome.harm,
        "evidence": outcome.evidence,
        "expected": run.expected,
    }
