"""The steps by which the collector accepts a vote: the order that loses nothing (spec 9.2, defence D1).

Whoever builds a collector may watch it cross from each step to the next. Tests do, and kill it there.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import TypeAlias


class Step(StrEnum):
    """What has just been done, in this order; COSIGNED once for each witness that answers."""

    CHECKED = "the vote passed the checks at intake"
    ADMITTED = "its certificate's status is good"
    COMMITTED = "vote, log entry and chain head are durable"
    CHECKPOINT_SIGNED = "a checkpoint that covers it is signed"
    CHECKPOINT_KEPT = "that checkpoint is durable"
    COSIGNED = "one more witness has cosigned it"
    QUORUM = "a quorum of witnesses has"
    COSIGNATURES_KEPT = "the cosigned checkpoint is durable"
    IN_TIME = "the covering time met the deadlines"
    RECEIPT_KEPT = "the receipt is durable"


Reached: TypeAlias = Callable[[Step], None]
"""Called from whichever thread made the step."""


def unwatched(_step: Step) -> None:
    """Nobody looks."""
