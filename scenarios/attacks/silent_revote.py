"""A virus that can use the card votes once more after the verification; who watches, or looks again, learns of it."""

from __future__ import annotations

from pathlib import Path

from common.errors import Party
from common.ports import NotAuthenticated
from scenarios.laboratory import Guard, Scenario, Step
from scenarios.outcome import Outcome, Stopped
from scenarios.stage import ADA, BEN, MakeStage, Stage
from scenarios.villains import mallory, own_hands
from scenarios.world import Citizen
from voter_client.watching import Origin, Watch, origin


def play(make: MakeStage) -> Outcome:
    stage = make()
    stage.honest_votes()
    victim = stage.voter()
    watch = subscribed(stage, victim)
    stage.vote(victim, ADA)
    stage.world.verify(stage.world.code(victim.journal.votes[0]))
    virus = mallory(stage.world, victim.card)
    prepared = virus.prepare("north", *BEN)
    virus.cast(prepared.ballot, prepared.salt)
    told = look(stage, victim, watch)
    stage.world.recheck(victim)
    return stage.compare(stage.count(), "the second device had shown the right vote", f"notices: {told or 'none'}")


def subscribed(stage: Stage, citizen: Citizen) -> Watch:
    """The voter's phone subscribes in a session of its own, before the computer with the virus sees the card."""
    session = mallory(stage.world, citizen.card).log_in().session
    token = own_hands(stage.world).subscribe(session)
    return Watch(Path("watch"), stage.world.election.fingerprint, token)


def look(stage: Stage, citizen: Citizen, watch: Watch) -> str:
    """The phone asks for notices; one of a vote that was not cast here, or a refusal, ends the attack."""
    told = []
    try:
        for _seen, notice in watch.news(own_hands(stage.world)):
            found = origin(notice, citizen.journal)
            told.append(f"vote number {notice.sequence}, {found}")
            if found is Origin.ELSEWHERE:
                raise Stopped("notice", Party.CLIENT, f"a notice came of {told[-1]}")
    except NotAuthenticated as refused:
        raise Stopped("notice", Party.CLIENT, str(refused)) from refused
    return "; ".join(told)


SCENARIO = Scenario(
    name="silent_revote",
    title="Voting again after the verification",
    attacker="a virus that can use the card",
    controls=("the card, while it is in the reader",),
    story=(
        Step("phone", "collector", "tell me of every vote under my name"),
        Step("voter", "collector", "a vote for Ada"),
        Step("second device", "voter", "Ada, your latest"),
        Step("virus", "collector", "a vote for Ben, in the voter's name"),
        Step("collector", "phone", "notice: a second vote"),
        Step("voter", "collector", "days later: is my vote still the latest?"),
    ),
    harm="A verified vote is replaced. Who never looks again, and gets no notice, does not learn of it.",
    defences=(Guard("notice", Party.CLIENT), Guard("R4", Party.CLIENT)),
    play=play,
)
