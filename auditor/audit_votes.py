"""The sworn auditor's part: roll, ballot box and replay (K6, C1–C11, B1–B7, T1)."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial

from auditor.ledger import Ledger
from common.checks.box import Accounts, Reviewed, published_fates, review
from common.checks.casting import IN_THE_BOX, advances_chain
from common.checks.tally import Final
from common.errors import RuleBroken, ValikError
from common.messages.ballot import Ballot
from common.messages.election import Election
from common.tally.evidence import Evidence
from common.tally.record import gather
from common.tally.record_files import RecordFiles
from common.tally.replay import replay

REPLAYED = ("C11", "B3", "B4", "B5", "B6", "B7", "T1", *IN_THE_BOX)


def audit_votes(record: RecordFiles, ledger: Ledger, election: Election, final: Callable[[], Final]) -> list[str]:
    """Run them; returns notes about votes that were excluded and what they fail."""
    evidence = cache(partial(gather, record))
    _audit_box(ledger, election, evidence)
    try:
        replayed = replay(election, evidence(), advances_chain)
    except ValikError as error:
        for check in REPLAYED:
            ledger.obstruct(check, f"the log cannot be replayed: {error}")
        _audit_acts_alone(ledger, election, evidence)
        return []
    reviewed = review(replayed, ledger)
    for check in ("C11", *IN_THE_BOX):
        ledger.excuse(check, "no vote was cast" if not replayed.votes else "no vote got that far")
    notes = _note_failures(reviewed, ledger)
    ledger.attempt("B3", "all votes", lambda: (reviewed, None))
    ledger.attempt("B4", "all chains", lambda: (replayed, None))
    _audit_acts(ledger, election, evidence(), reviewed)
    ledger.attempt("B6", "accounting", lambda: (Accounts(record.accounting, record.sets, record.ballots), replayed))
    ledger.attempt("B7", "counted votes", lambda: (published_fates(record.sets), replayed))
    ledger.attempt("T1", "counted votes", lambda: (record.aggregates, (final(), _counted(reviewed))))
    return notes


def _audit_box(ledger: Ledger, election: Election, evidence: Callable[[], Evidence]) -> None:
    """K6, B1, B2: what needs no replay."""
    try:
        found = evidence()
    except ValikError as error:
        for check in ("K6", "B1", "B2"):
            ledger.obstruct(check, str(error))
        return
    if _has(found, "roll-change"):
        ledger.attempt("K6", "roll changes", lambda: (found, election))
    else:
        ledger.excuse("K6", "the roll was not changed")
    ledger.attempt("B1", "ballot box", lambda: (found, None))
    ledger.attempt("B2", "ballot box", lambda: (found, None))


def _audit_acts(ledger: Ledger, election: Election, evidence: Evidence, reviewed: Reviewed) -> None:
    if _has(evidence, "revocation", "exclusion"):
        ledger.attempt("B5", "revocations and exclusions", lambda: (evidence, (election, reviewed)))
    else:
        ledger.excuse("B5", "nothing was revoked or excluded")


def _audit_acts_alone(ledger: Ledger, election: Election, evidence: Callable[[], Evidence]) -> None:
    """What B5 says without a replay, for an act out of order is what stops one. It can fail here, but not pass."""
    try:
        found = evidence()
    except ValikError:
        return  # that a file cannot be read is in F1's row, and in this one's
    ledger.attempt("B5", "revocations and exclusions", lambda: (found, (election, None)))


def _has(evidence: Evidence, *kinds: str) -> bool:
    """True if log or record hold such an act; what the one has and the other has not is for F1."""
    formats = {f"valik/v1/{kind}" for kind in kinds}
    logged = any(entry.kind in kinds for entry in evidence.log.entries)
    return logged or any(act.body.format in formats for act in evidence.acts)


def _note_failures(reviewed: Reviewed, ledger: Ledger) -> list[str]:
    """A counted vote that fails a check fails the audit; that an excluded one fails is why it was excluded."""
    notes = []
    for index, failure in sorted(reviewed.failures.items()):
        if reviewed.replay.votes[index].excluded is None:
            ledger.note(failure)
        else:
            notes.append(f"The excluded vote of log entry {index} fails {failure.check}: {failure.reason}.")
    return notes


def _counted(reviewed: Reviewed) -> tuple[Ballot, ...]:
    """The counted ballots; `RuleBroken` if one of them fails its checks, for then it cannot be added up."""
    counted = reviewed.replay.counted()
    if any(vote.index in reviewed.failures for vote in counted):
        raise RuleBroken("a counted vote fails its checks")
    return tuple(vote.candidate.ballot for vote in counted)
