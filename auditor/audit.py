"""The audit: every check that a record allows, run on all of it (spec 12.10).

A record with its sworn part is audited as a sworn auditor does, one without as a public auditor. A check that should
run and does not fails the audit as one that fails does. Nothing is believed before it is checked, and nothing that
cannot be checked is passed over in silence.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache, partial

from auditor.audit_tally import audit_published, audit_tally, final_tree
from auditor.audit_votes import audit_votes
from auditor.conclusion import conclude
from auditor.findings import AuditReport
from auditor.ledger import Clock, Ledger, Progress
from common.checks.box import PublicActs, require_act
from common.checks.catalogue import COMPLETE
from common.checks.check import CheckList
from common.checks.log import Consistency, Inclusion, OrderedLog, TimedLog
from common.checks.setup import Pins
from common.crypto.cryptosystem import Cryptosystem
from common.errors import CheckFailed, Party, ValikError
from common.log.checkpoint import Checkpoint, read_checkpoint
from common.log.merkle import MerkleTree
from common.messages.acts import Exclusion, Extension, Signed, signed_digest
from common.messages.election import Election, load_election
from common.tally.end_of_voting import logged_end
from common.tally.evidence import PublicLog
from common.tally.record_files import RecordFiles, shown_path


def audit(
    files: Mapping[str, bytes],
    authority_key: bytes,
    fingerprint: str | None,
    systems: Mapping[str, Cryptosystem],
    clock: Clock,
    progress: Progress | None = None,
    *,
    checks: CheckList = COMPLETE,
) -> AuditReport:
    """Audit a record's files against the pinned authority key (32 bytes) and, if given, fingerprint (hex).

    Never raises for anything in the record. Only the laboratory gives other `checks`.
    """
    record, ledger = RecordFiles(files), Ledger(checks, clock, progress)
    notes: list[str] = []
    _excuse_others(record, ledger, checks)
    _audit_form(record, ledger)
    election = _audit_setup(record, ledger, Pins(authority_key, fingerprint), systems)
    if election is not None:
        notes += _audit_log(record, ledger, election)
        final = cache(partial(final_tree, record, election))
        if record.sworn:
            notes += audit_votes(record, ledger, election, final)
        else:
            _audit_exclusions(record, ledger, election)
            audit_published(record, ledger, election, final)
        audit_tally(record, ledger, election, final)
    for check in checks.ids():
        if ledger.untouched(check):
            ledger.obstruct(check, "what it builds on was refused or is missing")
    return conclude(record, ledger, fingerprint, systems, notes)


def _excuse_others(record: RecordFiles, ledger: Ledger, checks: CheckList) -> None:
    """The checks that are other parties' business, and what they would take."""
    auditor = Party.SWORN_AUDITOR if record.sworn else Party.PUBLIC_AUDITOR
    for check in checks.ids():
        runners = checks[check].runners
        if auditor in runners:
            continue
        if Party.SWORN_AUDITOR in runners:
            ledger.excuse(check, "needs the sworn part")
        else:
            ledger.excuse(check, f"only the {' or the '.join(sorted(runners))} can run it")


def _audit_form(record: RecordFiles, ledger: Ledger) -> None:
    for path in sorted(record.files):
        ledger.attempt("F1", shown_path(path), partial(_pair, record, path))
    ledger.attempt("F1", "all files", lambda: (record, None))


def _audit_setup(
    record: RecordFiles, ledger: Ledger, pins: Pins, systems: Mapping[str, Cryptosystem]
) -> Election | None:
    """K1–K4, and K5 if there is a roll. None if the manifest is refused: then nothing else means anything."""
    ledger.attempt("K1", "manifest", lambda: (record.manifest, pins))
    ledger.attempt("K2", "manifest", lambda: (record.rules, None))
    if not ledger.unbroken("K1", "K2"):
        return None
    try:
        election = load_election(record.rules, pins.authority_key, systems)
    except ValikError as error:
        ledger.note(CheckFailed("K2", Party.AUTHORITY, "manifest", str(error)))
        return None
    ledger.attempt("K3", "key proof", lambda: (record.key_proof, election))
    ledger.attempt("K4", "verification keys", lambda: (election, None))
    if record.sworn:
        ledger.attempt("K5", "roll", lambda: (record.roll, election))
    return election


