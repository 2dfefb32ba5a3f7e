"""T1 to T6 on `toy`: processors and trustees who count, open or announce something else.

Its pools are, in order: board in land (south and island) and north, wishes in the same, bridge on the island (one ballot,
not opened).
"""

# ruff: noqa: E501 – tables: one case a line

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from common.checks.tally import totals
from common.crypto.paillier_key import PaillierElectionKey
from common.messages.ballot import Ballot
from common.messages.result import Aggregate, Aggregates, SignedAnswer
from common.tally.aggregate import compute_aggregates
from tests.claims import cases_tally as claims
from tests.claims.dossier import Dossier
from tests.records.making.case import Tampered, record_of
from tests.records.making.elections import choices

OPENERS = ("processor", "trustees")
FEW = ("processor",)
LAND, NORTH = 0, 1


def _pools(dossier: Dossier, change: Callable[[list[Aggregate]], None]) -> Dossier:
    """Processor and trustees open other aggregates."""
    pools = list(dossier.aggregates.aggregates)
    change(pools)
    return dossier.reopened(replace(dossier.aggregates, aggregates=tuple(pools)))


def _with_pool(dossier: Dossier, position: int, **fields: object) -> Dossier:
    def change(pools: list[Aggregate]) -> None:
        pools[position] = replace(pools[position], **fields)  # type: ignore[arg-type]

    return _pools(dossier, change)


def _of(dossier: Dossier, unit: str) -> list[Ballot]:
    return [ballot for ballot in dossier.ballots if ballot.unit == unit]


def _recounted(dossier: Dossier, ballots: list[Ballot]) -> Dossier:
    root = dossier.aggregates.final_root
    return dossier.reopened(compute_aggregates(dossier.world.election, root, ballots))


# --- T1, T2


def ballot_taken_twice(dossier: Dossier) -> Dossier:
    """Of the two northern ballots one is taken twice, the other left out."""
    first, second = _of(dossier, "north")
    return _recounted(dossier, [second if ballot == first else ballot for ballot in dossier.ballots])


def revoked_ballot_added_up(dossier: Dossier) -> Dossier:
    """The paper voter's in the place of another one of the same unit."""
    revoked, first = dossier.evidence.votes[2].vote.ballot, _of(dossier, "north")[0]
    return _recounted(dossier, [revoked if ballot == first else ballot for ballot in dossier.ballots])


def rerandomised(dossier: Dossier) -> Dossier:
    """The right sum under other randomness: times an encryption of 0."""
    key = dossier.world.election.key
    pool = dossier.aggregates.aggregates[LAND]
    zero = key.encrypt(0, key.randomness(b"attack", bytes(32), b"\x05" * 32, "board", 0))
    return _with_pool(dossier, LAND, ciphertexts=(key.aggregate((*pool.ciphertexts, zero)),))


def merged_otherwise(dossier: Dossier) -> Dossier:
    """All units together, although north has enough by itself."""
    key = dossier.world.election.key

    def change(pools: list[Aggregate]) -> None:
        land, north = pools[LAND], pools[NORTH]
        columns = zip(land.ciphertexts, north.ciphertexts, strict=True)
        together = tuple(key.aggregate(column) for column in columns)
        units = ("north", "south", "island")
        pools[LAND : NORTH + 1] = [replace(land, units=units, ballots=4, ciphertexts=together)]

    return _pools(dossier, change)


def held_by_another_unit(dossier: Dossier) -> Dossier:
    return _with_pool(dossier, LAND, unit="south")


def plaintext_out_of_range(dossier: Dossier) -> Dossier:
    """A million more of the last option: added to the aggregate by the processor, opened by the trustees."""
    key, scheme = dossier.world.election.key, dossier.world.election.schemes["board"]
    (blank,) = scheme.encode(choices(2)["board"])
    randomness = key.randomness(b"attack", bytes(32), b"\x06" * 32, "board", 0)
    pool = dossier.aggregates.aggregates[LAND]
    made = key.aggregate((*pool.ciphertexts, key.encrypt(blank * 2**20, randomness)))
    changed = _pools_only(dossier, LAND, ciphertexts=(made,))
    return _reopened_with_counts(dossier, changed)


