"""B1 to B7 on `toy`: boxes, acts and accountings that are not what the log says.

Entries there are: 1 to 4 votes, 5 a roll change, 6, 7 (a re-vote of 1), 8 (lapsed) and 9 votes, 10 close, 11 a revocation
(of 3), 12 the exclusion of 8, 13 final.
"""

# ruff: noqa: E501 – tables: one case a line

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from common.eid.personal_code import voter_id
from common.encoding.octets import to_base64url
from common.log.entries import EntryKind
from common.messages.acts import Exclusion, Order, Revocation, Signed, sign_document
from common.messages.message import decode, encode
from common.messages.vote import RecordedVote, SignedBallot
from common.tally.evidence import Evidence
from common.tally.record import nameless
from tests.claims.attack_tools import CHOICES, Line, Scene, act_entry, lines_of, staged, vote_entry
from tests.claims.cases_box import with_act
from tests.claims.cases_casting import held_back_for_hours
from tests.claims.cases_identity import honest_response
from tests.claims.cases_log import with_log
from tests.claims.dossier import BALLOTS, VOTES, Dossier, with_lines
from tests.records.making.case import Tampered, record_of, recounted
from tests.records.making.elections import NORTH, OTHERS, SOUTH

LAPSED, LAST_VOTE, CLOSE, EXCLUSION = 8, 9, 10, 12
SMALL_LAST_VOTE, SMALL_REVOCATION = 2, 4
COUNTED = ("collector", "witnesses", "processor", "trustees")
ORDERED = ("election authority", *COUNTED)


def rewritten(dossier: Dossier, changed: list[Line], acts: Sequence[Signed] = ()) -> Evidence:
    """The evidence with these lines, `close` and `final` ordered anew for where they stand, and these acts besides.

    Acts that are no longer logged are dropped.
    """
    authority, election = dossier.world.authority, dossier.world.election
    orders = []
    for index, line in enumerate(changed):
        if line.entry.kind in (EntryKind.CLOSE, EntryKind.FINAL):
            orders.append(authority.order(election, line.entry.kind, index))
            changed[index] = replace(line, entry=act_entry(orders[-1], line.entry.kind))
    place = {line.entry.digest: index for index, line in enumerate(changed)}
    others = [act for act in dossier.evidence.acts if not isinstance(act.body, Order)]
    kept = [act for act in (*others, *acts, *orders) if _digest(act) in place]
    return with_log(dossier, changed, sorted(kept, key=lambda act: place[_digest(act)]))


def _digest(act: Signed) -> str:
    return act_entry(act, EntryKind.CLOSE).digest


def excluding(dossier: Dossier, index: int, check: str) -> Signed:
    return dossier.world.authority.exclude(dossier.world.election, index, check, "for the test")


def _with_exclusion(dossier: Dossier, act: Signed, changed: list[Line] | None = None) -> Evidence:
    """The exclusion logged before `final`."""
    found = changed or lines_of(dossier.world.election, dossier.evidence.log)
    found.insert(len(found) - 1, Line(act_entry(act, EntryKind.EXCLUSION), found[-1].time))
    return rewritten(dossier, found, [act])


# --- B1, B2


def vote_logged_twice(dossier: Dossier) -> list[Line]:
    changed = lines_of(dossier.world.election, dossier.evidence.log)
    changed.insert(CLOSE, changed[LAST_VOTE])
    return changed


def stuffed(dossier: Dossier) -> bytes:
    """A valid vote of somebody who abstained; it was never logged."""
    world = staged(dossier.world)
    vote = world.vote(world.citizen(OTHERS[3]), CHOICES)
    return encode(RecordedVote(decode(SignedBallot, vote.signed_ballot), vote.receipt.ocsp))


def with_another_response(line: bytes) -> bytes:
    """The vote as the collector still has it, when the OCSP response that it logged is lost."""
    return encode(replace(decode(RecordedVote, line), ocsp="AAAA"))


# --- B3, B4


def exclusion_left_out(dossier: Dossier) -> Evidence:
    """The vote that was covered too late is counted as its voter's."""
    changed = lines_of(dossier.world.election, dossier.evidence.log)
    del changed[EXCLUSION]
    return rewritten(dossier, changed)


def late_and_out_of_turn(dossier: Dossier) -> tuple[RecordedVote, int]:
    """A second vote of the first voter's that says it is the first, and was held back for hours; its covering time."""
    world = staged(dossier.world)
    scene = Scene.open(world, iter(OTHERS), NORTH[0])
    raw = held_back_for_hours(scene)
    response = to_base64url(honest_response(scene, raw))
    return RecordedVote(decode(SignedBallot, raw), response), world.clock.now


