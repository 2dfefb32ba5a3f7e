"""A coercer watches the vote and leaves; the voter votes again."""

from __future__ import annotations

from common.errors import Party, ServiceRefused
from scenarios.laboratory import Guard, Scenario, Step
from scenarios.outcome import Outcome, Stopped, Verdict
from scenarios.stage import ADA, BEN, MakeStage


def play(make: MakeStage) -> Outcome:
    stage = make()
    stage.honest_votes()
    victim = stage.voter()
    stage.vote(victim, BEN)  # the coercer looks on
    refusal = ""
    try:
        stage.vote(victim, ADA)
    except ServiceRefused as refused:
        refusal = str(refused)
    stage.means(victim, ADA)
    outcome = stage.compare(stage.count(), refusal)
    if outcome.verdict is not Verdict.SUCCEEDED:
        raise Stopped("D7", Party.VOTER, "the last vote counts, not the coerced one")
    return outcome


SCENARIO = Scenario(
    name="coercion_revote",
    title="Coerced, and voted again",
    attacker="somebody who stands behind the voter, once",
    controls=("the voter, for as long as they are there",),
    story=(
        Step("coercer", "voter", "vote for Ben, I am watching"),
        Step("voter", "collector", "a vote for Ben"),
        Step("voter", "collector", "alone again: a vote for Ada"),
    ),
    harm="The coerced vote counts.",
    defences=(Guard("D7", Party.VOTER),),
    play=play,
)
