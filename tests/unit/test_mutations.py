"""The mutants are in order: each fits the present tree and names tests that exist, and together they miss nothing.

That some test goes red on each of them is shown by `tests/mutations/run.py`, which takes longer.
"""

from __future__ import annotations

import ast
import random
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from common.checks.catalogue import COMPLETE, DEFENCES
from tests.mutations.mutant import FOLDER, ROOT, BadPatch, Mutant, load_all, parse
from tests.mutations.run import KILLED, Result, chosen, judge, unmasked

MUTANTS = load_all()
GOOD = (
    "Covers: C7 range\nRemoves: a rule\nTests: tests/unit/test_mutations.py\n"
    "--- a/some.py\n+++ b/some.py\n@@ -1,2 +1,2 @@\n first\n-second\n+another\n"
)


def test_every_mutant_fits_the_tree_and_names_tests() -> None:
    assert [problem for mutant in MUTANTS for problem in _problems(mutant)] == []


@cache
def _text(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def _problems(mutant: Mutant) -> Iterator[str]:
    try:
        ast.parse(mutant.applied(_text(mutant.path)))
    except (BadPatch, SyntaxError) as error:
        yield f"{mutant.name}: {error}"
    if all(hunk.old.split() == hunk.new.split() for hunk in mutant.hunks):
        yield f"{mutant.name}: it changes nothing but the layout"
    for test in mutant.tests:
        if not test.startswith("tests/") or not (ROOT / test).is_file():
            yield f"{mutant.name}: there is no {test}"


def test_every_check_and_every_defence_has_a_mutant() -> None:
    due = {*COMPLETE.ids(), *(defence.id for defence in DEFENCES)}
    assert due - {found for mutant in MUTANTS for found in mutant.ids} == set()


def test_no_mutant_covers_an_unknown_check() -> None:
    known = {*COMPLETE.ids(), *(defence.id for defence in DEFENCES)}
    assert {found for mutant in MUTANTS for found in mutant.ids} - known == set()


def test_there_are_enough_and_each_says_something_of_its_own() -> None:
    assert len(MUTANTS) >= 80
    assert {word for mutant in MUTANTS for word in mutant.covers} >= {"range", "group", "canonical-form"}
    assert [text for text, times in Counter(_mutation(mutant) for mutant in MUTANTS).items() if times > 1] == []


def _mutation(mutant: Mutant) -> str:
    return mutant.path + "".join(hunk.old + hunk.new for hunk in mutant.hunks)


def test_folder_holds_nothing_else() -> None:
    assert {path.suffix for path in FOLDER.iterdir() if path.is_file()} == {".patch", ".py", ".md"}


# --- the patches' form


def test_patch_is_read_and_applied_wherever_its_lines_stand() -> None:
    mutant = parse("name", GOOD)
    assert (mutant.covers, mutant.ids, mutant.path) == (("C7", "range"), ("C7",), "some.py")
    assert mutant.applied("zeroth\nfirst\nsecond\nthird\n") == "zeroth\nfirst\nanother\nthird\n"


@pytest.mark.parametrize("text", ["", "first\nthird\n", "first\nsecond\nfirst\nsecond\n", "not first\nsecond\n"])
def test_patch_that_fits_nowhere_or_twice_is_refused(text: str) -> None:
    with pytest.raises(BadPatch, match=r"in [02] places"):
        parse("name", GOOD).applied(text)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Tests: ", "Test: "),
        ("Covers: ", "Because: x\nCovers: "),
        ("Removes: a rule\n", ""),
        ("+++ b/some.py", "+++ b/other.py"),
        ("--- a/some.py\n", ""),
        ("@@ -1,2 +1,2 @@\n", ""),
        (" first\n", "first\n"),
        ("-second\n+another\n", ""),
        ("-second\n", "-second\n" + "+more\n" * 10),
    ],
)
def test_patch_of_another_form_is_refused(old: str, new: str) -> None:
    with pytest.raises(BadPatch):
        parse("name", GOOD.replace(old, new))


# --- the runner's judgement


SEEN = {"ran": 1, "red": [], "broken": [], "common": "/copy/common/__init__.py", "foreign": []}
RED = {"test": "tests/t.py::test_it", "when": "call", "error": "AssertionError", "said": ""}


@pytest.mark.parametrize(
    ("seen", "outcome"),
    [
        ({**SEEN, "red": [RED]}, KILLED),
        (SEEN, "survived"),
        ({**SEEN, "ran": 0}, "survived"),
        ({}, "broken"),
        ({**SEEN, "broken": ["tests/t.py: ImportError"]}, "broken"),
        ({**SEEN, "red": [{**RED, "error": "NameError"}]}, "broken"),
        ({**SEEN, "red": [{**RED, "when": "setup"}]}, "broken"),
        ({**SEEN, "red": [RED], "foreign": ["common.errors"]}, "foreign"),
        ({**SEEN, "red": [RED], "common": None}, "foreign"),
    ],
)
def test_only_a_failing_test_on_the_copys_own_code_kills(seen: dict[str, object], outcome: str) -> None:
    assert judge(seen)[0] == outcome


class _Unmutated:
    """Stands for a copy in which one test is red without any mutant."""

    def pytest(self, *tests: str) -> dict[str, object]:
        return {**SEEN, "red": [{**RED, "test": "tests/t.py::test_sick"}] if "tests/t.py::test_sick" in tests else []}


def test_red_without_the_mutant_does_not_count() -> None:
    results = [Result(name, (), KILLED, f"tests/t.py::test_{name}", 1.0, "") for name in ("sick", "well")]
    found = unmasked(results, _Unmutated())  # type: ignore[arg-type]
    assert [result.outcome for result in found] == ["red anyway", KILLED]


def test_sample_is_the_same_for_the_same_seed() -> None:
    first = chosen(MUTANTS, (), 10, "1")
    assert first == chosen(MUTANTS, (), 10, "1")
    assert first != chosen(MUTANTS, (), 10, str(random.randrange(2, 100)))
    assert chosen(MUTANTS, (MUTANTS[0].name,), None, "") == [MUTANTS[0]]
    with pytest.raises(SystemExit, match="no such mutant"):
        chosen(MUTANTS, ("none",), None, "")


def test_copy_has_its_own_code_and_is_put_back(tmp_path: Path) -> None:
    """One mutant for real, the quickest."""
    from tests.mutations.run import Copy, try_mutant

    (mutant,) = (each for each in MUTANTS if each.name == "hex-lower-case")
    copy = Copy(tmp_path)
    try:
        before = (copy.root / mutant.path).read_bytes()
        result = try_mutant(mutant, copy)
    finally:
        copy.close()
    assert (result.outcome, result.test.partition("::")[0]) == (KILLED, "tests/properties/test_hex.py")
    assert (copy.root / mutant.path).read_bytes() == before == (ROOT / mutant.path).read_bytes()
