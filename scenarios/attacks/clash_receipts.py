"""A clash (Küsters, Truderung, Vogt 2012): two voters are given one receipt, and one vote is thrown away."""

from __future__ import annotations

from common.errors import Party
from scenarios.laboratory import Guard, Scenario, Step
from scenarios.outcome import Outcome
from scenarios.stage import ADA, MakeStage
from scenarios.villains import lying


def play(make: MakeStage) -> Outcome:
    stage = make(hostile=(Party.COLLECTOR,))
    first, *_ = stage.honest_votes()
    collector = lying(stage.world)
    collector.casts = lambda _session, _signed_ballot: first.journal.votes[0].receipt
    cast = stage.vote_through(collector, stage.voter(), ADA)
    return stage.compare(stage.count(), f"the victim's receipt names log entry {cast.receipt.index}")


SCENARIO = Scenario(
    name="clash_receipts",
    title="One receipt for two voters",
    attacker="the collector",
    controls=("box and log", "what voters are answered"),
    story=(
        Step("first voter", "collector", "a vote for Ada"),
        Step("collector", "first voter", "receipt: log entry 1"),
        Step("second voter", "collector", "a vote for Ada"),
        Step("collector", "second voter", "receipt: log entry 1, again"),
    ),
    harm="The second vote is thrown away, and its voter holds a receipt with good signatures.",
    defences=(Guard("R1", Party.CLIENT),),
    play=play,
)
