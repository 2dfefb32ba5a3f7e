"""Estonian personal codes and the voter ids made of them (ETSI EN 319 412-1 semantics identifier `PNO`).

A personal code is 11 digits: century and sex, birth date, serial, check digit. A voter id is `PNOEE-` and the code.
Errors never repeat what they refuse.
"""

from __future__ import annotations

import re

from stdnum.ee import ik
from stdnum.exceptions import ValidationError

from common.errors import IdentityError

PREFIX = "PNOEE-"
_CODE = re.compile(r"[1-8][0-9]{10}\Z")


def voter_id(code: str) -> str:
    """`PNOEE-<code>`; `IdentityError` unless `code` is 11 digits with a real birth date and the right check digit."""
    if not _CODE.match(code):
        raise IdentityError("a personal code has 11 digits")
    try:
        ik.validate(code)
    except ValidationError:
        raise IdentityError("a personal code with a wrong birth date or check digit") from None
    return PREFIX + code


def parse_voter_id(text: str) -> str:
    """The personal code inside a voter id; `IdentityError` for any text that `voter_id` does not give."""
    if not text.startswith(PREFIX):
        raise IdentityError(f"a voter id starts with {PREFIX}")
    code = text[len(PREFIX) :]
    voter_id(code)
    return code


def check_digit(first_ten: str) -> str:
    """The eleventh digit for ten given ones."""
    return str(ik.calc_check_digit(first_ten + "0"))
