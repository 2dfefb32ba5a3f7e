"""One voter votes without end, so that box and log grow for everybody."""

from __future__ import annotations

from dataclasses import replace

from common.errors import Party
from scenarios.laboratory import Guard, Scenario, Step
from scenarios.outcome import Outcome, harmed
from scenarios.stage import ADA, DRAFT, MakeStage
from scenarios.villains import mallory

ALLOWED, CAST = 3, 8


def play(make: MakeStage) -> Outcome:
    stage = make(policies=replace(DRAFT.policies, votes_per_hour=ALLOWED))
    attacker = mallory(stage.world, stage.voter().card)
    indices = []
    for _ in range(CAST):
        prepared = attacker.prepare("north", *ADA)
        indices.append(attacker.cast(prepared.ballot, prepared.salt).index)
    return harmed(
        len(indices) > ALLOWED,
        "every party has to store and check as many votes of one voter as they please",
        f"{len(indices)} votes of one voter within a minute; {ALLOWED} an hour are allowed",
    )


SCENARIO = Scenario(
    name="flood",
    title="Voting without end",
    attacker="a voter",
    controls=("their own ID card", "a client of their own make"),
    story=(
        Step("voter", "collector", "a vote, and another, and another …"),
        Step("collector", "log", "an entry for each"),
    ),
    harm="One voter fills box and log.",
    defences=(Guard("C12", Party.COLLECTOR),),
    play=play,
)
