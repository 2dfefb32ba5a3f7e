"""The auditor's ledger: nothing that was not run is called passed."""

from __future__ import annotations

from itertools import count

import pytest

from auditor.ledger import NOTHING, Ledger, Row
from common.checks.check import Check, CheckList
from common.errors import CheckFailed, Party, RuleBroken
from common.tally.candidate import Batch, Candidate


def positive(number: object, _context: object) -> None:
    if not isinstance(number, int | Batch) or number == 0:
        raise RuleBroken("not positive")


CHECKS = CheckList(
    Check(name, f"claim of {name}", frozenset({Party.SWORN_AUDITOR}), Party.COLLECTOR, positive, "here")
    for name in ("X1", "X2")
)


def unreadable() -> tuple[object, object]:
    raise RuleBroken("the file is missing")


@pytest.fixture
def ledger() -> Ledger:
    ticks = count()
    return Ledger(CHECKS, lambda: float(next(ticks)))


def row(ledger: Ledger, check: str = "X1") -> Row:
    return next(row for row in ledger.rows() if row.id == check)


def test_rows_stand_in_the_order_of_the_list(ledger: Ledger) -> None:
    assert [row.id for row in ledger.rows()] == ["X1", "X2"]


def test_check_that_ran_on_nothing_is_not_run_and_no_good(ledger: Ledger) -> None:
    found = row(ledger)
    assert (found.result, found.reason, found.good) == ("not run", NOTHING, False)


def test_excused_check_is_not_run_but_good(ledger: Ledger) -> None:
    ledger.excuse("X1", "no vote was cast")
    found = row(ledger)
    assert (found.result, found.reason, found.good) == ("not run", "no vote was cast", True)


def test_objects_and_seconds_are_counted(ledger: Ledger) -> None:
    ledger.run("X1", "one", 1, None)
    ledger.run("X1", "three", Batch((Candidate(b""),) * 3), None)
    found = row(ledger)
    assert (found.result, found.objects, found.seconds) == ("pass", 4, 2.0)


def test_run_raises_and_notes_nothing(ledger: Ledger) -> None:
    with pytest.raises(CheckFailed, match="X1"):
        ledger.run("X1", "zero", 0, None)
    assert row(ledger).failures == ()
    assert row(ledger).objects == 1


def test_attempt_notes_the_failure_and_goes_on(ledger: Ledger) -> None:
    ledger.attempt("X1", "zero", lambda: (0, None))
    ledger.attempt("X1", "one", lambda: (1, None))
    found = row(ledger)
    assert (found.result, found.objects, found.good) == ("fail", 2, False)
    assert [(f.subject, f.at_fault, f.reason) for f in found.failures] == [("zero", Party.COLLECTOR, "not positive")]


def test_failure_is_not_outweighed_by_excuse_or_obstacle(ledger: Ledger) -> None:
    ledger.attempt("X1", "zero", lambda: (0, None))
    ledger.excuse("X1", "no votes")
    ledger.obstruct("X1", "no file")
    assert row(ledger).result == "fail"


def test_object_that_cannot_be_built_means_not_run_whatever_else_passed(ledger: Ledger) -> None:
    ledger.attempt("X1", "one", lambda: (1, None))
    ledger.excuse("X1", "no votes")
    ledger.attempt("X1", "two", unreadable)
    found = row(ledger)
    assert (found.result, found.reason, found.good) == ("not run", "two: the file is missing", False)


def test_unbroken_and_untouched_follow_what_is_entered(ledger: Ledger) -> None:
    assert ledger.untouched("X1")
    assert ledger.unbroken("X1", "X2")
    ledger.obstruct("X2", "no file")
    assert not ledger.untouched("X2")
    assert not ledger.unbroken("X1", "X2")


def test_check_taken_from_the_list_is_neither_run_nor_shown() -> None:
    ledger = Ledger(CHECKS.without("X1"), lambda: 0.0)
    ledger.run("X1", "zero", 0, None)
    ledger.attempt("X1", "zero", lambda: (0, None))
    assert [row.id for row in ledger.rows()] == ["X2"]


def test_progress_is_told_of_each_run() -> None:
    told: list[tuple[str, int]] = []
    ledger = Ledger(CHECKS, lambda: 0.0, lambda check, objects: told.append((check, objects)))
    ledger.run("X1", "one", 1, None)
    ledger.run("X1", "one", 1, None)
    assert told == [("X1", 1), ("X1", 2)]
