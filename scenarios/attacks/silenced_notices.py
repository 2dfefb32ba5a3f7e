"""The virus takes all the subscriptions that a voter may have, so that the phone's is gone, and then votes."""

from __future__ import annotations

from collector.notices import SUBSCRIPTIONS
from common.errors import Party
from scenarios.attacks.silent_revote import look, subscribed
from scenarios.laboratory import Guard, Scenario, Step
from scenarios.outcome import Outcome
from scenarios.stage import ADA, BEN, MakeStage
from scenarios.villains import mallory


def play(make: MakeStage) -> Outcome:
    stage = make()
    stage.honest_votes()
    victim = stage.voter()
    watch = subscribed(stage, victim)
    stage.vote(victim, ADA)
    for _ in range(SUBSCRIPTIONS):
        subscribed(stage, victim)  # by the virus: it has the card as well
    virus = mallory(stage.world, victim.card)
    prepared = virus.prepare("north", *BEN)
    virus.cast(prepared.ballot, prepared.salt)
    told = look(stage, victim, watch)
    stage.world.recheck(victim)
    return stage.compare(stage.count(), f"notices: {told or 'none'}")


SCENARIO = Scenario(
    name="silenced_notices",
    title="Notices turned off, and voted again",
    attacker="a virus that can use the card",
    controls=("the card, while it is in the reader",),
    story=(
        Step("phone", "collector", "tell me of every vote under my name"),
        Step("voter", "collector", "a vote for Ada"),
        Step("virus", "collector", "eight subscriptions, which push out that of the phone"),
        Step("virus", "collector", "a vote for Ben, in the voter's name"),
        Step("phone", "collector", "any news?"),
        Step("collector", "phone", "I do not know this subscription"),
    ),
    harm="A vote is replaced, and the phone that watches over it says nothing.",
    defences=(Guard("notice", Party.CLIENT), Guard("R4", Party.CLIENT)),
    play=play,
)
