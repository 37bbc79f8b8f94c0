"""The stages of extraction, in order: the table of contents of the program.

Each takes the article and what earlier stages found, and yields mentions; one that replaces what was found
(`resolve`) returns a new `Found`. None changes anything. A new stage is one module with a function
``stage(rules, ner)`` and one line here. (Reading, conversion and segmentation come before: they make the `Article`.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeAlias

from pipeline.model import Article, Found, Mention
from pipeline.rules import RuleSet
from pipeline.stages import cells, claims, figures, institutions, ner, numbers, resolve, segment

__all__ = ["STAGES", "Stage", "build"]

Stage: TypeAlias = Callable[[Article, Found], Iterable[Mention] | Found]

STAGES: tuple[tuple[str, Callable[[RuleSet, str], Stage]], ...] = (
    ("numbers", numbers.stage),  # numerals and the units beside them
    ("figures", figures.stage),  # numerals → quantities, dates, rejects
    ("cells", cells.stage),  # figures in tables: their units and subjects, from the headers
    ("ner", ner.stage),  # names a model finds
    ("institutions", institutions.stage),  # names the rules find
    ("resolve", resolve.stage),  # both → institutions: borders, aliases, official names
    ("claims", claims.stage),  # quantities → what they measure, who says so, when
)


def build(rules: RuleSet, model: str = "none") -> tuple[tuple[str, Stage], ...]:
    """The stages for a rule set and a model, by name, in the order they run. Raises `NerError` when the model can't be loaded."""
    segment.segment("词")  # its dictionary loads here, not in the time of the first rule that asks for words
    return tuple((name, make(rules, model)) for name, make in STAGES)
