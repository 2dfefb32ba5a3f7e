"""What attacks start from. Shared by all cases, so nothing in it may be changed: collectors excepted, see `scene`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from common.checks.check import CheckList
from scenarios.country.population import Person
from scenarios.world import World
from tests.claims.attack_tools import MAINLANDERS, Scene, staged
from tests.claims.dossier import Dossier, played


@dataclass(slots=True)
class Bases:
    """`world` is an election in which nobody ever votes."""

    world: World
    dossier: Dossier = field(init=False)
    _stages: dict[tuple[str, ...], tuple[World, Iterator[Person]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.dossier = played(staged(self.world))

    def scene(self, checks: CheckList) -> Scene:
        """A voter who did nothing yet, logged in at a collector that runs `checks`.

        One collector for each list of checks serves all attacks: whatever it refuses leaves it as it was.
        """
        if checks.ids() not in self._stages:
            self._stages[checks.ids()] = staged(self.world, checks), iter(MAINLANDERS)
        world, voters = self._stages[checks.ids()]
        world.clock.now = world.election.opens
        scene = Scene.open(world, voters)
        scene.responder.instead = None
        return scene
