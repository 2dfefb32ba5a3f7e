"""The collector ends the log itself, with an order of its own making, before the list of paper voters arrives."""

from __future__ import annotations

from dataclasses import replace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from common.errors import Party
from scenarios.laboratory import Guard, Scenario, Step
from scenarios.outcome import Outcome
from scenarios.stage import ADA, MakeStage
from scenarios.villains import forger, lines_of, with_orders
from tallier.authority import Authority


def play(make: MakeStage) -> Outcome:
    stage = make(hostile=(Party.COLLECTOR,))
    stage.honest_votes()
    twice = stage.voter()
    stage.vote(twice, ADA)
    stage.means(twice, None)  # counted at the polling station, as the authority is about to say
    stage.world.close()
    election, evidence = stage.world.election, stage.world.collector.evidence()
    impostor = replace(stage.world, authority=Authority(Ed25519PrivateKey.generate()))
    writer = forger(election, stage.keyring)  # the witnesses are honest: they cosign whatever a log grows by
    ended = with_orders(impostor, evidence, lines_of(election, evidence.log), writer)
    return stage.compare(stage.unaudited(ended), "and the same voter once more on paper")


SCENARIO = Scenario(
    name="ended_by_nobody",
    title="An end that the authority did not order",
    attacker="the collector and a voter",
    controls=("the log", "a voter's card"),
    story=(
        Step("voter", "polling station", "a vote on paper, after one by computer"),
        Step("collector", "log", "close and final, with orders that it signs itself"),
        Step("authority", "collector", "the list of who voted on paper"),
        Step("collector", "authority", "too late: nothing may follow final"),
    ),
    harm="One voter is counted twice.",
    defences=(Guard("L6", Party.PROCESSOR),),
    play=play,
)
