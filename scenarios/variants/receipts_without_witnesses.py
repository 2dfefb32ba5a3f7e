"""Nobody watches the log: a receipt holds with the log's own signature, and so does a verifying device's answer."""

from __future__ import annotations

from contextlib import nullcontext

from common.checks.check import CheckList
from common.log.witnessed import verify_log_signature
from common.messages.election import Election
from common.messages.receipt import Receipt
from scenarios.variant import Variant, with_functions


def log_signature_alone(receipt: Receipt, election: Election) -> None:
    """R3 without its second half."""
    verify_log_signature(receipt.checkpoint, election.log_trust)


def checks(complete: CheckList) -> CheckList:
    return with_functions(complete, R3=log_signature_alone)


VARIANT = Variant(
    name="receipts_without_witnesses",
    title="Receipts without witnesses",
    rule="the client takes a receipt that only the log has signed",
    swaps=nullcontext,
    checks=checks,
)
