"""Trials of patterns on hostile text: those that would take for ever are refused when a rule is read, not in a run.

What stood its trial at an earlier start isn't tried again: the user's cache remembers it by hash.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from importlib.metadata import version

import regex

from pipeline.rulekit import template
from pipeline.rulekit.hazards import runs_away
from pipeline.rulekit.lexicons import Lexicon
from pipeline.rulekit.template import Node
from pipeline.usercache import recall, remember

__all__ = ["Trials"]

ALL_TOGETHER = 2.0  # seconds that trials may take when rules are read: a run has its own limits
MAX_KEPT = 5000  # hashes in the cache before it starts again


class Trials:
    """The trials of one reading of rules; ``lexicons`` fills while they are read."""

    def __init__(self, lexicons: Mapping[str, Lexicon]) -> None:
        self.lexicons = lexicons
        self.seconds = 0.0
        self.name = f"probed-{version('regex')}"
        self.stood = frozenset((recall(self.name) or b"").split())
        self.new: list[bytes] = []

    def samples(self, node: Node) -> list[str]:
        """Texts that such a template finds hard: its own parts over and over, in different mixtures."""
        pieces = [piece for part in template.walk(node) if (piece := self.sample(part))][:40]
        return [part * 60 for part in dict.fromkeys(pieces)] + [
            "".join(pieces) * 20,
            "".join(reversed(pieces)) * 20,
        ]

    def sample(self, node: Node) -> str:
        if node.kind == "literal":
            return node.text
        if node.kind == "lexicon":
            return min(self.lexicons[node.name].entries, key=len)
        if node.kind == "capture" and not node.items:
            return template.MEMBERS.get(node.type, ("中",))[0]
        return ""

    def lost(self, pattern: regex.Pattern[str], samples: list[str]) -> str:
        """The start of a sample that takes too long. Trying ends after two seconds for all rules: a run has its own limits."""
        key = hashed(pattern.pattern)
        if self.seconds > ALL_TOGETHER or key in self.stood:
            return ""
        started = time.perf_counter()
        bad = runs_away(pattern, samples)
        self.seconds += time.perf_counter() - started
        if not bad:
            self.new.append(key)
        return bad

    def keep(self) -> None:
        """Remember what stood its trial."""
        if self.new:
            old = self.stood if len(self.stood) < MAX_KEPT else frozenset[bytes]()
            remember(self.name, b"\n".join(sorted({*old, *self.new})))


def hashed(pattern: str) -> bytes:
    return hashlib.sha256(pattern.encode("utf-8", "backslashreplace")).hexdigest()[:24].encode()
