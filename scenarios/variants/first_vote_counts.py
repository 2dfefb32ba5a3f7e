"""Whoever has voted has voted: of a voter's votes the first one counts, and later ones change nothing."""

from __future__ import annotations

from dataclasses import replace

import auditor.audit_votes
from common.checks import inspection
from common.messages.election import Election
from common.tally.candidate import Head
from common.tally.evidence import Evidence
from common.tally.replay import Advances, LoggedVote, Replay
from common.tally.replay import replay as replay_with_last
from scenarios.swapping import swapped
from scenarios.variant import Variant


def replay(election: Election, evidence: Evidence, advances: Advances) -> Replay:
    """The record's replay, in which a voter's chain stands at its first vote that is not excluded."""
    found = replay_with_last(election, evidence, advances)
    firsts: dict[str, LoggedVote] = {}
    for index in sorted(found.votes):
        vote = found.votes[index]
        if vote.excluded is None:
            firsts.setdefault(vote.voter, vote)
    heads = {voter: Head(vote.index, vote.candidate.digest, 1) for voter, vote in firsts.items()}
    first = {vote.index for vote in firsts.values()}
    by_paper = {heads[found.votes[index].voter].index for index in found.fates.revoked}
    excluded = set(found.fates.excluded)
    fates = replace(
        found.fates,
        superseded=tuple(sorted(set(found.votes) - first - excluded)),
        revoked=tuple(sorted(by_paper)),
        counted=tuple(sorted(first - by_paper)),
    )
    return replace(found, heads=heads, fates=fates)


VARIANT = Variant(
    name="first_vote_counts",
    title="The first vote counts",
    rule="of a voter's votes the first one is counted, not the last",
    swaps=lambda: swapped((inspection, "replay", replay), (auditor.audit_votes, "replay", replay)),
)
