"""A client without randomness: two ballots of one voter, divided, show both choices."""

from __future__ import annotations

from itertools import product

from gmpy2 import invert

from common.errors import Party
from scenarios.laboratory import Guard, Scenario, Step
from scenarios.outcome import Outcome, Stopped, harmed
from scenarios.stage import ADA, BEN, BLANK, MakeStage
from scenarios.villains import public_key, recorded_vote


def play(make: MakeStage) -> Outcome:
    stage = make()
    victim = stage.voter()
    stage.vote(victim, BEN)
    stage.vote(victim, ADA)
    key, scheme = public_key(stage.world.election), stage.world.election.schemes[stage.contest]
    seen = [recorded_vote(vote.signed_ballot, "AAAA").vote.ballot for vote in victim.journal.votes]
    before, after = (int(key.decode_element(ballot.contests[0].ciphertexts[0])) for ballot in seen)
    quotient = after * invert(before, key.n_squared) % key.n_squared
    for old, new in product((ADA, BEN, BLANK), repeat=2):
        if old != new and quotient == key.power_of_g(scheme.encode(new)[0] - scheme.encode(old)[0]):
            found = f"first: {stage.in_words(old)}; then: {stage.in_words(new)}"
            return harmed((old, new) == (BEN, ADA), "both votes are read without any key", found)
    raise Stopped("D10", Party.CLIENT, "the quotient of the two ciphertexts hides behind fresh randomness")


SCENARIO = Scenario(
    name="reused_seed",
    title="The same randomness twice",
    attacker="whoever sees two ballots of one voter (the collector, for one)",
    controls=("the bytes of two ballots",),
    story=(
        Step("voter", "collector", "a ballot, number 1"),
        Step("voter", "collector", "a ballot, number 2"),
        Step("collector", "collector", "divides one ciphertext by the other"),
    ),
    harm="Who votes twice has no secrecy.",
    defences=(Guard("D10", Party.CLIENT),),
    play=play,
)
