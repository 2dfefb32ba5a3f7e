"""The laboratory: each attack is played without its defences, with each of them alone, and with all.

Without its *minimal set* of defences, taken from every party that has them, an attack must succeed and show its harm.
With any one of them given back it must be stopped, by that one, at the party that is meant to have it. Any other
pairing is a failure: of the attack, of the defence, or of what the project says about them.
"""

from __future__ import annotations

import runpy
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeAlias

from common.checks.catalogue import COMPLETE
from common.errors import Party, SetupError, ValikError
from scenarios.outcome import Outcome, Verdict, outcome_of
from scenarios.stage import MakeStage, make_stage, share_a_key
from scenarios.switches import SWITCHES
from scenarios.variant import STANDARD, Setting

SPEAKERS = ("B3",)
"""Checks that speak for others: B3 repeats what C1 to C11 found."""

Play: TypeAlias = Callable[[MakeStage], Outcome]


@dataclass(frozen=True, slots=True)
class Step:
    """One arrow of the attack's picture."""

    sender: str
    receiver: str
    text: str


@dataclass(frozen=True, slots=True)
class Guard:
    """A defence that stands against an attack: a check's id, or a switch's; the party that has it.

    `shows`: the checks by which a defence that is none shows itself (the contents of a hash do it by C11).
    """

    id: str
    party: Party
    shows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scenario:
    """One attack. `defences` is a minimal set: each member by itself stops the attack, without all it succeeds.

    `residual` names the assumption that the attack breaks; then there are no defences, and it succeeds. `own_key`
    says what kind of key the attack brings; without one it can be played at any size.
    """

    name: str
    title: str
    attacker: str
    controls: tuple[str, ...]
    story: tuple[Step, ...]
    harm: str
    defences: tuple[Guard, ...]
    play: Play
    residual: str | None = None
    own_key: str | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """One play: what had been removed, how it ended, and whether that is as it should be."""

    removed: tuple[str, ...]
    outcome: Outcome
    expected: bool


@dataclass(frozen=True, slots=True)
class Pairing:
    """All plays of a scenario. `without`: the minimal set removed; `restored`: one member given back each."""

    scenario: Scenario
    without: Run
    restored: tuple[Run, ...]
    complete: Run
    seconds: float

    @property
    def defended(self) -> tuple[Run, ...]:
        """The runs in which something stood against the attack."""
        return (*self.restored, self.complete)

    @property
    def expected(self) -> bool:
        """True if every run ended as it should."""
        return all(run.expected for run in (self.without, *self.defended))


def pair(scenario: Scenario, setting: Setting = STANDARD) -> Pairing:
    """Play a scenario with and without its defences; `SetupError` if it names one that cannot be removed."""
    if bool(scenario.defences) == bool(scenario.residual):
        raise SetupError(f"scenario {scenario.name}: give it defences, or say which assumption it breaks")
    share_a_key(setting.parameters)  # which is not the attack's time
    start = time.perf_counter()
    ids = tuple(guard.id for guard in scenario.defences)
    stripped = play_without(scenario, ids, setting)
    restored = []
    for guard in scenario.defences if len(ids) > 1 else ():
        others = tuple(other for other in ids if other != guard.id)
        outcome = play_without(scenario, others, setting)
        restored.append(Run(others, outcome, stopped_by(outcome, (guard,))))
    outcome = play_without(scenario, (), setting) if ids else stripped
    succeeds = stripped.verdict is Verdict.SUCCEEDED and bool(stripped.harm)
    stands = stopped_by(outcome, scenario.defences) if ids else outcome.verdict is Verdict.SUCCEEDED
    return Pairing(
        scenario,
        Run(ids, stripped, succeeds),
        tuple(restored),
        Run((), outcome, stands),
        time.perf_counter() - start,
    )


def play_without(scenario: Scenario, removed: Sequence[str], setting: Setting = STANDARD) -> Outcome:
    """Play once with these defences removed at every party."""
    known = set(COMPLETE.ids())
    for defence in removed:
        if defence not in known and defence not in SWITCHES:
            raise SetupError(f"the laboratory cannot remove {defence}")
    checks = setting.variant.checks(COMPLETE)
    checks = checks.without(*(defence for defence in removed if defence in checks.ids()))
    share_a_key(setting.parameters)
    with ExitStack() as stack:
        stack.enter_context(setting.variant.swaps())
        for defence in removed:
            if defence in SWITCHES:
                stack.enter_context(SWITCHES[defence]())
        try:
            return scenario.play(partial(make_stage, checks, setting.parameters))
        except ValikError as error:
            return outcome_of(error)


def stopped_by(outcome: Outcome, guards: Sequence[Guard]) -> bool:
    """Whether exactly one of these guards' defences stopped it, at its party, and nothing else had a part in it."""
    if outcome.verdict is Verdict.SUCCEEDED or not outcome.defences:
        return False
    own = {name for guard in guards for name in (guard.id, *guard.shows)}
    return set(outcome.defences) <= own | set(SPEAKERS) and any(
        outcome.party == guard.party and set(outcome.defences) & {guard.id, *guard.shows} for guard in guards
    )


def load_file(path: Path) -> Scenario:
    """The scenario that a Python file calls `SCENARIO`. The file is run: use only files that you trust."""
    if not path.is_file():
        raise SetupError(f"there is no file {path}")
    found = runpy.run_path(str(path)).get("SCENARIO")
    if not isinstance(found, Scenario):
        raise SetupError(f"{path.name} does not define SCENARIO, a Scenario")
    return found
