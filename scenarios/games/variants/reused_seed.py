"""A client whose random bytes are the same for everybody: who has it too opens all ballots with the own seed."""

from __future__ import annotations

from scenarios.games.game import BALLOTS, Variant
from scenarios.switches import SWITCHES

VARIANT = Variant("reused_seed", "the same seed in every client", BALLOTS, "trial_decryption", SWITCHES["D10"])
