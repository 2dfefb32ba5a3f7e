"""Authority and collector take back the close: friends vote, and the log is closed a second time."""

from __future__ import annotations

from common.errors import Party
from common.log.entries import EntryKind
from scenarios.attacks.vote_after_close import play_log
from scenarios.laboratory import Guard, Scenario, Step
from scenarios.outcome import Outcome
from scenarios.stage import MakeStage


def play(make: MakeStage) -> Outcome:
    return play_log(
        make(hostile=(Party.AUTHORITY, Party.COLLECTOR)),
        lambda closed, vote, last: [closed, vote, (EntryKind.CLOSE, last), (EntryKind.FINAL, last)],
    )


SCENARIO = Scenario(
    name="closed_twice",
    title="Closed, opened and closed again",
    attacker="authority and collector, and a voter",
    controls=("the authority's key", "box and log", "a voter's card"),
    story=(
        Step("authority", "collector", "order: close"),
        Step("authority", "friend", "it is close, we open once more"),
        Step("friend", "collector", "a vote, dated to the last second"),
        Step("authority", "collector", "order: close, after one vote more"),
    ),
    harm="Voting ends when its result pleases the authority.",
    defences=(Guard("L6", Party.PROCESSOR),),
    play=play,
)
