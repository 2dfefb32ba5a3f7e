"""What services tell the election authority about themselves before there is a manifest (spec 8.9).

A trustee's is `manifest.Trustee`, a witness's `manifest.Witness`. None is signed: the authority gets them from people
it knows, and everyone reads them again in the manifest.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from common.messages.message import Base64, Text, message


@message
class CollectorIntroduction:
    """Where voters will reach the collector; the log's key and the one for signed answers (Ed25519, 32 bytes)."""

    address: Text
    log_key: Base64
    answers_key: Base64


@message
class EidIntroduction:
    """Certificates (DER) of the authorities that issue to voters."""

    roots: Annotated[tuple[Base64, ...], Field(min_length=1, max_length=8)]
