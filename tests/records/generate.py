"""Make the records of this collection anew, with fresh keys that are thrown away. Run by hand, from the root:

python tests/records/generate.py              # the toy records and all that is tampered with
python tests/records/generate.py --samples    # the two samples of full size; takes a minute or two
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent.parent))

from tests.records.making import box, casting, files, keys, logs, manifests, rolls, tally  # noqa: E402
from tests.records.making.case import Pins, Tampered, record_of, write_base, write_case  # noqa: E402
from tests.records.making.elections import draft, found, hold, play, play_small  # noqa: E402

SAMPLES = (("sample-2048", "paillier-2048", "public"), ("sample-3072", "paillier-3072", "auditors"))


def make_toys(say: Callable[[str], None]) -> None:
    """Both toy records and `tampered/`, which belong together: what is signed anew is signed with the toys' keys."""
    toy = play(found(draft("A toy election", "toy-512", "public")))
    small = play_small(found(draft("A small toy election", "toy-512", "auditors", vote_bytes=6_400)))
    bases = {"toy": (record_of(toy), Pins.of(toy)), "toy-small": (record_of(small), Pins.of(small))}
    for name, (record, pins) in bases.items():
        write_base(HERE / name, record, pins)
    shutil.rmtree(HERE / "tampered", ignore_errors=True)
    cases: Sequence[Tampered] = (
        *manifests.cases(small),
        *keys.cases(small),
        *rolls.cases(small),
        *casting.cases(small),
        *logs.cases(small),
        *box.cases(toy, small),
        *tally.cases(toy),
        *files.cases(toy, small),
    )
    for case in cases:
        write_case(HERE / "tampered" / case.id, case, *bases[case.base])
    say(f"{len(cases)} cases, {len({case.id for case in cases})} ids")


def make_samples(say: Callable[[str], None]) -> None:
    """Honest elections with keys as real ones have: everybody runs every check."""
    for name, parameters, publication in SAMPLES:
        world = found(draft("A sample election", parameters, publication))
        hold(world, extended=True)
        record = world.record(world.tally([1, 3]))
        write_base(HERE / name, record, Pins(world.authority.public_key, world.election.fingerprint))
        say(f"{name}: {sum(map(len, record.values()))} bytes")


if __name__ == "__main__":
    (make_samples if "--samples" in sys.argv[1:] else make_toys)(print)
