"""Rules × symbols → matches in text offsets, and the one policy that decides between overlapping ones.

`find` runs one rule over the symbols of a document inside the rule's time budget; `resolve` applies the
total order (priority, length, captured fields, start, file order). Nothing else in the project decides
which of two rules wins.
"""

from __future__ import annotations

import time
from bisect import bisect_left, insort
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import regex

from pipeline.calendar.dateparts import extent
from pipeline.model import Article, Date, Mention, Numeral, Quantity, UnitWord, record
from pipeline.rulekit.phrase import left_phrase, right_phrase
from pipeline.rulekit.scan import scanner
from pipeline.rulekit.symbols import Symbols
from pipeline.rulekit.template import CLAUSE_END, RUN_LIMIT
from pipeline.rules import Context, Lexicon, Rule

__all__ = ["Budget", "Capture", "Match", "Text", "build", "find", "find_all", "order", "resolve", "verdict"]

PATIENCE = 64  # attempts of a bounded rule between two looks at the clock
LINE_MARKS = ' \t\r#>*_|•·●■◆▲【[〔("“「-–—'
CLAUSE_BREAK = regex.compile("(?r)[" + regex.escape(CLAUSE_END) + "]")


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
                return extent(self.mention.parts)[name == "finest"]
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
        self._given: dict[str, Any] | None = None

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
    def given(self) -> dict[str, Any]:
        """The evaluated `set:` values."""
        if self._given is None:
            environment = Environment(self)
            self._given = {
                name: value(environment) if callable(value) else value for name, value in self.rule.set.items()
            }
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


class Budget:
    """CPU seconds that one rule may spend on one document: 0.2 s and 1 ms more for every 1,000 characters.

    CPU time, so that a busy machine doesn't make a document partial.
    """

    def __init__(self, characters: int, base: float = 0.2, per_thousand: float = 0.001) -> None:
        self.seconds = base + per_thousand * characters / 1000

    def start(self) -> float:
        return time.thread_time() + self.seconds


def find(
    rule: Rule,
    symbols: Symbols,
    article: Article,
    lexicons: Mapping[str, Lexicon],
    budget: Budget,
) -> Iterator[Match]:
    """Every match of a rule, left to right, not overlapping itself. Raises `TimeoutError` past the budget."""
    _ = rule.ready  # what is made at the first use is not the article's time
    deadline, text = budget.start(), Text(article, lexicons)
    search, at, left = rule.guarded.search, 0, budget.seconds
    while (found := search(symbols.text, at, timeout=left)) is not None:
        match = build(rule, found, symbols, text)
        if match is None or not (rule.unconditional or holds(match, symbols)):
            at = found.start() + 1
        else:
            yield match
            at = max(next_start(rule, found), found.start() + 1)
        left = deadline - time.thread_time()
        if left <= 0:
            raise TimeoutError(rule.id)


def tried(
    rule: Rule,
    starts: Sequence[int],
    symbols: Symbols,
    article: Article,
    lexicons: Mapping[str, Lexicon],
    budget: Budget,
) -> list[Match]:
    """`find` where a match can only begin at the known positions, in order (`scan.Scanner`).

    A look at the clock costs as much as the attempt: a bounded rule is timed every so many attempts only.
    """
    _ = rule.ready
    attempt, source, text = rule.guarded.match, symbols.text, Text(article, lexicons)
    patient = rule.bounded and budget.seconds > 0
    deadline = 0.0 if patient and len(starts) < PATIENCE else budget.start()
    out: list[Match] = []
    at, left = 0, budget.seconds
    for number, start in enumerate(starts, 1):
        if start < at:
            continue
        found = attempt(source, start) if patient else attempt(source, start, timeout=left)
        if found is not None:
            match = build(rule, found, symbols, text)
            if match is not None and (rule.unconditional or holds(match, symbols)):
                out.append(match)
                at = next_start(rule, found)
        if deadline and (found or not patient or not number % PATIENCE):
            left = deadline - time.thread_time()
            if left <= 0:
                raise TimeoutError(rule.id)
    return out


def next_start(rule: Rule, found: regex.Match[str]) -> int:
    """Where a rule looks on: behind its match, or behind its own part of it, since what follows may be the next mention.

    A rule tagged ``overlapping`` looks on one character further: 立法院 is found after 日立.
    """
    if "overlapping" in rule.tags:
        return int(found.start()) + 1
    end = int(found.end(rule.own)) if rule.own else -1
    return end if end > 0 else int(found.end())


