"""The collector keeps a re-vote back, says that it failed, and logs it when it suits."""

from __future__ import annotations

from common.errors import Party, ServiceRefused
from common.messages.receipt import Receipt
from scenarios.laboratory import Guard, Scenario, Step
from scenarios.outcome import Outcome
from scenarios.stage import ADA, BEN, MakeStage
from scenarios.villains import lying


def play(make: MakeStage) -> Outcome:
    stage = make(hostile=(Party.COLLECTOR,))
    stage.honest_votes()
    victim = stage.voter()
    stage.vote(victim, ADA)
    collector, kept = lying(stage.world), list[tuple[str, bytes]]()

    def keep(session: str, signed_ballot: bytes) -> Receipt:
        kept.append((session, signed_ballot))
        raise ServiceRefused("out of service; try again later")

    collector.casts = keep
    try:
        stage.vote_through(collector, victim, BEN)
    except ServiceRefused:
        stage.means(victim, ADA)  # "it failed, so my first vote stands, and that is as well"
    stage.world.clock.now += 3_000
    stage.world.collector.cast(*kept[0])
    return stage.compare(stage.count())


SCENARIO = Scenario(
    name="withheld_revote",
    title="A re-vote logged an hour later",
    attacker="the collector",
    controls=("box and log",),
    story=(
        Step("voter", "collector", "a vote for Ada: receipt"),
        Step("voter", "collector", "a vote for Ben"),
        Step("collector", "voter", "out of service"),
        Step("collector", "log", "50 minutes later: the vote for Ben"),
    ),
    harm="A vote counts that its voter was told had failed.",
    defences=(Guard("C2", Party.PROCESSOR),),
    play=play,
)
