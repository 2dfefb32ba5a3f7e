"""Whether an election can be held as drafted, and what to change if not.

The floors are those of K2 (`common.checks.floors`); a draft that passes gives a manifest that K2 accepts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from common.checks import floors
from common.crypto.cryptosystem import Cryptosystem
from common.crypto.encoding_schemes import contest_scheme
from common.crypto.paillier import PARAMETERS, public_key
from common.crypto.systems import SYSTEMS
from common.errors import MalformedMessage, RuleBroken, SetupError
from common.messages.draft import Draft
from common.messages.manifest import Contest, Unit
from common.messages.message import Count, Name, Positive, Text, decode, encode, message

MAXIMUM_PROOF = 1_000
"""Branches of one proof in a ballot message."""
ENVELOPE_BYTES = 12_000
"""Room for all of a vote but ciphertexts and proofs: the signed statement with its certificate, and names."""


@message
class _Numbers:
    """The fields of a draft that are no message of their own, with the manifest's bounds."""

    title: Text
    max_ballots: Positive
    parameters: Name
    trustees: Annotated[int, Field(ge=2, le=32)]
    witnesses: Annotated[int, Field(ge=1, le=32)]
    quorum: Positive
    hostile: Count
    contests: Annotated[int, Field(ge=1, le=100)]
    units: Annotated[int, Field(ge=1, le=1_000)]


@dataclass(frozen=True, slots=True)
class Problem:
    """`where`: a place in an election definition, such as `contest[2].options`; `text`: what is wrong, what to do."""

    where: str
    text: str

    def __str__(self) -> str:
        return f"{self.where}: {self.text}"


def require_possible(draft: Draft, systems: Mapping[str, Cryptosystem] = SYSTEMS) -> None:
    """`SetupError` with one line for each thing to change, unless the election can be set up as drafted."""
    found = problems(draft, systems)
    if found:
        raise SetupError("\n".join(map(str, found)))


def problems(draft: Draft, systems: Mapping[str, Cryptosystem] = SYSTEMS) -> tuple[Problem, ...]:
    """Everything that stands in the way of this election; empty if nothing does."""
    malformed = tuple(_forms(draft))
    return malformed or (
        *_parties(draft, systems),
        *_clocks(draft),
        *_contests(draft),
        *_units(draft),
    )


def _attempt(where: str, advice: str, check: Callable[..., object], *arguments: object) -> Iterator[Problem]:
    """Run one floor; what it raises becomes a problem with advice."""
    try:
        check(*arguments)
    except (RuleBroken, MalformedMessage) as error:
        yield Problem(where, f"{error}; {advice}")


def _forms(draft: Draft) -> Iterator[Problem]:
    """Each part has the types and bounds that the manifest demands of it."""
    numbers = _Numbers(
        draft.title,
        draft.max_ballots,
        draft.parameters,
        draft.trustees,
        draft.witnesses,
        draft.quorum,
        draft.hostile,
        len(draft.contests),
        len(draft.units),
    )
    parts: list[tuple[str, object]] = [("election", numbers), ("times", draft.times), ("policies", draft.policies)]
    parts += [(f"contest[{number}]", contest) for number, contest in enumerate(draft.contests, 1)]
    parts += [(f"unit[{number}]", unit) for number, unit in enumerate(draft.units, 1)]
    for where, part in parts:
        yield from _attempt(where, "write a value within these bounds", lambda p=part: decode(type(p), encode(p)))


def _parties(draft: Draft, systems: Mapping[str, Cryptosystem]) -> Iterator[Problem]:
    if draft.parameters not in systems:
        known = ", ".join(systems)
        yield Problem("election.parameters", f"there is no such parameter set; write one of {known}")
    advice = f"write a threshold from 2 to {draft.trustees}"
    yield from _attempt("trustees.threshold", advice, floors.require_threshold, draft.threshold, draft.trustees)
    least = (draft.witnesses + draft.hostile) // 2 + 1
    advice = (
        f"write a quorum from {least} to {draft.witnesses}"
        if least <= draft.witnesses
        else "write fewer hostile witnesses, or more witnesses"
    )
    place = "witnesses.quorum"
    yield from _attempt(place, advice, floors.require_quorum, draft.quorum, draft.witnesses, draft.hostile)
    advice = (
        f"write minimum_aggregate ≥ {floors.MINIMUM_AGGREGATE}, branches ≤ {floors.MAXIMUM_BRANCHES}, "
        f"vote_bytes ≤ {floors.MAXIMUM_VOTE_BYTES}"
    )
    yield from _attempt("policies", advice, floors.require_policies, draft.policies)


def _clocks(draft: Draft) -> Iterator[Problem]:
    yield from _attempt("election.closes", "write a later time", floors.require_period, draft.times)
    yield from _attempt("times", "change the one that is named", floors.require_clocks, draft.times)


