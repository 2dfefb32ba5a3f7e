"""A proof of the wrong shape is refused by every way to verify, and before any equation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

import pytest

from common.crypto.contest import Choice, ContestRules
from common.crypto.cryptosystem import Branch, EncryptedContest, ProvenContest
from common.crypto.membership import Context
from common.crypto.paillier_key import PaillierElectionKey
from common.errors import CryptoError

Prove: TypeAlias = Callable[[PaillierElectionKey, ContestRules, Choice], ProvenContest]


@pytest.mark.parametrize("branches", [0, 4, 6])
def test_another_number_of_branches_is_refused(
    toy_key: PaillierElectionKey, single_rules: ContestRules, prove_choice: Prove, branches: int
) -> None:
    good = prove_choice(toy_key, single_rules, (1, 0, 0, 0, 0))
    proof: tuple[Branch, ...] = (*good.proofs[0], good.proofs[0][0])[:branches]
    other = replace(good, proofs=(proof,))
    for verify in (toy_key.require_elements, toy_key.verify_batch):
        with pytest.raises(CryptoError, match=f"{branches} branches for a set of 5"):
            verify([other])
    with pytest.raises(CryptoError, match=f"{branches} branches for a set of 5"):
        toy_key.verify(other)
    assert toy_key.find_invalid([good, other]) == (1,)


@pytest.mark.parametrize("proofs", [0, 2])
def test_another_number_of_proofs_is_refused(
    toy_key: PaillierElectionKey, single_rules: ContestRules, prove_choice: Prove, proofs: int
) -> None:
    good = prove_choice(toy_key, single_rules, (1, 0, 0, 0, 0))
    other = replace(good, proofs=(*good.proofs, *good.proofs)[:proofs])
    for verify in (toy_key.require_elements, toy_key.verify_batch):
        with pytest.raises(CryptoError, match=f"{proofs} proofs for 1 statements"):
            verify([other])


@pytest.mark.parametrize(
    "proof",
    [{}, {"nth_roots": ()}, {"square_roots": ()}, {"nth_roots": (), "square_roots": (), "more": ()}],
    ids=["empty", "no square roots", "no n-th roots", "a third part"],
)
def test_key_proof_of_other_parts_is_refused(toy_key: PaillierElectionKey, proof: dict[str, tuple[str, ...]]) -> None:
    with pytest.raises(CryptoError, match="nothing else"):
        toy_key.verify_proof(proof)


def test_dealers_part_of_the_key_proof_is_the_square_roots_alone(toy_key: PaillierElectionKey) -> None:
    assert toy_key.complete_proof({"square_roots": ("AA",)}, ["AQ"]) == {
        "nth_roots": ("AQ",),
        "square_roots": ("AA",),
    }
    with pytest.raises(CryptoError, match="square roots"):
        toy_key.complete_proof({"square_roots": (), "nth_roots": ()}, [])


def test_every_branch_of_every_proof_is_drawn_anew(toy_key: PaillierElectionKey, single_rules: ContestRules) -> None:
    """A commitment that came twice would show which branch is the true one."""
    scheme = toy_key.scheme(single_rules, 1000)
    (plaintext,) = scheme.encode((0, 0, 1, 0, 0))
    contest = EncryptedContest.of(toy_key, scheme, [plaintext], [12345])
    proofs = [toy_key.prove([contest], b"h" * 32)[0][0] for _ in range(3)]
    branches = [branch for proof in proofs for branch in proof]
    for part in ("commitment", "challenge", "response"):
        values = [getattr(branch, part) for branch in branches]
        assert len(set(values)) == len(values), part


@pytest.mark.parametrize("length", [0, 31, 33])
def test_proof_binds_a_header_hash_of_32_bytes_and_no_other(length: int) -> None:
    assert Context(bytes(32), "board").contest == "board"
    with pytest.raises(CryptoError, match="32 bytes"):
        Context(bytes(length), "board")
