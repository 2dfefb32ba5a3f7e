"""Only the laboratory may run with a check removed: what applications ask of their list before they start."""

from __future__ import annotations

import pytest

from common.checks.catalogue import CHECKS, COMPLETE
from common.checks.check import CheckList
from common.errors import SetupError
from scenarios.services import served_world
from tests.conftest import draft, rows


def test_catalogue_is_complete() -> None:
    COMPLETE.require_complete()
    COMPLETE.without().require_complete()


@pytest.mark.parametrize("removed", COMPLETE.ids())
def test_list_without_a_check_is_refused(removed: str) -> None:
    lesser = COMPLETE.without(removed)
    assert removed not in lesser.ids()
    with pytest.raises(SetupError, match="only the laboratory"):
        lesser.require_complete()
    with pytest.raises(SetupError):
        lesser.without().require_complete()


def test_list_made_by_hand_is_refused() -> None:
    """Not even one with every check in it: only the catalogue vouches for its list."""
    for checks in ((), CHECKS[1:], CHECKS):
        with pytest.raises(SetupError):
            CheckList(checks).require_complete()


def test_unknown_check_cannot_be_removed() -> None:
    """A misspelt id would otherwise leave a defence in place that an experiment believes removed."""
    with pytest.raises(SetupError, match="no such check: C99"):
        COMPLETE.without("C1", "C99")


def test_services_of_full_size_refuse_a_lesser_list() -> None:
    rules = draft(parameters="paillier-3072")
    with (
        pytest.raises(SetupError, match="only the laboratory"),
        served_world(rules, rows(), checks=COMPLETE.without("C7")),
    ):
        pytest.fail("it started")


def test_toy_services_have_to_be_asked_for() -> None:
    with pytest.raises(SetupError, match="--insecure-parameters"), served_world(draft(), rows()):
        pytest.fail("it started")
