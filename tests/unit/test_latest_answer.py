"""R4 on the collector's word: signed, about the client's newest vote, under its number, and not an old one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from common.checks.receipt import History, r4_consistent
from common.eid.service_keys import public_raw
from common.errors import IdentityError, RuleBroken
from common.messages.election import Election
from common.messages.receipt import LatestAnswer, sign_latest
from scenarios.world import Tallied, World

KEY = Ed25519PrivateKey.generate()
MINE, OTHER = "aa" * 16, "bb" * 16


@pytest.fixture
def election(played: tuple[World, Tallied]) -> Election:
    """The played election, with a collector whose key is at hand."""
    return replace(played[0].election, collector_key=public_raw(KEY))


def answer(election: Election) -> LatestAnswer:
    return LatestAnswer("valik/v1/latest", election.fingerprint, MINE, True, 2, 10, "2027-03-01T10:00:00Z")


def judge(election: Election, said: LatestAnswer, key: Ed25519PrivateKey = KEY) -> None:
    """As the client that has a receipt for its second vote, and has seen a log of 10 entries."""
    r4_consistent(History((), 10, sign_latest(said, key), MINE, 2), election)


def test_answer_that_agrees_with_the_receipt_is_taken(election: Election) -> None:
    judge(election, answer(election))
    judge(election, replace(answer(election), tree_size=11))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"vote_id": OTHER}, "does not hold"),
        ({"latest": False}, "does not hold"),
        ({"sequence": 1}, "does not hold"),
        ({"sequence": 3}, "does not hold"),
        ({"tree_size": 9}, "an old one"),
        ({"fingerprint": "cd" * 32}, "another election's"),
    ],
)
def test_answer_that_differs_is_refused(election: Election, change: dict[str, object], reason: str) -> None:
    with pytest.raises(RuleBroken, match=reason):
        judge(election, replace(answer(election), **change))  # type: ignore[arg-type]


def test_answer_of_somebody_else_is_refused(election: Election) -> None:
    with pytest.raises(IdentityError):
        judge(election, answer(election), Ed25519PrivateKey.generate())
