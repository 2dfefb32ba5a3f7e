"""The published test vectors: made again byte for byte, in order, and run against the code."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import pytest

from common import errors
from common.checks.catalogue import COMPLETE
from common.errors import ValikError
from tests.vectors import generate
from tests.vectors.making.kit import frame
from tests.vectors.running import casting, encodings, identity, log, messages, proofs
from tests.vectors.running.verdict import FOLDER, Refused, load

OPERATIONS = (
    encodings.OPERATIONS
    | proofs.OPERATIONS
    | log.OPERATIONS
    | identity.OPERATIONS
    | messages.OPERATIONS
    | casting.OPERATIONS
)
FIELDS = ({"id", "base", "what", "input", "expect"}, {"id", "base", "what", "input", "expect", "output"})


def vectors() -> Iterator[dict[str, Any]]:
    return (vector for book in load().values() for vector in book["vectors"])


def run(operation: str, shared: dict[str, Any], given: dict[str, Any]) -> tuple[Any, Any]:
    """(what is to be expected, output)."""
    try:
        output = OPERATIONS[operation](shared, given)
    except Refused as refused:
        return {"error": refused.error, "check": refused.check}, refused.output
    except ValikError as error:
        return {"error": type(error).__name__}, None
    return "accept", output


@pytest.mark.parametrize("name", sorted(load()))
def test_code_judges_every_vector_as_it_says(name: str) -> None:
    book = load()[name]
    wrong = []
    for vector in book["vectors"]:
        due = vector["expect"], vector.get("output")
        if book["operation"] == "tagged-hash":
            due = vector["expect"], {"digest": vector["output"]["digest"]}
        found = run(book["operation"], book["shared"], vector["input"])
        if found != due:
            wrong.append((vector["id"], due, found))
    assert wrong == []


def test_files_are_what_the_generator_makes() -> None:
    assert generate.differences(generate.files()) == []


def test_ids_are_unique_and_bases_are_accepted_vectors_of_the_same_file() -> None:
    ids = [vector["id"] for vector in vectors()]
    assert len(set(ids)) == len(ids) > 1000
    accepted = {vector["id"] for vector in vectors() if vector["expect"] == "accept"}
    for vector in vectors():
        assert vector["base"] is None or vector["base"] in accepted, vector["id"]
        assert vector["base"] is None or vector["base"].split("/")[0] == vector["id"].split("/")[0]
        assert vector["base"] or vector["expect"] == "accept", vector["id"]


def test_no_vector_repeats_its_base() -> None:
    by_id = {vector["id"]: vector for vector in vectors()}
    for vector in vectors():
        assert vector["base"] is None or vector["input"] != by_id[vector["base"]]["input"], vector["id"]


def test_failures_outnumber_acceptances() -> None:
    failures = sum(vector["expect"] != "accept" for vector in vectors())
    assert failures > len(list(vectors())) - failures


def test_every_vector_has_its_fields_and_names_known_errors_and_checks() -> None:
    for vector in vectors():
        assert set(vector) in FIELDS, vector["id"]
        if vector["expect"] != "accept":
            assert issubclass(getattr(errors, vector["expect"]["error"]), ValikError)
            assert vector["expect"].get("check", "C1") in COMPLETE.ids()


def test_frames_of_tagged_hashes_hash_to_their_digests() -> None:
    for vector in load()["tagged-hashes"]["vectors"]:
        framed = bytes.fromhex(vector["output"]["frame"])
        assert framed.startswith(frame(vector["input"]["tag"]))
        assert hashlib.sha256(framed).hexdigest().startswith(vector["output"]["digest"])


def test_files_stay_small() -> None:
    assert sum(path.stat().st_size for path in FOLDER.glob("*.json")) < 3_500_000


def test_every_operation_is_described() -> None:
    described = (FOLDER / "README.md").read_text(encoding="utf-8")
    for name, book in load().items():
        assert f"`{name}`" in described, name
        assert book["operation"] in OPERATIONS
    assert {book["operation"] for book in load().values()} == set(OPERATIONS)
