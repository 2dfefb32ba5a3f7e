"""A body of every route, as it went over the wire in one toy election; docs/examples.py writes them down anew."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any, cast

from common.encoding import canonical
from common.encoding.canonical import Json
from common.routes import Route

FILE = "examples.json"


def request_name(route: Route[Any, Any]) -> str:
    """Under what name the body of a request is filed: its message's, or the route's own if it is text or bytes."""
    return _name(route.shape or route.request, f"{route.method} {route.path} request")


def answer_name(route: Route[Any, Any]) -> str:
    """The same for an answer."""
    own = f"{route.method} {route.path} answer"
    return own if route.own_example else _name(route.answer, own)


def _name(kind: type[Any], own: str) -> str:
    return own if kind in {bytes, str} else kind.__name__


@cache
def examples() -> dict[str, Json]:
    """All examples, by name: messages as JSON, text as text, bytes in base64url. Long lists are cut short."""
    data = (files(__package__) / FILE).read_bytes()
    return cast(dict[str, Json], canonical.decode(data))
