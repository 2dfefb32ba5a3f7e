"""What a voter's client keeps on disk: pinned once, for its owner alone, and never lost or mixed up."""

from __future__ import annotations

import errno
import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Thread

import pytest

from common.checks.catalogue import COMPLETE
from common.encoding import canonical
from common.errors import CheckFailed, EncodingError, MalformedMessage, SetupError
from common.log.witnessed import open_checkpoint
from common.messages.acts import Signed
from common.messages.manifest import Manifest
from common.messages.message import encode
from scenarios.world import Citizen, World
from tests.conftest import CHOICES, PEOPLE
from voter_client.cast import VotingSession
from voter_client.home import FINGERPRINT, MANIFEST, Home
from voter_client.journal import Journal
from voter_client.journal_file import read_journal, write_journal


@pytest.fixture
def citizen(world: World) -> Citizen:
    return world.citizen(PEOPLE[0])


def found(world: World, folder: Path) -> Home:
    return Home.create(folder, encode(world.manifest), world.authority.public_key, insecure_parameters=True)


def vote(world: World, citizen: Citizen, journal: Journal) -> None:
    session = VotingSession(world.election, world.collector, citizen.card, journal, world.clock, world.checks)
    session.cast(session.prepare(CHOICES))


def test_home_opens_again_with_the_same_election_and_journal(world: World, citizen: Citizen, tmp_path: Path) -> None:
    home = found(world, tmp_path / "home")
    with home.journal(citizen.card.voter_id) as journal:
        vote(world, citizen, journal)
        vote(world, citizen, journal)
    again = Home(tmp_path / "home")
    assert again.election.fingerprint == world.election.fingerprint
    kept = again.look(citizen.card.voter_id)
    assert (kept.votes, kept.seen, kept.open_numbers) == (journal.votes, journal.seen, set())
    assert kept.posted is None
    assert again.look(world.citizen(PEOPLE[1]).card.voter_id).votes == []


def test_home_is_made_once_and_only_from_a_manifest_that_holds(world: World, tmp_path: Path) -> None:
    folder, key = tmp_path / "home", world.authority.public_key
    whole = encode(world.manifest)
    with pytest.raises(SetupError, match="toy"):
        Home.create(folder, whole, key)
    with pytest.raises(CheckFailed, match="K1"):
        Home.create(folder, whole, bytes(32), insecure_parameters=True)
    with pytest.raises(CheckFailed, match="K1"):
        Home.create(folder, whole, key, "0" * 64, insecure_parameters=True)
    with pytest.raises(MalformedMessage):
        Home.create(folder, whole + b"\n", key, insecure_parameters=True)
    assert not folder.exists()
    Home.create(folder, whole, key, world.election.fingerprint, insecure_parameters=True)
    with pytest.raises(SetupError, match="is there already"):
        Home.create(folder, whole, key, insecure_parameters=True)


def test_home_needs_verification_keys_that_hold(world: World, tmp_path: Path) -> None:
    assert isinstance(world.manifest.body, Manifest)
    material = world.manifest.body.key
    swapped = (*material.verification_keys[1:], material.verification_keys[0])
    body = replace(world.manifest.body, key=replace(material, verification_keys=swapped))
    forged: Signed = world.authority.sign(body)
    with pytest.raises(CheckFailed, match="K4"):
        Home.create(tmp_path / "home", encode(forged), world.authority.public_key, insecure_parameters=True)
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize("name", [FINGERPRINT, "authority.key", MANIFEST])
def test_home_with_a_missing_or_damaged_file_does_not_open(world: World, tmp_path: Path, name: str) -> None:
    folder = tmp_path / "home"
    found(world, folder)
    whole = (folder / name).read_bytes()
    for damaged in (b"", b"\xff" + whole[1:], b"A" * len(whole)):
        (folder / name).write_bytes(damaged)
        with pytest.raises((SetupError, CheckFailed)):
            Home(folder)
    (folder / name).unlink()
    with pytest.raises(SetupError):
        Home(folder)
    (folder / name).write_bytes(whole)
    Home(folder)


def test_manifest_exchanged_after_pinning_is_refused(
    world: World, make_world: Callable[..., World], tmp_path: Path
) -> None:
    folder = tmp_path / "home"
    found(world, folder)
    assert isinstance(world.manifest.body, Manifest)
    other = world.authority.sign(replace(world.manifest.body, title="Another election by the same authority"))
    (folder / MANIFEST).write_bytes(encode(other))
    with pytest.raises(CheckFailed, match="K1"):
        Home(folder)


def test_journal_is_changed_by_one_at_a_time(world: World, citizen: Citizen, tmp_path: Path) -> None:
    home = found(world, tmp_path / "home")
    voter = citizen.card.voter_id
    refused: list[BaseException] = []

    def meanwhile() -> None:
        try:
            with Home(tmp_path / "home").journal(voter):
                pass
        except SetupError as error:
            refused.append(error)

    with home.journal(voter):
        thread = Thread(target=meanwhile)
        thread.start()
        thread.join()
        assert ["another window" in str(error) for error in refused] == [True]
        with home.journal(world.citizen(PEOPLE[1]).card.voter_id):
            home.look(voter)  # looking needs no turn
    meanwhile()
    assert len(refused) == 1


