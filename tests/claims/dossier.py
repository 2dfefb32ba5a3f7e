"""A finished election as its hostile parties would hand it over, and the entry points that take it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from auditor.audit import audit
from auditor.findings import AuditReport
from common.checks.check import CheckList
from common.checks.inspection import inspect
from common.crypto.cryptosystem import KeyProof
from common.crypto.systems import SYSTEMS
from common.eid.personal_code import voter_id
from common.errors import ValikError
from common.messages.acts import Signed
from common.messages.ballot import Ballot
from common.messages.message import encode
from common.messages.result import (
    Accounting,
    AccountingSets,
    Aggregates,
    Result,
    SetTotal,
    SignedAnswer,
    TrusteeAnswer,
    commitment,
    sign_answer,
)
from common.messages.roll import RollChange, RollEntry
from common.ports import Lapsed
from common.tally.evidence import Evidence
from common.tally.record import PublicRecord, SwornRecord, nameless, write_public, write_sworn
from scenarios.world import World
from tallier.process import combine, process
from tallier.publish import of_kind
from tallier.trustee import TrusteeService
from tallier.trustee_state import MemoryState
from tests.claims.attack_tools import CHOICES, MAINLANDERS, NOTHING, STRANGERS

PRESENT = (1, 2)
"""The trustees that answer; the third one is away."""


@dataclass(frozen=True, slots=True, eq=False)
class Dossier:
    """`world` is finished and is not to be changed. Change the rest with `dataclasses.replace`.

    Equal only to itself, so that forgeries can be remembered by the dossier they were made of.
    """

    world: World
    manifest: Signed
    key_proof: KeyProof
    evidence: Evidence
    aggregates: Aggregates
    answers: tuple[SignedAnswer, ...]
    result: Result
    accounting: Accounting
    sets: AccountingSets
    ballots: tuple[Ballot, ...]

    def trustee(self, number: int, checks: CheckList) -> TrusteeService:
        """Trustee `number` as it is before anybody asks for its shares."""
        return trustee_anew(self.world, number, checks)

    def retallied(self, evidence: Evidence) -> Dossier:
        """The same parties, all of them hostile, count other evidence; if nobody can, they keep to what they had."""
        try:
            return tallied(self.world, evidence)
        except ValikError:
            return replace(self, evidence=evidence)

    def reopened(self, aggregates: Aggregates) -> Dossier:
        """Hostile trustees open whatever aggregates they are given."""
        answers = tuple(self.forged_answer(number, aggregates) for number in PRESENT)
        result = combine(self.world.election, aggregates, answers, NOTHING).result
        return replace(self, aggregates=aggregates, answers=answers, result=result)

    def forged_answer(self, number: int, aggregates: Aggregates, **fields: object) -> SignedAnswer:
        """What a hostile trustee signs: its shares for any aggregates, with `fields` of the answer replaced."""
        answer = self.trustee(number, NOTHING)._shares(aggregates)
        return self.signed_answer(number, replace(answer, **fields))  # type: ignore[arg-type]

    def signed_answer(self, number: int, answer: TrusteeAnswer) -> SignedAnswer:
        """Any answer, signed by this trustee."""
        return sign_answer(answer, self.world.trustees[number - 1]._keys.signing)

    def with_sets(self, sets: Mapping[str, Sequence[int]]) -> Dossier:
        """Another accounting, well committed to: set name → log indices."""
        named = tuple(replace(chosen, votes=tuple(sets.get(chosen.name, chosen.votes))) for chosen in self.sets.sets)
        totals = tuple(SetTotal(chosen.name, len(chosen.votes), commitment(chosen)) for chosen in named)
        return replace(
            self,
            sets=replace(self.sets, sets=named),
            accounting=replace(self.accounting, sets=totals),
        )

    def files(self, *, sworn: bool = True) -> dict[str, bytes]:
        """The record, path → bytes."""
        acts, log = self.evidence.acts, self.evidence.log
        public = PublicRecord(
            self.manifest,
            self.key_proof,
            log.entries,
            log.checkpoints,
            of_kind(acts, "order", "extension", "abandonment"),
            of_kind(acts, "exclusion"),
            self.aggregates,
            self.answers,
            self.result,
            self.accounting,
            self.ballots,
        )
        found = write_public(public)
        if sworn:
            revocations, changes = of_kind(acts, "revocation"), of_kind(acts, "roll-change")
            record = SwornRecord(self.evidence.roll, changes, revocations, self.evidence.votes, self.sets)
            found |= write_sworn(record, public)
        return found


def trustee_anew(world: World, number: int, checks: CheckList) -> TrusteeService:
    """A trustee of this election that holds its share and has rehearsed, but not answered."""
    old, state = world.trustees[number - 1], MemoryState()
    state.save(replace(old._store.load(), final_root=None, answer=None))
    return TrusteeService(old._name, old._keys, state, old._authority_key, old._parameters, SYSTEMS, checks)


def tallied(world: World, evidence: Evidence) -> Dossier:
    """Processor and trustees count this evidence without looking at it."""
    processed = process(world.election, evidence, NOTHING)
    manifest, proof, claimed = world.manifest, world.ceremony.proof, processed.aggregates
    answers = tuple(
        trustee_anew(world, number, NOTHING).answer(manifest, proof, evidence, claimed) for number in PRESENT
    )
    result = combine(world.election, claimed, answers, NOTHING).result
    return Dossier(
        world,
        manifest,
        proof,
        evidence,
        claimed,
        answers,
        result,
        processed.accounting,
        processed.sets,
        nameless(vote.candidate.ballot for vote in processed.inspection.replay.counted()),
    )


def played(world: World) -> Dossier:
    """Something of everything, and where it stands in the log.

    1–7 votes, 8 a newcomer and a removal, 9 the newcomer, 10 a re-vote of the first, 11 covered too late, 12 at the
    last minute, 13 close, 14 a paper vote, 15 the exclusion of 11, 16 final. Counted are 2, 4, 5, 6, 9, 10, 12.
    """
    voters = [world.citizen(person) for person in MAINLANDERS[:9]]
    for citizen in voters[:7]:
        world.clock.now += 60
        world.vote(citizen, CHOICES)
    newcomer = RollEntry(voter_id(STRANGERS[1].code), STRANGERS[1].name, "north")
    world.change_roll([RollChange(newcomer.voter, newcomer), RollChange(voters[6].card.voter_id, None)])
    world.vote(world.citizen(STRANGERS[1]), CHOICES)
    world.clock.now += 60
    world.vote(voters[0], {"board": (0, 0, 1), "wishes": (0, 1)})
    world.witness_clock.by = 1000
    try:
        world.vote(voters[7], CHOICES)
    except Lapsed:
        world.clock.now = world.election.closes - 10
    world.witness_clock.by = 0
    world.vote(voters[8], CHOICES)
    world.close()
    world.revoke([voters[2].card.voter_id])
    world.finalise()
    return tallied(world, world.collector.evidence())


# --- entry points


def inspected(dossier: Dossier, checks: CheckList) -> object:
    """What processor, trustees and sworn auditors do first."""
    return inspect(dossier.world.election, dossier.evidence, checks, finished=True)


def answered(dossier: Dossier, checks: CheckList) -> object:
    """The trustee's port."""
    return dossier.trustee(1, checks).answer(
        dossier.manifest, dossier.key_proof, dossier.evidence, dossier.aggregates
    )


