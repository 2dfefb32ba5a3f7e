"""Ballots stand for nobody: one and the same pseudonym is on all of them, so proofs bind no voter."""

from __future__ import annotations

import voter_client.prepare
from common.checks import casting
from scenarios.swapping import swapped
from scenarios.variant import Variant


def pseudonym(_fingerprint: str, _voter: str, _salt: bytes) -> str:
    """What is in the pseudonym's place: zeros, for everybody."""
    return "00" * 32


VARIANT = Variant(
    name="no_pseudonym",
    title="No pseudonym",
    rule="ballots carry no pseudonym, so that their proofs hold under any name",
    swaps=lambda: swapped((casting, "pseudonym", pseudonym), (voter_client.prepare, "pseudonym", pseudonym)),
)
