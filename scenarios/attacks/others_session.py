"""A vote that its voter gave up is posted by somebody else, in a session of their own."""

from __future__ import annotations

from common.errors import Party
from scenarios.laboratory import Guard, Scenario, Step
from scenarios.outcome import Outcome
from scenarios.stage import ADA, MakeStage
from scenarios.villains import mallory


def play(make: MakeStage) -> Outcome:
    stage = make()
    stage.honest_votes()
    victim = mallory(stage.world, stage.voter().card)
    prepared = victim.prepare("north", *ADA)
    caught = victim.sign(victim.log_in(), prepared.ballot, prepared.salt)  # "no connection": the victim gives up
    thief = mallory(stage.world, stage.voter().card)
    thief.collector.cast(thief.log_in().session, caught)
    return stage.compare(stage.count())


SCENARIO = Scenario(
    name="others_session",
    title="Posted in somebody else's session",
    attacker="another voter, who caught a signed vote on its way",
    controls=("their own ID card", "the bytes of a vote that never arrived"),
    story=(
        Step("victim", "thief", "a signed vote, on its way"),
        Step("thief", "victim", "no connection"),
        Step("thief", "collector", "logs in with their own card"),
        Step("thief", "collector", "the victim's vote"),
    ),
    harm="A vote counts that its voter gave up, posted by nobody whom the collector could ask.",
    defences=(Guard("C6", Party.COLLECTOR),),
    play=play,
)
