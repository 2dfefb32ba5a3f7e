"""B1–B7, and the C checks again at the replay: ballot boxes, acts and accountings that are not what the log says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from common.checks.catalogue import COMPLETE
from common.encoding.octets import to_base64url
from common.errors import Party
from common.log.entries import EntryKind
from common.messages.acts import Exclusion, Revocation, Signed, sign_document
from common.messages.ballot import Ballot
from common.messages.message import decode, encode
from common.messages.vote import RecordedVote, SignedBallot
from common.tally.evidence import Evidence
from common.tally.record import nameless
from tests.claims import cases_casting, cases_identity, cases_proofs
from tests.claims.attack_tools import CHOICES, MAINLANDERS, Line, Scene, act_entry, staged, vote_entry
from tests.claims.case import AuditCase, Claim
from tests.claims.cases_casting import Attack
from tests.claims.cases_identity import honest_response
from tests.claims.cases_log import CLOSE, FINAL, LAST_VOTE, Forgery, everywhere, lines, recorded, retallied, with_log
from tests.claims.dossier import BALLOTS, VOTES, Dossier, with_lines

REVOCATION, EXCLUSION = 14, 15
GOOD_VOTE, EXCLUDED_VOTE, PAPER_VOTE = 4, 11, 3
"""Log indices in the dossier."""


# --- B1, B2


def vote_dropped(dossier: Dossier) -> Evidence:
    return replace(dossier.evidence, votes=dossier.evidence.votes[1:])


def vote_dropped_from_file(dossier: Dossier) -> Mapping[str, bytes]:
    return with_lines(dossier.files(), VOTES, lambda votes: votes[1:])


def ocsp_response_lost(dossier: Dossier) -> Evidence:
    """The collector has the signed ballot still, but another OCSP response than the log's."""
    first, *rest = dossier.evidence.votes
    return replace(dossier.evidence, votes=(replace(first, ocsp="AAAA"), *rest))


def _unlogged_vote(dossier: Dossier) -> RecordedVote:
    """A valid vote of somebody who abstained, as if a collector had made it up."""
    world = staged(dossier.world)
    vote = world.vote(world.citizen(MAINLANDERS[20]), CHOICES)
    return RecordedVote(decode(SignedBallot, vote.signed_ballot), vote.receipt.ocsp)


def vote_stuffed(dossier: Dossier) -> Evidence:
    return replace(dossier.evidence, votes=(*dossier.evidence.votes, _unlogged_vote(dossier)))


def vote_stuffed_into_file(dossier: Dossier) -> Mapping[str, bytes]:
    stuffed = encode(_unlogged_vote(dossier))
    return with_lines(dossier.files(), VOTES, lambda votes: [*votes, stuffed])


def vote_twice_in_the_box(dossier: Dossier) -> Evidence:
    return replace(dossier.evidence, votes=(*dossier.evidence.votes, dossier.evidence.votes[0]))


def vote_logged_twice(dossier: Dossier) -> Evidence:
    """The last-minute vote is logged again, so that it might count twice."""
    world, changed = dossier.world, lines(dossier)
    close, final = (
        world.authority.order(world.election, kind, index + 1) for kind, index in (("close", CLOSE), ("final", FINAL))
    )
    changed.insert(CLOSE, changed[LAST_VOTE])
    changed[CLOSE + 1] = replace(changed[CLOSE + 1], entry=act_entry(close, EntryKind.CLOSE))
    changed[FINAL + 1] = replace(changed[FINAL + 1], entry=act_entry(final, EntryKind.FINAL))
    others = [act for act in dossier.evidence.acts if act.body.format != "valik/v1/order"]
    return with_log(dossier, changed, [close, *others, final])


# --- B3, B4 and the C checks of the replay: a lax collector let a bad vote in, and nobody excluded it


def let_in(check: str, attack: Attack) -> Forgery:
    """What the processor gets from a collector that does not run `check`."""

    def let(dossier: Dossier) -> Evidence:
        world, voters = staged(dossier.world, collector_checks=COMPLETE.without(check)), iter(MAINLANDERS)
        for _ in range(4):
            honest = Scene.open(world, voters)
            honest.post(honest.raw())
        scene = Scene.open(world, voters)
        scene.post(attack(scene))
        world.close()
        world.order("final")
        return world.collector.evidence()

    let.__name__ = f"{attack.__name__}_let_in"
    return cache(let)


