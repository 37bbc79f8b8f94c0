"""Regular expressions that are compiled when they are first used, and come compiled at the next start.

Compiling takes milliseconds an expression, and a second for those of our rules; `regex` pickles what it compiled.
The user's cache keeps that by version of `regex` and Python.
"""

from __future__ import annotations

import io
import pickle
import platform
import sys
from functools import cache, lru_cache
from importlib.metadata import version
from typing import Any, cast

import regex

from pipeline.usercache import recall, remember

__all__ = ["compiled", "keep", "later"]

MOST = 4_000  # expressions in the cache before it starts again


class Later:
    """An expression that is compiled when it is first used: most articles need few of the rules.

    Only templates become one, and what they become is always valid.
    """

    __slots__ = ("finditer", "fullmatch", "match", "pattern", "search")

    def __init__(self, source: str) -> None:
        self.pattern = source

    def __getattr__(self, name: str) -> Any:  # of a slot that isn't filled yet
        made = compiled(self.pattern)
        self.search, self.match = made.search, made.match
        self.finditer, self.fullmatch = made.finditer, made.fullmatch
        return getattr(made, name)


@lru_cache(maxsize=4096)
def later(source: str) -> regex.Pattern[str]:
    """A pattern for all that rules do with one, compiled when needed, once for all rule sets of a process."""
    return cast("regex.Pattern[str]", Later(source))


def keep() -> None:
    """Remember what this process has compiled, for the next one."""
    if _new:
        old = _kept() if len(_kept()) < MOST else {}
        remember(_name(), pickle.dumps({**old, **_new}))
        _kept().update(_new)
        _new.clear()


_new: dict[str, regex.Pattern[str]] = {}


def compiled(source: str) -> regex.Pattern[str]:
    """A pattern that is known to be valid, compiled."""
    if (known := _kept().get(source)) is None:
        known = _new[source] = regex.compile(source, regex.V0)
    return known


@cache
def _kept() -> dict[str, regex.Pattern[str]]:
    """What earlier processes compiled; nothing when it can't be read."""
    try:
        content = _Patterns(io.BytesIO(recall(_name()) or b"")).load()
    except Exception:  # whatever is in the file: it is made again
        return {}
    return content if isinstance(content, dict) else {}


class _Patterns(pickle.Unpickler):
    """Reads patterns and nothing else: a pickle may otherwise run anything."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("regex._regex", "compile"):
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"{module}.{name} is no part of a pattern")


def _name() -> str:
    return f"compiled-{version('regex')}-{sys.implementation.cache_tag}-{platform.machine()}"
