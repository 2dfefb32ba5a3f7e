"""Static reading of a log (C2SP tlog-tiles): paths, hash tiles of height 8, entry bundles.

A full tile holds 256 hashes or entries; the last of its level may be partial, of width 1 to 255. Hash tiles of
level l hold the hashes of complete subtrees of 256^l leaves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from common.errors import EncodingError
from common.log.merkle import HASH_LENGTH, MAX_SIZE, MerkleTree

FULL_WIDTH = 256
MAX_LEVEL = 63
MAX_ENTRY_LENGTH = 2**16 - 1
_TILE_HEIGHT = 8
_PATH = re.compile(
    r"tile/(?P<level>entries|[0-9]{1,2})/(?P<index>(?:x[0-9]{3}/){0,6}[0-9]{3})(?:\.p/(?P<width>[0-9]{1,3}))?\Z"
)


@dataclass(frozen=True, slots=True)
class Tile:
    """One tile: `level` in [0, 63], or None for an entry bundle; `index` ≥ 0 in its level; `width` in [1, 256].

    `EncodingError` for anything else.
    """

    level: int | None
    index: int
    width: int = FULL_WIDTH

    def __post_init__(self) -> None:
        if self.level is not None and not 0 <= self.level <= MAX_LEVEL:
            raise EncodingError("tile level out of range")
        if not 0 <= self.index <= MAX_SIZE or not 1 <= self.width <= FULL_WIDTH:
            raise EncodingError("tile index or width out of range")

    @property
    def path(self) -> str:
        """Path below the log's address, such as `tile/0/x001/067` or `tile/entries/000.p/7`."""
        groups = [f"{self.index % 1000:03}"]
        rest = self.index // 1000
        while rest:
            groups.append(f"x{rest % 1000:03}")
            rest //= 1000
        level = "entries" if self.level is None else str(self.level)
        partial = "" if self.width == FULL_WIDTH else f".p/{self.width}"
        return f"tile/{level}/{'/'.join(reversed(groups))}{partial}"

    @property
    def start(self) -> int:
        """Index, within the level, of the tile's first hash or entry."""
        return self.index * FULL_WIDTH


def parse_tile_path(path: str) -> Tile:
    """The tile whose `path` is exactly this; `EncodingError` otherwise."""
    match = _PATH.match(path)
    if match is None:
        raise EncodingError("not the path of a tile")
    level = None if match["level"] == "entries" else int(match["level"])
    index = int(match["index"].replace("x", "").replace("/", ""))
    tile = Tile(level, index, FULL_WIDTH if match["width"] is None else int(match["width"]))
    if tile.path != path:
        raise EncodingError("path of a tile that is not in canonical form")
    return tile


def tiles_of(size: int) -> Iterator[Tile]:
    """Every hash tile of a tree of `size` leaves, level by level, the partial one of each level last."""
    level, nodes = 0, size
    while nodes:
        yield from _tiles_of_level(level, nodes)
        level, nodes = level + 1, nodes // FULL_WIDTH


def bundles_of(size: int) -> Iterator[Tile]:
    """Every entry bundle of a log of `size` entries, the partial one last."""
    yield from _tiles_of_level(None, size)


def encode_hash_tile(tree: MerkleTree, tile: Tile) -> bytes:
    """The bytes of a hash tile: 32 · width; `LogError` if the tree has not grown that far."""
    if tile.level is None:
        raise EncodingError("an entry bundle is not a hash tile")
    return tree.complete_nodes(_TILE_HEIGHT * tile.level, tile.start, tile.width)


def decode_hash_tile(tile: Tile, data: bytes) -> tuple[bytes, ...]:
    """The hashes in a hash tile; `EncodingError` unless there are exactly `tile.width`."""
    if len(data) != HASH_LENGTH * tile.width:
        raise EncodingError(f"hash tile of {len(data)} bytes where {HASH_LENGTH * tile.width} are due")
    return tuple(data[at : at + HASH_LENGTH] for at in range(0, len(data), HASH_LENGTH))


def encode_bundle(entries: Sequence[bytes]) -> bytes:
    """1 to 256 entries, each with its length (2 bytes, big-endian) before it; `EncodingError` otherwise."""
    if not 1 <= len(entries) <= FULL_WIDTH:
        raise EncodingError(f"entry bundle of {len(entries)} entries")
    if any(len(entry) > MAX_ENTRY_LENGTH for entry in entries):
        raise EncodingError("log entry too long for a bundle")
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def decode_bundle(tile: Tile, data: bytes) -> tuple[bytes, ...]:
    """The entries of a bundle; `EncodingError` unless there are exactly `tile.width`, filling the data."""
    entries: list[bytes] = []
    at = 0
    while at < len(data) and len(entries) < tile.width:
        stop = at + 2 + int.from_bytes(data[at : at + 2], "big")
        entries.append(data[at + 2 : stop])
        at = stop
    if at != len(data) or len(entries) != tile.width:
        raise EncodingError(f"entry bundle that does not hold exactly {tile.width} entries")
    return tuple(entries)


def _tiles_of_level(level: int | None, nodes: int) -> Iterator[Tile]:
    full, width = divmod(nodes, FULL_WIDTH)
    for index in range(full):
        yield Tile(level, index)
    if width:
        yield Tile(level, full, width)
