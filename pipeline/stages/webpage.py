"""The article in a web page: main text with its place in the source, metadata.

trafilatura knows best what is body and what is boilerplate, but gives text without positions and loses
what nests deeper than lxml allows. So it only votes: the blocks that ``markup.parse`` found are kept when
their text occurs in what it returned. Without its vote all that isn't nav, header, footer, aside or form.
"""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from pipeline.align import Alignment, Piece
from pipeline.stages.markup import Block, Page, parse
from pipeline.stages.metadata import Metadata, dateline, iso_date

__all__ = ["Webpage", "webpage"]

_DEEPEST = 200  # lxml drops text below 256 elements, without a word
_LARGEST = 2_000_000  # characters; trafilatura needs about 3 s for a million
_SHINGLE = 5  # characters
_LOST = 500  # characters in a row that it may have lost; more was left out on purpose
_NEVER = frozenset({"nav", "footer", "named", "button"})
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
    "og:published_time",
    "article:published",
    "publish_time",
    "publishtime",
    "apub:time",
    "bt:pubdate",
    "parsely-pub-date",
    "sailthru.date",
    "createdate",
    "date",
)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_FORM = re.compile(r"</?form(?:\s[^<>]*+)?>", re.IGNORECASE)
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
    if not metadata.published and blocks:
        metadata = replace(metadata, published=_printed_date(page.blocks, blocks[0]))
    text, pieces, headings = _assembled(blocks)
    return Webpage(text, Alignment.from_pieces(pieces), headings, metadata)


def _trafilatura(source: str) -> Any:
    import trafilatura  # slow to import, and most corpora hold no HTML

    # ASP.NET wraps the whole page in a form, which it takes for a search box or comments.
    source = _FORM.sub("", source)

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    logging.getLogger("htmldate").setLevel(logging.CRITICAL)
    dates = {"extensive_search": False}  # its date isn't used; this is its fastest way to one
    try:
        return trafilatura.bare_extraction(
            source, include_comments=False, with_metadata=True, date_extraction_params=dates
        )
    except Exception:  # whatever it trips over, the page can be read without it
        return None


def _metadata(source: str, page: Page, voted: Any) -> Metadata:
    """What tags say. trafilatura's date isn't taken: it may be that of a related article, or of the text."""

    def guess(name: str) -> str:
        return " ".join(str(getattr(voted, name, None) or "").split())

    dates = [page.meta.get(name, "") for name in _PUBLISHED]
    linked = _JSON_LD_DATE.search(source)
    dates += [linked[1] if linked else "", page.meta.get("time", "")]
    return Metadata(
        title=guess("title") or page.meta.get("og:title", ""),
        author=guess("author") or page.meta.get("author", ""),
        publisher=guess("sitename") or page.meta.get("og:site_name", ""),
        published=next((date for date in map(iso_date, dates) if date), ""),
        url=page.meta.get("canonical") or page.meta.get("og:url") or guess("url"),
    )


def _printed_date(blocks: Sequence[Block], first: Block) -> str:
    """The date in a line of its own around the headline, where pages print source and time."""
    at = next(n for n, block in enumerate(blocks) if block is first)
    around = [b for b in blocks[max(0, at - 6) : at + 5] if not b.inside and not _is_linked(b)]
    return dateline(b.text for b in around if b.tag not in _HEADINGS and b.tag != "li")


def _main(blocks: Sequence[Block], voted: str, title: str) -> list[Block]:
    """The blocks of the article. Linear in the page: shingles, no search for each block in the whole."""
    proper = [b for b in blocks if not b.inside] or [b for b in blocks if "hidden" not in b.inside]
    proper = proper or list(blocks)
    chosen = _without_link_lists(_elected(blocks, voted, _plain(title)))
    substantial = sum(len(b.text) for b in proper if len(b.text) >= 30 and not _is_linked(b))
    # A vote for a small part of a page full of running text is a mistake (one comment, one caption).
    if sum(len(b.text) for b in chosen) * 4 < substantial or not chosen:
        return proper
    return _with_whole_tables(blocks, chosen)


def _with_whole_tables(blocks: Sequence[Block], chosen: Sequence[Block]) -> list[Block]:
    """The blocks chosen, and what is missing of a table of data that is chosen for the most part: a row needs its cells."""
    every, kept = Counter[int](), Counter[int]()
    for count, group in ((every, blocks), (kept, chosen)):
        for block in group:
            if block.cell:
                count[block.cell[0]] += len(block.text)
    whole = {number for number, length in kept.items() if 2 * length >= every[number]}
    names = {id(block) for block in chosen}
    return [b for b in blocks if id(b) in names or (b.cell and b.cell[0] in whole)]


def _elected(blocks: Sequence[Block], voted: str, title: str) -> list[Block]:
    lines = {_plain(line) for line in re.split(r"[\n|]", voted)}
    whole = _plain(voted)
    shingles = {whole[n : n + _SHINGLE] for n in range(len(whole) - _SHINGLE + 1)}
    plain = [_plain(block.text) for block in blocks]
    sure = [len(p) >= _SHORT and _overlap(p, shingles) >= 0.8 for p in plain]
    if not any(sure):
        return []
    if any(s and not b.inside for s, b in zip(sure, blocks, strict=True)):
        # It voted for the foot of the page too: what is named so, is.
        sure = [s and b.inside.isdisjoint(_NEVER) for s, b in zip(sure, blocks, strict=True)]
    first, last = sure.index(True), len(sure) - 1 - sure[::-1].index(True)
    lost = _lost(blocks, sure, first, last)
    chosen, reach = [], last
    for n, block in enumerate(blocks):
        is_short = len(plain[n]) < _SHORT
        is_title = n < first and block.tag == "h1" and len(plain[n]) >= 4 and plain[n] in title
        is_listed = is_short and plain[n] in lines and not block.inside and first - 3 < n < reach + 3
        reach = max(reach, n) if is_listed else reach  # a table at the end goes on, cell by cell
        if sure[n] or is_title or is_listed or n in lost:
            chosen.append(block)
    return chosen


def _lost(blocks: Sequence[Block], sure: Sequence[bool], first: int, last: int) -> set[int]:
    """What it left out in the middle of the article, mostly short lines; not lists of links, not long parts."""
    lost: set[int] = set()
    for is_sure, run in groupby(range(first, last), key=lambda n: sure[n]):
        places = list(run)
        links = sum(_is_linked(blocks[n]) for n in places)
        length = sum(len(blocks[n].text) for n in places)
        if not is_sure and links * 2 < len(places) and length <= _LOST:
            lost.update(n for n in places if not blocks[n].inside and not _is_linked(blocks[n]))
    return lost


def _without_link_lists(blocks: list[Block]) -> list[Block]:
    """Three lines in a row that are links are a list of other articles."""
    kept: list[Block] = []
    for is_linked, run in groupby(blocks, key=_is_linked):
        lines = list(run)
        if not is_linked or len(lines) < 3:
            kept += lines
    return kept


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
        if block.tag in _HEADINGS:
            headings.append((start, at))
    return "".join(parts), pieces, tuple(headings)
