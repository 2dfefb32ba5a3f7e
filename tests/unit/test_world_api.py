"""The page on the world names all that the world has, and its example runs."""

from __future__ import annotations

import inspect
import re
from dataclasses import fields
from pathlib import Path

import pytest

from scenarios.founding import create_world
from scenarios.world import World

PAGE = (Path(__file__).parents[2] / "docs/howto/world-api.md").read_text(encoding="utf-8")
NAMED = set(re.findall(r"`(\w+)", PAGE))
METHODS = [name for name, _ in inspect.getmembers(World, inspect.isfunction) if not name.startswith("_")]


@pytest.mark.parametrize("name", [*METHODS, *(each.name for each in fields(World))])
def test_page_names_every_field_and_method_of_the_world(name: str) -> None:
    assert name in NAMED


@pytest.mark.parametrize("name", inspect.signature(create_world).parameters)
def test_page_names_every_argument_of_create_world(name: str) -> None:
    assert name in NAMED


def test_page_names_no_method_that_is_not_there() -> None:
    called = re.findall(r"`(\w+)\([^`]*\)`", PAGE.partition("## What it does")[2])
    assert called
    assert set(called) <= set(METHODS)


def test_example_of_the_page_prints_what_it_says(capsys: pytest.CaptureFixture[str]) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    exec(compile(code, "world-api.md", "exec"), {})  # noqa: S102  our own page
    (said,) = re.findall(r"It prints `(.*?)`", PAGE)
    assert capsys.readouterr().out.strip() == said
