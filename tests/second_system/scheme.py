"""How the TOY second system encodes a contest: one ciphertext for each option, in single contests too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from common.crypto.contest import Choice, ContestRules
from common.crypto.cryptosystem import Ciphertext, Statement
from common.errors import CryptoError, RuleBroken
from tests.second_system.group import elements, pack, product

LARGEST_SUM = 2_000
"""Sums are found by trying; no larger one is looked for."""


@dataclass(frozen=True, slots=True)
class OptionScheme:
    """Each option gets 0..max_per_option; all ciphertexts multiplied encrypt min_total..max_total."""

    rules: ContestRules

    @property
    def ciphertexts(self) -> int:
        return self.rules.options

    def encode(self, choice: Choice) -> tuple[int, ...]:
        self.rules.require_allowed(choice)
        return choice

    def statements(self, ciphertexts: Sequence[Ciphertext]) -> tuple[Statement, ...]:
        if len(ciphertexts) != self.rules.options:
            raise CryptoError("not one ciphertext for each option")
        amounts = tuple(range(self.rules.max_per_option + 1))
        totals = tuple(range(self.rules.min_total, self.rules.max_total + 1))
        each = tuple(Statement(index, text, amounts) for index, text in enumerate(ciphertexts))
        return (*each, Statement(len(each), multiply(ciphertexts), totals))

    def decode(self, plaintexts: Sequence[int], ballots: int) -> tuple[int, ...]:
        rules, counts = self.rules, tuple(plaintexts)
        if len(counts) != rules.options or any(not 0 <= n <= ballots * rules.max_per_option for n in counts):
            raise CryptoError("counts that so many ballots cannot give")
        if not ballots * rules.min_total <= sum(counts) <= ballots * rules.max_total:
            raise CryptoError("a total that so many ballots cannot give")
        return counts


def option_scheme(rules: ContestRules, max_ballots: int) -> OptionScheme:
    """`RuleBroken` where sums could exceed what opening looks for."""
    if max_ballots * max(rules.max_per_option, rules.max_total) > LARGEST_SUM:
        raise RuleBroken(f"contest {rules.id}: sums may exceed {LARGEST_SUM}")
    return OptionScheme(rules)


def multiply(ciphertexts: Sequence[Ciphertext]) -> Ciphertext:
    """The encryption of the sum."""
    pairs = [elements(text, 2) for text in ciphertexts]
    return pack(product(alpha for alpha, _ in pairs), product(beta for _, beta in pairs))