def find_all(
    rules: Sequence[Rule],
    symbols: Symbols,
    article: Article,
    lexicons: Mapping[str, Lexicon],
    budget: Budget,
    timed_out: set[str],
) -> list[Match]:
    """Matches of many rules; a rule that exceeds its budget is named in ``timed_out`` and the others go on."""
    out: list[Match] = []
    plan = scanner(rules, lexicons)
    for number, starts in plan.starts(symbols.text, budget.seconds).items():
        rule = rules[number]
        if rule.id in timed_out or (rule.gate and not all(run(Surroundings(article)) for run in rule.gate)):
            continue
        try:
            if starts is None:
                out.extend(find(rule, symbols, article, lexicons, budget))
            else:
                out.extend(tried(rule, starts, symbols, article, lexicons, budget))
        except TimeoutError:
            timed_out.add(rule.id)
    return out


def build(rule: Rule, found: regex.Match[str], symbols: Symbols, text: Text) -> Match | None:
    """The match in text offsets, or None when a run or phrase it needs isn't there."""
    first, last = found.span()
    if first == last:
        return None
    lead = None
    if rule.lead:
        run = lead_run(symbols, first)
        lead = phrase_capture(text.article, symbols, run, rule.lead[1], left_phrase) if run else None
        if run is None or lead is None:
            return None
        first = run[0]
    match = Match(rule, found, symbols, text, (first, last))
    if rule.lead and lead:
        match.keep(rule.lead[0], lead)
        if rule.extracts != "claim" and not match.capture(rule.own):
            match.begin(lead.start)
    for name in rule.phrases:
        start, end = found.span(name)
        if start >= 0:
            phrase = phrase_capture(
                text.article, symbols, (start, end), "phrase", right_phrase if end == last else left_phrase
            )
            if phrase is None:
                return None
            match.keep(name, phrase)
    return match


def lead_run(symbols: Symbols, position: int) -> tuple[int, int] | None:
    """The run of the clause before a position, at most RUN_LIMIT characters, or None when empty."""
    low = max(0, position - RUN_LIMIT)
    broken = CLAUSE_BREAK.search(symbols.text, low, position)
    start = broken.end() if broken else low
    return (start, position) if start < position else None


def plain_capture(symbols: Symbols, start: int, end: int, kind: str, lexicons: Mapping[str, Lexicon]) -> Capture:
    entry = None
    if kind.startswith("@"):
        text = symbols.text[start:end]
        entry = next((e for name in kind[1:].split("|") if (e := lexicons[name].entries.get(text))), None)
    if entry is None and end == start + 1 and (mention := symbols.mentions.get(start)) is not None:
        return Capture(mention.start, mention.end, symbols.shadow[mention.start : mention.end], mention)
    span = symbols.span(start, end)
    return Capture(span[0], span[1], symbols.shadow[span[0] : span[1]], None, entry)


def phrase_capture(article: Article, symbols: Symbols, run: tuple[int, int], kind: str, trim: Any) -> Capture | None:
    span = trim(article, symbols, *run) if kind == "phrase" else symbols.span(*run)
    if span is None or span[0] >= span[1]:
        return None
    return Capture(span[0], span[1], article.shadow[span[0] : span[1]])


def verdict(match: Match, symbols: Symbols, article: Article) -> str:
    """Why a match doesn't count ("" when it does): the condition, veto or missing context by its source."""
    rule = match.rule
    if rule.where:
        environment = Environment(match)
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


def holds(match: Match, symbols: Symbols) -> bool:
    """`verdict` in short, for a match of `Rule.guarded`: what that or a number's symbol has answered is not asked again."""
    rule = match.rule
    for name, sure, conditions in rule.unseen_where:
        if name and symbols.text[match.found.start(name)] in sure:
            continue
        environment = Environment(match)
        for condition in conditions:
            if not condition(environment):
                return False
    for context in rule.unseen_unless:
        if stands(context, match, symbols):
            return False
    return all(stands(context, match, symbols) for context in rule.unseen_needs)


def stands(context: Context, match: Match, symbols: Symbols) -> bool:
    """Whether any of the context's parts is there."""
    text, (first, last) = symbols.text, match.at
    if context.start and begins_line(symbols, match.whole[0]):
        return True
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


def begins_line(symbols: Symbols, offset: int, margin: int = 12) -> bool:
    """Whether only spaces, marks of lists and opening brackets stand between the start of the line and a text offset."""
    low = max(0, offset - margin)
    before = symbols.shadow[low:offset]
    at = before.rfind("\n")
    return (at >= 0 or low == 0) and not before[at + 1 :].strip(LINE_MARKS)


def order(match: Match) -> tuple[int, int, int, int, int]:
    """The total order of overlapping matches, best first."""
    start, end = match.span
    return (-match.rule.priority, start - end, -match.filled(), start, match.rule.order)


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
