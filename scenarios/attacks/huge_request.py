"""Somebody without a card posts a body that does not end, to a service that has to hold it."""

from __future__ import annotations

from common.errors import Party
from scenarios.asgi import Request, post
from scenarios.laboratory import Guard, Scenario, Step
from scenarios.outcome import Outcome, Stopped, harmed
from scenarios.stage import MakeStage

PIECE, PIECES = 1 << 16, 256


def play(make: MakeStage) -> Outcome:
    stage = make()
    request = Request("/votes", pieces=PIECES, piece=PIECE)
    answered = post(stage.world.collector, stage.world.election.manifest.policies.vote_bytes, request)
    evidence = f"{request.taken * PIECE // 1_000} kB taken in of {PIECES * PIECE // 1_000}; answer {answered}"
    if answered == 413:
        raise Stopped("D6 body length", Party.COLLECTOR, evidence)
    return harmed(request.taken == PIECES, "each request of a stranger fills as much memory as they please", evidence)


SCENARIO = Scenario(
    name="huge_request",
    title="A body that does not end",
    attacker="somebody on the network, without a card",
    controls=("requests to the collector",),
    story=(
        Step("stranger", "collector", "a vote, it says, of many megabytes"),
        Step("collector", "collector", "holds them all before it looks at one"),
    ),
    harm="A few requests fill the collector's memory.",
    defences=(Guard("D6 body length", Party.COLLECTOR),),
    play=play,
)
