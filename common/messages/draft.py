"""What the organisers decide: the manifest less its keys, the roll, and how it is to change (spec 8.9)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from common.messages.manifest import Contest, Policies, Times, Unit
from common.messages.message import Count, Name, Positive, Text, message
from common.messages.roll import RollChange, RollEntry


@message
class Draft:
    """An election before its key ceremony. `trustees`, `witnesses` and `hostile` are numbers of parties.

    `max_ballots` bounds the distinct voter ids ever on the roll; `parameters` names the cryptosystem.
    """

    title: Text
    times: Times
    contests: Annotated[tuple[Contest, ...], Field(min_length=1, max_length=100)]
    units: Annotated[tuple[Unit, ...], Field(min_length=1, max_length=1000)]
    max_ballots: Positive
    parameters: Name
    threshold: Positive
    trustees: Annotated[int, Field(ge=2, le=32)]
    witnesses: Annotated[int, Field(ge=1, le=32)]
    quorum: Positive
    hostile: Count
    policies: Policies


@message
class RollDraft:
    """Who may vote, before the authority signs it."""

    voters: tuple[RollEntry, ...]


@message
class RollChanges:
    """How the roll is to change, before the authority signs it."""

    changes: Annotated[tuple[RollChange, ...], Field(min_length=1)]
