"""What a hostile processor publishes, alone or with trustees who open whatever they are asked to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from common.errors import Party, SetupError
from common.messages.ballot import Ballot
from common.messages.message import encode
from common.messages.result import Aggregates, Result, SetName, SetTotal, SignedAnswer, commitment, sign_answer
from common.ports import TrusteePort
from common.tally.aggregate import compute_aggregates
from common.tally.record import nameless
from common.tally.record_files import BALLOTS
from scenarios.stage import Stage
from scenarios.world import Tallied
from tallier.process import combine, process
from tallier.trustee import TrusteeService


def account_as(tallied: Tallied, index: int, claimed: SetName) -> None:
    """Let the accounting say that the vote of this log entry fell into another set, commitments and all."""
    processed = tallied.processed
    sets = tuple(
        replace(
            chosen,
            votes=tuple(sorted({*chosen.votes, index} if chosen.name == claimed else {*chosen.votes} - {index})),
        )
        if chosen.name != "accepted"
        else chosen
        for chosen in processed.sets.sets
    )
    totals = tuple(SetTotal(chosen.name, len(chosen.votes), commitment(chosen)) for chosen in sets)
    tallied.processed = replace(
        processed, sets=replace(processed.sets, sets=sets), accounting=replace(processed.accounting, sets=totals)
    )


def republish(stage: Stage, change: Callable[[Ballot], Ballot]) -> tuple[dict[str, bytes], Result]:
    """What processor and two trustees publish who change every counted ballot, and open the sums of the changed ones.

    No sworn part: whoever compares the box with it sees it at once (B6, T1).
    """
    world, election = stage.world, stage.world.election
    evidence = world.collector.evidence()
    processed = process(election, evidence, stage.checks(Party.PROCESSOR))
    ballots = [change(vote.candidate.ballot) for vote in processed.inspection.replay.counted()]
    aggregates = compute_aggregates(election, processed.aggregates.final_root, ballots)
    answers = [_answer_anything(trustee, aggregates) for trustee in world.trustees[:2]]
    counted = combine(election, aggregates, answers, stage.checks(Party.PROCESSOR))
    tallied = Tallied(evidence, replace(processed, aggregates=aggregates), counted)
    files = {path: data for path, data in world.record(tallied).items() if path.startswith("public/")}
    lines = b"".join(encode(ballot) + b"\n" for ballot in nameless(ballots))
    (path,) = (path for path in files if path.startswith(BALLOTS))
    return {**files, path: lines}, counted.result


def _answer_anything(trustee: TrusteePort, aggregates: Aggregates) -> SignedAnswer:
    """A hostile trustee opens what it is asked to."""
    if not isinstance(trustee, TrusteeService):
        raise SetupError("this attack needs the trustees in this process")
    return sign_answer(trustee._shares(aggregates), trustee._keys.signing)