def combined(dossier: Dossier, checks: CheckList) -> object:
    """The processor opens the aggregates with two answers, or if one is refused with the third trustee's."""
    spare = dossier.forged_answer(3, dossier.aggregates)
    counted = combine(dossier.world.election, dossier.aggregates, (*dossier.answers, spare), checks)
    for failure in counted.refused:
        raise failure
    return counted


def audited(dossier: Dossier, files: Mapping[str, bytes], checks: CheckList) -> AuditReport:
    """The auditor's one command."""
    authority, fingerprint = dossier.world.authority.public_key, dossier.world.election.fingerprint
    return audit(files, authority, fingerprint, SYSTEMS, time.perf_counter, checks=checks)


# --- changes of files

VOTES, BALLOTS = "sworn/votes/000000.jsonl", "public/ballots/000000.jsonl"


def with_lines(
    files: Mapping[str, bytes], path: str, change: Callable[[list[bytes]], list[bytes]]
) -> dict[str, bytes]:
    """The record with the lines of one file changed."""
    lines = change(files[path].removesuffix(b"\n").split(b"\n"))
    return {**files, path: b"".join(line + b"\n" for line in lines)}


def with_document(files: Mapping[str, bytes], path: str, document: object) -> dict[str, bytes]:
    """The record with another document in one file."""
    return {**files, path: encode(document)}
