"""What a rule matched: its captures, where it stands, and what conditions and `set:` values see of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import regex

from pipeline.model import Article, Date, Mention, Numeral, Quantity, UnitWord, record
from pipeline.rulekit.lexicons import Lexicon
from pipeline.rulekit.rule import Rule
from pipeline.rulekit.symbols import Symbols

__all__ = ["Capture", "Environment", "Match", "Surroundings", "Text", "as_decimal"]


@record(frozen=True, slots=True)
class Capture:
    """One captured field: its text span, its shadow text, and the mention or lexicon entry it holds."""

    start: int
    end: int
    text: str
    mention: Mention | None = None
    entry: Mapping[str, str] | None = None

    def value(self) -> Any:
        """What conditions see: a number's value, a term's code (or canonical form), a mention's value, or text."""
        if isinstance(self.mention, Numeral | Quantity):
            return self.mention.value if self.mention.value is not None else self.mention.low
        if isinstance(self.mention, Date):
            return self.mention.value
        if isinstance(self.mention, UnitWord):
            return self.mention.code
        if self.entry is not None:
            return self.entry.get("code") or self.entry["canonical"]
        return self.text

    def attribute(self, name: str) -> Any:
        """``capture.name`` in a condition: a lexicon column, a field of the mention, or ``text``."""
        if name == "text":
            return self.text
        if self.entry is not None:
            return self.entry.get(name, "")
        if isinstance(self.mention, Date):
            if name in ("coarsest", "finest"):
                return self.mention.extent[name == "finest"]
            if name in self.mention.parts:
                return self.mention.parts[name]
        found = getattr(self.mention, name, "")
        return "" if found is None else found


class Match:
    """A rule that matched: ``start``/``end`` is the mention, ``whole`` everything the template covered (text offsets).

    ``at`` is the whole in symbol positions. Captures and `set:` values are worked out when asked for: most
    matches lose or are vetoed before anyone does.
    """

    __slots__ = ("_captures", "_given", "_span", "_text", "_whole", "at", "found", "rule", "symbols")

    def __init__(self, rule: Rule, found: regex.Match[str], symbols: Symbols, text: Text, at: tuple[int, int]) -> None:
        self.rule, self.found, self.symbols, self.at, self._text = rule, found, symbols, at, text
        self._whole: tuple[int, int] | None = None
        self._span: tuple[int, int] | None = None
        self._captures: dict[str, Capture] = {}
        self._given: Mapping[str, Any] | None = None

    @property
    def whole(self) -> tuple[int, int]:
        """Everything the template covered."""
        if self._whole is None:
            self._whole = self.symbols.span(*self.at)
        return self._whole

    @property
    def span(self) -> tuple[int, int]:
        """The mention: the capture ``span`` where the rule has one, the value of a claim, else the whole."""
        if self._span is None:
            capture = self.capture(self.rule.own) if self.rule.own else None
            self._span = (capture.start, capture.end) if capture else self.whole
        return self._span

    @property
    def start(self) -> int:
        """Where the mention begins."""
        return self.span[0]

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.span[1]

    @property
    def captures(self) -> dict[str, Capture]:
        """The captured fields, in the order of the template."""
        for name in self.rule.captures:
            self.capture(name)
        return self._captures

    def capture(self, name: str) -> Capture | None:
        """One captured field, None when it captured nothing."""
        if name not in self._captures:
            kind = self.rule.captures.get(name)
            start, end = (
                self.found.span(name) if kind and not (self.rule.lead and name == self.rule.lead[0]) else (-1, -1)
            )
            if kind is None or start < 0 or start == end:
                return None
            self._captures[name] = plain_capture(self.symbols, start, end, kind, self._text.lexicons)
        return self._captures[name]

    @property
    def given(self) -> Mapping[str, Any]:
        """The evaluated `set:` values."""
        if self._given is None:
            if self.rule.computes:
                environment = Environment(self)
                self._given = {
                    name: value(environment) if callable(value) else value for name, value in self.rule.set.items()
                }
            else:
                self._given = self.rule.set
        return self._given

    @property
    def article(self) -> Article:
        return self._text.article

    def get(self, name: str, default: Any = "") -> Any:
        """The value of a field: what the rule sets, else what it captured."""
        if name in self.rule.set:
            return self.given[name]
        capture = self.capture(name)
        return capture.value() if capture else default

    def keep(self, name: str, capture: Capture) -> None:
        """A run or phrase that the engine worked out."""
        self._captures[name] = capture

    def begin(self, start: int) -> None:
        """Let the mention begin at the lead, as its words were trimmed."""
        self._span = (start, self.whole[1])

    def filled(self) -> int:
        """How many fields are captured, for the overlap order."""
        if self.rule.counts_groups:
            groups = self.found.groups()
            return len(groups) - groups.count(None)
        lead = 1 if self.rule.lead else 0
        names = self.rule.captures if not self.rule.lead else [n for n in self.rule.captures if n != self.rule.lead[0]]
        return lead + sum(self.found.start(name) >= 0 for name in names)


@dataclass(frozen=True, slots=True)
class Text:
    """What a match needs besides its symbols."""

    article: Article
    lexicons: Mapping[str, Lexicon]


class Environment(Mapping[str, Any]):
    """What conditions and `set:` expressions can name: captures, their attributes, region and script."""

    __slots__ = ("match",)

    def __init__(self, match: Match) -> None:
        self.match = match

    def get(self, name: str, default: Any = None) -> Any:
        if name in ("region", "script"):
            return getattr(self.match.article, name)
        base, _, attribute = name.partition(".")
        capture = self.match.capture(base)
        if capture is None:
            return default
        found = capture.attribute(attribute) if attribute else capture.value()
        return default if found is None else found

    def __getitem__(self, name: str) -> Any:
        return self.get(name, "")

    def __iter__(self) -> Iterator[str]:
        return iter(self.match.captures)

    def __len__(self) -> int:
        return len(self.match.captures)


class Surroundings(dict[str, str]):
    """What conditions on the document alone can name."""

    def __init__(self, article: Article) -> None:
        super().__init__(region=article.region, script=article.script)


def plain_capture(symbols: Symbols, start: int, end: int, kind: str, lexicons: Mapping[str, Lexicon]) -> Capture:
    entry = None
    if kind.startswith("@"):
        text = symbols.text[start:end]
        entry = next((e for name in kind[1:].split("|") if (e := lexicons[name].entries.get(text))), None)
    if entry is None and end == start + 1 and (mention := symbols.mentions.get(start)) is not None:
        return Capture(mention.start, mention.end, symbols.shadow[mention.start : mention.end], mention)
    span = symbols.span(start, end)
    return Capture(span[0], span[1], symbols.shadow[span[0] : span[1]], None, entry)


def as_decimal(value: Any) -> Decimal | None:
    """A set or captured value as a number, None when it is none."""
    if isinstance(value, Decimal):
        return value
    try:
        return Decimal(str(value)) if value not in ("", None) else None
    except ArithmeticError:
        return None
