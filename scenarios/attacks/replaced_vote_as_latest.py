"""Computer and collector together: the first vote is shown as the latest, and the second one counts."""

from __future__ import annotations

from dataclasses import replace

from common.errors import Party
from common.messages.receipt import VerificationAnswer, sign_latest
from scenarios.laboratory import Scenario, Step
from scenarios.outcome import Outcome, Verdict
from scenarios.stage import ADA, BEN, MakeStage
from scenarios.villains import lying
from voter_client.verify import verify_vote


def play(make: MakeStage) -> Outcome:
    stage = make(hostile=(Party.COLLECTOR,))
    stage.honest_votes()
    victim, world = stage.voter(), stage.world
    stage.vote(victim, ADA)
    stage.vote(victim, BEN)  # "the program has crashed, please sign again"
    stage.means(victim, ADA)
    collector, first = lying(world), victim.journal.votes[0]

    def still_latest(vote_id: str) -> VerificationAnswer:
        true = world.collector.lookup(vote_id)
        lie = replace(true.latest.answer, latest=True)
        return replace(true, latest=sign_latest(lie, stage.keyring.collector.answers))

    collector.lookups = still_latest
    shown = verify_vote(world.election, world.code(first), collector, world.clock, stage.checks(Party.DEVICE))
    outcome = stage.compare(
        stage.count(), f"the device showed: {shown.choices[stage.contest]}, latest: {shown.latest}"
    )
    return outcome if shown.latest else replace(outcome, verdict=Verdict.PREVENTED)


SCENARIO = Scenario(
    name="replaced_vote_as_latest",
    title="Crash, cast again, and a collector that plays along",
    attacker="the voter's computer with the collector",
    controls=("what is encrypted", "the card, while it is in the reader", "the key of the collector's answers"),
    story=(
        Step("computer", "collector", "a vote for Ada, as the voter wants"),
        Step("computer", "voter", "crashed; please enter PIN2 again"),
        Step("computer", "collector", "a vote for Ben"),
        Step("computer", "second device", "the code of the first vote"),
        Step("collector", "second device", "the first vote, and a signed lie: it is the latest"),
    ),
    harm="A verified vote is not the one that counts. The signed lie convicts the collector, but only "
    "before somebody who may see whose votes the box holds.",
    defences=(),
    play=play,
    residual="not both the voter's computer and the collector are hostile",
)
