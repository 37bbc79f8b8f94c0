"""The text that rules match on: the shadow, with each mention found so far as one typed character.

``糖尿病患者超1.4亿`` becomes ``糖尿病患者超□`` where □ is the private-use character for a count. Spaces that
only set the type (next to a Chinese character or a digit) are left out, sentences are joined by a newline
that nothing matches, so a rule never crosses a sentence. Every position maps back to the text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import lru_cache

import regex

from pipeline.model import Article, Date, Institution, Mention, Numeral, Quantity, Reject, UnitWord
from pipeline.rulekit.template import BUCKETS, NUMBERS, QUALITIES, SYMBOLS

__all__ = ["Symbols", "symbol_of"]

PRIVATE = regex.compile("[\ue000-\ue03f\ue100-\ue17f]")
OPAQUE = "\ue03f"  # a rejected number: no capture type matches it
TYPESET_SPACE = regex.compile(r"(?<=[^\x21-\x2f\x3a-\x7e])[ \t]+|[ \t]+(?=[^\x21-\x2f\x3a-\x7e]|$)")
FIXED = {Date: SYMBOLS["date"], Institution: SYMBOLS["institution"], Reject: OPAQUE}

POINT = re.compile("[.,点]")
QUALITY = {name: i for i, name in enumerate(QUALITIES)}
VAGUE, POINTED, PADDED = QUALITY["vague"], QUALITY["pointed"], QUALITY["padded"]
SMALL = len(BUCKETS) - 1  # where what is no whole number goes
YEARS = BUCKETS.index((1000, 2100)) * len(QUALITIES)
OF_DIGITS = (QUALITY["arabic"], QUALITY["digits"])
SHARES = frozenset({"fraction", "percent", "permille", "permyriad", "half"})

Event = tuple[int, int, int, int, str, Mention | None]
"""Start, order at the same start, -end, a number that no other has for these, replacement, mention: sorts as a tuple."""


def symbol_of(mention: Mention, shadow: str) -> str:
    """The private-use character of a mention, "" for kinds that rules don't see."""
    kind = type(mention)
    if kind in FIXED:
        return FIXED[kind]
    if isinstance(mention, Numeral):
        return number_symbol(mention, shadow[mention.start : mention.end])
    if isinstance(mention, Quantity):
        return SYMBOLS.get(mention.kind, "")
    if isinstance(mention, UnitWord):
        return SYMBOLS["currency" if mention.before else "unit"]
    return SYMBOLS.get(getattr(mention, "label", ""), "")


def number_symbol(numeral: Numeral, text: str) -> str:
    """The character that tells the size and the writing of a number (`template.NUMBERS`), or that it is a code or share."""
    shape = numeral.shape
    if shape == "code":
        return SYMBOLS["code"]
    if shape in SHARES:
        return SYMBOLS["share"]
    quality = QUALITY.get(shape, VAGUE)
    if numeral.comparator != "=" or numeral.low is not None or numeral.high is not None:
        quality = VAGUE
    elif POINT.search(text):
        quality = POINTED
    elif text[0] == "0" and len(text) > 1:
        quality = PADDED
    row = row_of(numeral.value)
    if row == YEARS and quality in OF_DIGITS and len(text) != 4:
        quality = VAGUE
    return NUMBERS[row + quality]


@lru_cache(maxsize=4096)
def row_of(value: Decimal | None) -> int:
    """Where the symbols of a number's size begin in `template.NUMBERS`: the first of BUCKETS that holds it; all but the last hold
    whole numbers only."""
    if value is None:
        return len(BUCKETS) * len(QUALITIES)
    whole = value == value.to_integral_value()
    fitting = (i for i, (low, high) in enumerate(BUCKETS) if low <= value <= high and (whole or i == SMALL))
    return next(fitting, len(BUCKETS)) * len(QUALITIES)


class Symbols:
    """``text`` to match on; ``mentions`` maps a position to the mention that stands there.

    Overlapping mentions: the earlier, then the longer one wins; the other is not visible to rules.
    ``sentences`` limits the text to those sentences (by index); ``plain`` keeps every space.
    """

    __slots__ = ("_offsets", "_positions", "mentions", "shadow", "text")

    def __init__(
        self, article: Article, mentions: Iterable[Mention], sentences: Sequence[int] | None = None, plain: bool = False
    ) -> None:
        self.shadow = article.shadow
        self.mentions: dict[int, Mention] = {}
        shadow = self.shadow
        events: list[Event] = [
            (m.start, 1, -m.end, i, symbol, m) for i, m in enumerate(mentions) if (symbol := symbol_of(m, shadow))
        ]
        events += breaks(article, sentences)
        if not plain:
            events += spaces(shadow)
        events.sort()
        self._positions: list[int] = []  # where each run of the text begins in the symbols …
        self._offsets: list[int] = []  # … and in the text
        self.text = self.build(events)

    def build(self, events: Sequence[Event]) -> str:
        """The symbol text; runs between events are copied, private-use characters of the text made harmless."""
        shadow = harmless(self.shadow)
        pieces: list[str] = []
        positions, offsets, mentions = self._positions, self._offsets, self.mentions
        at = position = 0
        for start, _, negative_end, _, replacement, mention in events:
            if start < at:
                continue
            if start > at:
                positions.append(position)
                offsets.append(at)
                pieces.append(shadow[at:start])
                position += start - at
            if replacement:
                positions.append(position)
                offsets.append(start)
                pieces.append(replacement)
                if mention is not None:
                    mentions[position] = mention
                position += 1
            at = -negative_end
        return "".join(pieces)

    def offset(self, position: int) -> int:
        """Text offset of a symbol position (its start, for a mention)."""
        run = bisect_right(self._positions, position) - 1
        return self._offsets[run] + position - self._positions[run]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Text offsets of a non-empty span of symbol positions."""
        last = self.mentions.get(end - 1)
        return self.offset(start), last.end if last is not None else self.offset(end - 1) + 1

    def position(self, offset: int) -> int:
        """The symbol position that holds a text offset, or the first one after it."""
        run = bisect_right(self._offsets, offset) - 1
        if run < 0:
            return 0
        position = self._positions[run] + offset - self._offsets[run]
        following = self._positions[run + 1] if run + 1 < len(self._positions) else len(self.text)
        mention = self.mentions.get(self._positions[run])
        if mention is not None:
            return self._positions[run] if offset < mention.end else following
        return min(position, following)


def breaks(article: Article, sentences: Sequence[int] | None) -> list[Event]:
    """A newline for what lies between two sentences, and for everything outside of the wanted ones."""
    out: list[Event] = []
    at = 0
    wanted = article.sentences if sentences is None else [article.sentences[i] for i in sentences]
    for sentence in wanted:
        out.append((at, 0, -sentence.start, 0, "\n", None))
        at = sentence.end
    out.append((at, 0, -len(article.text), 1, "\n", None))
    return out


@lru_cache(maxsize=4)
def harmless(shadow: str) -> str:
    """The text without the private-use characters that stand for mentions: a file could otherwise forge a number."""
    return PRIVATE.sub("\ufffd", shadow)


@lru_cache(maxsize=4)
def spaces(shadow: str) -> Sequence[Event]:
    """Spaces beside a Chinese character, a digit or a line end, to leave out."""
    if " " not in shadow and "\t" not in shadow:
        return ()
    return [(found.start(), 2, -found.end(), 0, "", None) for found in TYPESET_SPACE.finditer(shadow)]
