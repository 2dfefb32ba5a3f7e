"""No break but the price of a policy: with published ballots, who keeps the ballot sees whether it still counts.

The policy `auditors`, which is the default, publishes none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from common.messages.ballot import Ballot
from common.tally.candidate import Candidate
from common.tally.record import SwornRecord
from scenarios.games.game import REVOTES, Variant, View


def _first_ballots(sworn: SwornRecord) -> Mapping[str, Ballot]:
    """What each voter has on the own computer."""
    votes = [Candidate.of(vote) for vote in sworn.votes]
    return {vote.statement.voter: vote.ballot for vote in votes if vote.statement.sequence == 1}


def _shown_by_voters(view: View, sworn: SwornRecord) -> View:
    return replace(view, ballots=_first_ballots(sworn))


VARIANT = Variant(
    "kept_ballot", "published ballots, and voters who show theirs", REVOTES, "ballot_lookup", shows=_shown_by_voters
)
