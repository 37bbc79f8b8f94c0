"""Who says what: the rules with ``extracts: attribution``, and how far their speakers reach.

A speaker answers for the rest of the sentence, for a quotation that ends or begins beside it, and, with
``scope: paragraph``, for the next sentence and those that go on about the same (其中, 同时 …); in a short paragraph
for all that follow.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass

import regex

from pipeline.match import Budget, Match, find_all
from pipeline.model import Article, Mention
from pipeline.phrases.roles import roles
from pipeline.rulekit.symbols import Symbols
from pipeline.rules import Rule, RuleSet
from pipeline.stages.drafts import Draft
from pipeline.stages.ner import NerSpan

__all__ = ["Speaker", "carry", "speakers"]

SENTENCE, PARAGRAPH, NOBODY = "sentence", "paragraph", "nobody"
TITLED = "said.person"
NAME = regex.compile(r"\p{Han}{2,4}")
PARTS = 12
SHORT = 400  # characters of a paragraph that its speaker answers for to the end
LONGEST = 600  # characters of one sentence or quotation that a speaker answers for
QUOTES = {"”": "“", "」": "「", "』": "『", '"': '"'}
BESIDE = " ,，:：。\n\r\t"


@dataclass(frozen=True, slots=True)
class Speaker:
    """A source and the spans of text that it answers for; ``at`` is where it is named."""

    source: tuple[int, int] | None  # None: the text says that nobody is named
    at: int
    spans: tuple[tuple[int, int], ...]
    rule: str
    priority: int
    published: bool = False  # by a verb of publishing, not of speaking


def speakers(
    article: Article,
    rules: Sequence[Rule],
    all_rules: RuleSet,
    drafts: Sequence[Draft],
    context: Sequence[Mention],
    late: set[str],
) -> list[Speaker]:
    """The speakers of the paragraphs that hold a number, in order of the text."""
    wanted = {article.sentences[d.sentence].paragraph for d in drafts}
    numbers = [i for i, s in enumerate(article.sentences) if s.paragraph in wanted]
    if not rules:
        return []
    symbols = Symbols(article, [*context, *(d.quantity for d in drafts)], numbers)
    matches = find_all(rules, symbols, article, all_rules.lexicons, Budget(len(article.text)), late)
    if named := named_again(article, matches, context):
        symbols = Symbols(article, [*context, *named, *(d.quantity for d in drafts)], numbers)
        matches = find_all(rules, symbols, article, all_rules.lexicons, Budget(len(article.text)), late)
    matches.sort(key=lambda m: (m.whole[0], -m.rule.priority))
    counted = {d.sentence for d in drafts}
    out: list[Speaker] = []
    for match in matches:
        out.append(speaker_of(match, article, counted, out[-1] if out else None))
    return out


def named_again(article: Article, matches: Sequence[Match], context: Sequence[Mention]) -> list[Mention]:
    """Where people named with their title (主席张三表示) are named without it (张三说), as mentions of a person."""
    sources = [m.captures["source"] for m in matches if m.rule.id == TITLED and "source" in m.captures]
    taken = {offset for m in context for offset in range(m.start, m.end)}
    names = {article.shadow[c.start : c.end] for c in sources}
    out: list[Mention] = []
    for name in sorted(n for n in names if NAME.fullmatch(n)):
        at = article.shadow.find(name)
        while at >= 0:
            if not taken & set(range(at, at + len(name))):
                out.append(NerSpan(at, at + len(name), stage="claims", label="person"))
            at = article.shadow.find(name, at + len(name))
    return sorted(out, key=lambda m: m.start)


def speaker_of(match: Match, article: Article, counted: Set[int], last: Speaker | None) -> Speaker:
    """The speaker of a match. ``counted``: sentences with a number, whose publisher goes on to the next; 数据显示 after one who published is theirs."""
    number = bisect_right(article.sentences, match.whole[0], key=lambda s: s.start) - 1
    source = match.captures.get("source")
    span, scope = (source.start, source.end) if source else None, str(match.get("scope", SENTENCE))
    if scope == NOBODY:
        here = last is not None and article.sentences[number].start <= last.at  # 据某局去年的调查，结果显示
        near = last is not None and article.sentences[max(0, number - 1)].start <= last.at and last.published
        span, scope = (last.source if last and (here or near) else None), PARAGRAPH
    elif source is None and last is not None:
        span = last.source  # 他表示: who spoke before
    published = scope == SENTENCE
    if published and number in counted:
        scope = PARAGRAPH
    return Speaker(
        span, match.whole[1], tuple(reach(match, article, number, scope)), match.rule.id, match.rule.priority, published
    )


def reach(match: Match, article: Article, number: int, scope: str) -> Iterator[tuple[int, int]]:
    """The spans a speaker named in sentence ``number`` answers for, nearest first."""
    first, last = match.whole
    last_part = whole_sentence(article, number)
    yield first, min(article.sentences[last_part].end, first + LONGEST)
    if (quoted := quotation_before(article.text, clause_start(article, number, first))) is not None:
        yield quoted
    if (quoted := quotation_after(article.text, last)) is not None:
        yield quoted
    if scope == PARAGRAPH:
        short = is_short(article, number)
        at = last_part + 1
        while at < len(article.sentences) and article.sentences[at].paragraph == article.sentences[number].paragraph:
            here = article.sentences[at]
            goes_on = short or at == last_part + 1 or article.shadow.startswith(tuple(roles()["goes_on"]), here.start)
            if not goes_on:
                return
            at = whole_sentence(article, at) + 1
            yield here.start, article.sentences[at - 1].end


def is_short(article: Article, number: int) -> bool:
    """Whether the paragraph of a sentence is short enough to hold nothing but what its speaker says."""
    sentences = article.sentences
    first = last = number
    while first and sentences[first - 1].paragraph == sentences[number].paragraph:
        first -= 1
        if sentences[number].end - sentences[first].start > SHORT:
            return False
    while last + 1 < len(sentences) and sentences[last + 1].paragraph == sentences[number].paragraph:
        last += 1
        if sentences[last].end - sentences[first].start > SHORT:
            return False
    return True


def whole_sentence(article: Article, number: int) -> int:
    """The last part of the sentence that semicolons divide, at most `PARTS` on."""
    stop = min(len(article.sentences) - 1, number + PARTS)
    while (
        number < stop
        and article.text[article.sentences[number].end - 1] in ";；"
        and article.sentences[number + 1].paragraph == article.sentences[number].paragraph
    ):
        number += 1
    return number


def clause_start(article: Article, sentence: int, offset: int) -> int:
    """Where the speaker's clause begins, behind a quotation mark or comma."""
    start = max(article.sentences[sentence].start, offset - LONGEST)
    while offset > start and article.text[offset - 1] not in "，,。：:；;”」』\n":
        offset -= 1
    return offset


