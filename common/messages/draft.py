"""What the organisers decide: the manifest less its keys."""

from __future__ import annotations

from common.messages.manifest import Contest, Policies, Times, Unit
from common.messages.message import message


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