def written_in(attack: Attack) -> Forgery:
    """What the processor gets from a collector that writes the vote into its log by its own hand, as the last one."""

    def write(dossier: Dossier) -> Evidence:
        world = staged(dossier.world)
        world.clock.now = world.election.closes - 10
        scene = Scene.open(world, iter(MAINLANDERS[8:]))
        raw = attack(scene)
        vote = RecordedVote(decode(SignedBallot, raw), to_base64url(honest_response(scene, raw)))
        changed = lines(dossier)
        changed[LAST_VOTE] = replace(changed[LAST_VOTE], entry=vote_entry(vote))
        return replace(with_log(dossier, changed), votes=(*dossier.evidence.votes[:-1], vote))

    write.__name__ = f"{attack.__name__}_written_in"
    return cache(write)


def everywhere_again(
    check: str, evidence: Forgery, then: str | None = None, *, left: tuple[str, ...] = ()
) -> tuple[Claim, ...]:
    """B3 stops it before it is counted; the audit names the check besides, and without that finds `left`."""
    broken = ("B4",) if check == "C9" else ()
    (processor, trustee, _), also = everywhere("B3", evidence, then), (check, *broken)
    counted = retallied(evidence)
    return (
        processor,
        *((trustee,) if check == "C11" else ()),
        AuditCase("B3", counted, also),
        AuditCase(check, counted, ("B3", *broken), left, at_fault=Party.COLLECTOR),
    )


chain_broken = let_in("C9", cases_casting.second_vote_called_first)


# --- B5


def with_act(dossier: Dossier, index: int, act: Signed) -> Evidence:
    """The evidence with another act logged at `index`."""
    old, changed = dossier.evidence.log.entries[index], lines(dossier)
    acts = [act if act_entry(known, old.kind) == old else known for known in dossier.evidence.acts]
    changed[index] = replace(changed[index], entry=act_entry(act, old.kind))
    return with_log(dossier, changed, acts)


def _exclusion(dossier: Dossier, index: int, check: str) -> Signed:
    return dossier.world.authority.exclude(dossier.world.election, index, check, "for the test")


def good_vote_excluded(dossier: Dossier) -> Evidence:
    """The authority wants to be rid of a good vote, and logs one exclusion more."""
    return excluded_before_final(dossier, GOOD_VOTE, "C2")


def excluded_before_final(dossier: Dossier, index: int, check: str) -> Evidence:
    """One exclusion more, logged just before `final`."""
    world, changed = dossier.world, lines(dossier)
    exclusion = _exclusion(dossier, index, check)
    final = world.authority.order(world.election, "final", FINAL + 1)
    changed.insert(FINAL, Line(act_entry(exclusion, EntryKind.EXCLUSION), changed[FINAL].time))
    changed[FINAL + 1] = replace(changed[FINAL + 1], entry=act_entry(final, EntryKind.FINAL))
    old = dossier.evidence.log.entries[FINAL]
    acts = [act for act in dossier.evidence.acts if act_entry(act, EntryKind.FINAL) != old]
    return with_log(dossier, changed, [*acts, exclusion, final])


def excluded_for_a_check_it_passes(dossier: Dossier) -> Evidence:
    return with_act(dossier, EXCLUSION, _exclusion(dossier, EXCLUDED_VOTE, "C7"))


def revocation_of_somebody_else(dossier: Dossier) -> Evidence:
    return with_act(dossier, REVOCATION, _signed_by_somebody(_revocation(dossier)))


def revocation_for_another_election(dossier: Dossier) -> Evidence:
    body = replace(_revocation(dossier), fingerprint="ef" * 32)
    return with_act(dossier, REVOCATION, dossier.world.authority.sign(body))


def exclusion_of_somebody_else(dossier: Dossier) -> Evidence:
    return with_act(dossier, EXCLUSION, _signed_by_somebody(_exclusion(dossier, EXCLUDED_VOTE, "C2").body))


def _signed_by_somebody(body: object) -> Signed:
    if not isinstance(body, Revocation | Exclusion):
        raise TypeError("an act")
    return sign_document(body, Ed25519PrivateKey.generate())


def _revocation(dossier: Dossier) -> Revocation:
    (found,) = (act.body for act in dossier.evidence.acts if isinstance(act.body, Revocation))
    return found


def revocation_not_logged(dossier: Dossier) -> Evidence:
    voter = MAINLANDERS[1].code
    act = dossier.world.authority.revoke(dossier.world.election, [f"PNOEE-{voter}"], "voted on paper, too late")
    return replace(dossier.evidence, acts=(*dossier.evidence.acts, act))


def revocation_missing(dossier: Dossier) -> Evidence:
    """The log has it, the authority's list itself is gone."""
    acts = tuple(act for act in dossier.evidence.acts if not isinstance(act.body, Revocation))
    return replace(dossier.evidence, acts=acts)


def exclusion_of_no_vote(dossier: Dossier) -> Evidence:
    return with_act(dossier, EXCLUSION, _exclusion(dossier, CLOSE, "C2"))


