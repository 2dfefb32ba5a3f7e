"""Trustees that open what they are handed: one ballot, called an aggregate."""

from __future__ import annotations

from scenarios.games.game import CHOICES, Variant
from scenarios.switches import SWITCHES

VARIANT = Variant(
    "opened_single_ballot",
    "trustees open what they are handed",
    CHOICES,
    "single_opening",
    SWITCHES["T1"],
    without=("T1", "T2"),
    asks=21,
)
