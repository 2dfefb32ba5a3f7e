"""The voter roll and its changes, both signed by the authority (spec 8.2)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from common.messages.message import Digest, ElectionId, Name, Positive, Text, VoterId, message


@message
class RollEntry:
    voter: VoterId
    name: Text
    unit: Name


@message
class Roll:
    """Version 0: every voter, sorted by id."""

    format: Literal["valik/v1/roll"]
    election_id: ElectionId
    voters: tuple[RollEntry, ...]


@message
class RollChange:
    """`entry` is the voter's new row; null removes the voter, which also revokes the votes logged before."""

    voter: VoterId
    entry: RollEntry | None


@message
class ChangeSet:
    """Version `number` of the roll: the changes to version number−1, whose digest is `previous`."""

    format: Literal["valik/v1/roll-change"]
    fingerprint: Digest
    number: Positive
    previous: Digest
    changes: Annotated[tuple[RollChange, ...], Field(min_length=1)]
