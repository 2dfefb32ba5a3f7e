"""Safe primes: p = 2p'+1 with p and p' both prime, found by a double sieve on both cores.

A search draws a random start, strikes out of a short window every p' for which p' or 2p'+1 has a small factor, and
runs Fermat tests to base 2 on what is left, in random order. A window without a hit is dropped and a new start
drawn, so the primes next to long gaps are hardly favoured. The work runs in threads: gmpy2's powering lets go of the
interpreter lock when asked to, so two threads fill two cores, and a search that is interrupted leaves nothing behind.
"""

from __future__ import annotations

import math
import secrets
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import cache
from threading import Event

import gmpy2
from gmpy2 import mpz, powmod

from common.crypto.cryptosystem import Progress
from common.errors import SetupError

SMALLEST_BITS = 32
_WORKERS = 2
_PRIMALITY_ROUNDS = 40
_WHEEL = 6  # p' = 5 mod 6: p' is odd, and neither p' nor 2p'+1 a multiple of 3
_EULER_GAMMA = 0.5772156649015329


@dataclass(frozen=True, slots=True)
class _Window:
    """What one search task found: how many candidates it tested, and p, or 0 for none."""

    tested: int
    prime: int


def safe_prime(bits: int, progress: Progress | None = None) -> int:
    """A random safe prime of exactly `bits` bits (≥ 32) whose two top bits are set; `SetupError` if too short."""
    return _search(bits, 1, progress)[0]


def safe_prime_pair(bits: int, progress: Progress | None = None) -> tuple[int, int]:
    """Two distinct random safe primes of `bits` bits each (≥ 32); their product has exactly 2·`bits` bits.

    `progress` is called in the caller's thread with (candidates tested, candidates expected). The search has no
    memory: it may be over early or take several times as long as expected, and the second figure then grows with
    the first. The last call has both equal.
    """
    first, second = _search(bits, 2, progress)
    return first, second


def require_safe_prime(prime: int) -> None:
    """Raise `SetupError` unless `prime` is a safe prime (error below 4^-40)."""
    if not gmpy2.is_prime(prime, _PRIMALITY_ROUNDS) or not gmpy2.is_prime((prime - 1) // 2, _PRIMALITY_ROUNDS):
        raise SetupError("not a safe prime")


def expected_candidates(bits: int) -> int:
    """How many sieved candidates a search tests on average for one safe prime of `bits` bits.

    By Mertens, an integer without prime factors up to B is prime with chance e^γ·ln B / ln p; here two must be.
    """
    chance = math.exp(_EULER_GAMMA) * math.log(_sieve_limit(bits)) / (bits * math.log(2))
    return round(chance**-2)


def _search(bits: int, count: int, progress: Progress | None) -> list[int]:
    if bits < SMALLEST_BITS:
        raise SetupError(f"safe primes have at least {SMALLEST_BITS} bits here, not {bits}")
    expected, tested = count * expected_candidates(bits), 0
    found: list[int] = []
    stop = Event()
    with ThreadPoolExecutor(_WORKERS, thread_name_prefix="safe-prime") as pool:
        try:
            running = {pool.submit(_search_window, bits, stop) for _ in range(_WORKERS)}
            while len(found) < count:
                done, running = wait(running, return_when=FIRST_COMPLETED)
                tested += sum(task.result().tested for task in done)
                _collect(found, done)
                running |= {pool.submit(_search_window, bits, stop) for _ in done if len(found) < count}
                if progress is not None:
                    progress(tested, tested if len(found) >= count else max(tested, expected))
        finally:
            stop.set()
    return found[:count]


def _collect(found: list[int], done: set[Future[_Window]]) -> None:
    for task in done:
        prime = task.result().prime
        if prime and prime not in found:
            found.append(prime)


def _search_window(bits: int, stop: Event) -> _Window:
    """Test one window at a fresh random start, until a hit, its end, or `stop`."""
    lowest, highest = 3 << (bits - 3), 1 << (bits - 1)
    size = _window_size(bits)
    start = lowest + secrets.randbelow(highest - lowest - _WHEEL * (size + 1))
    start += (5 - start) % _WHEEL
    survivors = _sieve(start, size, _sieve_limit(bits))
    secrets.SystemRandom().shuffle(survivors)
    tested = 0
    with gmpy2.context(gmpy2.get_context(), allow_release_gil=True):
        for k in survivors:
            if stop.is_set():
                break
            tested += 1
            half = mpz(start + _WHEEL * k)
            if powmod(2, half - 1, half) == 1 and _both_prime(half):
                return _Window(tested, int(2 * half + 1))
    return _Window(tested, 0)


def _both_prime(half: mpz) -> bool:
    """Whether p' = `half` and 2p'+1 are prime; the cheap test of 2p'+1 first."""
    prime = 2 * half + 1
    return powmod(2, prime - 1, prime) == 1 and all(
        gmpy2.is_prime(number, _PRIMALITY_ROUNDS) for number in (half, prime)
    )


def _sieve(start: int, size: int, limit: int) -> list[int]:
    """All k < size for which neither p' = start+6k nor 2p'+1 has a prime factor in [5, limit]; start > limit."""
    base = mpz(start)
    alive = bytearray(b"\x01") * size
    for r, sixth in _small_primes(limit):
        # first: p' = start+6k = 0 (mod r); second: p' = -1/2, so that 2p'+1 = 0 (mod r)
        first = int(-base % r) * sixth % r
        second = (first - sixth * ((r + 1) // 2)) % r
        if first < size:
            alive[first::r] = bytes((size - 1 - first) // r + 1)
        if second < size:
            alive[second::r] = bytes((size - 1 - second) // r + 1)
    return [k for k in range(size) if alive[k]]


@cache
def _small_primes(limit: int) -> tuple[tuple[int, int], ...]:
    """The primes r in [5, limit], each with 1/6 mod r."""
    alive = bytearray(b"\x01") * (limit + 1)
    for r in range(2, math.isqrt(limit) + 1):
        if alive[r]:
            alive[r * r :: r] = bytes((limit - r * r) // r + 1)
    return tuple((r, pow(_WHEEL, -1, r)) for r in range(5, limit + 1) if alive[r])


def _sieve_limit(bits: int) -> int:
    """Largest sieving prime: about where one more costs as much as the tests it saves (measured from 256 to 1536)."""
    return min(1 << 20, max(1 << 10, bits**3 >> 11))


def _window_size(bits: int) -> int:
    """Candidates in a window, before sieving: about half of the mean gap between safe primes."""
    return max(1 << 10, bits * bits // 32)
