"""A pseudonym without salt: whoever knows the names of voters finds them among the nameless ballots."""

from __future__ import annotations

from contextlib import AbstractContextManager

import voter_client.prepare
from common.checks import casting
from common.messages.ballot import pseudonym
from scenarios.games.game import TURNOUT, Variant
from scenarios.swapping import swapped


def _unsalted(fingerprint: str, voter: str, _salt: bytes) -> str:
    return pseudonym(fingerprint, voter, b"")


def _broken() -> AbstractContextManager[None]:
    return swapped((voter_client.prepare, "pseudonym", _unsalted), (casting, "pseudonym", _unsalted))


VARIANT = Variant("unsalted_pseudonym", "pseudonyms without salt", TURNOUT, "dictionary", _broken)
