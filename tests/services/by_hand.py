"""An election held by hand: the commands of its steps, and what it leaves."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from common.errors import ValikError
from scenarios.world import Citizen
from tests.services.tallier_hall import SET, TOY, Hall, done, run

CODE = re.compile(r"(?<![0-9a-z])[0-9]{11}(?![0-9a-z])")  # not a run of digits inside a digest
NOWHERE = "http://127.0.0.1:1"
TRUSTEES = (1, 2, 3)


def each(option: str, *files: Path) -> list[str | Path]:
    """The same option once for each file."""
    return [part for file in files for part in (option, file)]


def refused(kind: type[ValikError], *arguments: str | Path) -> str:
    """The sentence with which a command gives up."""
    result = run(*arguments)
    assert isinstance(result.exception, kind), (result.exception, result.output)
    assert not CODE.search(str(result.exception) + result.output)
    return str(result.exception)


def deal(hall: Hall, out: Path) -> list[str | Path]:
    public = [hall.at / f"trustee-{number}" / "public.json" for number in TRUSTEES]
    return ["ceremony", "deal", "--draft", hall.at / "draft.json", *each("--trustee", *public), "--out", out, TOY]


def receive(hall: Hall, number: int, sealed: int | None = None) -> list[str | Path]:
    folder, file = hall.at / f"trustee-{number}", hall.at / "deal" / f"sealed-{sealed or number}.json"
    return ["trustee", "receive", folder, file, *SET]


def rehearse(hall: Hall, number: int) -> list[str | Path]:
    return ["trustee", "rehearse", hall.at / f"trustee-{number}", "--out", hall.at / f"rehearsal-{number}.json", *SET]


def finish(hall: Hall, *rehearsals: Path, out: str = "ceremony.json") -> list[str | Path]:
    return ["ceremony", "finish", hall.at / "deal", *each("--rehearsal", *rehearsals), "--out", hall.at / out, TOY]


def answer(hall: Hall, number: int, processed: Path, out: Path) -> list[str | Path]:
    files = [
        part for name in ("key-proof", "evidence", "aggregates") for part in (f"--{name}", processed / f"{name}.json")
    ]
    return ["trustee", "answer", hall.at / f"trustee-{number}", *hall.pinned, *files, "--out", out, TOY]


def process(hall: Hall, out: Path) -> list[str | Path]:
    key_proof = hall.election / "key-proof.json"
    return ["processor", "process", "--box", hall.box, *hall.pinned, "--key-proof", key_proof, "--out", out, TOY]


def by_hand(hall: Hall) -> None:
    """The ceremony with files alone, and the manifest."""
    done(*deal(hall, hall.at / "deal"))
    for number in TRUSTEES:
        done(*receive(hall, number))
        done(*rehearse(hall, number))
    done(*finish(hall, *(hall.at / f"rehearsal-{number}.json" for number in (3, 1, 2))))
    done(*hall.manifest_arguments())


@dataclass(frozen=True, slots=True)
class Finished:
    """An election held by hand, its record in `hall.at / "record"`; what the commands said, in order.

    `checked`: what `processor check` showed before the exclusions.
    """

    hall: Hall
    citizens: tuple[Citizen, ...]
    said: tuple[dict[str, object], ...]
    checked: str
