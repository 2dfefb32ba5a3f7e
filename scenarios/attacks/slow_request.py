"""Somebody without a card sends a body byte by byte, so slowly that it never ends."""

from __future__ import annotations

from common.errors import Party
from common.transport import server
from scenarios.asgi import Request, post
from scenarios.laboratory import Guard, Scenario, Step
from scenarios.outcome import Outcome, Stopped, harmed
from scenarios.stage import MakeStage
from scenarios.swapping import swapped

ALLOWED, PATIENCE = 0.05, 0.5
"""Seconds: what a client has for a body here, where the service gives a minute; how long the attack is watched."""


def play(make: MakeStage) -> Outcome:
    stage = make()
    request = Request("/votes", pieces=1, piece=1, stalls=True)
    with swapped((server, "BODY_SECONDS", ALLOWED)):
        answered = post(stage.world.collector, 1_000_000, request, patience=PATIENCE)
    if answered == 408:
        raise Stopped("D6 body time", Party.COLLECTOR, "the request is ended when its time for the body is up")
    return harmed(
        answered is None,
        "a request of one byte holds its place for as long as the attacker likes",
        f"still waiting after {round(PATIENCE / ALLOWED)} times the time allowed",
    )


SCENARIO = Scenario(
    name="slow_request",
    title="A body that comes too slowly",
    attacker="somebody on the network, without a card",
    controls=("requests to the collector",),
    story=(
        Step("stranger", "collector", "one byte of a vote"),
        Step("collector", "collector", "waits for the next"),
    ),
    harm="Open requests take up all the places that voters need.",
    defences=(Guard("D6 body time", Party.COLLECTOR),),
    play=play,
)
