"""Run mutants: each takes one defence away in a copy of the tree, and some named test must go red.

    python tests/mutations/run.py                       all of them
    python tests/mutations/run.py C7-stale D5-batch     some
    python tests/mutations/run.py --sample 12 --seed 1  some at random
    python tests/mutations/run.py --list

Exit code 1 if a mutant survives, no longer applies, cannot even be imported, or reddens a test that is red anyway.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from queue import SimpleQueue

from rich.console import Console
from rich.table import Table

if __name__ == "__main__":  # a script does not find the package `tests` by itself
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.mutations.mutant import ROOT, BadPatch, Mutant, load_all

TIMEOUT = 300
KILLED = "killed"
_LEFT_OUT = (".*", "demo", "demo-*", "__pycache__", "build", "dist", "secrets", "*.egg-info")
_BROKEN = {"ImportError", "ModuleNotFoundError", "NameError", "SyntaxError", "IndentationError", "UnboundLocalError"}
"""A red with one of these says that the patch is bad, not that a test is good."""


@dataclass(frozen=True, slots=True)
class Result:
    """`outcome`: killed, survived, stale, broken, foreign, or red anyway. `test`: the first red one."""

    mutant: str
    covers: tuple[str, ...]
    outcome: str
    test: str
    seconds: float
    said: str

    @property
    def good(self) -> bool:
        return self.outcome == KILLED


class Copy:
    """A copy of the tree to mutate, with a process in it that runs pytest. Its first run compiles it."""

    def __init__(self, place: Path) -> None:
        self.root = place / "tree"
        self._observed = place / "observed.json"
        shutil.copytree(ROOT, self.root, ignore=shutil.ignore_patterns(*_LEFT_OUT))
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
        self._server = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "tests.mutations.forking", str(TIMEOUT)],
            cwd=self.root,
            env={**inherited, "PYTHONPATH": str(self.root)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def close(self) -> None:
        """End the process."""
        self._server.communicate()

    def pytest(self, *arguments: str) -> dict[str, object]:
        """What the observer saw; an empty dict if there is nothing to see, after a crash or a run without end."""
        self._observed.unlink(missing_ok=True)
        command = ["-x", "-q", "--tb=no", "--assert=plain", "-m", "not full_size", "-p", "no:cacheprovider"]
        command += ["-p", "tests.mutations.observer", f"--observed={self._observed}", f"--rootdir={self.root}"]
        if self._server.stdin is None or self._server.stdout is None:
            raise RuntimeError("a process without pipes")
        self._server.stdin.write(json.dumps([*command, *arguments]) + "\n")
        self._server.stdin.flush()
        self._server.stdout.readline()
        if not self._observed.exists():
            return {}
        found: dict[str, object] = json.loads(self._observed.read_text(encoding="utf-8"))
        return found

    @contextmanager
    def mutated(self, mutant: Mutant) -> Iterator[None]:
        """The mutant's file is another one meanwhile. Its compiled form goes: it could be taken for the other's."""
        path = self.root / mutant.path
        before = path.read_text(encoding="utf-8")
        try:
            _rewrite(path, mutant.applied(before))
            yield
        finally:
            _rewrite(path, before)


def _rewrite(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    for compiled in path.parent.glob(f"__pycache__/{path.stem}.*.pyc"):
        compiled.unlink()


def try_mutant(mutant: Mutant, copy: Copy) -> Result:
    """Mutate, run the named tests until one is red, put back."""
    started = time.monotonic()

    def result(outcome: str, test: str = "", said: str = "") -> Result:
        seconds = round(time.monotonic() - started, 1)
        return Result(mutant.name, mutant.covers, outcome, test, seconds, said)

    try:
        with copy.mutated(mutant):
            seen = copy.pytest(*mutant.tests, *(("-k", mutant.select) if mutant.select else ()))
    except BadPatch as error:
        return result("stale", said=str(error))
    return result(*judge(seen))


def judge(seen: dict[str, object]) -> tuple[str, str, str]:
    """Outcome, test and reason of what the observer saw."""
    broken, red = seen.get("broken"), seen.get("red")
    if not seen or (isinstance(broken, list) and broken):
        return (
            "broken",
            "",
            str(broken[0] if isinstance(broken, list) and broken else f"pytest did not end in {TIMEOUT} s"),
        )
    if seen["foreign"] or not seen["common"]:
        return "foreign", "", f"not the copy's own modules: {seen['foreign'] or 'common'}"
    if not isinstance(red, list) or not red:
        return "survived", "", f"{seen['ran']} tests ran, all green" if seen["ran"] else "no test was selected"
    first = red[0]
    said = f"{first['error']}: {first['said']}"
    if first["error"] in _BROKEN or first["when"] != "call":
        return "broken", first["test"], said
    return KILLED, first["test"], said


def run(mutants: Sequence[Mutant], jobs: int, tell: Callable[[Result], None]) -> list[Result]:
    """All results, in order. Afterwards the tests that went red must be green without any mutant."""
    with tempfile.TemporaryDirectory(prefix="valik-mutants-") as place:
        all_copies = [Copy(Path(place) / str(number)) for number in range(jobs)]
        copies: SimpleQueue[Copy] = SimpleQueue()
        for each in all_copies:
            copies.put(each)

        def one(mutant: Mutant) -> Result:
            copy = copies.get()
            try:
                found = try_mutant(mutant, copy)
            finally:
                copies.put(copy)
            tell(found)
            return found

        try:
            with ThreadPoolExecutor(jobs) as pool:
                results = list(pool.map(one, mutants))
            return unmasked(results, all_copies[0])
        finally:
            for copy in all_copies:
                copy.close()


def unmasked(results: Sequence[Result], copy: Copy) -> list[Result]:
    """The results, those less whose test is red on the unmutated copy as well."""
    anyway: set[str] = set()
    left = sorted({result.test for result in results if result.good})
    while left:
        seen = copy.pytest(*left)
        outcome, test, said = judge(seen)
        if outcome == "survived" and seen["ran"]:
            break
        if test not in left:
            raise SystemExit(f"the tests without a mutant: {outcome} {test} {said}")
        anyway.add(test)
        left.remove(test)
    return [
        Result(r.mutant, r.covers, "red anyway", r.test, r.seconds, r.said) if r.test in anyway else r
        for r in results
    ]


def chosen(mutants: Sequence[Mutant], names: Sequence[str], sample: int | None, seed: str) -> list[Mutant]:
    """By name, at random, or all; `SystemExit` for a name that no mutant has."""
    if unknown := set(names) - {mutant.name for mutant in mutants}:
        raise SystemExit(f"no such mutant: {', '.join(sorted(unknown))}")
    some = [mutant for mutant in mutants if not names or mutant.name in names]
    if sample is None:
        return some
    return random.Random(seed).sample(some, min(sample, len(some)))


def table(results: Sequence[Result]) -> Table:
    """For people."""
    made = Table("mutant", "covers", "outcome", "seconds", "first red test, or what happened", box=None)
    for result in results:
        style, told = (None, result.test) if result.good else ("bold red", f"{result.test} {result.said}".strip())
        seconds = f"{result.seconds:.1f}"
        made.add_row(result.mutant, " ".join(result.covers), result.outcome, seconds, told, style=style)
    return made


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="mutants by name (default: all)")
    parser.add_argument("--sample", type=int, metavar="N", help="only N of them, at random")
    parser.add_argument("--seed", default="", help="makes the sample the same again (default: another every time)")
    parser.add_argument("-j", "--jobs", type=int, default=1, help="how many at once")
    parser.add_argument("--json", action="store_true", help="results as JSON on standard output")
    parser.add_argument("--list", action="store_true", help="only list them")
    return parser.parse_args()


def main() -> int:
    options, mutants = arguments(), load_all()
    if options.list:
        for mutant in mutants:
            sys.stdout.write(f"{mutant.name:40} {' '.join(mutant.covers):12} {mutant.removes}\n")
        return 0
    seed = options.seed or str(random.SystemRandom().randrange(10**9))
    some = chosen(mutants, options.names, options.sample, seed)
    progress, started = Console(stderr=True, highlight=False, soft_wrap=True), time.monotonic()
    told = f"{len(some)} of {len(mutants)} mutants" + (f", seed {seed}" if options.sample is not None else "")
    progress.print(told)
    done: list[Result] = []

    def tell(result: Result) -> None:
        done.append(result)
        place = f"{len(done):4}/{len(some)}"
        progress.print(f"{place}  {result.outcome:9} {result.mutant}", markup=False)

    results = run(some, max(1, options.jobs), tell)
    seconds, bad = time.monotonic() - started, [result for result in results if not result.good]
    if options.json:
        report = {"seed": seed, "seconds": round(seconds, 1), "killed": len(results) - len(bad)}
        sys.stdout.write(json.dumps({**report, "results": [asdict(each) for each in results]}, indent=1) + "\n")
    else:
        Console(highlight=False, soft_wrap=True).print(table(results))
    progress.print(f"{len(results) - len(bad)} of {len(results)} killed in {seconds:.0f} s")
    return 1 if bad or not results else 0


if __name__ == "__main__":
    sys.exit(main())