def _in_place_of_the_last(dossier: Dossier, vote: RecordedVote) -> tuple[list[Line], tuple[RecordedVote, ...]]:
    changed = lines_of(dossier.world.election, dossier.evidence.log)
    changed[SMALL_LAST_VOTE] = replace(changed[SMALL_LAST_VOTE], entry=vote_entry(vote))
    return changed, (*dossier.evidence.votes[:-1], vote)


def chain_broken(dossier: Dossier) -> Evidence:
    changed, votes = _in_place_of_the_last(dossier, late_and_out_of_turn(dossier)[0])
    return replace(with_log(dossier, changed), votes=votes)


def chain_broken_and_excluded(dossier: Dossier) -> Evidence:
    changed, votes = _in_place_of_the_last(dossier, late_and_out_of_turn(dossier)[0])
    return replace(_with_exclusion(dossier, excluding(dossier, SMALL_LAST_VOTE, "C2"), changed), votes=votes)


# --- B5


def _by_somebody(dossier: Dossier, index: int) -> Evidence:
    act = _logged(dossier, index)
    return with_act(dossier, index, sign_document(act.body, Ed25519PrivateKey.generate()))


def _elsewhere(dossier: Dossier, index: int) -> Evidence:
    act = _logged(dossier, index)
    if not isinstance(act.body, Revocation | Exclusion):
        raise TypeError("a revocation or exclusion")
    body = replace(act.body, fingerprint="ef" * 32)
    return with_act(dossier, index, dossier.world.authority.sign(body))


def _logged(dossier: Dossier, index: int) -> Signed:
    digest = dossier.evidence.log.entries[index].digest
    return next(act for act in dossier.evidence.acts if _digest(act) == digest)


def exclusion_twice(dossier: Dossier) -> Evidence:
    return _with_exclusion(dossier, excluding(dossier, LAPSED, "C2"))


def revocation_logged_twice(dossier: Dossier) -> Evidence:
    changed = lines_of(dossier.world.election, dossier.evidence.log)
    changed.insert(SMALL_REVOCATION, changed[SMALL_REVOCATION])
    return rewritten(dossier, changed, [_logged(dossier, SMALL_REVOCATION)])


def revocation_not_logged(dossier: Dossier) -> Evidence:
    act = dossier.world.authority.revoke(
        dossier.world.election, [voter_id(SOUTH[0].code)], "voted on paper, too late"
    )
    return replace(dossier.evidence, acts=(*dossier.evidence.acts, act))


def acts(dossier: Dossier) -> list[tuple[str, Evidence, tuple[str, ...], tuple[str, ...], str]]:
    """B5: (name, evidence, who, what fails too, title)."""
    careless = COUNTED
    return [
        ("good-vote-excluded", _with_exclusion(dossier, excluding(dossier, 2, "C2")), ORDERED, (), "A good vote is excluded by the authority, for C2"),
        ("another-check-named", with_act(dossier, EXCLUSION, excluding(dossier, LAPSED, "C7")), ORDERED, (), "The lapsed vote is excluded for C7, which it passes"),
        ("later-check-named", with_act(dossier, EXCLUSION, excluding(dossier, LAPSED, "C11")), ORDERED, (), "The lapsed vote is excluded for C11, which it passes, and it fails C2"),
        ("exclusion-of-somebody-else", _by_somebody(dossier, EXCLUSION), careless, (), "The exclusion is signed with a key that is not the authority's"),
        ("exclusion-of-another-election", _elsewhere(dossier, EXCLUSION), ORDERED, (), "The exclusion names another election's fingerprint"),
        ("exclusion-of-no-vote", with_act(dossier, EXCLUSION, excluding(dossier, CLOSE, "C2")), ORDERED, (), "The exclusion names the entry close"),
        ("excluded-twice", exclusion_twice(dossier), ORDERED, (), "Two exclusions name the same vote"),
    ]  # fmt: skip


def revocations(dossier: Dossier) -> list[tuple[str, Evidence, tuple[str, ...], tuple[str, ...], str]]:
    """B5 on `toy-small`, likewise."""
    careless = COUNTED
    return [
        ("revocation-of-somebody-else", _by_somebody(dossier, SMALL_REVOCATION), careless, (), "The revocation is signed with a key that is not the authority's"),
        ("revocation-of-another-election", _elsewhere(dossier, SMALL_REVOCATION), ORDERED, (), "The revocation names another election's fingerprint"),
        ("revocation-logged-twice", revocation_logged_twice(dossier), COUNTED, (), "Log and record hold one revocation twice"),
        ("revocation-not-logged", revocation_not_logged(dossier), ("election authority", "processor"), ("F1",), "The record holds a signed revocation that the log does not"),
    ]  # fmt: skip


# --- B6, B7


def _commitment(dossier: Dossier) -> Dossier:
    first, *rest = dossier.accounting.sets
    return replace(
        dossier, accounting=replace(dossier.accounting, sets=(replace(first, commitment="12" * 32), *rest))
    )


