"""A sealed share opens for the trustee, ceremony and number it was sealed for, and for nothing else."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from common.errors import CryptoError
from tallier.sealing import open_share, seal_share

CEREMONY = b"c" * 32
SHARE = "c2VjcmV0"
KEY = X25519PrivateKey.generate()


def sealed() -> bytes:
    return seal_share(SHARE, KEY.public_key().public_bytes_raw(), CEREMONY, 2)


def test_share_opens_for_whom_it_was_sealed() -> None:
    assert open_share(sealed(), KEY, CEREMONY, 2) == SHARE


def test_share_does_not_open_with_another_key() -> None:
    with pytest.raises(CryptoError, match="does not open"):
        open_share(sealed(), X25519PrivateKey.generate(), CEREMONY, 2)


def test_share_does_not_open_in_another_ceremony() -> None:
    with pytest.raises(CryptoError, match="does not open"):
        open_share(sealed(), KEY, b"d" * 32, 2)


def test_share_does_not_open_under_another_number() -> None:
    with pytest.raises(CryptoError, match="does not open"):
        open_share(sealed(), KEY, CEREMONY, 1)


@pytest.mark.parametrize("at", [0, 31, 32, -1])
def test_share_changed_on_its_way_does_not_open(at: int) -> None:
    changed = bytearray(sealed())
    changed[at] ^= 1
    with pytest.raises(CryptoError, match="does not open"):
        open_share(bytes(changed), KEY, CEREMONY, 2)


@pytest.mark.parametrize("length", [0, 31, 47])
def test_share_cut_short_does_not_open(length: int) -> None:
    with pytest.raises(CryptoError, match="does not open"):
        open_share(sealed()[:length], KEY, CEREMONY, 2)


def test_share_sealed_twice_looks_different() -> None:
    assert sealed() != sealed()
