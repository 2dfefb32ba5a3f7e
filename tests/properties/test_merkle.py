"""The Merkle tree against RFC 9162's own recursive definitions, published roots, and wrong proofs."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import LogError
from common.log.merkle import (
    EMPTY_ROOT,
    MerkleTree,
    leaf_hash,
    node_hash,
    verify_consistency,
    verify_inclusion,
)

# Leaves and roots published with Certificate Transparency's reference implementations.
CT_LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
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
LEAVES = [f"leaf {number}".encode() for number in range(70)]


def grown(size: int) -> MerkleTree:
    tree = MerkleTree()
    for leaf in LEAVES[:size]:
        tree.append(leaf)
    return tree


TREE = grown(len(LEAVES))


def split(size: int) -> int:
    k = 1
    while 2 * k < size:
        k *= 2
    return k


def naive_root(leaves: list[bytes]) -> bytes:
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    k = split(len(leaves))
    return hashlib.sha256(b"\x01" + naive_root(leaves[:k]) + naive_root(leaves[k:])).digest()


def naive_path(m: int, leaves: list[bytes]) -> list[bytes]:
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if m < k:
        return [*naive_path(m, leaves[:k]), naive_root(leaves[k:])]
    return [*naive_path(m - k, leaves[k:]), naive_root(leaves[:k])]


def naive_subproof(m: int, leaves: list[bytes], known: bool) -> list[bytes]:
    if m == len(leaves):
        return [] if known else [naive_root(leaves)]
    k = split(len(leaves))
    if m <= k:
        return [*naive_subproof(m, leaves[:k], known), naive_root(leaves[k:])]
    return [*naive_subproof(m - k, leaves[k:], False), naive_root(leaves[:k])]


sizes = st.integers(0, len(LEAVES))


@st.composite
def index_and_size(draw: st.DrawFn, largest: int = len(LEAVES)) -> tuple[int, int]:
    size = draw(st.integers(1, largest))
    return draw(st.integers(0, size - 1)), size


@st.composite
def old_and_new(draw: st.DrawFn) -> tuple[int, int]:
    """0 < old < new: the sizes between which a proof is not empty."""
    new = draw(st.integers(2, len(LEAVES)))
    return draw(st.integers(1, new - 1)), new


@st.composite
def mutated(draw: st.DrawFn, proof: tuple[bytes, ...]) -> tuple[bytes, ...]:
    """Another proof: one element changed, dropped, doubled, added, swapped or shortened."""
    kind = draw(st.sampled_from(["flip", "drop", "double", "add", "swap", "shorten"] if proof else ["add"]))
    if kind == "add":
        at = draw(st.integers(0, len(proof)))
        return (*proof[:at], draw(st.binary(min_size=32, max_size=32)), *proof[at:])
    at = draw(st.integers(0, len(proof) - 1))
    before, element, after = proof[:at], proof[at], proof[at + 1 :]
    if kind == "flip":
        bit = draw(st.integers(0, 255))
        flipped = int.from_bytes(element, "big") ^ (1 << bit)
        return (*before, flipped.to_bytes(32, "big"), *after)
    if kind == "swap" and len(proof) > 1:
        return proof[1:] + proof[:1]
    return {
        "double": (*before, element, element, *after),
        "shorten": (*before, element[:-1], *after),
    }.get(kind, before + after)


def test_empty_tree_has_the_root_of_the_empty_string() -> None:
    assert MerkleTree().root() == EMPTY_ROOT
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_roots_equal_those_published_for_certificate_transparency() -> None:
    tree = MerkleTree()
    for index, (leaf, root) in enumerate(zip(CT_LEAVES, CT_ROOTS, strict=True)):
        assert tree.append(leaf) == index
        assert tree.root().hex() == root
    assert [tree.root(size).hex() for size in range(1, 9)] == CT_ROOTS


def test_leaf_and_node_hashes_are_domain_separated() -> None:
    left, right = leaf_hash(b"a"), leaf_hash(b"b")
    assert leaf_hash(left + right) != node_hash(left, right)


@given(sizes)
def test_root_equals_the_recursive_definition(size: int) -> None:
    assert grown(size).root() == TREE.root(size) == naive_root(LEAVES[:size])


@given(index_and_size())
def test_inclusion_proof_equals_the_recursive_definition_and_verifies(place: tuple[int, int]) -> None:
    index, size = place
    proof = TREE.inclusion_proof(index, size)
    assert list(proof) == naive_path(index, LEAVES[:size])
    verify_inclusion(LEAVES[index], index, size, proof, TREE.root(size))


@given(old_and_new())
def test_consistency_proof_equals_the_recursive_definition_and_verifies(pair: tuple[int, int]) -> None:
    old, new = pair
    proof = TREE.consistency_proof(old, new)
    assert list(proof) == naive_subproof(old, LEAVES[:new], True)
    verify_consistency(old, new, proof, TREE.root(old), TREE.root(new))


@given(st.data())
def test_inclusion_rejects_every_mutated_proof(data: st.DataObject) -> None:
    index, size = data.draw(index_and_size())
    proof = TREE.inclusion_proof(index, size)
    wrong = data.draw(mutated(proof).filter(lambda changed: changed != proof))
    with pytest.raises(LogError):
        verify_inclusion(LEAVES[index], index, size, wrong, TREE.root(size))


@given(st.data())
def test_inclusion_rejects_another_leaf_or_root(data: st.DataObject) -> None:
    index, size = data.draw(index_and_size())
    proof, root = TREE.inclusion_proof(index, size), TREE.root(size)
    other = data.draw(st.integers(0, len(LEAVES)).filter(lambda number: number != size))
    with pytest.raises(LogError):
        verify_inclusion(LEAVES[index] + b"!", index, size, proof, root)
    with pytest.raises(LogError):
        verify_inclusion(LEAVES[index], index, size, proof, TREE.root(other))


@given(st.data())
def test_inclusion_rejects_every_other_index(data: st.DataObject) -> None:
    index, size = data.draw(index_and_size())
    other = data.draw(st.integers(-1, size + 1).filter(lambda number: number != index))
    with pytest.raises(LogError):
        verify_inclusion(LEAVES[index], other, size, TREE.inclusion_proof(index, size), TREE.root(size))


def test_inclusion_rejects_a_proof_made_for_another_size() -> None:
    """The hashes fit; only the count of proof elements tells that the size is a lie."""
    first, second = leaf_hash(LEAVES[0]), leaf_hash(LEAVES[1])
    verify_inclusion(LEAVES[0], 0, 2, (second,), TREE.root(2))
    with pytest.raises(LogError, match="too short"):
        verify_inclusion(LEAVES[0], 0, 3, (second,), TREE.root(2))
    with pytest.raises(LogError, match="too long"):
        verify_inclusion(LEAVES[1], 0, 1, (first,), TREE.root(2))


def test_consistency_rejects_a_proof_made_for_other_sizes() -> None:
    proof, roots = TREE.consistency_proof(7, 8), (TREE.root(7), TREE.root(8))
    verify_consistency(7, 8, proof, *roots)
    with pytest.raises(LogError, match="too long"):
        verify_consistency(3, 4, proof, *roots)
    with pytest.raises(LogError, match="too short"):
        verify_consistency(1, 3, TREE.consistency_proof(1, 2), TREE.root(1), TREE.root(2))


@given(old_and_new())
def test_consistency_rejects_an_empty_proof_between_different_sizes(pair: tuple[int, int]) -> None:
    old, new = pair
    with pytest.raises(LogError, match="empty"):
        verify_consistency(old, new, (), TREE.root(old), TREE.root(new))


@given(st.data())
def test_consistency_rejects_every_mutated_proof(data: st.DataObject) -> None:
    old, new = data.draw(old_and_new())
    proof = TREE.consistency_proof(old, new)
    wrong = data.draw(mutated(proof).filter(lambda changed: changed != proof))
    with pytest.raises(LogError):
        verify_consistency(old, new, wrong, TREE.root(old), TREE.root(new))


@given(old_and_new())
def test_consistency_rejects_a_tree_with_another_past(pair: tuple[int, int]) -> None:
    old, new = pair
    fork = MerkleTree()
    for leaf in [b"rewritten", *LEAVES[1:new]]:
        fork.append(leaf)
    with pytest.raises(LogError):
        verify_consistency(old, new, fork.consistency_proof(old, new), TREE.root(old), fork.root(new))
    with pytest.raises(LogError):
        verify_consistency(old, new, TREE.consistency_proof(old, new), TREE.root(old), fork.root(new))
    with pytest.raises(LogError):
        verify_consistency(old, new, TREE.consistency_proof(old, new), fork.root(old), TREE.root(new))


@given(old_and_new())
def test_consistency_rejects_a_rollback(pair: tuple[int, int]) -> None:
    old, new = pair
    with pytest.raises(LogError, match="cannot extend"):
        verify_consistency(new, old, (), TREE.root(new), TREE.root(old))


@given(sizes)
def test_every_tree_extends_the_empty_one_with_an_empty_proof_only(size: int) -> None:
    assert TREE.consistency_proof(0, size) == ()
    verify_consistency(0, size, (), EMPTY_ROOT, TREE.root(size))
    with pytest.raises(LogError, match="none is due"):
        verify_consistency(0, size, (TREE.root(1),), EMPTY_ROOT, TREE.root(size))
    with pytest.raises(LogError, match="size 0"):
        verify_consistency(0, size, (), TREE.root(1), TREE.root(size))


@given(st.integers(1, len(LEAVES)))
def test_a_tree_extends_itself_with_an_empty_proof_only(size: int) -> None:
    root = TREE.root(size)
    assert TREE.consistency_proof(size, size) == ()
    verify_consistency(size, size, (), root, root)
    with pytest.raises(LogError, match="two different trees"):
        verify_consistency(size, size, (), root, TREE.root(size - 1))
    with pytest.raises(LogError, match="none is due"):
        verify_consistency(size, size, (root,), root, root)


def test_a_tree_of_size_0_has_no_other_root() -> None:
    with pytest.raises(LogError, match="size 0"):
        verify_consistency(0, 0, (), EMPTY_ROOT, TREE.root(1))


def test_tree_refuses_sizes_and_indices_it_does_not_have() -> None:
    tree = grown(5)
    for size in (-1, 6):
        with pytest.raises(LogError):
            tree.root(size)
    for index, size in ((5, 5), (-1, 5), (0, 0), (2, 6)):
        with pytest.raises(LogError):
            tree.inclusion_proof(index, size)
    for old, new in ((4, 3), (-1, 3), (2, 6)):
        with pytest.raises(LogError):
            tree.consistency_proof(old, new)
    with pytest.raises(LogError, match="31 bytes"):
        tree.append_leaf_hash(bytes(31))
    assert tree.size == 5


@given(sizes)
def test_tree_from_leaf_hashes_equals_tree_from_leaves(size: int) -> None:
    tree = MerkleTree()
    for leaf in LEAVES[:size]:
        tree.append_leaf_hash(leaf_hash(leaf))
    assert tree.root() == TREE.root(size)


@given(index_and_size())
def test_old_roots_and_proofs_do_not_change_as_the_tree_grows(place: tuple[int, int]) -> None:
    index, size = place
    young = grown(size)
    before = (young.root(), young.inclusion_proof(index), young.consistency_proof(index))
    for leaf in LEAVES[size:]:
        young.append(leaf)
    after = (young.root(size), young.inclusion_proof(index, size), young.consistency_proof(index, size))
    assert before == after
