"""The voter's session: authenticate, see the earlier vote, cast, and believe nothing but a checked receipt."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from common.checks.check import CheckList
from common.crypto.contest import Choice
from common.encoding.times import from_rfc3339
from common.errors import RuleBroken, ServiceRefused
from common.messages.election import Election
from common.messages.receipt import EarlierVote, SessionView
from common.ports import LogPort, VotingPort
from voter_client.card import IdentityCard
from voter_client.journal import CastVote, Journal, PostedVote
from voter_client.prepare import PreparedBallot, prepare_ballot, sign_vote


class CollectorForVoters(VotingPort, LogPort, Protocol):
    """What the client needs of the collector."""


class VotingSession:
    """One authenticated session. `earlier` is shown to the voter before it is replaced."""

    def __init__(
        self,
        election: Election,
        collector: CollectorForVoters,
        card: IdentityCard,
        journal: Journal,
        clock: Callable[[], int],
        checks: CheckList,
    ) -> None:
        self._election = election
        self._collector = collector
        self._card = card
        self._journal = journal
        self._posted = journal.posted
        self._clock = clock
        self._checks = checks
        nonce = collector.challenge()
        token = card.authenticate(election.manifest.collector.address, nonce)
        self._view = self._checked(collector.open_session(nonce, token))
        journal.require_known(self._view.earlier)

    @property
    def posted(self) -> bytes | None:
        """The signed ballot that `retry` would post."""
        return self._posted.signed_ballot if self._posted else None

    @property
    def earlier(self) -> EarlierVote | None:
        """The vote that a new one would replace."""
        return self._view.earlier

    @property
    def closes(self) -> str:
        """Until when votes are taken, as the collector says: for the voter to see, nothing is decided by it."""
        return self._view.closes

    @property
    def unit(self) -> str:
        """The voter's counting unit; `ServiceRefused` if the voter is not on the roll."""
        if self._view.unit is None:
            raise ServiceRefused("you are not on the voter roll of this election; ask the election authority")
        return self._view.unit

    def prepare(self, choices: Mapping[str, Choice]) -> PreparedBallot:
        """The long part of voting: encrypt and prove."""
        return prepare_ballot(self._election, self.unit, self._card.voter_id, choices)

    def cast(self, prepared: PreparedBallot) -> CastVote:
        """Sign and post; the vote with its checked receipt. Nothing is "cast" before this returns.

        `CheckFailed` names a refused check or a bad receipt; after `ServiceRefused` call `retry`.
        """
        self.sign(prepared)
        return self.retry()

    def sign(self, prepared: PreparedBallot) -> None:
        """Have the card sign, by what the collector shows now; the journal keeps it for `retry` to post.

        `ServiceRefused`, with nothing signed, if another vote was recorded meanwhile or the voter's unit changed.
        """
        view = self._checked(self._collector.refresh(self._view.session))
        if view.earlier != self._view.earlier:
            raise ServiceRefused("another vote under your name was recorded meanwhile; look at it, then start again")
        if view.unit != prepared.ballot.unit:
            self._view = view
            raise ServiceRefused(f"you now vote in the unit {self.unit}; start again with the ballot of that unit")
        sequence = view.earlier.sequence + 1 if view.earlier else 1
        signed_ballot = sign_vote(self._election, prepared, self._card, view)
        self._posted = PostedVote(signed_ballot, sequence, prepared.seed)
        self._journal.about_to_post(self._posted)
        self._view = view

    def retry(self) -> CastVote:
        """Post the same signed ballot again, also one left over from an interrupted session of the same journal:
        it is recorded once, and the receipt is the same. Errors as for `cast`.
        """
        if self._posted is None:
            raise ServiceRefused("nothing has been posted in this session yet")
        posted = self._posted
        receipt = self._collector.cast(self._view.session, posted.signed_ballot)
        vote = CastVote(posted.signed_ballot, receipt, posted.sequence, posted.seed)
        self._journal.take(vote, self._collector, self._checks)
        return vote

    def _checked(self, view: SessionView) -> SessionView:
        """The collector's clock decides the statement's time, so the client's own must agree with it; what the voter
        votes in stands in the manifest, and the view must say the same.
        """
        skew = self._election.manifest.times.skew
        if abs(from_rfc3339(view.time) - self._clock()) > skew:
            raise RuleBroken(
                f"the collector's clock differs from this computer's by more than {skew} s; set this one right first"
            )
        if view.contests != (self._election.unit(view.unit).contests if view.unit is not None else ()):
            raise RuleBroken("the collector shows other contests for your unit than the election has")
        return view


def require_election(election: Election, checks: CheckList) -> None:
    """What a client checks of the election itself, once: K2 and K4 (K1 when it opened the manifest)."""
    checks.run("K2", "manifest", election.manifest, None)
    checks.run("K4", "verification keys", election, None)
