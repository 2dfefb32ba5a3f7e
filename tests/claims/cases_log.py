"""L1–L6: logs that collector, witnesses and processor forged, before processor, trustee and auditor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache, wraps

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from common.checks.check import CheckList
from common.errors import Party
from common.log.checkpoint import Checkpoint, read_checkpoint, sign_checkpoint
from common.log.entries import Entry, EntryKind
from common.messages.acts import Order, Signed, sign_document
from common.tally.evidence import Evidence
from tests.claims.attack_tools import (
    Line,
    act_entry,
    checkpoint_note,
    collector_keys,
    forged_log,
    lines_of,
)
from tests.claims.bases import Bases
from tests.claims.case import AuditCase, Case, Claim
from tests.claims.dossier import Dossier, answered, inspected

Forgery = Callable[[Dossier], Evidence]
LAST_VOTE, CLOSE, FINAL = 12, 13, 16
"""Where they stand in the dossier's log."""


def inspecting(bases: Bases, mutate: Forgery, checks: CheckList) -> object:
    """The processor reads box and log."""
    return inspected(replace(bases.dossier, evidence=mutate(bases.dossier)), checks)


def asking_a_trustee(bases: Bases, mutate: Callable[[Dossier], Dossier], checks: CheckList) -> object:
    """A hostile processor sends a trustee evidence, and what it claims of it."""
    return answered(mutate(bases.dossier), checks)


def retallied(mutate: Forgery) -> Callable[[Dossier], Dossier]:
    """What hostile processor and trustees make of forged evidence."""

    @wraps(mutate)
    def counted(dossier: Dossier) -> Dossier:
        return dossier.retallied(mutate(dossier))

    return cache(counted)


def everywhere(
    check: str,
    mutate: Forgery,
    then: str | None = None,
    *,
    also: tuple[str, ...] = (),
    stalled: str | None = None,
    besides: tuple[str, ...] = (),
) -> tuple[Claim, ...]:
    """The forgery before the processor, a trustee and an auditor."""
    once = cache(mutate)
    counted = retallied(once)
    return (
        Case(check, once, inspecting, then, besides=besides),
        Case(check, counted, asking_a_trustee, then, besides=besides),
        AuditCase(check, counted, also, stalled=stalled),
    )


def recorded(
    check: str,
    mutate: Forgery,
    then: str | None = None,
    *,
    also: tuple[str, ...] = (),
    stalled: str | None = None,
) -> tuple[Claim, ...]:
    """The forgery before processor and auditor; that trustees run the check another case has shown."""
    processor, _, auditor = everywhere(check, mutate, then, also=also, stalled=stalled)
    return processor, auditor


# --- what a forger does to a log


def lines(dossier: Dossier) -> list[Line]:
    return lines_of(dossier.world.election, dossier.evidence.log)


def with_log(dossier: Dossier, changed: Sequence[Line], acts: Sequence[Signed] | None = None) -> Evidence:
    """The evidence with a log of these lines, and with these acts."""
    found = dossier.evidence.acts if acts is None else tuple(acts)
    return replace(dossier.evidence, log=forged_log(dossier.world, changed), acts=found)


def with_order(dossier: Dossier, changed: list[Line], index: int, order: Signed) -> Evidence:
    """The evidence with this order in the place of the one that was logged at `index`."""
    old = dossier.evidence.log.entries[index]
    kind = old.kind
    acts = [order if act_entry(act, kind) == old else act for act in dossier.evidence.acts]
    place = next(position for position, line in enumerate(changed) if line.entry == old)
    changed[place] = replace(changed[place], entry=act_entry(order, kind))
    return with_log(dossier, changed, acts)


def with_checkpoints(dossier: Dossier, change: Callable[[list[str]], Sequence[str]]) -> Evidence:
    log = dossier.evidence.log
    return replace(dossier.evidence, log=replace(log, checkpoints=tuple(change(list(log.checkpoints)))))


# --- L1


def final_that_no_witness_saw(dossier: Dossier) -> Evidence:
    return with_checkpoints(dossier, lambda notes: [n for n in notes if read_checkpoint(n)[1].size <= FINAL])


