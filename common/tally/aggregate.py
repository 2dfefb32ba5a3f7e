"""The aggregates that are opened: products of the counted ballots, pooled by the merging rule (spec 11.5)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from common.errors import RuleBroken
from common.messages.ballot import Ballot, ContestBallot
from common.messages.election import Election
from common.messages.result import Aggregate, Aggregates
from common.tally.merge import Pool, merge


def compute_aggregates(election: Election, final_root: str, ballots: Sequence[Ballot]) -> Aggregates:
    """All aggregates of these counted ballots, contests in manifest order.

    Pools below the minimum aggregate are listed without ciphertexts, so that nobody can open them.
    """
    found = [
        _aggregate(election, contest.id, pool, ballots)
        for contest in election.manifest.contests
        for pool in merge(election.manifest, contest.id, Counter(ballot.unit for ballot in ballots))
    ]
    return Aggregates("valik/v1/aggregates", election.fingerprint, final_root, tuple(found))


def _aggregate(election: Election, contest: str, pool: Pool, ballots: Sequence[Ballot]) -> Aggregate:
    ciphertexts: tuple[str, ...] = ()
    if pool.ballots >= election.manifest.policies.minimum_aggregate:
        chosen = [part(ballot, contest).ciphertexts for ballot in ballots if ballot.unit in pool.units]
        ciphertexts = tuple(election.key.aggregate(column) for column in zip(*chosen, strict=True))
    return Aggregate(contest, pool.unit, pool.units, pool.ballots, ciphertexts)


def part(ballot: Ballot, contest: str) -> ContestBallot:
    """The ballot's part for a contest; `RuleBroken` if it has none, which C7 excludes for its unit's contests."""
    for found in ballot.contests:
        if found.contest == contest:
            return found
    raise RuleBroken(f"a ballot of unit {ballot.unit} has no part for contest {contest}")
