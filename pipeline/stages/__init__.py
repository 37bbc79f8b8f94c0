"""The stages of extraction, in order: the table of contents of the program.

Each takes the article and what earlier stages found, yields mentions and changes nothing. A new stage is one
module and one line here. (Reading, conversion and segmentation come before: they make the `Article`.)
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable
from functools import partial
from typing import TypeAlias

from pipeline.model import Article, Claim, Found, Mention, Quantity
from pipeline.rules import RuleSet

__all__ = ["Stage", "build"]

Stage: TypeAlias = Callable[[Article, Found], Iterable[Mention]]


def build(rules: RuleSet, ner: str = "none") -> tuple[tuple[str, Stage], ...]:
    """The stages for a rule set and a model, by name, in the order they run. Raises `NerError` when the model can't be loaded."""
    from pipeline.stages.figures import Levels, figures
    from pipeline.stages.numbers import numbers

    stages: list[tuple[str, Stage]] = [("numbers", numbers), ("figures", partial(figures, rules=rules, levels=Levels.of(rules)))]
    for name in ("ner", "institutions", "resolve", "claims"):  # TODO lead: the final list once all four have landed
        try:
            made = importlib.import_module(f"pipeline.stages.{name}").stage(rules, ner)
        except (ImportError, AttributeError):
            if name == "claims":
                stages.append((name, lambda a, f: (Claim(q.start, q.end, q.rule, "claims", q) for q in f.of(Quantity))))
            continue
        stages.append((name, made))
    return tuple(stages)
