"""After the receipt the collector, with bribed witnesses, writes the log anew without the vote."""

from __future__ import annotations

from dataclasses import replace

from common.errors import Party
from common.messages.receipt import LatestAnswer, SignedLatest, sign_latest
from scenarios.laboratory import Guard, Scenario, Step
from scenarios.outcome import Outcome
from scenarios.stage import ADA, MakeStage
from scenarios.villains import forger, lines_of, lying, with_orders


def play(make: MakeStage) -> Outcome:
    stage = make(hostile=(Party.COLLECTOR, Party.WITNESS))
    stage.honest_votes()
    victim = stage.voter()
    stage.vote(victim, ADA)
    stage.world.close()
    election, evidence = stage.world.election, stage.world.collector.evidence()
    lines = [line for line in lines_of(election, evidence.log) if line[0] != victim.journal.votes[0].receipt.entry]
    writer = forger(election, stage.keyring)
    rewritten = with_orders(stage.world, replace(evidence, votes=evidence.votes[:-1]), lines, writer)
    collector = lying(stage.world)
    collector.head = lambda _honest: rewritten.log.checkpoints[-1]
    collector.steps = lambda _older, _newer: ()
    asked = stage.world.collector.latest(victim.journal.votes[0].receipt.vote_id).answer

    def still_there(_vote_id: str) -> SignedLatest:
        answer: LatestAnswer = replace(asked, tree_size=len(rewritten.log.entries))
        return sign_latest(answer, stage.keyring.collector.answers)

    collector.newest = still_there
    victim.journal.recheck(collector, collector, stage.checks(Party.CLIENT))
    return stage.compare(stage.announce(rewritten))


SCENARIO = Scenario(
    name="dropped_vote",
    title="A vote disappears after its receipt",
    attacker="the collector, with a quorum of witnesses",
    controls=("box and log", "all keys of log and collector", "the witnesses' keys"),
    story=(
        Step("voter", "collector", "a vote for Ada"),
        Step("collector", "voter", "a receipt that holds"),
        Step("collector", "witnesses", "the log anew, without that vote"),
        Step("voter", "collector", "is my vote still there?"),
        Step("collector", "voter", "it is (signed), and a checkpoint of the new log"),
    ),
    harm="A vote with a good receipt is not counted.",
    defences=(Guard("R4", Party.CLIENT),),
    play=play,
)
