"""A trustee helps to open what is under the key of its own ceremony, whatever the authority signs."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from common.errors import CryptoError
from common.messages.manifest import Manifest
from scenarios.world import Tallied, World

Played = tuple[World, Tallied]


def test_trustee_refuses_a_manifest_with_another_ceremonys_key(
    played: Played, make_world: Callable[..., World]
) -> None:
    world, tallied = played
    other = make_world()
    assert isinstance(other.manifest.body, Manifest)
    signed = world.authority.sign(other.manifest.body)
    for trustee in world.trustees:
        with pytest.raises(CryptoError, match="not that of this trustee's ceremony"):
            trustee.answer(signed, other.ceremony.proof, tallied.evidence, tallied.processed.aggregates)
