"""Safe primes: what the search promises, and that it ends cleanly however it is called."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import gmpy2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.crypto import primes
from common.crypto.primes import expected_candidates, require_safe_prime, safe_prime, safe_prime_pair
from common.errors import SetupError


def _search_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith("safe-prime")]


@settings(deadline=None, max_examples=25)
@given(st.integers(min_value=32, max_value=160))
def test_pair_is_two_safe_primes_whose_product_has_exactly_twice_the_bits(bits: int) -> None:
    p, q = safe_prime_pair(bits)
    assert p != q
    for prime in (p, q):
        require_safe_prime(prime)
        assert prime.bit_length() == bits
        assert prime >> (bits - 2) == 0b11
    assert (p * q).bit_length() == 2 * bits


def test_single_safe_prime_of_toy_size() -> None:
    require_safe_prime(safe_prime(256))


@pytest.mark.parametrize("number", [11 * 23, 13, 29, (1 << 61) - 1, 4, 1])
def test_other_numbers_are_no_safe_primes(number: int) -> None:
    with pytest.raises(SetupError, match="not a safe prime"):
        require_safe_prime(number)


def test_primes_too_short_for_the_sieve_are_refused() -> None:
    with pytest.raises(SetupError, match="at least 32 bits"):
        safe_prime_pair(31)


@settings(deadline=None, max_examples=20)
@given(start=st.integers(min_value=1 << 40, max_value=1 << 60), limit=st.integers(min_value=5, max_value=2000))
def test_sieve_keeps_exactly_what_trial_division_keeps(start: int, limit: int) -> None:
    start += (5 - start) % 6
    product = gmpy2.primorial(limit)
    kept = [
        k
        for k in range(300)
        if gmpy2.gcd(start + 6 * k, product) == 1 and gmpy2.gcd(2 * (start + 6 * k) + 1, product) == 1
    ]
    assert primes._sieve(start, 300, limit) == kept


def test_progress_reports_in_the_callers_thread_and_ends_complete() -> None:
    calls: list[tuple[int, int, threading.Thread]] = []
    safe_prime_pair(256, lambda done, expected: calls.append((done, expected, threading.current_thread())))
    done, expected, _ = calls[-1]
    assert done == expected > 0
    assert all(0 < tested <= due for tested, due, _ in calls)
    assert {thread for _, _, thread in calls} == {threading.current_thread()}


def test_expected_candidates_is_about_the_mean() -> None:
    counts: list[int] = []
    total = 0
    for _ in range(60):
        safe_prime(128, lambda done, _expected: counts.append(done))
        total += counts[-1]
    assert 0.4 < total / 60 / expected_candidates(128) < 2.5


def test_interrupted_search_leaves_no_thread_behind() -> None:
    def interrupt(_done: int, _expected: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        safe_prime_pair(256, interrupt)
    assert _search_threads() == []


def test_search_runs_inside_another_thread() -> None:
    with ThreadPoolExecutor(1) as pool:
        p, q = pool.submit(safe_prime_pair, 64).result()
    require_safe_prime(p)
    require_safe_prime(q)
    assert _search_threads() == []
