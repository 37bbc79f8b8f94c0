"""Rules × symbols → matches in text offsets, and the one policy that decides between overlapping ones.

`find` runs one rule over the symbols of a document inside the rule's time budget; `resolve` applies the
total order (priority, length, captured fields, start, file order). Nothing else in the project decides
which of two rules wins.
"""

from __future__ import annotations

import time
from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import regex

from pipeline.model import Article, Date, Mention, Numeral, Quantity, UnitWord
from pipeline.phrase import left_phrase, right_phrase
from pipeline.rules import Context, Lexicon, Rule
from pipeline.symbols import Symbols
from pipeline.template import CLAUSE_END, RUN_LIMIT

__all__ = ["Budget", "Capture", "Match", "find", "find_all", "order", "resolve", "verdict"]

CLAUSE_BREAK = regex.compile("(?r)[" + regex.escape(CLAUSE_END) + "]")


@dataclass(frozen=True, slots=True)
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
        if isinstance(self.mention, Date) and name in self.mention.parts:
            return self.mention.parts[name]
        found = getattr(self.mention, name, "")
        return "" if found is None else found


@dataclass(slots=True)
class Match:
    """A rule that matched: ``start``/``end`` is the mention, ``whole`` everything the template covered (text offsets)."""

    rule: Rule
    start: int
    end: int
    whole: tuple[int, int]
    captures: dict[str, Capture]
    given: dict[str, Any] = field(default_factory=dict)  # evaluated `set:`
    at: tuple[int, int] = (0, 0)  # symbol positions of the whole match

    def get(self, name: str, default: Any = "") -> Any:
        """The value of a field: what the rule sets, else what it captured."""
        if name in self.given:
            return self.given[name]
        capture = self.captures.get(name)
        return capture.value() if capture else default


class Environment(Mapping[str, Any]):
    """What conditions and `set:` expressions can name: captures, their attributes, region and script."""

    def __init__(self, captures: Mapping[str, Capture], article: Article) -> None:
        self.captures, self.article = captures, article

    def __getitem__(self, name: str) -> Any:
        if name in ("region", "script"):
            return getattr(self.article, name)
        base, _, attribute = name.partition(".")
        capture = self.captures[base]
        found = capture.attribute(attribute) if attribute else capture.value()
        return "" if found is None else found

    def __iter__(self) -> Iterator[str]:
        return iter(self.captures)

    def __len__(self) -> int:
        return len(self.captures)


class Budget:
    """Seconds that one rule may spend on one document: 0.2 s and 1 ms more for every 1,000 characters."""

    def __init__(self, characters: int, base: float = 0.2, per_thousand: float = 0.001) -> None:
        self.seconds = base + per_thousand * characters / 1000

    def start(self) -> float:
        return time.perf_counter() + self.seconds


def find(rule: Rule, symbols: Symbols, article: Article, lexicons: Mapping[str, Lexicon], budget: Budget) -> Iterator[Match]:
    """Every match of a rule, left to right, not overlapping itself. Raises `TimeoutError` past the budget."""
    text, at, deadline = symbols.text, 0, budget.start()
    search = rule.search.search
    while True:
        left = deadline - time.perf_counter()
        if left <= 0:
            raise TimeoutError(rule.id)
        found = search(text, at, timeout=left)
        if found is None:
            return
        match = build(rule, found, symbols, article, lexicons)
        if match is None or verdict(match, symbols, article):
            at = found.start() + 1
            continue
        yield match
        at = max(next_start(rule, found), found.start() + 1)


def next_start(rule: Rule, found: regex.Match) -> int:
    """Where a rule looks on: behind its match, or, for a claim, behind the number: what follows may frame the next one."""
    return int(found.end("value")) if rule.extracts == "claim" and rule.captures.get("value") and found.end("value") > 0 else int(found.end())


def find_all(rules: Iterable[Rule], symbols: Symbols, article: Article, lexicons: Mapping[str, Lexicon], budget: Budget, timed_out: set[str]) -> list[Match]:
    """Matches of many rules; a rule that exceeds its budget is named in ``timed_out`` and the others go on."""
    out: list[Match] = []
    for rule in rules:
        if rule.id in timed_out:
            continue
        try:
            out.extend(find(rule, symbols, article, lexicons, budget))
        except TimeoutError:
            timed_out.add(rule.id)
    return out


