"""Trustees without memory: the results of two final trees that differ by one vote, subtracted, are that vote."""

from __future__ import annotations

from scenarios.games.game import CHOICES, Variant
from scenarios.switches import SWITCHES

VARIANT = Variant(
    "second_final_tree",
    "trustees answer for a second final tree",
    CHOICES,
    "difference",
    SWITCHES["D2"],
    pairs=3,
    asks=3,
)
