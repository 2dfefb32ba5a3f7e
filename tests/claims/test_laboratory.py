"""Every attack of the laboratory succeeds without its defences and fails with any one of them, and only there."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from common.checks.catalogue import COMPLETE, DEFENCES
from common.errors import CheckFailed, CryptoError, Party, RuleBroken, SetupError
from scenarios import scenario_cli
from scenarios.attack_matrix import as_document, row
from scenarios.founding import create_world
from scenarios.laboratory import Guard, Scenario, load_file, pair, play_without, stopped_by
from scenarios.outcome import Found, Outcome, PartyChecks, Stopped, Verdict, harmed, named, outcome_of
from scenarios.registry import registry, scenario
from scenarios.stage import ADA, DRAFT, NOTHING, MakeStage
from scenarios.switches import SWITCHES

DOCS = Path(__file__).parents[2] / "docs"
THREATS, HOWTO = DOCS / "threat-model.md", DOCS / "howto/write-a-scenario.md"
MATRIX = DOCS / "attack-matrix.md"
COMMAND = "valik scenario run --all --document docs/attack-matrix.md"
BLAMED = "at fault: collector"
QUICK = ("sign_flips", "vote_seller")
"""Two that take no time: one with a defence, one without."""


@pytest.mark.parametrize("name", registry())
def test_attack_succeeds_without_its_defences_and_fails_with_any_of_them(name: str) -> None:
    pairing = pair(scenario(name))
    told = [(run.removed, run.outcome) for run in (pairing.without, *pairing.defended)]
    assert pairing.expected, told
    assert row(pairing) in MATRIX.read_text(encoding="utf-8"), f"write it anew: {COMMAND}"


@pytest.mark.parametrize("name", ["withheld_checkpoint", "extension_made_late"])
def test_receipt_convicts_whoever_withheld_its_checkpoint(name: str) -> None:
    told = play_without(scenario(name), ()).evidence
    assert told == ("the record excludes this vote for C2, but with the receipt's own checkpoint C2 holds", BLAMED)


# --- the laboratory can fail


def _with(name: str, *guards: Guard) -> Scenario:
    return replace(scenario(name), defences=guards)


def test_wrong_defence_is_found_out() -> None:
    pairing = pair(_with("stolen_revoked_card", Guard("C12", Party.COLLECTOR)))
    assert not pairing.expected
    assert not pairing.without.expected
    assert not pairing.complete.expected


def test_superfluous_defence_is_found_out() -> None:
    pairing = pair(_with("stolen_revoked_card", Guard("C4", Party.COLLECTOR), Guard("C12", Party.COLLECTOR)))
    assert pairing.without.expected
    assert [run.expected for run in pairing.restored] == [True, False]
    assert not pairing.expected


def test_defence_at_another_party_is_found_out() -> None:
    assert not pair(_with("stolen_revoked_card", Guard("C4", Party.TRUSTEE))).expected


def test_missing_second_line_of_defence_is_found_out() -> None:
    assert not pair(_with("replay_old_vote", Guard("C9", Party.COLLECTOR))).without.expected


def test_residual_risk_that_is_stopped_is_found_out() -> None:
    claimed = replace(scenario("stolen_revoked_card"), defences=(), residual="cards are never stolen")
    assert not pair(claimed).expected


def test_attack_that_a_plain_error_stops_is_found_out() -> None:
    def play(_make: MakeStage) -> Outcome:
        raise CryptoError("some layer below")

    assert not pair(replace(scenario("sign_flips"), play=play)).expected


def test_scenario_without_defence_or_assumption_is_refused() -> None:
    with pytest.raises(SetupError, match="assumption"):
        pair(_with("sign_flips"))


def test_unknown_defence_is_refused() -> None:
    with pytest.raises(SetupError, match="C99"):
        pair(_with("sign_flips", Guard("C99", Party.COLLECTOR)))


def test_unknown_scenario_is_refused() -> None:
    with pytest.raises(SetupError, match="no scenario"):
        scenario("world_peace")


# --- who stopped it


def test_spokesman_is_named_with_what_it_speaks_for() -> None:
    inner = CheckFailed("C5", Party.COLLECTOR, "log entry 5", "the signature is wrong")
    try:
        raise RuleBroken("fails C5") from inner
    except RuleBroken as error:
        outer = CheckFailed("B3", Party.COLLECTOR, "ballot box", str(error))
        outer.__cause__ = error
    assert named(Found(outer, Party.TRUSTEE)) == ("B3",)
    found = Found(outer, Party.TRUSTEE)
    found.__cause__ = outer
    assert named(found) == ("B3", "C5")
    assert stopped_by(outcome_of(found), (Guard("C5", Party.TRUSTEE),))
    assert not stopped_by(outcome_of(found), (Guard("C9", Party.TRUSTEE),))
    assert not stopped_by(outcome_of(found), (Guard("C5", Party.PROCESSOR),))


@pytest.mark.parametrize(
    ("party", "verdict"),
    [(Party.COLLECTOR, Verdict.PREVENTED), (Party.CLIENT, Verdict.DETECTED), (Party.SWORN_AUDITOR, Verdict.DETECTED)],
)
def test_what_comes_afterwards_is_detection(party: Party, verdict: Verdict) -> None:
    assert outcome_of(Stopped("R4", party, "gone")).verdict is verdict


def test_harm_that_was_not_done_is_no_success() -> None:
    assert harmed(False, "the vote is known").verdict is not Verdict.SUCCEEDED
    assert not harmed(False, "the vote is known").harm


# --- only here


@pytest.mark.parametrize("name", SWITCHES)
def test_switch_puts_everything_back_even_after_an_error(name: str) -> None:
    def everything() -> list[object]:
        return [getattr(owner, attribute) for owner, attribute in touched]

    touched = _touched(SWITCHES[name])
    before = everything()
    try:
        with SWITCHES[name]():
            assert all(now is not then for now, then in zip(everything(), before, strict=True))
            raise CryptoError("an attack went wrong")
    except CryptoError:
        pass
    assert all(now is then for now, then in zip(everything(), before, strict=True))


def _touched(switch: Callable[[], object]) -> list[tuple[object, str]]:
    """(owner, name) of all that a switch swaps, as its context manager was given them."""
    manager = switch()
    return [(owner, name) for owner, name, _ in manager.args]  # type: ignore[attr-defined]


def test_party_whose_check_was_removed_is_refused_by_applications() -> None:
    PartyChecks(COMPLETE, Party.COLLECTOR).require_complete()
    for lesser in (PartyChecks(COMPLETE.without("C7"), Party.COLLECTOR), NOTHING):
        with pytest.raises(SetupError, match="only the laboratory"):
            lesser.require_complete()


@pytest.mark.parametrize("party", [None, Party.COLLECTOR, Party.TRUSTEE])
def test_check_can_be_removed_at_toy_size_only(party: Party | None) -> None:
    """Refused before a key is dealt, which at this size would take a minute."""
    lesser, real = COMPLETE.without("C11"), replace(DRAFT, parameters="paillier-2048")
    lists = {"checks": lesser} if party is None else {"checks_of": {party: lesser}}
    with pytest.raises(SetupError, match="only the laboratory"):
        create_world(real, [], **lists)


def test_no_command_but_the_laboratory_speaks_of_removing() -> None:
    from valik.cli import command_line

    app = command_line()

    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    assert "scenario" in commands
    for name, command in commands.items():
        if name != "scenario":
            options = [option for parameter in command.params for option in parameter.opts]
            assert not [option for option in options if re.search("check|without|remove|skip", option)], name


# --- what the documents say


def test_threat_model_and_registry_name_the_same_attacks() -> None:
    text = THREATS.read_text(encoding="utf-8")
    rows = [line.split("|")[3] for line in text.splitlines() if line.startswith("| ") and line.count("|") == 4]
    in_tables = set(re.findall(r"`(\w+)`", " ".join(rows)))
    remaining = set(re.findall(r"`(\w+)`", text.partition("## What remains")[2]))
    assert in_tables <= set(registry())
    assert set(registry()) <= in_tables | remaining
    assert {name for name, each in registry().items() if each.residual} <= remaining


def test_matrix_of_the_documents_has_every_attack_once_and_nothing_else() -> None:
    text = MATRIX.read_text(encoding="utf-8")
    residual = [name for name, each in registry().items() if each.residual]
    defended = [name for name in registry() if name not in residual]
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    assert [line.split("`")[1] for line in rows] == defended + residual, COMMAND
    assert as_document([]) == "".join(line for line in text.splitlines(keepends=True) if not line.startswith("| `"))


def test_row_of_an_attack_that_went_otherwise_says_so() -> None:
    good = pair(_with("stolen_revoked_card", Guard("C4", Party.COLLECTOR)))
    bad = pair(_with("stolen_revoked_card", Guard("C4", Party.TRUSTEE)))
    assert "NOT AS EXPECTED" not in row(good)
    assert "NOT AS EXPECTED" in row(bad)


@pytest.mark.parametrize("defence", [*COMPLETE.ids(), *(each.id for each in DEFENCES)])
def test_every_check_and_defence_is_what_stops_some_attack(defence: str) -> None:
    """K3, D4 and D6 by their parts."""
    assert defence in {guard.id.split()[0] for each in registry().values() for guard in each.defences}


@pytest.mark.parametrize("name", registry())
def test_scenario_says_what_it_is(name: str) -> None:
    told = scenario(name)
    assert told.name == name
    assert len(told.story) >= 2
    assert all((told.title, told.attacker, told.controls, told.harm))


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """The example of the how-to, as a file."""
    (code,) = re.findall(r"```python\n(.*?)```", HOWTO.read_text(encoding="utf-8"), re.DOTALL)
    assert code.count("\n") < 60
    (tmp_path / "late_thief.py").write_text(code, encoding="utf-8")
    return tmp_path / "late_thief.py"


# --- the command


def _run(*arguments: str) -> tuple[int, str]:
    app = typer.Typer()
    scenario_cli.register(app)
    app.callback()(lambda: None)
    result = CliRunner().invoke(app, ["scenario", *arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout


def test_scenario_of_ones_own_runs_as_the_howto_says(example: Path) -> None:
    code, text = _run("run", str(example))
    assert code == 0, text
    flat = " ".join(text.split())
    said = re.findall(r"```text\n(.*?)```", HOWTO.read_text(encoding="utf-8"), re.DOTALL)[0]
    assert all(" ".join(line.split()) in flat for line in said.splitlines())


def test_exit_code_tells_that_an_attack_went_otherwise(example: Path) -> None:
    text = example.read_text(encoding="utf-8")
    example.write_text(text.replace('Guard("C4"', 'Guard("C5"'), encoding="utf-8")
    assert _run("run", str(example))[0] == 1


def test_scenario_of_ones_own_needs_nothing_of_the_repository(example: Path) -> None:
    command = [sys.executable, "-m", "valik", "scenario", "run", f"./{example.name}"]
    done = subprocess.run(  # noqa: S603  our own interpreter and script
        command, cwd=example.parent, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "1 of 1 as expected" in done.stdout


def test_file_without_a_scenario_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.py").write_text("", encoding="utf-8")
    with pytest.raises(SetupError, match="SCENARIO"):
        load_file(tmp_path / "empty.py")
    with pytest.raises(SetupError, match="no file"):
        load_file(tmp_path / "missing.py")


def test_list_has_every_attack() -> None:
    code, text = _run("list", "--json")
    assert code == 0
    assert [entry["name"] for entry in json.loads(text)] == list(registry())
    assert _run("list")[0] == 0


class _Page(HTMLParser):
    """The addresses and ids of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("href", "src")]


