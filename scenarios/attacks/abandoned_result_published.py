"""The authority calls the election off, and with t trustees announces a result of it after all."""

from __future__ import annotations

from dataclasses import replace

from common.errors import Party
from common.log.entries import EntryKind
from common.tally.evidence import Evidence
from scenarios.laboratory import Guard, Scenario, Step
from scenarios.outcome import Outcome, harmed
from scenarios.stage import MakeStage, Stage
from scenarios.villains import Line, act_entry, forger, lines_of, with_phases


def play(make: MakeStage) -> Outcome:
    stage = make(hostile=(Party.AUTHORITY, Party.COLLECTOR, Party.PROCESSOR, Party.TRUSTEE))
    tallied = stage.tally(abandoned_and_ended(stage))
    record = stage.world.record(tallied)
    stage.audit({path: data for path, data in record.items() if path.startswith("public/")})
    counts = tallied.counted.result.totals[0].counts
    return harmed(
        counts == stage.meant,
        "an abandoned election has a result, which the public audit passes",
        stage.in_words(counts),
    )


def abandoned_and_ended(stage: Stage) -> Evidence:
    """Four votes, `close`, an abandonment for everybody, and behind it a `final`."""
    stage.honest_votes()
    world = stage.world
    world.close()
    evidence = world.collector.evidence()
    *votes, (_close, end) = lines_of(world.election, evidence.log)
    act = world.authority.abandon(world.election, len(votes) + 1, "too many complaints")
    called_off = act_entry(act, EntryKind.ABANDONMENT)
    lines: list[Line] = [*votes, (EntryKind.CLOSE, end), (called_off, end), (EntryKind.FINAL, end)]
    both = replace(evidence, acts=(*evidence.acts, act))
    return with_phases(world, both, lines, forger(world.election, stage.keyring))


SCENARIO = Scenario(
    name="abandoned_result_published",
    title="The result of an abandoned election",
    attacker="authority, collector, processor and t trustees",
    controls=("the authority's key", "box and log", "the processor's checks", "t shares of the key"),
    story=(
        Step("authority", "everyone", "the election is abandoned; nothing will be counted"),
        Step("voters", "voters", "then I need not look after my vote any longer"),
        Step("trustees", "processor", "shares for a final tree behind the abandonment"),
        Step("processor", "everyone", "the result"),
    ),
    harm="An election counts after all that voters, witnesses and observers no longer watched over.",
    defences=(Guard("L6", Party.PUBLIC_AUDITOR),),
    play=play,
)
