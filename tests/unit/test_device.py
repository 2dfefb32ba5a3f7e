"""V2 by itself: the receipt that a device is shown is that of the vote it is shown."""

from __future__ import annotations

from dataclasses import replace

import pytest

from common.checks.device import v2_receipt
from common.errors import LogError, RuleBroken
from common.messages.receipt import VerificationAnswer
from scenarios.world import World
from tests.conftest import CHOICES, PEOPLE


@pytest.fixture
def answers(world: World) -> tuple[VerificationAnswer, ...]:
    """What the collector shows of two voters' votes."""
    receipts = [world.vote(world.citizen(person), CHOICES).receipt for person in PEOPLE[:2]]
    return tuple(world.collector.lookup(receipt.vote_id) for receipt in receipts)


def test_receipt_of_the_vote_is_taken(world: World, answers: tuple[VerificationAnswer, ...]) -> None:
    for answer in answers:
        v2_receipt(answer, world.election)


def test_receipt_of_another_vote_is_refused_though_it_holds(
    world: World, answers: tuple[VerificationAnswer, ...]
) -> None:
    """Its OCSP response put right, so that nothing but R1 can tell."""
    shown, other = answers
    receipt = replace(other.receipt, ocsp=shown.recorded.ocsp)
    with pytest.raises(RuleBroken, match="for another vote"):
        v2_receipt(replace(shown, receipt=receipt), world.election)
    renamed = replace(receipt, vote_id=shown.receipt.vote_id)
    with pytest.raises(RuleBroken, match="not this vote"):
        v2_receipt(replace(shown, receipt=renamed), world.election)


def test_receipt_under_another_vote_id_is_refused_though_its_entry_is_right(
    world: World, answers: tuple[VerificationAnswer, ...]
) -> None:
    shown, other = answers
    renamed = replace(shown.receipt, vote_id=other.receipt.vote_id)
    with pytest.raises(RuleBroken, match="for another vote"):
        v2_receipt(replace(shown, receipt=renamed), world.election)


def test_receipt_at_another_place_is_refused(world: World, answers: tuple[VerificationAnswer, ...]) -> None:
    shown, other = answers
    moved = replace(shown.receipt, index=other.receipt.index)
    with pytest.raises(LogError):
        v2_receipt(replace(shown, receipt=moved), world.election)


def test_receipt_under_a_checkpoint_that_nobody_cosigned_is_refused(
    world: World, answers: tuple[VerificationAnswer, ...]
) -> None:
    shown, _ = answers
    body, signatures = shown.receipt.checkpoint.split("\n\n")
    alone = f"{body}\n\n{signatures.splitlines()[0]}\n"
    with pytest.raises(LogError, match="cosigned by 0"):
        v2_receipt(replace(shown, receipt=replace(shown.receipt, checkpoint=alone)), world.election)
