"""Candidates and the model's names → institutions: one border, one entity, its short names.

`pipeline.stages.settle` chooses between overlapping candidates and the model's spans, `shortened` finds the short names that
the text defines or derives, `pipeline.stages.linking` says which entity each name means. The stage replaces what it decided
on: no candidate and no ORG span of the model is left in ``Found``.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial

import regex

from pipeline.model import Article, Found, Institution
from pipeline.names import organisations as orgs
from pipeline.names.intervals import Intervals
from pipeline.names.nameparts import is_place, word_class
from pipeline.names.registry import Registry, default_path, opened
from pipeline.rules import RuleSet
from pipeline.stages.institutions import Candidate
from pipeline.stages.linking import Linker
from pipeline.stages.ner import NerSpan
from pipeline.stages.proved import LISTED, enlisted, enumerated, proved
from pipeline.stages.settle import ACRONYM, Heads, Name, cuts, is_output, joined, settle, span_of, subsequence

__all__ = ["resolve", "stage"]

NO_NAMES = ("alias", "coref", "proved", "titled", "members", "list")  # candidates that `settle` has no part in
LATIN_NAME = re.compile(r"[A-Z][A-Za-z0-9&.-]{1,}(?: [A-Za-z0-9&.'-]+){0,5}")
OPENERS = "“\"「『'‘《<"
CLOSERS = "”\"」』'’》>"
DEFINED = re.compile(r"[为是:：,，]?\s*[“\"「『'‘]?([^()“”\"「」『』'‘’,，;；。、:：]{2,24})[”\"」』'’]?")
STOCK_CODE = re.compile(r"[A-Z0-9-]+\.[A-Z]{1,2}")
RECURS = 3  # characters of a name that is looked for again
PLAIN_TAGS = ("d", "a", "v", "ad", "n")  # of words that are no short names
LISTED_TAGS = ("d", "a", "v", "ad")  # of those that the tables don't list for a body that the text names: 高医, 兄弟
DEFINITION = 64  # characters behind a name in which 简称 may stand
SHARED = re.compile(r"(?<![\u4e00-\u9fff])([\u4e00-\u9fff]{2,4})[、和与及]$")
BRACKETED = re.compile(r"\s?\(\s*([^()]{2,60})\)")


def stage(rules: RuleSet, ner: str) -> Callable[[Article, Found], Found]:
    """The stage for a rule set, with what it needs of the rules made once."""
    return partial(resolve, rules=rules, heads=Heads(rules), registry=opened(default_path()))


def resolve(
    article: Article, found: Found, rules: RuleSet, heads: Heads | None = None, registry: Registry | None = None
) -> Found:
    """Everything found before, with institutions in place of candidates and of the model's ORG spans."""
    candidates = list(found.of(Candidate))
    spans = [m for m in found.of(NerSpan) if m.label == "ORG"]
    names, rejects = settle(article, [c for c in candidates if c.grown not in NO_NAMES], spans, heads or Heads(rules))
    ids = {rule.id for rule in rules.of("institution")}
    spoken = [
        (c.start, c.end, c.rule, c.grown, c.itype) for c in candidates if c.grown in ("proved", "titled", "members")
    ]
    people = {(m.start, m.end) for m in found.of(NerSpan) if m.label == "PER"}
    spoken += [(n.start, n.end, n.rule, "again", n.itype) for n in names if _may_recur(article, n)]
    names = _with_short(names, proved(article, names, spoken, lambda start, end: (start, end) in people))
    opened = [c.start for c in candidates if c.grown == "list"]
    names = _with_short(names, enumerated(article, names, opened))
    if LISTED in ids:
        names = _with_short(names, enlisted(article, names, lambda start, end: (start, end) in people))
    cues = [c for c in candidates if c.grown == "alias"]
    names = _with_short(names, shortened(article, names, cues, "institution.short" in ids))
    if "institution.shared" in ids:
        names = _without_overlap([*names, *sharing(article, names)])
    linker = Linker(article, names, registry)
    mentions = [linker.link(name) for name in names]
    mentions += list(coreferences(article, mentions, [c for c in candidates if c.grown == "coref"]))
    kept = tuple(
        m for m in found.mentions if not isinstance(m, Candidate) and not (isinstance(m, NerSpan) and m.label == "ORG")
    )
    return Found((*kept, *sorted(mentions, key=lambda m: (m.start, m.end)), *rejects))


def _may_recur(article: Article, name: Name) -> bool:
    """Whether a name that the model or a neighbour proved is looked for in the whole article: long enough to be no accident."""
    return name.end - name.start >= RECURS and name.rule.startswith(("ner.", "institution.brand"))


def _without_overlap(names: Iterable[Name]) -> list[Name]:
    """The longest first; what overlaps a longer one goes."""
    kept = Intervals[Name]([], span_of)
    for name in sorted(names, key=lambda n: (n.start - n.end, n.start)):
        if not kept.over(name.start, name.end):
            kept.add(name)
    return list(kept)


def _with_short(names: Sequence[Name], short: Iterable[Name]) -> list[Name]:
    """Short names beside the others; where one is a name already, that name gets its meaning."""
    by_span = {span_of(n): n for n in names}
    extra = []
    for name in short:
        here = by_span.get((name.start, name.end))
        if here is None:
            extra.append(name)
        elif here.alias_of is None:
            by_span[(name.start, name.end)] = replace(here, alias_of=name.alias_of, rule=joined(here.rule, name.rule))
    return _without_overlap([*by_span.values(), *extra])


# --- short names ------------------------------------------------------------------------------


