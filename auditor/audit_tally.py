"""Published ballots (C10, C11, T1 without names) and the tally (T2–T6): what anyone can audit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from auditor.ledger import Ledger
from common.checks.tally import Announced, Final, Opened
from common.errors import CheckFailed, Party, RuleBroken, ValikError
from common.messages.ballot import Ballot
from common.messages.election import Election
from common.messages.result import Aggregates, SignedAnswer
from common.tally.candidate import Nameless, NamelessFacts
from common.tally.evidence import PublicLog
from common.tally.record_files import RecordFiles


def final_tree(record: RecordFiles, election: Election) -> Final:
    """The root of the tree that ends at the first `final`; `LogError` if the log has none."""
    log = PublicLog(record.log, ())
    return Final(election, log.tree().root(log.position("final") + 1).hex())


def audit_published(record: RecordFiles, ledger: Ledger, election: Election, final: Callable[[], Final]) -> None:
    """C10, C11 and T1 on the nameless ballots, if this election publishes them."""
    try:
        ballots = record.ballots
    except ValikError as error:
        for check in ("C10", "C11", "T1"):
            ledger.obstruct(check, str(error))
        return
    for check in ("C10", "C11", "T1"):
        ledger.excuse(check, "needs the sworn part, for this election does not publish its ballots")
    if ballots is None:
        return
    if not ballots:
        for check in ("C10", "C11"):
            ledger.excuse(check, "no vote was counted")
    _audit_proofs(ballots, ledger, election)
    ledger.attempt("T1", "published ballots", lambda: (record.aggregates, (final(), _sound(ballots, ledger))))


def _audit_proofs(ballots: Sequence[Ballot], ledger: Ledger, election: Election) -> None:
    facts = NamelessFacts(election)
    for number, ballot in enumerate(ballots):
        ledger.attempt("C10", f"published ballot {number}", partial(_pair, Nameless((ballot,)), facts))
    if not ballots:
        return
    if not ledger.unbroken("C10"):
        ledger.obstruct("C11", "a ballot fails C10")
        return
    everything = Nameless(tuple(ballots))
    try:
        ledger.run("C11", "published ballots", everything, facts)
    except CheckFailed:
        owners = [number for number, ballot in enumerate(ballots) for _ in ballot.contests]
        for number in sorted({owners[p] for p in election.key.find_invalid(everything.contests(election))}):
            reason = "a membership proof does not hold"
            ledger.note(CheckFailed("C11", Party.CLIENT, f"published ballot {number}", reason))


def _sound(ballots: Sequence[Ballot], ledger: Ledger) -> Sequence[Ballot]:
    if not ledger.unbroken("C10", "C11"):
        raise RuleBroken("a published ballot fails its checks")
    return ballots


def audit_tally(record: RecordFiles, ledger: Ledger, election: Election, final: Callable[[], Final]) -> None:
    """T2–T6. An aggregate is looked into only after T2 found that the election has its contest and units."""
    ledger.attempt("T2", "aggregates", lambda: (record.aggregates, election))
    if not ledger.unbroken("T2"):
        for check in ("T3", "T4", "T5", "T6"):
            ledger.obstruct(check, "the aggregates are refused")
        return
    aggregates = record.aggregates
    _audit_shares(record, ledger, aggregates, final)
    _audit_openings(record, ledger, election, aggregates)
    ledger.attempt("T6", "result", lambda: (record.result, (final(), aggregates)))


def _audit_shares(record: RecordFiles, ledger: Ledger, aggregates: Aggregates, final: Callable[[], Final]) -> None:
    try:
        answers = record.shares
    except ValikError as error:
        ledger.obstruct("T3", str(error))
        return
    due = record.rules.key.threshold if any(pool.ciphertexts for pool in aggregates.aggregates) else 0
    if not due:
        ledger.excuse("T3", "no aggregate was opened")
    elif len(answers) < due:
        reason = f"{len(answers)} trustees' answers where {due} are due"
        ledger.note(CheckFailed("T3", Party.PROCESSOR, "answers", reason))  # it opened with fewer, and publishes
    for answer in answers:
        ledger.attempt("T3", f"trustee {answer.answer.trustee}", partial(_answered, answer, final, aggregates))


def _answered(answer: SignedAnswer, final: Callable[[], Final], aggregates: Aggregates) -> tuple[object, object]:
    return answer, (final(), aggregates)


def _audit_openings(record: RecordFiles, ledger: Ledger, election: Election, aggregates: Aggregates) -> None:
    try:
        outcomes = record.result.outcomes
        if len(outcomes) != len(aggregates.aggregates):
            raise RuleBroken("the result does not list exactly the aggregates")
    except ValikError as error:
        for check in ("T4", "T5"):
            ledger.obstruct(check, str(error))
        return
    opened = [
        Opened(aggregate, outcome.openings, election)
        for aggregate, outcome in zip(aggregates.aggregates, outcomes, strict=True)
    ]
    if not opened:
        for check in ("T4", "T5"):
            ledger.excuse(check, "no vote was counted")
    for each in opened:
        ledger.attempt("T4", _name(each), partial(_pair, each, None))
    if not ledger.unbroken("T4"):
        ledger.obstruct("T5", "an opening is refused")
        return
    for each, outcome in zip(opened, outcomes, strict=True):
        ledger.attempt("T5", _name(each), partial(_pair, Announced(each, outcome.counts), None))


def _name(opened: Opened) -> str:
    return f"{opened.aggregate.contest} in {opened.aggregate.unit}"


def _pair(obj: object, context: object) -> tuple[object, object]:
    return obj, context
