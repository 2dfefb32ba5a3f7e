"""A voter has voted on paper as well; the collector does not log the list that says so."""

from __future__ import annotations

from dataclasses import replace

from common.errors import Party
from scenarios.laboratory import Guard, Scenario, Step
from scenarios.outcome import Outcome
from scenarios.stage import ADA, MakeStage


def play(make: MakeStage) -> Outcome:
    stage = make(hostile=(Party.COLLECTOR,))
    stage.honest_votes()
    twice = stage.voter()
    stage.vote(twice, ADA)
    stage.means(twice, None)  # counted at the polling station
    stage.close()
    stage.world.order("final")
    evidence = stage.world.collector.evidence()
    paper = stage.world.authority.revoke(stage.world.election, [twice.card.voter_id], "voted on paper")
    unlogged = replace(evidence, acts=(*evidence.acts, paper))
    return stage.compare(stage.unaudited(unlogged), "and the same voter once more on paper")


SCENARIO = Scenario(
    name="paper_vote_too",
    title="On paper as well",
    attacker="the collector and a voter",
    controls=("the log", "a voter's card"),
    story=(
        Step("voter", "collector", "a vote for Ada"),
        Step("voter", "polling station", "a vote on paper"),
        Step("authority", "collector", "a signed list: revoke this voter's vote"),
        Step("collector", "collector", "does not log it"),
        Step("authority", "processor", "the same list"),
    ),
    harm="One voter is counted twice.",
    defences=(Guard("B5", Party.PROCESSOR),),
    play=play,
)
