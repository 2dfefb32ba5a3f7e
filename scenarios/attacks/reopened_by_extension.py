"""Authority and collector open voting again, with an extension that comes after the end."""

from __future__ import annotations

from dataclasses import replace

from common.encoding.times import to_rfc3339
from common.errors import Party
from common.log.entries import EntryKind
from common.messages.acts import Signed
from scenarios.laboratory import Guard, Scenario, Step
from scenarios.outcome import Outcome
from scenarios.stage import ADA, MakeStage, Stage
from scenarios.villains import Line, act_entry, forger, lines_of, mallory, with_phases

HOUR = 3_600


def play(make: MakeStage) -> Outcome:
    stage = make(hostile=(Party.AUTHORITY, Party.COLLECTOR))
    closes, grace = stage.world.election.closes, stage.world.election.manifest.times.grace
    later = to_rfc3339(closes + HOUR)
    extension = stage.world.authority.extend(stage.world.election, later, "the service was down")
    return play_extended(stage, extension, closes + grace + 60, closes + grace + 120)


def play_extended(stage: Stage, extension: Signed, logged: int, voted: int) -> Outcome:
    """Four honest votes, an extension covered at `logged`, a friend's vote at `voted` (seconds since 1970), the end.

    No honest collector would log the extension; the witnesses are honest, and cosign whatever a log grows by.
    """
    stage.honest_votes()
    world = stage.world
    world.clock.now = voted
    friend = mallory(world, stage.voter().card)
    prepared = friend.prepare("north", *ADA)
    friend.cast(prepared.ballot, prepared.salt)
    world.clock.now += HOUR
    world.order("close")
    evidence = world.collector.evidence()
    *votes, vote, (_close, end) = lines_of(world.election, evidence.log)
    lines: list[Line] = [*votes, (act_entry(extension, EntryKind.EXTENSION), logged), vote, (EntryKind.CLOSE, end)]
    extended = replace(evidence, acts=(*evidence.acts, extension))
    writer = forger(world.election, stage.keyring)
    closed = with_phases(world, extended, lines, writer)
    stage.require_faultless(closed)
    return stage.compare(stage.announce(with_phases(world, extended, [*lines, (EntryKind.FINAL, end)], writer)))


SCENARIO = Scenario(
    name="reopened_by_extension",
    title="Voting opened again, by an extension",
    attacker="authority and collector, and a voter",
    controls=("the authority's key", "box and log", "a voter's card"),
    story=(
        Step("everyone", "everyone", "voting has ended; first counts are whispered"),
        Step("authority", "collector", "an extension by an hour, six minutes after the end"),
        Step("collector", "log", "the extension; the witnesses write down their own time"),
        Step("friend", "collector", "a vote, within the hour"),
    ),
    harm="Voting goes on, for those who are told, once its outcome can be guessed.",
    defences=(Guard("L5", Party.PROCESSOR), Guard("C2", Party.PROCESSOR)),
    play=play,
)
