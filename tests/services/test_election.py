"""A whole election in which every party is a service: what comes out passes the audit."""

from __future__ import annotations

import time
from collections.abc import Iterator

import httpx
import pytest

from auditor.audit import audit
from common.crypto.systems import SYSTEMS
from common.errors import CheckFailed, ServiceRefused
from common.log.merkle import MerkleTree
from common.log.tiles import Tile, bundles_of, decode_bundle, decode_hash_tile, tiles_of
from common.log.witnessed import verify_log_signature
from common.ports import NotFound
from common.routes import CHECKPOINT
from scenarios.services import RemoteCollector, ServedWorld, served_world
from scenarios.world import Tallied
from tests.conftest import CHOICES, PEOPLE, draft, play, rows


@pytest.fixture(scope="module")
def elected() -> Iterator[tuple[ServedWorld, Tallied]]:
    """Everything of `play`, each call between parties over HTTP."""
    with served_world(draft(), rows(), insecure_parameters=True) as served:
        yield served, play(served.world)


def test_election_of_services_passes_the_audit(elected: tuple[ServedWorld, Tallied]) -> None:
    served, tallied = elected
    world = served.world
    record = world.record(tallied)
    report = audit(record, world.authority.public_key, world.election.fingerprint, SYSTEMS, time.perf_counter)
    assert report.passed
    assert isinstance(world.collector, RemoteCollector)
    assert sum(total.ballots + total.unopened for total in tallied.counted.result.totals) > 0


def test_audit_fails_the_record_of_services_with_one_entry_changed(elected: tuple[ServedWorld, Tallied]) -> None:
    served, tallied = elected
    world = served.world
    record = dict(world.record(tallied))
    record["public/log/000000.jsonl"] = record["public/log/000000.jsonl"].replace(b'"digest":"', b'"digest":"0', 1)
    report = audit(record, world.authority.public_key, world.election.fingerprint, SYSTEMS, time.perf_counter)
    assert not report.passed


def test_evidence_over_http_is_the_collectors_own(elected: tuple[ServedWorld, Tallied]) -> None:
    served, tallied = elected
    assert tallied.evidence == served.collector.evidence()


def test_trustee_answers_the_same_again_over_http(elected: tuple[ServedWorld, Tallied]) -> None:
    served, tallied = elected
    world = served.world
    (first,) = world.answers(tallied.evidence, tallied.processed, [1])
    assert world.answers(tallied.evidence, tallied.processed, [1]) == [first]
    assert served.world.trustees[0].rehearse() == served.world.trustees[0].rehearse()


def test_log_read_as_tiles_is_the_checkpoints_tree(elected: tuple[ServedWorld, Tallied]) -> None:
    served, tallied = elected
    collector = served.world.collector
    checkpoint = verify_log_signature(collector.checkpoint(), served.world.election.log_trust)
    tree = MerkleTree()
    for bundle in bundles_of(checkpoint.size):
        for leaf in decode_bundle(bundle, collector.tile(bundle)):
            tree.append(leaf)
    assert tree.root() == checkpoint.root
    by_hash = MerkleTree()
    for tile in tiles_of(checkpoint.size):
        if tile.level == 0:
            for node in decode_hash_tile(tile, collector.tile(tile)):
                by_hash.append_leaf_hash(node)
    assert by_hash.root() == checkpoint.root
    assert len(tallied.evidence.log.entries) == checkpoint.size


def test_only_tiles_may_be_kept_by_caches(elected: tuple[ServedWorld, Tallied]) -> None:
    with httpx.Client(base_url=elected[0].public.address, trust_env=False) as client:
        assert "immutable" in client.get("/tile/entries/000.p/1").headers["cache-control"]
        assert client.get(CHECKPOINT.path).headers["cache-control"] == "no-store"
        assert client.get("/tile/entries/000").headers["cache-control"] == "no-store"


@pytest.mark.parametrize("tile", [Tile(0, 0), Tile(1, 0, 1), Tile(None, 0), Tile(0, 7, 3)])
def test_tile_beyond_the_log_is_not_found(elected: tuple[ServedWorld, Tallied], tile: Tile) -> None:
    with pytest.raises(NotFound):
        elected[0].world.collector.tile(tile)


def test_closed_log_takes_no_vote_over_http(elected: tuple[ServedWorld, Tallied]) -> None:
    served, _ = elected
    with pytest.raises(CheckFailed) as failure:
        served.world.vote(served.world.citizen(PEOPLE[8]), CHOICES)
    assert failure.value.check == "C2"


def test_public_door_does_not_show_the_box(elected: tuple[ServedWorld, Tallied]) -> None:
    served, _ = elected
    mixed_up = RemoteCollector(served.public, served.public)
    with pytest.raises(ServiceRefused, match="is of another kind"):
        mixed_up.evidence()
