"""C1–C12 through the collector's port."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from common.checks.catalogue import COMPLETE
from common.crypto.cryptosystem import ElectionKey
from common.crypto.paillier_key import PaillierElectionKey
from common.eid import signing
from common.eid.ocsp import build_request
from common.encoding.octets import to_base64url
from common.encoding.times import to_rfc3339
from common.messages.ballot import Ballot, ContestBallot, ballot_digest
from common.messages.message import decode, encode
from common.messages.roll import RollChange, RollEntry
from common.messages.vote import SignedBallot
from scenarios.country.authority import EidAuthority
from scenarios.country.profiles import Validity
from scenarios.country.token import KeySlot, VoterToken
from tests.claims.attack_tools import PEOPLE, STRANGERS, Bribed, Scene, encoded, with_branch, with_part
from tests.claims.case import Case, parameters
from tests.claims.stages import Stages, casting

Casting = Case[Stages, Scene, bytes]
FOREIGN = "ab" * 32
"""A digest of something else."""


def _case(check: str, name: str, mutate: Callable[[Scene], bytes], then: str | None = None) -> Casting:
    return Case(check, name, mutate, casting, then)


def honest(scene: Scene) -> bytes:
    return scene.raw()


# --- C1


def padded(scene: Scene) -> bytes:
    return scene.raw() + b" "


def field_added(scene: Scene) -> bytes:
    return scene.raw().replace(b'{"ballot":{', b'{"ballot":{"again":1,', 1)


def too_large(scene: Scene) -> bytes:
    """An islander's ballot, with three contests, is well made but over this election's limit."""
    islander = Scene.open(scene.world, scene.voters, next(person for person in scene.islanders))
    scene.view = islander.view
    return islander.raw()


def statement_of_another_form(scene: Scene) -> bytes:
    payload = encode(scene.statement()).replace(b"valik/v1/vote", b"valik/v2/vote")
    jws = scene.citizen.card.sign(payload, scene.world.clock())
    return encode(SignedBallot(scene.prepared.ballot, jws))


C1 = [
    _case("C1", "padded", padded, "C2"),
    _case("C1", "unknown-field", field_added, "C2"),
    _case("C1", "over-the-limit", too_large),
    _case("C1", "statement-of-another-form", statement_of_another_form, "C2"),
]


# --- C2


def for_another_election(scene: Scene) -> bytes:
    return scene.raw(fingerprint=FOREIGN)


def ballot_of_another_election(scene: Scene) -> bytes:
    return scene.raw(scene.ballot(encoded(scene.election, "board", "wishes"), fingerprint=FOREIGN))


def stated_before_opening(scene: Scene) -> bytes:
    return scene.raw(time=to_rfc3339(scene.election.opens - 1))


def stated_after_closing(scene: Scene) -> bytes:
    scene.world.clock.now = scene.election.closes + 5
    scene.view = Scene.open(scene.world, scene.voters, scene.citizen.person).view
    return scene.raw(time=to_rfc3339(scene.election.closes + 1))


def recorded_after_grace(scene: Scene) -> bytes:
    times = scene.election.manifest.times
    scene.world.clock.now = scene.election.closes + times.grace - times.intake_margin + 1
    scene.view = Scene.open(scene.world, scene.voters, scene.citizen.person).view
    return scene.raw(time=to_rfc3339(scene.election.closes))


def held_back(scene: Scene) -> bytes:
    """A collector, or a virus, keeps a signed vote and posts it later."""
    raw, times = scene.raw(), scene.election.manifest.times
    scene.world.clock.now += times.max_age + times.skew - times.intake_margin + 1
    return raw


def from_the_future(scene: Scene) -> bytes:
    return scene.raw(time=to_rfc3339(scene.world.clock() + scene.election.manifest.times.skew + 1))


C2 = [
    _case("C2", "statement-for-another-election", for_another_election),
    _case("C2", "ballot-of-another-election", ballot_of_another_election),
    _case("C2", "stated-before-opening", stated_before_opening),
    _case("C2", "stated-after-closing", stated_after_closing),
    _case("C2", "recorded-after-grace", recorded_after_grace),
    _case("C2", "too-old", held_back),
    _case("C2", "from-the-future", from_the_future),
]


# --- C3


def expired_card(scene: Scene) -> bytes:
    now = scene.world.clock()
    return scene.raw(card=scene.world.country.issue(scene.citizen.person, Validity(now - 100, now - 1)))


def card_not_yet_valid(scene: Scene) -> bytes:
    now = scene.world.clock()
    return scene.raw(card=scene.world.country.issue(scene.citizen.person, Validity(now + 1, now + 100)))


def foreign_authority(scene: Scene) -> bytes:
    return scene.raw(card=EidAuthority(scene.world.clock).issue(scene.citizen.person))


def signed_with_authentication_key(scene: Scene) -> bytes:
    slot = scene.citizen.card.authentication
    return scene.raw(card=VoterToken(slot, slot))


def signed_by_the_responder(scene: Scene) -> bytes:
    """The responder's certificate comes from the same authority as the voters'; here it votes."""
    country = scene.world.country
    slot = KeySlot(country.responder_certificate, country.responder_key)
    return scene.raw(card=VoterToken(slot, slot))


C3 = [
    _case("C3", "expired", expired_card, "C5"),
    _case("C3", "not-yet-valid", card_not_yet_valid, "C5"),
    _case("C3", "foreign-authority", foreign_authority, "C5"),
    _case("C3", "authentication-certificate", signed_with_authentication_key, "C5"),
    _case("C3", "responder-certificate", signed_by_the_responder, "C5"),
]


# --- C4


def revoked_card(scene: Scene) -> bytes:
    scene.world.country.revoke(scene.citizen.card)
    return scene.raw()


def _response(scene: Scene, raw: bytes, card: VoterToken) -> bytes:
    """What the responder honestly says about the card, for the signature in `raw`."""
    nonce = signing.ocsp_nonce(signing.parse(decode(SignedBallot, raw).statement))
    issuer = scene.world.country.issuing.certificate
    request = build_request(card.signature.certificate, issuer, nonce)
    instead, scene.responder.instead = scene.responder.instead, None
    try:
        return scene.responder.respond(request)
    finally:
        scene.responder.instead = instead


def replayed_response(scene: Scene) -> bytes:
    """The response for an earlier signature of the same card, from before it was stolen and revoked."""
    earlier = _response(scene, scene.raw(), scene.citizen.card)
    scene.world.country.revoke(scene.citizen.card)
    scene.responder.instead = lambda _request: earlier
    return scene.again().raw()


def stale_response(scene: Scene) -> bytes:
    raw = scene.raw()
    response, times = _response(scene, raw, scene.citizen.card), scene.election.manifest.times
    scene.world.clock.now += times.ocsp_freshness - times.intake_margin + times.skew + 1
    scene.responder.instead = lambda _request: response
    return raw


def response_for_another_card(scene: Scene) -> bytes:
    raw = scene.raw()
    response = _response(scene, raw, scene.another().citizen.card)
    scene.responder.instead = lambda _request: response
    return raw


def response_of_another_authority(scene: Scene) -> bytes:
    """Another country's responder knows the card and calls it good."""
    foreign = EidAuthority(scene.world.clock)
    foreign.root, foreign.issuing = foreign.root, replace(foreign.issuing, certificate=scene.world.country.issuing.certificate)
    foreign._issued = scene.world.country._issued
    scene.responder.instead = Bribed(foreign).respond
    return scene.raw()


