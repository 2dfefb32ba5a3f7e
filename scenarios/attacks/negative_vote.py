"""Two votes for Ada and minus one for Ben: the sum is one, so the totals add up."""

from __future__ import annotations

from common.errors import Party
from scenarios.laboratory import Guard, Scenario, Step
from scenarios.outcome import Outcome
from scenarios.stage import ADA, MakeStage
from scenarios.villains import mallory, secret_ballot


def play(make: MakeStage) -> Outcome:
    stage = make()
    stage.honest_votes()
    voter, election = stage.voter(), stage.world.election
    scheme = election.schemes[stage.contest]
    ada, ben = (scheme.encode(choice)[0] for choice in (ADA, (0, 1, 0)))
    attacker = mallory(stage.world, voter.card)
    prepared = attacker.prepare("north", *ADA)
    attacker.cast(secret_ballot(election, prepared, 2 * ada - ben), prepared.salt)
    stage.means(voter, ADA)
    return stage.compare(stage.count(), "the digits still add up to the number of ballots: T5 sees nothing")


SCENARIO = Scenario(
    name="negative_vote",
    title="A negative vote",
    attacker="a voter",
    controls=("their own ID card", "a client of their own make"),
    story=(
        Step("voter", "voter", "encrypts 2·(Ada) − 1·(Ben)"),
        Step("voter", "collector", "the ballot, well signed, with an honest ballot's proof"),
    ),
    harm="A voter takes somebody else's vote away.",
    defences=(Guard("C11", Party.COLLECTOR),),
    play=play,
)
