"""The collector's clock runs fast, so voting ends hours early, and later voters are turned away."""

from __future__ import annotations

from common.errors import Party, ServiceRefused
from scenarios.laboratory import Guard, Scenario, Step
from scenarios.outcome import Outcome, harmed
from scenarios.stage import ADA, MakeStage


def play(make: MakeStage) -> Outcome:
    stage = make(hostile=(Party.COLLECTOR,))
    stage.honest_votes()
    world, late = stage.world, stage.voter()
    true = world.clock.now
    world.clock.now = world.election.closes + 1  # the collector's clock, and that of whoever asks it
    world.witness_clock.by = true - world.clock.now
    world.order("close")
    try:
        stage.vote(late, ADA)
    except ServiceRefused as refused:
        turned_away = str(refused)
    else:
        return harmed(False, "")
    stage.require_faultless(world.collector.evidence())
    world.order("final")
    announced = stage.announce(world.collector.evidence())
    hours = (world.election.closes - true) // 3_600
    return harmed(
        sum(announced.counts) == 4,
        f"voting ended {hours} hours early, and a voter was turned away: {turned_away}",
        f"announced: {stage.in_words(announced.counts)}",
    )


SCENARIO = Scenario(
    name="early_close",
    title="Voting ends early",
    attacker="the collector",
    controls=("its own clock", "box and log"),
    story=(
        Step("collector", "authority", "it is time to close"),
        Step("authority", "collector", "order: close, at this tree size"),
        Step("witnesses", "log", "cosigned, at their own time"),
        Step("voter", "collector", "a vote"),
        Step("collector", "voter", "voting is closed"),
    ),
    harm="People who wanted to vote later cannot.",
    defences=(Guard("L5", Party.PROCESSOR),),
    play=play,
)