def no_response(scene: Scene) -> bytes:
    scene.responder.instead = lambda _request: b""
    return scene.raw()


C4 = [
    _case("C4", "revoked", revoked_card),
    _case("C4", "replayed-response", replayed_response),
    _case("C4", "stale-response", stale_response),
    _case("C4", "response-about-another-card", response_for_another_card),
    _case("C4", "response-of-another-authority", response_of_another_authority),
    _case("C4", "no-response", no_response),
]


# --- C5


def _with_signature(raw: bytes, change: Callable[[bytes], bytes]) -> bytes:
    vote = decode(SignedBallot, raw)
    text, _, _ = vote.statement.rpartition(".")
    changed = change(signing.parse(vote.statement).signature)
    return encode(replace(vote, statement=f"{text}.{to_base64url(changed)}"))


def high_s(scene: Scene) -> bytes:
    def mirrored(signature: bytes) -> bytes:
        s = signing.P384_ORDER - int.from_bytes(signature[48:], "big")
        return signature[:48] + s.to_bytes(48, "big")

    return _with_signature(scene.raw(), mirrored)


def signed_by_another_key(scene: Scene) -> bytes:
    """The certificate is the victim's, the signature another's."""
    thief = scene.another().citizen.card.signature.signer("PIN2")

    def forged(_signature: bytes) -> bytes:
        text, _, _ = decode(SignedBallot, scene.raw()).statement.rpartition(".")
        return signing.normalise(thief.sign_digest(signing.sha384(text.encode()).digest()))

    return _with_signature(scene.raw(), forged)


