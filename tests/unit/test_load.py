"""`python -m benchmarks.load` reports a rate, what voters wait, and every stage; it leaves nothing behind."""

from __future__ import annotations

import json
import multiprocessing
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner

from benchmarks.load.__main__ import app
from benchmarks.load.processes import Worker
from benchmarks.load.report import REST, as_json, as_tables
from benchmarks.load.run import Load, ninety_fifth, run
from benchmarks.load.services import run_ocsp
from benchmarks.load.site import WITNESSES, Site
from benchmarks.load.stages import BESIDE, C10, CHEAP, COSIGNING, STAGES, Stopwatch
from collector.steps import Step
from common.errors import ServiceRefused

BALLOTS, AT_ONCE = 12, 4
PARTIES = {"voters", "collector", "witnesses", "OCSP responder"}
runner = CliRunner()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where temporary files go meanwhile."""
    made = tmp_path_factory.mktemp("load")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(made))
        yield made


@pytest.fixture(scope="module")
def load(folder: Path) -> Load:
    return run("toy-512", BALLOTS, AT_ONCE)


@pytest.fixture(scope="module")
def report(load: Load) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(as_json(load))
    return found


def test_every_ballot_is_accepted_and_timed(load: Load, report: dict[str, Any]) -> None:
    together = report["together"]
    assert (together["ballots"], together["at_once"]) == (BALLOTS, AT_ONCE)
    assert len(load.together.votes.posting) == BALLOTS
    assert together["accepted_per_second"] == pytest.approx(BALLOTS / load.together.votes.seconds, rel=1e-3)
    for phase in (report["alone"], together):
        assert 0 < phase["post_to_receipt_median"] <= phase["post_to_receipt_95"] <= phase["session_95"]
        assert phase["post_to_receipt_median"] < phase["session_median"]


def test_every_stage_of_every_ballot_is_counted_once(report: dict[str, Any]) -> None:
    for phase in (report["alone"], report["together"]):
        assert set(phase["stages"]) == {*STAGES, *BESIDE, REST}
        assert all(phase["stages"][name]["times_a_ballot"] == 1 for name in STAGES)
    beside = report["together"]["stages"]
    assert all(0 < beside[name]["times_a_ballot"] <= (WITNESSES if name == COSIGNING else 1) for name in BESIDE)


def test_stages_and_the_rest_are_the_collectors_cpu(report: dict[str, Any]) -> None:
    for phase in (report["alone"], report["together"]):
        assert set(phase["cpu_a_ballot"]) == PARTIES
        assert all(cpu["ms"] > 0 and cpu["powmods"] > 0 for cpu in phase["cpu_a_ballot"].values())
        stages = [figures["cpu_a_ballot"] for figures in phase["stages"].values()]
        assert all(cpu > 0 for cpu in stages)
        assert sum(stages) == pytest.approx(phase["cpu_a_ballot"]["collector"]["ms"], rel=1e-2)


def test_the_table_is_for_people_and_labels_toy_parameters(load: Load) -> None:
    shown = _shown(load)
    assert "ballots accepted a second" in shown
    assert all(name in shown for name in (*PARTIES, *STAGES, *BESIDE, REST))
    assert "TOY PARAMETERS" in shown
    assert "TOY PARAMETERS" not in _shown(replace(load, parameters="paillier-3072", insecure=False))


def _shown(load: Load) -> str:
    console = Console(width=120)
    with console.capture() as capture:
        console.print(as_tables(load))
    return capture.get()


@pytest.mark.usefixtures("load")
def test_no_process_and_no_file_is_left(folder: Path) -> None:
    left = {child.name for child in multiprocessing.active_children()}
    assert not left & {"voters", "the collector", "the OCSP responder", "witness 1", "witness 2"}
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--parameters", "rsa-17"], "no cryptosystem named"),
        (["--parameters", "toy-512", "--ballots", "0"], "1 to 2000 ballots"),
        (["--parameters", "toy-512", "--at-once", "65"], "1 to 64 voters at once"),
    ],
)
def test_what_cannot_be_measured_is_refused(arguments: list[str], reason: str) -> None:
    result = runner.invoke(app, arguments)
    assert result.exit_code == 2
    assert reason in result.stderr


def test_a_service_that_ends_by_itself_ends_the_run(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    nowhere = Site(tmp_path / "nowhere", b"", ())
    with (
        Worker("the OCSP responder", run_ocsp, nowhere) as worker,
        pytest.raises(ServiceRefused, match="the OCSP responder has ended by itself"),
    ):
        worker.answer()
    assert "holds no mock eID authority" in capfd.readouterr().err


def test_a_stage_lasts_from_the_one_before_it_in_its_thread() -> None:
    watch = Stopwatch()
    watch.begin()
    watch.before("C10")
    watch.before("C11")
    watch.reached(Step.CHECKED)
    taken = watch.take()
    assert list(taken)[:2] == [CHEAP, C10]
    assert all(len(each.wall) == len(each.cpu) == 1 for each in taken.values())
    assert watch.take() == {}


def test_steps_that_no_request_led_to_are_not_counted() -> None:
    watch = Stopwatch()
    watch.reached(Step.COSIGNED)
    assert watch.take() == {}


def test_95_percent_do_not_exceed_the_95th_percentile() -> None:
    assert ninety_fifth([3.0]) == 3
    assert ninety_fifth([float(n) for n in range(20, 0, -1)]) == 19
    assert ninety_fifth([float(n) for n in range(1, 22)]) == 20
