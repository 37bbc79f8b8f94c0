"""Which candidates may stand at all: a brand, a short name or one that other things share needs a witness.

Witnesses are the model, a neighbour in a list, quotation marks, what is said of companies or teams only, a longer name of
the same entity in the text. A short name that has one anywhere stands everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from pipeline.model import Article, Reject
from pipeline.names import evidence
from pipeline.names import organisations as orgs
from pipeline.names.intervals import Intervals
from pipeline.names.marks import CLOSED, QUOTED
from pipeline.names.nameparts import HAN, classes, ends_in, is_place, shape, words_of
from pipeline.stages.candidates.candidate import Candidate
from pipeline.stages.ner import NerSpan
from pipeline.stages.settling.name import rejected
from pipeline.stages.settling.spans import in_title, is_output

__all__ = ["ACRONYM", "EXPLAINED", "witnessed"]

ACRONYM = re.compile(r"[A-Z][A-Za-z0-9&-]{1,9}")
FOREIGN = re.compile(r"\s?\([A-Z]")  # 安进(Amgen)
EXPLAINED = "an abbreviation of something else"
EXPLANATION = 6  # characters before brackets in which the word stands that they explain
NAME_TAGS = ("nt", "nz", "j", "", "n", "nr", "ns", "nrt", "l")
Spans = Intervals[NerSpan]


def witnessed(
    article: Article, candidates: Sequence[Candidate], by_model: Spans
) -> tuple[list[Candidate], list[Reject]]:
    """The candidates that may stand, and a reject for each other; a brand that stands is a witness for the next."""
    text = article.shadow
    sure = _edges(c for c in candidates if c.itype == "company" and c.grown != "brand")
    ends = {c.end for c in candidates} | {s.end for s in by_model}
    explained = {text[c.start : c.end] for c in candidates if c.grown == "known" and _explains(article, c, ends)}
    stand = _standing(article, candidates, by_model, sure)
    kept: list[Candidate] = []
    rejects: list[Reject] = []
    for candidate in candidates:
        said = text[candidate.start : candidate.end]
        if candidate.grown == "known" and said in explained:
            rejects.append(rejected(candidate, EXPLAINED))
        elif is_output(text, candidate.start, candidate.end):
            rejects.append(rejected(candidate, "an amount a day"))
        elif said in stand and _needs_witness(article, candidate):
            kept.append(candidate)
        elif reason := _veto(article, candidate, by_model, sure):
            rejects.append(rejected(candidate, reason))
        else:
            kept.append(candidate)
            if candidate.grown == "brand":
                sure |= {candidate.start, candidate.end}
    return kept, rejects


def _edges(candidates: Iterable[Candidate]) -> set[int]:
    return {edge for c in candidates for edge in (c.start, c.end)}


def _standing(article: Article, candidates: Sequence[Candidate], by_model: Spans, sure: set[int]) -> set[str]:
    """The short names and names that other things share that have a witness somewhere: once a name, always (台电)."""
    teams = _edges(c for c in candidates if c.itype == "team" and c.grown != "common")
    return {
        article.shadow[c.start : c.end]
        for c in candidates
        if (_is_short(article, c) and _stands(article, c.start, c.end, by_model))
        or (c.grown == "common" and _shown(article, c, by_model, teams if c.itype == "team" else sure))
    }


def _needs_witness(article: Article, candidate: Candidate) -> bool:
    return candidate.grown == "common" or _is_short(article, candidate)


def _is_short(article: Article, candidate: Candidate) -> bool:
    return (
        candidate.grown == "known"
        and candidate.end - candidate.start == 2
        and not ACRONYM.match(article.shadow, candidate.start)
    )


def _veto(article: Article, candidate: Candidate, by_model: Spans, sure: set[int]) -> str:
    """Why a candidate can't stand without more evidence, "" when it can."""
    if candidate.grown == "brand":
        return _brand_veto(article, candidate, by_model, sure)
    if _needs_witness(article, candidate):
        return "a short name without a witness"
    return "in a title" if in_title(article.shadow, candidate.start, candidate.end) else ""


def _brand_veto(article: Article, candidate: Candidate, by_model: Spans, sure: set[int]) -> str:
    """Why a brand before a trade (京东物流) can't stand, "" when it has a witness."""
    text, start, end, head = article.shadow, candidate.start, candidate.end, candidate.head
    company = orgs.is_company(text[start:head])
    if company and text[head:end] in words_of("product_tail"):
        return "described"  # 中国石油|企业
    over = by_model.over(start, end)
    if ends_in(text[start:head], "whole_body") and not any((s.start, s.end) == (start, end) for s in over):
        return "described"  # 华晨集团|信息披露
    if shape("goes_on").match(text, end):
        return "described"
    if company or any(s.start <= start and end <= s.end for s in over):
        return ""
    if candidate.firm and evidence.speaks(text, end):
        return ""
    word, tag = article.segment(text[start:end])[0]
    if evidence.owned(text, start) and tag[:1] not in tuple("dpcru") and (len(word) > 1 or tag[:1] != "v"):
        return ""  # 旗下海思半导体, not 子公司拟对外投资
    if any(s.start == start and s.end == head for s in over):
        return ""  # the model saw the brand: 荣威|国际
    quoted = candidate.firm and text[start - 1 : start] in QUOTED and text[end : end + 1] in CLOSED
    return "" if quoted or evidence.listed(text, start, end, sure) else "a brand without a witness"


def _shown(article: Article, candidate: Candidate, by_model: Spans, sure: set[int]) -> bool:
    """Whether a name that other things share is that of a company or team here: the model, a list or its neighbours say so."""
    text, start, end = article.shadow, candidate.start, candidate.end
    if over := by_model.over(start, end):
        return (over[0].start, over[0].end) == (start, end)
    if candidate.itype == "team":
        tokens = article.segment(text[start:end])
        word = end - start < 4 and len(tokens) == 1 and tokens[0][1][:1] in tuple("nvaist")
        plain = word or is_place(text[start:end])
        return not plain or evidence.is_team(text, start, end) or evidence.listed(text, start, end, sure)
    return evidence.listed(text, start, end, sure) or evidence.is_company(text, start, end)


def _explains(article: Article, candidate: Candidate, ends: set[int]) -> bool:
    """Whether Latin letters in brackets stand for the common words before them: 护士健康研究(NHS), not 世卫组织(WHO)."""
    text, start, end = article.shadow, candidate.start, candidate.end
    if not text[start:end].isascii() or text[start - 1 : start] != "(" or text[end : end + 1] not in ("),;"):
        return False
    at = start - 1
    if any(stop in ends for stop in (at, at - 1)) or not HAN <= text[at - 1 : at] <= "\u9fff":
        return False
    word, _ = article.segment(text[max(0, at - EXPLANATION) : at])[-1]
    return len(word) > 1 and classes().get(word, "-") in "SX."


def _stands(article: Article, start: int, end: int, by_model: Spans) -> bool:
    """A name of two characters counts when the model, jieba's tag or a longer name of the entity in the text says so."""
    text, name = article.shadow, article.shadow[start:end]
    if any(s.start <= start and end <= s.end for s in by_model.over(start, end)):
        return True
    if FOREIGN.match(text, end) or evidence.is_company(text, start, end):
        return True
    entries = orgs.known(name)
    if any(entry.itype == "university" for entry in entries) and evidence.is_school(text, start, end):
        return True
    if any(len(other) > 2 and other in text for entry in entries for other in entry.names):
        return True
    tokens = article.segment(name)
    return len(tokens) == 1 and tokens[0][1] in NAME_TAGS
