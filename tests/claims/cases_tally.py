"""T1–T6 and F1: processors and trustees who count, open, announce or hand over something else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from common.checks.check import CheckList
from common.checks.tally import totals
from common.crypto.paillier_key import PaillierElectionKey
from common.messages.ballot import Ballot, ballot_digest
from common.messages.message import decode, encode
from common.messages.result import Aggregates, Outcome, SignedAnswer
from common.tally.aggregate import compute_aggregates
from tests.claims.bases import Bases
from tests.claims.case import AuditCase, Case, Claim
from tests.claims.cases_log import asking_a_trustee
from tests.claims.dossier import VOTES, Dossier, combined, with_document, with_lines

Fraud = Callable[[Dossier], Dossier]
SHARES, LOG = "public/shares.json", "public/log/000000.jsonl"


def combining(bases: Bases, mutate: Fraud, checks: CheckList) -> object:
    """The trustees' answers before the processor."""
    return combined(mutate(bases.dossier), checks)


# --- T1, T2: aggregates


def _first_with(dossier: Dossier, **fields: object) -> Aggregates:
    first, *rest = dossier.aggregates.aggregates
    return replace(dossier.aggregates, aggregates=(replace(first, **fields), *rest))  # type: ignore[arg-type]


def vote_replaced_in_the_product(dossier: Dossier) -> Dossier:
    """One counted ballot is left out, and another one of the same unit taken twice."""
    ballots = list(dossier.ballots)
    here = [position for position, ballot in enumerate(ballots) if ballot.unit == ballots[0].unit]
    ballots[here[0]] = ballots[here[1]]
    return dossier.reopened(compute_aggregates(dossier.world.election, dossier.aggregates.final_root, ballots))


def single_ballot_as_an_aggregate(dossier: Dossier) -> Dossier:
    """Trustees are to open one voter's ballot under the name of the whole unit's."""
    ballot = next(b for b in dossier.ballots if b.unit == dossier.aggregates.aggregates[0].unit)
    return replace(dossier, aggregates=_first_with(dossier, ciphertexts=ballot.contests[0].ciphertexts))


def units_pooled_against_the_rule(dossier: Dossier) -> Dossier:
    """Two units that reach the minimum each are opened together: less is published than is due."""
    pools = dossier.aggregates.aggregates
    mine = [pool for pool in pools if pool.contest == pools[0].contest]
    key = dossier.world.election.key
    together = replace(
        mine[0],
        units=tuple(unit for pool in mine for unit in pool.units),
        ballots=sum(pool.ballots for pool in mine),
        ciphertexts=tuple(key.aggregate(column) for column in zip(*(p.ciphertexts for p in mine), strict=True)),
    )
    others = tuple(pool for pool in pools if pool not in mine)
    return dossier.reopened(replace(dossier.aggregates, aggregates=(together, *others)))


def opened_below_the_minimum(dossier: Dossier) -> Dossier:
    """One voter's ballot is an aggregate of its own, and the rest of the unit another."""
    pools = dossier.aggregates.aggregates
    ballots = [ballot for ballot in dossier.ballots if ballot.unit == pools[0].unit]
    alone = replace(pools[0], units=("land",), ballots=1, ciphertexts=ballots[0].contests[0].ciphertexts)
    key = dossier.world.election.key
    rest = replace(
        pools[0],
        ballots=len(ballots) - 1,
        ciphertexts=(key.aggregate(ballot.contests[0].ciphertexts[0] for ballot in ballots[1:]),),
    )
    alone = replace(alone, unit="land")
    return dossier.reopened(replace(dossier.aggregates, aggregates=(alone, rest, *pools[1:])))


def withheld(dossier: Dossier) -> Dossier:
    """A unit whose result displeases is said to be too small to open."""
    return dossier.reopened(_first_with(dossier, ciphertexts=()))


def unit_in_two_pools(dossier: Dossier) -> Dossier:
    """Overlapping aggregates: their difference is an aggregate that was never to be opened."""
    units = dossier.aggregates.aggregates[0].units
    return dossier.reopened(_first_with(dossier, units=(*units, "south")))


# --- T3: shares


def _answers(dossier: Dossier, answer: SignedAnswer) -> Dossier:
    return replace(dossier, answers=(answer, *dossier.answers[1:]))


def _with_share(dossier: Dossier, **fields: object) -> SignedAnswer:
    """Trustee 1's answer with its first share changed, well signed."""
    answer = dossier.answers[0].answer
    first, *rest = answer.shares
    shares = (replace(first.shares[0], **fields), *first.shares[1:])  # type: ignore[arg-type]
    return dossier.signed_answer(1, replace(answer, shares=(replace(first, shares=shares), *rest)))


