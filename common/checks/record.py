"""F1: a record is whole, file by file and all together."""

from __future__ import annotations

from common.tally.record import require_file, require_whole
from common.tally.record_files import RecordFiles


def f1_layout(record: RecordFiles, path: str | None) -> None:
    """With a path: that file belongs to the layout and is in form. Without: none is missing, all fit together."""
    if path is None:
        require_whole(record)
    else:
        require_file(record, path)
