"""C1 to C11: a collector writes a bad vote into its log, witnesses cosign it, and it is counted with the others.

On `toy-small` the bad vote stands in the place of the first one, or of the second one if that must come before.
"""

# ruff: noqa: E501 – tables: one case a line

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from common.crypto.paillier_key import PaillierElectionKey
from common.eid.personal_code import voter_id
from common.encoding.octets import to_base64url
from common.encoding.times import to_rfc3339
from common.log.entries import EntryKind
from common.messages.message import decode
from common.messages.roll import RollChange, RollEntry
from common.messages.vote import RecordedVote, SignedBallot
from scenarios.country.population import Person
from scenarios.country.profiles import Validity
from tests.claims import cases_casting as casting
from tests.claims import cases_identity as identity
from tests.claims import cases_proofs as proofs
from tests.claims.attack_tools import (
    ISLANDERS,
    Line,
    Scene,
    act_entry,
    lines_of,
    staged,
    vote_entry,
    with_branch,
    with_part,
)
from tests.claims.cases_identity import honest_response
from tests.claims.cases_log import with_log
from tests.claims.dossier import Dossier
from tests.records.making.box import rewritten
from tests.records.making.case import Tampered, record_of, recounted
from tests.records.making.elections import CORRECTED, NORTH, OTHERS, PAPER, SOUTH

Attack = Callable[[Scene], bytes]
CARELESS = ("collector", "witnesses", "processor", "trustees")


def written_in(dossier: Dossier, place: int, attack: Attack, person: Person | None = None) -> Dossier:
    """The record when the collector logged at `place` what `attack` makes, and processor and trustees did not look."""
    world = staged(dossier.world)
    changed = lines_of(world.election, dossier.evidence.log)
    world.clock.now = changed[place].time
    scene = Scene.open(world, iter(OTHERS), person)
    raw = attack(scene)
    vote = RecordedVote(decode(SignedBallot, raw), to_base64url(honest_response(scene, raw)))
    changed[place] = replace(changed[place], entry=vote_entry(vote), time=world.clock.now)
    index = sum(line.entry.kind == "vote" for line in changed[:place])
    votes = (*dossier.evidence.votes[:index], vote, *dossier.evidence.votes[index + 1 :])
    return recounted(dossier, replace(with_log(dossier, changed), votes=votes))


# --- votes that the attacks on a collector do not have


def stated_after_closing(scene: Scene) -> bytes:
    """Within the grace in which a vote may still be recorded, but no longer signed."""
    scene.world.clock.now = scene.election.closes + 5
    scene.log_in_again()
    return scene.raw(time=to_rfc3339(scene.election.closes + 1))


def one_second_too_old(scene: Scene) -> bytes:
    raw, times = scene.raw(), scene.election.manifest.times
    scene.world.clock.now += times.max_age + times.skew + 1
    return raw


def just_young_enough(scene: Scene) -> bytes:
    """`max_age` + `skew` old when it is covered: too old for the collector's margin, good in a record."""
    raw, times = scene.raw(), scene.election.manifest.times
    scene.world.clock.now += times.max_age + times.skew
    return raw


def response_to_another_request(scene: Scene) -> bytes:
    """Good and fresh, for the same card, but with the nonce of another signature."""
    other = honest_response(scene, scene.again().raw())
    scene.responder.instead = lambda _request: other
    return scene.raw()


def response_of_a_later_time(scene: Scene) -> bytes:
    """Fetched when the vote had long been logged and cosigned."""
    raw, now = scene.raw(), scene.world.clock.now
    scene.world.clock.now = now + scene.election.manifest.times.skew + 1
    later = honest_response(scene, raw)
    scene.world.clock.now, scene.responder.instead = now, lambda _request: later
    return raw


def response_is_stale(scene: Scene) -> bytes:
    """Fetched when the voter signed, 400 s ahead of the time stated; the vote itself is young enough."""
    times, now = scene.election.manifest.times, scene.world.clock.now
    raw = scene.raw(time=to_rfc3339(now + 400))
    early = honest_response(scene, raw)
    scene.world.clock.now, scene.responder.instead = now + times.ocsp_freshness + times.skew + 1, lambda _: early
    return raw


