"""A voter flips the sign of one response: honest verifiers, each with weights of its own, then disagree."""

from __future__ import annotations

from dataclasses import replace

from common.errors import CryptoError, Party
from common.tally.candidate import proven_contests
from scenarios.laboratory import Guard, Scenario, Step
from scenarios.outcome import Outcome, Stopped, harmed
from scenarios.stage import ADA, MakeStage
from scenarios.villains import mallory, public_key, with_contest

VERIFIERS = 40


def play(make: MakeStage) -> Outcome:
    stage = make()
    election, key = stage.world.election, public_key(stage.world.election)
    ballot = mallory(stage.world, stage.voter().card).prepare("north", *ADA).ballot
    part = ballot.contests[0]
    first, *others = part.proofs[0]
    flipped = replace(first, response=key.encode_value(int(key.n - key.decode_value(first.response))))
    hostile = with_contest(ballot, replace(part, proofs=((flipped, *others),)))
    accepted = 0
    for _ in range(VERIFIERS):  # the collector, each trustee, each auditor …
        try:
            election.key.verify_batch(proven_contests(hostile, election))
        except CryptoError:
            continue
        accepted += 1
    if accepted in (0, VERIFIERS):
        raise Stopped("D5", Party.COLLECTOR, f"{accepted} of {VERIFIERS} verifiers accept: they agree")
    return harmed(True, "honest verifiers disagree about one ballot", f"{accepted} of {VERIFIERS} accept it")


SCENARIO = Scenario(
    name="sign_flips",
    title="A ballot that splits the verifiers",
    attacker="a voter",
    controls=("their own ID card", "a client of their own make"),
    story=(
        Step("voter", "voter", "z becomes n − z in one branch of the proof"),
        Step("voter", "collector", "the ballot: its batch accepts, by chance"),
        Step("trustees", "processor", "some refuse: the box holds a bad ballot"),
    ),
    harm="The collector took a ballot for which trustees refuse the whole count.",
    defences=(Guard("D5", Party.COLLECTOR),),
    play=play,
)
