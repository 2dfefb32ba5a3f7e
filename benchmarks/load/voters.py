"""Voters at work, some at the same time, in a process of their own: the voter client's code, ballots made before."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing.connection import Connection as Pipe

from benchmarks.load.site import PINS, Site
from common.checks.catalogue import COMPLETE
from common.messages.election import Election
from common.messages.receipt import Receipt
from common.transport.client import CollectorClient
from common.transport.connection import Connection
from common.transport.supervision import Clock
from voter_client.cast import VotingSession
from voter_client.journal import Journal
from voter_client.prepare import PreparedBallot
from voter_client.software_card import VoterToken


@dataclass(frozen=True, slots=True)
class Voter:
    card: VoterToken
    ballot: PreparedBallot


@dataclass(frozen=True, slots=True)
class Crowd:
    """`voters` come, `at_once` of them at a time."""

    voters: int
    at_once: int


@dataclass(frozen=True, slots=True)
class Votes:
    """What they saw, in seconds: the whole, this process's CPU; for each vote, from posting it to its receipt, and
    from opening the session to the checked receipt.
    """

    seconds: float
    cpu: float
    posting: tuple[float, ...]
    visits: tuple[float, ...]


def run_voters(pipe: Pipe, site: Site, collector: str, ballots: Sequence[PreparedBallot]) -> None:
    """Until the pipe is closed: say that all is ready, then `Votes` for every `Crowd`; nobody comes twice."""
    election = site.election()
    cards = (VoterToken.load(site.card(voter), *PINS) for voter in site.voters)
    waiting = iter([Voter(card, ballot) for card, ballot in zip(cards, ballots, strict=True)])
    with Connection(collector) as connection:
        pipe.send("ready")
        while True:
            try:
                crowd: Crowd = pipe.recv()
            except EOFError:
                return
            pipe.send(_vote([next(waiting) for _ in range(crowd.voters)], crowd.at_once, election, connection))


def _vote(voters: Sequence[Voter], at_once: int, election: Election, connection: Connection) -> Votes:
    """All of them; what one is refused is raised."""
    begun, cpu = time.perf_counter(), time.process_time()
    with ThreadPoolExecutor(at_once) as pool:
        times = list(pool.map(lambda voter: _visit(voter, election, connection), voters))
    seconds = time.perf_counter() - begun
    posting, visits = zip(*times, strict=True)
    return Votes(seconds, time.process_time() - cpu, posting, visits)


def _visit(voter: Voter, election: Election, connection: Connection) -> tuple[float, float]:
    """One voter authenticates, signs, posts and checks the receipt: seconds of posting, and of all of it."""
    begun, door = time.perf_counter(), _TimedDoor(connection)
    session = VotingSession(election, door, voter.card, Journal(election), Clock(), COMPLETE)
    session.cast(voter.ballot)
    return door.posting, time.perf_counter() - begun


class _TimedDoor(CollectorClient):
    """The collector's door as one voter uses it, who posts once."""

    posting = 0.0

    def cast(self, session: str, signed_ballot: bytes) -> Receipt:
        begun = time.perf_counter()
        receipt = super().cast(session, signed_ballot)
        self.posting = time.perf_counter() - begun
        return receipt
