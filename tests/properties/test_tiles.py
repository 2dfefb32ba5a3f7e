"""Tiles: the paths of C2SP tlog-tiles, hash tiles that rebuild the tree, entry bundles read strictly."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import EncodingError, LogError
from common.log.merkle import MerkleTree, leaf_hash
from common.log.tiles import (
    Tile,
    bundles_of,
    decode_bundle,
    decode_hash_tile,
    encode_bundle,
    encode_hash_tile,
    parse_tile_path,
    tiles_of,
)

LEAVES = [b"%d" % number for number in range(600)]
TREE = MerkleTree()
for _leaf in LEAVES:
    TREE.append(_leaf)

tiles = st.builds(Tile, st.none() | st.integers(0, 63), st.integers(0, 2**63 - 1), st.integers(1, 256))


def test_paths_are_those_of_the_standard() -> None:
    assert Tile(0, 1234067).path == "tile/0/x001/x234/067"
    assert Tile(0, 1067).path == "tile/0/x001/067"
    assert Tile(1, 0, 17).path == "tile/1/000.p/17"
    assert Tile(None, 273, 112).path == "tile/entries/273.p/112"


@given(tiles)
def test_path_round_trips(tile: Tile) -> None:
    assert parse_tile_path(tile.path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "",
        "tile/0",
        "tile/0/67",
        "tile/0/0067",
        "tile/0/001/067",
        "tile/0/x000/067",
        "tile/0/x001/x067",
        "tile/0/x067",
        "tile/00/067",
        "tile/64/067",
        "tile/-1/067",
        "tile/entry/067",
        "tile/0/067.p/0",
        "tile/0/067.p/256",
        "tile/0/067.p/07",
        "tile/0/067.p/",
        "tile/0/067.p",
        "tile/0/067\n",
        "/tile/0/067",
        "tile/0/../067",
        "tile/0/٠٦٧",
        "tile/0/x999/x999/x999/x999/x999/x999/999",
    ],
)
def test_path_in_another_form_is_refused(path: str) -> None:
    with pytest.raises(EncodingError):
        parse_tile_path(path)


@pytest.mark.parametrize("tile", [(64, 0, 1), (-1, 0, 1), (0, -1, 1), (0, 0, 0), (0, 0, 257)])
def test_tile_out_of_range_is_refused(tile: tuple[int, int, int]) -> None:
    with pytest.raises(EncodingError):
        Tile(*tile)


def test_tiles_of_a_tree_are_those_the_standard_lists() -> None:
    # the example of C2SP tlog-tiles: a tree of size 70,000
    found = list(tiles_of(70_000))
    assert [tile for tile in found if tile.level == 0] == [*(Tile(0, at) for at in range(273)), Tile(0, 273, 112)]
    assert found[274:] == [Tile(1, 0), Tile(1, 1, 17), Tile(2, 0, 1)]
    assert list(tiles_of(256)) == [Tile(0, 0), Tile(1, 0, 1)]
    assert list(tiles_of(0)) == list(bundles_of(0)) == []
    assert list(bundles_of(257)) == [Tile(None, 0), Tile(None, 1, 1)]


def test_hash_tiles_hold_subtree_hashes_and_rebuild_the_tree() -> None:
    rebuilt = MerkleTree()
    for tile in tiles_of(TREE.size):
        hashes = decode_hash_tile(tile, encode_hash_tile(TREE, tile))
        if tile.level == 0:
            for node in hashes:
                rebuilt.append_leaf_hash(node)
    assert rebuilt.root() == TREE.root()
    first_of_level_1 = decode_hash_tile(Tile(1, 0, 2), encode_hash_tile(TREE, Tile(1, 0, 2)))
    assert first_of_level_1[0] == TREE.root(256)


def test_partial_tile_is_a_prefix_of_the_full_one() -> None:
    full = encode_hash_tile(TREE, Tile(0, 1))
    assert encode_hash_tile(TREE, Tile(0, 1, 3)) == full[:96]
    assert full[:32] == leaf_hash(LEAVES[256])


@pytest.mark.parametrize(
    "tile", [Tile(0, 2, 89), Tile(0, 2), Tile(0, 3, 1), Tile(1, 0, 3), Tile(2, 0, 1), Tile(60, 0, 1)]
)
def test_tile_the_tree_does_not_have_is_refused(tile: Tile) -> None:
    encode_hash_tile(TREE, Tile(0, 2, 88))
    with pytest.raises(LogError):
        encode_hash_tile(TREE, tile)


def test_hash_tile_of_wrong_length_or_kind_is_refused() -> None:
    data = encode_hash_tile(TREE, Tile(0, 0, 3))
    for wrong in (data[:-1], data + b"\0", data[:64], b""):
        with pytest.raises(EncodingError):
            decode_hash_tile(Tile(0, 0, 3), wrong)
    with pytest.raises(EncodingError):
        encode_hash_tile(TREE, Tile(None, 0, 3))


@given(st.lists(st.binary(max_size=20), min_size=1, max_size=256))
def test_bundle_round_trips(entries: list[bytes]) -> None:
    assert decode_bundle(Tile(None, 0, len(entries)), encode_bundle(entries)) == tuple(entries)


def test_bundle_has_big_endian_lengths() -> None:
    assert encode_bundle([b"ab", b""]) == b"\x00\x02ab\x00\x00"


@given(st.lists(st.binary(max_size=20), min_size=1, max_size=20), st.data())
def test_bundle_cut_short_extended_or_of_another_width_is_refused(entries: list[bytes], data: st.DataObject) -> None:
    encoded, width = encode_bundle(entries), len(entries)
    cut = data.draw(st.integers(0, len(encoded) - 1))
    wrong = [(width, encoded[:cut]), (width, encoded + b"\0"), (width, encoded + b"\0\0"), (width + 1, encoded)]
    for wrong_width, wrong_data in wrong:
        with pytest.raises(EncodingError):
            decode_bundle(Tile(None, 0, wrong_width), wrong_data)


def test_bundle_refuses_too_many_too_few_and_too_long_entries() -> None:
    assert len(encode_bundle([bytes(2**16 - 1)])) == 2**16 + 1
    for entries in ([], [b""] * 257, [bytes(2**16)]):
        with pytest.raises(EncodingError):
            encode_bundle(entries)
