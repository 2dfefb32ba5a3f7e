"""The collector over HTTP, with two doors: one for everyone, one for authority, processor and trustees."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from fastapi import FastAPI

from common import routes
from common.checks.floors import MAXIMUM_VOTE_BYTES
from common.errors import EncodingError
from common.log.checkpoint import parse_checkpoint_body
from common.log.tiles import parse_tile_path
from common.ports import BoxPort, LogPort, NotFound, NoticesPort, TilesPort, VerificationPort, VotingPort
from common.requests import Growth, Hashes, LogIndex, Nonce, Notices, Subscription
from common.transport.server import Handler, handle, make_app


class PublicDoor(VotingPort, VerificationPort, NoticesPort, LogPort, TilesPort, Protocol):
    """What everyone may ask of a collector."""


def public_app(collector: PublicDoor, vote_bytes: int = MAXIMUM_VOTE_BYTES) -> FastAPI:
    """Voting, verification, notices, the log; ready while there is a witnessed checkpoint in the store.

    `vote_bytes`: the manifest's policy, applied before a vote is read.
    """
    return make_app(
        "Valik collector",
        [
            *_voting(collector, vote_bytes),
            *_verification(collector),
            *_notices(collector),
            *_log(collector),
        ],
        collector.checkpoint,
    )


def box_app(box: BoxPort, ready: Callable[[], object] = lambda: None) -> FastAPI:
    """The authority's acts, and the whole box once the log is closed: names included, so for a closed network.

    `ready` raises while the collector cannot serve.
    """
    return make_app(
        "Valik ballot box",
        [
            handle(routes.SUBMIT_ACT, lambda asked: LogIndex(box.submit_act(asked.body))),
            handle(routes.EVIDENCE, lambda asked: box.evidence()),
        ],
        ready,
    )


def _voting(collector: VotingPort, vote_bytes: int) -> list[Handler]:
    return [
        handle(routes.CHALLENGE, lambda asked: Nonce(collector.challenge())),
        handle(routes.OPEN_SESSION, lambda asked: collector.open_session(asked.body.nonce, asked.body.token)),
        handle(routes.REFRESH, lambda asked: collector.refresh(asked.session)),
        handle(replace(routes.CAST, limit=vote_bytes), lambda asked: collector.cast(asked.session, asked.body)),
    ]


def _verification(collector: VerificationPort) -> list[Handler]:
    return [
        handle(routes.LOOKUP, lambda asked: collector.lookup(asked.body.vote_id)),
        handle(routes.LATEST, lambda asked: collector.latest(asked.body.vote_id)),
    ]


def _notices(collector: NoticesPort) -> list[Handler]:
    return [
        handle(routes.SUBSCRIBE, lambda asked: Subscription(collector.subscribe(asked.session))),
        handle(routes.FETCH_NOTICES, lambda asked: Notices(collector.notices(asked.session, asked.body.after))),
    ]


def _log(collector: PublicDoor) -> list[Handler]:
    return [
        handle(routes.CHECKPOINT, lambda asked: collector.checkpoint()),
        handle(routes.TILE, lambda asked: _tile(collector, asked.rest)),
        handle(routes.CONSISTENCY, lambda asked: _consistency(collector, asked.body)),
    ]


def _tile(log: TilesPort, rest: str) -> bytes:
    try:
        tile = parse_tile_path(f"tile/{rest}")
    except EncodingError:
        raise NotFound("no tile has this path") from None
    return log.tile(tile)


def _consistency(log: LogPort, asked: Growth) -> Hashes:
    proof = log.consistency(parse_checkpoint_body(asked.older), parse_checkpoint_body(asked.newer))
    return Hashes(tuple(step.hex() for step in proof))
