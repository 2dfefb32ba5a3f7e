"""Whoever knows PIN1 only signs a vote with the key that is for logging in."""

from __future__ import annotations

from common.errors import Party
from scenarios.laboratory import Guard, Scenario, Step
from scenarios.outcome import Outcome
from scenarios.stage import ADA, MakeStage
from scenarios.villains import mallory
from voter_client.software_card import KeySlot, VoterToken


def play(make: MakeStage) -> Outcome:
    stage = make()
    stage.honest_votes()
    card = stage.voter().card
    known: KeySlot = card.authentication  # PIN1 was seen, PIN2 was not
    attacker = mallory(stage.world, VoterToken(known, known))
    prepared = attacker.prepare("north", *ADA)
    attacker.cast(prepared.ballot, prepared.salt)
    return stage.compare(stage.count())


SCENARIO = Scenario(
    name="authentication_certificate",
    title="Signed with the key for logging in",
    attacker="somebody who found a card and saw its PIN1 typed",
    controls=("the card's authentication key",),
    story=(
        Step("thief", "collector", "logs in with PIN1"),
        Step("thief", "collector", "a vote signed by the authentication key"),
    ),
    harm="PIN1 is enough to vote in somebody's name.",
    defences=(Guard("C3", Party.COLLECTOR),),
    play=play,
)