def test_vote_is_on_disk_before_it_is_posted(world: World, citizen: Citizen, tmp_path: Path) -> None:
    home = found(world, tmp_path / "home")
    voter = citizen.card.voter_id
    seen: list[Journal] = []
    with home.journal(voter) as journal:
        session = VotingSession(world.election, world.collector, citizen.card, journal, world.clock, world.checks)
        prepared = session.prepare(CHOICES)
        session.sign(prepared)
        seen.append(home.look(voter))
        cast = session.retry()
        seen.append(home.look(voter))
    before, after = seen
    assert before.posted is not None
    assert (before.posted.signed_ballot, before.posted.seed) == (session.posted, prepared.seed)
    assert (before.votes, before.open_numbers) == ([], {1})
    assert (after.votes, after.posted, after.open_numbers) == ([cast], None, set())


def test_full_disk_stops_a_vote_before_it_leaves_and_never_loses_one_after(
    world: World, citizen: Citizen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_arguments: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    home = found(world, tmp_path / "home")
    voter = citizen.card.voter_id
    size = world.log_size()
    with home.journal(voter) as journal:
        session = VotingSession(world.election, world.collector, citizen.card, journal, world.clock, world.checks)
        prepared = session.prepare(CHOICES)
        with monkeypatch.context() as disk:
            disk.setattr("voter_client.home.write_durably", full)
            with pytest.raises(SetupError, match="make room"):
                session.cast(prepared)
        assert world.log_size() == size
        session.sign(prepared)
        with monkeypatch.context() as disk:
            disk.setattr("voter_client.home.write_durably", full)
            with pytest.raises(SetupError, match="--retry posts the same one"):
                session.retry()
    with Home(tmp_path / "home").journal(voter) as journal:
        assert (journal.votes, world.log_size()) == ([], size + 1)
        again = VotingSession(world.election, world.collector, citizen.card, journal, world.clock, world.checks)
        assert again.retry().sequence == 1
    assert world.log_size() == size + 1


def test_home_without_its_journals_is_damaged(world: World, citizen: Citizen, tmp_path: Path) -> None:
    home = found(world, tmp_path / "home")
    (tmp_path / "home" / "journals").rmdir()
    with pytest.raises(SetupError, match="put back a copy"), home.journal(citizen.card.voter_id):
        pass


def test_journal_of_another_voter_or_election_is_refused(
    world: World, citizen: Citizen, make_world: Callable[..., World]
) -> None:
    voter, other = citizen.card.voter_id, world.citizen(PEOPLE[1]).card.voter_id
    vote(world, citizen, citizen.journal)
    data = write_journal(citizen.journal, voter)
    assert read_journal(data, voter, world.election).votes == citizen.journal.votes
    with pytest.raises(MalformedMessage, match="another"):
        read_journal(data, other, world.election)
    with pytest.raises(MalformedMessage, match="another"):
        read_journal(data, voter, make_world(title="Another").election)


def test_newest_checkpoint_is_kept_with_its_signatures(world: World, citizen: Citizen) -> None:
    vote(world, citizen, citizen.journal)
    voter = citizen.card.voter_id
    kept = read_journal(write_journal(citizen.journal, voter), voter, world.election)
    assert kept.note == citizen.journal.votes[0].receipt.checkpoint
    assert open_checkpoint(kept.note, world.election.log_trust).checkpoint == kept.seen == citizen.journal.seen
    vote(world, world.citizen(PEOPLE[1]), Journal(world.election))
    citizen.journal.recheck(world.collector, world.collector, COMPLETE)
    assert citizen.journal.note == world.collector.checkpoint() != kept.note


def test_journal_of_an_older_client_is_read(world: World, citizen: Citizen) -> None:
    """Version 1 kept the checkpoint without its signatures."""
    vote(world, citizen, citizen.journal)
    voter = citizen.card.voter_id
    old = write_journal(replace(citizen.journal, note=""), voter)
    assert b'"version":1' in old
    kept = read_journal(old, voter, world.election)
    assert (kept.votes, kept.seen, kept.note) == (citizen.journal.votes, citizen.journal.seen, "")
    assert citizen.journal.seen is not None
    body, note = citizen.journal.seen.body, citizen.journal.note
    for seen, version in ((body, 2), (note, 1)):
        made = json.loads(old)["kept"] | {"seen": seen, "version": version}
        data = canonical.encode({"kept": made, "sum": hashlib.sha256(canonical.encode(made)).hexdigest()})
        with pytest.raises(EncodingError):
            read_journal(data, voter, world.election)


def test_every_flipped_bit_of_a_journal_is_noticed(world: World, citizen: Citizen) -> None:
    vote(world, citizen, citizen.journal)
    voter = citizen.card.voter_id
    whole = write_journal(citizen.journal, voter)
    for position in range(0, len(whole), 37):
        damaged = bytearray(whole)
        damaged[position] ^= 1
        with pytest.raises(MalformedMessage):
            read_journal(bytes(damaged), voter, world.election)


def test_receipts_from_disk_are_checked_like_any_others(world: World, citizen: Citizen, tmp_path: Path) -> None:
    home = found(world, tmp_path / "home")
    voter = citizen.card.voter_id
    with home.journal(voter) as journal:
        vote(world, citizen, journal)
    with Home(tmp_path / "home").journal(voter) as journal:
        journal.recheck(world.collector, world.collector, COMPLETE)
        kept = journal.votes[0]
        journal.votes[0] = replace(kept, receipt=replace(kept.receipt, index=kept.receipt.index + 1))
        with pytest.raises(CheckFailed, match="R2"):
            journal.recheck(world.collector, world.collector, COMPLETE)
