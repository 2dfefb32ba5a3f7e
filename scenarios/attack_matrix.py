"""The attack matrix of the documents: which defence of whom stops which attack, and nothing that differs by the run.

`docs/attack-matrix.md` is written by `valik scenario run --all --document FILE`; the test that plays an attack holds
its row against what it saw.
"""

from __future__ import annotations

from collections.abc import Sequence

from scenarios.laboratory import Pairing, Run

_HEAD = """# Attack matrix

Written by `valik scenario run --all --document docs/attack-matrix.md`; do not edit. The tests play every attack and
hold its row against what they saw. What each attack is for and how it is told: `valik scenario run NAME`; which
threats there are: [threat model](threat-model.md); ids: [chapter 12 of the spec](spec/12-checks.md), and for `notice`
[10.5](spec/10-verification.md).

*Without* is a play in which the defences named were taken from every party that has them: the attack has to succeed.
*With* gives each of them back by itself, and has to be stopped by it; a defence that is the only one is given back
with all others. Everything is played with toy keys (`--parameters` takes real ones).

| attack | attacker | without its defences | with |
|---|---|---|---|
"""


def as_document(pairings: Sequence[Pairing]) -> str:
    """The page, its rows in the order of `pairings`."""
    defended = [pairing for pairing in pairings if not pairing.scenario.residual]
    residual = [pairing for pairing in pairings if pairing.scenario.residual]
    rows = "".join(map(row, defended))
    rest = "".join(map(row, residual))
    return f"{_HEAD}{rows}{_REMAINS}{rest}"


_REMAINS = """
## What remains

No defence stops these; each breaks an assumption of [chapter 1](spec/01-parties-and-trust.md).

| attack | attacker | what it does | assumed that |
|---|---|---|---|
"""


def row(pairing: Pairing) -> str:
    """One line of the table."""
    told = pairing.scenario
    name = f"`{told.name}`: {told.title}"
    if told.residual:
        return _line(name, told.attacker, pairing.complete.outcome.harm, told.residual)
    removed = ", ".join(pairing.without.removed)
    return _line(
        name,
        told.attacker,
        f"**{pairing.without.outcome.verdict}** without {removed}: {pairing.without.outcome.harm}",
        "; ".join(_restored(run, pairing) for run in pairing.restored or (pairing.complete,)),
    )


def _restored(run: Run, pairing: Pairing) -> str:
    back = ", ".join(defence for defence in pairing.without.removed if defence not in run.removed)
    outcome = run.outcome
    named = f" by {', '.join(outcome.defences)} ({outcome.party})" if outcome.defences else ""
    return f"with {back} **{outcome.verdict}**{named}{'' if run.expected else ': NOT AS EXPECTED'}"


def _line(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"
