"""A rule of the protocol can be swapped for another, and the attacks say what that costs."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from common.checks.catalogue import COMPLETE
from common.errors import SetupError
from scenarios import scenario_cli
from scenarios.laboratory import pair
from scenarios.matrix import changes
from scenarios.outcome import Verdict
from scenarios.registry import scenario
from scenarios.variant import NAMES, STANDARD, Setting, variant, variants, with_functions

HOWTO = Path(__file__).parents[2] / "docs/howto/change-a-rule.md"
BROKEN = {
    "first_vote_counts": "coercion_revote",
    "receipts_without_witnesses": "split_view",
    "no_pseudonym": "copied_ballot",
}
"""By variant: the attack that then succeeds with every defence in place."""


@pytest.mark.parametrize("name", NAMES)
def test_variant_lets_an_attack_succeed_that_the_protocol_stops(name: str) -> None:
    assert pair(scenario(BROKEN[name])).expected
    changed = pair(scenario(BROKEN[name]), Setting(variant=variant(name)))
    assert not changed.expected
    assert changed.complete.outcome.verdict is Verdict.SUCCEEDED
    assert changed.complete.outcome.harm in changes([changed])[0]


@pytest.mark.parametrize("name", NAMES)
def test_variant_changes_no_attack_that_has_nothing_to_do_with_it(name: str) -> None:
    pairing = pair(scenario("overvote"), Setting(variant=variant(name)))
    assert pairing.expected
    assert changes([pairing]) == ["No attack ends otherwise."]


def test_first_vote_counts_takes_the_sting_out_of_crash_and_recast() -> None:
    changed = pair(scenario("pereira_crash_and_recast"), Setting(variant=variant("first_vote_counts")))
    assert changed.without.outcome.verdict is not Verdict.SUCCEEDED


def test_protocol_is_as_before_once_a_variant_was_played() -> None:
    for each in variants():
        pair(scenario("sign_flips"), Setting(variant=each))
    assert pair(scenario("sign_flips"), STANDARD).expected


def test_changed_list_of_checks_is_refused_by_applications() -> None:
    COMPLETE.require_complete()
    for lesser in (with_functions(COMPLETE), variant("receipts_without_witnesses").checks(COMPLETE)):
        with pytest.raises(SetupError, match="only the laboratory"):
            lesser.require_complete()


def test_unknown_variant_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.py").write_text("", encoding="utf-8")
    for name in ("last-vote-counts", str(tmp_path / "empty.py"), str(tmp_path / "missing.py")):
        with pytest.raises(SetupError, match="no variant"):
            variant(name)


def _run(*arguments: str) -> tuple[int, str]:
    app = typer.Typer()
    scenario_cli.register(app)
    app.callback()(lambda: None)
    result = CliRunner().invoke(app, ["scenario", *arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, " ".join(result.stdout.split())


def test_variant_of_ones_own_runs_as_the_howto_says(tmp_path: Path) -> None:
    text = HOWTO.read_text(encoding="utf-8")
    (tmp_path / "no_limit.py").write_text(text.split("```python\n")[1].split("```")[0], encoding="utf-8")
    code, said = _run("run", "flood", "--variant", str(tmp_path / "no_limit.py"))
    assert code == 1
    assert " ".join(text.split("```text\n")[1].split("```")[0].split()) in said


def test_variants_are_listed() -> None:
    code, text = _run("variants")
    assert code == 0
    assert all(each.title in text for each in variants())
