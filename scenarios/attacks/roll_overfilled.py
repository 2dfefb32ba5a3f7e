"""More voters are brought onto the roll than the counters were made for, until one carries over."""

from __future__ import annotations

from dataclasses import replace

from common.errors import CryptoError, Party
from common.log.entries import EntryKind
from common.messages.acts import roll_digest
from common.messages.roll import ChangeSet, Roll, RollChange, RollEntry
from scenarios.laboratory import Guard, Scenario, Step
from scenarios.outcome import Outcome, harmed
from scenarios.stage import ADA, MakeStage
from scenarios.villains import act_entry, forger, lines_of, mallory, with_orders


def play(make: MakeStage) -> Outcome:
    stage = make(hostile=(Party.COLLECTOR, Party.AUTHORITY), voters=3, max_ballots=3)
    for _ in range(3):
        stage.vote(stage.voter(), ADA)
    world, fourth = stage.world, stage.stranger()
    attacker = mallory(world, fourth.card)
    prepared = attacker.prepare("north", *ADA)
    attacker.cast(prepared.ballot, prepared.salt, roll_version=1)
    stage.means(fourth, ADA)
    world.close()
    evidence, roll = world.collector.evidence(), world.roll.body
    row = RollEntry(fourth.card.voter_id, fourth.person.name, "north")
    previous = roll_digest(roll) if isinstance(roll, Roll) else ""
    change = ChangeSet("valik/v1/roll-change", world.election.fingerprint, 1, previous, (RollChange(row.voter, row),))
    signed = world.authority.sign(change)
    lines = lines_of(world.election, evidence.log)
    lines.insert(1, (act_entry(signed, EntryKind.ROLL_CHANGE), lines[1][1]))
    writer = forger(world.election, stage.keyring)
    forged = with_orders(world, replace(evidence, acts=(signed, *evidence.acts)), lines, writer)
    stage.require_faultless(forged)
    try:
        return stage.compare(stage.announce(forged))
    except CryptoError as error:
        return harmed(True, "no result can be announced: Ada's counter has run over into Ben's", str(error))


SCENARIO = Scenario(
    name="roll_overfilled",
    title="More voters than the counters hold",
    attacker="the election authority with the collector",
    controls=("changes of the roll", "box and log"),
    story=(
        Step("authority", "everyone", "manifest: at most 3 voters, so counters of 2 bits"),
        Step("authority", "log", "change set 1: a fourth voter"),
        Step("four voters", "collector", "Ada"),
        Step("trustees", "processor", "4 = one vote for Ben"),
    ),
    harm="A counter carries over. T5 sees it, for four ballots are not one vote; but there is no result.",
    defences=(Guard("K6", Party.PROCESSOR),),
    play=play,
)
