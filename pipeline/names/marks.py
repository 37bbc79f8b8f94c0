"""Punctuation around names; marks are the same in every text, the words beside them are in ``rules/words/``."""

from __future__ import annotations

__all__ = ["CLOSED", "QUOTED"]

QUOTED, CLOSED = ("“", '"', "「", "『"), ("”", '"', "」", "』")
