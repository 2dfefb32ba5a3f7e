"""Voters at their computers: each computer is a process with a home of its own, used by some voters in turn.

What is done here is the voter client's own code; the one who plays the population only says who does what.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from types import TracebackType
from typing import Self

from common.checks.catalogue import COMPLETE
from common.crypto.contest import Choice
from common.errors import CheckFailed, ServiceRefused
from common.transport.client import CollectorClient
from common.transport.connection import Connection
from common.transport.documents import read_authority
from common.transport.supervision import Clock
from scenarios.ballot_factory import deaf_to_interrupts
from voter_client.cast import VotingSession
from voter_client.home import Home
from voter_client.prepare import prepare_ballot, sign_vote
from voter_client.software_card import VoterToken
from voter_client.verification_code import make_code, read_code
from voter_client.verify import verify_vote


@dataclass(frozen=True, slots=True)
class Errand:
    """One voter's way to the computer: the card's folder and its PINs, and a choice for each contest."""

    card: Path
    pin1: str = field(repr=False)
    pin2: str = field(repr=False)
    choices: Mapping[str, Choice] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A vote's verification code, or the check that turned the voter away, and why."""

    code: str | None = field(default=None, repr=False)
    check: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Papers:
    """What every computer is set up with: bytes of the signed manifest, the authority's key, the fingerprint."""

    manifest: bytes
    authority_key: bytes
    fingerprint: str
    insecure_parameters: bool

    @classmethod
    def read(cls, folder: Path, *, insecure_parameters: bool) -> Papers:
        """From a folder with the authority's papers."""
        fingerprint = (folder / "fingerprint.txt").read_text(encoding="ascii").strip()
        key = read_authority(str(folder / "authority.key"))
        return cls((folder / "manifest.json").read_bytes(), key, fingerprint, insecure_parameters)


class Computers:
    """Processes for voters; a voter always comes to the same one, and verifies on another."""

    def __init__(self, folder: Path, count: int, papers: Papers) -> None:
        """Homes are made in `folder`, which exists."""
        self._pools = [
            ProcessPoolExecutor(1, get_context("spawn"), _set_up, (folder / f"computer-{number}", papers))
            for number in range(1, count + 1)
        ]
        self._places: dict[str, int] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for pool in self._pools:
            pool.shutdown(cancel_futures=True)

    def vote(self, voter: str, errand: Errand) -> Future[Outcome]:
        """The voter votes; the errands of one voter are done in order."""
        with deaf_to_interrupts():
            return self._pool(voter).submit(_vote, errand)

    def insist(self, voter: str, errand: Errand, unit: str) -> Future[Outcome]:
        """Someone who is not on the roll authenticates, and posts a well-made ballot of `unit`."""
        with deaf_to_interrupts():
            return self._pool(voter).submit(_insist, errand, unit)

    def verify(self, voter: str, code: str) -> Future[dict[str, Choice]]:
        """What a second device shows of the vote with this code."""
        other = (self._place(voter) + 1) % len(self._pools)
        with deaf_to_interrupts():
            return self._pools[other].submit(_verify, code)

    def cpu(self) -> float:
        """CPU seconds that all of them have taken."""
        with deaf_to_interrupts():
            return sum(used.result() for used in [pool.submit(time.process_time) for pool in self._pools])

    def _place(self, voter: str) -> int:
        return self._places.setdefault(voter, len(self._places) % len(self._pools))

    def _pool(self, voter: str) -> ProcessPoolExecutor:
        return self._pools[self._place(voter)]


# --- inside a computer


@dataclass(frozen=True, slots=True)
class _Computer:
    home: Home
    collector: CollectorClient


_here: _Computer | None = None


def _set_up(folder: Path, papers: Papers) -> None:
    global _here  # noqa: PLW0603  a process is one computer
    home = Home.create(
        folder,
        papers.manifest,
        papers.authority_key,
        papers.fingerprint,
        insecure_parameters=papers.insecure_parameters,
    )
    _here = _Computer(home, CollectorClient(Connection(home.election.manifest.collector.address)))


def _computer() -> _Computer:
    if _here is None:
        raise ServiceRefused("this computer has not been set up")
    return _here


def _vote(errand: Errand) -> Outcome:
    here, card = _computer(), VoterToken.load(errand.card, errand.pin1, errand.pin2)
    with here.home.journal(card.voter_id) as journal:
        session = VotingSession(here.home.election, here.collector, card, journal, Clock(), COMPLETE)
        try:
            vote = session.cast(session.prepare(errand.choices))
        except CheckFailed as failure:
            return Outcome(check=failure.check, reason=failure.reason)
    return Outcome(make_code(here.home.election.fingerprint, vote.receipt.vote_id, vote.seed).text())


def _insist(errand: Errand, unit: str) -> Outcome:
    here, card = _computer(), VoterToken.load(errand.card, errand.pin1, errand.pin2)
    election = here.home.election
    nonce = here.collector.challenge()
    view = here.collector.open_session(nonce, card.authenticate(election.manifest.collector.address, nonce))
    prepared = prepare_ballot(election, unit, card.voter_id, errand.choices)
    try:
        here.collector.cast(view.session, sign_vote(election, prepared, card, view))
    except CheckFailed as failure:
        return Outcome(check=failure.check, reason=failure.reason)
    raise ServiceRefused("the collector took the vote of a person who is not on the roll")


def _verify(code: str) -> dict[str, Choice]:
    here = _computer()
    return verify_vote(here.home.election, read_code(code), here.collector, Clock(), COMPLETE).choices
