"""The key ceremony's work: finding the primes, sharing, the key proof."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from benchmarks.measure import Cost, Work
from benchmarks.setting import THRESHOLD, TRUSTEES, Setting
from common.crypto.cryptosystem import KeyProof, Share
from common.crypto.dealing import deal_from_primes
from common.crypto.keyproof import prove_two_primes

_CONTEXT = bytes(32)


def costs(setting: Setting) -> Iterator[Cost]:
    """Key generation is luck; its figure is scaled to the number of candidates that a search tests on average."""
    search = _Search(setting)
    yield Cost("key generation, primes", lambda: search.run, correction=search.correction)
    yield Cost("key generation, shares and key proof", partial(_dealing, setting))
    yield Cost("key proof, dealer's part", partial(_proving, setting))
    yield Cost("key proof, one trustee's part", partial(_rehearsing, setting))
    yield Cost("key proof, verify", partial(_verifying, setting))
    yield Cost("verification keys, verify", lambda: setting.key.verify_verification_keys)


class _Search:
    """Searches for primes; remembers how lucky the last one was."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self._luck = 1.0

    def run(self) -> None:
        self._luck = self._setting.search().luck

    def correction(self) -> float:
        return 1 / self._luck


def _dealing(setting: Setting) -> Work:
    p, q = setting.searched.primes
    return lambda: deal_from_primes(p, q, THRESHOLD, TRUSTEES)


def _proving(setting: Setting) -> Work:
    p, q = setting.searched.primes
    return lambda: prove_two_primes(p, q)


def _rehearsal(setting: Setting, trustee: int) -> list[Share]:
    key, secret = setting.key, setting.dealing.shares[trustee - 1]
    return [key.share(secret, trustee, value, _CONTEXT) for value in key.rehearsal_values()]


def _rehearsing(setting: Setting) -> Work:
    _ = setting.key
    return lambda: _rehearsal(setting, 1)


def _proof(setting: Setting) -> KeyProof:
    key = setting.key
    answers = [_rehearsal(setting, trustee) for trustee in range(1, THRESHOLD + 1)]
    roots = [key.root(shares, value) for value, *shares in zip(key.rehearsal_values(), *answers, strict=True)]
    return key.complete_proof(setting.dealing.proof, roots)


def _verifying(setting: Setting) -> Work:
    proof = _proof(setting)
    return lambda: setting.key.verify_proof(proof)
