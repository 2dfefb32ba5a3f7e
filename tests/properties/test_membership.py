"""A membership proof convinces of its own statement only; every way to tamper with one is noticed."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeAlias

import pytest
from gmpy2 import powmod
from hypothesis import given, settings
from hypothesis import strategies as st

from common.crypto.contest import Choice, ContestRules
from common.crypto.cryptosystem import Branch, EncryptedContest, ProvenContest
from common.crypto.membership import CHALLENGES
from common.crypto.paillier import PARAMETERS, decode_challenge, encode_challenge
from common.crypto.paillier_key import PaillierElectionKey
from common.crypto.systems import cryptosystem
from common.errors import CryptoError

Prove: TypeAlias = Callable[[PaillierElectionKey, ContestRules, Choice], ProvenContest]
Tamper: TypeAlias = Callable[[PaillierElectionKey, ProvenContest], ProvenContest]


def verify(key: PaillierElectionKey, contest: ProvenContest) -> None:
    """C10 and C11, as every verifier runs them."""
    key.require_elements([contest])
    key.verify(contest)


def with_branch(contest: ProvenContest, change: Callable[[Branch], Branch], position: int = 0) -> ProvenContest:
    proof = contest.proofs[0]
    changed = (*proof[:position], change(proof[position]), *proof[position + 1 :])
    return replace(contest, proofs=(changed, *contest.proofs[1:]))


def with_response(contest: ProvenContest, key: PaillierElectionKey, change: Callable[[int], int]) -> ProvenContest:
    public = key.public
    return with_branch(
        contest, lambda b: replace(b, response=public.encode_value(change(int(public.decode_value(b.response)))))
    )


def with_commitment(contest: ProvenContest, key: PaillierElectionKey, change: Callable[[int], int]) -> ProvenContest:
    public = key.public
    return with_branch(
        contest,
        lambda b: replace(b, commitment=public.encode_element(change(int(public.decode_element(b.commitment))))),
    )


def with_ciphertext(contest: ProvenContest, key: PaillierElectionKey, change: Callable[[int], int]) -> ProvenContest:
    public = key.public
    first = public.encode_element(change(int(public.decode_element(contest.ciphertexts[0]))))
    return replace(contest, ciphertexts=(first, *contest.ciphertexts[1:]))


def with_challenges(contest: ProvenContest, *shifts: int) -> ProvenContest:
    def shifted(branch: Branch, shift: int) -> Branch:
        moved = (decode_challenge(branch.challenge) + shift) % CHALLENGES
        return replace(branch, challenge=encode_challenge(moved))

    proof = contest.proofs[0]
    head = tuple(shifted(branch, shift) for branch, shift in zip(proof, shifts, strict=False))
    return replace(contest, proofs=((*head, *proof[len(shifts) :]), *contest.proofs[1:]))


@given(option=st.integers(min_value=0, max_value=4))
@settings(max_examples=10)
def test_every_single_choice_is_proved(
    toy_key: PaillierElectionKey, single_rules: ContestRules, prove_choice: Prove, option: int
) -> None:
    verify(toy_key, prove_choice(toy_key, single_rules, tuple(int(option == j) for j in range(5))))


@pytest.mark.parametrize("choice", [(0, 0, 0, 0), (1, 0, 0, 0), (0, 1, 0, 1)])
def test_every_approval_is_proved(
    toy_key: PaillierElectionKey, approval_rules: ContestRules, prove_choice: Prove, choice: Choice
) -> None:
    contest = prove_choice(toy_key, approval_rules, choice)
    assert len(contest.proofs) == 5
    verify(toy_key, contest)


TAMPERED_SINGLE: dict[str, Tamper] = {
    "header": lambda key, c: replace(c, header=bytes(32)),
    "contest id": lambda key, c: replace(c, scheme=key.scheme(replace(c.scheme.rules, id="deputy"), 1000)),
    "allowed set": lambda key, c: replace(c, scheme=key.scheme(c.scheme.rules, 500)),
    "u re-randomised": lambda key, c: with_ciphertext(
        c, key, lambda u: int(u * key.public.encrypt(0, 5)) % key.public.n_squared
    ),
    "u shifted": lambda key, c: with_ciphertext(
        c, key, lambda u: u * (1 + int(key.public.n)) % int(key.public.n) ** 2
    ),
    "u negated": lambda key, c: with_ciphertext(c, key, lambda u: int(key.public.n_squared) - u),
    "a shifted": lambda key, c: with_commitment(
        c, key, lambda a: a * (1 + int(key.public.n)) % int(key.public.n) ** 2
    ),
    "a negated": lambda key, c: with_commitment(c, key, lambda a: int(key.public.n_squared) - a),
    "z changed": lambda key, c: with_response(c, key, lambda z: z * 2 % int(key.public.n)),
    "one challenge changed": lambda key, c: with_challenges(c, 1),
    "challenges moved between branches": lambda key, c: with_challenges(c, 1, -1),
    "branches swapped": lambda key, c: replace(c, proofs=((c.proofs[0][1], c.proofs[0][0], *c.proofs[0][2:]),)),
    "branch repeated": lambda key, c: replace(c, proofs=((c.proofs[0][0], c.proofs[0][0], *c.proofs[0][2:]),)),
    "branch missing": lambda key, c: replace(c, proofs=(c.proofs[0][:-1],)),
    "branch added": lambda key, c: replace(c, proofs=((*c.proofs[0], c.proofs[0][0]),)),
    "no proof": lambda key, c: replace(c, proofs=()),
    "empty proof": lambda key, c: replace(c, proofs=((),)),
    "proof added": lambda key, c: replace(c, proofs=(*c.proofs, *c.proofs)),
    "ciphertext added": lambda key, c: replace(c, ciphertexts=(*c.ciphertexts, *c.ciphertexts)),
    "no ciphertext": lambda key, c: replace(c, ciphertexts=()),
    "header too short": lambda key, c: replace(c, header=c.header[:-1]),
    "challenge too short": lambda key, c: with_branch(c, lambda b: replace(b, challenge=b.challenge[:-2])),
    "challenge too long": lambda key, c: with_branch(c, lambda b: replace(b, challenge="AAAA" + b.challenge)),
    "response empty": lambda key, c: with_branch(c, lambda b: replace(b, response="")),
    "commitment not base64url": lambda key, c: with_branch(c, lambda b: replace(b, commitment="+" * 171)),
}


@pytest.mark.parametrize("tamper", TAMPERED_SINGLE.values(), ids=TAMPERED_SINGLE)
def test_tampered_proof_is_rejected_alone_and_in_a_batch(
    toy_key: PaillierElectionKey, single_rules: ContestRules, prove_choice: Prove, tamper: Tamper
) -> None:
    good = prove_choice(toy_key, single_rules, (0, 1, 0, 0, 0))
    verify(toy_key, good)
    bad = tamper(toy_key, good)
    with pytest.raises(CryptoError):
        toy_key.verify(bad)
    with pytest.raises(CryptoError):
        toy_key.verify_batch([good, bad, good])
    assert toy_key.find_invalid([good, bad, good]) == (1,)


TAMPERED_APPROVAL: dict[str, Tamper] = {
    "options swapped": lambda key, c: replace(
        c,
        ciphertexts=(c.ciphertexts[1], c.ciphertexts[0], *c.ciphertexts[2:]),
        proofs=(c.proofs[1], c.proofs[0], *c.proofs[2:]),
    ),
    "ciphertexts swapped": lambda key, c: replace(
        c, ciphertexts=(c.ciphertexts[1], c.ciphertexts[0], *c.ciphertexts[2:])
    ),
    "one option repeated": lambda key, c: replace(
        c,
        ciphertexts=(c.ciphertexts[0], c.ciphertexts[0], *c.ciphertexts[2:]),
        proofs=(c.proofs[0], c.proofs[0], *c.proofs[2:]),
    ),
    "product not proved": lambda key, c: replace(c, proofs=c.proofs[:-1]),
    "wider total allowed": lambda key, c: replace(c, scheme=key.scheme(replace(c.scheme.rules, max_total=3), 1000)),
}


@pytest.mark.parametrize("tamper", TAMPERED_APPROVAL.values(), ids=TAMPERED_APPROVAL)
def test_tampered_approval_is_rejected_alone_and_in_a_batch(
    toy_key: PaillierElectionKey, approval_rules: ContestRules, prove_choice: Prove, tamper: Tamper
) -> None:
    good = prove_choice(toy_key, approval_rules, (1, 0, 0, 1))
    verify(toy_key, good)
    bad = tamper(toy_key, good)
    with pytest.raises(CryptoError):
        toy_key.verify(bad)
    assert toy_key.find_invalid([good, bad]) == (1,)


def test_sign_flips_change_nothing(
    toy_key: PaillierElectionKey, single_rules: ContestRules, prove_choice: Prove
) -> None:
    good = prove_choice(toy_key, single_rules, (0, 1, 0, 0, 0))
    flipped = with_response(good, toy_key, lambda z: int(toy_key.public.n) - z)
    assert flipped != good
    verify(toy_key, flipped)
    toy_key.verify_batch([good, flipped])


def test_flipped_commitment_is_accepted_if_it_was_hashed(
    toy_key: PaillierElectionKey,
    single_rules: ContestRules,
    prove_with_errors: Callable[[PaillierElectionKey, ContestRules, Sequence[int]], ProvenContest],
) -> None:
    for errors in ([1, -1, 1, 1, 1], [-1, 1, -1, 1, 1]):
        contest = prove_with_errors(toy_key, single_rules, errors)
        verify(toy_key, contest)
        toy_key.verify_batch([contest])
    with pytest.raises(CryptoError, match="does not hold"):
        verify(toy_key, prove_with_errors(toy_key, single_rules, [1, 2, 1, 1, 1]))


BAD_ELEMENTS: dict[str, Tamper] = {
    "u = 0": lambda key, c: with_ciphertext(c, key, lambda u: 0),
    "u = n": lambda key, c: with_ciphertext(c, key, lambda u: int(key.public.n)),
    "u multiple of n": lambda key, c: with_ciphertext(c, key, lambda u: 12345 * int(key.public.n)),
    "u = n²": lambda key, c: with_ciphertext(c, key, lambda u: int(key.public.n_squared)),
    "a = 0": lambda key, c: with_commitment(c, key, lambda a: 0),
    "a multiple of n": lambda key, c: with_commitment(c, key, lambda a: 7 * int(key.public.n)),
    "a above n²": lambda key, c: with_commitment(c, key, lambda a: int(key.public.n_squared) + 1),
    "z = 0": lambda key, c: with_response(c, key, lambda z: 0),
    "z = n": lambda key, c: with_response(c, key, lambda z: int(key.public.n)),
    "z above n": lambda key, c: with_response(c, key, lambda z: int(key.public.n) + 1),
}


@pytest.mark.parametrize("tamper", BAD_ELEMENTS.values(), ids=BAD_ELEMENTS)
def test_elements_out_of_range_or_not_coprime_are_rejected(
    toy_key: PaillierElectionKey, single_rules: ContestRules, prove_choice: Prove, tamper: Tamper
) -> None:
    good = prove_choice(toy_key, single_rules, (0, 1, 0, 0, 0))
    toy_key.require_elements([good, good])
    with pytest.raises(CryptoError):
        toy_key.require_elements([good, tamper(toy_key, good), good])


@pytest.mark.parametrize("part", ["u", "a", "z"])
def test_multiples_of_a_prime_factor_are_rejected(
    toy_key: PaillierElectionKey,
    toy_primes: tuple[int, int],
    single_rules: ContestRules,
    prove_choice: Prove,
    part: str,
) -> None:
    change = {"u": with_ciphertext, "a": with_commitment, "z": with_response}[part]
    good = prove_choice(toy_key, single_rules, (0, 1, 0, 0, 0))
    with pytest.raises(CryptoError, match="coprime"):
        toy_key.require_elements([good, change(good, toy_key, lambda _: 3 * toy_primes[1])])


@pytest.mark.parametrize("plaintext", [0, 3, 2**10 + 1, -1])
def test_simulated_proof_of_a_false_statement_fails_by_the_hash_alone(
    toy_key: PaillierElectionKey,
    single_rules: ContestRules,
    assemble_proof: Callable[..., ProvenContest],
    plaintext: int,
) -> None:
    """Choosing e_j and z_j first makes every equation hold; only a challenge fixed by the hash prevents that."""
    public, n = toy_key.public, int(toy_key.public.n)
    u = public.encrypt(plaintext % n, 5)
    (statement,) = toy_key.scheme(single_rules, 1000).statements([toy_key.encrypt(0, 1)])
    e = [secrets.randbits(256) for _ in statement.allowed]
    z = [1 + secrets.randbelow(n - 1) for _ in statement.allowed]
    a = [
        int(powmod(z_j, n, n * n) * powmod(u * public.power_of_g(-m_j), -e_j, n * n) % (n * n))
        for z_j, e_j, m_j in zip(z, e, statement.allowed, strict=True)
    ]
    forged = assemble_proof(toy_key, single_rules, int(u), a, lambda j, _: z[j], e[1:])
    with pytest.raises(CryptoError, match="branch"):
        verify(toy_key, forged)
    as_simulated = with_branch(forged, lambda b: replace(b, challenge=encode_challenge(e[0])))
    with pytest.raises(CryptoError, match="add up"):
        verify(toy_key, as_simulated)


def test_prover_refuses_what_is_not_allowed(toy_key: PaillierElectionKey, single_rules: ContestRules) -> None:
    with pytest.raises(CryptoError, match="not in the set"):
        toy_key.prove([EncryptedContest.of(toy_key, toy_key.scheme(single_rules, 1000), [3], [5])], bytes(32))


def test_prover_refuses_too_large_a_total(toy_key: PaillierElectionKey, approval_rules: ContestRules) -> None:
    scheme = toy_key.scheme(approval_rules, 1000)
    with pytest.raises(CryptoError, match="not in the set"):
        toy_key.prove([EncryptedContest.of(toy_key, scheme, [1, 1, 1, 0], [7, 7, 7, 7])], bytes(32))


def test_proof_under_another_key_is_rejected(
    toy_key: PaillierElectionKey, single_rules: ContestRules, prove_choice: Prove
) -> None:
    system = cryptosystem("toy-512")
    other = system.key(system.deal(2, 2).material)
    good = prove_choice(toy_key, single_rules, (1, 0, 0, 0, 0))
    with pytest.raises(CryptoError):
        other.verify(good)


def test_proofs_are_fresh_unless_randomness_is_injected(
    toy_key: PaillierElectionKey, single_rules: ContestRules
) -> None:
    scheme = toy_key.scheme(single_rules, 1000)
    contests = [EncryptedContest.of(toy_key, scheme, scheme.encode((1, 0, 0, 0, 0)), [5])]
    assert toy_key.prove(contests, bytes(32)) != toy_key.prove(contests, bytes(32))
    injected = [toy_key.prove(contests, bytes(32), draw=lambda k: k // 3) for _ in range(2)]
    assert injected[0] == injected[1]


@pytest.mark.full_size
@pytest.mark.parametrize("kind", ["single", "approval"])
def test_proofs_convince_at_full_size(
    full_size_key: PaillierElectionKey,
    single_rules: ContestRules,
    approval_rules: ContestRules,
    prove_choice: Prove,
    kind: str,
) -> None:
    assert full_size_key.public.bits == PARAMETERS["paillier-3072"].bits
    rules, choice = (single_rules, (0, 0, 1, 0, 0)) if kind == "single" else (approval_rules, (0, 1, 0, 1))
    good = prove_choice(full_size_key, rules, choice)
    verify(full_size_key, good)
    with pytest.raises(CryptoError):
        full_size_key.verify(with_challenges(good, 1, -1))
