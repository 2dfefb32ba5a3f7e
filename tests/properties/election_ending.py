"""How each run of the election machine ends: counted, opened, audited, and attacked once more by every party."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

import pytest

from auditor.audit import audit
from auditor.findings import AuditReport
from common.checks.catalogue import COMPLETE
from common.crypto.systems import SYSTEMS
from common.errors import CheckFailed, Party, RuleBroken, ServiceRefused
from common.log.entries import EntryKind
from common.messages.acts import Signed
from common.messages.result import Result, SignedAnswer, sign_answer
from common.tally.evidence import Evidence
from scenarios.villains import act_entry, forger, lines_of
from scenarios.world import Tallied
from tallier.process import Counted, Processed, combine, process
from tests.properties.deviations import BY_THE_COLLECTOR, written_anew
from tests.properties.election_machine import Election


class Ending(Election):
    """`present` trustees answer; `liar` (or nobody) gives wrong shares; the collector tries each of `deviations`."""

    present: list[int]
    liar: int | None
    deviations: list[str]
    picks: int

    def finish(self) -> None:
        """Final, count, open, and hold everything against the model."""
        self.world.finalise()
        with pytest.raises(ServiceRefused):
            self.world.order("final")
        evidence = self.world.collector.evidence()
        processed = process(self.world.election, evidence, COMPLETE)
        self.require_accounting(processed)
        self.require_the_collector_named(evidence, processed)
        tallied = self.opened(evidence, processed)
        self.require_result(tallied)
        self.require_one_final_tree(evidence)
        self.require_others_named(tallied)
        for report in self.audits(self.world.record(tallied)):
            assert (report.broken, report.passed) == ((), True)

    def require_accounting(self, processed: Processed) -> None:
        """Logged votes = superseded ⊎ excluded ⊎ revoked ⊎ counted, each the model's."""
        due = self.model.fates()
        found = {chosen.name: chosen.votes for chosen in processed.sets.sets}
        assert found == {"accepted": tuple(sorted(cast.index for _, cast in self.model.votes())), **due}
        assert sorted(sum(due.values(), ())) == list(found["accepted"])

    def opened(self, evidence: Evidence, processed: Processed) -> Tallied:
        """With the trustees that are present; if one of them lies, all are asked, and the liar is named."""
        election, aggregates = self.world.election, processed.aggregates
        lies = self.liar in self.present and any(pool.ciphertexts for pool in aggregates.aggregates)
        answers = self.world.answers(evidence, processed, [1, 2, 3] if lies else self.present)
        with pytest.raises(ServiceRefused):
            combine(election, aggregates, answers[:1], COMPLETE)
        if lies:
            answers = [self.spoilt(answer) if answer.answer.trustee == self.liar else answer for answer in answers]
        counted = combine(election, aggregates, answers, COMPLETE)
        named = [(failure.at_fault, failure.subject) for failure in counted.refused]
        asked = lies and self.liar != 3  # two good answers are enough: the third is not looked at
        assert named == ([(Party.TRUSTEE, f"shares of trustee {self.liar}")] if asked else [])
        return Tallied(evidence, processed, counted)

    def spoilt(self, signed: SignedAnswer) -> SignedAnswer:
        """The answer with another value in its first share, under the trustee's own signature."""
        first, *rest = signed.answer.shares
        value = first.shares[0].value
        share = replace(first.shares[0], value=value[:-2] + ("BA" if value.endswith("AA") else "AA"))
        lie = replace(signed.answer, shares=(replace(first, shares=(share, *first.shares[1:])), *rest))
        return sign_answer(lie, self.keyring.trustees[signed.answer.trustee - 1].signing)

    def require_result(self, tallied: Tallied) -> None:
        ballots, counts = self.model.result()
        (total,) = tallied.counted.result.totals
        assert total.ballots + total.unopened == ballots
        assert total.counts == (counts if ballots >= 2 else (0, 0, 0))

    # --- who deviates is named

    def require_the_collector_named(self, evidence: Evidence, processed: Processed) -> None:
        """By the processor, each trustee and, if such a record can be written at all, the auditor."""
        for name in self.deviations:
            made = BY_THE_COLLECTOR[name](self.case(evidence, lambda below: self.picks % below))
            if made is None:
                continue
            with pytest.raises(CheckFailed) as found:
                process(self.world.election, made, COMPLETE)
            assert found.value.at_fault is Party.COLLECTOR
            with pytest.raises(CheckFailed) as named:
                self.world.answers(made, processed, self.present[:1])
            assert named.value.at_fault is Party.COLLECTOR
            self.require_audit_names_the_collector(made, processed)

    def require_audit_names_the_collector(self, made: Evidence, processed: Processed) -> None:
        """With a processor that helps to hide it; some evidence does not even fit into a record.

        An audit goes on after a log that it refuses: what it says then about others rests on that log.
        """
        counted = Counted(empty_result(processed), (), ())
        try:
            files = self.world.record(Tallied(made, processed, counted))
        except RuleBroken:
            return
        report = self.audits(files)[0]
        assert Party.COLLECTOR in blamed(report)
        if not any(row.id.startswith("L") for row in report.rows if row.failures):
            assert blamed(report) <= {Party.COLLECTOR, Party.PROCESSOR}, blamed(report)

    def require_one_final_tree(self, evidence: Evidence) -> None:
        """Authority, collector and all witnesses make a second final tree: who has answered answers for no other."""
        world = self.world
        act = world.authority.revoke(world.election, [self.citizens[0].card.voter_id], "for a second final tree")
        other = self.with_act(evidence, act, EntryKind.REVOCATION)
        processed = process(world.election, other, COMPLETE)
        with pytest.raises(ServiceRefused, match="another final tree"):
            world.answers(other, processed, self.present[:1])

    def require_others_named(self, tallied: Tallied) -> None:
        """The authority that excludes a good vote, the processor that claims other aggregates or another result."""
        self.require_the_authority_named(tallied.evidence)
        pools = tallied.processed.aggregates.aggregates
        if not pools:
            return
        claimed = replace(tallied.processed.aggregates, aggregates=pools[1:])
        with pytest.raises(CheckFailed) as named:
            self.world.answers(tallied.evidence, replace(tallied.processed, aggregates=claimed), [1])
        assert named.value.at_fault is Party.PROCESSOR
        result = tallied.counted.result
        (total,) = result.totals
        moved = replace(result, totals=(replace(total, counts=(total.counts[0] + 1, *total.counts[1:])),))
        lied = replace(tallied, counted=replace(tallied.counted, result=moved))
        for report in self.audits(self.world.record(lied)):
            assert blamed(report) == {Party.PROCESSOR}

    def require_the_authority_named(self, evidence: Evidence) -> None:
        good = [cast.index for cast in self.model.counted().values()]
        if not good:
            return
        world = self.world
        act = world.authority.exclude(world.election, good[0], "C2", "as it pleases us")
        made = self.with_act(evidence, act, EntryKind.EXCLUSION)
        with pytest.raises(CheckFailed) as named:
            process(world.election, made, COMPLETE)
        assert (named.value.check, named.value.at_fault) == ("B5", Party.AUTHORITY)

    def with_act(self, evidence: Evidence, act: Signed, kind: EntryKind) -> Evidence:
        """One act more before `final`, in a log that all witnesses were bribed to sign."""
        *lines, final = lines_of(self.world.election, evidence.log)
        lines += [(act_entry(act, kind), final[1]), final]
        more, writer = replace(evidence, acts=(*evidence.acts, act)), forger(self.world.election, self.keyring)
        return written_anew(self.world, more, lines, writer)

    def audits(self, files: dict[str, bytes]) -> Sequence[AuditReport]:
        """The sworn and the public auditor's."""
        public = {path: data for path, data in files.items() if path.startswith("public/")}
        return [
            audit(part, self.world.authority.public_key, self.world.election.fingerprint, SYSTEMS, time.perf_counter)
            for part in (files, public)
        ]


def empty_result(processed: Processed) -> Result:
    """A result that announces nothing."""
    return Result("valik/v1/result", processed.aggregates.fingerprint, processed.aggregates.final_root, (), ())


def blamed(report: AuditReport) -> set[Party]:
    """Everyone at fault by an audit report."""
    return {failure.at_fault for row in report.rows for failure in row.failures}
