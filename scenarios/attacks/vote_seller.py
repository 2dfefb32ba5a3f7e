"""A voter keeps the ballot's seed and shows it to a buyer, who can check everything."""

from __future__ import annotations

from common.checks.device import open_ballot
from scenarios.laboratory import Scenario, Step
from scenarios.outcome import Outcome, harmed
from scenarios.stage import ADA, MakeStage
from scenarios.villains import recorded_vote


def play(make: MakeStage) -> Outcome:
    stage = make()
    stage.honest_votes()
    seller = stage.voter()
    stage.vote(seller, ADA)
    kept = seller.journal.votes[0]  # signed ballot, seed, receipt: what the seller hands over
    (shown,) = open_ballot(recorded_vote(kept.signed_ballot, "AAAA").vote.ballot, kept.seed, stage.world.election)
    stage.world.recheck(seller)
    return harmed(
        shown == ADA,
        "the buyer knows that this vote was cast, for whom, and that it is still the latest",
        f"the ballot opens to: {stage.in_words(shown)}; receipt: log entry {kept.receipt.index}",
    )


SCENARIO = Scenario(
    name="vote_seller",
    title="A vote with a proof, for sale",
    attacker="a voter who wants to sell",
    controls=("their own ballot, seed and receipt",),
    story=(
        Step("seller", "collector", "a vote for Ada"),
        Step("seller", "buyer", "ballot, seed and receipt"),
        Step("buyer", "buyer", "encrypts again, and compares"),
        Step("buyer", "collector", "is it still the latest?"),
    ),
    harm="Votes can be bought. Voting again is the only answer, and a buyer can look again.",
    defences=(),
    play=play,
    residual="voters do not want to prove how they voted",
)
