"""How a contest becomes plaintexts, what a ballot must prove of them, and how an opened sum is read (T5).

single  one ciphertext of B^j for option j, B = 2^b, with the smallest b for which 2^b > max_ballots.
vector  one ciphertext per option.

Headroom: whatever is summed stays below 2^(|n|−130). A forged ballot under a hostile dealer's key would move a sum by
at least n/2^128, which then cannot pass for a result.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from common.crypto.contest import Choice, ContestRules
from common.crypto.cryptosystem import Ciphertext, ContestScheme, Statement
from common.crypto.paillier import PublicKey
from common.errors import CryptoError, RuleBroken

HEADROOM_BITS = 130


def contest_scheme(key: PublicKey, rules: ContestRules, max_ballots: int) -> ContestScheme:
    """The scheme for a contest; `RuleBroken`, saying which bound, for rules it cannot hold. `max_ballots` ≥ 1."""
    if max_ballots < 1:
        raise RuleBroken("max_ballots is at least 1")
    _require_sound(rules)
    if rules.single:
        return _single(key, rules, max_ballots)
    return _vector(key, rules, max_ballots)


@dataclass(frozen=True, slots=True)
class SingleScheme:
    """Choose one of k options: one ciphertext of B^j, B = 2^digit_bits."""

    key: PublicKey
    rules: ContestRules
    digit_bits: int
    allowed: tuple[int, ...]

    @property
    def ciphertexts(self) -> int:
        return 1

    def encode(self, choice: Choice) -> tuple[int, ...]:
        self.rules.require_allowed(choice)
        return (self.allowed[choice.index(1)],)

    def statements(self, ciphertexts: Sequence[Ciphertext]) -> tuple[Statement, ...]:
        _require_count(self.rules, ciphertexts, 1)
        return (Statement(0, ciphertexts[0], self.allowed),)

    def decode(self, plaintexts: Sequence[int], ballots: int) -> tuple[int, ...]:
        """The digits of the one plaintext M to base B: M < B^k, and the digits add up to `ballots`."""
        _require_count(self.rules, plaintexts, 1)
        total, options = int(plaintexts[0]), self.rules.options
        if not 0 <= total < 1 << (self.digit_bits * options):
            raise CryptoError(f"contest {self.rules.id}: the sum exceeds its {options} digits")
        mask = (1 << self.digit_bits) - 1
        counts = tuple(total >> (self.digit_bits * option) & mask for option in range(options))
        if sum(counts) != ballots:
            raise CryptoError(f"contest {self.rules.id}: counts add up to {sum(counts)} for {ballots} ballots")
        return counts


@dataclass(frozen=True, slots=True)
class VectorScheme:
    """An amount for each option: one ciphertext per option, and a statement about their product."""

    key: PublicKey
    rules: ContestRules
    amounts: tuple[int, ...]
    totals: tuple[int, ...]
    """The allowed totals, or none if the amounts already imply them."""

    @property
    def ciphertexts(self) -> int:
        return self.rules.options

    def encode(self, choice: Choice) -> tuple[int, ...]:
        self.rules.require_allowed(choice)
        return tuple(choice)

    def statements(self, ciphertexts: Sequence[Ciphertext]) -> tuple[Statement, ...]:
        """One for each option, and last, if it says anything, one for the product of all."""
        _require_count(self.rules, ciphertexts, self.rules.options)
        each = tuple(Statement(index, text, self.amounts) for index, text in enumerate(ciphertexts))
        if not self.totals:
            return each
        product = self.key.product(map(self.key.decode_element, ciphertexts))
        return (*each, Statement(len(each), self.key.encode_element(product), self.totals))

    def decode(self, plaintexts: Sequence[int], ballots: int) -> tuple[int, ...]:
        """The plaintexts: each ≤ ballots·max_per_option, together within ballots·[min_total, max_total]."""
        rules = self.rules
        _require_count(rules, plaintexts, rules.options)
        counts = tuple(map(int, plaintexts))
        if any(not 0 <= count <= ballots * rules.max_per_option for count in counts):
            raise CryptoError(f"contest {rules.id}: more for an option than {ballots} ballots can give")
        if not ballots * rules.min_total <= sum(counts) <= ballots * rules.max_total:
            raise CryptoError(f"contest {rules.id}: a total that {ballots} ballots cannot give")
        return counts


def _require_sound(rules: ContestRules) -> None:
    if rules.options < 2:
        raise RuleBroken(f"contest {rules.id} has fewer than 2 options")
    if rules.max_per_option < 1:
        raise RuleBroken(f"contest {rules.id}: max_per_option is at least 1")
    if not 0 <= rules.min_total <= rules.max_total <= rules.options * rules.max_per_option:
        raise RuleBroken(f"contest {rules.id}: needs 0 ≤ min_total ≤ max_total ≤ options·max_per_option")
    if rules.single and (rules.max_per_option, rules.min_total, rules.max_total) != (1, 1, 1):
        raise RuleBroken(f"contest {rules.id}: a single choice gives exactly 1 in all")


def _single(key: PublicKey, rules: ContestRules, max_ballots: int) -> SingleScheme:
    digit_bits = max_ballots.bit_length()
    if rules.options * digit_bits + HEADROOM_BITS > key.bits:
        most = (key.bits - HEADROOM_BITS) // digit_bits
        raise RuleBroken(
            f"contest {rules.id} has {rules.options} options: {key.bits} bits hold {most} counters of "
            f"{digit_bits} bits for {max_ballots} ballots, beside {HEADROOM_BITS} bits of headroom"
        )
    allowed = tuple(1 << (digit_bits * option) for option in range(rules.options))
    return SingleScheme(key, rules, digit_bits, allowed)


def _vector(key: PublicKey, rules: ContestRules, max_ballots: int) -> VectorScheme:
    largest_sum = max_ballots * max(rules.max_per_option, rules.max_total)
    if largest_sum >> (key.bits - HEADROOM_BITS):
        raise RuleBroken(
            f"contest {rules.id}: a sum of {largest_sum.bit_length()} bits does not fit in {key.bits} bits "
            f"beside {HEADROOM_BITS} bits of headroom"
        )
    implied = (rules.min_total, rules.max_total) == (0, rules.options * rules.max_per_option)
    totals = () if implied else tuple(range(rules.min_total, rules.max_total + 1))
    return VectorScheme(key, rules, tuple(range(rules.max_per_option + 1)), totals)


def _require_count(rules: ContestRules, values: Sequence[object], due: int) -> None:
    if len(values) != due:
        raise CryptoError(f"contest {rules.id} takes {due} ciphertexts, not {len(values)}")