def in_anothers_name(scene: Scene) -> bytes:
    """The voter signs a statement, and a ballot, that name somebody else on the roll."""
    victim = scene.another()
    return scene.raw(victim.prepared.ballot, voter=victim.voter, salt=victim.prepared.salt)


def header_time_differs(scene: Scene) -> bytes:
    return scene.raw(signed_at=scene.world.clock() - 7)


C5 = [
    _case("C5", "high-s", high_s),
    _case("C5", "another-persons-key", signed_by_another_key),
    _case("C5", "names-another-voter", in_anothers_name, "C6"),
    _case("C5", "two-signing-times", header_time_differs),
]


# --- C6


def in_anothers_session(scene: Scene) -> bytes:
    """A well-signed vote, posted in a session that somebody else opened."""
    return scene.another().raw()


C6 = [_case("C6", "posted-in-anothers-session", in_anothers_session)]


# --- C7


def not_on_the_roll(scene: Scene) -> bytes:
    stranger = Scene.open(scene.world, scene.voters, STRANGERS[0])
    scene.view = stranger.view
    return stranger.raw()


def _moved(scene: Scene, unit: str | None) -> None:
    entry = RollEntry(scene.voter, scene.citizen.person.name, unit) if unit else None
    scene.world.change_roll([RollChange(scene.voter, entry)])


def struck_off(scene: Scene) -> bytes:
    _moved(scene, None)
    return scene.raw(roll_version=scene.again().view.roll_version)


def stale_roll(scene: Scene) -> bytes:
    """The voter's name was corrected after the client looked: same unit, but the row changed."""
    entry = RollEntry(scene.voter, "Changed Name", scene.prepared.ballot.unit)
    scene.world.change_roll([RollChange(scene.voter, entry)])
    return scene.raw()


def roll_version_to_come(scene: Scene) -> bytes:
    return scene.raw(roll_version=scene.view.roll_version + 1)


def wrong_unit(scene: Scene) -> bytes:
    return scene.raw(scene.ballot(encoded(scene.election, "board", "wishes"), unit="land"))


def contest_missing(scene: Scene) -> bytes:
    return scene.raw(scene.ballot(encoded(scene.election, "board"), unit=scene.prepared.ballot.unit))


def contests_swapped(scene: Scene) -> bytes:
    return scene.raw(scene.ballot(encoded(scene.election, "wishes", "board"), unit=scene.prepared.ballot.unit))


def contest_extra(scene: Scene) -> bytes:
    names = ("board", "wishes", "bridge")
    return scene.raw(scene.ballot(encoded(scene.election, *names)[:2] + [("bridge", (1,))], unit=scene.prepared.ballot.unit))


def contest_twice(scene: Scene) -> bytes:
    unit = scene.prepared.ballot.unit
    ballot = scene.ballot(encoded(scene.election, "board"), unit=unit)
    return scene.raw(_repeated(scene, ballot, unit))


def _repeated(scene: Scene, ballot: Ballot, unit: str) -> Ballot:
    return scene.ballot([*encoded(scene.election, "board")], unit=unit)


C7 = [
    _case("C7", "not-on-the-roll", not_on_the_roll),
    _case("C7", "struck-off", struck_off),
    _case("C7", "stale-roll-version", stale_roll),
    _case("C7", "roll-version-to-come", roll_version_to_come),
    _case("C7", "wrong-unit", wrong_unit),
    _case("C7", "contest-missing", contest_missing),
    _case("C7", "contests-swapped", contests_swapped),
    _case("C7", "contest-extra", contest_extra),
]


# --- C8


