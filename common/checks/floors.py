"""The floors of K2 that need no keys: one rule a function, so that a draft can name what breaks each (spec 12).

Each raises `RuleBroken`. K2 runs them all over a manifest; the organisers' draft runs them before there are keys.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from common.errors import RuleBroken
from common.messages.manifest import Contest, Policies, Times, Unit
from common.tally.merge import ancestors

MINIMUM_THRESHOLD = 2
MINIMUM_AGGREGATE = 2
MAXIMUM_BRANCHES = 2_000
MAXIMUM_VOTE_BYTES = 16_000_000
MAXIMUM_CLOCK_SECONDS = 86_400
MAXIMUM_EXTENSION_SECONDS = 604_800


def require_distinct(what: str, names: Iterable[str]) -> None:
    seen = list(names)
    if len(set(seen)) != len(seen):
        raise RuleBroken(f"two have the same name: {what}")


def require_threshold(threshold: int, trustees: int) -> None:
    if not MINIMUM_THRESHOLD <= threshold <= trustees:
        raise RuleBroken(f"threshold {threshold} of {trustees} trustees; at least 2, at most all")


def require_quorum(quorum: int, witnesses: int, hostile: int) -> None:
    if quorum > witnesses or 2 * quorum <= witnesses + hostile:
        raise RuleBroken(f"a quorum of {quorum} of {witnesses} witnesses cannot stand {hostile} hostile")


def require_period(times: Times) -> None:
    if times.opens >= times.closes:
        raise RuleBroken("the election closes before it opens")


def require_extension(closes: int, extended: int) -> None:
    """Whether `extended`, the end that an extension names, is near enough to `closes`, the manifest's (seconds)."""
    if extended > closes + MAXIMUM_EXTENSION_SECONDS:
        raise RuleBroken("voting may be extended to a week after the end in the manifest at most")


def require_clocks(times: Times) -> None:
    if max(times.grace, times.max_age, times.skew) > MAXIMUM_CLOCK_SECONDS:
        raise RuleBroken("grace, max_age and skew may be a day at most")
    if times.intake_margin >= min(times.grace, times.max_age, times.ocsp_freshness):
        raise RuleBroken(
            "the intake margin leaves no time to vote: it must be below grace, max_age and ocsp_freshness"
        )
    if times.max_age < 1 or times.ocsp_freshness < 1:
        raise RuleBroken("max_age and ocsp_freshness must be at least a second")


def require_one_root(units: Sequence[Unit]) -> None:
    if sum(unit.parent is None for unit in units) != 1:
        raise RuleBroken("the counting units must have exactly one root")


def require_parent(units: Sequence[Unit], position: int) -> None:
    """The parent of `units[position]` is among the units before it, so that no circle can be."""
    unit = units[position]
    if unit.parent is not None and unit.parent not in {other.id for other in units[:position]}:
        raise RuleBroken(f"unit {unit.id} comes before its parent, or its parent does not exist")


def require_known_contests(unit: Unit, contests: Iterable[Contest]) -> None:
    if not set(unit.contests) <= {contest.id for contest in contests}:
        raise RuleBroken(f"unit {unit.id} has a contest that the election does not have")
    require_distinct(f"contest of unit {unit.id}", unit.contests)


def require_common_ancestors(contest: str, units: Sequence[Unit]) -> None:
    """Some unit has the contest, and so has the nearest common ancestor of any two that have it.

    Walking up from each such unit to the next one, no unit without the contest may be reached from two sides.
    `units` are parents first.
    """
    by_id = {unit.id: unit for unit in units}
    holders = {unit.id for unit in units if contest in unit.contests}
    if not holders:
        raise RuleBroken(f"no unit votes in contest {contest}")
    reached: dict[str, tuple[str, str]] = {}
    for unit in units:
        below = unit.id
        for above in ancestors(by_id, unit.id) if unit.id in holders else ():
            if above in holders:
                break
            side, first = reached.setdefault(above, (below, unit.id))
            if side != below:
                raise RuleBroken(f"contest {contest} lacks the common ancestor of {first} and {unit.id}, {above}")
            below = above


def require_policies(policies: Policies) -> None:
    if policies.minimum_aggregate < MINIMUM_AGGREGATE:
        raise RuleBroken(f"the minimum aggregate must be at least {MINIMUM_AGGREGATE}")
    if policies.branches > MAXIMUM_BRANCHES or policies.vote_bytes > MAXIMUM_VOTE_BYTES:
        raise RuleBroken("the policies allow larger ballots than the code does")


def require_totals(contest: Contest) -> None:
    if contest.kind == "vector" and not contest.min_total <= contest.max_total <= (
        len(contest.options) * contest.max_per_option
    ):
        raise RuleBroken(f"contest {contest.id}: totals {contest.min_total} to {contest.max_total} do not fit")


def require_branches(unit: Unit, contests: Mapping[str, Contest], policies: Policies) -> None:
    branches = sum(proof_branches(contests[name]) for name in unit.contests)
    if branches > policies.branches:
        raise RuleBroken(f"a ballot of unit {unit.id} has {branches} proof branches, over {policies.branches}")


def proof_branches(contest: Contest) -> int:
    """How many proof branches a vote in this contest has at most."""
    rules = contest.rules()
    if rules.single:
        return rules.options
    return rules.options * (rules.max_per_option + 1) + rules.max_total - rules.min_total + 1
