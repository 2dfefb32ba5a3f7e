"""`valik verify` on another device, and `valik receipts` later: looking again at what was cast."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from common.checks.catalogue import COMPLETE
from common.encoding.times import from_rfc3339
from common.errors import CheckFailed, MalformedMessage, ServiceRefused, SetupError
from common.messages.election import Election
from common.ports import NotFound, Unavailable
from common.tally.candidate import Candidate
from common.tally.record_files import RecordFiles
from common.transport.options import Ca, Insecure, Json, say
from common.transport.record_folder import read_record
from voter_client.card_reader import CardReader
from voter_client.cli_options import (
    Card,
    CodeOut,
    HomeFolder,
    PinAuthority,
    PinFingerprint,
    PinManifest,
    console_for,
    open_election,
    open_home,
    require_new,
    write_code,
)
from voter_client.home import MANIFEST
from voter_client.journal import Journal
from voter_client.published import hold_against_record
from voter_client.surroundings import Surroundings, surroundings
from voter_client.verification_code import PREFIX, VerificationCode, make_code, read_code
from voter_client.verify import Shown, verify_vote
from voter_client.words import amounts, chosen, moment, ordinal

EVIDENCE = (
    "Keep this home: the receipt is evidence against the collector. Show it to the election authority and to auditors"
)
PNG = b"\x89PNG\r\n\x1a\n"


def verify(
    context: typer.Context,
    code: Annotated[str, typer.Argument(help="The code's text, a file that holds it, or - for standard input.")],
    home: Annotated[Path | None, typer.Option("--home", help="A home with the pinned election.")] = None,
    manifest: PinManifest = None,
    authority: PinAuthority = None,
    fingerprint: PinFingerprint = None,
    ca: Ca = None,
    insecure_parameters: Insecure = False,
    as_json: Json = False,
) -> None:
    """Look at a vote with a verifying device: what was cast, under which name, and is it the latest?

    Give the text of the verification code; to read the picture, use the camera of the device. The election comes from
    --home, or from --manifest and --authority. A vote can be looked at a few times, and for a while.
    """
    around = surroundings(context)
    scanned = read_scanned(code)
    if home is not None:
        election = open_home(home, manifest, authority, fingerprint, insecure_parameters).election
    elif manifest is not None:
        election = open_election(manifest, authority, fingerprint, insecure_parameters)
    else:
        raise SetupError("give --home, or --manifest and --authority: whom to ask must not come from the code")
    with around.reach(election.manifest.collector.address, ca) as collector:
        try:
            shown = verify_vote(election, scanned, collector, around.clock, COMPLETE)
        except NotFound as error:
            raise NotFound(
                f"{error}: it is not recorded, or was looked at too often or too late. If you have just voted, "
                "run `valik receipts` on the device that you voted with"
            ) from error
    values = {
        "name": shown.name,
        "time": shown.time,
        "sequence": shown.sequence,
        "latest": shown.latest,
        "choices": amounts(election.manifest.contests, shown.choices),
    }
    say(as_json, values, _shown(shown, election, around))


def read_scanned(text: str) -> VerificationCode:
    """A code from its text, a file or standard input; `SetupError` for a picture, `MalformedMessage` for none."""
    try:
        if text == "-":
            data = sys.stdin.buffer.read()
        elif Path(text).is_file():
            data = Path(text).read_bytes()
        else:
            data = text.encode("utf-8")
    except OSError as error:
        raise SetupError(f"the code's file cannot be read ({error.strerror})") from None
    if data.startswith(PNG):
        raise SetupError(
            "this is a picture: scan it with a camera, and give the text that it holds; `valik vote --code-out FILE` "
            "writes the text where FILE does not end in .png"
        )
    try:
        scanned = data.decode("ascii").strip()
    except UnicodeDecodeError:
        scanned = ""
    if not scanned.startswith(PREFIX):  # it is not repeated here: a code with a slip in it still holds the seed
        what = "a file without a" if Path(text).is_file() else "neither a file that is there nor a"
        raise MalformedMessage(
            f"this is {what} verification code, which begins with {PREFIX} – give the code, or the file that "
            "`valik vote --code-out` wrote"
        )
    return read_code(scanned)


def _shown(shown: Shown, election: Election, around: Surroundings) -> str:
    contests = {contest.id: contest for contest in election.manifest.contests}
    when = moment(from_rfc3339(shown.time), around.clock(), around.zone)
    lines = [f"{election.manifest.title}", f"Signed by {shown.name} {when}:"]
    lines += [f"  {contests[name].title}  {chosen(contests[name], choice)}" for name, choice in shown.choices.items()]
    number = ordinal(shown.sequence)
    if shown.latest:
        lines.append(f"This is your {number} and latest vote.")
    else:
        lines.append(
            f"This was your {number} vote. A LATER ONE IS RECORDED and replaces it. If you did not vote again, "
            "somebody else did with your card: vote again on another computer, or on paper."
        )
    return "\n".join(lines)


def receipts(
    context: typer.Context,
    home: HomeFolder,
    card: Card,
    record: Annotated[
        Path | None,
        typer.Option("--record", help="Hold them against the published record in this directory instead."),
    ] = None,
    code_out: CodeOut = None,
    ca: Ca = None,
    as_json: Json = False,
) -> None:
    """Check the receipts in --home again: each vote in the log, the log only grown, your newest vote the latest.

    Needs no PIN. Run it whenever you like. After the election run it once with --record: only you can see that a vote
    was left out as too late though the witnesses saw it in time. That asks no service. --code-out writes the newest
    vote's verification code once more.
    """
    files = list(code_out or [])
    require_new(files)
    if not (home / MANIFEST).is_file():
        raise SetupError(f"{home} holds no election yet; vote or watch with this home first")
    place, around = open_home(home, None, None, None, False), surroundings(context)
    with place.journal(CardReader(card, {}, None).voter_id) as journal:
        if not journal.votes:
            raise SetupError(f"{home} holds no receipt for this card yet; vote first")
        failure: CheckFailed | None = None
        try:
            if record is not None:
                hold_against_record(journal, _read(record), place.checks)
            else:
                with around.reach(place.election.manifest.collector.address, ca) as collector:
                    journal.recheck(collector, collector, place.checks)
        except CheckFailed as error:
            failure = error
        except Unavailable as error:
            raise Unavailable(f"{error}. The receipts stay what they are; look again later") from error
    newest_is = "newest here" if record is not None or journal.unsettled else "your latest"
    _table(journal, around, failure, newest_is, as_json)
    newest = journal.votes[-1]
    write_code(make_code(place.election.fingerprint, newest.receipt.vote_id, newest.seed), files)
    if failure is not None:
        raise ServiceRefused(f"{failure}. {EVIDENCE if record is not None else _next_step(journal)}")


def _read(record: Path) -> RecordFiles:
    try:
        return RecordFiles(read_record(record))
    except OSError as error:
        raise SetupError(f"the record cannot be read ({error.strerror})") from None


def _table(
    journal: Journal, around: Surroundings, failure: CheckFailed | None, newest_is: str, as_json: bool
) -> None:
    rows = [
        (vote.sequence, Candidate(vote.signed_ballot).statement.time, vote.receipt.index, vote.receipt.vote_id)
        for vote in journal.votes
    ]
    values = [dict(zip(("sequence", "signed", "log_index", "vote_id"), row, strict=True)) for row in rows]
    table = Table(title="Votes that this client has cast", title_justify="left")
    for heading in ("vote", "signed", "log entry", "vote id", ""):
        table.add_column(heading)
    for sequence, time, index, vote_id in rows:
        when = moment(from_rfc3339(time), around.clock(), around.zone)
        fate = "replaced" if sequence != rows[-1][0] else newest_is if failure is None else "?"
        table.add_row(ordinal(sequence), when, str(index), f"{vote_id[:8]}…", fate)
    verdict = "All receipts hold." if failure is None else f"NOT in order: {failure.check}."
    if failure is None and journal.posted is not None:
        verdict += " A vote that you posted has no receipt yet: run `valik vote --retry` first, then look again."
    console_for(as_json).print(table)
    say(as_json, {"votes": values, "failed": failure.check if failure else None, "open": _open(journal)}, verdict)


def _open(journal: Journal) -> list[int]:
    return list(journal.unsettled)


def _next_step(journal: Journal) -> str:
    if journal.posted is not None:
        return "A vote of yours has no receipt yet: run `valik vote --retry` first, then look again"
    if journal.unsettled:
        numbers = ", ".join(map(str, _open(journal)))
        return f"You voted elsewhere, or a vote ended without a receipt (number {numbers}): vote again to be sure"
    return (
        "If you did not vote elsewhere, keep this home, it is evidence; tell the election authority, and vote again "
        "on another computer or on paper"
    )
