"""Somebody without a card begins one request after the other and ends none. Played over the loopback network."""

from __future__ import annotations

import logging
import socket
from collections.abc import Sequence
from contextlib import ExitStack
from select import select
from urllib.parse import urlsplit

import httpx

from collector.api import public_app
from common.errors import Party
from common.transport import serve
from scenarios.laboratory import Guard, Scenario, Step
from scenarios.outcome import Outcome, Stopped, harmed
from scenarios.stage import MakeStage
from scenarios.swapping import swapped

LIMIT, BEGUN, SECONDS = 10, 40, 0.5
"""How many connections the service takes here, where it takes a thousand; how many the attacker opens; how long the
service may be silent before it is taken to wait."""
_LOG = logging.getLogger("uvicorn.error")
BEGINNING = (
    b"POST /votes HTTP/1.1\r\nhost: collector\r\ncontent-type: application/json\r\n"
    b"authorization: Bearer AAAA\r\ncontent-length: 1000\r\n\r\n{"
)


def play(make: MakeStage) -> Outcome:
    stage = make()
    limit = LIMIT if serve.MAXIMUM_CONNECTIONS else None
    with ExitStack() as stack:
        stack.enter_context(swapped((serve, "MAXIMUM_CONNECTIONS", limit), (_LOG, "disabled", True)))
        service = stack.enter_context(serve.BackgroundService(public_app(stage.world.collector)))
        begun = [stack.enter_context(_begin(service.address)) for _ in range(BEGUN)]
        httpx.get(f"{service.address}/health", trust_env=False)  # by its answer all before it have been looked at
        held = _held(begun)
    evidence = f"{held} of {BEGUN} unfinished requests are held"
    if held <= LIMIT:
        raise Stopped("D6 connections", Party.COLLECTOR, f"{evidence}, the others turned away at once")
    return harmed(held == BEGUN, "the service holds as many unfinished requests as anybody begins", evidence)


def _begin(address: str) -> socket.socket:
    parts = urlsplit(address)
    connection = socket.create_connection((parts.hostname, parts.port))
    connection.sendall(BEGINNING)
    return connection


def _held(begun: Sequence[socket.socket]) -> int:
    """For how many of them the service waits, and has said nothing; if it turns any away, once that is over."""
    waiting = set(begun)
    while waiting:
        answered, _, _ = select(waiting, [], [], 0 if len(waiting) == len(begun) else SECONDS)
        if not answered:
            break
        waiting -= set(answered)
    return len(waiting)


SCENARIO = Scenario(
    name="many_requests",
    title="Requests without end",
    attacker="somebody on the network, without a card",
    controls=("as many connections as their computer has",),
    story=(
        Step("stranger", "collector", "the beginning of a request, and of another, and of another …"),
        Step("collector", "collector", "keeps a place for each"),
    ),
    harm="Open requests take memory without bound, until the collector dies. (With the limit it lives, but turns "
    "voters away as well while they last: a flood has to be stopped in front of it.)",
    defences=(Guard("D6 connections", Party.COLLECTOR),),
    play=play,
)
