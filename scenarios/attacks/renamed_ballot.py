"""The same copy with one's own pseudonym on it. Only that the proofs bind the pseudonym stands against this."""

from __future__ import annotations

from dataclasses import replace

from common.errors import Party
from common.messages.ballot import pseudonym
from scenarios.laboratory import Guard, Scenario, Step
from scenarios.outcome import Outcome, harmed
from scenarios.stage import ADA, MakeStage
from scenarios.villains import mallory, recorded_vote


def play(make: MakeStage) -> Outcome:
    stage = make()
    victim = stage.voter()
    stage.vote(victim, ADA)
    seen = recorded_vote(victim.journal.votes[0].signed_ballot, "AAAA").vote.ballot
    salt, fingerprint = "11" * 32, stage.world.election.fingerprint
    for _ in range(2):
        stage.voter()
        card = stage.voter().card
        own = replace(seen, pseudonym=pseudonym(fingerprint, card.voter_id, bytes.fromhex(salt)))
        mallory(stage.world, card).cast(own, salt)
    outcomes = stage.count().tallied.counted.result.outcomes
    north = next(outcome for outcome in outcomes if "north" in outcome.units)
    return harmed(
        north.counts == (3, 0, 0),
        "the victim's vote is known: it is the option that has three votes where two were copied",
        f"north: {stage.in_words(north.counts)}",
    )


SCENARIO = Scenario(
    name="renamed_ballot",
    title="A copied ballot with the copier's pseudonym",
    attacker="two voters who saw a third one's ballot pass",
    controls=("their own ID cards", "the bytes of one ballot"),
    story=(
        Step("victim", "collector", "a ballot with proofs"),
        Step("accomplices", "collector", "its ciphertexts and proofs under their own pseudonyms"),
        Step("trustees", "everyone", "north: Ada 3"),
    ),
    harm="In a small unit the result tells what the copied ballot holds.",
    defences=(Guard("D4 pseudonym", Party.COLLECTOR, shows=("C11",)),),
    play=play,
)
