"""A record's results as CSV, for spreadsheets and newspapers."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from common.errors import RuleBroken
from common.log.entries import EntryKind
from common.messages.acts import signed_digest
from common.messages.roll import ChangeSet, Roll
from common.tally.record_files import RecordFiles
from common.tally.roll_history import start_history
from common.transport.documents import write_files
from common.transport.files import NewFile

HEADER = ("contest", "unit", "units", "option", "votes", "ballots", "voters")
"""`unit` holds the pool of `units`, joined by spaces; empty in the rows of a contest's total. `votes` is empty where
too few ballots were cast to open them; `voters` (on the roll at the close) without the sworn part."""


def write_results(record: RecordFiles, out: Path) -> int:
    """Write the CSV file (UTF-8, CRLF), which must not exist yet; the number of rows below the header."""
    text = io.StringIO(newline="")
    rows = list(result_rows(record))
    writer = csv.writer(text)
    writer.writerow(HEADER)
    writer.writerows(rows)
    write_files(NewFile(out, text.getvalue().encode("utf-8")))
    return len(rows)


def result_rows(record: RecordFiles) -> Iterator[tuple[str | int, ...]]:
    """The rows below the header, contest by contest; `MalformedMessage` or `RuleBroken` for files not in form."""
    manifest, result = record.rules, record.result
    voters = voters_at_close(record) if record.sworn else None
    eligible = {c.id: [unit.id for unit in manifest.units if c.id in unit.contests] for c in manifest.contests}
    for contest in manifest.contests:
        for outcome in (found for found in result.outcomes if found.contest == contest.id):
            on_roll = "" if voters is None else sum(voters[unit] for unit in outcome.units)
            counts: tuple[str | int, ...] = outcome.counts or ("",) * len(contest.options)
            for option, count in zip(contest.options, counts, strict=True):
                units = " ".join(outcome.units)
                yield contest.id, outcome.unit, units, option, count, outcome.ballots, on_roll
        for total in (found for found in result.totals if found.contest == contest.id):
            on_roll = "" if voters is None else sum(voters[unit] for unit in eligible[contest.id])
            for option, count in zip(contest.options, total.counts, strict=True):
                yield contest.id, "", "", option, count, total.ballots, on_roll


def voters_at_close(record: RecordFiles) -> Counter[str]:
    """How many voters each unit had on the roll when the log was closed."""
    if not isinstance(record.roll.body, Roll):
        raise RuleBroken("sworn/roll.json: the signed document is not a voter roll")
    history = start_history(record.roll.body)
    changes = {signed_digest(signed): signed.body for signed in record.changes}
    for entry in record.log:
        if entry.kind == EntryKind.CLOSE:
            break
        body = changes.get(entry.digest)
        if isinstance(body, ChangeSet):
            history = history.apply(body)
    rows = (history.row(voter, history.version) for voter in history.rows)
    return Counter(row.unit for row in rows if row is not None)
