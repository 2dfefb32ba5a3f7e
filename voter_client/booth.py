"""The booth: a voter's session with patience for a world that fails, over a journal that survives it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from common.checks.check import CheckList
from common.errors import CheckFailed, ValikError
from common.messages.election import Election
from common.ports import NotAuthenticated, Unavailable
from voter_client.advice import advised, refused_for_good
from voter_client.card import IdentityCard
from voter_client.cast import CollectorForVoters, VotingSession
from voter_client.journal import CastVote, Journal
from voter_client.prepare import PreparedBallot

PAUSES = (2, 5, 10, 20, 40)
"""Seconds between attempts while a service is unavailable."""
T = TypeVar("T")


class Booth:
    """Casts votes of one voter. Its failures are `NotCast`, with what to do next. `say` tells the voter of delays."""

    def __init__(
        self,
        election: Election,
        collector: CollectorForVoters,
        card: IdentityCard,
        journal: Journal,
        checks: CheckList,
        clock: Callable[[], int],
        sleep: Callable[[float], None],
        say: Callable[[str], None],
    ) -> None:
        self._election = election
        self._collector = collector
        self._card = card
        self._journal = journal
        self._checks = checks
        self._clock = clock
        self._sleep = sleep
        self._say = say

    def enter(self) -> VotingSession:
        """A new session; errors as `VotingSession` raises them."""
        return VotingSession(self._election, self._collector, self._card, self._journal, self._clock, self._checks)

    def finish(self, session: VotingSession) -> CastVote:
        """Post the vote of an interrupted session again, until there is a receipt or no hope of one."""
        try:
            return self._post(session)
        except ValikError as error:
            raise advised(error, self._journal) from error

    def cast(self, session: VotingSession, prepared: PreparedBallot) -> CastVote:
        """Sign and post; a vote that names a stale version of the roll is signed anew, once."""
        try:
            self._patiently(lambda: session.sign(prepared))
            try:
                return self._post(session)
            except CheckFailed as failure:
                if failure.check != "C7":
                    raise
            return self._cast_anew(session, prepared)
        except ValikError as error:
            raise advised(error, self._journal) from error

    def _cast_anew(self, session: VotingSession, prepared: PreparedBallot) -> CastVote:
        self._say("The voter roll has changed meanwhile; your vote is signed anew.")
        self._patiently(lambda: session.sign(prepared))
        return self._post(session)

    def _post(self, session: VotingSession) -> CastVote:
        """A session that the collector forgot is opened anew: a restart loses sessions, never votes."""
        try:
            try:
                return self._patiently(session.retry)
            except NotAuthenticated:
                return self._patiently(self._patiently(self.enter).retry)
        except ValikError as error:
            if refused_for_good(error):
                self._journal.give_up()
            raise

    def _patiently(self, act: Callable[[], T]) -> T:
        for pause in PAUSES:
            try:
                return act()
            except Unavailable as error:
                self._say(f"{error}. Trying again in {pause} s.")
                self._sleep(pause)
        return act()
