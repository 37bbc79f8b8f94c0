"""A rule's guarded expression is only a faster way to the same matches: it must never lose or add one."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import patch

from pipeline.document import load_rules
from pipeline.model import Found
from pipeline.rules import Rule
from pipeline.stages import build
from pipeline.stages.article import make_article
from pipeline.stages.read import from_text

CORPUS = Path(__file__).parents[1] / "corpus"
RULES = load_rules(())
GUARDED = [rule for rule in RULES.rules if rule.guarded is not rule.search]


def found_by(text: str) -> list[tuple[int, int, str]]:
    article, found = make_article(from_text(text)), Found()
    for _, stage in build(RULES):
        more = stage(article, found)
        found = more if isinstance(more, Found) else found.plus(more)
    return sorted((m.start, m.end, m.rule) for m in found.mentions)


def test_most_vetoed_rules_are_guarded() -> None:
    assert len(GUARDED) > 20


def test_guards_change_nothing() -> None:
    texts = [path.read_text(encoding="utf-8") for path in sorted(CORPUS.glob("*.txt"))]
    texts.append("\n".join(test.text for rule in RULES.rules for test in rule.tests))
    with_guards = [found_by(text) for text in texts]
    with patch.object(Rule, "guarded", property(lambda rule: rule.search)):
        assert [found_by(text) for text in texts] == with_guards
