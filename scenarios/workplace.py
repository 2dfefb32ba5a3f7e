"""The folder of a mock election: record and report for everyone, and apart from them what must stay secret."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TextIO

from common.crypto.contest import Choice
from common.encoding.octets import to_base64url
from common.errors import SetupError
from common.transport.files import owner_only
from common.transport.record_folder import write_record
from scenarios.country.card_office import hand_out
from tallier.trustee_state import FileState
from voter_client.software_card import VoterToken
from voter_client.verification_code import VerificationCode


class Workplace:
    """`root`/record, report.html, authority.key, fingerprint.txt; and `root`/secrets of mode 0700."""

    def __init__(self, root: Path, *, keep_cards: bool = True) -> None:
        self.root = root
        self._keep_cards = keep_cards
        self._secrets = root / "secrets"
        try:
            root.mkdir(parents=True)
            self._secrets.mkdir(mode=0o700)
            (self._secrets / ".gitignore").write_text("*\n", encoding="ascii")
        except OSError as error:
            raise SetupError(f"{root}: cannot be made ({error.strerror}); name another folder with --out") from None

    @property
    def record(self) -> Path:
        return self.root / "record"

    @property
    def authority_key(self) -> Path:
        return self.root / "authority.key"

    def collector_store(self) -> Path:
        """The collector's SQLite file, of mode 0600 before anything is in it."""
        file = self._folder("collector") / "box.sqlite"
        file.touch(mode=0o600)
        return file

    def trustee_state(self, number: int) -> FileState:
        """Where trustee `number` keeps its share and what it has answered."""
        return FileState(self._folder(f"trustee-{number}") / "state.json")

    def keep_card(self, card: VoterToken) -> None:
        """A voter's ID card, in a folder of its own, behind fresh PINs that stand in `cards/pins.csv`."""
        if not self._keep_cards:
            return
        hand_out(card, self._folder("cards"))

    def keep_code(self, voter: str, code: VerificationCode, choices: Mapping[str, Choice]) -> None:
        """What a voter keeps of a vote: verification code (with the seed) and the choices."""
        line = {"voter": voter, "code": code.text(), "choices": {name: list(made) for name, made in choices.items()}}
        with self._append("votes.jsonl") as stream:
            stream.write(json.dumps(line, sort_keys=True) + "\n")

    def keep_record(self, files: Mapping[str, bytes], authority_key: bytes, fingerprint: str) -> None:
        """Write the record, and beside it what an auditor must have from elsewhere: key and fingerprint."""
        write_record(self.record, files)
        self.authority_key.write_text(to_base64url(authority_key) + "\n", encoding="ascii")
        (self.root / "fingerprint.txt").write_text(fingerprint + "\n", encoding="ascii")

    def _append(self, name: str) -> TextIO:
        return open(self._secrets / name, "a", encoding="utf-8", newline="", opener=owner_only)

    def _folder(self, name: str) -> Path:
        folder = self._secrets / name
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder


def free_folder(wanted: Path) -> Path:
    """`wanted`, or `wanted-2`, `wanted-3`, … so that no run ever overwrites another's.

    `SetupError` for what has no name of its own, such as `.`, or cannot be looked at.
    """
    if wanted.name in ("", ".."):
        raise SetupError(f"{wanted} names no new folder; name one with --out")
    number, free = 1, wanted
    try:
        while os.path.lexists(free):
            number += 1
            free = wanted.with_name(f"{wanted.name}-{number}")
    except (OSError, ValueError):
        raise SetupError("no such folder can be made; name another folder with --out") from None
    return free
