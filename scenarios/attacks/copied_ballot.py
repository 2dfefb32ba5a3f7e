"""Cortier and Smyth 2011: copy somebody's ballot as one's own, and read from the result what it holds."""

from __future__ import annotations

from common.errors import Party
from common.messages.ballot import Ballot
from scenarios.laboratory import Guard, Scenario, Step
from scenarios.outcome import Outcome, harmed
from scenarios.stage import ADA, MakeStage, Stage
from scenarios.villains import mallory, recorded_vote


def play(make: MakeStage) -> Outcome:
    stage = make()
    victim = stage.voter()  # of north; nobody else there votes for Ada
    stage.vote(victim, ADA)
    seen = recorded_vote(victim.journal.votes[0].signed_ballot, "AAAA").vote.ballot
    return copied(stage, seen, salt="00" * 32)


def copied(stage: Stage, ballot: Ballot, salt: str) -> Outcome:
    """Two accomplices in north cast this ballot; what north's count owes to more than one voter is the victim's."""
    for _ in range(2):
        stage.voter()  # somebody of south, who does not vote
        mallory(stage.world, stage.voter().card).cast(ballot, salt)
    outcomes = stage.count().tallied.counted.result.outcomes
    north = next(outcome for outcome in outcomes if "north" in outcome.units)
    return harmed(
        north.counts == (3, 0, 0),
        "the victim's vote is known: it is the option that has three votes where two were copied",
        f"north: {stage.in_words(north.counts)}",
    )


SCENARIO = Scenario(
    name="copied_ballot",
    title="A ballot copied under another name",
    attacker="two voters who saw a third one's ballot pass",
    controls=("their own ID cards", "the bytes of one ballot"),
    story=(
        Step("victim", "collector", "a ballot: nobody can read it"),
        Step("accomplices", "collector", "the same ballot, each in their own name"),
        Step("trustees", "everyone", "north: Ada 3"),
    ),
    harm="In a small unit the result tells what the copied ballot holds.",
    defences=(Guard("C8", Party.COLLECTOR),),
    play=play,
)
