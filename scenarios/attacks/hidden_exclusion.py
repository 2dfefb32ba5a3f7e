"""The published accounting says that votes were replaced, where they were taken away."""

from __future__ import annotations

from common.errors import Party
from scenarios.forged_records import account_as
from scenarios.laboratory import Guard, Scenario, Step
from scenarios.outcome import Outcome, harmed
from scenarios.stage import ADA, MakeStage


def play(make: MakeStage) -> Outcome:
    stage = make(hostile=(Party.PROCESSOR,))
    stage.honest_votes()
    on_paper = stage.voter()
    stage.vote(on_paper, ADA)
    stage.means(on_paper, None)
    stage.world.close()
    stage.world.revoke([on_paper.card.voter_id])
    stage.world.order("final")
    tallied = stage.tally(stage.world.collector.evidence())
    account_as(tallied, on_paper.journal.votes[0].receipt.index, "superseded")
    stage.audit(stage.world.record(tallied))
    totals = {total.name: total.votes for total in tallied.processed.accounting.sets}
    return harmed(
        totals["revoked"] == 0,
        "the record says that no vote was revoked, and an audit with the whole box agrees",
        ", ".join(f"{name} {votes}" for name, votes in totals.items()),
    )


SCENARIO = Scenario(
    name="hidden_exclusion",
    title="Revoked votes passed off as replaced ones",
    attacker="the processor",
    controls=("the accounting that is published",),
    story=(
        Step("authority", "log", "revoke one vote"),
        Step("processor", "everyone", "replaced by their voters: 1; revoked: 0"),
    ),
    harm="The public is not told how many votes the authority took away.",
    defences=(Guard("B6", Party.SWORN_AUDITOR), Guard("B7", Party.SWORN_AUDITOR)),
    play=play,
)
