"""The authority extends voting by a month, and waits for the result that it wants."""

from __future__ import annotations

from common.encoding.times import to_rfc3339
from common.errors import Party
from scenarios.attacks.reopened_by_extension import play_extended
from scenarios.laboratory import Guard, Scenario, Step
from scenarios.outcome import Outcome
from scenarios.stage import MakeStage

DAY = 86_400


def play(make: MakeStage) -> Outcome:
    stage = make(hostile=(Party.AUTHORITY, Party.COLLECTOR))
    closes = stage.world.election.closes
    later = to_rfc3339(closes + 30 * DAY)
    extension = stage.world.authority.extend(stage.world.election, later, "until enough people have voted")
    return play_extended(stage, extension, closes - 600, closes + 30 * DAY - 600)


SCENARIO = Scenario(
    name="extension_without_limit",
    title="Voting extended by a month",
    attacker="authority and collector, and a voter",
    controls=("the authority's key", "box and log", "a voter's card"),
    story=(
        Step("authority", "collector", "an extension by thirty days, ten minutes before the end"),
        Step("witnesses", "log", "cosigned, in good time"),
        Step("friend", "collector", "a vote, weeks after everybody else's"),
        Step("authority", "collector", "order: close, now that it is enough"),
    ),
    harm="Who pinned the manifest does not know when the election ends: it ends when it pleases the authority.",
    defences=(Guard("L6", Party.PROCESSOR),),
    play=play,
)
