"""The article in a web page: main text with its place in the source, metadata.

trafilatura knows best what is body and what is boilerplate, but gives text without positions and loses
what nests deeper than lxml allows. So it only votes: the blocks that ``markup.parse`` found are kept when
their text occurs in what it returned. Without its vote all that isn't nav, header, footer, aside or form.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.align import Alignment, Piece
from pipeline.stages.markup import Block, Page, parse
from pipeline.stages.metadata import Metadata, iso_date

__all__ = ["Webpage", "webpage"]

_DEEPEST = 200  # lxml drops text below 256 elements, without a word
_LARGEST = 5_000_000  # characters; trafilatura needs about 5 s for a million
_SHINGLE = 5  # characters
_SHORT = 8  # a block with fewer characters has too few shingles to be recognised by them

# In order of trust; lower case, as markup keeps them.
_PUBLISHED = (
    "article:published_time",
    "datepublished",
    "publishdate",
    "publish-date",
    "publish_date",
    "pubdate",
    "published_time",
    "og:release_date",
    "weibo:article:create_at",
    "dc.date.issued",
    "dcterms.issued",
    "citation_publication_date",
    "dc.date",
    "date",
)
_JSON_LD_DATE = re.compile(r'"datePublished"\s{0,9}:\s{0,9}"([^"]{4,40})"')


@dataclass(frozen=True, slots=True)
class Webpage:
    """``alignment`` maps ``text`` to the source; ``headings`` are spans of ``text``."""

    text: str
    alignment: Alignment
    headings: tuple[tuple[int, int], ...]
    metadata: Metadata


def webpage(source: str) -> Webpage:
    """Reads the source of a page. Never raises: broken markup still has text."""
    page = parse(source)
    voted = _trafilatura(source) if page.depth <= _DEEPEST and len(source) <= _LARGEST else None
    metadata = _metadata(source, page, voted)
    blocks = _main(page.blocks, getattr(voted, "text", None) or "", metadata.title)
    text, pieces, headings = _assembled(blocks)
    return Webpage(text, Alignment.from_pieces(pieces), headings, metadata)


def _trafilatura(source: str) -> Any:
    import trafilatura  # slow to import, and most corpora hold no HTML

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    logging.getLogger("htmldate").setLevel(logging.CRITICAL)
    # Not its extensive search for dates: any date of the text, a copyright year, would become the anchor.
    dates = {"extensive_search": False, "original_date": True}
    try:
        return trafilatura.bare_extraction(
            source, include_comments=False, with_metadata=True, date_extraction_params=dates
        )
    except Exception:  # whatever it trips over, the page can be read without it
        return None


def _metadata(source: str, page: Page, voted: Any) -> Metadata:
    def guess(name: str) -> str:
        return " ".join(str(getattr(voted, name, None) or "").split())

    dates = [page.meta.get(name, "") for name in _PUBLISHED]
    linked = _JSON_LD_DATE.search(source)
    dates += [linked[1] if linked else "", page.meta.get("time", ""), guess("date")]
    return Metadata(
        title=guess("title") or page.meta.get("og:title", ""),
        author=guess("author") or page.meta.get("author", ""),
        publisher=guess("sitename") or page.meta.get("og:site_name", ""),
        published=next((date for date in map(iso_date, dates) if date), ""),
        url=page.meta.get("canonical") or page.meta.get("og:url") or guess("url"),
    )


def _main(blocks: Sequence[Block], voted: str, title: str) -> list[Block]:
    """The blocks of the article. Linear in the page: shingles, no search for each block in the whole."""
    proper = [b for b in blocks if not b.inside] or [b for b in blocks if "hidden" not in b.inside]
    proper = proper or list(blocks)
    chosen = _elected(blocks, voted, _plain(title))
    substantial = sum(len(b.text) for b in proper if len(b.text) >= 30 and not _is_linked(b))
    # A vote for a small part of a page full of running text is a mistake (one comment, one caption).
    if sum(len(b.text) for b in chosen) * 4 < substantial or not chosen:
        return proper
    return chosen


def _elected(blocks: Sequence[Block], voted: str, title: str) -> list[Block]:
    lines = {_plain(line) for line in re.split(r"[\n|]", voted)}
    whole = _plain(voted)
    shingles = {whole[n : n + _SHINGLE] for n in range(len(whole) - _SHINGLE + 1)}
    plain = [_plain(block.text) for block in blocks]
    sure = [len(p) >= _SHORT and _overlap(p, shingles) >= 0.8 for p in plain]
    if not any(sure):
        return []
    first, last = sure.index(True), len(sure) - 1 - sure[::-1].index(True)
    chosen, reach = [], last
    for n, block in enumerate(blocks):
        is_short = len(plain[n]) < _SHORT
        is_title = n < first and block.tag == "h1" and len(plain[n]) >= 4 and plain[n] in title
        is_listed = is_short and plain[n] in lines and not block.inside and first - 3 < n < reach + 3
        is_between = first < n < last and not block.inside and not _is_linked(block)
        reach = max(reach, n) if is_listed else reach  # a table at the end goes on, cell by cell
        is_hemmed = is_between and (is_short or (sure[n - 1] and sure[n + 1]))
        if sure[n] or is_title or is_listed or is_hemmed:
            chosen.append(block)
    return chosen


def _plain(text: str) -> str:
    """Letters, digits and hanzi: what survives trafilatura's own marks, spaces and tables."""
    return re.sub(r"[\W_]+", "", text)


def _overlap(plain: str, shingles: set[str]) -> float:
    count = len(plain) - _SHINGLE + 1
    return sum(plain[n : n + _SHINGLE] in shingles for n in range(count)) / count


def _is_linked(block: Block) -> bool:
    return block.linked * 2 > len(block.text)


def _assembled(blocks: Iterable[Block]) -> tuple[str, list[Piece], tuple[tuple[int, int], ...]]:
    """The text, its alignment pieces and the spans of its headings."""
    parts: list[str] = []
    pieces: list[Piece] = []
    headings = []
    at = 0
    for block in blocks:
        if pieces:
            end = pieces[-1][3]
            parts.append(block.lead)
            pieces.append((at, at + len(block.lead), end, end))  # in no source
            at += len(block.lead)
        start = at
        for text, low, high in block.pieces:
            parts.append(text)
            pieces.append((at, at + len(text), low, high))
            at += len(text)
        if block.tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
            headings.append((start, at))
    return "".join(parts), pieces, tuple(headings)
