"""Rules × symbols → matches in text offsets, and the one policy that decides between overlapping ones.

`find` runs one rule over the symbols of a document inside the rule's time budget; `resolve` applies the
total order (priority, length, captured fields, start, file order). Nothing else in the project decides
which of two rules wins.
"""

from __future__ import annotations

import time
from bisect import bisect_left, insort
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import regex

from pipeline.model import Article
from pipeline.phrases.left import left_phrase
from pipeline.phrases.right import right_phrase
from pipeline.rulekit.matched import Capture, Match, Surroundings, Text, as_decimal
from pipeline.rulekit.scan import scanner
from pipeline.rulekit.symbols import Symbols
from pipeline.rulekit.template import CLAUSE_END, RUN_LIMIT
from pipeline.rulekit.verdicts import holds, verdict
from pipeline.rules import Lexicon, Rule

__all__ = [
    "Budget",
    "Capture",
    "Match",
    "Text",
    "as_decimal",
    "build",
    "find",
    "find_all",
    "lead_run",
    "order",
    "resolve",
    "verdict",
]

PATIENCE = 64  # attempts of a bounded rule between two looks at the clock
ATTEMPT = (
    0.001  # seconds more for each attempt of a bounded rule, twenty times what one takes: a slow machine changes no row
)
CLAUSE_BREAK = regex.compile("(?r)[" + regex.escape(CLAUSE_END) + "]")


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

    A look at the clock costs as much as the attempt: a bounded rule is timed every so many attempts only. It can't run away,
    so its budget grows with its attempts: in a text of 10,000 figures they would else reach it sooner or later.
    """
    _ = rule.ready
    attempt, source, text = rule.guarded.match, symbols.text, Text(article, lexicons)
    patient = rule.bounded and budget.seconds > 0
    deadline = 0.0 if patient and len(starts) < PATIENCE else budget.start() + patient * ATTEMPT * len(starts)
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


def phrase_capture(article: Article, symbols: Symbols, run: tuple[int, int], kind: str, trim: Any) -> Capture | None:
    span = trim(article, symbols, *run) if kind == "phrase" else symbols.span(*run)
    if span is None or span[0] >= span[1]:
        return None
    text = article.shadow[span[0] : span[1]]
    if kind == "phrase" and not any(map(str.isalpha, text)):
        return None  # 按1:1随机分为两组: a number is no noun
    return Capture(span[0], span[1], text)


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
