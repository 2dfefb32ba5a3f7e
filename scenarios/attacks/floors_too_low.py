"""The authority sets a quorum of one witness of three: one bribed witness is then enough for two logs."""

from __future__ import annotations

from common.errors import Party
from scenarios.attacks.split_view import log_for_one
from scenarios.laboratory import Guard, Scenario, Step
from scenarios.outcome import Outcome
from scenarios.stage import ADA, MakeStage


def play(make: MakeStage) -> Outcome:
    stage = make(hostile=(Party.COLLECTOR, Party.AUTHORITY), quorum=1)
    stage.honest_votes()
    stage.vote_through(log_for_one(stage), stage.voter(), ADA)
    return stage.compare(stage.count())


SCENARIO = Scenario(
    name="floors_too_low",
    title="A quorum of one",
    attacker="the election authority, the collector and one of three witnesses",
    controls=("the manifest's policies", "box and log", "one witness's key"),
    story=(
        Step("authority", "everyone", "manifest: one witness of three is enough"),
        Step("voter", "collector", "a vote for Ada"),
        Step("collector", "bribed witness", "another log, with this vote"),
        Step("collector", "voter", "a receipt from that log, with the quorum that the manifest names"),
        Step("collector", "everyone else", "the log without it"),
    ),
    harm="Every signature is as the manifest says, and still there are two logs.",
    defences=(Guard("K2", Party.CLIENT),),
    play=play,
)
