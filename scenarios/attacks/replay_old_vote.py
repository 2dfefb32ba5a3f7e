"""A vote that never arrived is posted by the virus that held it back, after the voter has voted anew."""

from __future__ import annotations

from common.errors import Party
from scenarios.laboratory import Guard, Scenario, Step
from scenarios.outcome import Outcome
from scenarios.stage import ADA, BEN, MakeStage
from scenarios.villains import mallory


def play(make: MakeStage) -> Outcome:
    stage = make()
    stage.honest_votes()
    victim = stage.voter()
    virus = mallory(stage.world, victim.card)
    prepared, view = virus.prepare("north", *ADA), virus.log_in()
    held_back = virus.sign(view, prepared.ballot, prepared.salt)  # "no connection, try again"
    stage.vote(victim, BEN)
    virus.collector.cast(virus.log_in().session, held_back)
    return stage.compare(stage.count())


SCENARIO = Scenario(
    name="replay_old_vote",
    title="An old vote played as the newest",
    attacker="a virus on the voter's computer",
    controls=("what the computer sends", "sessions, but no new signature"),
    story=(
        Step("voter", "virus", "a first vote, for Ada"),
        Step("virus", "voter", "no connection, try again"),
        Step("voter", "collector", "thinks again, and votes for Ben"),
        Step("virus", "collector", "the first vote"),
    ),
    harm="A vote that the voter gave up counts in the place of the last one.",
    defences=(Guard("C9", Party.COLLECTOR), Guard("B4", Party.PROCESSOR)),
    play=play,
)