def test_matrix_is_written_as_table_json_and_one_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scenario_cli, "registry", lambda: {name: scenario(name) for name in QUICK})
    code, text = _run("run", "--all", "--out", str(tmp_path / "matrix"))
    assert code == 0
    assert "2 of 2 as expected" in text
    written = json.loads((tmp_path / "matrix/matrix.json").read_text(encoding="utf-8"))
    assert written["expected"]
    assert [row["name"] for row in written["attacks"]] == list(QUICK)
    assert written["attacks"][0]["without"]["verdict"] == "succeeded"
    assert written["attacks"][0]["complete"]["stopped_by"] == ["D5"]
    assert written["attacks"][1]["complete"]["verdict"] == "succeeded"
    page = _Page((tmp_path / "matrix/matrix.html").read_text(encoding="utf-8"))
    assert page.addresses == [f"#{name}" for name in QUICK]
    assert page.tags.count("svg") == len(QUICK)
    assert "script" not in page.tags


def test_one_run_can_be_had_as_json() -> None:
    code, text = _run("run", "sign_flips", "--json")
    assert code == 0
    assert json.loads(text)["expected"]


@pytest.mark.parametrize("arguments", [(), ("sign_flips", "--all")])
def test_run_wants_one_scenario_or_all(arguments: tuple[str, ...]) -> None:
    with pytest.raises(SetupError, match="--all"):
        _run("run", *arguments)


def test_hostile_party_runs_nothing_and_everybody_else_the_same() -> None:
    lists: dict[Party, tuple[str, ...]] = {}

    def play(make: MakeStage) -> Outcome:
        stage = make(hostile=(Party.COLLECTOR,))
        lists.update({party: stage.checks(party).ids() for party in Party})
        stage.vote(stage.voter(), ADA)
        return harmed(True, "none")

    play_without(replace(scenario("sign_flips"), play=play), ("C7",))
    assert lists.pop(Party.COLLECTOR) == ()
    assert set(lists.values()) == {COMPLETE.without("C7").ids()}
