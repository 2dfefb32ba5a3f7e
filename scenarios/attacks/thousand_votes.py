"""A thousand votes in one ballot. Where no proof is checked, the whole result is lost."""

from __future__ import annotations

from common.errors import CryptoError, Party
from scenarios.laboratory import Guard, Scenario, Step
from scenarios.outcome import Outcome, harmed
from scenarios.stage import ADA, MakeStage
from scenarios.villains import mallory, secret_ballot


def play(make: MakeStage) -> Outcome:
    stage = make()
    stage.honest_votes()
    attacker = mallory(stage.world, stage.voter().card)
    prepared = attacker.prepare("north", *ADA)
    (ada,) = stage.world.election.schemes[stage.contest].encode(ADA)
    attacker.cast(secret_ballot(stage.world.election, prepared, 1000 * ada), prepared.salt)
    try:
        return stage.compare(stage.count())
    except CryptoError as error:
        return harmed(True, "no result can be announced: what was opened is no count", str(error))


SCENARIO = Scenario(
    name="thousand_votes",
    title="A thousand votes in one",
    attacker="a voter",
    controls=("their own ID card", "a client of their own make"),
    story=(
        Step("voter", "voter", "encrypts 1000 for Ada"),
        Step("voter", "collector", "the ballot, with an honest ballot's proof"),
        Step("trustees", "processor", "an opening that decodes to no count"),
    ),
    harm="One ballot makes the election fail: its decoding (T5) refuses what was opened, too late.",
    defences=(Guard("C11", Party.COLLECTOR),),
    play=play,
)
