"""Processor and trustees move published ballots to another unit. That the proofs bind the unit gives them away."""

from __future__ import annotations

from dataclasses import replace

from common.errors import Party
from common.messages.ballot import Ballot
from scenarios.forged_records import republish
from scenarios.laboratory import Guard, Scenario, Step
from scenarios.outcome import Outcome, harmed
from scenarios.stage import ADA, BEN, DRAFT, MakeStage

OTHER = {"north": "south", "south": "north"}


def play(make: MakeStage) -> Outcome:
    stage = make(hostile=(Party.PROCESSOR,), policies=replace(DRAFT.policies, publication="public"))
    for _ in range(3):
        stage.vote(stage.voter(), ADA)  # north
        stage.vote(stage.voter(), BEN)  # south
    stage.world.close()
    stage.world.order("final")
    files, result = republish(stage, moved)
    stage.audit(files)
    north = next(outcome for outcome in result.outcomes if outcome.unit == "north")
    return harmed(
        north.counts == (0, 3, 0),
        "north announces 3 for Ben, where all three voted for Ada; every published ballot is proven and adds up",
        f"north: {stage.in_words(north.counts)}",
    )


def moved(ballot: Ballot) -> Ballot:
    """The same ciphertexts and proofs, in the other unit."""
    return replace(ballot, unit=OTHER[ballot.unit])


SCENARIO = Scenario(
    name="unit_relabelled_later",
    title="Published ballots in another unit",
    attacker="the processor and t trustees, before those who see the public record only",
    controls=("the ballots that are published", "t shares of the key"),
    story=(
        Step("voters of north", "collector", "three ballots for north: Ada"),
        Step("processor", "everyone", "the same ballots, labelled south"),
        Step("trustees", "everyone", "openings of these sums"),
        Step("voter", "everyone", "my ciphertext is there, as I cast it"),
    ),
    harm="Each unit announces the other's result. (A sworn auditor would see it at once.)",
    defences=(Guard("D4 unit", Party.PUBLIC_AUDITOR, shows=("C11",)),),
    play=play,
)