def lying_trustee(dossier: Dossier) -> Dossier:
    """The share's value is that for another ciphertext."""
    other = dossier.answers[0].answer.shares[1].shares[0].value
    return _answers(dossier, _with_share(dossier, value=other))


def proof_forged(dossier: Dossier) -> Dossier:
    other = dossier.answers[0].answer.shares[1].shares[0].response
    return _answers(dossier, _with_share(dossier, response=other))


def shares_for_another_tree(dossier: Dossier) -> Dossier:
    """The trustee's good answer for another final tree is played again."""
    other = replace(dossier.aggregates, final_root="77" * 32)
    return _answers(dossier, dossier.forged_answer(1, other))


def proofs_for_another_tree(dossier: Dossier) -> Dossier:
    """The same, but the answer's own root is put right, by a trustee who helps."""
    other = replace(dossier.aggregates, final_root="77" * 32)
    return _answers(dossier, dossier.forged_answer(1, other, final_root=dossier.aggregates.final_root))


def answer_signed_by_another(dossier: Dossier) -> Dossier:
    return _answers(dossier, dossier.signed_answer(3, dossier.answers[0].answer))


def another_trustees_shares(dossier: Dossier) -> Dossier:
    """Trustee 1 hands in what trustee 3 would: so that one of them seems to be away."""
    borrowed = dossier.forged_answer(3, dossier.aggregates).answer
    return _answers(dossier, dossier.signed_answer(1, replace(borrowed, trustee=1)))


def aggregate_left_out(dossier: Dossier) -> Dossier:
    answer = dossier.answers[0].answer
    return _answers(dossier, dossier.signed_answer(1, replace(answer, shares=answer.shares[1:])))


# --- T4–T6: openings, counts, result


def _result(dossier: Dossier, outcomes: tuple[Outcome, ...]) -> Dossier:
    """The announced result with these outcomes, its totals well added up."""
    return replace(
        dossier, result=replace(dossier.result, outcomes=outcomes, totals=totals(dossier.world.election, outcomes))
    )


def _first_outcome(dossier: Dossier, **fields: object) -> Dossier:
    first, *rest = dossier.result.outcomes
    return _result(dossier, (replace(first, **fields), *rest))  # type: ignore[arg-type]


def _moved_vote(counts: tuple[int, ...]) -> tuple[int, ...]:
    """One vote moves from the option that has most to another one."""
    most, least = counts.index(max(counts)), counts.index(min(counts))
    moved = list(counts)
    moved[most], moved[least] = moved[most] - 1, moved[least] + 1
    return tuple(moved)


def opening_tampered(dossier: Dossier) -> Dossier:
    """Counts changed, and the opening's plaintext with them: everything fits but the ciphertext."""
    first, election = dossier.result.outcomes[0], dossier.world.election
    counts = _moved_vote(first.counts)
    units = [election.schemes[first.contest].encode(_one(counts, option))[0] for option in range(len(counts))]
    plaintext = sum(count * unit for count, unit in zip(counts, units, strict=True))
    key = election.key
    if not isinstance(key, PaillierElectionKey):
        raise TypeError("this attack knows Paillier only")
    opening = {**first.openings[0], "plaintext": key.public.encode_value(plaintext)}
    return _first_outcome(dossier, counts=counts, openings=(opening,))


def _one(counts: tuple[int, ...], option: int) -> tuple[int, ...]:
    return tuple(int(position == option) for position in range(len(counts)))


def opening_of_another_aggregate(dossier: Dossier) -> Dossier:
    return _first_outcome(dossier, openings=dossier.result.outcomes[1].openings)


def opening_missing(dossier: Dossier) -> Dossier:
    return _first_outcome(dossier, openings=(), counts=())


def counts_changed(dossier: Dossier) -> Dossier:
    return _first_outcome(dossier, counts=_moved_vote(dossier.result.outcomes[0].counts))


def vector_counts_changed(dossier: Dossier) -> Dossier:
    *rest, last = dossier.result.outcomes
    return _result(dossier, (*rest, replace(last, counts=_moved_vote(last.counts))))


def result_for_another_tree(dossier: Dossier) -> Dossier:
    return replace(dossier, result=replace(dossier.result, final_root="77" * 32))


def totals_changed(dossier: Dossier) -> Dossier:
    first, *rest = dossier.result.totals
    changed = (replace(first, counts=_moved_vote(first.counts)), *rest)
    return replace(dossier, result=replace(dossier.result, totals=changed))


def outcome_under_another_unit(dossier: Dossier) -> Dossier:
    """Two units' results change places."""
    first, second, *rest = dossier.result.outcomes
    swapped = (replace(first, unit=second.unit), replace(second, unit=first.unit), *rest)
    return _result(dossier, swapped)


