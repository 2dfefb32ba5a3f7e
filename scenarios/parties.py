"""The parties of a mock election as processes of this computer, each with a folder of its own.

Every verb is a `valik` command of the party concerned, or a paper carried from one to the other as people would carry
it. Nothing of any party is imported.
"""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from common.messages.draft import Draft, RollChanges, RollDraft
from common.messages.roll import RollChange, RollEntry
from common.transport.addresses import LOOPBACK
from common.transport.documents import write_document
from common.transport.key_files import write_private
from common.transport.listening import listen
from scenarios.computers import Errand, Papers
from scenarios.country.card_office import read_pins
from scenarios.supervisor import Service, Supervisor

PAPERS = ("manifest.json", "key-proof.json", "authority.key", "fingerprint.txt")
"""What the election authority publishes before voting."""
PINNED = ("--manifest", "manifest.json", "--authority", "authority.key")


class Parties:
    """`root`: an existing folder, in which each party gets its own. The verbs come in the order of an election."""

    def __init__(self, root: Path, supervisor: Supervisor, draft: Draft, *, insecure_parameters: bool) -> None:
        self._root = root
        self._supervisor = supervisor
        self._draft = draft
        self._toy = ("--insecure-parameters",) if insecure_parameters else ()
        self._witnesses = [f"witness-{number}" for number in range(1, draft.witnesses + 1)]
        self._trustees = [f"trustee-{number}" for number in range(1, draft.trustees + 1)]
        self._services: dict[str, Service] = {}
        self._acts = 0

    def folder(self, party: str) -> Path:
        """A party's own place."""
        folder = self._root / party
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder

    # --- before voting

    def make_keys(self, report: Callable[[int], None]) -> None:
        """Every party makes its keys, and finds out where voters will reach the collector."""
        self._address = _free_address()
        commands = [
            ("eid", "eid", "new", "own"),
            ("authority", "authority", "new", "own"),
            ("collector", "collector", "new", "own", "--address", self._address),
            *((name, "witness", "new", "own", "--name", f"{name}.invalid") for name in self._witnesses),
            *((name, "trustee", "new", "own", "--name", name) for name in self._trustees),
        ]
        with ThreadPoolExecutor(os.cpu_count()) as hands:
            for done, _ in enumerate(hands.map(lambda command: self._run(*command), commands), start=1):
                report(100 * done // len(commands))

    def issue_cards(self, people: Sequence[RollEntry]) -> dict[str, Errand]:
        """The eID authority makes cards; people fetch them, with their PINs. By voter id."""
        write_document(self.folder("eid") / "people.json", RollDraft(tuple(people)), private=True)
        self._run("eid", "eid", "issue", "own", "--roll", "people.json", "--out", "cards")
        cards = self.folder("voters") / "cards"
        shutil.move(self.folder("eid") / "cards", cards)
        pins = zip(people, read_pins(cards), strict=True)
        return {person.voter: Errand(cards / own.folder, own.pin1, own.pin2) for person, own in pins}

    def hold_ceremony(self, progress: Callable[[int, int], None]) -> None:
        """The dealer makes the key with all trustees present, who are running services by now."""
        for trustee in self._trustees:
            self._hand_over("own/authority.key", "authority", trustee)
        own = ("trustee", "serve", "own", "--authority", "authority.key", "--parameters", self._draft.parameters)
        for trustee in self._trustees:
            self._start(trustee, *own, *self._toy)
        self._start("eid", "eid", "serve", "own")
        self._supervisor.await_ready(*self._services.values())
        write_document(self.folder("dealer") / "draft.json", self._draft)
        asked = self._addresses("--trustee", self._trustees)
        command = ("ceremony", "hold", "--draft", "draft.json", *asked, "--out", "ceremony.json", *self._toy)
        self._supervisor.run("dealer", self.folder("dealer"), *command, progress=progress)

    def open(self, rows: Sequence[RollEntry]) -> Papers:
        """The authority signs manifest and roll, and everyone gets them; witnesses and collector start."""
        self._sign_papers(rows)
        for party in ("collector", "processor", "public", *self._witnesses):
            for paper in PAPERS:
                self._hand_over(f"papers/{paper}", "authority", party)
        self._hand_over("papers/roll.json", "authority", "collector")
        for witness in self._witnesses:
            self._start(witness, "witness", "serve", "own", *PINNED)
        self._supervisor.await_ready(*(self._services[witness] for witness in self._witnesses))
        asked = (*self._addresses("--witness", self._witnesses), *self._addresses("--ocsp", ["eid"]))
        port = ("--port", self._address.rpartition(":")[2])
        self._start(
            "collector", "collector", "serve", "own", *PINNED, "--roll", "roll.json", *asked, *port, *self._toy
        )
        self._supervisor.await_ready(self._services["collector"])
        self._box = ("--box", self._services["collector"].addresses["box"])
        return Papers.read(self.folder("public"), insecure_parameters=bool(self._toy))

    def _sign_papers(self, rows: Sequence[RollEntry]) -> None:
        for paper in ("draft.json", "ceremony.json"):
            self._hand_over(paper, "dealer", "authority")
        write_document(self.folder("authority") / "rows.json", RollDraft(tuple(rows)), private=True)
        papers = ["--draft", "draft.json", "--roll", "rows.json", "--ceremony", "ceremony.json"]
        for party in ("collector", *self._witnesses, "eid"):
            paper = self._hand_over("own/public.json", party, "authority", f"{party}.json")
            papers += [f"--{party.partition('-')[0]}", paper]
        self._run("authority", "authority", "manifest", "own", *papers, "--out", "papers", *self._toy)

    # --- while voting is open

    def change_roll(self, changes: tuple[RollChange, ...]) -> None:
        """The authority signs a change of the roll and has it logged."""
        self._acts += 1
        paper = f"changes-{self._acts}.json"
        write_document(self.folder("authority") / paper, RollChanges(changes), private=True)
        self._act("change-roll", "--changes", paper)

    def revoke_card(self, card: Path) -> None:
        """Someone reports a card as lost; the eID authority is shown its certificates only."""
        shown = self.folder("eid") / "reported"
        shutil.copytree(card, shown, ignore=shutil.ignore_patterns("*.key"))
        self._run("eid", "eid", "revoke", "own", "reported")

    # --- after the close

    def close(self, now: int, on_paper: Sequence[str]) -> None:
        """The day is over (it is `now`): the log is closed, paper votes and bad votes are taken out, final tree."""
        self._supervisor.set_clocks(now)
        self._act("close")
        if on_paper:
            write_private(self.folder("authority") / "paper.txt", ("\n".join(on_paper) + "\n").encode("ascii"))
            self._act("revoke", "--voters", "paper.txt", "--reason", "voted on paper")
        self._exclude_bad_votes()
        self._act("finalise")

    def _exclude_bad_votes(self) -> None:
        """Until every audit would accept what is left: one exclusion can bring or cure others."""
        for number in itertools.count(1):
            paper = f"faults-{number}.json"
            check = ("processor", "check", *PINNED, *self._box, "--out", paper, *self._toy)
            if not self._run("processor", *check)["faults"]:
                return
            self._act("exclude", "--faults", self._hand_over(paper, "processor", "authority"))

    def count(self, absent: Iterable[int]) -> None:
        """The processor reconciles and aggregates; the trustees who are there check everything, and open."""
        gone = [self._services.pop(f"trustee-{number}") for number in absent]
        self._supervisor.stop(*gone)
        own = ("--key-proof", "key-proof.json", "--out", "own", *self._toy)
        self._run("processor", "processor", "process", *PINNED, *self._box, *own)
        asked = self._addresses("--trustee", self._trustees)
        self._run("processor", "processor", "open", "own", *asked, *self._toy)

    def publish(self, out: Path) -> None:
        """The record, and beside it what an auditor must have from elsewhere: key and fingerprint."""
        self._run("processor", "processor", "publish", "own", "--out", "record")
        shutil.move(self.folder("processor") / "record", out / "record")
        for paper in ("authority.key", "fingerprint.txt"):
            shutil.copyfile(self.folder("public") / paper, out / paper)

    # --- inside

    def _run(self, party: str, *arguments: str) -> dict[str, Any]:
        return self._supervisor.run(party, self.folder(party), *arguments)

    def _act(self, name: str, *arguments: str) -> None:
        papers = ("--manifest", "papers/manifest.json", *self._box)
        self._run("authority", "authority", name, "own", *papers, *arguments)

    def _start(self, party: str, *arguments: str) -> None:
        self._services[party] = self._supervisor.start(party, self.folder(party), *arguments)

    def _addresses(self, option: str, parties: Iterable[str]) -> list[str]:
        return [
            part for party in parties if party in self._services for part in (option, self._services[party].address)
        ]

    def _hand_over(self, paper: str, giver: str, taker: str, name: str = "") -> str:
        """A paper is carried from one party to another, no more open to others than before; its name there."""
        name = name or Path(paper).name
        shutil.copy(self.folder(giver) / paper, self.folder(taker) / name)
        return name


def _free_address() -> str:
    """An address that nobody listens on now: the manifest must name it before the collector starts."""
    listening, address = listen(LOOPBACK, 0, None)
    listening.close()
    return address
