"""The batch accepts exactly what the readable verification accepts, and bisection names the rest."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeAlias, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.crypto import batch
from common.crypto.contest import Choice, ContestRules
from common.crypto.cryptosystem import Branch, ProvenContest
from common.crypto.paillier_key import PaillierElectionKey
from common.errors import CryptoError

Prove: TypeAlias = Callable[[PaillierElectionKey, ContestRules, Choice], ProvenContest]
ProveWithErrors: TypeAlias = Callable[[PaillierElectionKey, ContestRules, Sequence[int]], ProvenContest]
Assemble: TypeAlias = Callable[..., ProvenContest]
T = TypeVar("T")

KINDS = (
    "single",
    "approval",
    "z flipped",
    "two z flipped",
    "a flipped",
    "z wrong",
    "a wrong",
    "errors cancel",
    "another header",
    "u = 0",
    "z = 0",
    "z multiple of p",
    "a multiple of n",
    "branch missing",
)
GOOD = {"single", "approval", "z flipped", "two z flipped", "a flipped"}


def respond(contest: ProvenContest, position: int, change: Callable[[str], str]) -> ProvenContest:
    def changed(j: int, branch: Branch) -> Branch:
        return replace(branch, response=change(branch.response)) if j == position else branch

    return replace(contest, proofs=(tuple(changed(j, b) for j, b in enumerate(contest.proofs[0])),))


@pytest.fixture(scope="session")
def contests(
    toy_key: PaillierElectionKey,
    toy_primes: tuple[int, int],
    single_rules: ContestRules,
    approval_rules: ContestRules,
    prove_choice: Prove,
    prove_with_errors: ProveWithErrors,
    assemble_proof: Assemble,
) -> dict[str, ProvenContest]:
    """One contest of each kind."""
    public, n = toy_key.public, int(toy_key.public.n)
    single = prove_choice(toy_key, single_rules, (0, 1, 0, 0, 0))
    shift = 1 + n

    def flip(text: str) -> str:
        return public.encode_value(n - int(public.decode_value(text)))

    def with_errors(*errors: int) -> ProvenContest:
        return prove_with_errors(toy_key, single_rules, errors)

    def assembled(u: int, a: int, z: int) -> ProvenContest:
        return assemble_proof(toy_key, single_rules, u, [a] * 5, lambda _j, _e: z, [3] * 4)

    return {
        "single": single,
        "approval": prove_choice(toy_key, approval_rules, (1, 0, 0, 1)),
        "z flipped": respond(single, 0, flip),
        "two z flipped": respond(respond(single, 1, flip), 3, flip),
        "a flipped": with_errors(1, -1, 1, 1, 1),
        "z wrong": respond(single, 2, lambda _: public.encode_value(2)),
        "a wrong": with_errors(1, 1, 1, 1, shift),
        "errors cancel": with_errors(1, shift, pow(shift, -1, n * n), 1, 1),
        "another header": replace(single, header=bytes(32)),
        "u = 0": assembled(0, 0, 0),
        "z = 0": respond(single, 0, lambda _: public.encode_value(0)),
        "z multiple of p": respond(single, 0, lambda _: public.encode_value(toy_primes[0])),
        "a multiple of n": assembled(2, 5 * n, 1),
        "branch missing": replace(single, proofs=(single.proofs[0][1:],)),
    }


def accepts(check: Callable[[T], None], subject: T) -> bool:
    try:
        check(subject)
    except CryptoError:
        return False
    return True


@settings(max_examples=40, deadline=None)
@given(kinds=st.lists(st.sampled_from(KINDS), max_size=9))
def test_batch_equals_readable_verification_on_any_mixture(
    toy_key: PaillierElectionKey, contests: dict[str, ProvenContest], kinds: list[str]
) -> None:
    """C10 is run on each first, as the collector, trustees and auditors do."""
    mixture = [contests[kind] for kind in kinds]
    in_range = [accepts(toy_key.require_elements, [contest]) for contest in mixture]
    assert accepts(toy_key.require_elements, mixture) == all(in_range)

    left = [contest for contest, fine in zip(mixture, in_range, strict=True) if fine]
    verdicts = [accepts(toy_key.verify, contest) for contest in left]
    assert accepts(toy_key.verify_batch, left) == all(verdicts)
    assert toy_key.find_invalid(left) == tuple(i for i, fine in enumerate(verdicts) if not fine)
    assert sum(verdicts) == sum(kind in GOOD for kind in kinds)


def test_batch_rejects_each_bad_kind(toy_key: PaillierElectionKey, contests: dict[str, ProvenContest]) -> None:
    for kind in KINDS:
        pair = [contests["single"], contests[kind]]
        passed = accepts(toy_key.require_elements, pair) and accepts(toy_key.verify_batch, pair)
        assert passed == (kind in GOOD), kind


def test_errors_that_cancel_pass_one_weight_per_ballot_but_not_ours(
    toy_key: PaillierElectionKey, contests: dict[str, ProvenContest]
) -> None:
    attack = [contests["single"], contests["errors cancel"]]
    per_ballot = secrets.randbits(128)
    batch.verify_batch(toy_key.public, attack, weight=lambda _bits: per_ballot)
    for _ in range(20):
        with pytest.raises(CryptoError):
            toy_key.verify_batch(attack)
    with pytest.raises(CryptoError):
        toy_key.verify(contests["errors cancel"])


def test_zeros_would_make_junk_pass_so_elements_are_checked_first(
    toy_key: PaillierElectionKey, contests: dict[str, ProvenContest]
) -> None:
    poisoned = [contests["u = 0"], contests["a wrong"], contests["z wrong"]]
    toy_key.verify_batch(poisoned)
    with pytest.raises(CryptoError, match="range"):
        toy_key.require_elements(poisoned)


def test_weights_are_drawn_for_every_branch_with_full_length(
    toy_key: PaillierElectionKey, contests: dict[str, ProvenContest]
) -> None:
    asked: list[int] = []

    def weight(bits: int) -> int:
        asked.append(bits)
        return secrets.randbits(bits)

    batch.verify_batch(toy_key.public, [contests["single"], contests["approval"]], weight=weight)
    assert asked == [128] * (5 + 4 * 2 + 3)


def test_empty_batch_holds_nothing_wrong(toy_key: PaillierElectionKey) -> None:
    toy_key.require_elements([])
    toy_key.verify_batch([])
    assert toy_key.find_invalid([]) == ()


def test_batches_are_cut_and_positions_kept(
    toy_key: PaillierElectionKey, contests: dict[str, ProvenContest], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "LARGEST_BATCH", 4)
    many = [contests["single"]] * 11
    toy_key.verify_batch(many)
    many[3] = contests["z wrong"]
    many[8] = contests["branch missing"]
    many[10] = contests["another header"]
    assert toy_key.find_invalid(many) == (3, 8, 10)
    with pytest.raises(CryptoError):
        toy_key.verify_batch(many[4:])


@pytest.mark.full_size
def test_batch_equals_readable_verification_at_full_size(
    full_size_key: PaillierElectionKey,
    single_rules: ContestRules,
    prove_choice: Prove,
    prove_with_errors: ProveWithErrors,
) -> None:
    good = prove_choice(full_size_key, single_rules, (0, 0, 0, 0, 1))
    n = int(full_size_key.public.n)
    bad = prove_with_errors(full_size_key, single_rules, [1, 1 + n, pow(1 + n, -1, n * n), 1, 1])
    full_size_key.require_elements([good, bad])
    full_size_key.verify_batch([good] * 5)
    assert full_size_key.find_invalid([good, good, bad, good]) == (2,)