def another_ballot(scene: Scene) -> bytes:
    """The signature is over a statement about another ballot of the same voter."""
    return scene.raw(ballot_digest_of(scene), ballot=ballot_digest(scene.again().prepared.ballot))


def ballot_digest_of(scene: Scene) -> Ballot:
    return scene.prepared.ballot


def copied_ballot(scene: Scene) -> bytes:
    """Cortier and Smyth 2011: cast another voter's ballot as one's own, to learn it from the result."""
    return scene.raw(scene.another().prepared.ballot)


C8 = [
    _case("C8", "statement-about-another-ballot", another_ballot),
    _case("C8", "copied-ballot", copied_ballot),
]


# --- C9


def sequence_skipped(scene: Scene) -> bytes:
    return scene.raw(sequence=2)


def supersedes_nothing_recorded(scene: Scene) -> bytes:
    return scene.raw(supersedes=FOREIGN)


def second_vote_called_first(scene: Scene) -> bytes:
    scene.post(scene.raw())
    return scene.again().raw(sequence=1, supersedes=None)


def old_vote_as_the_newest(scene: Scene) -> bytes:
    """A vote that was signed but never arrived, posted after the voter voted anew."""
    old = scene.raw()
    scene.post(scene.again().raw())
    return old


C9 = [
    _case("C9", "sequence-skipped", sequence_skipped),
    _case("C9", "supersedes-another-vote", supersedes_nothing_recorded),
    _case("C9", "second-vote-called-first", second_vote_called_first),
    _case("C9", "old-vote-as-the-newest", old_vote_as_the_newest),
]


# --- C10


def _public(key: ElectionKey) -> PaillierElectionKey:
    if not isinstance(key, PaillierElectionKey):
        raise TypeError("these attacks know Paillier only")
    return key


def _poisoned(scene: Scene, element: int, response: int) -> Ballot:
    """Ciphertext and commitments of the first contest are `element`, all responses `response`; challenges add up."""
    from common.crypto.membership import CHALLENGES, Context, challenge
    from common.crypto.paillier import encode_challenge
    from common.messages.ballot import ballot_header

    public, ballot = _public(scene.election.key).public, scene.prepared.ballot
    text, part = public.encode_element(element), ballot.contests[0]
    ballot = with_part(ballot, 0, replace(part, ciphertexts=(text,)))
    statement = scene.election.schemes["board"].statements((text,))[0]
    total = challenge(
        public, Context(ballot_header(ballot), "board"), 0, statement.allowed, element, [element] * len(statement.allowed)
    )
    rest = len(statement.allowed) - 1
    challenges = [(total - rest) % CHALLENGES, *[1] * rest]
    branch = part.proofs[0][0]
    branches = tuple(
        replace(branch, commitment=text, challenge=encode_challenge(e), response=public.encode_value(response))
        for e in challenges
    )
    return with_part(ballot, 0, replace(ballot.contests[0], proofs=(branches,)))


def _reproved(scene: Scene, part: ContestBallot) -> bytes:
    return scene.raw(with_part(scene.prepared.ballot, 0, part))


def zeros(scene: Scene) -> bytes:
    """u, every a and every z are 0: both sides of every equation are 0."""
    ballot = _poisoned(scene, 0, 0)
    return scene.raw(ballot)


def multiples_of_n(scene: Scene) -> bytes:
    """Not coprime to n: the powers of n vanish mod n²."""
    n = int(_public(scene.election.key).public.n)
    return scene.raw(_poisoned(scene, n, 0))


def one_response_zero(scene: Scene) -> bytes:
    public, part = _public(scene.election.key).public, scene.prepared.ballot.contests[0]
    return _reproved(scene, with_branch(part, 0, 0, response=public.encode_value(0)))


def response_not_reduced(scene: Scene) -> bytes:
    """z + n is another spelling of z: a second valid proof that nobody made."""
    public, part = _public(scene.election.key).public, scene.prepared.ballot.contests[0]
    for position, branch in enumerate(part.proofs[0]):
        grown = int(public.decode_value(branch.response)) + int(public.n)
        if grown < 1 << (8 * public.value_bytes):
            return _reproved(scene, with_branch(part, 0, position, response=public.encode_value(grown)))
    return _reproved(scene, with_branch(part, 0, 0, response=public.encode_value(int(public.n))))


