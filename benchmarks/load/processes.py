"""A process of the benchmark's own, and the pipe by which it is asked and answers; it ends with that pipe."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from multiprocessing import get_context
from types import TracebackType
from typing import Any, Self

from common.errors import ServiceRefused
from scenarios.ballot_factory import deaf_to_interrupts

PATIENCE = 120
"""Seconds for an answer, however much is to be done for it."""
STOP_SECONDS = 20


class Worker:
    """Runs `main` with a pipe and these arguments; whatever it sends first means that it is ready."""

    def __init__(self, name: str, main: Callable[..., None], *arguments: object) -> None:
        context = get_context("spawn")
        self.name = name
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=main, args=(theirs, *arguments), name=name, daemon=True)
        with deaf_to_interrupts():
            self._process.start()
        theirs.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pipe.close()
        self._process.join(STOP_SECONDS)
        if self._process.is_alive():
            self._process.kill()
            self._process.join(STOP_SECONDS)

    def ask(self, question: object) -> Any:
        """The answer to a question."""
        with suppress(BrokenPipeError):  # `answer` says what became of it
            self._pipe.send(question)
        return self.answer()

    def answer(self) -> Any:
        """What it sends next; `ServiceRefused` if it ends, or says nothing for too long."""
        if not self._pipe.poll(PATIENCE):
            raise ServiceRefused(f"{self.name} says nothing")
        try:
            return self._pipe.recv()
        except EOFError:
            raise ServiceRefused(f"{self.name} has ended by itself") from None
