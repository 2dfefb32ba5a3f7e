"""Keys that the tests of the cryptographic core share, made once a session and only when used."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from typing import TypeAlias

import pytest

from common.crypto.contest import Choice, ContestRules
from common.crypto.cryptosystem import Branch, EncryptedContest, ProvenContest
from common.crypto.dealing import RawDealing, deal_from_primes
from common.crypto.membership import CHALLENGES, Context, challenge
from common.crypto.paillier import PARAMETERS, encode_challenge
from common.crypto.paillier_key import PaillierElectionKey, election_key
from common.crypto.primes import safe_prime_pair
from common.crypto.systems import encode_dealing

PLAYERS, THRESHOLD = 5, 3
Primes: TypeAlias = tuple[int, int]
Prove: TypeAlias = Callable[[PaillierElectionKey, ContestRules, Choice], ProvenContest]
ProveWithErrors: TypeAlias = Callable[[PaillierElectionKey, ContestRules, Sequence[int]], ProvenContest]
Assemble: TypeAlias = Callable[
    [PaillierElectionKey, ContestRules, int, Sequence[int], Callable[[int, int], int], Sequence[int]], ProvenContest
]


@pytest.fixture(scope="session")
def toy_primes() -> Primes:
    """Two safe primes of 256 bits."""
    return safe_prime_pair(256)


@pytest.fixture(scope="session")
def full_size_primes() -> Primes:
    """Two safe primes of 1536 bits."""
    return safe_prime_pair(1536)


@pytest.fixture(scope="session")
def toy_key(toy_primes: Primes) -> PaillierElectionKey:
    """A key of toy-512, 2 of 3 trustees."""
    return election_key(PARAMETERS["toy-512"], encode_dealing(deal_from_primes(*toy_primes, 2, 3), 2).material)


@pytest.fixture(scope="session")
def dealing(toy_primes: Primes) -> RawDealing:
    """A key of toy-512 and its shares, 3 of 5 trustees."""
    return deal_from_primes(*toy_primes, THRESHOLD, PLAYERS)


@pytest.fixture(scope="session")
def full_size_key(full_size_primes: Primes) -> PaillierElectionKey:
    """A key of paillier-3072, 2 of 3 trustees."""
    dealing = encode_dealing(deal_from_primes(*full_size_primes, 2, 3), 2)
    return election_key(PARAMETERS["paillier-3072"], dealing.material)


@pytest.fixture(scope="session")
def single_rules() -> ContestRules:
    """Choose 1 of 5."""
    return ContestRules("mayor", options=5, single=True, max_per_option=1, min_total=1, max_total=1)


@pytest.fixture(scope="session")
def approval_rules() -> ContestRules:
    """Approve up to 2 of 4."""
    return ContestRules("council", options=4, single=False, max_per_option=1, min_total=0, max_total=2)


@pytest.fixture(scope="session")
def prove_choice() -> Prove:
    """Encrypt and prove a choice under a random header, for at most 1000 ballots."""

    def prove(key: PaillierElectionKey, rules: ContestRules, choice: Choice) -> ProvenContest:
        scheme = key.scheme(rules, 1000)
        plaintexts = scheme.encode(choice)
        header, seed = secrets.token_bytes(32), secrets.token_bytes(32)
        randomness = [key.randomness(b"f" * 32, header, seed, rules.id, i) for i in range(scheme.ciphertexts)]
        contest = EncryptedContest.of(key, scheme, plaintexts, randomness)
        return ProvenContest(scheme, contest.ciphertexts, *key.prove([contest], header), header)

    return prove


@pytest.fixture(scope="session")
def assemble_proof() -> Assemble:
    """A cheating prover's last step in a single-choice contest: any u and a_j, challenges that add up, any z_j."""

    def assemble(
        key: PaillierElectionKey,
        rules: ContestRules,
        u: int,
        commitments: Sequence[int],
        respond: Callable[[int, int], int],
        challenges: Sequence[int],
    ) -> ProvenContest:
        """`challenges` holds e_1 … e_(k−1); e_0 is what the hash leaves. `respond(j, e_j)` gives z_j."""
        scheme, header = key.scheme(rules, 1000), secrets.token_bytes(32)
        text = key.public.encode_element(u)
        (statement,) = scheme.statements([text])
        context = Context(header, rules.id)
        total = challenge(key.public, context, 0, statement.allowed, u, commitments)
        e = [(total - sum(challenges)) % CHALLENGES, *challenges]
        branches = tuple(
            Branch(
                key.public.encode_element(a),
                encode_challenge(e_j),
                key.public.encode_value(respond(j, e_j)),
            )
            for j, (a, e_j) in enumerate(zip(commitments, e, strict=True))
        )
        return ProvenContest(scheme, (text,), (branches,), header)

    return assemble


@pytest.fixture(scope="session")
def prove_with_errors(assemble_proof: Assemble) -> ProveWithErrors:
    """An honest vote for the first option whose commitments are multiplied by `errors` before they are hashed."""

    def prove(key: PaillierElectionKey, rules: ContestRules, errors: Sequence[int]) -> ProvenContest:
        public, n = key.public, int(key.public.n)
        (statement,) = key.scheme(rules, 1000).statements([key.encrypt(0, 1)])
        r = 1 + secrets.randbelow(n - 1)
        t = [1 + secrets.randbelow(n - 1) for _ in errors]
        e = [0, *(secrets.randbits(256) for _ in errors[1:])]
        first = statement.allowed[0]
        commitments = [
            int(public.encrypt((m_j - first) * e_j % n, t_j) * error % public.n_squared)
            for m_j, e_j, t_j, error in zip(statement.allowed, e, t, errors, strict=True)
        ]
        u = int(public.encrypt(first, r))
        return assemble_proof(key, rules, u, commitments, lambda j, e_j: t[j] * pow(r, e_j, n) % n, e[1:])

    return prove
