"""Subjects that no frame gives: carried over from the number, the clause, the sentence or the heading before.

Numbers in lists come first (`series`). Then every number in order: one that has a subject is what the next ones may
be about; one without takes the nearest clause of its sentence that names something, else what was spoken of last.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import regex

from pipeline.model import Article
from pipeline.numerals import parse
from pipeline.phrases.clauses import changed_phrase, nearest_noun, opening_phrase, result_phrase
from pipeline.phrases.roles import changes, roles
from pipeline.rulekit.symbols import Symbols
from pipeline.rulekit.template import alternation
from pipeline.stages.article import mark_length
from pipeline.stages.drafts import CLAUSE_STOP, WINDOW, Draft, clause_start, in_brackets, same_paragraph
from pipeline.stages.series import CARRIED, LIST_LIMIT, share

__all__ = ["carry"]

ASIDE = (
    "claim.of_the_other",
    "claim.than_target",
    "claim.than_measure",
    "claim.than_record",
    "claim.error",
)  # what a number is compared with: later ones don't go on with it
SPELLS = ("age", "duration")
CLAUSES_BACK = 6
TOPIC = 4  # characters of a clause that is nothing but a topic


def carry(article: Article, symbols: Symbols, drafts: Sequence[Draft]) -> None:
    """Give every draft without a subject the nearest one before it in its paragraph, else its heading."""
    share(article, symbols, drafts)
    history, above = History(article), headings(article)
    for i, draft in enumerate(drafts):
        history.enter(draft)
        if draft.get("subject"):
            history.seen(draft)
        elif (compared := before_comparison(article, drafts, i)) is not None:
            draft.fields["subject"] = (compared.get("subject"), frame_of(draft))
            history.last = draft
        elif (clause := clause_before(article, symbols, draft, history.since(draft))) is not None:
            draft.fields["subject"] = (clause, frame_of(draft) or "clause.before")
            history.begins(draft, draft)
        elif (source := history.carried(draft)) is not None:
            draft.fields["subject"] = (source.get("subject"), frame_of(draft) or CARRIED)
        elif above[draft.sentence] is not None:
            draft.fields["subject"] = (above[draft.sentence], "heading")
        elif (near := nearest(article, symbols, draft)) is not None:
            draft.fields["subject"] = (near, frame_of(draft) or "nearest")


def frame_of(draft: Draft) -> str:
    """The frame that spoke of a subject, even of none."""
    rule: str = draft.fields["subject"][1] if "subject" in draft.fields else ""
    return rule


class History:
    """What the numbers so far were about, and which of them the next one goes on with."""

    def __init__(self, article: Article) -> None:
        self.article = article
        self.last: Draft | None = None
        self.topic: Draft | None = None  # what a sentence began with, before 其中
        self.outside: Draft | None = None  # the last one before a bracket that is open
        self.counted: Draft | None = None  # the last one that is no rate
        self.spell: Draft | None = None  # the last age or duration

    def enter(self, draft: Draft) -> None:
        """Comes to a number: behind a bracket goes on what stood before it."""
        bracketed = in_brackets(self.article, draft)
        if bracketed and self.outside is None:
            self.outside = self.last
        elif not bracketed and self.outside is not None:
            self.last, self.outside = self.outside, None

    def seen(self, draft: Draft) -> None:
        """Takes a number that has a subject of its own."""
        last = self.last
        if last is not None and frame_of(draft) in ASIDE and last.sentence == draft.sentence:
            return
        of_time = draft.quantity.kind in SPELLS
        if last is None or not (of_time or is_period(self.article, draft)) or not self.beside(last, draft):
            self.begins(draft, topic_after(self.article, self.topic, draft))
        if of_time:
            self.spell = draft

    def begins(self, draft: Draft, topic: Draft) -> None:
        """The next numbers may be about what this one is about."""
        self.last, self.topic = draft, topic
        if not is_rate(self.article, draft):
            self.counted = draft

    def since(self, draft: Draft) -> int | None:
        """Where the last number before one in its sentence stands."""
        return self.last.at if self.last is not None and self.last.sentence == draft.sentence else None

    def carried(self, draft: Draft) -> Draft | None:
        """The number whose subject another of its paragraph goes on with."""
        last, topic, counted = self.last, self.topic, self.counted
        if last is None or not self.beside(last, draft):
            return None
        source = topic if topic is not None and topic.sentence == last.sentence != draft.sentence else last
        if counts(draft) and is_rate(self.article, source) and counted is not None and self.beside(counted, draft):
            source, self.last = counted, draft  # 出生率为6‰，较上年增加3536人: no rate is counted in people
        spell = self.spell
        if spell is not None and spell.sentence == draft.sentence and spell.quantity.kind == draft.quantity.kind:
            return spell  # 中位数为45小时，增0.1小时
        return source

    def beside(self, one: Draft, other: Draft) -> bool:
        return same_paragraph(self.article, one, other)


# --- what a number is -------------------------------------------------------------------------


def is_rate(article: Article, draft: Draft) -> bool:
    """Whether a draft's subject is a rate or share."""
    subject = draft.get("subject")
    return bool(subject) and article.shadow[slice(*subject)].endswith(tuple(roles()["rate"]))


