"""A trustee over HTTP."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import FastAPI

from common import routes
from common.encoding.octets import from_base64url
from common.messages.result import SignedAnswer
from common.ports import TrusteePort
from common.requests import RehearsalShares, ShareDelivery, TallyRequest
from common.transport.server import handle, make_app


def trustee_app(trustee: TrusteePort, ready: Callable[[], object] = lambda: None) -> FastAPI:
    """One trustee; for the dealer and the processor. `ready` raises while its state cannot be read."""
    return make_app(
        "Valik trustee",
        [
            handle(routes.IDENTITY, lambda asked: trustee.identity()),
            handle(routes.RECEIVE_SHARE, lambda asked: _receive(trustee, asked.body)),
            handle(routes.REHEARSE, lambda asked: RehearsalShares(trustee.rehearse())),
            handle(routes.ANSWER, lambda asked: _answer(trustee, asked.body)),
        ],
        ready,
    )


def _receive(trustee: TrusteePort, asked: ShareDelivery) -> None:
    trustee.receive_share(from_base64url(asked.sealed), asked.material, asked.trustees)


def _answer(trustee: TrusteePort, asked: TallyRequest) -> SignedAnswer:
    return trustee.answer(asked.manifest, asked.key_proof, asked.evidence, asked.claimed)
