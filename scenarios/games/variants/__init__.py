"""The protocol broken in one place: one file, one break, one distinguisher that must tell."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType

from scenarios.games.game import Variant

NAMES = (
    "reused_seed",
    "stuck_generator",
    "biased_jacobi_symbol",
    "biased_parity",
    "leaning_ciphertext",
    "lazy_prover",
    "unsalted_pseudonym",
    "public_accounting_sets",
    "kept_ballot",
    "opened_single_ballot",
    "second_final_tree",
)


def variants() -> Mapping[str, Variant]:
    """Every variant by its name, which is that of its file."""
    found = {name: import_module(f"scenarios.games.variants.{name}").VARIANT for name in NAMES}
    return MappingProxyType(found)
