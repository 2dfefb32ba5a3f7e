"""Pooling counting units that are too small to open alone (spec 11.4, defence D11).

Units deepest first, ties in manifest order. If a unit's pool has some ballots but fewer than the minimum, it takes
whole the smallest non-empty pool among its descendants, again and again, until it reaches the minimum; if none is
left, its pool goes to the nearest ancestor that has the contest. Each ballot ends in exactly one pool.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from common.messages.manifest import Manifest, Unit


@dataclass(frozen=True, slots=True)
class Pool:
    """`ballots` of one contest from `units` (manifest order), held by `unit`."""

    unit: str
    units: tuple[str, ...]
    ballots: int


def ancestors(units: Mapping[str, Unit], name: str) -> tuple[str, ...]:
    """From the unit's parent up to the root."""
    found: list[str] = []
    parent = units[name].parent
    while parent is not None:
        found.append(parent)
        parent = units[parent].parent
    return tuple(found)


def merge(manifest: Manifest, contest: str, ballots: Mapping[str, int]) -> tuple[Pool, ...]:
    """The pools of one contest, in manifest order of their holders, without the empty ones.

    `ballots` maps unit id to its number of counted ballots. A pool below the minimum aggregate is returned too (only
    the topmost unit can be left with one); it must not be opened.
    """
    units = {unit.id: unit for unit in manifest.units}
    order = {unit.id: position for position, unit in enumerate(manifest.units)}
    holders = [unit.id for unit in manifest.units if contest in unit.contests]
    pools = {name: {name: ballots.get(name, 0)} for name in holders}
    depth = {name: len(ancestors(units, name)) for name in holders}
    for name in sorted(holders, key=lambda unit: (-depth[unit], order[unit])):
        below = [other for other in holders if name in ancestors(units, other)]
        _settle(pools, name, below, _above(units, name, contest), manifest.policies.minimum_aggregate, order)
    return tuple(
        Pool(name, tuple(sorted((u for u, count in pools[name].items() if count), key=order.__getitem__)), total)
        for name in holders
        if (total := sum(pools[name].values()))
    )


def _above(units: Mapping[str, Unit], name: str, contest: str) -> str | None:
    return next((unit for unit in ancestors(units, name) if contest in units[unit].contests), None)


def _settle(
    pools: dict[str, dict[str, int]],
    name: str,
    below: list[str],
    above: str | None,
    minimum: int,
    order: Mapping[str, int],
) -> None:
    """Bring one unit's pool to the minimum, or hand it up."""
    while 0 < sum(pools[name].values()) < minimum:
        taken = min(
            (unit for unit in below if sum(pools[unit].values())),
            key=lambda unit: (sum(pools[unit].values()), order[unit]),
            default=above,
        )
        if taken is None:
            return
        source, target = (taken, name) if taken in below else (name, taken)
        for unit, count in pools[source].items():
            pools[target][unit] = pools[target].get(unit, 0) + count
        pools[source] = {}
