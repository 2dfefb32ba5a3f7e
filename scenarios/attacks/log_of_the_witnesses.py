"""Bribed witnesses and whoever carries the record write a log of their own. All that they lack is the log's key."""

from __future__ import annotations

from dataclasses import replace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from common.errors import Party
from scenarios.laboratory import Guard, Scenario, Step
from scenarios.outcome import Outcome
from scenarios.stage import ADA, MakeStage
from scenarios.villains import forger, lines_of, with_orders


def play(make: MakeStage) -> Outcome:
    stage = make(hostile=(Party.WITNESS,))
    stage.honest_votes()
    victim = stage.voter()
    stage.vote(victim, ADA)
    stage.world.close()
    election, evidence = stage.world.election, stage.world.collector.evidence()
    lines = [line for line in lines_of(election, evidence.log) if line[0] != victim.journal.votes[0].receipt.entry]
    writer = replace(forger(election, stage.keyring), log_key=Ed25519PrivateKey.generate())
    without = with_orders(stage.world, replace(evidence, votes=evidence.votes[:-1]), lines, writer)
    return stage.compare(stage.unaudited(without))


SCENARIO = Scenario(
    name="log_of_the_witnesses",
    title="A log that the collector did not write",
    attacker="whoever carries the record from collector to processor, with a quorum of witnesses",
    controls=("what the processor is handed", "the witnesses' keys"),
    story=(
        Step("collector", "carrier", "log and box"),
        Step("carrier", "witnesses", "the log without one vote: please cosign"),
        Step("carrier", "processor", "this log, signed by witnesses and by some key of ours"),
    ),
    harm="A vote is dropped, and it looks as if the collector had done it.",
    defences=(Guard("L3", Party.PROCESSOR),),
    play=play,
)