def build(rule: Rule, found: regex.Match, symbols: Symbols, article: Article, lexicons: Mapping[str, Lexicon]) -> Match | None:
    """The match in text offsets with its captures, or None when a run or phrase it needs isn't there."""
    captures: dict[str, Capture] = {}
    first, last = found.span()
    if first == last:
        return None
    if rule.lead:
        name, kind = rule.lead
        run = lead_run(symbols, first)
        capture = run and phrase_capture(article, symbols, run, kind, left_phrase)
        if not capture:
            return None
        captures[name] = capture
        first = run[0]
    for name, kind in rule.captures.items():
        if name in captures:
            continue
        start, end = found.span(name)
        if start < 0 or start == end:
            continue
        if kind == "phrase":
            capture = phrase_capture(article, symbols, (start, end), kind, right_phrase if end == last else left_phrase)
            if capture is None:
                return None
            captures[name] = capture
        else:
            captures[name] = plain_capture(symbols, start, end, kind, lexicons)
    whole = symbols.span(first, last)
    span = (captures[rule.lead[0]].start, whole[1]) if rule.lead and rule.extracts != "claim" else whole
    key = "span" if "span" in captures else "value" if rule.extracts == "claim" and "value" in captures else ""
    if key:
        span = (captures[key].start, captures[key].end)
    match = Match(rule, *span, whole, captures, at=(first, last))
    environment = Environment(captures, article)
    match.given = {name: value(environment) if callable(value) else value for name, value in rule.set.items()}
    return match


def lead_run(symbols: Symbols, position: int) -> tuple[int, int] | None:
    """The run of the clause before a position, at most RUN_LIMIT characters, or None when empty."""
    low = max(0, position - RUN_LIMIT)
    broken = CLAUSE_BREAK.search(symbols.text, low, position)
    start = broken.end() if broken else low
    return (start, position) if start < position else None


def plain_capture(symbols: Symbols, start: int, end: int, kind: str, lexicons: Mapping[str, Lexicon]) -> Capture:
    text = symbols.text[start:end]
    mention = symbols.mentions.get(start) if end == start + 1 else None
    entry = None
    if kind.startswith("@"):
        entry = next((e for name in kind[1:].split("|") if (e := lexicons[name].entries.get(text))), None)
    span = symbols.span(start, end)
    return Capture(*span, symbols.shadow[span[0] : span[1]] if mention or len(symbols.mentions) else text, mention, entry)


def phrase_capture(article: Article, symbols: Symbols, run: tuple[int, int], kind: str, trim: Any) -> Capture | None:
    span = trim(article, symbols, *run) if kind == "phrase" else symbols.span(*run)
    if span is None or span[0] >= span[1]:
        return None
    return Capture(span[0], span[1], article.shadow[span[0] : span[1]])


def verdict(match: Match, symbols: Symbols, article: Article) -> str:
    """Why a match doesn't count ("" when it does): the condition, veto or missing context by its source."""
    rule = match.rule
    if rule.where:
        environment = Environment(match.captures, article)
        for source, run in rule.where:
            if not run(environment):
                return f"where {source}"
    for context in rule.unless:
        if stands(context, match, symbols):
            return f"unless {context.source}"
    for context in rule.needs:
        if not stands(context, match, symbols):
            return f"needs {context.source}"
    return ""


def stands(context: Context, match: Match, symbols: Symbols) -> bool:
    """Whether any of the context's parts is there."""
    text, (first, last) = symbols.text, match.at
    if context.inside and context.inside.search(text, first, last):
        return True
    if not (context.before or context.after or context.sentence):
        return False
    start = text.rfind("\n", 0, first) + 1
    stop = text.find("\n", last)
    stop = len(text) if stop < 0 else stop
    if context.sentence and context.sentence.search(text, start, stop):
        return True
    if context.before:
        low = max(start, first - context.within) if context.within else max(start, first - RUN_LIMIT)
        if context.before.search(text[low:first]):
            return True
    if context.after:
        if context.within:
            return bool(context.after.search(text, last, min(stop, last + context.within)))
        return bool(context.after.match(text, last, stop))
    return False


def order(match: Match) -> tuple[int, int, int, int, int]:
    """The total order of overlapping matches, best first."""
    return (-match.rule.priority, match.start - match.end, -len(match.captures), match.start, match.rule.order)


def resolve(matches: Sequence[Match]) -> tuple[list[Match], list[tuple[Match, Match]]]:
    """The matches that stand, by start, and (loser, winner) for each that overlaps a better one."""
    starts: list[int] = []
    kept: dict[int, Match] = {}
    lost: list[tuple[Match, Match]] = []
    for match in sorted(matches, key=order):
        winner = overlapping(match, starts, kept)
        if winner is None:
            insort(starts, match.start)
            kept[match.start] = match
        else:
            lost.append((match, winner))
    return [kept[s] for s in starts], lost


def overlapping(match: Match, starts: list[int], kept: Mapping[int, Match]) -> Match | None:
    i = bisect_left(starts, match.start)
    if i < len(starts) and starts[i] < match.end:
        return kept[starts[i]]
    if i > 0 and kept[starts[i - 1]].end > match.start:
        return kept[starts[i - 1]]
    return None


def as_decimal(value: Any) -> Decimal | None:
    """A set or captured value as a number, None when it is none."""
    if isinstance(value, Decimal):
        return value
    try:
        return Decimal(str(value)) if value not in ("", None) else None
    except ArithmeticError:
        return None


