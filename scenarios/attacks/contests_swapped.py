"""Processor and trustees count the votes for one office in the other. Proofs bind contest and whole ballot."""

from __future__ import annotations

from dataclasses import replace

from common.errors import Party
from common.messages.ballot import Ballot
from common.messages.manifest import SingleContest, Unit
from scenarios.forged_records import republish
from scenarios.laboratory import Guard, Scenario, Step
from scenarios.outcome import Outcome, harmed
from scenarios.stage import ADA, BEN, DRAFT, OPTIONS, MakeStage

OFFICES = ("chair", "treasurer")


def play(make: MakeStage) -> Outcome:
    stage = make(
        hostile=(Party.PROCESSOR,),
        policies=replace(DRAFT.policies, publication="public"),
        contests=tuple(SingleContest("single", office, f"Who becomes {office}?", OPTIONS) for office in OFFICES),
        units=tuple(Unit(unit.id, unit.title, unit.parent, OFFICES) for unit in DRAFT.units),
    )
    for _ in range(6):
        stage.world.clock.now += 60
        stage.world.vote(stage.voter(), {"chair": ADA, "treasurer": BEN})
    stage.world.close()
    stage.world.order("final")
    files, result = republish(stage, swapped)
    stage.audit(files)
    chair = next(total for total in result.totals if total.contest == "chair")
    return harmed(
        chair.counts == (0, 6, 0),
        "Ben is announced as chair, whom all six wanted as treasurer; every published ballot is proven and adds up",
        f"chair: {stage.in_words(chair.counts)}",
    )


def swapped(ballot: Ballot) -> Ballot:
    """Each contest's ciphertexts and proofs under the other's name."""
    chair, treasurer = ballot.contests
    return replace(
        ballot, contests=(replace(treasurer, contest=chair.contest), replace(chair, contest=treasurer.contest))
    )


SCENARIO = Scenario(
    name="contests_swapped",
    title="Two offices swapped in the published ballots",
    attacker="the processor and t trustees, before those who see the public record only",
    controls=("the ballots that are published", "t shares of the key"),
    story=(
        Step("voters", "collector", "chair: Ada; treasurer: Ben"),
        Step("processor", "everyone", "ballots in which the two have changed places"),
        Step("trustees", "everyone", "openings of these sums: chair: Ben"),
    ),
    harm="Each office goes to whom the voters wanted in the other. (A sworn auditor would see it at once.)",
    defences=(
        Guard("D4 contest id", Party.PUBLIC_AUDITOR, shows=("C11",)),
        Guard("D4 whole ballot", Party.PUBLIC_AUDITOR, shows=("C11",)),
    ),
    play=play,
)
