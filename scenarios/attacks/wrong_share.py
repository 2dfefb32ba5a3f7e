"""A trustee hands in a share that is none, well signed: whose fault is it that nothing opens?"""

from __future__ import annotations

from dataclasses import replace

from common.errors import CryptoError, Party
from common.messages.result import SignedAnswer, sign_answer
from scenarios.laboratory import Guard, Scenario, Step
from scenarios.outcome import Outcome, harmed
from scenarios.stage import MakeStage
from tallier.process import combine, process


def play(make: MakeStage) -> Outcome:
    stage = make()
    stage.honest_votes()
    stage.close()
    stage.world.order("final")
    world, checks, evidence = stage.world, stage.checks(Party.PROCESSOR), stage.world.collector.evidence()
    processed = process(world.election, evidence, checks)
    first, *others = world.answers(evidence, processed, [1, 2, 3])
    first = sign_answer(_spoilt(first).answer, stage.keyring.trustees[0].signing)
    try:
        counted = combine(world.election, processed.aggregates, [first, *others], checks)
    except CryptoError as error:
        return harmed(True, "no result, though three trustees answered and two are enough", str(error))
    for refused in counted.refused:
        raise refused
    return harmed(False, "")


def _spoilt(signed: SignedAnswer) -> SignedAnswer:
    """The share for one aggregate in the place of that for another."""
    north, south = signed.answer.shares
    wrong = replace(north.shares[0], value=south.shares[0].value)
    return replace(signed, answer=replace(signed.answer, shares=(replace(north, shares=(wrong,)), south)))


SCENARIO = Scenario(
    name="wrong_share",
    title="A wrong share",
    attacker="one of three trustees",
    controls=("its share of the key", "its signing key"),
    story=(
        Step("processor", "trustees", "please open"),
        Step("trustee 1", "processor", "a number that is no share, signed"),
        Step("trustees 2 and 3", "processor", "good shares"),
    ),
    harm="The result cannot be opened, and nobody knows because of whom.",
    defences=(Guard("T3", Party.PROCESSOR),),
    play=play,
)
