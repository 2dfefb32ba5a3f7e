"""Build the wheel, install it in an empty environment, and use it there: `make wheel-check`.

Not a pytest module, because it must run outside the environment under test.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILDER = ROOT / ".venv" / "bin" / "python"


def run(*command: str | Path, cwd: Path) -> str:
    """Run a command away from the checkout; its output, or exit with its error text."""
    done = subprocess.run([str(part) for part in command], cwd=cwd, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        sys.exit(f"{' '.join(str(part) for part in command)}\n{done.stdout}\n{done.stderr}")
    return done.stdout


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        run(BUILDER, "-m", "build", "--wheel", "--no-isolation", "--outdir", place, ROOT, cwd=place)
        (wheel,) = place.glob("valik-*.whl")
        venv.create(place / "empty", with_pip=True)
        python = place / "empty" / "bin" / "python"
        pip = (python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
        run(*pip, "--require-hashes", "-r", ROOT / "requirements.txt", cwd=place)
        run(*pip, "--no-deps", wheel, cwd=place)
        valik = place / "empty" / "bin" / "valik"
        if "NOT for real elections" not in " ".join(run(valik, "--help", cwd=place).split()):
            sys.exit("valik --help lacks its warning")
        run(valik, "election", "new", place / "mine", cwd=place)
        (toml,) = (place / "mine").glob("*.toml")
        played = place / "played"
        toy = ("--parameters", "toy-512", "--insecure-parameters")
        run(valik, "mock", toml, *toy, "--out", played, cwd=place)
        audited = run(valik, "audit", played / "record", "--authority", played / "authority.key", cwd=place)
        if not audited.rstrip().endswith("AUDIT PASS"):
            sys.exit("the audit of the installed program did not pass")
        print("wheel-check: 1 passed, 0 failed")


if __name__ == "__main__":
    main()
