"""The collector keeps checkpoints to itself, so a vote in good time looks late and is excluded in good faith."""

from __future__ import annotations

from common.errors import Party
from common.tally.record_files import RecordFiles
from scenarios.laboratory import Guard, Scenario, Step
from scenarios.outcome import Outcome
from scenarios.stage import ADA, MakeStage, Stage
from scenarios.villains import withheld
from scenarios.world import Citizen
from tallier.process import find_faults
from voter_client.published import hold_against_record


def play(make: MakeStage) -> Outcome:
    stage = make(hostile=(Party.COLLECTOR,))
    stage.honest_votes()
    victim = stage.voter()
    stage.vote(victim, ADA)
    index = victim.journal.votes[0].receipt.index
    stage.world.close()  # a day later: the next checkpoint that the collector admits to
    return count_without_checkpoints(stage, victim, index, index + 1)


def count_without_checkpoints(stage: Stage, victim: Citizen, first: int, last: int) -> Outcome:
    """Everybody after the collector sees the log without the checkpoints that cover `first` but not `last`."""
    world = stage.world
    faults = find_faults(
        world.election, withheld(world.collector.evidence(), first, last), stage.checks(Party.PROCESSOR)
    )
    for fault in faults:
        world.exclude(fault.index, fault.check, fault.reason)
    world.order("final")
    tallied = stage.tally(withheld(world.collector.evidence(), first, last))
    record = world.record(tallied)
    stage.audit(record)
    hold_against_record(victim.journal, RecordFiles(record), stage.checks(Party.CLIENT))
    said = (f"excluded in good faith: entry {fault.index}, {fault.reason}" for fault in faults)
    return stage.compare_counts(tallied.counted.result.totals[0].counts, *said)


SCENARIO = Scenario(
    name="withheld_checkpoint",
    title="A vote in good time made to look late",
    attacker="the collector",
    controls=("which checkpoints it hands over",),
    story=(
        Step("voter", "collector", "a vote for Ada"),
        Step("witnesses", "collector", "cosigned, within the minute"),
        Step("collector", "voter", "a receipt, under that checkpoint"),
        Step("collector", "processor", "box and log, without that checkpoint"),
        Step("processor", "authority", "seen by the witnesses a day after it was signed: fails C2"),
        Step("authority", "collector", "order: exclude this entry"),
        Step("voter", "published record", "is my vote in it? My receipt says when it was seen"),
    ),
    harm="A vote with a good receipt is excluded, and every audit finds that it should be.",
    defences=(Guard("R4", Party.CLIENT),),
    play=play,
)