def one_vote_too_many(dossier: Dossier) -> Dossier:
    """Three votes in a pool of two ballots."""
    key, scheme = dossier.world.election.key, dossier.world.election.schemes["board"]
    (ada,) = scheme.encode(choices(0)["board"])
    randomness = key.randomness(b"attack", bytes(32), b"\x07" * 32, "board", 0)
    pool = dossier.aggregates.aggregates[LAND]
    changed = _pools_only(
        dossier, LAND, ciphertexts=(key.aggregate((*pool.ciphertexts, key.encrypt(ada, randomness))),)
    )
    return _reopened_with_counts(dossier, changed, add=1)


def _pools_only(dossier: Dossier, position: int, **fields: object) -> Aggregates:
    pools = list(dossier.aggregates.aggregates)
    pools[position] = replace(pools[position], **fields)  # type: ignore[arg-type]
    return replace(dossier.aggregates, aggregates=tuple(pools))


def _reopened_with_counts(dossier: Dossier, changed: Aggregates, add: int = 0) -> Dossier:
    """Aggregates whose sum no honest processor can read: shares and opening are the changed ones', counts made up."""
    election = dossier.world.election
    answers = tuple(dossier.forged_answer(number, changed) for number in (1, 2))
    shares = [answer.answer.shares[LAND].shares[0] for answer in answers]
    key = election.key
    opening = key.open(changed.aggregates[LAND].ciphertexts[0], shares)
    first, *rest = dossier.result.outcomes
    counts = (first.counts[0] + add, *first.counts[1:])
    outcomes = (replace(first, openings=(opening,), counts=counts), *rest)
    result = replace(dossier.result, outcomes=outcomes, totals=totals(election, outcomes))
    return replace(dossier, aggregates=changed, answers=answers, result=result)


def single_ballot_opened(dossier: Dossier) -> Dossier:
    """The islander's ballot is opened alone, and so is the southerner's."""

    def change(pools: list[Aggregate]) -> None:
        for contest in ("board", "wishes"):
            position = next(p for p, pool in enumerate(pools) if (pool.contest, pool.unit) == (contest, "land"))
            split = []
            for unit in ("south", "island"):
                (ballot,) = _of(dossier, unit)
                (part,) = (part for part in ballot.contests if part.contest == contest)
                split.append(Aggregate(contest, unit, (unit,), 1, part.ciphertexts))
            north = pools[position + 1]
            pools[position : position + 2] = [north, *split]

    return _pools(dossier, change)


def unopened_opened(dossier: Dossier) -> Dossier:
    """The pool of one ballot that must stay closed."""
    (ballot,) = _of(dossier, "island")
    (bridge,) = (part for part in ballot.contests if part.contest == "bridge")
    return _with_pool(dossier, 4, ciphertexts=bridge.ciphertexts)


def withheld(dossier: Dossier) -> Dossier:
    return _with_pool(dossier, NORTH, ciphertexts=())


def unit_in_two_pools(dossier: Dossier) -> Dossier:
    return _with_pool(dossier, LAND, units=("north", "south", "island"))


def unknown_unit(dossier: Dossier) -> Dossier:
    return _with_pool(dossier, LAND, units=("south", "island", "moon"))


# --- T3


def _answers(dossier: Dossier, *answers: SignedAnswer) -> Dossier:
    return replace(dossier, answers=answers)


def more_answers_than_due(dossier: Dossier) -> Dossier:
    """All three answer, the third well: accepted."""
    return _answers(dossier, *dossier.answers, dossier.forged_answer(3, dossier.aggregates))


def too_few_answers(dossier: Dossier) -> Dossier:
    return _answers(dossier, dossier.answers[0])


def signature_of_another_answer(dossier: Dossier) -> Dossier:
    first, second = dossier.answers
    return _answers(dossier, replace(first, signature=second.signature), second)


def shares_in_another_order(dossier: Dossier) -> Dossier:
    answer = dossier.answers[0].answer
    first, second, *rest = answer.shares
    return _answers(
        dossier, dossier.signed_answer(1, replace(answer, shares=(second, first, *rest))), dossier.answers[1]
    )