def _audit_log(record: RecordFiles, ledger: Ledger, election: Election) -> list[str]:
    """L1–L6: every entry and every older checkpoint is held against the newest recorded checkpoint.

    Returns notes about extensions of voting.
    """
    log, heads = _audit_checkpoints(record, ledger, election)
    ledger.attempt("L6", "log", lambda: (_ordered(record), election))
    ledger.attempt("L5", "log", lambda: (_timed(record, election), election))
    if log is None or not heads:
        return []
    tree, newest = log.tree(), heads[-1]
    for index, entry in enumerate(log.entries):
        inclusion = Inclusion(entry, index, _inclusion(tree, index, newest.size), newest)
        ledger.attempt("L1", f"log entry {index}", partial(_pair, inclusion, None))
    if len(heads) == 1:
        ledger.excuse("L2", "the record has only one checkpoint")
    for number, older in enumerate(heads[:-1]):
        step = Consistency(older, newest, _consistency(tree, older, newest))
        ledger.attempt("L2", f"checkpoint {number}", partial(_pair, step, None))
    return list(_extensions(record, election, log)) if ledger.unbroken("L3", "L4", "L5", "L6") else []


def _audit_exclusions(record: RecordFiles, ledger: Ledger, election: Election) -> None:
    """The public part of B5; a sworn audit runs the whole of it."""
    try:
        acts = PublicActs(PublicLog(record.log, record.checkpoints), record.exclusions)
    except ValikError as error:
        ledger.obstruct("B5", str(error))
        return
    if acts.acts or any(acts.log.positions("exclusion")):
        ledger.attempt("B5", "exclusions", lambda: (acts, (election, None)))
    else:
        ledger.excuse("B5", "nothing was excluded")


def _extensions(record: RecordFiles, election: Election, log: PublicLog) -> Iterator[str]:
    """A note on each extension, in a log that is in order."""
    orders = _orders(record)
    moves = dict(logged_end(election, log, orders, log.covering_times(election)).moves)
    for index in log.positions("extension"):
        body = orders[log.entries[index].digest].body
        if isinstance(body, Extension) and index in moves:
            yield f"Voting was extended to {body.closes} (log entry {index}): {body.reason}"
        elif isinstance(body, Extension):
            yield f"The extension to {body.closes} (log entry {index}) was seen too late and moved nothing."


def _audit_checkpoints(
    record: RecordFiles, ledger: Ledger, election: Election
) -> tuple[PublicLog | None, list[Checkpoint]]:
    """L3 and L4 of each recorded checkpoint, before anything else looks at one; then the log with what they say."""
    try:
        notes = record.checkpoints
        for number, note in enumerate(notes):
            ledger.attempt("L3", f"checkpoint {number}", partial(_pair, note, election))
            ledger.attempt("L4", f"checkpoint {number}", partial(_pair, note, election))
        return PublicLog(record.log, notes), [read_checkpoint(note)[1] for note in notes]
    except ValikError as error:
        for check in ("L1", "L2", "L3", "L4"):
            ledger.obstruct(check, str(error))
        return None, []


def _ordered(record: RecordFiles) -> OrderedLog:
    return OrderedLog(PublicLog(record.log, record.checkpoints), _orders(record), finished=True)


def _orders(record: RecordFiles) -> dict[str, Signed]:
    return {signed_digest(order): order for order in record.orders}


def _timed(record: RecordFiles, election: Election) -> TimedLog:
    """The log with the votes that the deadlines leave out: those of exclusions that the authority signed."""
    excluded = set()
    for act in record.exclusions:
        require_act(act, election)
        if isinstance(act.body, Exclusion):
            excluded.add(act.body.index)
    return TimedLog(PublicLog(record.log, record.checkpoints), _orders(record), excluded)


def _inclusion(tree: MerkleTree, index: int, size: int) -> tuple[bytes, ...]:
    """The proof; none where the tree has no such leaf or size, so that the check itself refuses it."""
    return tree.inclusion_proof(index, size) if index < size <= tree.size else ()


def _consistency(tree: MerkleTree, older: Checkpoint, newer: Checkpoint) -> tuple[bytes, ...]:
    return tree.consistency_proof(older.size, newer.size) if newer.size <= tree.size else ()


def _pair(obj: object, context: object) -> tuple[object, object]:
    return obj, context
