"""A decoded document becomes an article: shadow, sentences, sections, script, date, jurisdiction.

>>> from pipeline.model import Source
>>> article = make_article(Source("d1", "a.txt", "", "一、概況\\n醫院於２０２４年收治１２０例。“有效！”他說"))
>>> [(article.shadow[s.start : s.end], s.section) for s in article.sentences]
[('一、概况', '一、概況'), ('医院于2024年收治120例。', '一、概況'), ('“有效！”', '一、概況'), ('他说', '一、概況')]
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence

from pipeline.model import Article, Sentence, Source
from pipeline.stages.convert import simplify
from pipeline.stages.region import region_of
from pipeline.stages.script import machine_converted, script
from pipeline.stages.segment import segment

__all__ = ["make_article", "mark_length", "publication_date", "sentences"]

_LINE = re.compile(r"[^\r\n\x0b\x0c\x85\u2028\u2029]+")
_SENTENCE_END = re.compile(
    # an ASCII full stop ends nothing (1.5, v3.8, U.S.), a question mark in an address neither, 《走吧！》 is a name;
    # the look-behind starts at the first of a run only, or a run that ends nothing costs its square
    r"[。！？；…!?;](?<![。！？；…!?;]{2})[。！？；…!?;]*+(?:(?<=[。！？；…])|(?![A-Za-z0-9/=&#%]))(?![》〉])[”’』」）)】］\]\"']*"
)

_HEADING_LENGTH = 40
_BARE_HEADING_LENGTH = 25  # without a number, only what is short can be told from a sentence
_SENTENCE_LIKE = re.compile(r"[。；，！？…]|[,;:：、]$")
_NUMBERED = re.compile(
    r"#{1,6}\s|[一二三四五六七八九十]{1,3}、|第[一二三四五六七八九十百\d]{1,4}[章节節编編篇部]"
    r"|[（(][一二三四五六七八九十\d]{1,3}[）)]|0\d(?:\s|(?=[^\d.:：%]))|\d{1,2}(?:\.\d{1,2})*[.、．]\s*(?=[^\d\s])"
    r"|\d(?:\.\d){1,2}\s+(?=[^\d\s亿万千百%])"
)
_NO_HEADING = re.compile(r"[-*•·●▪–—]|\d(?!\d{3}年)")  # an item of a list, a figure


def mark_length(heading: str) -> int:
    """Characters of the mark of a list, and the space behind it, with which a heading begins.

    >>> mark_length("三、收支情况"), mark_length("(二) 方法"), mark_length("收支情况")
    (2, 4, 0)
    """
    mark = _NUMBERED.match(heading)
    return len(heading) - len(heading[mark.end() :].lstrip()) if mark else 0


def make_article(source: Source, *, published: str | None = None, region: str | None = None) -> Article:
    """The article of a document. ``published`` and ``region`` are what the user says, before what the text says.

    Only a complete publication date counts (``Article.published``): a first day of the month would be invented.
    """
    shadow = simplify(source.text)
    written = script(source.text)
    return Article(
        source=source,
        text=source.text,
        shadow=shadow,
        script=written,
        converted=written in ("hant", "mixed") and machine_converted(source.text),
        region=(region or "").upper() or region_of(shadow, source.url),
        published=publication_date(published or source.published),
        sentences=sentences(source.text, source.headings),
        segment=segment,
    )


def publication_date(written: str) -> dt.date | None:
    """The day of an ISO date or date-time; ``None`` for a year, a month, or what is no date.

    >>> publication_date("2025-04-29T08:00:00+08:00"), publication_date("2025-04")
    (datetime.date(2025, 4, 29), None)
    """
    try:
        return dt.date.fromisoformat(written.strip()[:10])
    except ValueError:
        return None


def sentences(text: str, headings: Sequence[tuple[int, int]] = ()) -> tuple[Sentence, ...]:
    """The sentences of ``text`` in order, trimmed of white space.

    A sentence ends after ``。！？；…`` (and ``!?;`` before anything but Latin letters and digits) with the
    quotes and brackets closed there, and at a line break; a line that isn't blank is a paragraph.
    """
    out: list[Sentence] = []
    for number, (at, end, section) in enumerate(_lines(text, headings)):
        for stop in _SENTENCE_END.finditer(text, at, end):
            _add(out, text, at, stop.end(), number, section)
            at = stop.end()
        _add(out, text, at, end, number, section)
    return tuple(out)


def _add(out: list[Sentence], text: str, start: int, end: int, paragraph: int, section: str) -> None:
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    if start < end:
        out.append(Sentence(start, end, paragraph, section))


def _lines(text: str, headings: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int, str]]:
    """Start and end of the lines that aren't blank, each with the heading it is under (a heading is under itself)."""
    spans = [m.span() for m in _LINE.finditer(text) if not m.group().isspace()]
    marked = sorted(headings)
    section, upcoming = "", 0
    for i, (start, end) in enumerate(spans):
        while upcoming < len(marked) and marked[upcoming][0] < end:
            section = text[slice(*marked[upcoming])].strip()
            upcoming += 1
        following = text[slice(*spans[i + 1])] if end - start <= _HEADING_LENGTH and i + 1 < len(spans) else ""
        if following and _is_heading(line := text[start:end].strip(), following.strip()):
            section = line.lstrip("# ")
        yield start, end, section


def _is_heading(line: str, following: str) -> bool:
    """Whether a short line reads like a heading: numbered, or bare above a line of running text."""
    if _SENTENCE_LIKE.search(line):
        return False
    if _NUMBERED.match(line):
        return True
    bare = len(line) <= _BARE_HEADING_LENGTH and not _NO_HEADING.match(line)
    return bare and len(following) > 1.4 * len(line) and bool(_SENTENCE_LIKE.search(following))
