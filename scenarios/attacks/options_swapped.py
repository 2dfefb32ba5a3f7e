"""Processor and trustees swap two options' columns of an approval vote. Proofs bind place and whole ballot."""

from __future__ import annotations

from dataclasses import replace

from common.errors import Party
from common.messages.ballot import Ballot
from common.messages.manifest import VectorContest
from scenarios.forged_records import republish
from scenarios.laboratory import Guard, Scenario, Step
from scenarios.outcome import Outcome, harmed
from scenarios.stage import DRAFT, OPTIONS, MakeStage

APPROVED = (1, 0, 1)


def play(make: MakeStage) -> Outcome:
    stage = make(
        hostile=(Party.PROCESSOR,),
        policies=replace(DRAFT.policies, publication="public"),
        contests=(VectorContest("vector", "chair", "Whom do you approve of?", OPTIONS, 1, 0, 3),),
    )
    for _ in range(6):
        stage.world.clock.now += 60
        stage.world.vote(stage.voter(), {"chair": APPROVED})
    stage.world.close()
    stage.world.order("final")
    files, result = republish(stage, swapped)
    stage.audit(files)
    (total,) = result.totals
    return harmed(
        total.counts == (0, 6, 6),
        "Ben has the six approvals that were given to Ada; every published ballot is proven and adds up",
        stage.in_words(total.counts),
    )


def swapped(ballot: Ballot) -> Ballot:
    """The first two options' ciphertexts and proofs in each other's place; what follows them, their sum's, stays."""
    (part,) = ballot.contests
    (ada, ben, *others), (of_ada, of_ben, *proofs) = part.ciphertexts, part.proofs
    return replace(
        ballot, contests=(replace(part, ciphertexts=(ben, ada, *others), proofs=(of_ben, of_ada, *proofs)),)
    )


SCENARIO = Scenario(
    name="options_swapped",
    title="Two options swapped in the published ballots",
    attacker="the processor and t trustees, before those who see the public record only",
    controls=("the ballots that are published", "t shares of the key"),
    story=(
        Step("voters", "collector", "one ciphertext for each option: Ada 1, Ben 0"),
        Step("processor", "everyone", "ballots in which the first two have changed places"),
        Step("trustees", "everyone", "openings of these sums: Ben 6"),
    ),
    harm="One option gets what was given to another. (A sworn auditor would see it at once.)",
    defences=(
        Guard("D4 statement index", Party.PUBLIC_AUDITOR, shows=("C11",)),
        Guard("D4 whole ballot", Party.PUBLIC_AUDITOR, shows=("C11",)),
    ),
    play=play,
)
