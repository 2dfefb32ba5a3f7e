"""The log as static files: tiles of what the witnesses have cosigned (spec 7.8)."""

from __future__ import annotations

from collector.store import Store
from common.log.merkle import MerkleTree
from common.log.tiles import Tile, encode_bundle, encode_hash_tile
from common.ports import NotFound

_LEVEL_BITS = 8


def read_tile(tile: Tile, tree: MerkleTree, store: Store, size: int) -> bytes:
    """The bytes of a tile of the first `size` entries; `NotFound` if it reaches beyond them.

    A partial tile stays readable after the log has outgrown it, since a reader may hold an older checkpoint.
    """
    stop = tile.start + tile.width
    if stop > size >> (_LEVEL_BITS * (tile.level or 0)):
        raise NotFound("the witnessed log has not grown that far")
    if tile.level is None:
        return encode_bundle(store.leaves(tile.start, stop))
    return encode_hash_tile(tree, tile)
