"""The time a number holds for: a date of its sentence, else the one its paragraph carries on."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

import regex

from pipeline.match import Match
from pipeline.model import Article, Date
from pipeline.phrases.pieces import QUOTES
from pipeline.phrases.roles import roles
from pipeline.rulekit.symbols import Symbols
from pipeline.rulekit.template import CLAUSE_END
from pipeline.stages.drafts import Draft

__all__ = ["carry"]

NOT_THE_TIME = ("against", "spoken", "origin")
"""Captures of dates that a number is compared with, on which somebody spoke, or from which a change started."""

CLAUSES = regex.compile("[" + regex.escape(CLAUSE_END) + "]")
WINDOW = 600  # characters of a sentence that are looked at on either side
FAR = 12  # sentences that a date is looked for, before one without a date
NEAR = 2  # sentences that a date without a number of its own is carried over


def carry(
    article: Article, symbols: Symbols, drafts: Sequence[Draft], matches: Sequence[Match], dates: Sequence[Date]
) -> None:
    """Give every draft without a time the date that it holds for, if its paragraph has one."""
    other = {
        m.captures[name].start
        for m in matches
        for name in NOT_THE_TIME
        if name in m.rule.captures and name in m.captures
    }
    usable = [p for p, m in sorted(symbols.mentions.items()) if isinstance(m, Date) and m.start not in other]
    history = History(article, [d for d in dates if d.start not in other])
    for draft in drafts:
        if "time" not in draft.fields:
            if (position := in_sentence(symbols.text, usable, draft.at)) is not None:
                draft.give(
                    "time", symbols.mentions[position], "time.sentence" if position < draft.at else "time.behind"
                )
            elif draft.get("modality") != "conditional" and (date := history.carried(draft.sentence)) is not None:
                draft.give("time", date, "time.carried")
        if draft.get("time") is None or (
            draft.get("time").start not in other and draft.fields["time"][1] != "time.behind"
        ):
            history.seen(draft.sentence, draft.get("time"))


def foresee(article: Article, drafts: Sequence[Draft]) -> None:
    """A number of a time after the publication is a projection; a time named behind it may be that of a plan."""
    if article.published is None:
        return
    for draft in drafts:
        date = draft.get("time")
        if draft.get("time") is not None and draft.fields["time"][1] in ("time.behind", "time.carried"):
            continue
        if date is not None and date.earliest[:10] > article.published.isoformat():
            draft.give("modality", "projected", "time.future")


def in_sentence(text: str, usable: Sequence[int], at: int) -> int | None:
    """The date of the sentence: the nearest before the number in its clause, else one that opens a clause, else the nearest, else one behind it."""
    start, stop = text.rfind("\n", max(0, at - WINDOW), at) + 1, text.find("\n", at, at + WINDOW)
    start, stop = max(start, at - WINDOW), stop if stop >= 0 else at + WINDOW
    middle = bisect_left(usable, at)
    before = usable[bisect_left(usable, start) : middle]
    if before:
        if same_clause(text, before[-1], at):
            return before[-1]
        opening = [p for p in before if opens_clause(text, p)]
        return (opening or before)[-1]
    behind = usable[middle] if middle < len(usable) else stop
    return behind if behind < stop and same_clause(text, at, behind) else None


def same_clause(text: str, first: int, last: int) -> bool:
    return not any(char in CLAUSE_END for char in text[first:last])


def opens_clause(text: str, position: int) -> bool:
    """Whether nothing but a short opening (到了, 截至) stands before a date in its clause."""
    start = position
    while start > 0 and text[start - 1] not in CLAUSE_END:
        start -= 1
    opening = text[start:position].lstrip(QUOTES)
    return not opening or opening in roles()["before_date"]


def tells_now(text: str) -> bool:
    """Whether a sentence tells what is so at present; 现 does at the start of a clause only (but not 实现, 出现)."""
    return any(
        word in text if len(word) > 1 else any(part.startswith(word) for part in CLAUSES.split(text))
        for word in roles()["present"]
    )


def within(part: Date, whole: Date) -> bool:
    """Whether a date is a part of another one, and not all of it."""
    known = part.earliest and whole.earliest and part.latest and whole.latest
    inside = whole.earliest[:10] <= part.earliest[:10] and part.latest[:10] <= whole.latest[:10]
    return bool(known) and inside and part.value != whole.value


class History:
    """What date the sentences so far carry on: a date lives while numbers hold for it and no newer date comes between."""

    def __init__(self, article: Article, dates: Sequence[Date]) -> None:
        self.article = article
        self.date: Date | None = None
        self.whole: Date | None = None  # what the sentence before held for
        self.parts: list[Date] = []  # the dates of the numbers of this sentence
        self.sentence = -1  # of the last number
        self.by_sentence: dict[int, list[Date]] = {}
        starts = [s.start for s in article.sentences]
        for date in dates:
            self.by_sentence.setdefault(bisect_right(starts, date.start) - 1, []).append(date)

    def seen(self, sentence: int, date: Date | None) -> None:
        """A number of a sentence holds for a date, or for none."""
        if sentence != self.sentence:
            self.close(sentence)
        if date is not None and all(date.start != part.start for part in self.parts):
            self.parts.append(date)
        if date is not None or sentence != self.sentence:
            self.date = date
        self.sentence = sentence

    def close(self, following: int) -> None:
        """A sentence is over: when it went through the parts of a period (一季度…，二季度…), the period goes on."""
        whole = self.whole
        if whole is not None and len(self.parts) > 1 and all(within(part, whole) for part in self.parts):
            self.date = whole
        elif self.date is not None:
            self.whole = self.date
        self.parts = []
        sentences = self.article.sentences
        if self.sentence >= 0 and sentences[following].paragraph != sentences[self.sentence].paragraph:
            self.whole = None

    def carried(self, sentence: int) -> Date | None:
        """The date for a sentence without one, None when its words or a newer date say that it has none."""
        here = self.article.sentences[sentence]
        if sentence == self.sentence:
            return self.date
        self.close(sentence)
        if tells_now(self.article.shadow[here.start : here.end]):
            return None
        for back in range(sentence - 1, max(-1, sentence - 1 - FAR), -1):
            if self.article.sentences[back].paragraph != here.paragraph:
                return None
            if back == self.sentence:
                return self.date
            if back in self.by_sentence:
                first = self.by_sentence[back][0]
                opening = self.article.shadow[self.article.sentences[back].start : first.start]
                sets_time = sentence - back <= NEAR and (not opening or opening in roles()["before_date"])
                return first if sets_time else None
        return None
