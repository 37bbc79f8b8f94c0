"""An article as the search for names sees it: its words, people, known names and the ends of heads."""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from pipeline.match import Match
from pipeline.model import Article, Found, Token
from pipeline.names import evidence
from pipeline.names.intervals import Intervals
from pipeline.names.marks import CLOSED, QUOTED
from pipeline.names.nameparts import word_class
from pipeline.stages.ner import NerSpan

__all__ = ["SURE_LENGTH", "View"]

SURE_LENGTH = 4  # a known name of so many characters is no accident
NO_PARENT = frozenset(
    {"institution.brand", "institution.media", "institution.centre", "institution.international", "institution.team"}
)
PARENTS = ("government", "parent", "university")
CLAUSE_MARK = re.compile(r"[，,。；;：:！!？?\n]")
HAN_RUN = re.compile(r"[\u4e00-\u9fff]+")
QUOTED_MORE = 4  # characters of a quotation before a name that ends it


class View:
    """What decides borders in one article.

    ``known``: the end of a known name → its start. ``ends``: where heads end that may be a parent's. ``owners``: these, and
    the ends of names that only the model sees. ``organisations`` and ``labels``: what the model found.
    """

    def __init__(self, article: Article, found: Found, matches: Sequence[Match]) -> None:
        self.article = article
        self.text = article.shadow
        self.starts = [s.start for s in article.sentences]
        self.clauses: dict[int, tuple[Token, ...]] = {}
        self.clause_borders = sorted({0, *self.starts, *(m.end() for m in CLAUSE_MARK.finditer(self.text))})
        self.sports: bool | None = None
        self.see(list(found.of(NerSpan)))
        self.look_up(matches)

    def see(self, spans: Sequence[NerSpan]) -> None:
        """Takes in what the model found."""
        people = {m.start: m.end for m in spans if m.label == "PER"}
        self.people = Intervals(people.items(), lambda span: span)
        self.organisations = Intervals((m for m in spans if m.label == "ORG"), lambda m: (m.start, m.end))
        self.labels = {(m.start, m.end): m.label for m in spans}
        self.place_ends = {m.end for m in spans if m.label == "LOC"}
        self.seen = {edge for m in spans if m.label != "TIME" for edge in (m.start, m.end)}

    def look_up(self, matches: Sequence[Match]) -> None:
        """Takes in what the rules found: known names and heads."""
        known = [m for m in matches if m.get("grow") == "known"]
        self.known = {m.end: m.start for m in reversed(known)}
        self.sure = sorted({edge for m in known if m.end - m.start >= SURE_LENGTH for edge in (m.start, m.end)})
        self.soft = sorted(self.seen | {m.end for m in matches if m.get("itype") in PARENTS})
        self.ends = {
            m.end
            for m in matches
            if m.rule.id not in NO_PARENT and m.end - m.start >= 2 and word_class(m.captures["head"].text, "n") != "S"
        }
        spans = [m for m in self.organisations if m.end - m.start >= SURE_LENGTH]
        self.owners = self.ends | {m.end for m in spans}
        self.known |= {m.end: m.start for m in spans if m.end in self.ends and m.end not in self.known}

    # --- words --------------------------------------------------------------------------------

    def tokens(self, offset: int) -> tuple[Token, ...]:
        """The tokens of the clause that holds the character at ``offset``: jieba ends words at these marks anyway."""
        borders = self.clause_borders
        i = bisect_right(borders, offset)
        if i not in self.clauses:
            stop = borders[i] if i < len(borders) else len(self.text)
            self.clauses[i] = tuple(self.split(borders[i - 1], stop))
        return self.clauses[i]

    def split(self, start: int, stop: int) -> list[Token]:
        """The tokens of a stretch: no word reaches over the border of a long known name.

        A word that no dictionary knows (遭新北, 署台) is cut where a head ends or the model sees a border, and all is read again.
        """
        borders = [start, *self.sure[bisect_right(self.sure, start) : bisect_left(self.sure, stop)], stop]
        tokens = self.read(borders)
        cuts = {cut for token in tokens if not token.tag for cut in self.soft_between(token.start, token.end)}
        return self.read(sorted({*borders, *cuts})) if cuts else tokens

    def read(self, borders: Sequence[int]) -> list[Token]:
        """The tokens between borders that no word may cross."""
        out = []
        for at, stop in itertools.pairwise(borders):
            for word, tag in self.article.segment(self.text[at:stop]):
                out.append(Token(at, at + len(word), word, tag))
                at += len(word)
        return out

    def soft_between(self, start: int, end: int) -> list[int]:
        return self.soft[bisect_right(self.soft, start) : bisect_left(self.soft, end)]

    def token_at(self, offset: int) -> Token | None:
        """The token that holds the character at ``offset``."""
        tokens = self.tokens(offset)
        i = bisect_right(tokens, offset, key=lambda t: t.start) - 1
        return tokens[i] if i >= 0 and tokens[i].end > offset else None

    # --- people, sentences, quotations ----------------------------------------------------------

    def is_person(self, start: int, end: int) -> bool:
        """Whether a stretch is, or is part of, what the model takes for a person."""
        return any(a <= start and end <= b for a, b in self.people.over(start, end))

    def person_at(self, offset: int) -> bool:
        """Whether a person's name begins at an offset, by the model or by jieba."""
        token = self.token_at(offset)
        named = bool(token and token.start == offset and token.tag == "nr")
        return named or any(a == offset for a, _ in self.people.over(offset, offset + 1))

    def sentence_start(self, offset: int) -> int:
        """Where the sentence begins that holds the character at ``offset``."""
        return self.starts[max(0, bisect_right(self.starts, offset) - 1)]

    def of_sports(self) -> bool:
        """Whether the article speaks of sports, found out once."""
        if self.sports is None:
            self.sports = evidence.of_sports(self.text)
        return self.sports

    def quotation_start(self, start: int, end: int) -> int:
        """Where a name begins that ends a quotation: with the few characters before it (「新人民阵线」, “建国湘军”)."""
        text = self.text
        if text[end : end + 1] not in CLOSED or text[start - 1 : start] in QUOTED:
            return start
        low = max(text.rfind(mark, max(0, start - QUOTED_MORE - 1), start) for mark in QUOTED)
        return low + 1 if low >= 0 and HAN_RUN.fullmatch(text, low + 1, start) else start