def certificate_expired_before_it_was_covered(scene: Scene) -> bytes:
    """Valid when the voter signed, and no longer at the covering time."""
    now = scene.world.clock.now
    raw = scene.raw(card=scene.world.country.issue(scene.citizen.person, Validity(now - 100, now + 10)))
    scene.world.clock.now = now + 11
    return raw


def two_statements_one_ballot(scene: Scene) -> bytes:
    """The salt is another one than the pseudonym's."""
    return scene.raw(salt="34" * 32)


def second_vote_of_another_chain(scene: Scene) -> bytes:
    return scene.raw(sequence=2, supersedes="ab" * 32)


def flipped_signs(scene: Scene) -> bytes:
    """z → n − z in one branch: the squared equations hold, so nobody may refuse it."""
    key, part = scene.election.key, scene.prepared.ballot.contests[0]
    if not isinstance(key, PaillierElectionKey):
        raise TypeError("Paillier only")
    flipped = int(key.public.n) - int(key.public.decode_value(part.proofs[0][1].response))
    changed = with_branch(part, 0, 1, response=key.public.encode_value(flipped))
    return scene.raw(with_part(scene.prepared.ballot, 0, changed))


def struck_off(scene: Scene) -> bytes:
    """Removed by the roll change before, this voter votes as if nothing had happened."""
    return scene.raw(roll_version=1)


def stale_row(scene: Scene) -> bytes:
    """Unit and right to vote are the same, but the row was changed since the version named."""
    return scene.raw(roll_version=0)


def with_roll_change(small: Dossier) -> Dossier:
    """A correction and a removal are logged after the first vote."""
    world, election = small.world, small.world.election
    corrected = RollEntry(voter_id(CORRECTED.code), "Corrected Name", "north")
    changes = [RollChange(corrected.voter, corrected), RollChange(voter_id(OTHERS[1].code), None)]
    signed = world.authority.change_roll(election, world.roll.body, changes)  # type: ignore[arg-type]
    changed = lines_of(election, small.evidence.log)
    changed.insert(2, Line(act_entry(signed, EntryKind.ROLL_CHANGE), changed[1].time))
    return recounted(small, rewritten(small, changed, [signed]))


def with_islander(scene: Scene) -> bytes:
    """An islander's ballot has three contests, and more bytes than the policy allows."""
    return Scene.open(scene.world, scene.voters, ISLANDERS[0]).raw()


