"""A vote logged after `close`, dated before the end: within the grace period, so no deadline is missed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from common.encoding.times import to_rfc3339
from common.errors import Party
from common.log.entries import EntryKind
from scenarios.laboratory import Guard, Scenario, Step
from scenarios.outcome import Outcome
from scenarios.stage import ADA, MakeStage, Stage
from scenarios.villains import Line, forger, lines_of, mallory, with_phases


def play(make: MakeStage) -> Outcome:
    return play_log(
        make(hostile=(Party.COLLECTOR,)), lambda closed, vote, last: [closed, vote, (EntryKind.FINAL, last)]
    )


def play_log(stage: Stage, after_the_votes: Callable[[Line, Line, int], Sequence[Line]]) -> Outcome:
    """Four honest votes, then what the collector makes of `close`, a friend's late vote, and a time for the rest."""
    stage.honest_votes()
    world, end = stage.world, stage.world.election.closes
    world.clock.now = end + 100
    friend = mallory(world, stage.voter().card)
    prepared = friend.prepare("north", *ADA)
    friend.cast(prepared.ballot, prepared.salt, time=to_rfc3339(end))
    world.close()
    evidence = world.collector.evidence()
    *votes, vote, _close = lines_of(world.election, evidence.log)
    writer = forger(world.election, stage.keyring)  # the witnesses are honest: they cosign whatever a log grows by
    late = after_the_votes((EntryKind.CLOSE, end + 1), vote, end + 200)
    reopened = with_phases(world, evidence, [*votes, *late], writer)
    return stage.compare(
        stage.announce(reopened), "logged: " + " ".join(entry.kind for entry in reopened.log.entries)
    )


SCENARIO = Scenario(
    name="vote_after_close",
    title="A vote after the close",
    attacker="the collector and a voter",
    controls=("box and log", "a voter's card"),
    story=(
        Step("authority", "collector", "order: close, after this many entries"),
        Step("authority", "everyone", "voting is over; so many have voted"),
        Step("friend", "collector", "a vote, dated to the last second"),
        Step("collector", "log", "the vote, after close; the witnesses cosign within the grace period"),
    ),
    harm="Who knows how the voting went, and has a friend at the collector, votes after it.",
    defences=(Guard("L6", Party.PROCESSOR),),
    play=play,
)