def is_period(article: Article, draft: Draft) -> bool:
    """Whether what is counted is a time (两个财政年度)."""
    return article.shadow[slice(*draft.get("subject"))].endswith(tuple(roles()["period"]))


def counts(draft: Draft) -> bool:
    """Whether a number counts things; points are what an index has."""
    quantity = draft.quantity
    return quantity.kind == "count" and bool(quantity.unit) and quantity.unit not in roles()["of_rates"]


# --- where a subject is looked for ------------------------------------------------------------


def before_comparison(article: Article, drafts: Sequence[Draft], i: int) -> Draft | None:
    """The number that another is compared with, before the 比 of its clause (获批5000宗，比|新登记的3000宗多2000宗)."""
    than = drafts[i].get("than")
    for draft in reversed(drafts[max(0, i - LIST_LIMIT) : i] if than else []):
        if draft.quantity.end <= than[0] and draft.get("subject"):
            return draft if same_paragraph(article, draft, drafts[i]) else None
    return None


def clause_before(article: Article, symbols: Symbols, draft: Draft, since: int | None = None) -> tuple[int, int] | None:
    """The subject of the nearest earlier clause of the sentence that opens with one; behind ``since`` only one that says that it changed."""
    end = clause_start(symbols.text, draft.at)
    for _ in range(CLAUSES_BACK):
        if end <= 0 or symbols.text[end - 1] == "\n":
            return None
        start = clause_start(symbols.text, end - 1)
        if end - 1 - start >= WINDOW:
            return None  # no sentence of a person has such a clause
        if since is not None and start <= since:
            return None
        clause = (article, symbols, start, end - 1)
        if since is not None and not turns(symbols.text, start, end):
            return bare_topic(*clause)
        span = result_phrase(*clause) or opening_phrase(*clause) or changed_phrase(*clause)
        if span is not None:
            return span
        end = start
    return None


def bare_topic(article: Article, symbols: Symbols, start: int, end: int) -> tuple[int, int] | None:
    """The phrase that a clause in symbol positions ``start:end`` ends with and is all about, with no word on it (未来一年发病风险，)."""
    span = opening_phrase(article, symbols, start, end)
    whole = symbols.span(end - 1, end)[1] if end > start else -1
    return span if span is not None and span[1] == whole and span[1] - span[0] >= TOPIC else None


def turns(text: str, start: int, end: int) -> bool:
    """Whether a clause without a number speaks of something new: it says that it changed or set a record, or opens with 惟, 但, 至于."""
    return bool(change().search(text, start, end)) or text.startswith(tuple(roles()["contrast"]), start)


@cache
def change() -> regex.Pattern[str]:
    """The words of change of two characters and more, and records that were set (创历史新高)."""
    words = alternation(sorted(word for word in changes() if len(word) > 1))
    record = alternation(sorted(roles()["sets"])) + "[^，,]{0,6}" + alternation(sorted(roles()["record"]))
    return regex.compile(f"{words}|{record}")


def topic_after(article: Article, topic: Draft | None, draft: Draft) -> Draft:
    """The topic of a draft's sentence: the last one with a subject before 其中, the next sentence goes on with it."""
    if topic is None or topic.sentence != draft.sentence:
        return draft
    between = article.shadow[topic.quantity.end : draft.quantity.start]
    return topic if any(word in between for word in roles()["aside"]) else draft


def nearest(article: Article, symbols: Symbols, draft: Draft) -> tuple[int, int] | None:
    """The noun nearest to a number in its clause."""
    start = clause_start(symbols.text, draft.at)
    stop = CLAUSE_STOP.search(symbols.text, draft.at, draft.at + WINDOW)
    end = stop.start() if stop else min(len(symbols.text), draft.at + WINDOW)
    noun = nearest_noun(article, symbols, start, draft.at, end)
    return noun if noun and any(map(str.isalpha, article.shadow[noun[0] : noun[1]])) else None  # 2560×1440像素


@cache
def time_alone() -> regex.Pattern[str]:
    """A line with nothing but a time."""
    calendar = alternation(sorted(roles()["calendar"]))
    return regex.compile(rf"[^\p{{Han}}]*(?:{calendar}|[^\p{{Han}}])*")


def headings(article: Article) -> list[tuple[int, int] | None]:
    """For each sentence what the heading says that it stands under, in text offsets."""
    out: list[tuple[int, int] | None] = []
    section, span = "", None
    for here in article.sentences:
        if here.section != section:
            at = article.text.find(here.section, here.start, here.end) if here.section else -1
            section, span = here.section, heading_topic(article, at, at + len(here.section)) if at >= 0 else None
            out.append(None)
        else:
            out.append(span)
    return out


def heading_topic(article: Article, start: int, end: int) -> tuple[int, int] | None:
    """What a heading speaks of, without the mark of a list; None when it is no more than a mark or a time."""
    start += mark_length(article.shadow[start:end])
    said = article.shadow[start:end]
    return None if not said or parse(said) or time_alone().fullmatch(said) else (start, end)
