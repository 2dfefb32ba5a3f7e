"""A secrecy game: two honest voters exchange what they do, or do not; who sees the rest guesses which."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import TypeAlias

from common.crypto.contest import Choice
from common.messages.ballot import Ballot
from common.messages.election import Election
from common.messages.receipt import Receipt
from common.messages.result import Result, VoteSet
from common.tally.record import PublicRecord, SwornRecord
from tallier.trustee_state import TrusteeState
from voter_client.prepare import PreparedBallot

ADA, BEN, BLANK = (1, 0, 0), (0, 1, 0), (0, 0, 1)


@dataclass(frozen=True, slots=True)
class Game:
    """The first of two voters casts the votes of `scripts[0]`, one after the other, the second those of `scripts[1]`;
    exchanged, it is the other way round. Both scripts must add the same to the result.

    `sworn`: box, roll and accounting sets are shown as well, so that everyone is seen by name. `receipts`: each
    voter shows the receipt of the first vote. Not `cast`: one ballot a voter is made and shown, and that is all; a
    round is then much cheaper, so leaks of the ballots themselves are found at a smaller size.
    """

    name: str
    claim: str
    scripts: tuple[tuple[Choice, ...], tuple[Choice, ...]]
    sworn: bool
    receipts: bool
    cast: bool = True


BALLOTS = Game("ballots", "No ballot tells what is in it.", ((ADA,), (BEN,)), sworn=False, receipts=False, cast=False)
CHOICES = Game("choices", "Nobody learns who of two voted how.", ((ADA,), (BEN,)), sworn=True, receipts=True)
REVOTES = Game("re-votes", "No receipt tells who voted again.", ((ADA, ADA), (ADA,)), sworn=False, receipts=True)
TURNOUT = Game("turnout", "The public record names no voter.", ((ADA,), ()), sworn=False, receipts=False)
GAMES = (BALLOTS, CHOICES, REVOTES, TURNOUT)


@dataclass(frozen=True, slots=True)
class Pair:
    """The ids of two honest voters. Everybody knows their names."""

    first: str
    second: str


@dataclass(frozen=True, slots=True)
class Accomplice:
    """A voter who tells everything: the choice, and the ballot with its seed and salt."""

    voter: str
    choice: Choice
    prepared: PreparedBallot


@dataclass(frozen=True, slots=True)
class View:
    """What is shown to a distinguisher: all of it of one election.

    `shares` is the state of t−1 trustees. `receipts` and `ballots` are by voter id: receipts of first votes, and the
    ballots that voters show or that the box shows by name. `results` has whatever else was opened, by the voter whom
    it was aimed at; honest trustees open nothing else. `sets`: accounting sets that are shown to everyone.
    """

    election: Election
    public: PublicRecord
    sworn: SwornRecord | None
    shares: tuple[TrusteeState, ...]
    receipts: Mapping[str, Receipt]
    ballots: Mapping[str, Ballot]
    accomplices: tuple[Accomplice, ...]
    results: Mapping[str, Result]
    sets: tuple[VoteSet, ...] = ()


Distinguisher: TypeAlias = Callable[[View, Pair], bool | None]
"""Guesses whether a pair was exchanged; None if there is nothing to go by."""
Shown: TypeAlias = Callable[[View, SwornRecord], View]


@dataclass(frozen=True, slots=True)
class Variant:
    """The protocol, broken in one place. `broken` breaks it meanwhile; `without` takes checks from the trustees;
    `shows` changes what is shown. `told_by` names the distinguisher that must tell, and `rate` how often it is right.
    It takes `rounds` to be sure of that, `pairs` of them in one election.
    """

    name: str
    title: str
    game: Game
    told_by: str
    broken: Callable[[], AbstractContextManager[None]] = nullcontext
    without: tuple[str, ...] = ()
    shows: Shown = lambda view, _sworn: view
    rate: float = 1.0
    rounds: int = 21
    pairs: int = 21
    asks: int = 0
    """How many pairs' first voters the adversary aims at with further openings."""
