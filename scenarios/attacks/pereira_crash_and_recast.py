"""Pereira 2022, on the Estonian client: fake a crash, cast a second ballot, show the code of the first."""

from __future__ import annotations

from common.errors import Party
from scenarios.laboratory import Guard, Scenario, Step
from scenarios.outcome import Outcome, Stopped
from scenarios.stage import ADA, BEN, MakeStage


def play(make: MakeStage) -> Outcome:
    stage = make()
    stage.honest_votes()
    victim = stage.voter()
    stage.vote(victim, ADA)
    stage.vote(victim, BEN)  # "the program has crashed, please sign again"
    stage.means(victim, ADA)
    shown = stage.world.verify(stage.world.code(victim.journal.votes[0]))
    if not shown.latest:
        raise Stopped("V4", Party.DEVICE, f"the device shows: your vote no. {shown.sequence}, and not your latest")
    return stage.compare(stage.count(), f"the verifying device showed: {shown.choices[stage.contest]}, latest")


SCENARIO = Scenario(
    name="pereira_crash_and_recast",
    title="Crash, cast again, show the first code",
    attacker="the voter's computer",
    controls=("what is encrypted", "the code on the screen", "the card, while it is in the reader"),
    story=(
        Step("voter", "computer", "Ada"),
        Step("computer", "collector", "a vote for Ada"),
        Step("computer", "voter", "crashed; please enter PIN2 again"),
        Step("computer", "collector", "a vote for Ben"),
        Step("computer", "second device", "the code of the first vote"),
        Step("second device", "voter", "Ada"),
    ),
    harm="A verified vote is not the one that counts.",
    defences=(Guard("V4", Party.DEVICE),),
    play=play,
)
