"""The checkpoints that show an extension in time are kept back, and so are the votes on its strength lost."""

from __future__ import annotations

from common.errors import Party
from scenarios.attacks.withheld_checkpoint import count_without_checkpoints
from scenarios.laboratory import Guard, Scenario, Step
from scenarios.outcome import Outcome
from scenarios.stage import ADA, MakeStage


def play(make: MakeStage) -> Outcome:
    stage = make(hostile=(Party.COLLECTOR,))
    stage.honest_votes()
    world, victim = stage.world, stage.voter()
    world.clock.now = world.election.closes - 600
    extension = world.extend(world.election.closes + 3_600)
    world.clock.now = world.election.closes
    stage.vote(victim, ADA)
    index = victim.journal.votes[0].receipt.index
    world.close()
    return count_without_checkpoints(stage, victim, extension, index + 1)


SCENARIO = Scenario(
    name="extension_made_late",
    title="An extension made to look late",
    attacker="the collector",
    controls=("which checkpoints it hands over",),
    story=(
        Step("authority", "collector", "voting goes on for an hour, for the service was down"),
        Step("witnesses", "collector", "cosigned, ten minutes before the old end"),
        Step("voter", "collector", "a vote for Ada, a minute after the old end"),
        Step("collector", "voter", "a receipt"),
        Step("collector", "processor", "box and log; nothing before the close shows the extension"),
        Step("processor", "authority", "the extension came too late and moved nothing: the vote fails C2"),
    ),
    harm="Who relied on a good extension loses the vote, and every audit finds that as it should be.",
    defences=(Guard("R4", Party.CLIENT),),
    play=play,
)