# --- F1


def file_missing(dossier: Dossier) -> Mapping[str, bytes]:
    files = dossier.files()
    return {path: data for path, data in files.items() if path != "sworn/accounting.json"}


def file_extra(dossier: Dossier) -> Mapping[str, bytes]:
    return {**dossier.files(), "public/remarks.txt": b"count again"}


def file_renamed(dossier: Dossier) -> Mapping[str, bytes]:
    files = dossier.files()
    return {("public/log/000001.jsonl" if path == LOG else path): data for path, data in files.items()}


def file_in_another_form(dossier: Dossier) -> Mapping[str, bytes]:
    files = dossier.files()
    return {**files, SHARES: files[SHARES].replace(b",", b", ", 1)}


def votes_out_of_order(dossier: Dossier) -> Mapping[str, bytes]:
    return with_lines(dossier.files(), VOTES, lambda votes: [*votes[1:], votes[0]])


def totals_that_do_not_add_up(dossier: Dossier) -> Mapping[str, bytes]:
    first, *rest = dossier.accounting.sets
    accounting = replace(dossier.accounting, sets=(replace(first, votes=first.votes + 1), *rest))
    return with_document(dossier.files(), "public/accounting.json", accounting)


# --- what anyone can see of published ballots


def _published(dossier: Dossier, change: Callable[[Ballot], Ballot]) -> Mapping[str, bytes]:
    first, *rest = dossier.ballots
    ballots = tuple(sorted((change(first), *rest), key=ballot_digest))
    return replace(dossier, ballots=ballots).files(sworn=False)


def published_ballot_with_a_bad_proof(dossier: Dossier) -> Mapping[str, bytes]:
    """One with the pseudonym of another: its proofs no longer hold, its ciphertexts are the counted ones."""
    return _published(dossier, lambda ballot: replace(ballot, pseudonym="99" * 32))


def published_ballot_poisoned(dossier: Dossier) -> Mapping[str, bytes]:
    def poison(ballot: Ballot) -> Ballot:
        text = encode(ballot)
        response = ballot.contests[0].proofs[0][0].response
        return decode(Ballot, text.replace(response.encode(), b"A" * len(response), 1))

    return _published(dossier, poison)


def published_ballot_left_out(dossier: Dossier) -> Mapping[str, bytes]:
    """Another one is there in its place, a well-proven one that was not counted."""
    revoked = dossier.evidence.votes[2].vote.ballot
    return _published(dossier, lambda _ballot: revoked)


CASES: tuple[Claim, ...] = (
    Case("T1", vote_replaced_in_the_product, asking_a_trustee),
    Case("T1", single_ballot_as_an_aggregate, asking_a_trustee),
    Case("T1", units_pooled_against_the_rule, asking_a_trustee),
    AuditCase("T1", vote_replaced_in_the_product),
    AuditCase("T1", units_pooled_against_the_rule),
    AuditCase("T1", published_ballot_left_out),
    AuditCase("T2", opened_below_the_minimum, ("T1",)),
    AuditCase("T2", withheld, ("T1",)),
    AuditCase("T2", unit_in_two_pools, ("T1",)),
    Case("T3", lying_trustee, combining, "CryptoError"),
    Case("T3", proof_forged, combining),
    Case("T3", shares_for_another_tree, combining),
    Case("T3", proofs_for_another_tree, combining),
    Case("T3", answer_signed_by_another, combining),
    Case("T3", another_trustees_shares, combining),
    Case("T3", aggregate_left_out, combining, "CryptoError"),
    AuditCase("T3", lying_trustee),
    AuditCase("T3", proofs_for_another_tree),
    AuditCase("T3", answer_signed_by_another),
    AuditCase("T4", opening_tampered, left=("T5",)),
    AuditCase("T4", opening_of_another_aggregate, left=("T5",)),
    AuditCase("T4", opening_missing, left=("T5",)),
    AuditCase("T5", counts_changed),
    AuditCase("T5", vector_counts_changed),
    AuditCase("T6", result_for_another_tree),
    AuditCase("T6", totals_changed),
    AuditCase("T6", outcome_under_another_unit),
    AuditCase("F1", file_missing, stalled="B6"),
    AuditCase("F1", file_extra),
    AuditCase("F1", file_renamed, stalled="L6"),
    AuditCase("F1", file_in_another_form, stalled="T3"),
    AuditCase("F1", votes_out_of_order),
    AuditCase("F1", totals_that_do_not_add_up, ("B6",)),
    AuditCase("C10", published_ballot_poisoned, left=("C11",)),
    AuditCase("C11", published_ballot_with_a_bad_proof),
)
