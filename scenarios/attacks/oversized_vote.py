"""Votes of many times the size that any ballot needs: each has to be decoded, hashed and looked at to be refused."""

from __future__ import annotations

from dataclasses import replace

from common.errors import CheckFailed, Party
from scenarios.laboratory import Guard, Scenario, Step
from scenarios.outcome import Outcome, harmed
from scenarios.stage import ADA, DRAFT, MakeStage
from scenarios.villains import mallory, with_contest

CIPHERTEXTS, TIMES = 1000, 10


def play(make: MakeStage) -> Outcome:
    stage = make()
    attacker = mallory(stage.world, stage.voter().card)
    honest = attacker.prepare("north", *ADA)
    view = attacker.log_in()
    limit = 2 * len(attacker.sign(view, honest.ballot, honest.salt))
    stage = make(policies=replace(DRAFT.policies, vote_bytes=limit))
    attacker = mallory(stage.world, stage.voter().card)
    prepared = attacker.prepare("north", *ADA)
    part = prepared.ballot.contests[0]
    padded = with_contest(prepared.ballot, replace(part, ciphertexts=part.ciphertexts * CIPHERTEXTS))
    raw = attacker.sign(attacker.log_in(), padded, prepared.salt)
    view = attacker.log_in()
    try:
        attacker.collector.cast(view.session, raw)
    except CheckFailed as refused:
        if refused.check == "C1":
            raise
        return harmed(
            len(raw) > TIMES * limit,
            "the collector hashes and decodes votes of any length, and verifies their certificates and signatures",
            f"a vote of {len(raw) // 1000} kB of {limit // 1000} kB allowed, refused by {refused.check} at last",
        )
    return harmed(True, "a ballot of a thousand ciphertexts is in the box")


SCENARIO = Scenario(
    name="oversized_vote",
    title="Votes of any length",
    attacker="a voter",
    controls=("their own ID card", "a client of their own make"),
    story=(
        Step("voter", "collector", "a vote with a thousand ciphertexts, well signed"),
        Step("collector", "collector", "decodes, hashes, checks certificate and signature"),
        Step("collector", "voter", "refused. Again?"),
    ),
    harm="One voter keeps the collector busy at little cost.",
    defences=(Guard("C1", Party.COLLECTOR),),
    play=play,
)
