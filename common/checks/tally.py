"""T1–T6: the aggregates are the counted ballots', and the announced result is what they open to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from common.crypto.cryptosystem import Opening
from common.encoding.octets import from_base64url
from common.errors import RuleBroken
from common.messages.ballot import Ballot
from common.messages.election import Election
from common.messages.result import (
    Aggregate,
    Aggregates,
    Outcome,
    Result,
    SignedAnswer,
    Total,
    tally_context,
    verify_answer,
)
from common.tally.aggregate import compute_aggregates


@dataclass(frozen=True, slots=True)
class Final:
    """The election with the root of its final tree, in hex."""

    election: Election
    root: str


@dataclass(frozen=True)
class Opened:
    """An aggregate, and what is said to open it; looked into when first asked, and then once."""

    aggregate: Aggregate
    openings: tuple[Opening, ...]
    election: Election = field(repr=False)

    @cached_property
    def plaintexts(self) -> tuple[int, ...]:
        """What the ciphertexts open to, each re-encrypted; `RuleBroken` or `CryptoError` if one does not."""
        if len(self.openings) != len(self.aggregate.ciphertexts):
            raise RuleBroken("there is not one opening for each ciphertext")
        return tuple(
            self.election.key.verify_opening(ciphertext, opening)
            for ciphertext, opening in zip(self.aggregate.ciphertexts, self.openings, strict=True)
        )

    @property
    def counts(self) -> tuple[int, ...]:
        """What the plaintexts decode to, none of an aggregate that was not opened; `CryptoError` if to nothing."""
        scheme = self.election.schemes[self.aggregate.contest]
        return scheme.decode(self.plaintexts, self.aggregate.ballots) if self.plaintexts else ()


@dataclass(frozen=True, slots=True)
class Announced:
    """An opened aggregate, and the counts announced for it."""

    opened: Opened
    counts: tuple[int, ...]


def t1_products(aggregates: Aggregates, context: tuple[Final, Sequence[Ballot]]) -> None:
    final, ballots = context
    if aggregates != compute_aggregates(final.election, final.root, ballots):
        raise RuleBroken("the aggregates are not the products of the counted ballots, merged by the rule")


def t2_minimum(aggregates: Aggregates, election: Election) -> None:
    minimum = election.manifest.policies.minimum_aggregate
    held: Counter[tuple[str, str]] = Counter()
    holders: Counter[tuple[str, str]] = Counter()
    for aggregate in aggregates.aggregates:
        _require_of_election(aggregate, election)
        if (aggregate.ballots < minimum) != (not aggregate.ciphertexts):
            raise RuleBroken(
                f"contest {aggregate.contest}, unit {aggregate.unit}: opened below the minimum, or withheld"
            )
        held.update((aggregate.contest, unit) for unit in aggregate.units)
        holders[aggregate.contest, aggregate.unit] += 1
    if any(times > 1 for times in held.values()):
        raise RuleBroken("a unit's ballots are in two aggregates of one contest")
    if any(times > 1 for times in holders.values()):
        raise RuleBroken("a unit holds two aggregates of one contest")


def _require_of_election(aggregate: Aggregate, election: Election) -> None:
    """Its contest exists, its units exist and vote in it; it has as many ciphertexts as a ballot there, or none."""
    named = {aggregate.unit, *aggregate.units}
    if aggregate.contest not in election.schemes or not aggregate.units or not named <= set(election.units):
        raise RuleBroken("an aggregate of a contest or unit that the election does not have")
    if any(aggregate.contest not in election.units[unit].contests for unit in named):
        raise RuleBroken(f"contest {aggregate.contest}: an aggregate of a unit that does not vote in it")
    if len(aggregate.ciphertexts) not in (0, election.schemes[aggregate.contest].ciphertexts):
        raise RuleBroken(f"contest {aggregate.contest}: an aggregate with a wrong number of ciphertexts")


def t3_shares(signed: SignedAnswer, context: tuple[Final, Aggregates]) -> None:
    """A trustee's answer: signed, for this final tree, one good share for each ciphertext of each aggregate."""
    final, aggregates = context
    election, answer = final.election, signed.answer
    if not answer.trustee <= len(election.manifest.trustees):
        raise RuleBroken("there is no such trustee")
    verify_answer(signed, from_base64url(election.manifest.trustees[answer.trustee - 1].signing_key))
    if (answer.fingerprint, answer.final_root) != (election.fingerprint, final.root):
        raise RuleBroken("the trustee answered for another election or tree")
    to_open = [aggregate for aggregate in aggregates.aggregates if aggregate.ciphertexts]
    if [(s.contest, s.unit, len(s.shares)) for s in answer.shares] != [
        (a.contest, a.unit, len(a.ciphertexts)) for a in to_open
    ]:
        raise RuleBroken("the trustee did not answer for exactly the aggregates to be opened")
    for aggregate, shares in zip(to_open, answer.shares, strict=True):
        for index, (target, share) in enumerate(zip(aggregate.ciphertexts, shares.shares, strict=True)):
            if share.trustee != answer.trustee:
                raise RuleBroken("the answer holds another trustee's share")
            place = tally_context(election.fingerprint, final.root, aggregate.contest, aggregate.unit, index)
            election.key.verify_share(share, target, place)


def t4_opening(opened: Opened, _context: None) -> None:
    _ = opened.plaintexts


def t5_counts(announced: Announced, _context: None) -> None:
    if announced.counts != announced.opened.counts:
        raise RuleBroken("the announced counts are not what the opening decodes to")


def t6_result(result: Result, context: tuple[Final, Aggregates]) -> None:
    """Result and aggregates name this election and final tree, list the same pools, and the totals add up."""
    final, aggregates = context
    for named in ((result.fingerprint, result.final_root), (aggregates.fingerprint, aggregates.final_root)):
        if named != (final.election.fingerprint, final.root):
            raise RuleBroken("the result is for another election or final tree")
    if [(o.contest, o.unit, o.units, o.ballots) for o in result.outcomes] != [
        (a.contest, a.unit, a.units, a.ballots) for a in aggregates.aggregates
    ]:
        raise RuleBroken("the result does not list exactly the aggregates")
    if any(len(o.counts) not in (0, final.election.schemes[o.contest].rules.options) for o in result.outcomes):
        raise RuleBroken("an outcome does not have one count for each option")
    if result.totals != totals(final.election, result.outcomes):
        raise RuleBroken("the totals are not the sums of the outcomes")


def totals(election: Election, outcomes: Sequence[Outcome]) -> tuple[Total, ...]:
    """Each contest over all its outcomes, in manifest order."""
    found = []
    for contest in election.manifest.contests:
        mine = [outcome for outcome in outcomes if outcome.contest == contest.id]
        opened = [outcome for outcome in mine if outcome.counts]
        counts = [sum(column) for column in zip(*(o.counts for o in opened), strict=True)]
        found.append(
            Total(
                contest.id,
                sum(outcome.ballots for outcome in opened),
                sum(outcome.ballots for outcome in mine if not outcome.counts),
                tuple(counts) if opened else (0,) * len(contest.options),
            )
        )
    return tuple(found)
