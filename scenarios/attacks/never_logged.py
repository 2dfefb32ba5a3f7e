"""The collector stores a vote, answers that it is out of order, and logs nothing: a vote that may or may not be."""

from __future__ import annotations

from dataclasses import replace

from common.encoding.octets import to_base64url
from common.errors import Party, ServiceRefused
from common.messages.receipt import Receipt
from scenarios.laboratory import Guard, Scenario, Step
from scenarios.outcome import Outcome
from scenarios.stage import ADA, MakeStage
from scenarios.villains import lying, recorded_vote


def play(make: MakeStage) -> Outcome:
    stage = make(hostile=(Party.COLLECTOR,))
    stage.honest_votes()
    kept: list[bytes] = []
    collector = lying(stage.world)

    def out_of_order(_session: str, raw: bytes) -> Receipt:
        kept.append(raw)
        raise ServiceRefused("the witnesses do not answer; your vote is kept, come back later")

    collector.casts = out_of_order
    try:
        stage.vote_through(collector, stage.voter(), ADA)
    except ServiceRefused as refused:
        told = str(refused)
    stage.world.close()
    stage.world.order("final")
    evidence = stage.world.collector.evidence()
    unlogged = recorded_vote(kept[0], to_base64url(b"good"))
    both = replace(evidence, votes=(*evidence.votes, unlogged))
    return stage.compare(stage.unaudited(both), f"the voter was told: {told}")


SCENARIO = Scenario(
    name="never_logged",
    title="A vote in the box that no log names",
    attacker="the collector",
    controls=("what voters are answered", "box and log"),
    story=(
        Step("voter", "collector", "a vote for Ada"),
        Step("collector", "voter", "no receipt yet; your vote is kept"),
        Step("collector", "processor", "the box with this vote, the log without it"),
    ),
    harm="A vote that arrived and was kept is not counted, and nobody has to say why.",
    defences=(Guard("B2", Party.PROCESSOR),),
    play=play,
)
