"""Candidates of the rules and spans of the model → names: who is right about a border.

In order: a candidate without the witness it needs falls; of overlapping candidates the longest stands, but a known
name beats one that only adds common words before it; a span of the model confirms the name it covers, widens it where
the words it adds may belong to a name, or stands alone when nothing speaks against it. Each step is a module of
`pipeline.stages.settling`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from pipeline.model import Article, Reject
from pipeline.names import organisations as orgs
from pipeline.names.endings import longest_ending
from pipeline.names.intervals import Intervals
from pipeline.names.nameparts import ends_in, is_place, row_of
from pipeline.stages.candidates.candidate import Candidate
from pipeline.stages.ner import NerSpan
from pipeline.stages.settling.heads import Heads
from pipeline.stages.settling.modelled import with_model
from pipeline.stages.settling.name import Name, joined, rejected, span_of
from pipeline.stages.settling.overlaps import chained, choose
from pipeline.stages.settling.spans import letters
from pipeline.stages.settling.witnesses import EXPLAINED, witnessed

__all__ = ["settle"]

PARENTS = ("government", "party")
OF_PARENT = (
    "institution.centre",
    "institution.ministry",
    "institution.office",
)  # rules whose bodies are of their parent's sort


def settle(
    article: Article, candidates: Sequence[Candidate], spans: Sequence[NerSpan], heads: Heads
) -> tuple[list[Name], list[Reject]]:
    """The names that stand, and a reject for every candidate that lost or was vetoed."""
    by_model = Intervals(_apart(article.shadow, spans, heads), lambda s: (s.start, s.end))
    standing, rejects = witnessed(article, candidates, by_model)
    standing = chained(standing)
    chosen, lost = choose(standing)
    rejects += [rejected(loser, "lost", winner.rule) for loser, winner in lost]
    found_by: dict[tuple[int, int], list[str]] = defaultdict(list)
    for candidate in standing:
        found_by[(candidate.start, candidate.end)].append(candidate.rule)
    names = Intervals((_named(article, c, heads, found_by[(c.start, c.end)]) for c in chosen), span_of)
    explained = {article.shadow[r.start : r.end] for r in rejects if r.reason == EXPLAINED}
    for span in by_model:
        if article.shadow[span.start : span.end] in explained:
            rejects.append(rejected(span, EXPLAINED))
        elif refused := with_model(article, names, span, heads):
            rejects.append(rejected(span, refused))
    return _with_departments(article, list(names)), rejects


def _apart(text: str, spans: Sequence[NerSpan], heads: Heads) -> list[NerSpan]:
    """Spans without overlaps, the earlier and longer first; halves of a name that the model cut in two are one."""
    kept: list[NerSpan] = []
    for span in sorted(spans, key=lambda s: (s.start, -s.end)):
        last = kept[-1] if kept else None
        if (
            last
            and last.end == span.start
            and _are_halves(text[last.start : last.end], text[span.start : span.end], heads)
        ):
            kept[-1] = replace(last, end=span.end)
        elif last is None or span.start >= last.end:
            kept.append(span)
    return kept


def _are_halves(first: str, second: str, heads: Heads) -> bool:
    """Whether a span without a head and one with a name and a head behind it make one name: 荷兰瓦|赫宁根大学."""
    whole = orgs.known(first) or orgs.shorts().get(first) or heads.head(first)
    return not whole and not is_place(first) and 1 < len(heads.head(second)) < len(second) and not orgs.known(second)


def _named(article: Article, candidate: Candidate, heads: Heads, rules: Sequence[str]) -> Name:
    """The name that a candidate is, with its sort and parent; ``rules`` are all that found it."""
    shadow, start, end = article.shadow, candidate.start, candidate.end
    end_of_parent = max((p.end for p in candidate.pieces if p.kind == "G"), default=0)
    parent = (start, end_of_parent) if end_of_parent > start else None
    above = shadow[start:end_of_parent] if parent else ""
    inner = heads.sort(above) or next((entry.itype for entry in orgs.known(above)), "")
    itype, reads = candidate.itype, ""
    if itype == "parent":
        itype = inner or longest_ending(shadow[start:end], "branch_endings") or "other"
    elif candidate.rule in OF_PARENT and inner:
        itype = inner
    if candidate.grown == "known":
        said = shadow[candidate.head : end]
        entries = orgs.known(said)
        itype = entries[0].itype if entries else itype
        reads = said if candidate.head > start else ""
    rule = candidate.rule
    for other in rules:
        rule = joined(rule, other)
    return Name(start, end, itype, rule, parent, reads=reads)


def _with_departments(article: Article, names: Sequence[Name]) -> list[Name]:
    """Each name with the department behind it that only the model saw: 中联办|台务部."""
    out: list[Name] = []
    for name in names:
        above = out[-1] if out and out[-1].end == name.start else None
        if above and _is_part(article, above, name):
            text = article.shadow[name.start : name.end]
            itype = name.itype if orgs.known(text) else above.itype
            rule = joined(above.rule, name.rule)
            out[-1] = replace(above, end=name.end, itype=itype, parent=span_of(above), rule=rule)
        else:
            out.append(name)
    return out


def _is_part(article: Article, above: Name, name: Name) -> bool:
    """Whether the second of two names, side by side, is that of a part of the first."""
    over, text = article.shadow[above.start : above.end], article.shadow[name.start : name.end]
    placed = letters(article, name.start, name.end)[0] in "PR"
    return _is_local(above, over, name, text) if placed else _is_below(above, over, name, text)


def _is_local(above: Name, over: str, name: Name, text: str) -> bool:
    """Whether a name that begins with a place is that of a part of the one before it: an institute, a local branch.

    中国农业科学院|深圳农业基因组研究所, 深圳市规划和自然资源局|南山管理局
    """
    if name.rule.startswith("ner.") and ends_in(over, "academy_end") and ends_in(text, "institute_end"):
        return True
    return above.itype == name.itype == "government" and ends_in(over, "office_end") and ends_in(text, "branch_end")


def _is_below(above: Name, over: str, name: Name, text: str) -> bool:
    """Whether a name right behind another is that of a part of it: a department, or a known authority (行政院|国发会)."""
    entries = orgs.known(text)
    if not entries:
        return name.rule.startswith("ner.") and ends_in(text, "sub_end")
    if ends_in(text, "chamber"):
        return ends_in(over, "parliament")  # 国会|众议院, but 工联会|立法会议员
    return (
        above.itype in PARENTS
        and name.itype in PARENTS
        and len(text) > 2
        and above.end - above.start > 2
        and not entries[0].canonical.startswith(row_of("homeland"))
    )
