"""What a document says about itself: YAML front matter, Markdown headings, dates as people write them."""

from __future__ import annotations

import csv
import datetime as dt
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

__all__ = [
    "Metadata",
    "dateline",
    "dateline_labels",
    "front_matter",
    "iso_date",
    "labelled_date",
    "markdown_headings",
    "masked",
    "printed_date",
]


@dataclass(frozen=True, slots=True)
class Metadata:
    """Of one document; "" is unknown. ``published`` is an ISO date, as far as known."""

    title: str = ""
    author: str = ""
    publisher: str = ""
    published: str = ""
    url: str = ""


# Keys of front matter, lower case, in order of preference.
_KEYS: Mapping[str, tuple[str, ...]] = {
    "title": ("title",),
    "author": ("author", "authors", "by"),
    "publisher": ("source", "publisher", "site"),
    "published": ("date", "published", "publish_date", "pubdate", "date_published"),
    "url": ("url", "link", "permalink"),
}
_FENCE = re.compile(r"\A\ufeff?---[ \t]*(?:\r\n|\r|\n)")
_FENCE_END = re.compile(r"(?:\r\n|\r|\n)(?:---|\.\.\.)[ \t]*(?=\r|\n|\Z)")
_LONGEST = 20_000  # characters; front matter is a page at most
_MOST_BRACKETS = 200  # the parser's time is quadratic in their nesting

_DATE = re.compile(r"(?<!\d)(\d{4})(?:\s*[-/.年]\s*(\d{1,2})(?:\s*[-/.月]\s*(\d{1,2})(?!\d))?(?!\d))?(?!\d)")
_COMPACT = re.compile(r"(?<!\d)(\d{4})(\d\d)(\d\d)(?!\d)")


def iso_date(written: str) -> str:
    """The first date in a string, as far as it goes, or "". Nothing is invented: 2024年5月 is 2024-05.

    >>> iso_date("2024年5月7日 10:22"), iso_date("2024-05-07T22:00:00+08:00"), iso_date("２０２４/5")
    ('2024-05-07', '2024-05-07', '2024-05')
    >>> iso_date("2024-13-01"), iso_date("yesterday"), iso_date("2024")
    ('', '', '2024')
    """
    written = unicodedata.normalize("NFKC", written)
    match = _COMPACT.search(written) or _DATE.search(written)
    if not match or not 1000 <= int(match[1]) <= 2999:
        return ""
    year, month, day = int(match[1]), int(match[2] or 1), int(match[3] or 1)
    try:
        date = dt.date(year, month, day).isoformat()
    except ValueError:
        return ""
    return date if match[3] else date[:7] if match[2] else date[:4]


_SENTENCE = re.compile(r"[。！？；!?]")


def dateline(lines: Iterable[str]) -> str:
    """The date of the first line that says a day and no sentence: where from, when, by whom. Else "".

    >>> dateline(["某医院完成手术", "2024年5月7日，某医院完成手术。", "来源：某某网　2024-05-07 10:22　作者：张三"])
    '2024-05-07'
    """
    for line in lines:
        date = iso_date(line) if len(line) <= 80 and not _SENTENCE.search(line) else ""
        if len(date) == len("2024-05-07"):
            return date
    return ""


def dateline_labels(table: Path) -> frozenset[str]:
    """The words before a date of publication: the column ``term`` of ``rules/words/dateline.csv``."""
    with table.open(encoding="utf-8-sig", newline="") as file:
        return frozenset(row["term"] for row in csv.DictReader(file))


def labelled_date(text: str, labels: Collection[str]) -> str:
    r"""The day after the first label at the start of one of the first ten lines, or "".

    >>> labelled_date("标题\n发布时间：2024-05-07 10:22\n正文", {"发布时间"})
    '2024-05-07'
    """
    for line in text[:2000].splitlines()[:10]:
        label, colon, rest = line.strip(" \u3000\t【[（(*#>\ufeff").replace("：", ":", 1).partition(":")
        if colon and label.strip() in labels and (date := dateline([rest])):
            return date
    return ""


_CLOCK = re.compile(r"(?<!\d)\d{1,2}:\d{2}(?!\d)")
_ONLY_DATE = re.compile(r"\W*\d{4}\W*\w?\d{1,2}\W*\w?\d{1,2}\W*\w?\W*(?:\w{2,3}\W*)?")
_AGENCY_TAIL = re.compile(r"[)）](1\d{2})(\d{2})(\d{2})\s*$")


