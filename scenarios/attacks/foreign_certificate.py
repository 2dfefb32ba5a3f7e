"""An authority of the attacker's own issues an ID card in somebody else's name."""

from __future__ import annotations

from dataclasses import replace

from common.eid import auth_token
from common.errors import Party
from scenarios.country.authority import EidAuthority
from scenarios.laboratory import Guard, Scenario, Step
from scenarios.outcome import Outcome
from scenarios.stage import ADA, MakeStage
from scenarios.villains import mallory


def play(make: MakeStage) -> Outcome:
    stage = make()
    stage.honest_votes()
    victim = stage.voter()
    forged = EidAuthority(stage.world.clock).issue(victim.person)
    # Logging in is not what is attacked here: the session was left open on a shared computer.
    attacker = mallory(stage.world, replace(forged, authentication=victim.card.authentication))
    prepared = attacker.prepare("north", *ADA)
    attacker.cast(prepared.ballot, prepared.salt)
    return stage.compare(stage.count(), f"session opened with a token of format {auth_token.FORMAT}")


SCENARIO = Scenario(
    name="foreign_certificate",
    title="An ID card of the attacker's own authority",
    attacker="somebody at a computer on which a voter left a session open",
    controls=("the open session", "a certificate authority of their own"),
    story=(
        Step("attacker", "own authority", "a card in the victim's name"),
        Step("attacker", "collector", "a vote in the victim's session, signed with that card"),
        Step("collector", "OCSP responder", "is this certificate good?"),
        Step("OCSP responder", "collector", "not one of ours"),
    ),
    harm="Somebody votes in the name of a voter who stayed at home.",
    defences=(Guard("C3", Party.COLLECTOR), Guard("C4", Party.COLLECTOR)),
    play=play,
)
