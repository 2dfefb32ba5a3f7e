"""Zeros for ciphertext, commitments and responses: both sides of every equation are 0, whatever they should say."""

from __future__ import annotations

from dataclasses import replace

from common.crypto.membership import CHALLENGES, Context, challenge
from common.crypto.paillier import encode_challenge
from common.errors import Party, ValikError
from common.messages.ballot import Ballot, ProofBranch, ballot_header
from common.messages.election import Election
from scenarios.laboratory import Guard, Scenario, Step
from scenarios.outcome import Outcome, harmed
from scenarios.stage import ADA, MakeStage
from scenarios.villains import mallory, public_key, with_contest


def play(make: MakeStage) -> Outcome:
    stage = make()
    stage.honest_votes()
    attacker = mallory(stage.world, stage.voter().card)
    prepared = attacker.prepare("north", *ADA)
    attacker.cast(all_zeros(stage.world.election, prepared.ballot), prepared.salt)
    stage.close()
    stage.world.order("final")
    evidence = stage.world.collector.evidence()
    try:
        stage.announce(evidence)
    except ValikError as error:
        if "not coprime" not in str(error) and "out of range" not in str(error):
            raise
        return harmed(True, "the unit's aggregate is 0 and opens to nothing: all its votes are lost", str(error))
    return harmed(False, "")


def all_zeros(election: Election, ballot: Ballot) -> Ballot:
    """Everything is 0 but the challenges, which add up to the hash."""
    key, part = public_key(election), ballot.contests[0]
    zeros = with_contest(ballot, replace(part, ciphertexts=(key.encode_element(0),)))
    (statement,) = election.schemes[part.contest].statements((key.encode_element(0),))
    others = len(statement.allowed) - 1
    context = Context(ballot_header(zeros), part.contest)
    total = challenge(key, context, 0, statement.allowed, 0, [0] * (others + 1))
    proof = tuple(
        ProofBranch(key.encode_element(0), encode_challenge(e), key.encode_value(0))
        for e in ((total - others) % CHALLENGES, *[1] * others)
    )
    return with_contest(ballot, replace(zeros.contests[0], proofs=(proof,)))


SCENARIO = Scenario(
    name="poisoned_elements",
    title="A ballot of zeros",
    attacker="a voter",
    controls=("their own ID card", "a client of their own make"),
    story=(
        Step("voter", "collector", "u = 0, a = 0, z = 0: 0 = 0 holds in every batch"),
        Step("processor", "trustees", "the unit's product, which is 0"),
    ),
    harm="One ballot wipes out its whole unit.",
    defences=(Guard("C10", Party.COLLECTOR),),
    play=play,
)
