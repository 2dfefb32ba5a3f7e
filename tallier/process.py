"""The processor: after the close reconciles box and log, aggregates, and combines the trustees' shares (spec 11)."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from common.checks.box import Accounts, fate_sets
from common.checks.check import CheckList
from common.checks.inspection import Inspection, inspect
from common.checks.tally import Announced, Final, Opened, totals
from common.crypto.cryptosystem import Share
from common.errors import CheckFailed, CryptoError, ServiceRefused
from common.messages.election import Election
from common.messages.message import Count, Digest, message
from common.messages.result import (
    Accounting,
    AccountingSets,
    Aggregate,
    Aggregates,
    Outcome,
    Result,
    SetTotal,
    SignedAnswer,
    VoteSet,
    commitment,
)
from common.tally.aggregate import compute_aggregates
from common.tally.evidence import Evidence

MAXIMUM_TEXT = 300
"""Characters in a line of text for people (spec 8)."""


@message
class Fault:
    """A vote that must be excluded before `final`: its log index, the check that fails, and why."""

    index: Count
    check: str
    reason: str


@message
class Faults:
    """What the authority is handed before `final` (spec 8.9): of each voter one fault at most."""

    fingerprint: Digest
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Processed:
    """What the processor makes of a finished record."""

    inspection: Inspection
    aggregates: Aggregates
    accounting: Accounting
    sets: AccountingSets


def find_faults(election: Election, evidence: Evidence, checks: CheckList) -> tuple[Fault, ...]:
    """Run on the closed log, before `final`: of each voter the first vote that every audit would refuse.

    Those excluded already are left out. Of each voter one only, since its exclusion can cure the later ones (C9), or
    make others fail: exclude what is found and look again, until nothing is. A vote whose statement cannot be read
    is in nobody's chain, so each of them is named. In log order.

    `CheckFailed` names B5 if a vote is excluded for a check that it does not fail: then nothing can be counted.
    """
    reviewed = inspect(election, evidence, checks, finished=False).reviewed
    checks.run("B5", "revocations and exclusions", evidence, (election, reviewed))
    first: dict[str | int, Fault] = {}
    for index, failure in sorted(reviewed.failures.items()):
        vote = reviewed.replay.votes[index]
        if vote.excluded is None:
            first.setdefault(vote.voter or index, Fault(index, failure.check, _line(failure.reason)))
    return tuple(first.values())


def _line(reason: str) -> str:
    """A reason as an exclusion can carry it: one printable line, not too long."""
    return "".join(character if character.isprintable() else " " for character in reason)[:MAXIMUM_TEXT].strip()


def process(election: Election, evidence: Evidence, checks: CheckList) -> Processed:
    """Every check on the finished record, then the aggregates and the accounting."""
    inspection = inspect(election, evidence, checks, finished=True)
    ballots = [vote.candidate.ballot for vote in inspection.replay.counted()]
    aggregates = compute_aggregates(election, inspection.root, ballots)
    checks.run("T2", "aggregates", aggregates, election)
    accounting, sets = account(election, inspection)
    checks.run("B6", "accounting", Accounts(accounting, sets), inspection.replay)
    return Processed(inspection, aggregates, accounting, sets)


def account(election: Election, inspection: Inspection) -> tuple[Accounting, AccountingSets]:
    """Which votes fell into which set: totals and salted commitments for everyone, the sets for sworn auditors."""
    sets = tuple(
        VoteSet(name, secrets.token_bytes(32).hex(), votes)  # type: ignore[arg-type]
        for name, votes in fate_sets(inspection.replay).items()
    )
    shown = tuple(SetTotal(chosen.name, len(chosen.votes), commitment(chosen)) for chosen in sets)
    return (
        Accounting("valik/v1/accounting", election.fingerprint, shown),
        AccountingSets("valik/v1/accounting-sets", election.fingerprint, sets),
    )


@dataclass(frozen=True, slots=True)
class Counted:
    """The result with the answers that opened it, and those of trustees who were found out (T3)."""

    result: Result
    used: tuple[SignedAnswer, ...]
    refused: tuple[CheckFailed, ...]


def combine(
    election: Election, aggregates: Aggregates, answers: Sequence[SignedAnswer], checks: CheckList
) -> Counted:
    """Open every aggregate with the first `threshold` good answers; a bad one is named and left out.

    `ServiceRefused` if too few are good. T4–T6 are run on what comes out.
    """
    final = Final(election, aggregates.final_root)
    good: list[SignedAnswer] = []
    refused: list[CheckFailed] = []
    for signed in sorted(answers, key=lambda answer: answer.answer.trustee):
        if len(good) == election.manifest.key.threshold:
            break
        try:
            checks.run("T3", f"shares of trustee {signed.answer.trustee}", signed, (final, aggregates))
            good.append(signed)
        except CheckFailed as failure:
            refused.append(failure)
    return conclude(election, aggregates, good, refused, checks)


def conclude(
    election: Election,
    aggregates: Aggregates,
    good: Sequence[SignedAnswer],
    refused: Sequence[CheckFailed],
    checks: CheckList,
) -> Counted:
    """Open every aggregate with these answers, which passed T3, one a trustee; T4–T6 are run on what comes out.

    `ServiceRefused` unless there are exactly as many as the threshold.
    """
    final = Final(election, aggregates.final_root)
    if len(good) != election.manifest.key.threshold:
        raise ServiceRefused(f"{len(good)} good answers where {election.manifest.key.threshold} trustees are due")
    outcomes = tuple(_outcome(election, aggregate, good, checks) for aggregate in aggregates.aggregates)
    result = Result(
        "valik/v1/result", election.fingerprint, aggregates.final_root, outcomes, totals(election, outcomes)
    )
    checks.run("T6", "result", result, (final, aggregates))
    return Counted(result, tuple(good), tuple(refused))


def _outcome(election: Election, aggregate: Aggregate, good: Sequence[SignedAnswer], checks: CheckList) -> Outcome:
    """One aggregate, opened, with T4 and T5; listed unopened if it is below the minimum."""
    subject = f"{aggregate.contest} in {aggregate.unit}"
    given = [_shares_of(signed, aggregate) for signed in good if aggregate.ciphertexts]
    openings = tuple(
        election.key.open(ciphertext, [shares[index] for shares in given])
        for index, ciphertext in enumerate(aggregate.ciphertexts)
    )
    opened = Opened(aggregate, openings, election)
    checks.run("T4", subject, opened, None)
    counts = opened.counts
    checks.run("T5", subject, Announced(opened, counts), None)
    return Outcome(aggregate.contest, aggregate.unit, aggregate.units, aggregate.ballots, openings, counts)


def _shares_of(signed: SignedAnswer, aggregate: Aggregate) -> tuple[Share, ...]:
    """A trustee's shares for one aggregate, one for each ciphertext; `CryptoError` if they are not there (T3)."""
    for found in signed.answer.shares:
        place = found.contest, found.unit, len(found.shares)
        if place == (aggregate.contest, aggregate.unit, len(aggregate.ciphertexts)):
            return found.shares
    raise CryptoError(f"trustee {signed.answer.trustee} did not answer for contest {aggregate.contest}")
