"""What the measured work needs, made when first asked for: a key with its shares, and proven contests."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from functools import cached_property

from common.crypto.contest import Choice, ContestRules
from common.crypto.cryptosystem import Dealing, ElectionKey, EncryptedContest, ProvenContest
from common.crypto.dealing import deal_from_primes
from common.crypto.paillier import PARAMETERS
from common.crypto.primes import expected_candidates, safe_prime_pair
from common.crypto.systems import cryptosystem, encode_dealing

THRESHOLD, TRUSTEES = 3, 5
MAX_BALLOTS = 1_000_000
_FINGERPRINT = bytes(32)


@dataclass(frozen=True)
class Search:
    """Two safe primes, and how long looking for them took: candidates tested over candidates expected."""

    primes: tuple[int, int]
    luck: float


class Setting:
    """One parameter set, and how big the benchmark is. Every key is fresh and is kept nowhere."""

    def __init__(self, parameters: str, *, quick: bool) -> None:
        """`SetupError` if there is no such parameter set."""
        self.insecure = cryptosystem(parameters).insecure
        self.parameters = parameters
        self.quick = quick

    @property
    def bits(self) -> int:
        """|n|."""
        return PARAMETERS[self.parameters].bits

    @cached_property
    def searched(self) -> Search:
        return self.search()

    def search(self) -> Search:
        """Look for the primes of a modulus, with all the threads that a ceremony uses."""
        bits, tested = self.bits // 2, 0

        def progress(done: int, _expected: int) -> None:
            nonlocal tested
            tested = done

        primes = safe_prime_pair(bits, progress)
        return Search(primes, tested / (2 * expected_candidates(bits)))

    @property
    def modulus(self) -> int:
        p, q = self.searched.primes
        return p * q

    @cached_property
    def dealing(self) -> Dealing:
        """A key for 3 of 5 trustees."""
        return encode_dealing(deal_from_primes(*self.searched.primes, THRESHOLD, TRUSTEES), THRESHOLD)

    @cached_property
    def key(self) -> ElectionKey:
        return cryptosystem(self.parameters).key(self.dealing.material)

    def prove(self, rules: ContestRules, choice: Choice) -> ProvenContest:
        """Encrypt and prove a choice as a voter's client does, under a random ballot header."""
        key, scheme = self.key, self.key.scheme(rules, MAX_BALLOTS)
        plaintexts = scheme.encode(choice)
        header, seed = secrets.token_bytes(32), secrets.token_bytes(32)
        randomness = [key.randomness(_FINGERPRINT, header, seed, rules.id, i) for i in range(scheme.ciphertexts)]
        contest = EncryptedContest.of(key, scheme, plaintexts, randomness)
        (proofs,) = key.prove([contest], header)
        return ProvenContest(scheme, contest.ciphertexts, proofs, header)
