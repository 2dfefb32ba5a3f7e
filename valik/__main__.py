"""`valik` and `python -m valik`: loads the commands, which takes a while, so that Ctrl-C is answered even then."""

from __future__ import annotations

import gc
import sys


def main() -> None:
    """Run the command; exit code 130 if interrupted."""
    gc.disable()  # while commands are loaded, for nothing of them is garbage; looking for some takes a tenth longer
    try:
        from valik.cli import main as run  # noqa: PLC0415  the imports must stand inside the `try`

        run()
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        sys.exit(130)


if __name__ == "__main__":
    main()
