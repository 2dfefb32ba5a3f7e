"""The collector goes back to a backup, the witnesses have been restarted: do they remember what they had seen?"""

from __future__ import annotations

from common.errors import Party, ServiceRefused
from scenarios.laboratory import Guard, Scenario, Step
from scenarios.outcome import Outcome, Stopped
from scenarios.stage import ADA, BEN, NOTHING, MakeStage
from scenarios.villains import set_back


def play(make: MakeStage) -> Outcome:
    stage = make(hostile=(Party.COLLECTOR,))
    stage.honest_votes()
    stage.vote(stage.voter(), ADA)  # log entry 5, with a receipt
    stage.world.collector = set_back(stage.world, stage.keyring.collector, 5, NOTHING)
    try:
        stage.vote(stage.voter(), BEN)  # the new entry 5
    except ServiceRefused as refused:
        raise Stopped("D9", Party.WITNESS, f"the witnesses do not cosign: {refused}") from refused
    return stage.compare(stage.count())


SCENARIO = Scenario(
    name="witness_restarted_with_old_head",
    title="Witnesses that forget",
    attacker="the collector, when the witnesses have been restarted",
    controls=("box and log, and an old backup of them",),
    story=(
        Step("victim", "collector", "a vote, log entry 5"),
        Step("collector", "witnesses", "size 6, please cosign"),
        Step("witnesses", "witnesses", "restart"),
        Step("collector", "collector", "back to the backup of size 5"),
        Step("next voter", "collector", "a vote, log entry 5"),
        Step("collector", "witnesses", "size 6, please cosign"),
    ),
    harm="A vote with a receipt is gone, and honest witnesses have signed for it.",
    defences=(Guard("D9", Party.WITNESS),),
    play=play,
)
