"""Build the documentation as a site: python -m docs.builder [--out site]"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from docs.builder.build import build, write
from docs.builder.problems import SiteError


def main() -> int:
    """Exit code 1, and every fault on standard error, if the site must not be built."""
    parser = argparse.ArgumentParser(
        prog="python -m docs.builder", description="Build docs/ as a site of plain files."
    )
    parser.add_argument("--out", type=Path, default=Path("site"), help="folder to write (default: site)")
    out = parser.parse_args().out
    try:
        files = build()
        write(files, out)
    except SiteError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{len(files)} files; begin with {out / 'index.html'}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
