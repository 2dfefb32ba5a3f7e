"""The session in docs/howto/by-hand.md does what it says, pasted block by block into one shell."""

from __future__ import annotations

import csv
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "docs" / "howto" / "by-hand.md"
PREPARE = """
set -euo pipefail
touch {folder}/orders {folder}/said
valik() {{
  if [ "${{2-}}" = serve ]; then tail -n +1 -f {folder}/orders | command valik "$@" --supervised >> {folder}/said
  else command valik "$@"; fi
}}
all_say() {{ for _ in $(seq 600); do
  [ "$(grep -o "$1" {folder}/said | wc -l)" = "$2" ] && return; sleep 0.1; done; false
}}
"""
"""Services are told the time, so that nobody has to wait ten minutes; else the session is as it stands."""
MIDNIGHT = """
python - <<'END' >> {folder}/orders
import json, datetime
times = json.load(open("election/manifest.json"))["body"]["times"]
closes = datetime.datetime.fromisoformat(times["closes"])
print(json.dumps({{"clock": int(closes.timestamp()) + times["grace"] + 1}}))
END
all_say clock 5
"""


def steps() -> list[str]:
    blocks = re.findall(r"<!-- session -->\n```bash\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) > 10
    return blocks


def test_readme_shows_the_same_session() -> None:
    shown = (
        (ROOT / "README.md")
        .read_text(encoding="utf-8")
        .partition("<!-- session: docs/howto/by-hand.md -->\n```bash\n")[2]
    )
    assert shown.partition("```\n<!-- end of session -->")[0] == "\n".join(steps())


def session(folder: Path) -> str:
    """The blocks as one script: elsewhere than 8000, and at no hour."""
    blocks = steps()
    text = "\n".join([PREPARE.format(folder=folder), *blocks])
    for port in ("8000", "8001", "8002", "8011", "8012", "8013"):
        text = text.replace(port, str(free_port()))
    assert text.count("sleep 600 ") == 1
    text = text.replace("sleep 600 ", MIDNIGHT.format(folder=folder) + "# ")
    return text.replace('"$PWD/.venv/bin', f'"{Path(sys.executable).parent}').replace(
        "../scenarios", f"{ROOT}/scenarios"
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def pasted(tmp_path: Path) -> Iterator[tuple[int, str]]:
    """Exit code and output of the session; its services are ended with it."""
    script, output = tmp_path / "session.sh", tmp_path / "output.txt"
    script.write_text(session(tmp_path), encoding="utf-8")
    with output.open("wb") as stream:
        process = subprocess.Popen(  # noqa: S603  our own guide
            ["/bin/bash", str(script)],
            cwd=tmp_path,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield process.wait(timeout=400), output.read_text(encoding="utf-8")
    finally:
        os.killpg(process.pid, signal.SIGTERM)


@pytest.mark.full_size
def test_session_by_hand_ends_with_a_passed_audit(pasted: tuple[int, str], tmp_path: Path) -> None:
    code, output = pasted
    assert code == 0, output[-3000:]
    assert "AUDIT PASS" in output
    assert "Endla Malev" in output.partition("Signed by")[2].partition("latest vote")[0]
    with (tmp_path / "by-hand" / "results.csv").open(encoding="utf-8", newline="") as file:
        votes = {row["option"]: row["votes"] for row in csv.DictReader(file) if row["unit"]}
    assert votes["Endla Malev"] == votes["Hugo Ettur"] == "6"
    assert votes["Jan Lipp"] == "0"
