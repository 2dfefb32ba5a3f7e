"""The line to the OCSP responder is the attacker's: it repeats what was said before the card was reported."""

from __future__ import annotations

from common.eid import signing
from common.eid.ocsp import build_request
from common.errors import Party
from scenarios.laboratory import Guard, Scenario, Step
from scenarios.outcome import Outcome
from scenarios.stage import ADA, MakeStage
from scenarios.swapping import swapped
from scenarios.villains import mallory, recorded_vote


def play(make: MakeStage) -> Outcome:
    stage = make()
    stage.honest_votes()
    stolen, country = stage.voter().card, stage.world.country
    thief = mallory(stage.world, stolen)
    prepared = thief.prepare("north", *ADA)
    overheard = recorded_vote(thief.sign(thief.log_in(), prepared.ballot, prepared.salt), "AAAA")
    nonce = signing.ocsp_nonce(signing.parse(overheard.vote.statement))
    certificates = stolen.signature.certificate, country.issuing.certificate
    good = stage.world.responder.respond(build_request(*certificates, nonce))
    country.revoke(stolen)
    with swapped((stage.world.responder, "respond", lambda _request: good)):
        thief.cast(prepared.ballot, prepared.salt)
    return stage.compare(stage.count())


SCENARIO = Scenario(
    name="replayed_ocsp",
    title="An OCSP response from before the theft",
    attacker="a thief who also sits on the line to the OCSP responder",
    controls=("a stolen card", "what the collector hears from the responder"),
    story=(
        Step("thief", "OCSP responder", "is this certificate good? (nonce: a first signature)"),
        Step("OCSP responder", "thief", "good"),
        Step("owner", "eID authority", "my card is stolen"),
        Step("thief", "collector", "a vote: a second signature"),
        Step("thief", "collector", "the responder's old answer"),
    ),
    harm="A stolen and reported card votes all the same.",
    defences=(Guard("C4", Party.COLLECTOR),),
    play=play,
)
