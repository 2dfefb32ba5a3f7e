"""What the organisers decide: the manifest less its keys, the roll, and how it is to change (spec 8.9)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from common.messages.manifest import Contest, Policies, Times, Unit
from common.messages.message import message
from common.messages.roll import RollChange, RollEntry


@message
class Draft:
    """An election before its key ceremony. `trustees`, `witnesses` and `hostile` are numbers of parties.

    `max_ballots` bounds the distinct voter ids ever on the roll; `parameters` names the cryptosystem.
    """

    title: str
    times: Times
    contests: tuple[Contest, ...]
    units: tuple[Unit, ...]
    max_ballots: int
    parameters: str
    threshold: int
    trustees: int
    witnesses: int
    quorum: int
    hostile: int
    policies: Policies


@message
class RollDraft:
    """Who may vote, before the authority signs it."""

    voters: tuple[RollEntry, ...]


@message
class RollChanges:
    """How the roll is to change, before the authority signs it."""

    changes: Annotated[tuple[RollChange, ...], Field(min_length=1)]
