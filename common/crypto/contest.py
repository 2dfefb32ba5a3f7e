"""What a cryptosystem must know of a contest: how many options there are and which choices are allowed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from common.errors import RuleBroken

Choice: TypeAlias = tuple[int, ...]
"""One amount per option, in the order of the manifest; a single-choice vote has exactly one 1."""


@dataclass(frozen=True, slots=True)
class ContestRules:
    """The allowed choices of one contest.

    `single`: exactly one option gets 1. Otherwise ("vector") each option gets 0..max_per_option, and all together
    min_total..max_total. `options` ≥ 2.
    """

    id: str
    options: int
    single: bool
    max_per_option: int
    min_total: int
    max_total: int

    def require_allowed(self, choice: Choice) -> None:
        """Raise `RuleBroken` unless `choice` is one that a voter may make."""
        if len(choice) != self.options:
            raise RuleBroken(f"contest {self.id} has {self.options} options, the choice names {len(choice)}")
        if any(not 0 <= amount <= self.max_per_option for amount in choice):
            raise RuleBroken(f"contest {self.id} allows 0 to {self.max_per_option} for each option")
        if not self.min_total <= sum(choice) <= self.max_total:
            raise RuleBroken(f"contest {self.id} allows {self.min_total} to {self.max_total} in total")