def answer_for_another_election(dossier: Dossier) -> Dossier:
    answer = replace(dossier.answers[0].answer, fingerprint="ef" * 32)
    return _answers(dossier, dossier.signed_answer(1, answer), dossier.answers[1])


# --- T4, T5, T6


def root_of_another_sign(dossier: Dossier) -> Dossier:
    """R → n − R: its n-th power is the negative one, so the equation fails by the sign alone."""
    key, first = dossier.world.election.key, dossier.result.outcomes[0]
    if not isinstance(key, PaillierElectionKey):
        raise TypeError("Paillier only")
    opening = dict(first.openings[0])
    name = next(name for name in opening if name != "plaintext")
    root = int(key.public.decode_value(opening[name]))
    opening[name] = key.public.encode_value(int(key.public.n) - root)
    return claims._first_outcome(dossier, openings=(opening,))


def counts_of_an_unopened_pool(dossier: Dossier) -> Dossier:
    *rest, last = dossier.result.outcomes
    return claims._result(dossier, (*rest, replace(last, counts=(0, 1))))


def outcome_left_out(dossier: Dossier) -> Dossier:
    return claims._result(dossier, dossier.result.outcomes[:-1])


def ballots_of_an_outcome(dossier: Dossier) -> Dossier:
    return claims._first_outcome(dossier, ballots=3)


def aggregates_for_another_tree(dossier: Dossier) -> Dossier:
    return replace(dossier, aggregates=replace(dossier.aggregates, final_root="77" * 32))


def units_of_an_outcome(dossier: Dossier) -> Dossier:
    return claims._first_outcome(dossier, units=("south",))


def vector_counts_changed(dossier: Dossier) -> Dossier:
    """Of the wishes, where a sum has no total to be held against."""
    outcomes = list(dossier.result.outcomes)
    outcomes[2] = replace(outcomes[2], counts=tuple(reversed(outcomes[2].counts)))
    return claims._result(dossier, tuple(outcomes))


def openings_of_other_statements(dossier: Dossier) -> Dossier:
    """The two wishes' openings, and counts with them, have changed places."""
    outcomes = list(dossier.result.outcomes)
    openings, counts = outcomes[3].openings[::-1], outcomes[3].counts[::-1]
    outcomes[3] = replace(outcomes[3], openings=openings, counts=counts)
    return claims._result(dossier, tuple(outcomes))


