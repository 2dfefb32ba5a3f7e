"""What a log sends a witness (C2SP tlog-witness `add-checkpoint`), as text.

old 3
PlRNCrwH…base64 of one hash of the consistency proof, one line each

the checkpoint, a note
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from common.errors import EncodingError
from common.log.merkle import HASH_LENGTH, MAX_SIZE
from common.log.note import from_base64, to_base64

MAX_PROOF_LINES = 63
_OLD = re.compile(r"old (0|[1-9][0-9]{0,18})\Z")


def encode_submission(old_size: int, proof: Sequence[bytes], note: str) -> str:
    """The request's text: old size, consistency proof, checkpoint."""
    lines = [f"old {old_size}", *(to_base64(step) for step in proof)]
    return "\n".join(lines) + "\n\n" + note


def parse_submission(text: str) -> tuple[int, tuple[bytes, ...], str]:
    """Old size, proof (hashes of 32 bytes, at most 63) and note; `EncodingError` for any other text."""
    head, empty_line, note = text.partition("\n\n")
    if not empty_line:
        raise EncodingError("no empty line between the consistency proof and the checkpoint")
    first, *steps = head.split("\n")
    old = _OLD.match(first)
    if old is None or int(old[1]) > MAX_SIZE:
        raise EncodingError("the first line is not the old size")
    if len(steps) > MAX_PROOF_LINES:
        raise EncodingError(f"a consistency proof of {len(steps)} lines")
    proof = tuple(from_base64(step) for step in steps)
    if any(len(step) != HASH_LENGTH for step in proof):
        raise EncodingError("a consistency proof with a hash that is not of 32 bytes")
    return int(old[1]), proof, note
