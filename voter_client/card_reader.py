"""An ID card in a folder, whose PINs are asked for when they are needed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from common.errors import IdentityError, SetupError
from voter_client.software_card import VoterToken

TRIES = 3
"""How often a PIN is asked for. A real card counts wrong ones itself, and locks."""
MEANING = {"PIN1": "PIN 1, to say who you are", "PIN2": "PIN 2, to sign your vote"}


class CardReader:
    """An `IdentityCard`. `pins`: those known beforehand; `ask`: for the others, None if nobody can be asked."""

    def __init__(self, folder: Path, pins: Mapping[str, str | None], ask: Callable[[str], str] | None) -> None:
        """`IdentityError` if there is no card in `folder`."""
        self._folder = folder
        self._pins = dict(pins)
        self._ask = ask
        self._card = VoterToken.load(folder)

    @property
    def voter_id(self) -> str:
        return self._card.voter_id

    @property
    def name(self) -> str:
        """The name on the card."""
        return self._card.name

    def authenticate(self, origin: str, nonce: str) -> str:
        """A Web eID token; asks for PIN 1 if need be. `IdentityError` for a wrong one."""
        self.unlock("PIN1")
        return self._card.authenticate(origin, nonce)

    def sign(self, payload: bytes, time: int) -> str:
        """A compact JWS; asks for PIN 2 if need be. `IdentityError` for a wrong one."""
        self.unlock("PIN2")
        return self._card.sign(payload, time)

    def unlock(self, pin: str) -> None:
        """Make a key usable; a PIN that was given beforehand has one try, one that is asked for three."""
        slot = self._card.authentication if pin == "PIN1" else self._card.signature
        if slot.key is not None:
            return
        given = self._pins.get(pin)
        if given is not None:
            self._open(pin, given)
            return
        if self._ask is None:
            raise SetupError(f"the card needs {MEANING[pin]}; give --{pin.lower()}")
        question = MEANING[pin]
        for left in reversed(range(TRIES)):
            try:
                self._open(pin, self._ask(question))
            except IdentityError as error:
                if not left:
                    raise
                question = f"{error}; {left} of {TRIES} tries left. {MEANING[pin]}"
            else:
                return

    def _open(self, pin: str, value: str) -> None:
        if pin == "PIN1":
            loaded = VoterToken.load(self._folder, pin1=value)
            self._card = VoterToken(loaded.authentication, self._card.signature)
        else:
            loaded = VoterToken.load(self._folder, pin2=value)
            self._card = VoterToken(self._card.authentication, loaded.signature)
