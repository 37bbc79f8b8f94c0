"""Candidates and the model's names → institutions: one border, one entity, its short names.

`pipeline.stages.settle` chooses between overlapping candidates and the model's spans, `shortened` finds the short names that
the text defines or derives, `pipeline.stages.linking` says which entity each name means. The stage replaces what it decided
on: no candidate and no ORG span of the model is left in ``Found``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from pipeline import organisations as orgs
from pipeline.borders import is_place, word_class
from pipeline.intervals import Intervals
from pipeline.model import Article, Found, Institution
from pipeline.registry import Registry, default_path, opened
from pipeline.rules import RuleSet
from pipeline.stages.institutions import Candidate
from pipeline.stages.linking import Linker
from pipeline.stages.ner import NerSpan
from pipeline.stages.settle import ACRONYM, Heads, Name, joined, settle, span_of, subsequence

__all__ = ["resolve", "stage"]

OPENERS = "“\"「『'‘《<"
CLOSERS = "”\"」』'’》>"
DEFINED = re.compile(r"[为是:：,，]?\s*[“\"「『'‘]?([^()“”\"「」『』'‘’,，;；。、:：]{2,24})[”\"」』'’]?")
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
    names, rejects = settle(article, [c for c in candidates if c.grown not in ("alias", "coref")], spans, heads or Heads(rules))
    cues = [c for c in candidates if c.grown == "alias"]
    ids = {rule.id for rule in rules.of("institution")}
    names = _with_short(names, shortened(article, names, cues, "institution.short" in ids))
    if "institution.shared" in ids:
        names = _without_overlap([*names, *sharing(article, names)])
    linker = Linker(article, names, registry)
    mentions = [linker.link(name) for name in names]
    mentions += list(coreferences(article, mentions, [c for c in candidates if c.grown == "coref"]))
    kept = tuple(m for m in found.mentions if not isinstance(m, Candidate) and not (isinstance(m, NerSpan) and m.label == "ORG"))
    return Found((*kept, *sorted(mentions, key=lambda m: (m.start, m.end)), *rejects))


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
    for name in names:
        for alias in _defined(article, name, cues):
            short.setdefault(alias, (name, "institution.alias"))
    if derive:
        for name in names:
            for alias in orgs.short_forms(text[name.start : name.end], name.itype):
                if alias not in text or orgs.known(alias) or _common(article, alias):
                    continue
                short.setdefault(alias, (name, "institution.short"))
        for alias, entries in orgs.shorts().items():
            if alias in text:
                full = next((n for n in names if any(text[n.start : n.end] in e.names for e in entries)), None)
                if full:
                    short.setdefault(alias, (full, "institution.short"))
    for alias, (name, rule) in short.items():
        for start in _uses(article, alias):
            if not (name.start <= start < name.end):
                yield Name(start, start + len(alias), name.itype, rule, alias_of=(name.start, name.end))


def _common(article: Article, alias: str) -> bool:
    """Whether a derived short form is a common noun: 公共汽车."""
    tokens = article.segment(alias)
    return not is_place(alias) and all(word_class(*t) in "SCXZL." for t in tokens) and all(tag for _, tag in tokens) and len(alias) > 2


def _defined(article: Article, name: Name, cues: Sequence[Candidate]) -> Iterator[str]:
    """The short names in brackets or after 简称 behind a name."""
    text = article.shadow
    bracket = BRACKETED.match(text, name.end)
    stop = bracket.end() if bracket else name.end + 12
    for cue in cues:
        if name.end <= cue.start < stop and "。" not in text[name.end : cue.start] and (bracket or cue.start - name.end <= 2):
            if (m := DEFINED.match(text, cue.end)) and not is_place(m.group(1)):
                yield m.group(1).strip()
    if bracket:
        inner = bracket.group(1).strip()
        full = text[name.start : name.end]
        if 2 <= len(inner) < len(full) and inner[-1] == full[-1] and subsequence(inner, full) and inner[0] >= "\u4e00":
            yield inner
        for part in re.split(r"[,，;；、/]", inner):
            part = part.strip().strip(OPENERS + CLOSERS)
            if ACRONYM.fullmatch(part) or (inner[0] in OPENERS and 2 <= len(part) <= 12 and part[0] >= "\u4e00"):
                yield part


def _uses(article: Article, alias: str) -> Iterator[int]:
    """Where a short name stands as a word of its own."""
    text = article.shadow
    latin = alias.isascii()
    for m in re.finditer(re.escape(alias), text):
        before, after = text[m.start() - 1 : m.start()], text[m.end() : m.end() + 1]
        if latin and ((before.isascii() and before.isalnum()) or (after.isascii() and after.isalnum())):
            continue
        if not latin and len(alias) <= 2 and _cuts(article, m.start(), m.end()):
            continue
        yield m.start()


def _cuts(article: Article, start: int, end: int) -> bool:
    """Whether the span cuts a word of the dictionary or is one."""
    low, high = max(0, start - 4), end + 4
    at = low
    for word, tag in article.segment(article.shadow[low:high]):
        stop = at + len(word)
        if at < end and start < stop and tag and ((at < start or stop > end) or tag in ("d", "a", "v", "ad", "n")):
            return True
        at = stop
    return False


def sharing(article: Article, names: Sequence[Name]) -> Iterator[Name]:
    """Places in a list before a local authority, which share its head: 北京、上海药监局."""
    text = article.shadow
    for name in names:
        own = text[name.start : name.end]
        place = orgs.place_of(own)[0]
        if not place or not orgs.local_authority(own):
            continue
        at = name.start
        while (m := SHARED.search(text, max(0, at - 8), at)) and is_place(m.group(1)) and orgs.local_authority(m.group(1) + own[len(place) :]):
            yield Name(m.start(1), m.end(1), name.itype, "institution.shared", reads=m.group(1) + own[len(place) :])
            at = m.start(1)


# --- 该院 and the like ---


def coreferences(article: Article, mentions: Sequence[Institution], words: Sequence[Candidate]) -> Iterator[Institution]:
    """该院 and the like, with the entity of the last mention of their sort before them."""
    for word in words:
        if any(m.start < word.end and word.start < m.end for m in mentions):
            continue
        if article.shadow[word.start - 1 : word.start] == "应":
            continue
        before = [m for m in mentions if m.end <= word.start and (m.itype == word.itype or word.itype == "any")]
        if before:
            last = max(before, key=lambda m: m.end)
            yield replace(last, start=word.start, end=word.end, rule=word.rule, link_method="coref", parent=None, alias_of=(last.start, last.end))
