"""Vectors for the Merkle tree: roots, inclusion, consistency (spec 7.2, checks L1 and L2)."""

# ruff: noqa: E501 – tables: one vector a line
from __future__ import annotations

import hashlib

from tests.vectors.making.kit import Book, Draw, Json

CT_LEAVES = [
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
]  # fmt: skip
CT_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
"""Of the Certificate Transparency project's tests of RFC 6962 trees: the roots of its first 1 to 8 leaves."""
LEAVES = [bytes.fromhex(leaf) for leaf in CT_LEAVES] + [Draw("leaf").octets(20) for _ in range(5)]


def root(leaves: list[bytes]) -> bytes:
    """MTH of RFC 9162 §2.1.1, as it stands there."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + leaves[0]).digest()
    k = _split(len(leaves))
    return hashlib.sha256(b"\1" + root(leaves[:k]) + root(leaves[k:])).digest()


def path(m: int, leaves: list[bytes]) -> list[bytes]:
    """PATH of §2.1.3.1."""
    if len(leaves) == 1:
        return []
    k = _split(len(leaves))
    return [*path(m, leaves[:k]), root(leaves[k:])] if m < k else [*path(m - k, leaves[k:]), root(leaves[:k])]


def proof(m: int, leaves: list[bytes], known: bool = True) -> list[bytes]:
    """PROOF of §2.1.4.1."""
    if m == len(leaves):
        return [] if known else [root(leaves)]
    k = _split(len(leaves))
    if m <= k:
        return [*proof(m, leaves[:k], known), root(leaves[k:])]
    return [*proof(m - k, leaves[k:], False), root(leaves[:k])]


def _split(size: int) -> int:
    return 1 << (size - 1).bit_length() - 1


def books() -> list[Book]:
    return [roots(), inclusion(), consistency()]


def roots() -> Book:
    book = Book("merkle-roots", "merkle-root", "7.2", "Leaf data in hex; `output` the root.")
    book.accept(
        "empty", "no leaves", {"leaves": []}, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    )
    for size, due in enumerate(CT_ROOTS, start=1):
        what = f"{size} leaves, from the Certificate Transparency project's tests"
        book.accept(f"ct-{size}", what, {"leaves": CT_LEAVES[:size]}, due)
    book.accept("thirteen", "13 leaves", {"leaves": [leaf.hex() for leaf in LEAVES]}, root(LEAVES).hex())
    return book


def inclusion() -> Book:
    book = Book("inclusion", "verify-inclusion", "7.2, 7.10", "All in hex but index and size.")
    for index, size in ((0, 1), (0, 2), (2, 3), (4, 7), (6, 7), (0, 8), (12, 13), (5, 13)):
        book.accept(f"{index}-of-{size}", f"leaf {index} in a tree of {size}", _included(index, size))
    good = book.given("4-of-7")
    hashes = good["proof"]
    for slug, what, changes in (
        ("other-leaf", "another leaf", {"leaf": LEAVES[3].hex()}),
        ("leaf-hash", "the leaf's hash for the leaf", {"leaf": root(LEAVES[4:5]).hex()}),
        ("index-less", "the index before", {"index": 3}),
        ("index-more", "the index after", {"index": 5}),
        ("index-size", "an index as large as the tree", {"index": 7}),
        ("index-negative", "a negative index", {"index": -1}),
        ("index-wrapped", "an index with the same low bits", {"index": 4 + 8}),
        ("size-more", "a tree of another size", {"size": 9}),
        ("size-less", "a tree of another size of the same depth", {"size": 5}),
        ("size-0", "an empty tree", {"size": 0}),
        ("size-2-63", "a size of 2^63", {"size": 2**63}),
        ("too-short", "the last hash left out", {"proof": hashes[:-1]}),
        ("too-long", "a hash more", {"proof": [*hashes, hashes[0]]}),
        ("empty", "no hashes", {"proof": []}),
        ("swapped", "two hashes swapped", {"proof": [hashes[1], hashes[0], *hashes[2:]]}),
        ("changed", "a bit of a hash changed", {"proof": [_flipped(hashes[0]), *hashes[1:]]}),
        ("31-bytes", "a hash of 31 bytes", {"proof": [hashes[0][2:], *hashes[1:]]}),
        ("33-bytes", "a hash of 33 bytes", {"proof": [hashes[0] + "00", *hashes[1:]]}),
        ("joined", "two hashes as one", {"proof": ["".join(hashes[:2]), *hashes[2:]]}),
        ("other-root", "the root of another tree", {"root": root(LEAVES[:6]).hex()}),
        ("root-changed", "a bit of the root changed", {"root": _flipped(good["root"])}),
    ):
        book.refuse(slug, "4-of-7", what, good | changes, "LogError", "L1")
    inner = {
        "leaf": (root(LEAVES[:1]) + root(LEAVES[1:2])).hex(),
        "index": 0,
        "size": 1,
        "proof": [],
        "root": root(LEAVES[:2]).hex(),
    }
    book.refuse("inner-node-as-leaf", "0-of-2", "an inner node's children shown as a leaf", inner, "LogError", "L1")
    return book


def consistency() -> Book:
    book = Book("consistency", "verify-consistency", "7.2, 7.10", "Hashes in hex.")
    for old, new in ((0, 0), (0, 5), (1, 1), (1, 2), (1, 8), (3, 7), (4, 7), (6, 8), (7, 7), (8, 13), (11, 13)):
        book.accept(f"{old}-to-{new}", f"from size {old} to size {new}", _consistent(old, new))
    good = book.given("3-to-7")
    hashes = good["proof"]
    for slug, what, changes in (
        ("too-short", "the last hash left out", {"proof": hashes[:-1]}),
        ("too-long", "a hash more", {"proof": [*hashes, hashes[0]]}),
        ("empty", "no hashes", {"proof": []}),
        ("swapped", "two hashes swapped", {"proof": [hashes[1], hashes[0], *hashes[2:]]}),
        ("changed", "a bit of a hash changed", {"proof": [*hashes[:2], _flipped(hashes[2]), *hashes[3:]]}),
        ("31-bytes", "a hash of 31 bytes", {"proof": [hashes[0][2:], *hashes[1:]]}),
        ("old-root", "another old root", {"old_root": root(LEAVES[:4]).hex()}),
        ("new-root", "another new root", {"new_root": root(LEAVES[:6]).hex()}),
        ("fork", "another history's new root", {"new_root": root([*LEAVES[:2], b"x", *LEAVES[3:7]]).hex()}),
        ("old-size", "another old size", {"old_size": 2}),
        ("new-size", "another new size", {"new_size": 9}),
        ("backwards", "old and new changed places",
         {"old_size": 7, "new_size": 3, "old_root": good["new_root"], "new_root": good["old_root"]}),
        ("negative", "a negative size", {"old_size": -1}),
        ("new-size-2-63", "a size of 2^63", {"new_size": 2**63}),
    ):  # fmt: skip
        book.refuse(slug, "3-to-7", what, good | changes, "LogError", "L2")
    same, power, none = book.given("7-to-7"), book.given("4-to-7"), book.given("0-to-5")
    for slug, base, what, given in (
        ("same-size-proof", "7-to-7", "a proof between equal sizes", same | {"proof": hashes[:1]}),
        ("same-size-fork", "7-to-7", "two trees of one size", same | {"new_root": root(LEAVES[1:8]).hex()}),
        ("power-with-root", "4-to-7", "the old root of a full tree given once more", power | {"proof": [power["old_root"], *power["proof"]]}),
        ("from-0-proof", "0-to-5", "a proof from nothing", none | {"proof": hashes[:1]}),
        ("from-0-root", "0-to-5", "a wrong root of nothing", none | {"old_root": root(LEAVES[:1]).hex()}),
        ("from-0-zeros", "0-to-5", "zeros as the root of nothing", none | {"old_root": "00" * 32}),
        ("to-0-root", "0-to-0", "a wrong root of nothing, twice",
         _consistent(0, 0) | {"old_root": "00" * 32, "new_root": "00" * 32}),
    ):  # fmt: skip
        book.refuse(slug, base, what, given, "LogError", "L2")
    return book


def _included(index: int, size: int) -> dict[str, Json]:
    leaves = LEAVES[:size]
    return {
        "leaf": leaves[index].hex(),
        "index": index,
        "size": size,
        "proof": [step.hex() for step in path(index, leaves)],
        "root": root(leaves).hex(),
    }


def _consistent(old: int, new: int) -> dict[str, Json]:
    steps = proof(old, LEAVES[:new]) if old else []
    return {
        "old_size": old,
        "new_size": new,
        "proof": [step.hex() for step in steps],
        "old_root": root(LEAVES[:old]).hex(),
        "new_root": root(LEAVES[:new]).hex(),
    }


def _flipped(digest: str) -> str:
    return digest[:-1] + f"{int(digest[-1], 16) ^ 1:x}"