def _another_ballot(dossier: Dossier) -> dict[str, bytes]:
    """The published ballots hold the paper voter's in the place of a counted one."""
    revoked = dossier.evidence.votes[2].vote.ballot
    other = replace(dossier, ballots=nameless([*dossier.ballots[1:], revoked]))
    return {**record_of(dossier), BALLOTS: record_of(other)[BALLOTS]}


def accounts(dossier: Dossier) -> list[Tampered]:
    """B6, B7: what the processor says became of the votes."""
    paper = dossier.with_sets({"revoked": (2, 4), "counted": (3, 6, 7, 9)})
    kept = dossier.with_sets({"superseded": (3,), "revoked": (1, 4)})
    removed = dossier.with_sets({"revoked": (3,), "excluded": (4, 8)})
    twice = dossier.with_sets({"superseded": (1, 3)})
    older = dossier.with_sets({"superseded": (7,), "counted": (1, 2, 6, 9)})
    more = dossier.with_sets({"revoked": (3,), "counted": (2, 4, 6, 7, 9)})
    rows = (
        ("B6", "paper-vote-counted", paper, (), "The paper voter's vote is called counted, another one revoked; well committed to"),
        ("B6", "superseded-called-revoked", kept, ("B7",), "A superseded and a revoked vote have changed places; well committed to"),
        ("B6", "removed-called-excluded", removed, ("F1",), "A vote of a voter removed from the roll is called excluded"),
        ("B6", "two-fates", twice, ("F1",), "A vote is called superseded and revoked"),
        ("B6", "another-commitment", _commitment(dossier), (), "The commitment to the accepted votes is to something else"),
        ("B7", "superseded-counted", older, ("B6",), "A voter's first vote is called counted, the second one superseded; well committed to"),
        ("B6", "removed-voters-vote-counted", more, ("F1",), "The vote of a voter removed from the roll is called counted"),
    )  # fmt: skip
    found = [
        Tampered(check, name, "toy", record_of(made), title, ("processor",), also)
        for check, name, made, also, title in rows
    ]
    title = "The published ballots hold the paper voter's in the place of a counted one"
    return [
        *found,
        Tampered("B6", "published-ballot-exchanged", "toy", _another_ballot(dossier), title, ("processor",)),
    ]


def cases(toy: Dossier, small: Dossier) -> list[Tampered]:
    few = record_of(small)
    by = ("collector", "processor")
    twice = _with_exclusion(toy, excluding(toy, CLOSE, "C9"), vote_logged_twice(toy))
    found = [
        Tampered("B1", "vote-dropped", "toy-small", with_lines(few, VOTES, lambda votes: votes[1:]), "The first vote is missing from the box", by),
        Tampered("B1", "last-vote-dropped", "toy-small", with_lines(few, VOTES, lambda votes: votes[:-1]), "The last vote is missing from the box", by),
        Tampered("B1", "another-response", "toy-small", with_lines(few, VOTES, lambda votes: [with_another_response(votes[0]), *votes[1:]]), "A vote in the box has another OCSP response than the one logged", by, ("B2", "F1")),
        Tampered("B2", "vote-stuffed", "toy-small", with_lines(few, VOTES, lambda votes: [*votes, stuffed(small)]), "The box holds a valid vote that is not in the log", by, ("F1",)),
        Tampered("B2", "vote-twice", "toy-small", with_lines(few, VOTES, lambda votes: [votes[0], *votes]), "The box holds a vote twice", by, ("F1",)),
        Tampered("B2", "logged-twice", "toy", _counted(toy, rewritten(toy, vote_logged_twice(toy))), "The last vote is logged twice", COUNTED, ("C9", "B3", "B4")),
        Tampered("B2", "logged-twice-and-excluded", "toy", _counted(toy, twice), "The last vote is logged twice, and the second entry excluded for C9", ORDERED),
        Tampered("B3", "lapsed-not-excluded", "toy", _counted(toy, exclusion_left_out(toy)), "The vote that was covered too late is not excluded, but counted", ORDERED, ("C2",)),
        Tampered("B4", "chain-broken", "toy-small", _counted(small, chain_broken(small)), "A voter's second vote says that it is the first; it fails C2 before that", COUNTED, ("C2", "B3")),
        Tampered(None, "outside-the-chain", "toy-small", _counted(small, chain_broken_and_excluded(small)), "The same, excluded for C2: it stands outside the chain, and the vote before it counts", ()),
    ]  # fmt: skip
    for base, dossier, rows in (("toy", toy, acts(toy)), ("toy-small", small, revocations(small))):
        for name, evidence, who, also, title in rows:
            found.append(Tampered("B5", name, base, _counted(dossier, evidence), title, who, also))
    return [*found, *accounts(toy)]


def _counted(dossier: Dossier, evidence: Evidence) -> dict[str, bytes]:
    return record_of(recounted(dossier, evidence))
