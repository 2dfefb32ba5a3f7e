"""The accounting sets in the public record: a coercer looks up the log index of the receipt."""

from __future__ import annotations

from dataclasses import replace

from common.tally.record import SwornRecord
from scenarios.games.game import REVOTES, Variant, View


def _with_sets(view: View, sworn: SwornRecord) -> View:
    return replace(view, sets=sworn.sets.sets)


VARIANT = Variant("public_accounting_sets", "the accounting sets are public", REVOTES, "set_lookup", shows=_with_sets)
