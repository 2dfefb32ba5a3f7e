"""The processor lays a page of its own among the audited files: a result that reads well and is another."""

from __future__ import annotations

from common.errors import Party
from scenarios.laboratory import Guard, Scenario, Step
from scenarios.outcome import Outcome, harmed
from scenarios.stage import MakeStage

PAGE = "public/official-result.html"


def play(make: MakeStage) -> Outcome:
    stage = make(hostile=(Party.PROCESSOR,))
    stage.honest_votes()
    stage.world.close()
    stage.world.order("final")
    tallied = stage.tally(stage.world.collector.evidence())
    files = stage.world.record(tallied)
    published = {path: data for path, data in files.items() if path.startswith("public/")}
    published[PAGE] = b"<h1>Official result</h1><p>Ada 4, Ben 0"
    stage.audit(published)
    return harmed(PAGE in published, f"the audit passes a record in which {PAGE} announces another result")


SCENARIO = Scenario(
    name="added_file",
    title="One file more in the record",
    attacker="the processor",
    controls=("the files that are published",),
    story=(
        Step("processor", "everyone", "the record, and a page that announces other counts"),
        Step("auditor", "everyone", "this record is in order"),
        Step("newspaper", "everyone", "the audited result: Ada 4, Ben 0"),
    ),
    harm="An audit vouches for a file that nothing binds.",
    defences=(Guard("F1", Party.PUBLIC_AUDITOR),),
    play=play,
)
