"""A stolen card votes after its owner has reported it."""

from __future__ import annotations

from common.errors import Party
from scenarios.laboratory import Guard, Scenario, Step
from scenarios.outcome import Outcome
from scenarios.stage import ADA, MakeStage
from scenarios.villains import mallory


def play(make: MakeStage) -> Outcome:
    stage = make()
    stage.honest_votes()
    stolen = stage.voter().card
    stage.world.country.revoke(stolen)
    thief = mallory(stage.world, stolen)
    prepared = thief.prepare("north", *ADA)
    thief.cast(prepared.ballot, prepared.salt)
    return stage.compare(stage.count())


SCENARIO = Scenario(
    name="stolen_revoked_card",
    title="A stolen card votes",
    attacker="a thief with card and PINs",
    controls=("a card that was reported stolen",),
    story=(
        Step("owner", "eID authority", "my card is stolen"),
        Step("thief", "collector", "a well-signed vote"),
        Step("collector", "OCSP responder", "is this certificate good?"),
        Step("OCSP responder", "collector", "revoked"),
    ),
    harm="A thief votes in the owner's name.",
    defences=(Guard("C4", Party.COLLECTOR),),
    play=play,
)