def revocation_that_was_never_logged(dossier: Dossier) -> Evidence:
    """The processor puts another list of paper voters where one was logged; the checkpoints are the true log's."""
    voters = [dossier.world.roll.body.voters[0].voter]  # type: ignore[union-attr]
    forged = dossier.world.authority.revoke(dossier.world.election, voters, "said to have voted on paper")
    entries = list(dossier.evidence.log.entries)
    acts = [
        forged if act_entry(act, EntryKind.REVOCATION) == entries[CLOSE + 1] else act for act in dossier.evidence.acts
    ]
    entries[CLOSE + 1] = act_entry(forged, EntryKind.REVOCATION)
    log = replace(dossier.evidence.log, entries=tuple(entries))
    return replace(dossier.evidence, log=log, acts=tuple(acts))


# --- L2


def split_view(dossier: Dossier) -> Evidence:
    """Some voter's receipt is of another log: same witnesses, hostile enough to cosign both."""
    origin, time = dossier.world.election.manifest.log.origin, dossier.world.clock()
    fork = checkpoint_note(dossier.world, Checkpoint(origin, 5, b"\x05" * 32), time)
    return with_checkpoints(dossier, lambda notes: [*notes, fork])


def rolled_back(dossier: Dossier) -> Evidence:
    """Witnesses saw a longer log than the one that is handed over."""
    origin, time = dossier.world.election.manifest.log.origin, dossier.world.clock()
    longer = checkpoint_note(dossier.world, Checkpoint(origin, FINAL + 9, b"\x09" * 32), time)
    return with_checkpoints(dossier, lambda notes: [*notes, longer])


# --- L3, L4


def not_signed_by_the_log(dossier: Dossier) -> Evidence:
    """The witnesses' lines stay; the log's is made with another key."""

    def forge(notes: list[str]) -> list[str]:
        note, checkpoint = read_checkpoint(notes[0])
        forged = sign_checkpoint(checkpoint, Ed25519PrivateKey.generate(), checkpoint.origin)
        return [forged + "".join(line.text for line in note.signatures[1:]), *notes[1:]]

    return with_checkpoints(dossier, forge)


def log_signature_missing(dossier: Dossier) -> Evidence:
    def strip(notes: list[str]) -> list[str]:
        note, _ = read_checkpoint(notes[0])
        return [replace(note, signatures=note.signatures[1:]).text, *notes[1:]]

    return with_checkpoints(dossier, strip)


def log_signs_twice(dossier: Dossier) -> Evidence:
    def double(notes: list[str]) -> list[str]:
        _, checkpoint = read_checkpoint(notes[0])
        again = sign_checkpoint(checkpoint, collector_keys(dossier.world).log, checkpoint.origin)
        return [notes[0] + again.split("\n\n")[1], *notes[1:]]

    return with_checkpoints(dossier, double)


def too_few_witnesses(dossier: Dossier) -> Evidence:
    def alone(notes: list[str]) -> list[str]:
        _, checkpoint = read_checkpoint(notes[0])
        return [checkpoint_note(dossier.world, checkpoint, dossier.world.election.opens, [1]), *notes[1:]]

    return with_checkpoints(dossier, alone)


def one_witness_twice(dossier: Dossier) -> Evidence:
    def twice(notes: list[str]) -> list[str]:
        _, checkpoint = read_checkpoint(notes[0])
        return [checkpoint_note(dossier.world, checkpoint, dossier.world.election.opens, [1, 1]), *notes[1:]]

    return with_checkpoints(dossier, twice)


def unknown_witness(dossier: Dossier) -> Evidence:
    def foreign(notes: list[str]) -> list[str]:
        line = read_checkpoint(notes[0])[0].signatures[-1]
        return [notes[0] + replace(line, name="somebody.invalid").text, *notes[1:]]

    return with_checkpoints(dossier, foreign)


# --- L5


def vote_after_grace(dossier: Dossier) -> Evidence:
    changed = lines(dossier)
    late = dossier.world.election.closes + dossier.world.election.manifest.times.grace + 1
    changed[LAST_VOTE:] = [replace(line, time=late) for line in changed[LAST_VOTE:]]
    return with_log(dossier, changed)