def exclusion_of_a_later_vote(dossier: Dossier) -> Evidence:
    """It names the entry after its own."""
    return with_act(dossier, EXCLUSION, _exclusion(dossier, FINAL, "C2"))


def exclusion_for_another_election(dossier: Dossier) -> Evidence:
    body = replace(_exclusion(dossier, EXCLUDED_VOTE, "C2").body, fingerprint="ef" * 32)  # type: ignore[type-var]
    return with_act(dossier, EXCLUSION, dossier.world.authority.sign(body))


# --- B6, B7


def superseded_vote_counted_instead(dossier: Dossier) -> Dossier:
    """The processor says that it counted the first voter's first vote; the totals are right."""
    return dossier.with_sets({"superseded": (10,), "counted": (1, 2, 4, 5, 6, 9, 12)})


def paper_vote_counted_instead(dossier: Dossier) -> Dossier:
    return dossier.with_sets({"revoked": (2, 7), "counted": (3, 4, 5, 6, 9, 10, 12)})


def superseded_vote_called_revoked(dossier: Dossier) -> Dossier:
    """Counted is right, but a vote is in the wrong one of the others."""
    return dossier.with_sets({"superseded": (3,), "revoked": (1, 7)})


def commitment_to_another_set(dossier: Dossier) -> Dossier:
    first, *rest = dossier.accounting.sets
    accounting = replace(dossier.accounting, sets=(replace(first, commitment="12" * 32), *rest))
    return replace(dossier, accounting=accounting)


def published_ballot_replaced(dossier: Dossier) -> Mapping[str, bytes]:
    """The nameless ballots hold one that was not counted, in the place of one that was."""
    files = dossier.files()
    revoked = encode(dossier.evidence.votes[PAPER_VOTE - 1].vote.ballot)
    kept = files[BALLOTS].splitlines()[1:]
    ordered = replace(dossier, ballots=_sorted([*kept, revoked])).files()
    return {**files, BALLOTS: ordered[BALLOTS]}


def _sorted(ballots: list[bytes]) -> tuple[Ballot, ...]:
    return nameless(decode(Ballot, ballot) for ballot in ballots)


CASES: tuple[Claim, ...] = (
    *everywhere("B1", vote_dropped, "RuleBroken")[:2],
    AuditCase("B1", vote_dropped_from_file, stalled="B3"),
    *everywhere("B1", ocsp_response_lost, "B2")[:2],
    *everywhere("B2", vote_stuffed)[:2],
    AuditCase("B2", vote_stuffed_into_file, ("F1",)),
    *everywhere("B2", vote_twice_in_the_box, "RuleBroken")[:2],
    *everywhere("B2", vote_logged_twice, "B3", also=("C9", "B3", "B4")),
    *everywhere_again("C1", let_in("C1", cases_casting.over_the_limit)),
    *everywhere_again("C2", let_in("C2", cases_casting.held_back_for_hours)),
    *everywhere_again("C3", written_in(cases_identity.expired), left=("C4", "B3")),
    *everywhere_again("C4", let_in("C4", cases_identity.response_replayed)),
    *everywhere_again("C5", let_in("C5", cases_identity.high_s)),
    *everywhere_again("C7", let_in("C7", cases_casting.stale_roll_version)),
    *everywhere_again("C8", let_in("C8", cases_casting.copied_ballot)),
    *everywhere_again("C9", let_in("C9", cases_casting.second_vote_called_first), "B4", left=("B4",)),
    *everywhere_again("C10", let_in("C10", cases_proofs.response_not_reduced)),
    *everywhere_again("C11", let_in("C11", cases_proofs.options_swapped)),
    *everywhere("B4", chain_broken, besides=("C9",), also=("C9", "B3")),
    *everywhere("B5", good_vote_excluded),
    *recorded("B5", excluded_for_a_check_it_passes),
    *recorded("B5", revocation_of_somebody_else),
    *recorded("B5", revocation_for_another_election),
    *recorded("B5", exclusion_of_somebody_else, stalled="L5"),
    *recorded("B5", revocation_not_logged, also=("F1",)),
    *everywhere("B5", revocation_missing, "LogError")[:2],
    *everywhere("B5", exclusion_of_no_vote, "RuleBroken")[:2],
    AuditCase("B6", superseded_vote_counted_instead, ("B7",)),
    AuditCase("B6", paper_vote_counted_instead),
    AuditCase("B6", commitment_to_another_set),
    AuditCase("B6", published_ballot_replaced),
    AuditCase("B7", superseded_vote_counted_instead, ("B6",)),
    AuditCase("B7", superseded_vote_called_revoked, ("B6",)),
)
