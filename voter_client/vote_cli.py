"""`valik vote`: see what you voted before, choose, sign, cast."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from common.crypto.contest import Choice
from common.encoding.times import from_rfc3339
from common.errors import SetupError
from common.log.witnessed import open_checkpoint
from common.messages.manifest import Contest
from common.messages.receipt import EarlierVote
from common.transport.options import Ca, Insecure, Json, say
from voter_client.advice import NotCast
from voter_client.ballot_paper import ask_choice, given_choices
from voter_client.booth import Booth
from voter_client.card_reader import CardReader
from voter_client.cast import VotingSession
from voter_client.cli_options import (
    Card,
    CodeOut,
    HomeFolder,
    Pin1,
    Pin2,
    PinAuthority,
    PinFingerprint,
    PinManifest,
    console_for,
    open_home,
    require_new,
    write_code,
)
from voter_client.home import Home
from voter_client.journal import CastVote, Journal, VotedElsewhere
from voter_client.surroundings import Surroundings, surroundings
from voter_client.verification_code import VerificationCode, make_code
from voter_client.words import chosen, moment, ordinal


def vote(
    context: typer.Context,
    home: HomeFolder,
    card: Card,
    manifest: PinManifest = None,
    authority: PinAuthority = None,
    fingerprint: PinFingerprint = None,
    choice: Annotated[
        list[str] | None,
        typer.Option(help="CONTEST=OPTION, by text or number; CONTEST=OPTION:POINTS. Left out: asked for."),
    ] = None,
    pin1: Pin1 = None,
    pin2: Pin2 = None,
    code_out: CodeOut = None,
    retry: Annotated[
        bool, typer.Option("--retry", help="Only post the vote of an interrupted session again.")
    ] = False,
    voted_elsewhere: Annotated[
        bool, typer.Option("--voted-elsewhere", help="A later vote than this home knows of is your own.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Cast without asking once more.")] = False,
    ca: Ca = None,
    insecure_parameters: Insecure = False,
    as_json: Json = False,
) -> None:
    """Vote, or vote again: the last vote counts.

    The first time, --manifest and --authority pin the election in --home, which from then on keeps receipts. A vote
    is cast when this command says so, and not before: it has checked the receipt then. The verification code that it
    shows opens the vote: scan it with another device (`valik verify`), and show it to nobody.
    """
    files = list(code_out or [])
    require_new(files)
    place = open_home(home, manifest, authority, fingerprint, insecure_parameters)
    reader = CardReader(card, {"PIN1": pin1, "PIN2": pin2}, None if as_json else ask_pin)
    around, console = surroundings(context), console_for(as_json)
    with (
        around.reach(place.election.manifest.collector.address, ca) as collector,
        place.journal(reader.voter_id) as journal,
    ):
        booth = Booth(
            place.election, collector, reader, journal, place.checks, around.clock, around.sleep, console.print
        )
        visit = Visit(place, journal, reader, booth, around, console, as_json)
        cast, before = visit.run(list(choice or []), retry, voted_elsewhere, yes or as_json)
    code = make_code(place.election.fingerprint, cast.receipt.vote_id, cast.seed)
    say(as_json, _summary(cast, before, files), _told(place, cast, around))
    write_code(code, files)
    if not as_json:
        show_code(code, files, console)


def ask_pin(meaning: str) -> str:
    """A PIN, typed unseen."""
    return str(typer.prompt(meaning, hide_input=True))


def show_code(code: VerificationCode, files: Sequence[Path], console: Console) -> None:
    """The code, with what it can do."""
    console.print("\nVerification code. Whoever has it can read your vote: scan it yourself, show it to nobody.\n")
    console.print(code.terminal())
    for file in files:
        console.print(f"Also in {file}: delete it once you have verified.")


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit to the booth, as a conversation; with `silent`, nothing may be asked."""

    home: Home
    journal: Journal
    reader: CardReader
    booth: Booth
    around: Surroundings
    console: Console
    silent: bool

    def run(
        self, given: Sequence[str], retry: bool, voted_elsewhere: bool, sure: bool
    ) -> tuple[CastVote, EarlierVote | None]:
        """Finish what was interrupted, then vote, unless only that was wanted; with it, what stood at the entry."""
        self._greet()
        if retry and self.journal.posted is None:
            raise SetupError(
                "there is no vote to post again: the last one is cast, or was refused; leave out --retry"
            )
        session = self._enter(voted_elsewhere)
        if self.journal.posted is not None:
            finished = self._finish(session, retry)
            if finished is not None and (retry or not self._once_more(given)):
                return finished, session.earlier
            session = self._enter(voted_elsewhere)
        return self._vote(session, given, sure), session.earlier

    def _greet(self) -> None:
        manifest = self.home.election.manifest
        opens, closes = (self._when(time) for time in (manifest.times.opens, manifest.times.closes))
        self.console.print(
            f"{manifest.title}\nVoting opens {opens} and closes {closes}.\nYou are {self.reader.name}."
        )
        if self.around.clock() < self.home.election.opens:
            raise NotCast(f"Voting opens {opens}; vote then.")

    def _enter(self, voted_elsewhere: bool) -> VotingSession:
        try:
            return self.booth.enter()
        except VotedElsewhere as elsewhere:
            when = self._when(elsewhere.earlier.time)
            self.console.print(f"{elsewhere}. It was recorded {when}, by a client that is not this one.")
            if not voted_elsewhere and not self._asked_elsewhere():
                raise NotCast(
                    f"{elsewhere}. If you did not cast it, somebody else has used your card: tell the issuer of the "
                    "card and the election authority, then vote again with --voted-elsewhere, or on paper."
                ) from elsewhere
            self.journal.acknowledge(elsewhere.earlier)
            return self.booth.enter()

    def _asked_elsewhere(self) -> bool:
        """`--yes` speaks of the own ballot alone, and cannot answer this."""
        return not self.silent and typer.confirm("Did you cast it yourself, elsewhere? (--voted-elsewhere says yes)")

    def _finish(self, session: VotingSession, only_this: bool) -> CastVote | None:
        """The receipt of an interrupted vote; None if it was refused for good, so that one has to vote again."""
        self.console.print("A vote that you signed before has no receipt yet. The same vote is posted again.")
        try:
            cast = self.booth.finish(session)
        except NotCast as refused:
            if only_this or self.journal.posted is not None:
                raise
            self.console.print(f"{refused}")
            return None
        self.console.print(_told(self.home, cast, self.around))
        return cast

    def _once_more(self, given: Sequence[str]) -> bool:
        return bool(given) or (not self.silent and typer.confirm("Do you want to vote again?"))

    def _vote(self, session: VotingSession, given: Sequence[str], sure: bool) -> CastVote:
        unit = self.home.election.unit(session.unit)
        self._require_open(session)
        self.console.print(f"You vote in {unit.title}.")
        if session.earlier:
            self._show_earlier(session.earlier)
        by_id = {contest.id: contest for contest in self.home.election.manifest.contests}
        contests = [by_id[name] for name in unit.contests]
        choices = self._choices(contests, given)
        self.console.print("\nYour ballot:")
        for contest in contests:
            self.console.print(f"  {contest.title}  {chosen(contest, choices[contest.id])}")
        if not sure and not typer.confirm("Sign and cast this?"):
            raise NotCast("Nothing was signed, nothing was posted.")
        with self.console.status("encrypting your ballot and proving that it is a proper one"):
            prepared = session.prepare(choices)
        self.reader.unlock("PIN2")
        return self.booth.cast(session, prepared)

    def _show_earlier(self, earlier: EarlierVote) -> None:
        number = ordinal(earlier.sequence)
        self.console.print(
            f"You voted {self._when(earlier.time)} (your {number} vote); a new vote replaces that one."
        )
        if self.journal.may_be_own(earlier):
            self.console.print(
                f"There is no receipt of a {number} vote here, so this computer cannot tell whether it is that one. "
                "If you did not vote at that time, somebody else has used your card."
            )

    def _require_open(self, session: VotingSession) -> None:
        """Spare the voter a ballot that would be refused; the collector's C2 decides."""
        closes, now = from_rfc3339(session.closes), self.around.clock()
        if now > closes:
            raise NotCast(f"Voting closed {moment(closes, now, self.around.zone)}. Nothing was posted.")
        if closes != self.home.election.closes:
            self.console.print(f"Voting was extended: it closes {moment(closes, now, self.around.zone)}.")

    def _choices(self, contests: Sequence[Contest], given: Sequence[str]) -> Mapping[str, Choice]:
        choices = given_choices(contests, given)
        missing = [contest for contest in contests if contest.id not in choices]
        if missing and self.silent:
            raise SetupError(f"give --choice for {', '.join(contest.id for contest in missing)} as well")
        return choices | {contest.id: ask_choice(contest, ask, self.console.print) for contest in missing}

    def _when(self, time: str) -> str:
        return moment(from_rfc3339(time), self.around.clock(), self.around.zone)


