"""A dealer whose modulus is the power of one prime: an aggregate then opens to more than one plaintext."""

from __future__ import annotations

from collections.abc import Mapping
from math import factorial

from common.checks.tally import totals
from common.crypto.cryptosystem import Opening
from common.errors import Party
from common.messages.election import Election
from common.messages.result import Outcome, Result
from scenarios import outcome as lab
from scenarios.dealers import prime_power
from scenarios.laboratory import Guard, Scenario, Step
from scenarios.stage import BEN, Announced, MakeStage
from scenarios.villains import public_key
from scenarios.world import Tallied
from tallier.process import Counted, process

EXPONENT = 16


def play(make: MakeStage) -> lab.Outcome:
    system = prime_power(EXPONENT)
    stage = make(hostile=(Party.PROCESSOR,), systems={system.name: system}, max_ballots=100_000)
    system.held = True
    stage.honest_votes()
    world = stage.world
    world.close()
    world.order("final")
    election, evidence = world.election, world.collector.evidence()
    processed = process(election, evidence, stage.checks(Party.PROCESSOR))
    answers = world.answers(evidence, processed, [1, 2])
    outcomes = []
    for at, aggregate in enumerate(processed.aggregates.aggregates):
        opening = election.key.open(
            aggregate.ciphertexts[0], [given.answer.shares[at].shares[0] for given in answers]
        )
        counts = (0, aggregate.ballots, 0)  # whatever adds up
        chosen = opened_to(election, opening, aggregate.ballots * election.schemes[stage.contest].encode(BEN)[0])
        outcomes.append(
            Outcome(aggregate.contest, aggregate.unit, aggregate.units, aggregate.ballots, (chosen,), counts)
        )
    named = totals(election, outcomes)
    root = processed.aggregates.final_root
    result = Result("valik/v1/result", election.fingerprint, root, tuple(outcomes), named)
    tallied = Tallied(evidence, processed, Counted(result, tuple(answers), ()))
    stage.audit(world.record(tallied))
    return stage.compare(Announced(tallied, named[0].counts), "all openings re-encrypt to the aggregates")


def opened_to(election: Election, opening: Mapping[str, str], plaintext: int) -> Opening:
    """The same ciphertext's opening to another plaintext, which must be the same modulo the prime.

    Of a single-choice sum that is no more than to say that it adds up to the ballots, as 2^17 = 1 mod 131071.
    """
    key = public_key(election)
    old, root = (int(key.decode_value(opening[part])) for part in ("plaintext", "randomness"))
    other = root * hiding(plaintext - old, int(key.n)) % int(key.n)
    return {"plaintext": key.encode_value(plaintext), "randomness": key.encode_value(other)}


def hiding(shift: int, n: int) -> int:
    """ρ with ρ^n = (1+n)^(−shift) mod n², for a multiple of the prime: the p-adic exponential of −shift, mod n."""
    return sum(pow(-shift, k, n) * pow(factorial(k), -1, n) for k in range(EXPONENT + 1)) % n


SCENARIO = Scenario(
    name="two_openings_dealer",
    title="One aggregate, two openings",
    attacker="the dealer and the processor",
    controls=("how the key is made", "the result that is published"),
    story=(
        Step("dealer", "everyone", "n = 131071^16"),
        Step("trustees", "processor", "shares"),
        Step("processor", "processor", "(M, R) opens the aggregate, (M + x·131071, R·ρ) as well, for every x"),
        Step("processor", "everyone", "everybody for Ben: it re-encrypts to the aggregate"),
    ),
    harm="The processor announces whatever adds up to the number of ballots, with a proof. The true result is lost.",
    defences=(Guard("K3 part 2", Party.TRUSTEE, shows=("K3",)), Guard("K4", Party.CLIENT)),
    play=play,
    own_key="131071 to the power of 16, which is 272 bits",
)