_SMALL: tuple[tuple[str, str, Attack, Person | None, tuple[str, ...], str], ...] = (
    ("C1", "over-the-limit", with_islander, None, (), "A signed ballot of more bytes than vote_bytes"),
    ("C2", "other-fingerprint-in-ballot", casting.ballot_of_another_election, None, (), "The ballot is proven for another election; the statement names this one"),
    ("C2", "stated-after-closing", stated_after_closing, None, (), "Signed one second after the end of voting, recorded within the grace"),
    ("C2", "one-second-too-old", one_second_too_old, None, (), "Covered max_age + skew + 1 seconds after it was signed"),
    ("C2", "from-the-future", casting.from_the_future, None, (), "Signed skew + 1 seconds after it was covered"),
    ("C3", "expired-before-covered", certificate_expired_before_it_was_covered, None, (), "The certificate was valid when the voter signed, not when the vote was covered"),
    ("C3", "foreign-authority", identity.foreign_authority, None, (), "The certificate comes from an authority that the manifest does not pin"),
    ("C3", "authentication-certificate", identity.authentication_certificate, None, (), "Signed with the card's other key, the one for logging in"),
    ("C4", "replayed", identity.response_replayed, None, (), "The certificate is revoked; the response is one for an earlier signature"),
    ("C4", "other-nonce", response_to_another_request, None, (), "The response is good and fresh, but its nonce is that of another signature"),
    ("C4", "other-authority", identity.response_of_another_authority, None, (), "A responder that another authority of the same name certified calls the certificate good"),
    ("C4", "stale", response_is_stale, None, (), "The response is skew + 1 seconds older than ocsp_freshness"),
    ("C4", "from-later", response_of_a_later_time, None, (), "The response was made skew + 1 seconds after the vote was covered"),
    ("C5", "high-s", identity.high_s, None, (), "The signature's s is above half the order: valid, and not the voter's spelling"),
    ("C5", "another-persons-key", identity.another_persons_key, None, (), "Signed with a key that is not the certificate's"),
    ("C5", "in-anothers-name", identity.in_anothers_name, None, (), "The signer's statement and ballot name somebody else on the roll"),
    ("C5", "two-times", identity.two_signing_times, None, (), "The header's iat is seven seconds before the statement's time"),
    ("C7", "not-on-the-roll", casting.not_on_the_roll, None, (), "A person with a good card who is not on the roll"),
    ("C7", "wrong-unit", casting.wrong_unit, None, (), "A northerner's ballot, well proven, for the unit land"),
    ("C7", "contests-swapped", casting.contests_swapped, None, (), "The ballot's contests are in another order than the unit's"),
    ("C8", "copied-ballot", casting.copied_ballot, None, (), "Another voter's ballot, pseudonym and all, under this voter's signature"),
    ("C8", "other-salt", two_statements_one_ballot, None, (), "The salt in the statement does not open the ballot's pseudonym"),
    ("C9", "sequence-skipped", casting.sequence_skipped, None, ("B4",), "A voter's first vote says that it is the second"),
    ("C9", "second-called-first", casting.honest, NORTH[0], ("B4",), "A voter's second vote, signed as if it were the first"),
    ("C9", "second-of-another-chain", second_vote_of_another_chain, NORTH[0], ("B4",), "A voter's second vote supersedes one that there is not"),
    ("C10", "zeros", proofs.zeros, PAPER, (), "Ciphertexts, commitments and responses are 0, so that all equations hold; a paper voter's, so not counted"),
    ("C10", "multiples-of-n", proofs.multiples_of_n, PAPER, (), "Ciphertexts and commitments are n, responses 0; a paper voter's, so not counted"),
    ("C10", "response-not-reduced", proofs.response_not_reduced, None, (), "One response is z + n: the equation holds, the range does not"),
    ("C10", "proof-missing", proofs.proof_missing, None, (), "The proof about the sum of the wishes is left out"),
    ("C11", "overvote", proofs.overvote, PAPER, (), "Two votes in one ciphertext under a proof for one; a paper voter's, so not counted"),
    ("C11", "proof-of-another-ballot", proofs.proof_of_another_ballot, None, (), "The proof belongs to another ballot of the same voter and choice"),
    ("C11", "options-swapped", proofs.options_swapped, None, (), "Two options' ciphertexts of one contest have changed places, with their proofs"),
    ("C11", "copied-under-own-pseudonym", proofs.copied_under_own_pseudonym, None, (), "Another voter's ciphertexts and proofs under this voter's own pseudonym"),
)  # fmt: skip


def cases(small: Dossier) -> list[Tampered]:
    """One for each row of the table, and those that take a roll change."""
    found = [
        _case(check, name, "toy-small", written_in(small, _place(attack, person), attack, person), title, also)
        for check, name, attack, person, also, title in _SMALL
    ]
    moved = with_roll_change(small)
    for name, attack, person, title in (
        ("struck-off", struck_off, OTHERS[1], "A voter whom the roll change before removed"),
        (
            "stale-row",
            stale_row,
            CORRECTED,
            "The voter's row was corrected after the roll version that the statement names",
        ),
    ):
        found.append(_case("C7", name, "toy-small", written_in(moved, 3, attack, person), title))
    return [*found, *accepted(small)]


def accepted(small: Dossier) -> list[Tampered]:
    """Votes that look wrong and are not."""
    flipped, young = (written_in(small, 1, attack) for attack in (flipped_signs, just_young_enough))
    southerner = written_in(small, 1, casting.honest, SOUTH[0])
    return [
        Tampered(None, "signs-flipped", "toy-small", record_of(flipped), "A response z is n - z", ("voter",)),
        Tampered(None, "old-vote", "toy-small", record_of(young), "Covered max_age + skew after it was signed", ()),
        Tampered(None, "merged", "toy-small", record_of(southerner), "Two units with one vote each: merged", ()),
    ]


def _place(attack: Attack, person: Person | None) -> int:
    return 2 if person == NORTH[0] or attack is stated_after_closing else 1


def _case(check: str, name: str, base: str, made: Dossier, title: str, also: tuple[str, ...] = ()) -> Tampered:
    by = ("voter client", *CARELESS)
    return Tampered(check, name, base, record_of(made), title, by, ("B3", *also))
