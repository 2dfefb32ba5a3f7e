"""The voter's computer encrypts another choice, and shows a code that does not belong to the ballot."""

from __future__ import annotations

from common.errors import Party
from scenarios.laboratory import Guard, Scenario, Step
from scenarios.outcome import Outcome
from scenarios.stage import ADA, BEN, MakeStage
from voter_client.verification_code import VerificationCode


def play(make: MakeStage) -> Outcome:
    stage = make()
    stage.honest_votes()
    victim = stage.voter()
    stage.vote(victim, BEN)  # what the computer does
    stage.means(victim, ADA)  # what the voter told it
    true = stage.world.code(victim.journal.votes[0])
    shown = stage.world.verify(VerificationCode(true.fingerprint_prefix, true.vote_id, bytes(32)))
    return stage.compare(stage.count(), f"the verifying device showed: {shown.choices[stage.contest]}")


SCENARIO = Scenario(
    name="lying_client",
    title="The computer votes otherwise",
    attacker="the voter's computer",
    controls=("what is encrypted", "the code on the screen"),
    story=(
        Step("voter", "computer", "Ada"),
        Step("computer", "collector", "an encryption of Ben, signed with the voter's card"),
        Step("computer", "second device", "a code with a seed that is not the ballot's"),
        Step("second device", "voter", "without opening the ballot: Ada"),
    ),
    harm="The vote is another than the voter's, and the check on the second device says that it is right.",
    defences=(Guard("V3", Party.DEVICE),),
    play=play,
)
