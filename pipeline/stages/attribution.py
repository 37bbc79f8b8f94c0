"""Who says what: the rules with ``extracts: attribution``, and how far their speakers reach."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.match import Budget, Match, find_all
from pipeline.model import Article, Mention
from pipeline.rules import Rule, RuleSet
from pipeline.symbols import Symbols

if TYPE_CHECKING:
    from pipeline.stages.claims import Draft

__all__ = ["Speaker", "carry", "speakers"]

SENTENCE, PARAGRAPH, QUOTE = "sentence", "paragraph", "quote"


@dataclass(frozen=True, slots=True)
class Speaker:
    """A source and the span of text that it answers for."""

    source: tuple[int, int] | None  # None: the text says that nobody is named
    start: int
    end: int
    rule: str
    priority: int


def speakers(article: Article, rules: Sequence[Rule], all_rules: RuleSet, drafts: Sequence[Draft], context: Sequence[Mention], late: set[str]) -> list[Speaker]:
    """The speakers of the paragraphs that hold a number, in order of the text."""
    wanted = {article.sentences[d.sentence].paragraph for d in drafts}
    numbers = [i for i, s in enumerate(article.sentences) if s.paragraph in wanted]
    if not rules:
        return []
    symbols = Symbols(article, [*context, *(d.quantity for d in drafts)], numbers)
    found = find_all(rules, symbols, article, all_rules.lexicons, Budget(len(article.text)), late)
    return sorted((s for m in found if (s := speaker_of(m, article)) is not None), key=lambda s: (s.start, -s.priority))


def speaker_of(match: Match, article: Article) -> Speaker | None:
    source = match.captures.get("source")
    span = (source.start, source.end) if source else None
    start, end = reach(match, article, str(match.get("scope", SENTENCE)))
    return Speaker(span, start, end, match.rule.id, match.rule.priority)


def reach(match: Match, article: Article, scope: str) -> tuple[int, int]:
    """The span a speaker answers for: to the end of the sentence or paragraph, or the quotation beside it."""
    first, last = match.whole
    here = next(s for s in article.sentences if s.start <= first < s.end)
    if scope == PARAGRAPH:
        return first, max(s.end for s in article.sentences if s.paragraph == here.paragraph)
    return first, here.end


def carry(article: Article, drafts: Sequence[Draft], found: Sequence[Speaker]) -> None:
    """Give every draft the speaker that reaches it, the nearest one."""
    for draft in drafts:
        over = [s for s in found if s.start <= draft.quantity.start < s.end]
        if over and over[-1].source is not None:
            draft.give("attribution", over[-1].source, over[-1].rule)