def shortened(article: Article, names: Sequence[Name], cues: Sequence[Candidate], derive: bool) -> Iterator[Name]:
    """Uses of short names: defined by the text itself, derived from full names, short ones of known organisations."""
    text = article.shadow
    short: dict[str, tuple[Name, str]] = {}
    starts = [cue.start for cue in cues]
    for name in names:
        near = cues[bisect_left(starts, name.end) : bisect_left(starts, name.end + DEFINITION)]
        for alias in _defined(article, name, near):
            short.setdefault(alias, (name, "institution.alias"))
    first = {text[n.start : n.end]: n for n in reversed(names)} if derive else {}
    for full, name in first.items():
        for alias in orgs.short_forms(full, name.itype):
            if not orgs.known(alias) and alias not in short:
                short[alias] = (name, "institution.short")
    for alias, entries in orgs.shorts().items() if derive else ():
        known = next((first[other] for entry in entries for other in entry.names if other in first), None)
        if known:
            short.setdefault(alias, (known, "institution.short"))
    for alias, uses in _uses(article, short).items():
        name, rule = short[alias]
        if rule == "institution.short" and _common(article, alias):
            continue
        for start in uses:
            if not (name.start <= start < name.end) and not is_output(text, start, start + len(alias)):
                yield Name(start, start + len(alias), name.itype, rule, alias_of=(name.start, name.end))


def _common(article: Article, alias: str) -> bool:
    """Whether a derived short form is a common noun: 公共汽车."""
    tokens = article.segment(alias)
    return (
        not is_place(alias)
        and all(word_class(*t) in "SCXZLR." for t in tokens)
        and all(tag for _, tag in tokens)
        and len(alias) > 2
    )


def _defined(article: Article, name: Name, cues: Sequence[Candidate]) -> Iterator[str]:
    """The short names in brackets or after 简称 behind a name."""
    text = article.shadow
    bracket = BRACKETED.match(text, name.end)
    stop = bracket.end() if bracket else name.end + 12
    for cue in cues:
        near = bracket is not None or cue.start - name.end <= 2
        m = DEFINED.match(text, cue.end) if near and name.end <= cue.start < stop else None
        if m and "。" not in text[name.end : cue.start] and not is_place(m.group(1)):
            yield from _either(m.group(1).strip(), text[name.start : name.end])
    if bracket:
        inner = bracket.group(1).strip()
        full = text[name.start : name.end]
        if 2 <= len(inner) < len(full) and inner[-1] == full[-1] and subsequence(inner, full) and inner[0] >= "\u4e00":
            yield inner
        for part in re.split(r"[,，;；、/]", inner):
            part = part.strip().strip(OPENERS + CLOSERS)
            if STOCK_CODE.fullmatch(part):
                continue
            if (LATIN_NAME if part == inner else ACRONYM).fullmatch(part) or (
                inner[0] in OPENERS and 2 <= len(part) <= 12 and part[0] >= "\u4e00"
            ):
                yield part


def _either(alias: str, full: str) -> list[str]:
    """The short names of 简称甲和乙, 简称甲或乙: each keeps characters of the full name."""
    parts = re.split(r"[和或与及]", alias)
    apart = len(parts) > 1 and all(len(part) > 1 and subsequence(part, full) for part in parts)
    return parts if apart else [alias]


def _uses(article: Article, aliases: Iterable[str]) -> dict[str, list[int]]:
    """Where short names stand as words of their own; one pass over the text for all of them."""
    text = article.shadow
    uses: dict[str, list[int]] = {}
    terms, listed = sorted(aliases), orgs.shorts()
    if not terms:
        return uses
    for m in regex.finditer(r"\L<terms>", text, overlapped=True, terms=terms):
        start, end, alias = *m.span(), m.group()
        before, after = text[start - 1 : start], text[end : end + 1]
        if alias.isascii() and ((before.isascii() and before.isalnum()) or (after.isascii() and after.isalnum())):
            continue
        alone = before == "(" and after == ")"
        tags = LISTED_TAGS if alias in listed else PLAIN_TAGS
        if not alias.isascii() and len(alias) <= 2 and not alone and cuts(article, start, end, tags):
            continue
        uses.setdefault(alias, []).append(start)
    return uses


def sharing(article: Article, names: Sequence[Name]) -> Iterator[Name]:
    """Places in a list before a local authority, which share its head: 北京、上海药监局."""
    text = article.shadow
    for name in names:
        own = text[name.start : name.end]
        place = orgs.place_of(own)[0]
        if not place or not orgs.local_authority(own):
            continue
        at = name.start
        while (
            (m := SHARED.search(text, max(0, at - 8), at))
            and is_place(m.group(1))
            and orgs.local_authority(m.group(1) + own[len(place) :])
        ):
            yield Name(m.start(1), m.end(1), name.itype, "institution.shared", reads=m.group(1) + own[len(place) :])
            at = m.start(1)


# --- 该院 and the like ---


def coreferences(
    article: Article, mentions: Sequence[Institution], words: Sequence[Candidate]
) -> Iterator[Institution]:
    """该院 and the like, with the entity of the last mention of their sort before them."""
    ordered = sorted(mentions, key=lambda m: m.start)
    taken = Intervals(ordered, lambda m: (m.start, m.end))
    last: dict[str, Institution] = {}
    at = 0
    for word in sorted(words, key=lambda w: w.start):
        while at < len(ordered) and ordered[at].end <= word.start:
            last[ordered[at].itype] = last["any"] = ordered[at]
            at += 1
        meant = last.get(word.itype)
        if meant is None or taken.over(word.start, word.end) or article.shadow[word.start - 1 : word.start] == "应":
            continue
        if is_place(article.shadow[word.start - 1 : word.start + 1]):
            continue  # 日本公司
        span = (meant.start, meant.end)
        yield replace(
            meant, start=word.start, end=word.end, rule=word.rule, link_method="coref", parent=None, alias_of=span
        )