def _contests(draft: Draft) -> Iterator[Problem]:
    advice = "give each contest an id of its own"
    yield from _attempt("contest", advice, floors.require_distinct, "contest", [c.id for c in draft.contests])
    for number, contest in enumerate(draft.contests, 1):
        place = f"contest[{number}]"
        yield from _attempt(
            f"{place}.options", "write each option once", floors.require_distinct, "option", contest.options
        )
        sums = tuple(_attempt(f"{place}.max_total", _totals_advice(contest), floors.require_totals, contest))
        yield from sums
        if not sums:
            yield from _attempt(f"{place}.max_total", "narrow the amounts allowed", _require_short_proofs, contest)
            advice = "write fewer options or a smaller max_ballots, or take a larger parameter set"
            yield from _attempt(f"{place}.options", advice, _require_room, contest, draft)


def _totals_advice(contest: Contest) -> str:
    if contest.kind == "single":
        return ""
    most = len(contest.options) * contest.max_per_option
    return f"write 0 ≤ min_total ≤ max_total ≤ {most} (options times max_per_option)"


def _require_room(contest: Contest, draft: Draft) -> None:
    """The counters fit into a modulus of the parameter set's length; the encoding itself says so of a stand-in."""
    parameters = PARAMETERS.get(draft.parameters)
    if parameters is not None:
        contest_scheme(public_key((1 << parameters.bits) - 1), contest.rules(), draft.max_ballots)


def _require_short_proofs(contest: Contest) -> None:
    if contest.kind == "vector":
        longest = max(contest.max_per_option, contest.max_total - contest.min_total) + 1
        if longest > MAXIMUM_PROOF:
            raise RuleBroken(f"a proof of contest {contest.id} has {longest} branches, over {MAXIMUM_PROOF}")


def _units(draft: Draft) -> Iterator[Problem]:
    ids = [unit.id for unit in draft.units]
    found = [*_attempt("unit", "give each unit an id of its own", floors.require_distinct, "unit", ids)]
    advice = "leave the parent out of exactly one unit, the one that all others lie in"
    found += _attempt("unit", advice, floors.require_one_root, draft.units)
    for position in range(len(draft.units)):
        where = f"unit[{position + 1}].parent"
        found += _attempt(where, _parent_advice(draft, position), floors.require_parent, draft.units, position)
    known = {contest.id: contest for contest in draft.contests}
    names: list[Problem] = []
    for number, unit in enumerate(draft.units, 1):
        where = f"unit[{number}].contests"
        advice = f"write each once, of {', '.join(known)}"
        faults = list(_attempt(where, advice, floors.require_known_contests, unit, draft.contests))
        names += faults or _ballot_bounds(draft, unit, where)
    yield from (*found, *names)
    for number, contest in enumerate(draft.contests, 1):
        if not found:
            advice = "add the contest to that unit (nobody need vote there), so that small units can be pooled"
            yield from _attempt(
                f"contest[{number}]", advice, floors.require_common_ancestors, contest.id, draft.units
            )


def _parent_advice(draft: Draft, position: int) -> str:
    """Why a parent is not among the units before: it leads back here, comes later, or does not exist."""
    parents = {unit.id: unit.parent for unit in draft.units}
    here, walked = draft.units[position].id, set[str]()
    above = parents[here]
    while above is not None and above not in walked:
        if above == here:
            return "its parents form a circle: write another parent"
        walked.add(above)
        above = parents.get(above)
    if draft.units[position].parent in parents:
        return "move the parent's [[unit]] above this one"
    return f"write the id of an earlier unit, of {', '.join(parents)}"


def _ballot_bounds(draft: Draft, unit: Unit, where: str) -> Iterator[Problem]:
    contests = {contest.id: contest for contest in draft.contests}
    most = floors.MAXIMUM_BRANCHES
    advice = f"write fewer contests or options, or a larger policies.branches (at most {most})"
    yield from _attempt(where, advice, floors.require_branches, unit, contests, draft.policies)
    size = vote_bytes(draft.parameters, [contests[name] for name in unit.contests])
    if size > draft.policies.vote_bytes:
        reason = f"a vote of unit {unit.id} can take {size} bytes, over {draft.policies.vote_bytes}"
        yield Problem("policies.vote_bytes", f"{reason}; write at least {size}, or fewer contests or options")


def vote_bytes(parameters: str, contests: list[Contest]) -> int:
    """About how long a vote in these contests is at most, in bytes; 0 for parameters of another cryptosystem."""
    if parameters not in PARAMETERS:
        return 0
    key = public_key((1 << PARAMETERS[parameters].bits) - 1)
    element, value, challenge = len(key.encode_element(0)), len(key.encode_value(0)), 43
    branch = element + value + challenge + len('{"challenge":"","commitment":"","response":""},')
    ciphertexts = sum(1 if c.kind == "single" else len(c.options) for c in contests)
    branches = sum(map(floors.proof_branches, contests))
    return ENVELOPE_BYTES + ciphertexts * (element + 3) + branches * branch
