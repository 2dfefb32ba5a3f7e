"""A verification code that was not thrown away is found the day after the vote."""

from __future__ import annotations

from common.errors import Party, ServiceRefused
from scenarios.laboratory import Guard, Scenario, Step
from scenarios.outcome import Outcome, Stopped, harmed
from scenarios.stage import ADA, MakeStage


def play(make: MakeStage) -> Outcome:
    stage = make()
    victim = stage.voter()
    stage.vote(victim, ADA)
    found = stage.world.code(victim.journal.votes[0])  # a photograph of the screen
    stage.world.clock.now += 80_000
    try:
        shown = stage.world.verify(found)
    except ServiceRefused as refused:
        raise Stopped("D8", Party.COLLECTOR, str(refused)) from refused
    choice = shown.choices[stage.contest]
    return harmed(choice == ADA, "the finder reads the vote", f"{shown.name}: {stage.in_words(tuple(choice))}")


SCENARIO = Scenario(
    name="code_seen_later",
    title="A verification code found the next day",
    attacker="somebody who finds a picture of the code",
    controls=("the verification code",),
    story=(
        Step("voter", "collector", "a vote for Ada"),
        Step("finder", "collector", "a day later: the vote with this id, please"),
        Step("collector", "finder", "the ballot; the code's seed opens it"),
    ),
    harm="Whoever finds an old code reads a vote, with its voter's name.",
    defences=(Guard("D8", Party.COLLECTOR),),
    play=play,
)
