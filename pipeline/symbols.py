"""The text that rules match on: the shadow, with each mention found so far as one typed character.

``糖尿病患者超1.4亿`` becomes ``糖尿病患者超□`` where □ is the private-use character for a count. Spaces that
only set the type (next to a Chinese character or a number) are left out, sentences are joined by a newline
that nothing matches, so a rule never crosses a sentence. Every position maps back to the text.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence

import regex

from pipeline.model import Article, Date, Institution, Mention, Numeral, Quantity, Reject, UnitWord
from pipeline.template import SYMBOLS

__all__ = ["Symbols", "symbol_of"]

PRIVATE = regex.compile("[\ue000-\ue03f]")
OPAQUE = "\ue03f"  # a rejected number: no capture type matches it
TYPESET_SPACE = regex.compile(r"(?<=[^\x21-\x7e])[ \t]+|[ \t]+(?=[^\x21-\x7e\s]|$)")


def symbol_of(mention: Mention) -> str:
    """The private-use character of a mention, "" for kinds that rules don't see."""
    if isinstance(mention, Quantity):
        return SYMBOLS.get(mention.kind, "")
    if isinstance(mention, Numeral):
        return SYMBOLS["number"]
    if isinstance(mention, UnitWord):
        return SYMBOLS["currency" if mention.before else "unit"]
    if isinstance(mention, Date):
        return SYMBOLS["date"]
    if isinstance(mention, Institution):
        return SYMBOLS["institution"]
    if isinstance(mention, Reject):
        return OPAQUE
    return SYMBOLS.get(getattr(mention, "label", ""), "")


class Symbols:
    """``text`` to match on; ``starts``/``ends`` give the text offsets of each of its characters.

    ``mentions`` maps a position to the mention that stands there. Overlapping mentions: the earlier,
    then the longer one wins; the other is not visible to rules.
    """

    __slots__ = ("ends", "mentions", "shadow", "starts", "text")

    def __init__(self, article: Article, mentions: Iterable[Mention], sentences: Sequence[int] | None = None, plain: bool = False) -> None:
        ordered = sorted(((m.start, -m.end, m) for m in mentions if symbol_of(m)), key=lambda item: item[:2])
        self.shadow = article.shadow
        self.mentions: dict[int, Mention] = {}
        pieces: list[str] = []
        self.starts: list[int] = []
        self.ends: list[int] = []
        which = range(len(article.sentences)) if sentences is None else sentences
        i = 0
        for number in which:
            sentence = article.sentences[number]
            at = sentence.start
            while i < len(ordered) and ordered[i][0] < at:
                i += 1
            while i < len(ordered) and ordered[i][0] < sentence.end:
                mention = ordered[i][2]
                i += 1
                if mention.start < at or mention.end > sentence.end:
                    continue
                self.add(pieces, at, mention.start, plain)
                self.mentions[len(self.starts)] = mention
                pieces.append(symbol_of(mention))
                self.starts.append(mention.start)
                self.ends.append(mention.end)
                at = mention.end
            self.add(pieces, at, sentence.end, plain)
            pieces.append("\n")
            self.starts.append(sentence.end)
            self.ends.append(sentence.end)
        self.text = "".join(pieces)

    def add(self, pieces: list[str], start: int, end: int, plain: bool) -> None:
        """Append shadow[start:end], without typesetting spaces unless ``plain``."""
        text = self.shadow[start:end]
        if not text:
            return
        if not text.isascii() and PRIVATE.search(text):
            text = PRIVATE.sub("\ufffd", text)
        if plain or (" " not in text and "\t" not in text):
            self.starts.extend(range(start, end))
            self.ends.extend(range(start + 1, end + 1))
            pieces.append(text)
            return
        at = 0
        for space in self.spaces(text, start):
            self.starts.extend(range(start + at, start + space[0]))
            self.ends.extend(range(start + at + 1, start + space[0] + 1))
            pieces.append(text[at : space[0]])
            at = space[1]
        self.starts.extend(range(start + at, end))
        self.ends.extend(range(start + at + 1, end + 1))
        pieces.append(text[at:])

    def spaces(self, text: str, start: int) -> list[tuple[int, int]]:
        """Spans of spaces to leave out: beside a Chinese character, or where the piece meets a mention."""
        found = [m.span() for m in TYPESET_SPACE.finditer(text)]
        lead = len(text) - len(text.lstrip(" \t"))
        if lead and (not found or found[0][0] > 0):
            found.insert(0, (0, lead))
        return found

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Text offsets of a non-empty span of symbol positions."""
        return self.starts[start], self.ends[end - 1]

    def position(self, offset: int) -> int:
        """The symbol position that holds a text offset, or the first one after it."""
        at = bisect_right(self.starts, offset) - 1
        return at if at >= 0 and self.ends[at] > offset else at + 1
