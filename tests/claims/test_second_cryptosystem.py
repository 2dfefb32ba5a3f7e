"""Everything but the cryptography works with another cryptosystem: they meet in the interface alone."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from auditor.audit import audit
from auditor.findings import AuditReport
from common.crypto.contest import ContestRules
from common.crypto.systems import SYSTEMS
from common.encoding import canonical
from common.errors import CheckFailed, CryptoError, RuleBroken, SetupError
from common.messages.ballot import Ballot, ContestBallot
from common.messages.manifest import Manifest, Policies
from scenarios.founding import create_world
from scenarios.world import Tallied, World
from tests.conftest import CHOICES, PEOPLE, draft, play, rows
from tests.second_system.group import pack
from tests.second_system.system import CLASSROOM
from voter_client.prepare import PreparedBallot, prepare_ballot

BOTH = {**SYSTEMS, CLASSROOM.name: CLASSROOM}
RULES = draft(parameters=CLASSROOM.name, policies=Policies("public", 3, 3, 20, 1_000_000, 200))


def second_world() -> World:
    return create_world(RULES, rows(), systems=BOTH, insecure_parameters=True)


@pytest.fixture(scope="module")
def finished() -> tuple[World, Tallied]:
    world = second_world()
    return world, play(world)


@pytest.fixture(scope="module")
def record(finished: tuple[World, Tallied]) -> dict[str, bytes]:
    return finished[0].record(finished[1])


def audited(files: dict[str, bytes], world: World) -> AuditReport:
    return audit(files, world.authority.public_key, world.election.fingerprint, BOTH, time.perf_counter)


def test_a_whole_election_gives_the_same_result_as_with_paillier(
    finished: tuple[World, Tallied], played: tuple[World, Tallied]
) -> None:
    ours, theirs = finished[1].counted.result, played[1].counted.result
    assert ours.totals == theirs.totals
    assert [replace(o, openings=()) for o in ours.outcomes] == [replace(o, openings=()) for o in theirs.outcomes]


def test_the_whole_record_passes_the_sworn_audit(finished: tuple[World, Tallied], record: dict[str, bytes]) -> None:
    report = audited(record, finished[0])
    assert (report.passed, report.broken, report.scope, report.insecure) == (True, (), "sworn", True)


def test_the_public_part_passes_the_public_audit(finished: tuple[World, Tallied], record: dict[str, bytes]) -> None:
    public = {path: data for path, data in record.items() if path.startswith("public/")}
    report = audited(public, finished[0])
    assert (report.passed, report.broken, report.scope) == (True, (), "public")


def test_an_auditor_without_this_cryptosystem_refuses_the_record(
    finished: tuple[World, Tallied], record: dict[str, bytes]
) -> None:
    report = audit(record, finished[0].authority.public_key, None, SYSTEMS, time.perf_counter)
    assert not report.passed
    assert "K2" in report.broken


def test_services_refuse_it_unless_told() -> None:
    with pytest.raises(SetupError, match="insecure-parameters"):
        create_world(RULES, rows(), systems=BOTH)


def test_the_election_knows_that_it_is_insecure(finished: tuple[World, Tallied]) -> None:
    assert finished[0].election.insecure


@pytest.mark.parametrize("chosen", [0, 1, 2])
def test_a_verifying_device_shows_each_choice(chosen: int) -> None:
    world = second_world()
    choices = {"board": tuple(int(option == chosen) for option in range(3)), "wishes": (0, 1, 0, chosen % 2)}
    vote = world.vote(world.citizen(PEOPLE[0]), choices)
    shown = world.verify(world.code(vote))
    assert (shown.choices, shown.latest, shown.sequence) == (choices, True, 1)


def with_board(ballot: Ballot, part: ContestBallot) -> Ballot:
    return replace(ballot, contests=(part, *ballot.contests[1:]))


def test_a_ballot_with_a_proof_of_another_is_refused() -> None:
    world = second_world()
    citizen = world.citizen(PEOPLE[0])
    session = world.session(citizen)
    one, other = (prepare_ballot(world.election, session.unit, citizen.card.voter_id, CHOICES) for _ in range(2))
    board = replace(one.ballot.contests[0], proofs=other.ballot.contests[0].proofs)
    with pytest.raises(CheckFailed) as refused:
        session.cast(PreparedBallot(with_board(one.ballot, board), one.salt, one.seed))
    assert refused.value.check == "C11"


def test_a_ciphertext_outside_the_group_is_refused() -> None:
    world = second_world()
    session = world.session(world.citizen(PEOPLE[0]))
    made = session.prepare(CHOICES)
    board = made.ballot.contests[0]
    broken = replace(board, ciphertexts=(pack(0, 1), *board.ciphertexts[1:]))
    with pytest.raises(CheckFailed) as refused:
        session.cast(PreparedBallot(with_board(made.ballot, broken), made.salt, made.seed))
    assert refused.value.check == "C10"


def openings(record: dict[str, bytes]) -> Iterator[tuple[dict[str, str], dict[str, object]]]:
    """Each opening of the record's result, with the whole result that holds it."""
    result = canonical.decode(record["public/result.json"])
    for outcome in result["outcomes"]:
        for opening in outcome["openings"]:
            yield opening, result


