"""A pytest plugin that writes down what `run.py` must know: the first red test, why, and whose code it ran on."""

from __future__ import annotations

import json
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, settings

PACKAGES = ("common", "voter_client", "collector", "tallier", "auditor", "scenarios", "valik", "benchmarks", "tests")
_PROFILE = "mutations"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--observed", type=Path, help="where to write what was observed")


def pytest_configure(config: pytest.Config) -> None:
    # the same examples every time, and no search for the smallest one: that it is red is enough
    settings.register_profile(
        _PROFILE,
        derandomize=True,
        database=None,
        deadline=None,
        phases=(Phase.explicit, Phase.generate),
        print_blob=False,
    )
    settings.load_profile(_PROFILE)
    config.pluginmanager.register(_Observer(config.getoption("--observed"), config.rootpath))


class _Observer:
    def __init__(self, path: Path, root: Path) -> None:
        self._path = path
        self._root = root
        self._seen: dict[str, Any] = {"ran": 0, "red": [], "broken": []}

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self._seen["broken"].append(f"{report.nodeid}: {_last_line(report.longreprtext)}")

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        if report.when == "call":
            self._seen["ran"] += 1
        if report.failed and call.excinfo is not None:
            error = {"test": item.nodeid, "when": report.when, "error": call.excinfo.typename}
            self._seen["red"].append({**error, "said": _last_line(str(call.excinfo.value))})
        return report

    def pytest_sessionfinish(self) -> None:
        """Every module of this project must be the copy's own."""
        files = {name: getattr(module, "__file__", None) for name, module in list(sys.modules.items())}
        mine = {name: file for name, file in files.items() if file and name.partition(".")[0] in PACKAGES}
        foreign = sorted(name for name, file in mine.items() if not Path(file).is_relative_to(self._root))
        seen = {**self._seen, "common": mine.get("common"), "foreign": foreign}
        self._path.write_text(json.dumps(seen), encoding="utf-8")


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:300] if lines else ""