def short_element(scene: Scene) -> bytes:
    part = scene.prepared.ballot.contests[0]
    return _reproved(scene, with_branch(part, 0, 0, response=part.proofs[0][0].response[:-4]))


def proof_missing(scene: Scene) -> bytes:
    """The proof of the sum is left out, so that all four options could be approved."""
    part = scene.prepared.ballot.contests[1]
    return scene.raw(with_part(scene.prepared.ballot, 1, replace(part, proofs=part.proofs[:-1])))


C10 = [
    _case("C10", "zeros", zeros),
    _case("C10", "multiples-of-n", multiples_of_n),
    _case("C10", "one-response-zero", one_response_zero, "C11"),
    _case("C10", "short-base64", short_element, "C11"),
    _case("C10", "proof-missing", proof_missing, "C11"),
]


# --- C11


def overvote(scene: Scene) -> bytes:
    """Two votes in one: the product of two honest ciphertexts, under the proof of the first."""
    part = scene.prepared.ballot.contests[0]
    other = scene.again().prepared.ballot.contests[0]
    doubled = scene.election.key.aggregate((*part.ciphertexts, *other.ciphertexts))
    return _reproved(scene, replace(part, ciphertexts=(doubled,)))


def proof_of_another_ballot(scene: Scene) -> bytes:
    part = scene.prepared.ballot.contests[0]
    return _reproved(scene, replace(part, proofs=scene.again().prepared.ballot.contests[0].proofs))


def challenge_tampered(scene: Scene) -> bytes:
    part = scene.prepared.ballot.contests[0]
    return _reproved(scene, with_branch(part, 0, 0, challenge=part.proofs[0][1].challenge))


def commitment_swapped(scene: Scene) -> bytes:
    part = scene.prepared.ballot.contests[0]
    first, second = part.proofs[0][:2]
    swapped = with_branch(part, 0, 0, commitment=second.commitment)
    return _reproved(scene, with_branch(swapped, 0, 1, commitment=first.commitment))


def options_swapped(scene: Scene) -> bytes:
    """Ciphertexts of a vector ballot change places with their proofs: approve what the other option got."""
    part = scene.prepared.ballot.contests[1]
    ciphertexts, proofs = list(part.ciphertexts), list(part.proofs)
    for both in (ciphertexts, proofs):
        both[0], both[1] = both[1], both[0]  # type: ignore[index]
    swapped = replace(part, ciphertexts=tuple(ciphertexts), proofs=tuple(proofs))
    return scene.raw(with_part(scene.prepared.ballot, 1, swapped))


def moved_to_anothers_name(scene: Scene) -> bytes:
    """A copied ballot with the copier's own pseudonym: it opens to the signer, but the proofs bind the first name."""
    copied = replace(scene.another().prepared.ballot, pseudonym=scene.prepared.ballot.pseudonym)
    return scene.raw(replace(copied, unit=scene.prepared.ballot.unit))


C11 = [
    _case("C11", "overvote-under-an-honest-proof", overvote),
    _case("C11", "proof-of-another-ballot", proof_of_another_ballot),
    _case("C11", "challenge-tampered", challenge_tampered),
    _case("C11", "commitments-swapped", commitment_swapped),
    _case("C11", "options-swapped", options_swapped),
    _case("C11", "copied-ballot-under-own-pseudonym", moved_to_anothers_name),
]


# --- C12


def one_too_many(scene: Scene) -> bytes:
    limit = scene.election.manifest.policies.votes_per_hour
    scene.post(scene.raw())
    for _ in range(limit - 1):
        scene.post(scene.again().raw())
    return scene.again().raw()


C12 = [_case("C12", "one-too-many-within-the-hour", one_too_many)]

CASES = [*C1, *C2, *C3, *C4, *C5, *C6, *C7, *C8, *C9, *C10, *C11, *C12]


@pytest.mark.parametrize("case", parameters(CASES))
def test_collector_stops_it_by_this_check_alone(case: Casting, stages: Stages) -> None:
    case.require_refused(stages)
    case.require_needed(stages)


@pytest.mark.parametrize("case", parameters(CASES))
def test_refusal_leaves_the_voter_free_to_vote(case: Casting, stages: Stages) -> None:
    """Each base case is accepted, also after the attack was refused."""
    casting(stages, honest, COMPLETE)