def printed_date(text: str) -> str:
    r"""The day of publication that a plain text prints without a label, or "".

    A line of the first five, or the last, that is only a date, or names a day and a clock and is no sentence;
    or the Republic-of-China day behind the editor's name with which Taiwanese agencies end.

    >>> printed_date("某某网记者 张三 2025-10-09 14:10\n正文。"), printed_date("公告\n正文。\n2024年5月7日\n")
    ('2025-10-09', '2024-05-07')
    >>> printed_date("2024年5月7日工作会议纪要\n正文。"), printed_date("正文。(編輯:張三)1130113")
    ('', '2024-01-13')
    """
    lines = [
        unicodedata.normalize("NFKC", line).strip()
        for line in [*text[:2000].splitlines()[:9], *text[-200:].splitlines()[-1:]]
    ]
    lines = [line for line in lines if line]
    for line in (*lines[:5], *lines[-1:]):
        if (_CLOCK.search(line) or _ONLY_DATE.fullmatch(line)) and (date := dateline([line])):
            return date
    if tail := _AGENCY_TAIL.search(text):
        return iso_date(f"{int(tail[1]) + 1911}-{tail[2]}-{tail[3]}")
    return ""


def front_matter(text: str) -> tuple[Metadata, int]:
    r"""The metadata in the YAML front matter of a text, and the offset after it (0: there is none).

    YAML 1.2 in which every value stays the string that was written. What is no mapping, no valid YAML or
    names nothing we know is text, not front matter.

    >>> front_matter("---\ntitle: 胰岛\ndate: 2024-05-07\n---\n正文")
    (Metadata(title='胰岛', author='', publisher='', published='2024-05-07', url=''), 34)
    >>> front_matter("---\n正文\n---\n")[1]
    0
    """
    opening = _FENCE.match(text)
    closing = _FENCE_END.search(text, opening.end() - 1, _LONGEST) if opening else None
    if not opening or not closing:
        return Metadata(), 0
    values = _mapping(text[opening.end() : closing.start()])
    found = {name: _first(values, keys) for name, keys in _KEYS.items()}
    if not any(key in values for keys in _KEYS.values() for key in keys):
        return Metadata(), 0
    found["published"] = iso_date(found["published"])
    return Metadata(**found), closing.end()


def _mapping(yaml: str) -> dict[str, str]:
    """Scalars and flat lists of a YAML mapping as strings; empty when it isn't one."""
    if yaml.count("[") + yaml.count("{") > _MOST_BRACKETS:
        return {}
    loader = YAML(typ="base", pure=True)  # the base schema: every scalar is a string
    loader.version = (1, 2)
    try:
        loaded = loader.load(yaml)
    except (YAMLError, ValueError, RecursionError, TypeError, AttributeError, KeyError):
        return {}
    if not isinstance(loaded, dict):
        return {}
    values: dict[str, str] = {}
    for key, value in loaded.items():
        if isinstance(value, list):
            value = ", ".join(item for item in value if isinstance(item, str))
        if isinstance(key, str) and isinstance(value, str):
            values.setdefault(key.strip().lower(), " ".join(value.split()))
    return values


def _first(values: Mapping[str, str], keys: tuple[str, ...]) -> str:
    return next((values[key] for key in keys if values.get(key)), "")


def masked(text: str, end: int) -> str:
    r"""The text with everything before ``end`` blanked, at the same length and with the same lines.

    >>> masked("---\na: 3\n---\n5%", 12)
    '   \n    \n   \n5%'
    """
    return re.sub(r"[^\r\n]", " ", text[:end]) + text[end:]


_LINE = re.compile(r"([^\r\n]*)(?:\r\n|\r|\n|\Z)")
_ATX = re.compile(r" {0,3}#{1,6}[ \t]+(\S.*?)(?:[ \t]+#+)?[ \t]*\Z")
_SETEXT = re.compile(r" {0,3}(?:=+|--+)[ \t]*\Z")
_CODE = re.compile(r" {0,3}(```|~~~)")
_NO_PARAGRAPH = re.compile(r"\s*\Z|\s{0,3}(?:[#>|]|[-*+][ \t]|\d{1,9}[.)][ \t])| {4}|\t")


def markdown_headings(text: str) -> tuple[tuple[int, int], ...]:
    r"""Spans of the headings of a Markdown text, without their marks; none inside fenced code.

    >>> text = "# 一、背景 #\n文\n\n结果\n===\n"
    >>> [text[start:end] for start, end in markdown_headings(text)]
    ['一、背景', '结果']
    """
    spans: list[tuple[int, int]] = []
    code = ""
    lines = [(match.start(1), match[1]) for match in _LINE.finditer(text)]
    for (before, above), (start, line) in pairwise([(0, ""), *lines]):
        fence = _CODE.match(line)
        if fence and code in ("", fence[1]):
            code = "" if code else fence[1]
        elif code:
            continue
        elif heading := _ATX.match(line):
            spans.append((start + heading.start(1), start + heading.end(1)))
        elif _SETEXT.match(line) and not _NO_PARAGRAPH.match(above):
            indent = len(above) - len(above.lstrip())
            spans.append((before + indent, before + len(above.rstrip())))
    return tuple(spans)