def quotation_before(text: str, offset: int) -> tuple[int, int] | None:
    """The quotation that ends just before an offset, at most `LONGEST` characters long."""
    end = len(text[:offset].rstrip(BESIDE))
    if end == 0 or text[end - 1] not in QUOTES:
        return None
    start = text.rfind(QUOTES[text[end - 1]], max(0, end - LONGEST), end - 1)
    return (start, end) if start >= 0 else None


def quotation_after(text: str, offset: int) -> tuple[int, int] | None:
    """The quotation that opens just behind an offset, at most `LONGEST` characters long."""
    start = offset
    while start < len(text) and text[start] in BESIDE and start < offset + 3:
        start += 1
    closing = next((close for close, opened in QUOTES.items() if text.startswith(opened, start)), None)
    end = text.find(closing, start + 1, start + LONGEST) if closing else -1
    return (start, end + 1) if end > 0 else None


def carry(article: Article, drafts: Sequence[Draft], found: Sequence[Speaker]) -> None:
    """Give every draft the speaker that answers for it: the one named nearest before it, else behind."""
    spans = sorted(((start, end, i) for i, s in enumerate(found) for start, end in s.spans))
    widest = max((end - start for start, end, _ in spans), default=0)
    for draft in drafts:
        offset = draft.quantity.start
        near = spans[bisect_left(spans, (offset - widest,)) : bisect_right(spans, (offset, offset + widest))]
        over = [found[i] for start, end, i in near if start <= offset < end]
        if not over:
            continue
        before = [s for s in over if s.at <= offset]
        best = max(before, key=lambda s: (s.at, s.priority)) if before else min(over, key=lambda s: (-s.priority, s.at))
        draft.give("attribution", best.source, best.rule)
