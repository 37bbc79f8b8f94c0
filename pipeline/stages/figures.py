"""Numerals → quantities, dates and rejected numbers: the cascade of rules over figures.

Level 1 rules see numerals as symbols, those that ask for a unit see units too; level 2 rules see the dates and quantities that level 1 found, and
may join, bound or reject them (4月29日-5月3日, 2010年以前). Level 2 runs until nothing changes. Rules of the lowest priorities then judge
the numbers that are left, which have neither unit nor date.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from operator import attrgetter

from pipeline.match import Budget, Match, find_all, resolve
from pipeline.model import Article, Date, Found, Mention, Numeral, Quantity, Reject, UnitWord
from pipeline.rulekit.symbols import Symbols
from pipeline.rules import Rule, RuleSet
from pipeline.stages.dates import build_date, settle_dates
from pipeline.stages.quantities import build_quantity

__all__ = ["TIMEOUT", "figures", "stage"]

TIMEOUT = "timeout"
MAX_ROUNDS = 4
LAST_RESORT = 20  # rules below this priority see only the numbers that no other rule wanted
NUMBER_COSTS = 25  # a number is worth the time of so many characters: a table of numbers is no runaway
START = attrgetter("start")
NUMBER_TYPES = frozenset({"number", "year", "code", "share"})
FIGURE_TYPES = frozenset(
    {"quantity", "percentage", "money", "duration", "age", "fraction", "multiple", "measurement", "count", "date"}
)


@dataclass(frozen=True, slots=True)
class Levels:
    """The figure rules of a rule set, by what they need to see."""

    first: tuple[Rule, ...]
    units: tuple[Rule, ...]
    second: tuple[Rule, ...]
    last: tuple[Rule, ...]
    plain: tuple[Rule, ...]

    @classmethod
    def of(cls, rules: RuleSet) -> Levels:
        own = rules.of("quantity", "date", "reject")
        symbolic = [r for r in own if not r.plain]
        early = [r for r in symbolic if r.priority >= LAST_RESORT and not r.types & FIGURE_TYPES]
        return cls(
            tuple(r for r in early if not r.sees_units),
            tuple(r for r in early if r.sees_units),
            tuple(r for r in symbolic if r.types & FIGURE_TYPES),
            tuple(r for r in symbolic if r.priority < LAST_RESORT and not r.types & FIGURE_TYPES),
            tuple(r for r in own if r.plain),
        )


def stage(rules: RuleSet, ner: str) -> Callable[[Article, Found], Iterator[Mention]]:
    """The stage with the rules sorted by level."""
    return partial(figures, rules=rules, levels=Levels.of(rules))


def figures(article: Article, found: Found, rules: RuleSet, levels: Levels) -> Iterator[Mention]:
    """Quantities, dates and rejects of an article, from its numerals."""
    numerals = list(found.of(Numeral))
    budget = Budget(len(article.text) + NUMBER_COSTS * len(numerals))
    late: set[str] = set()

    def matches(group: Sequence[Rule], symbols: Symbols) -> list[Match]:
        return find_all(group, symbols, article, rules.lexicons, budget, late)

    candidates = matches(levels.first, Symbols(article, numerals))
    where = sentences_of(article, numerals) if all(r.types & NUMBER_TYPES for r in levels.units) else None
    candidates += matches(levels.units, Symbols(article, [*numerals, *found.of(UnitWord)], where))
    if levels.plain:
        candidates += matches(levels.plain, Symbols(article, (), plain=True))
    kept, lost = resolve(candidates)
    mentions = [m for match in kept if (m := mention_of(match, article)) is not None]
    rejects = [lost_to(loser, winner, article) for loser, winner in lost if rivals(loser, winner)]
    where = sentences_of(article, mentions)
    for _ in range(MAX_ROUNDS):
        mentions, more, fresh = second_round(article, rules, levels, numerals, mentions, budget, late, where)
        rejects += more
        if not fresh:
            break
        where = sentences_of(article, fresh)  # elsewhere nothing has changed
    if rest := list(uncovered(numerals, mentions)):
        visible: Iterable[Mention] = [*mentions, *rest]
        if all(rule.types & NUMBER_TYPES for rule in levels.last):
            where = sentences_of(article, rest)
            visible = within(article, sorted(visible, key=START), where)
        else:
            where = None
        kept, _ = resolve(matches(levels.last, Symbols(article, visible, where)))
        mentions += [m for match in kept if (m := mention_of(match, article)) is not None]
    dates = [m for m in mentions if isinstance(m, Date)]
    yield from settle_dates(article, dates)
    yield from (m for m in mentions if not isinstance(m, Date))
    yield from rejects
    yield from (Reject(0, 0, rule=name, stage="figures", reason=TIMEOUT) for name in sorted(late))


def second_round(
    article: Article,
    rules: RuleSet,
    levels: Levels,
    numerals: Sequence[Numeral],
    mentions: list[Mention],
    budget: Budget,
    late: set[str],
    where: Sequence[int],
) -> tuple[list[Mention], list[Reject], list[Mention]]:
    """One round of the rules over dates and quantities in some sentences: what they make replaces what it covers.

    Returns all mentions, the rejects of the round, and what it made.
    """
    if not mentions:
        return mentions, [], []
    visible = within(article, sorted([*mentions, *uncovered(numerals, mentions)], key=START), where)
    symbols = Symbols(article, visible, where)
    kept, lost = resolve(find_all(levels.second, symbols, article, rules.lexicons, budget, late))
    fresh = [m for match in kept if (m := mention_of(match, article)) is not None]
    standing = {(m.start, m.end): m for m in mentions}
    fresh = [m for m in fresh if not same(m, standing.get((m.start, m.end)))]
    if not fresh:
        return mentions, [], []
    remaining = list(uncovered(mentions, fresh))
    return (
        sorted([*remaining, *fresh], key=START),
        [lost_to(a, b, article) for a, b in lost if rivals(a, b)],
        fresh,
    )


def sentences_of(article: Article, mentions: Iterable[Mention]) -> list[int]:
    """The numbers of the sentences in which the mentions begin; mentions sorted by start."""
    sentences, i = article.sentences, 0
    out: list[int] = []
    last = len(sentences)
    for mention in mentions:
        start = mention.start
        while i < last and sentences[i].end <= start:
            i += 1
        if i < last and sentences[i].start <= start and (not out or out[-1] != i):
            out.append(i)
    return out


def within(article: Article, mentions: Iterable[Mention], where: Sequence[int]) -> Iterator[Mention]:
    """The mentions that begin in one of the sentences; both sorted by start."""
    sentences, i = [article.sentences[n] for n in where], 0
    for mention in mentions:
        while i < len(sentences) and sentences[i].end <= mention.start:
            i += 1
        if i < len(sentences) and sentences[i].start <= mention.start:
            yield mention


def same(new: Mention, old: Mention | None) -> bool:
    """Whether a round brought nothing new for a span."""
    return (
        old is not None
        and (type(new) is type(old))
        and (new.rule == old.rule or replace(new, rule="") == replace(old, rule=""))
    )


def uncovered(mentions: Iterable[Mention], over: Sequence[Mention]) -> Iterator[Mention]:
    """The mentions that overlap none of ``over``; both sorted by start, ``over`` without overlaps."""
    i = 0
    for mention in mentions:
        while i < len(over) and over[i].end <= mention.start:
            i += 1
        if i == len(over) or over[i].start >= mention.end:
            yield mention


def mention_of(match: Match, article: Article) -> Mention | None:
    """The record of a winning match, None when its parts make none (no value, no unit)."""
    if match.rule.extracts == "quantity":
        return build_quantity(match, article)
    if match.rule.extracts == "date":
        return build_date(match, article)
    return rejected(match, article, str(match.get("reason") or match.rule.doc or match.rule.id), "")


def rivals(loser: Match, winner: Match) -> bool:
    """Whether a loss is worth a row: a part of a longer mention of the same kind (2025年 in 2025年4月) is none."""
    return loser.rule.extracts != winner.rule.extracts or not (winner.start <= loser.start and loser.end <= winner.end)


def lost_to(loser: Match, winner: Match, article: Article) -> Reject:
    return rejected(loser, article, "lost", winner.rule.id)


def rejected(match: Match, article: Article, reason: str, winner: str) -> Reject:
    """A reject that says what the number would have been."""
    number = next((c.mention for c in match.captures.values() if isinstance(c.mention, Numeral | Quantity)), None)
    if winner and match.rule.extracts == "quantity" and isinstance(made := build_quantity(match, article), Quantity):
        number = made
    return Reject(
        match.start,
        match.end,
        rule=match.rule.id,
        stage="figures",
        value=number.value if number else None,
        low=number.low if number else None,
        high=number.high if number else None,
        unit=number.unit if isinstance(number, Quantity) else "",
        comparator=number.comparator if number else "",
        reason=reason,
        winner=winner,
    )
