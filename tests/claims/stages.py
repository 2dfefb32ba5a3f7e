"""Collectors to attack: one for each list of checks, made when first asked for and shared by all cases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from common.checks.check import CheckList
from scenarios.country.population import Person
from scenarios.world import World
from tests.claims.attack_tools import PEOPLE, Scene, staged


@dataclass(slots=True)
class Stages:
    """`base` is never touched. Each attack gets voters who did nothing yet, and a clock set back to the opening."""

    base: World
    _worlds: dict[tuple[str, ...], tuple[World, Iterator[Person]]] = field(default_factory=dict)

    def scene(self, checks: CheckList, person: Person | None = None) -> Scene:
        """An authenticated voter before the collector that runs `checks`."""
        key = checks.ids()
        if key not in self._worlds:
            self._worlds[key] = staged(self.base, checks), iter(PEOPLE)
        world, voters = self._worlds[key]
        scene = Scene.open(world, voters, person)
        scene.responder.instead = None
        return scene


def casting(stages: Stages, mutate: Callable[[Scene], bytes], checks: CheckList) -> object:
    """The entry point of the C checks: someone posts bytes to the collector's voting port."""
    scene = stages.scene(checks)
    clock = scene.world.clock
    try:
        return scene.post(mutate(scene))
    finally:
        clock.now = scene.election.opens
