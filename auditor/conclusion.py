"""From the ledger to the report: what was found, and what nobody can read from this record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from auditor.findings import AuditReport, ContestResult, Excluded, contest_results
from auditor.ledger import Ledger
from common.crypto.cryptosystem import Cryptosystem
from common.errors import ValikError
from common.messages.acts import Abandonment, Exclusion
from common.messages.manifest import fingerprint
from common.tally.record_files import RecordFiles

T = TypeVar("T")

INTENTION = "Whether a vote is what its voter chose, only that voter can check, with a second device (V1–V4)."
ELIGIBILITY = (
    "Who voted, and that only they could, takes the sworn part: K5, K6, C1–C9, B1–B4, B6 and B7 were not run, and B5 "
    "only as to who signed the exclusions, not whether the excluded votes fail."
)
ACCOUNTING = "The accounting's totals add up with log and aggregates; which vote is in which set is for B6."
INSECURE = "Toy parameters: anyone can break this key. Nothing here is secret, and no result of it means anything."


def conclude(
    record: RecordFiles,
    ledger: Ledger,
    pinned: str | None,
    systems: Mapping[str, Cryptosystem],
    found: list[str],
) -> AuditReport:
    """The report. `pinned` is the fingerprint that was given from outside, `found` what the audit noted."""
    manifest = _readable(lambda: (record.rules,))
    insecure = any(systems[m.parameters].insecure for m in manifest if m.parameters in systems)
    contests = _contests(record, ledger)
    notes = [*([INSECURE] if insecure else []), *found, *_notes(record, ledger, contests)]
    if pinned is None:
        notes.append("No fingerprint was given: compare the one above with what the authority announced.")
    return AuditReport(
        title=manifest[0].title if manifest else "an election whose manifest cannot be read",
        fingerprint=fingerprint(manifest[0]) if manifest else None,
        scope="sworn" if record.sworn else "public",
        insecure=insecure,
        rows=ledger.rows(),
        notes=tuple(notes),
        exclusions=_exclusions(record),
        accounting=_readable(lambda: tuple((total.name, total.votes) for total in record.accounting.sets)),
        contests=contests,
    )


def _readable(read: Callable[[], tuple[T, ...]]) -> tuple[T, ...]:
    """What can be read, or nothing: that it cannot be read is in F1's row already."""
    try:
        return read()
    except ValikError:
        return ()


def _contests(record: RecordFiles, ledger: Ledger) -> tuple[ContestResult, ...]:
    """The announced result, if it is in order enough to be shown."""
    if not ledger.unbroken("K1", "K2", "T2", "T6"):
        return ()
    return _readable(lambda: contest_results(record.rules, record.result))


def _exclusions(record: RecordFiles) -> tuple[Excluded, ...]:
    bodies = (act.body for act in _readable(lambda: record.exclusions))
    return tuple(Excluded(b.index, b.check, b.reason) for b in bodies if isinstance(b, Exclusion))


def _notes(record: RecordFiles, ledger: Ledger, contests: tuple[ContestResult, ...]) -> list[str]:
    bodies = (act.body for act in _readable(lambda: record.orders))
    reasons = [body.reason for body in bodies if isinstance(body, Abandonment)]
    notes = [f"The election was abandoned, there is no result: {reason}" for reason in reasons]
    notes += [
        f"{contest.title}: {contest.unopened} ballots are in a pool below the minimum and were not opened."
        for contest in contests
        if contest.unopened
    ]
    if not record.sworn:
        notes.append(ELIGIBILITY)
        if ledger.unbroken("F1"):
            notes.append(ACCOUNTING)
    notes.append(INTENTION)
    return notes