def ask(question: str) -> str:
    """A line, perhaps an empty one."""
    return str(typer.prompt(question, default="", show_default=False))


def _told(home: Home, cast: CastVote, around: Surroundings) -> str:
    witnessed = open_checkpoint(cast.receipt.checkpoint, home.election.log_trust)
    names = ", ".join(name for name, _ in witnessed.cosignature_times)
    seen = moment(witnessed.cosignature_times[0][1], around.clock(), around.zone)
    return (
        f"Your vote is cast: your {ordinal(cast.sequence)} in this election, entry {cast.receipt.index} of the log, "
        f"which {names} saw {seen}."
    )


def _summary(cast: CastVote, before: EarlierVote | None, files: Sequence[Path]) -> dict[str, object]:
    return {
        "cast": True,
        "sequence": cast.sequence,
        "replaced": _replaced(cast, before),
        "vote_id": cast.receipt.vote_id,
        "log_index": cast.receipt.index,
        "code": [str(file) for file in files],
    }


def _replaced(cast: CastVote, before: EarlierVote | None) -> dict[str, object] | None:
    """The vote that no longer counts. Its time is unknown if `cast` was recorded before this visit."""
    number = cast.sequence - 1
    if number == 0:
        return None
    return {"sequence": number, "time": before.time if before and before.sequence == number else None}