def closed_early(dossier: Dossier) -> Evidence:
    changed = lines(dossier)
    early = dossier.world.election.closes - dossier.world.election.manifest.times.skew - 1
    changed[LAST_VOTE:] = [replace(line, time=early) for line in changed[LAST_VOTE:]]
    changed[LAST_VOTE] = replace(changed[LAST_VOTE], time=early)
    return with_log(dossier, changed)


# --- L6


def no_final(dossier: Dossier) -> Evidence:
    changed, last = lines(dossier), dossier.evidence.log.entries[FINAL]
    acts = [act for act in dossier.evidence.acts if act_entry(act, EntryKind.FINAL) != last]
    return with_log(dossier, changed[:FINAL], acts)


def two_finals(dossier: Dossier) -> Evidence:
    second = dossier.world.authority.order(dossier.world.election, "final", FINAL + 1)
    changed = lines(dossier)
    changed.append(Line(act_entry(second, EntryKind.FINAL), changed[-1].time))
    return with_log(dossier, changed, [*dossier.evidence.acts, second])


def vote_after_close(dossier: Dossier) -> Evidence:
    """The last-minute vote is logged after the close."""
    changed, closes = lines(dossier), dossier.world.election.closes
    vote, close = changed[LAST_VOTE], changed[CLOSE]
    changed[LAST_VOTE : CLOSE + 1] = [replace(close, time=closes), replace(vote, time=closes + 1)]
    order = dossier.world.authority.order(dossier.world.election, "close", LAST_VOTE)
    return with_order(dossier, changed, CLOSE, order)


def order_for_another_tree_size(dossier: Dossier) -> Evidence:
    """The order was to close before the last vote."""
    order = dossier.world.authority.order(dossier.world.election, "close", LAST_VOTE)
    return with_order(dossier, lines(dossier), CLOSE, order)


def order_of_somebody_else(dossier: Dossier) -> Evidence:
    body = Order("valik/v1/order", dossier.world.election.fingerprint, "final", FINAL)
    return with_order(dossier, lines(dossier), FINAL, sign_document(body, Ed25519PrivateKey.generate()))


def opened_for_another_election(dossier: Dossier) -> Evidence:
    changed = lines(dossier)
    changed[0] = replace(changed[0], entry=Entry(EntryKind.OPEN, "cd" * 32))
    return with_log(dossier, changed)


def order_that_was_not_logged(dossier: Dossier) -> Evidence:
    order = dossier.world.authority.order(dossier.world.election, "close", LAST_VOTE)
    return replace(dossier.evidence, acts=(*dossier.evidence.acts, order))


CASES: tuple[Claim, ...] = (
    *everywhere("L1", final_that_no_witness_saw, "L5", also=("L5",)),
    *everywhere("L1", revocation_that_was_never_logged, besides=("L2",), also=("L2",)),
    *everywhere("L2", split_view),
    *recorded("L2", rolled_back, "L1", also=("L1",)),
    *everywhere("L3", not_signed_by_the_log, "LogError", also=("L5",), stalled="B3"),
    *recorded("L3", log_signature_missing, "LogError", also=("L5",), stalled="B3"),
    *recorded("L3", log_signs_twice, "LogError", also=("L5",), stalled="B3"),
    *everywhere("L4", too_few_witnesses, "L5", also=("L5",), stalled="B3"),
    *recorded("L4", one_witness_twice, "L5", also=("L5",), stalled="B3"),
    *recorded("L4", unknown_witness, "L5", also=("L5",), stalled="B3"),
    *everywhere("L5", vote_after_grace, "B3", also=("C2", "B3")),
    *recorded("L5", closed_early),
    *everywhere("L6", no_final, stalled="T1"),
    *(replace(claim, at_fault=Party.AUTHORITY) for claim in recorded("L6", two_finals)),  # type: ignore[type-var]
    *recorded("L6", vote_after_close),
    *recorded("L6", order_for_another_tree_size),
    *recorded("L6", order_of_somebody_else),
    *recorded("L6", opened_for_another_election),
    *recorded("L6", order_that_was_not_logged, also=("F1",)),
)
