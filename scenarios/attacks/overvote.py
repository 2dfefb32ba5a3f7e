"""Two approvals in the place where one is allowed."""

from __future__ import annotations

from common.errors import Party
from common.messages.manifest import Unit, VectorContest
from scenarios.laboratory import Guard, Scenario, Step
from scenarios.outcome import Outcome, harmed
from scenarios.stage import MakeStage
from scenarios.villains import mallory, secret_ballot

CONTEST = VectorContest("vector", "wishes", "Approve up to two", ("Library", "Park", "Pool"), 1, 0, 2)
UNITS = (Unit("land", "The land", None, ("wishes",)), Unit("north", "North", "land", ("wishes",)))
SOUTH = Unit("south", "South", "land", ("wishes",))


def play(make: MakeStage) -> Outcome:
    stage = make(contests=(CONTEST,), units=(*UNITS, SOUTH))
    for choice in ((0, 1, 0), (0, 1, 0), (0, 1, 1)):
        stage.vote(stage.voter(), choice)
    stage.voter()
    attacker = mallory(stage.world, stage.voter().card)
    prepared = attacker.prepare("north", 1, 0, 0)
    attacker.cast(secret_ballot(stage.world.election, prepared, 2, 0, 0), prepared.salt)
    announced = stage.count()
    return harmed(
        announced.counts[0] == 2,
        "one voter has approved the library twice",
        f"announced: {stage.in_words(announced.counts)}",
        "one voter approved the library",
    )


SCENARIO = Scenario(
    name="overvote",
    title="Two votes in one",
    attacker="a voter",
    controls=("their own ID card", "a client of their own make"),
    story=(
        Step("voter", "voter", "encrypts 2 for the library, with the proof of an honest ballot"),
        Step("voter", "collector", "the ballot, well signed"),
    ),
    harm="One voter weighs as much as two.",
    defences=(Guard("C11", Party.COLLECTOR),),
    play=play,
)
