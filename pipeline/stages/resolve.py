"""Candidates and the model's names → institutions: one border, one entity, its short names.

`pipeline.stages.settle` chooses between overlapping candidates and the model's spans, `pipeline.stages.settling.proved` finds the other
uses of names that a context proves, `pipeline.stages.settling.shortnames` the short names that the text defines or derives,
`pipeline.stages.linking` says which entity each name means. The stage replaces what it decided on: no candidate and no ORG
span of the model is left in ``Found``.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from pipeline.model import Article, Found, Institution, Mention
from pipeline.names.intervals import Intervals
from pipeline.names.nameparts import is_place, words_of
from pipeline.names.registry import Registry, default_path, opened
from pipeline.rules import RuleSet
from pipeline.stages.candidates.candidate import Candidate
from pipeline.stages.linking import Linker
from pipeline.stages.ner import NerSpan
from pipeline.stages.settle import settle
from pipeline.stages.settling.heads import Heads
from pipeline.stages.settling.name import Name, joined, span_of
from pipeline.stages.settling.proved import LISTED, enlisted, enumerated, proved
from pipeline.stages.settling.shortnames import SHARED, SHORT, sharing, shortened

__all__ = ["resolve", "stage"]

BY_CONTEXT = ("proved", "titled", "members")  # candidates that `proved` decides on
CUES = ("alias", "coref", "list")  # candidates that are no names, but say that one stands there
BODIES = ("hospital", "university", "school", "research", "other", "government")  # sorts that stand at a place
RECURS = 3  # characters of a name that is looked for again


def stage(rules: RuleSet, ner: str) -> Callable[[Article, Found], Found]:
    """The stage for a rule set, with what it needs of the rules made once."""
    return partial(resolve, rules=rules, heads=Heads(rules), registry=opened(default_path()))


def resolve(
    article: Article, found: Found, rules: RuleSet, heads: Heads | None = None, registry: Registry | None = None
) -> Found:
    """Everything found before, with institutions in place of candidates and of the model's ORG spans."""
    candidates = list(found.of(Candidate))
    heads = heads or Heads(rules)
    spans = [m for m in found.of(NerSpan) if m.label == "ORG" or (m.label == "LOC" and _is_body(article, m, heads))]
    own = [c for c in candidates if c.grown not in (*BY_CONTEXT, *CUES)]
    names, rejects = settle(article, own, spans, heads)
    people = {(m.start, m.end) for m in found.of(NerSpan) if m.label == "PER"}
    names = _with_more(article, names, candidates, people, {rule.id for rule in rules.of("institution")})
    linker = Linker(article, names, registry)
    mentions = [linker.link(name) for name in names]
    mentions += list(coreferences(article, mentions, [c for c in candidates if c.grown == "coref"]))
    kept = (m for m in found.mentions if not _is_decided(m))
    return Found((*kept, *sorted(mentions, key=lambda m: (m.start, m.end)), *rejects))


def _is_decided(mention: Mention) -> bool:
    """Whether a mention is one of those that this stage replaces."""
    return isinstance(mention, Candidate) or (isinstance(mention, NerSpan) and mention.label == "ORG")


def _with_more(
    article: Article,
    names: Sequence[Name],
    candidates: Sequence[Candidate],
    people: Container[tuple[int, int]],
    rules: Container[str],
) -> list[Name]:
    """The names with their other uses, their neighbours in lists and their short names; each step knows those before.

    ``people``: where the model sees persons. ``rules``: the ids of the rules that are on.
    """

    def is_person(start: int, end: int) -> bool:
        return (start, end) in people

    spoken = [(c.start, c.end, c.rule, c.grown, c.itype) for c in candidates if c.grown in BY_CONTEXT]
    spoken += [(n.start, n.end, n.rule, "again", n.itype) for n in names if _may_recur(n)]
    names = _with_short(names, proved(article, names, spoken, is_person))
    lists = [c.start for c in candidates if c.grown == "list"]
    names = _with_short(names, enumerated(article, names, lists))
    if LISTED in rules:
        names = _with_short(names, enlisted(article, names, is_person))
    cues = [c for c in candidates if c.grown == "alias"]
    names = _with_short(names, shortened(article, names, cues, SHORT in rules))
    return _without_overlap([*names, *sharing(article, names)]) if SHARED in rules else names


def _is_body(article: Article, span: NerSpan, heads: Heads) -> bool:
    """Whether the model takes for a place what ends as schools, hospitals, museums and the like do."""
    text = article.shadow[span.start : span.end]
    head = heads.head(text)
    return 1 < len(head) < len(text) and heads.types[head] in BODIES


def _may_recur(name: Name) -> bool:
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
        meant, before = last.get(word.itype), article.shadow[word.start - 1 : word.start]
        if meant is None or taken.over(word.start, word.end) or before in words_of("not_pointing"):
            continue
        if is_place(article.shadow[word.start - 1 : word.start + 1]):
            continue  # 日本公司
        span = (meant.start, meant.end)
        yield replace(
            meant, start=word.start, end=word.end, rule=word.rule, link_method="coref", parent=None, alias_of=span
        )
