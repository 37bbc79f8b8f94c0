"""Mentions of one article → rows of the tables: text offsets become offsets of the original here."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from typing import Any, TypeAlias

from pipeline.align import line_of, line_starts
from pipeline.model import Article, Claim, Date, Found, Institution, Mention, Reject

__all__ = ["Rows", "rows"]

Row: TypeAlias = dict[str, Any]
Rows: TypeAlias = dict[str, list[Row]]
Span: TypeAlias = tuple[int, int]


def rows(article: Article, found: Found) -> Rows:
    """The rows of claims, institutions, dates and rejected, in original offsets, linked to each other.

    Ids are made of the document, the kind and the position: they survive new rules, other files, more workers.
    """
    desk = _Desk(article)
    claims, institutions = _ordered(found.of(Claim)), _ordered(found.of(Institution))
    dates = _ordered(found.of(Date))
    date_ids = desk.ids("t", dates)
    entity_ids = {_span(m): _entity_id(article, m) for m in institutions}
    return {
        "claims": [
            desk.claim(m, name, entity_ids, date_ids) for m, name in zip(claims, desk.names("c", claims), strict=True)
        ],
        "institutions": [
            desk.institution(m, name, entity_ids)
            for m, name in zip(institutions, desk.names("i", institutions), strict=True)
        ],
        "dates": [desk.date(m, name) for m, name in zip(dates, desk.names("t", dates), strict=True)],
        "rejected": [desk.reject(m) for m in _ordered(found.of(Reject))],
    }


def _span(mention: Mention) -> Span:
    return mention.start, mention.end


def _ordered(mentions: Iterable[Any]) -> list[Any]:
    return sorted(mentions, key=lambda m: (m.start, m.end, m.rule))


def _entity_id(article: Article, mention: Institution) -> str:
    """The id that resolving gave, else one made of the name: the same name is the same row in every document."""
    if mention.entity_id:
        return mention.entity_id
    name = _canonical(article, mention)
    return "e" + hashlib.sha256(f"{name}|{mention.jurisdiction}".encode()).hexdigest()[:10]


def _canonical(article: Article, mention: Institution) -> str:
    return mention.canonical or article.shadow[mention.start : mention.end]


def _entity_at(span: Span | None, entity_ids: dict[Span, str]) -> str:
    """The entity named at a span: exactly there, else the longest name that shares characters with it (X大学团队)."""
    if span is None:
        return ""
    if span in entity_ids:
        return entity_ids[span]
    shared = [(other[1] - other[0], other) for other in entity_ids if other[0] < span[1] and other[1] > span[0]]
    return entity_ids[max(shared)[1]] if shared else ""


class _Desk:
    """Writes the rows of one article; holds what every row needs of it."""

    def __init__(self, article: Article) -> None:
        self.article = article
        self.source = article.source
        self.lines = line_starts(article.source.original)
        self.sentence_starts = [s.start for s in article.sentences]

    def names(self, kind: str, mentions: list[Any]) -> list[str]:
        """``doc-c120``: the place names the row; a second row at the same place gets ``.2``."""
        seen: Counter[int] = Counter()
        out = []
        for mention in mentions:
            start, _ = self.original(mention.start, mention.end)
            seen[start] += 1
            again = f".{seen[start]}" if seen[start] > 1 else ""
            out.append(f"{self.source.doc_id}-{kind}{start}{again}")
        return out

    def ids(self, kind: str, mentions: list[Any]) -> dict[Span, str]:
        return {_span(m): name for m, name in zip(mentions, self.names(kind, mentions), strict=True)}

    def original(self, start: int, end: int) -> Span:
        """The one place where offsets of the text become offsets of the original."""
        alignment = self.source.alignment
        return alignment.to_source(start, end) if alignment is not None else (start, end)

    def text(self, span: Span | None) -> str:
        return self.article.text[span[0] : span[1]] if span else ""

    def span(self, mention: Mention) -> Row:
        start, end = self.original(mention.start, mention.end)
        return {"source": self.source.path, "start": start, "end": end, "text": self.text(_span(mention))}

    def place(self, mention: Mention, name: str, start: int) -> Row:
        at = bisect_right(self.sentence_starts, mention.start) - 1
        around = self.article.sentences[at] if at >= 0 else None
        return {
            "sentence": self.text((around.start, around.end)).strip() if around else "",
            "section": around.section if around else "",
            "line": line_of(self.lines, start),
            "rule": mention.rule,
            "stage": mention.stage,
            "doc_id": self.source.doc_id,
            "report_link": f"report/{self.source.doc_id}.html#{name}",
        }

    def claim(self, m: Claim, name: str, entity_ids: dict[Span, str], date_ids: dict[Span, str]) -> Row:
        here, q = self.span(m), m.quantity
        subject = self.original(*m.subject) if m.subject else (None, None)
        return {
            "claim_id": name,
            **here,
            "value": q.value if q else None,
            "value_low": q.low if q else None,
            "value_high": q.high if q else None,
            "unit": q.unit if q else "",
            "unit_text": q.unit_text if q else "",
            "kind": q.kind if q else "",
            "comparator": q.comparator if q else "",
            "subject": self.text(m.subject),
            "subject_start": subject[0],
            "subject_end": subject[1],
            "trend": m.trend,
            "basis": m.basis,
            "modality": m.modality,
            "attribution": self.text(m.attribution),
            "attribution_id": _entity_at(m.attribution, entity_ids),
            "time": self.text(_span(m.date)) if m.date else "",
            "time_value": m.date.value if m.date else "",
            "date_id": date_ids.get(_span(m.date), "") if m.date else "",
            **self.place(m, name, here["start"]),
            "group": m.group,
            "because": "|".join(f"{field}={rule}" for field, rule in sorted(m.because.items())),
        }

    def institution(self, m: Institution, name: str, entity_ids: dict[Span, str]) -> Row:
        here = self.span(m)
        return {
            "mention_id": name,
            **here,
            "canonical": _canonical(self.article, m),
            "itype": m.itype,
            "entity_id": entity_ids[_span(m)],
            "ror_id": m.ror_id,
            "link_method": m.link_method,
            "parent_id": entity_ids.get(m.parent, "") if m.parent else "",
            **self.place(m, name, here["start"]),
            "jurisdiction": m.jurisdiction,
            "candidates": "|".join(m.candidates),
        }

    def date(self, m: Date, name: str) -> Row:
        here = self.span(m)
        return {
            "date_id": name,
            **here,
            "value": m.value,
            "earliest": m.earliest,
            "latest": m.latest,
            "granularity": m.granularity,
            "calendar": m.calendar,
            "relative": m.relative,
            "anchor": m.anchor,
            **self.place(m, name, here["start"]),
        }

    def reject(self, m: Reject) -> Row:
        here = self.span(m)
        return {
            **here,
            "value": m.value,
            "value_low": m.low,
            "value_high": m.high,
            "unit": m.unit,
            "comparator": m.comparator,
            "rule": m.rule,
            "reason": m.reason,
            "winner": m.winner,
            "line": line_of(self.lines, here["start"]),
            "doc_id": self.source.doc_id,
        }
