"""A change of the roll that the authority never signed is in the log."""

from __future__ import annotations

from dataclasses import replace

from common.errors import Party
from common.log.entries import EntryKind
from common.messages.acts import roll_digest, sign_document
from common.messages.roll import ChangeSet, Roll, RollChange, RollEntry
from scenarios.laboratory import Guard, Scenario, Step
from scenarios.outcome import Outcome
from scenarios.stage import ADA, MakeStage
from scenarios.villains import act_entry, forger, lines_of, mallory, with_orders


def play(make: MakeStage) -> Outcome:
    stage = make(hostile=(Party.COLLECTOR,))
    stage.honest_votes()
    world, ghost = stage.world, stage.stranger()
    attacker = mallory(world, ghost.card)
    prepared = attacker.prepare("north", *ADA)
    attacker.cast(prepared.ballot, prepared.salt, roll_version=1)
    world.close()
    evidence, roll = world.collector.evidence(), world.roll.body
    row = RollEntry(ghost.card.voter_id, ghost.person.name, "north")
    previous = roll_digest(roll) if isinstance(roll, Roll) else ""
    change = ChangeSet("valik/v1/roll-change", world.election.fingerprint, 1, previous, (RollChange(row.voter, row),))
    signed = sign_document(change, stage.keyring.collector.log)  # the only key the collector has
    lines = lines_of(world.election, evidence.log)
    lines.insert(1, (act_entry(signed, EntryKind.ROLL_CHANGE), lines[1][1]))
    writer = forger(world.election, stage.keyring)  # as an honest log would look that had taken it
    forged = with_orders(world, replace(evidence, acts=(signed, *evidence.acts)), lines, writer)
    stage.require_faultless(forged)
    return stage.compare(stage.announce(forged))


SCENARIO = Scenario(
    name="forged_roll_change",
    title="A change of the roll by the collector",
    attacker="the collector, with somebody who may not vote",
    controls=("box and log",),
    story=(
        Step("collector", "log", "change set 1, signed by its own key: one voter more"),
        Step("ghost", "collector", "a vote, naming roll version 1"),
        Step("collector", "processor", "box, log and change set"),
    ),
    harm="Somebody votes who may not.",
    defences=(Guard("K6", Party.PROCESSOR),),
    play=play,
)
