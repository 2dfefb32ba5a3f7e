"""Ballots: encrypting and proving, and verifying the proofs one by one and in batches.

A verification is C10 (elements in range and coprime to n) and C11 (the proofs), from the strings of a message on.

A batch repeats a few distinct, real contests up to its size, since making each anew would take minutes. The batch
code gains nothing from that: every occurrence is decoded, hashed and weighted by itself, its weights are random, and
`multiexp` remembers nothing by value (a test counts its products for equal and for different bases).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import cycle, islice

from benchmarks.measure import Cost, Target, Work
from benchmarks.setting import Setting
from benchmarks.yardsticks import POWER, POWER_3072
from common.crypto.contest import Choice, ContestRules
from common.crypto.cryptosystem import ProvenContest

LARGEST_BATCH = 500
QUICK_BATCH = 40


@dataclass(frozen=True, slots=True)
class Example:
    """A contest, choices to make in it, and what one ballot may cost.

    `prove_at_most` in full powers mod n², `batch_at_most` in powers of 3072 bits, in a batch of 500 at 3072 bits.
    """

    label: str
    rules: ContestRules
    choices: tuple[Choice, ...]
    prove_at_most: float
    batch_at_most: float | None


ONE_OF_5 = Example(
    "1 of 5",
    ContestRules("mayor", options=5, single=True, max_per_option=1, min_total=1, max_total=1),
    tuple(tuple(int(option == chosen) for option in range(5)) for chosen in range(5)),
    prove_at_most=7,
    batch_at_most=0.317,
)
UP_TO_2_OF_4 = Example(
    "approve 2 of 4",
    ContestRules("council", options=4, single=False, max_per_option=1, min_total=0, max_total=2),
    ((1, 0, 0, 1), (0, 1, 0, 0), (0, 1, 1, 0), (0, 0, 0, 0)),
    prove_at_most=17,
    batch_at_most=None,
)


def costs(setting: Setting) -> Iterator[Cost]:
    """Proving and verifying for both kinds of contest; targets hold for the full-size parameter set."""
    full_size = setting.parameters == "paillier-3072"
    largest = QUICK_BATCH if setting.quick else LARGEST_BATCH
    for example in (ONE_OF_5, UP_TO_2_OF_4):
        target = Target(POWER, example.prove_at_most) if full_size else None
        yield Cost(f"encrypt and prove, {example.label}", partial(_proving, setting, example), target=target)
        yield Cost(f"verify one by one, {example.label}", partial(_naive, setting, example))
        for size in (1, 20, largest):
            name = f"verify in a batch of {size}, {example.label}"
            yield Cost(name, partial(_batch, setting, example, size), size, _batch_target(example, size, full_size))


def _batch_target(example: Example, size: int, full_size: bool) -> Target | None:
    if not full_size or size != LARGEST_BATCH or example.batch_at_most is None:
        return None
    return Target(POWER_3072, example.batch_at_most)


def _proving(setting: Setting, example: Example) -> Work:
    _ = setting.key
    choices = cycle(example.choices)
    return lambda: setting.prove(example.rules, next(choices))


def _contests(setting: Setting, example: Example, size: int) -> list[ProvenContest]:
    distinct = 3 if setting.quick else 10
    made = [setting.prove(example.rules, choice) for choice in islice(cycle(example.choices), min(size, distinct))]
    return list(islice(cycle(made), size))


def _naive(setting: Setting, example: Example) -> Work:
    (contest,) = _contests(setting, example, 1)

    def work() -> None:
        setting.key.require_elements([contest])
        setting.key.verify(contest)

    return work


def _batch(setting: Setting, example: Example, size: int) -> Work:
    contests = _contests(setting, example, size)

    def work() -> None:
        setting.key.require_elements(contests)
        setting.key.verify_batch(contests)

    return work