_TABLE: tuple[tuple[str, str, Callable[[Dossier], Dossier], tuple[str, ...], tuple[str, ...], str], ...] = (
    ("T1", "ballot-twice", ballot_taken_twice, OPENERS, (), "One counted ballot is multiplied in twice, another of the unit left out; shares and openings are theirs"),
    ("T1", "revoked-ballot", revoked_ballot_added_up, OPENERS, (), "The paper voter's ballot is multiplied in, another of the unit left out"),
    ("T1", "rerandomised", rerandomised, OPENERS, (), "An aggregate is multiplied with an encryption of 0"),
    ("T1", "merged-otherwise", merged_otherwise, OPENERS, (), "A unit with ballots enough is pooled with the others"),
    ("T1", "held-by-another-unit", held_by_another_unit, OPENERS, (), "A pool is held by one of its units instead of their ancestor"),
    ("T2", "single-ballots", single_ballot_opened, OPENERS, ("T1",), "Two units with one ballot each are opened by themselves"),
    ("T2", "small-pool-opened", unopened_opened, OPENERS, ("T1",), "The pool below the minimum is opened"),
    ("T2", "withheld", withheld, OPENERS, ("T1",), "A pool that reaches the minimum is not opened"),
    ("T2", "unit-in-two-pools", unit_in_two_pools, OPENERS, ("T1",), "A unit is listed in two pools of one contest"),
    ("T2", "unknown-unit", unknown_unit, OPENERS, ("T1",), "A pool lists a unit that the election does not have"),
    ("T3", "share-of-another-ciphertext", claims.lying_trustee, ("trustees",), (), "A share's value is that for another ciphertext; signed by the trustee"),
    ("T3", "response-of-another-share", claims.proof_forged, ("trustees",), (), "The proof's response is another share's; signed by the trustee"),
    ("T3", "answer-for-another-tree", claims.shares_for_another_tree, ("trustees",), (), "A trustee's good answer for another final root"),
    ("T3", "proofs-for-another-tree", claims.proofs_for_another_tree, ("trustees",), (), "The proofs are made in the context of another final root; the answer names the right one"),
    ("T3", "signed-by-another", claims.answer_signed_by_another, ("trustees",), (), "Trustee 1's answer is signed by trustee 3"),
    ("T3", "another-trustees-shares", claims.another_trustees_shares, ("trustees",), (), "Trustee 1 signs, as its own, shares that say they are trustee 3's"),
    ("T3", "aggregate-left-out", claims.aggregate_left_out, ("trustees",), (), "A trustee's answer has no shares for the first aggregate"),
    ("T3", "another-order", shares_in_another_order, ("trustees",), (), "Two contests' shares of an answer have changed places"),
    ("T3", "another-election", answer_for_another_election, ("trustees",), (), "A trustee's answer names another election's fingerprint; well signed"),
    ("T3", "too-few-answers", too_few_answers, FEW, (), "One trustee's answer where two are due; the openings are right all the same"),
    ("T3", "signature-exchanged", signature_of_another_answer, FEW, (), "An answer has another answer's signature"),
    ("T4", "plaintext-and-counts", claims.opening_tampered, FEW, (), "The plaintext of an opening is changed, and the counts with it"),
    ("T4", "of-another-aggregate", claims.opening_of_another_aggregate, FEW, (), "An aggregate has another one's opening"),
    ("T4", "missing", claims.opening_missing, FEW, (), "An opened aggregate has no opening and no counts, as if it had not been opened"),
    ("T4", "sign-of-the-root", root_of_another_sign, FEW, (), "The root R of an opening is n - R"),
    ("T4", "openings-exchanged", openings_of_other_statements, FEW, (), "Two openings of one vector contest have changed places, and their counts"),
    ("T5", "counts-changed", claims.counts_changed, FEW, (), "A vote has moved from one option to another, in the pool and in the total"),
    ("T5", "vector-counts-changed", vector_counts_changed, FEW, (), "Two options' counts of a vector contest have changed places, in the pool and in the total"),
    ("T5", "unopened-counted", counts_of_an_unopened_pool, FEW, (), "Counts are announced for the pool that was not opened"),
    ("T5", "out-of-range", plaintext_out_of_range, OPENERS, ("T1",), "An aggregate, opened, holds a plaintext of at least B^k; digits of it are announced"),
    ("T5", "more-votes-than-ballots", one_vote_too_many, OPENERS, ("T1",), "An aggregate of two ballots opens to three votes, and they are announced"),
    ("T6", "another-tree", claims.result_for_another_tree, FEW, (), "The result names another final root"),
    ("T6", "totals", claims.totals_changed, FEW, (), "A vote has moved from one option to another in the total only"),
    ("T6", "units-exchanged", claims.outcome_under_another_unit, FEW, (), "Two outcomes' units have changed places"),
    ("T6", "aggregates-for-another-tree", aggregates_for_another_tree, FEW, ("T1",), "The aggregates name another final root, nothing else does"),
    ("T6", "ballots", ballots_of_an_outcome, FEW, (), "An outcome says three ballots, its aggregate two"),
    ("T6", "outcome-left-out", outcome_left_out, FEW, (), "The result leaves out the pool that was not opened"),
    ("T6", "units", units_of_an_outcome, FEW, (), "An outcome lists fewer units than its aggregate"),
)  # fmt: skip


_AT_FAULT: dict[Callable[[Dossier], Dossier], str] = {too_few_answers: "processor"}
"""Who is to blame where it is not the party that the check names."""


def cases(toy: Dossier) -> list[Tampered]:
    made = [
        Tampered(check, name, "toy", record_of(tamper(toy)), title, by, also, _AT_FAULT.get(tamper))
        for check, name, tamper, by, also, title in _TABLE
    ]
    title = "A third trustee's good answer, where two are due"
    spare = Tampered(None, "third-answer", "toy", record_of(more_answers_than_due(toy)), title, ())
    return [*made, spare]
