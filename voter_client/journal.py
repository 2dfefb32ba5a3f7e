"""What a client keeps: its receipts, newest last, the newest checkpoint it has seen, and a vote still on its way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from common.checks.check import CheckList
from common.checks.log import Consistency
from common.checks.receipt import History, OwnVote
from common.encoding.octets import from_base64url
from common.errors import ServiceRefused
from common.log.checkpoint import Checkpoint
from common.log.witnessed import verify_log_signature
from common.messages.election import Election
from common.messages.receipt import EarlierVote, Receipt
from common.messages.vote import recorded_digest
from common.ports import LogPort, VerificationPort


class VotedElsewhere(ServiceRefused):
    """A later vote than any of this client's stands under the voter's name: the voter's own, or somebody else's."""

    def __init__(self, earlier: EarlierVote) -> None:
        super().__init__(
            f"vote number {earlier.sequence} stands under your name, which is not the one of your newest receipt"
        )
        self.earlier = earlier


@dataclass(frozen=True, slots=True)
class PostedVote:
    """A signed vote that left, or is about to, and has no receipt yet. Posting the same bytes again is safe."""

    signed_ballot: bytes
    sequence: int
    seed: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class CastVote:
    """A vote that has a checked receipt. `seed` goes into the verification code and nowhere else."""

    signed_ballot: bytes
    receipt: Receipt
    sequence: int
    seed: bytes = field(repr=False)

    @property
    def digest(self) -> str:
        """What the log holds for it, and what the voter's next vote must name."""
        return recorded_digest(self.signed_ballot, from_base64url(self.receipt.ocsp))


def _in_memory(_journal: Journal) -> None:
    """For journals that nobody keeps on disk."""


@dataclass(slots=True)
class Journal:
    """One voter's memory of one election. `open_numbers`: votes posted that have no receipt yet, or never will; and
    those that the voter called their own.

    `seen` came in `note`, with all its signatures: with another note it is evidence that the log forked ("" if an
    older client kept the checkpoint alone). `posted` is the vote to post again after an interruption. `keep` is
    called after every change, before anything else happens: what it has written survives a crash.
    """

    election: Election
    votes: list[CastVote] = field(default_factory=list)
    seen: Checkpoint | None = None
    open_numbers: set[int] = field(default_factory=set)
    posted: PostedVote | None = None
    keep: Callable[[Journal], None] = field(default=_in_memory, repr=False, compare=False)
    note: str = field(default="", repr=False)

    @property
    def unsettled(self) -> tuple[int, ...]:
        """Those of `open_numbers` that may be the latest vote's: what a later one replaced cannot be it again."""
        newest = self.votes[-1].sequence if self.votes else 0
        return tuple(sorted(number for number in self.open_numbers if number > newest))

    def about_to_post(self, posted: PostedVote) -> None:
        """Remember a vote before it leaves: it may be recorded though no receipt comes back."""
        self.open_numbers.add(posted.sequence)
        self.posted = posted
        self.keep(self)

    def give_up(self) -> None:
        """The posted vote was refused for good. Its number stays open: a refusal may be a lie."""
        self.posted = None
        self.keep(self)

    def take(self, vote: CastVote, log: LogPort, checks: CheckList) -> None:
        """R1–R4; only then is the vote cast. Raises `CheckFailed` and keeps nothing otherwise."""
        subject = f"receipt {vote.receipt.vote_id}"
        checks.run("R1", subject, vote.receipt, OwnVote(vote.signed_ballot, self.election))
        checks.run("R2", subject, vote.receipt, self.election)
        checks.run("R3", subject, vote.receipt, self.election)
        newest = verify_log_signature(vote.receipt.checkpoint, self.election.log_trust)
        checks.run("R4", subject, History(self._steps(newest, log), newest.size), self.election)
        self._see(newest, vote.receipt.checkpoint)
        self.posted = None
        self.open_numbers.discard(vote.sequence)
        if vote.receipt.vote_id not in {known.receipt.vote_id for known in self.votes}:
            self.votes.append(vote)
            self.votes.sort(key=lambda known: known.sequence)  # a retry may fetch an older vote's receipt last
        self.keep(self)

    def acknowledge(self, earlier: EarlierVote) -> None:
        """The voter says that this vote is their own, cast elsewhere: a new one may replace it."""
        self.open_numbers.add(earlier.sequence)
        self.keep(self)

    def recheck(self, port: VerificationPort, log: LogPort, checks: CheckList) -> None:
        """Later: each receipt still holds, the log only grew, and the collector still holds the newest vote."""
        note = log.checkpoint()
        checks.run("L3", "newest checkpoint", note, self.election)
        checks.run("L4", "newest checkpoint", note, self.election)
        newest = verify_log_signature(note, self.election.log_trust)
        for vote in self.votes:
            checks.run("R2", f"receipt {vote.receipt.vote_id}", vote.receipt, self.election)
            checks.run("R3", f"receipt {vote.receipt.vote_id}", vote.receipt, self.election)
        history = History(self._steps(newest, log), newest.size)
        if self.votes:
            last = self.votes[-1]
            newest_id, replaced = last.receipt.vote_id, bool(self.unsettled)
            answer = port.latest(newest_id)
            history = replace(history, answer=answer, newest=newest_id, sequence=last.sequence, replaced=replaced)
        checks.run("R4", "receipts", history, self.election)
        self._see(newest, note)
        self.keep(self)

    def require_known(self, earlier: EarlierVote | None) -> None:
        """Compare what the collector calls the latest vote with the newest receipt; `ServiceRefused` if they differ,
        `VotedElsewhere` if it is a later one.

        A vote this client posted without getting a receipt (lapsed, or the connection broke) may be the latest.
        """
        if not self.votes or self.may_be_own(earlier):
            return
        if earlier is not None and earlier.sequence > self.votes[-1].sequence:
            raise VotedElsewhere(earlier)
        if earlier is None or earlier.digest != self.votes[-1].digest:
            raise ServiceRefused("the collector's latest vote under your name is not the one of your newest receipt")

    def may_be_own(self, earlier: EarlierVote | None) -> bool:
        """Whether it has the number of a vote that was posted without getting a receipt: more cannot be known, for a
        vote's digest covers the OCSP response, which only a receipt brings.
        """
        return earlier is not None and earlier.sequence in self.unsettled

    def _steps(self, newest: Checkpoint, log: LogPort) -> tuple[Consistency, ...]:
        if self.seen is None:
            return ()
        older, newer = sorted((self.seen, newest), key=lambda checkpoint: checkpoint.size)
        return (Consistency(older, newer, log.consistency(older, newer)),)

    def _see(self, newest: Checkpoint, note: str) -> None:
        if self.seen is None or newest.size >= self.seen.size:
            self.seen, self.note = newest, note
