"""Times: RFC 3339 UTC in whole seconds as text, seconds since 1970 as integers inside."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from common.errors import EncodingError

_FORM = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z\Z", re.ASCII)


def to_rfc3339(seconds: int) -> str:
    """`seconds` since 1970-01-01 UTC as `2027-03-01T09:00:00Z`; years 1 to 9999."""
    # not strftime: its %Y drops the leading zeros of early years
    return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def from_rfc3339(text: str) -> int:
    """Seconds since 1970 of a time in exactly the form above; `EncodingError` otherwise."""
    if not _FORM.match(text):
        raise EncodingError("not an RFC 3339 UTC time in whole seconds")
    try:
        return int(datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).timestamp())
    except ValueError:
        raise EncodingError("no such date or time") from None
