"""Client and collector log a vote that the voter never signed, show it to the second device, and let it go."""

from __future__ import annotations

from common.errors import Party
from scenarios.attacks.forged_signature import CardWithoutPin2
from scenarios.laboratory import Guard, Scenario, Step
from scenarios.outcome import Outcome
from scenarios.stage import ADA, BEN, MakeStage
from scenarios.villains import Mallory, slip_in
from voter_client.verification_code import make_code


def play(make: MakeStage) -> Outcome:
    stage = make(hostile=(Party.COLLECTOR,))
    stage.honest_votes()
    victim, world = stage.voter(), stage.world
    stage.vote(victim, BEN)  # the one time the voter enters PIN2
    stage.means(victim, ADA)
    client = Mallory(world.election, world.collector, CardWithoutPin2(victim.card, stage.stranger().card))
    shown = client.prepare("north", *ADA)
    forged = slip_in(world, victim.card.voter_id, client.sign(client.log_in(), shown.ballot, shown.salt))
    seen = world.verify(make_code(world.election.fingerprint, forged.vote_id, shown.seed))
    world.close()
    world.finalise()  # the forged vote is excluded for C5, as is right, and the one for Ben stands
    announced = stage.announce(world.collector.evidence())
    return stage.compare(
        announced, f"the verifying device showed: {seen.choices[stage.contest]}, {seen.name}, latest"
    )


SCENARIO = Scenario(
    name="unsigned_vote_shown",
    title="A vote shown that the voter did not sign",
    attacker="the voter's computer with the collector",
    controls=("what is encrypted", "the card, for one signature", "box and log"),
    story=(
        Step("voter", "computer", "Ada; PIN2"),
        Step("computer", "collector", "a vote for Ben, signed"),
        Step("computer", "collector", "a vote for Ada in the same name, with a signature of somebody's"),
        Step("collector", "second device", "the vote for Ada, logged and latest"),
        Step("authority", "log", "the vote with the bad signature is excluded"),
    ),
    harm="The voter has verified a vote that cannot count; the one for Ben does.",
    defences=(Guard("V1", Party.DEVICE),),
    play=play,
)
