"""A party's name that nothing could carry is refused when the party is made, and the option is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from common.errors import SetupError
from valik.cli import command_line


@pytest.mark.parametrize(
    ("party", "name", "good"),
    [
        ("trustee", "Trustee One", "trustee-1"),
        ("trustee", "-1", "1"),
        ("trustee", "a" * 41, "a" * 40),
        ("witness", "a b", "witness.example.org/valik"),
        ("witness", "a+b", "a-b"),
        ("witness", "a" * 301, "a" * 300),
    ],
)
def test_name_that_nothing_can_carry_is_refused_by_its_option(
    party: str, name: str, good: str, tmp_path: Path
) -> None:
    command = [party, "new", str(tmp_path / "folder"), "--name"]
    result = CliRunner().invoke(command_line([party]), [*command, name])
    assert isinstance(result.exception, SetupError)
    assert str(result.exception).startswith("--name: write ")
    assert not (tmp_path / "folder").exists()
    assert CliRunner().invoke(command_line([party]), [*command, good]).exit_code == 0
