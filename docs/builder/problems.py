"""What is wrong with the documentation."""

from __future__ import annotations


class SiteError(Exception):
    """The site must not be built as it is; names every fault that was found."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults
