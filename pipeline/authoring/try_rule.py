"""``rules try``: one rule, or the rules of a file, on a text or a corpus: hits in context, fields, near misses."""

from __future__ import annotations

import time
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from pipeline.authoring.bench import Bench
from pipeline.explaining.explain import Attempt, Workbench, furthest, outcome, tried_match, without_phrase
from pipeline.explaining.standing import Standing
from pipeline.match import Text, build, lead_run, verdict
from pipeline.model import Article, Source
from pipeline.rulekit.ruletests import fields, made_by
from pipeline.rulekit.symbols import Symbols
from pipeline.rules import Rule

__all__ = ["Tried", "printed", "try_rules"]

AROUND = 18  # characters of context on either side
NEAR_SECONDS = 4.0  # near misses are looked for in the first articles, for so long


@dataclass(slots=True)
class Tried:
    """What a rule did on an article: matches (vetoed ones too) and near misses, in text order."""

    rule: Rule
    article: Article
    hits: list[tuple[Attempt, dict[str, str]]] = field(default_factory=list)
    vetoed: list[Attempt] = field(default_factory=list)
    near: list[Attempt] = field(default_factory=list)


def try_rules(bench: Bench, rules: Sequence[Rule], sources: Iterable[Source]) -> Iterator[Tried]:
    """Each rule on each article; the other rules take part, so a hit may lose."""
    until = time.perf_counter() + NEAR_SECONDS
    for source in sources:
        article, found = bench.find(source)
        table, standing = Workbench(article, found, bench.rules), Standing(found)
        for rule in rules:
            tried = Tried(rule, article)
            for symbols in table.symbols(rule):
                take_matches(tried, symbols, standing, bench)
            take_near(tried, table.symbols(rule)[-1], bench, until)
            yield tried


def take_matches(tried: Tried, symbols: Symbols, found: Standing, bench: Bench) -> None:
    """Matches of a rule over one kind of symbols: hits with the fields of their row, and vetoed ones."""
    rule, lexicons, text = tried.rule, bench.rules.lexicons, Text(tried.article, bench.rules.lexicons)
    known = {(a.start, a.end) for a, _ in tried.hits}  # met in an earlier round
    at = 0
    while (match := rule.search.search(symbols.text, at, timeout=2)) is not None:
        at = match.start() + 1
        built = build(rule, match, symbols, text)
        if built is None:
            run = lead_run(symbols, match.start()) if rule.lead else None
            tried.near.append(without_phrase(rule, symbols, lexicons, match.start(), match.end(), run))
            continue
        why = verdict(built, symbols)
        attempt = tried_match(built, symbols, lexicons, why)
        if why or (attempt.start, attempt.end) in known:
            tried.vetoed += [attempt] if why else []
            continue
        at = max(at, match.end("value") if rule.extracts == "claim" and "value" in rule.captures else match.end())
        known.add((attempt.start, attempt.end))
        tried.hits.append((attempt, row_of(attempt, tried.article, found)))


def row_of(attempt: Attempt, article: Article, found: Standing) -> dict[str, str]:
    """What became of a match, and the fields of its row."""
    here = (m for m in found.at(attempt.start, attempt.end) if (m.start, m.end) == (attempt.start, attempt.end))
    row = next((fields(m, article) for m in here if made_by(m, attempt.rule)), {})
    says = {"outcome": outcome(attempt, found, [attempt])}
    return says | {k: str(v) for k, v in row.items() if v not in ("", None, False)}


def take_near(tried: Tried, symbols: Symbols, bench: Bench, until: float) -> None:
    """In every sentence without a match, the try that came furthest, if it matched a third of what it needs or more."""
    rule = tried.rule
    if rule.tree is None:
        return
    taken = sorted(a.start for a in (*(a for a, _ in tried.hits), *tried.vetoed))
    needed = sum(part.kind not in ("opt", "gap") for part in (rule.tree.items or (rule.tree,)))
    low = 0
    while low < len(symbols.text) and time.perf_counter() < until:
        high = symbols.text.find("\n", low)
        high = len(symbols.text) if high < 0 else high
        if high > low:
            start, end = symbols.span(low, high)
            if bisect_left(taken, start) == bisect_left(taken, end):
                best = furthest(rule, symbols, bench.rules.lexicons, low, high)
                if best and (len(best.parts) + bool(rule.lead)) * 3 >= needed:
                    tried.near.append(best)
        low = high + 1


# --- as lines ---------------------------------------------------------------------------------


def printed(results: Sequence[Tried], most: int = 10) -> Iterator[str]:
    """The hits first, then what was vetoed, then near misses, best first."""
    hits = [(t, a, row) for t in results for a, row in t.hits]
    vetoed = [(t, a) for t in results for a in t.vetoed]
    near = sorted(((t, a) for t in results for a in t.near), key=lambda item: -len(item[1].parts))
    yield f"{len(hits)} hits, {len(vetoed)} vetoed, {len(near)} near misses"
    for tried, attempt, row in hits[:most]:
        yield f"hit      {place(tried, attempt.start)} {tried.rule.id}: {context(tried.article, attempt.start, attempt.end)}"
        yield f"         {row.pop('outcome')}" + (": " + ", ".join(f"{k} {v}" for k, v in row.items()) if row else "")
        if attempt.fields:
            yield "         captured " + ", ".join(f"{k} {v}" for k, v in attempt.fields.items())
    yield from rest(len(hits), most, "hits")
    for tried, attempt in vetoed[:most]:
        yield f"vetoed   {place(tried, attempt.start)} {tried.rule.id}: {context(tried.article, attempt.start, attempt.end)}"
        yield f"         by {attempt.why}"
    yield from rest(len(vetoed), most, "vetoed")
    for tried, attempt in near[:most]:
        first = attempt.parts[0].start if attempt.parts else attempt.stopped_at
        last = attempt.parts[-1].end if attempt.parts else attempt.stopped_at
        yield f"near     {place(tried, first)} {tried.rule.id}: {context(tried.article, first, max(first, last))}"
        yield "         matched " + " ".join(f"{part.template}={part.text}" for part in attempt.parts)
        behind = tried.article.text[attempt.stopped_at : attempt.stopped_at + 10].splitlines() or [""]
        yield f"         stopped before '{behind[0]}', expected {' or '.join(attempt.expected)}"
    yield from rest(len(near), most, "near misses")


def rest(number: int, most: int, what: str) -> Iterator[str]:
    """A line that says how many more there are, when there are."""
    if number > most:
        yield f"         ... and {number - most} more {what}"


def place(tried: Tried, offset: int) -> str:
    """``file:line`` of a text offset."""
    source = tried.article.source
    original = source.alignment.to_source(offset, offset + 1)[0] if source.alignment is not None else offset
    return f"{source.path or 'text'}:{source.original.count(chr(10), 0, original) + 1}"


def context(article: Article, start: int, end: int) -> str:
    """The place with its surroundings on one line."""
    before, after = article.text[max(0, start - AROUND) : start], article.text[end : end + AROUND]
    return f"{before.splitlines()[-1] if before.splitlines() else ''}⟦{article.text[start:end]}⟧{after.splitlines()[0] if after.splitlines() else ''}"
