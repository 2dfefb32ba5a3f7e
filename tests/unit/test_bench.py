"""`valik bench` measures every cost, relates it to yardsticks of the same run, and says when it cannot."""

from __future__ import annotations

import json
import secrets
import sys
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from benchmarks.arithmetic import batch_floor
from benchmarks.measure import QUICK, Cost, Figure, Target, measure
from benchmarks.report import duration, number
from benchmarks.run import choose
from benchmarks.setting import Setting
from benchmarks.yardsticks import POWER, POWER_3072, PRODUCT, Yardsticks
from common.crypto import multiexp
from scenarios.bench_cli import register

app = typer.Typer()
register(app)
runner = CliRunner()

QUICK_NAMES = {
    f"{work}, {contest}"
    for contest in ("1 of 5", "approve 2 of 4")
    for work in (
        "encrypt and prove",
        "verify one by one",
        "verify in a batch of 1",
        "verify in a batch of 20",
        "verify in a batch of 40",
    )
} | {
    "trustee share, make with its proof",
    "trustee share, verify",
    "opening, combine 3 shares",
    "opening, verify",
    "key generation, primes",
    "key generation, shares and key proof",
    "key proof, dealer's part",
    "key proof, one trustee's part",
    "key proof, verify",
    "verification keys, verify",
    "voter signature, make",
    "voter signature, parse and verify",
    "certificate chain, verify",
    "OCSP response, verify",
    "OCSP response, verify, responder seen before",
    "log append",
    "inclusion proof among 1,000, make",
    "inclusion proof among 1,000, verify",
    "checkpoint, sign and cosign by 3",
    "checkpoint with 3 cosignatures, verify",
    "product mod n",
    "product mod n² on pairs",
    "n-th power mod n² on pairs",
    "products of a ballot in a batch of 40, 1 of 5",
}


def test_json_has_every_cost_with_positive_values_and_ratios() -> None:
    result = runner.invoke(app, ["--parameters", "toy-512", "--quick", "--json"])
    assert result.exit_code == 0, result.output
    report: dict[str, Any] = json.loads(result.stdout)
    assert (report["parameters"], report["insecure"], report["quick"]) == ("toy-512", True, True)
    assert [figure["name"] for figure in report["yardsticks"]] == [PRODUCT, POWER, POWER_3072]
    names = [figure["name"] for figure in report["figures"]]
    assert set(names) == QUICK_NAMES
    assert len(names) == len(QUICK_NAMES)
    for figure in report["figures"] + report["yardsticks"]:
        assert figure["value"] > 0
        assert figure["unit"] == "ms"
        assert set(figure["ratios"]) == {PRODUCT, POWER, POWER_3072}
        assert all(ratio > 0 for ratio in figure["ratios"].values())
        assert figure["target"] is figure["met"] is None  # targets are for 3072 bits


def test_table_labels_toy_parameters() -> None:
    result = runner.invoke(app, ["--parameters", "toy-512", "--quick", "--only", "log append"])
    assert result.exit_code == 0
    assert "log append" in result.stdout
    assert "certificate chain" not in result.stdout
    assert "TOY PARAMETERS" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [(["--only", "no such cost"], "the groups are proofs"), (["--parameters", "rsa-17"], "no cryptosystem named")],
)
def test_unknown_names_are_refused(arguments: list[str], reason: str) -> None:
    result = runner.invoke(app, ["--quick", *arguments])
    assert result.exit_code == 2
    assert reason in result.stderr


def test_without_a_source_checkout_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("benchmarks", "benchmarks.run", "benchmarks.report"):
        monkeypatch.setitem(sys.modules, name, None)
    result = runner.invoke(app, [])
    assert result.exit_code == 2
    assert "needs a source checkout" in result.stderr


def test_targets_stand_at_full_size_only_where_they_are_set() -> None:
    targets = {cost.name: cost.target for cost in choose(Setting("paillier-3072", quick=False), ()) if cost.target}
    assert targets == {
        "encrypt and prove, 1 of 5": Target(POWER, 7),
        "encrypt and prove, approve 2 of 4": Target(POWER, 17),
        "verify in a batch of 500, 1 of 5": Target(POWER_3072, 0.317),
    }
    assert not any(cost.target for cost in choose(Setting("paillier-2048", quick=False), ()))


def test_a_target_is_met_up_to_its_bound_and_not_beyond() -> None:
    def figure(ratio: float) -> Figure:
        return Figure("x", 1.0, "ms", {POWER: ratio}, Target(POWER, 7))

    assert figure(7).met is True
    assert figure(7.01).met is False


def test_a_cost_is_per_thing_and_corrected_for_luck() -> None:
    yardsticks = Yardsticks(512)
    work = lambda: sum(range(200_000))  # noqa: E731
    plain = measure(Cost("x", lambda: work), yardsticks, QUICK)
    shared = measure(Cost("x", lambda: work, per=1000), yardsticks, QUICK)
    lucky = measure(Cost("x", lambda: work, correction=lambda: 1000.0), yardsticks, QUICK)
    assert shared.value < plain.value / 10 < plain.value * 10 < lucky.value


@pytest.mark.parametrize(("count", "lengths"), [(1, (128,)), (60, (128,)), (60, (128, 128, 386)), (400, (128, 386))])
def test_the_floor_counts_the_products_of_a_batch(count: int, lengths: tuple[int, ...]) -> None:
    made = 0

    def multiply(x: int, y: int) -> int:
        nonlocal made
        made += 1
        return x * y % (2**61 - 1)

    exponents = [secrets.randbits(length) | 1 << (length - 1) for length in lengths * count]
    multiexp.bucket_product([(3, exponent) for exponent in exponents], 1, multiply)
    assert made == pytest.approx(multiexp.products_in_buckets([*lengths] * count), rel=0.05, abs=8)


def test_larger_batches_have_a_lower_floor() -> None:
    small, large = batch_floor(20, 5), batch_floor(500, 5)
    assert large.mod_n < small.mod_n
    assert large.mod_n_squared < small.mod_n_squared


def test_figures_for_people_have_three_digits_and_a_fitting_unit() -> None:
    assert [number(x) for x in (0.00123, 0.0456, 0.234, 1.234, 12.34, 1234.5)] == [
        "0.00123",
        "0.0456",
        "0.234",
        "1.23",
        "12.3",
        "1,234",
    ]
    assert [duration(x) for x in (0.0021, 2.5, 61_000)] == ["2.10 µs", "2.50 ms", "61.0 s"]