def test_a_changed_opening_fails_the_audit(finished: tuple[World, Tallied], record: dict[str, bytes]) -> None:
    opening, result = next(openings(record))
    opening["plaintext"] = pack(1 + int(finished[1].counted.result.outcomes[0].counts[0]))
    assert "T4" in audited({**record, "public/result.json": canonical.encode(result)}, finished[0]).broken


def test_an_opening_is_read_in_its_one_form_only(finished: tuple[World, Tallied]) -> None:
    world, tallied = finished
    aggregate = tallied.processed.aggregates.aggregates[0].ciphertexts[0]
    opening = tallied.counted.result.outcomes[0].openings[0]
    assert world.election.key.verify_opening(aggregate, opening) == tallied.counted.result.outcomes[0].counts[0]
    half = len(opening["shares"]) // 2
    for changed in (
        {**opening, "randomness": "AAAA"},
        {"plaintext": opening["plaintext"]},
        {**opening, "shares": opening["shares"][:half] * 2},
        {**opening, "shares": opening["shares"] + "AAAA"},
        {**opening, "plaintext": opening["plaintext"] + "AAAA"},
    ):
        with pytest.raises(CryptoError):
            world.election.key.verify_opening(aggregate, changed)


def test_a_wrong_share_is_named_and_another_is_used() -> None:
    world = second_world()
    for person in PEOPLE[:4]:
        world.vote(world.citizen(person), CHOICES)
    world.close()
    world.finalise()
    lies = world.trustees[0]._store.load()  # the secret of another trustee gives wrong shares
    world.trustees[0]._store.save(replace(lies, secret=world.trustees[1]._store.load().secret))
    tallied = world.tally()
    assert [failure.check for failure in tallied.counted.refused] == ["T3"]
    assert [signed.answer.trustee for signed in tallied.counted.used] == [2, 3]
    assert tallied.counted.result.totals[0].counts == (4, 0, 0)


def test_key_material_and_key_proofs_are_checked(finished: tuple[World, Tallied]) -> None:
    world = finished[0]
    manifest = world.manifest.body
    assert isinstance(manifest, Manifest)
    first, *others = manifest.key.verification_keys
    with pytest.raises(CryptoError):
        CLASSROOM.key(replace(manifest.key, verification_keys=(*others, first))).verify_verification_keys()
    with pytest.raises(CryptoError):
        CLASSROOM.key(replace(manifest.key, base=pack(16)))
    with pytest.raises(CryptoError):
        world.election.key.verify_proof(CLASSROOM.deal(2, 3).proof)


def test_a_contest_without_room_is_refused(finished: tuple[World, Tallied]) -> None:
    rules = ContestRules("large", 3, False, 50, 0, 150)
    with pytest.raises(RuleBroken, match="sums"):
        finished[0].election.key.scheme(rules, 50)
