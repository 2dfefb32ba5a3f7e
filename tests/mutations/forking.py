"""A process that has imported everything but this project, and forks once for each run of pytest.

A mutant's run then starts in the middle: what is the same for all of them, the libraries, is loaded once. The child
imports this project's own modules anew, so it sees the mutated file. Speaks in lines on standard input and output:
a JSON list of pytest's arguments in, the exit code out.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys

LIBRARIES = (
    "cryptography.x509.ocsp",
    "fastapi",
    "gmpy2",
    "httpx",
    "hypothesis.strategies",
    "jinja2",
    "phe",
    "pydantic",
    "pytest",
    "rich.table",
    "segno",
    "sqlite3",
    "stdnum.ee.ik",
    "typer.testing",
    "uvicorn",
)
"""A library that is missing here costs time, nothing else."""


def serve(seconds: int) -> None:
    """Answer until the input ends; a run is killed after so many seconds, which makes its exit code negative."""
    for library in LIBRARIES:
        importlib.import_module(library)
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", buffering=1)
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            _run(json.loads(line), seconds)
        _, status = os.waitpid(child, 0)
        answers.write(f"{os.waitstatus_to_exitcode(status)}\n")


def _run(arguments: list[str], seconds: int) -> None:
    import pytest

    signal.alarm(seconds)
    silent = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(silent, stream)
    os._exit(int(pytest.main(arguments)))


if __name__ == "__main__":
    serve(int(sys.argv[1]))
