"""READ THIS FIRST: every record that flows through zhclaims.

Two coordinate systems, and no third one:

*text*      offsets into ``Article.text``, what a reader sees. Stages speak it. ``Article.shadow``
            (simplified, half-width, 1:1 with the text) shares it.
*original*  offsets into ``Source.original``, the decoded file. Tables speak it. Only
            ``Alignment.to_source`` turns the first into the second, and only ``output/rows.py`` calls it.

Every offset counts Unicode code points and every span is half-open. Numbers are ``Decimal``, never
``float``. Empty string means unknown. Records are frozen (mypy sees to it): a stage yields new ones, it mutates nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass as record

    from pipeline.align import Alignment
else:

    def record(*, frozen: bool, slots: bool):
        """A dataclass that mypy holds frozen. At run time it isn't: a frozen one takes four times as long to make."""
        return dataclass(unsafe_hash=frozen, slots=slots)


__all__ = [
    "Article",
    "Claim",
    "Date",
    "Found",
    "Institution",
    "Mention",
    "Numeral",
    "Quantity",
    "Reject",
    "Result",
    "Sentence",
    "Source",
    "Token",
    "UnitWord",
    "record",
]


# --- what is read -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Source:
    """One input document, decoded, with the text that a reader sees and the way back to the file.

    ``original`` is ``path.read_bytes().decode(encoding)``: newlines untouched, byte-order mark dropped.
    ``text`` is the original itself for plain text, the visible main text for HTML and Markdown
    front matter; ``alignment`` maps text offsets to original offsets (``None`` means identity).
    ``headings`` are spans of ``text`` that the format itself marks as headings.
    """

    doc_id: str
    path: str  # as shown in the column `source`: the given path, with forward slashes
    original: str
    text: str
    alignment: Alignment | None = None
    sha256: str = ""
    bytes: int = 0
    media_type: str = "text/plain"
    encoding: str = "utf-8"
    encoding_source: str = ""  # bom | option | label | utf-8 | scored
    encoding_confidence: str = ""  # decimal between 0 and 1, as text
    title: str = ""
    author: str = ""
    publisher: str = ""
    published: str = ""  # ISO date, as far as known: 2025, 2025-04 or 2025-04-29
    url: str = ""
    headings: tuple[tuple[int, int], ...] = ()


@record(frozen=True, slots=True)
class Sentence:
    """A sentence of ``Article.text``; ``paragraph`` counts from 0, ``section`` is the heading above it."""

    start: int
    end: int
    paragraph: int
    section: str = ""


@record(frozen=True, slots=True)
class Token:
    """A jieba token in text offsets; ``tag`` is the part of speech of jieba's dictionary ("" = unknown)."""

    start: int
    end: int
    text: str  # of the shadow: simplified, half-width
    tag: str


@dataclass(frozen=True)
class Article:
    """A document ready for extraction. ``len(shadow) == len(text)`` always holds."""

    source: Source
    text: str
    shadow: str
    script: str  # hans | hant | mixed | neutral
    converted: bool  # traditional that a machine made from simplified (干細胞, 背后)
    region: str  # jurisdiction the text speaks from: CN TW HK MO SG, "" = unknown
    published: dt.date | None
    sentences: tuple[Sentence, ...]
    segment: Callable[[str], list[tuple[str, str]]]  # shadow text -> (token, tag), concatenating to it
    _tokens: dict[int, tuple[Token, ...]] = field(default_factory=dict, repr=False, compare=False)

    def tokens(self, sentence: int) -> tuple[Token, ...]:
        """Tokens of one sentence, segmented on first use (most sentences never need it)."""
        if sentence not in self._tokens:
            here = self.sentences[sentence]
            at, out = here.start, []
            for word, tag in self.segment(self.shadow[here.start : here.end]):
                out.append(Token(at, at + len(word), word, tag))
                at += len(word)
            self._tokens[sentence] = tuple(out)
        return self._tokens[sentence]


# --- what is found ----------------------------------------------------------------------------


@record(frozen=True, slots=True)
class Mention:
    """A span of the text that means something, the rule or model that found it, and why."""

    start: int
    end: int
    rule: str = ""
    stage: str = ""


@record(frozen=True, slots=True)
class Numeral(Mention):
    """A number as written, without unit. ``low``/``high`` bound what 十几, 三五十 or 20余 say."""

    value: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    comparator: str = "="  # = > >= < <= ~   what the numeral itself says: 30余 is >
    shape: str = "arabic"  # arabic | hanzi | mixed | digits (二〇二五, one digit a character) | fraction


@record(frozen=True, slots=True)
class UnitWord(Mention):
    """A unit written right behind a numeral, or a currency right before it (``before``).

    A number of it times ``factor`` is in ``code``: 5 角 = 0.5 CNY.
    """

    code: str = ""
    kind: str = ""
    factor: Decimal = Decimal(1)
    rate: bool = False
    before: bool = False


@record(frozen=True, slots=True)
class Quantity(Mention):
    """A number with its unit. ``text`` spans as GUIDELINES §1 say (qualifiers outside)."""

    value: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    unit: str = ""  # UCUM or ISO 4217 code, simplified classifier, or ""
    unit_text: str = ""  # as written
    kind: str = "count"  # count percentage money duration age fraction multiple measurement
    comparator: str = "="


@record(frozen=True, slots=True)
class Date(Mention):
    """A calendar time. ``value`` is EDTF, ``earliest``/``latest`` ISO dates or date-times, inclusive."""

    value: str = ""
    earliest: str = ""
    latest: str = ""
    granularity: str = ""  # century decade year half quarter season month day hour minute second interval
    calendar: str = "gregorian"  # gregorian roc lunar era
    relative: bool = False
    anchor: str = ""  # what a relative date was counted from: "published" or an ISO date of the text
    parts: Mapping[str, Any] = field(default_factory=dict)  # the captured fields, for ranges and explain
    extent: tuple[int, int] = (9, 9)  # the coarsest and the finest level that parts name, as `dateparts.extent` counts


@record(frozen=True, slots=True)
class Institution(Mention):
    """A named organisation. ``link_method``: exact alias variant difference coref or ""."""

    canonical: str = ""
    itype: str = ""
    entity_id: str = ""
    ror_id: str = ""
    link_method: str = ""
    jurisdiction: str = ""
    parent: tuple[int, int] | None = None  # span of the mention this one is part of
    alias_of: tuple[int, int] | None = None  # span of the full name this alias was defined for
    candidates: tuple[str, ...] = ()


@record(frozen=True, slots=True)
class Claim(Mention):
    """A quantity and what the text says with it."""

    quantity: Quantity | None = None
    subject: tuple[int, int] | None = None
    group: str = ""
    trend: str = ""  # up_by up_to down_by down_to
    basis: str = ""  # yoy mom vs_group vs_baseline
    modality: str = "asserted"  # asserted projected conditional negated question
    attribution: tuple[int, int] | None = None
    date: Date | None = None
    because: Mapping[str, str] = field(default_factory=dict)  # field -> rule that gave it


@record(frozen=True, slots=True)
class Reject(Mention):
    """A candidate that lost, was vetoed, or is a number but no claim; ``winner`` is the rule that won."""

    value: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    unit: str = ""
    comparator: str = ""
    reason: str = ""
    winner: str = ""


@record(frozen=True, slots=True)
class Found:
    """What earlier stages found in an article; each stage sees it and yields more."""

    mentions: tuple[Mention, ...] = ()

    def of(self, kind: type[Mention]) -> Iterator[Any]:
        return (m for m in self.mentions if type(m) is kind)

    def plus(self, more: Iterable[Mention]) -> Found:
        return Found((*self.mentions, *more))


@dataclass(slots=True)
class Result:
    """One processed document: rows ready for the tables, in original offsets, cheap to pickle."""

    document: dict[str, Any]
    claims: list[dict[str, Any]] = field(default_factory=list)
    institutions: list[dict[str, Any]] = field(default_factory=list)
    dates: list[dict[str, Any]] = field(default_factory=list)
    rejected: list[dict[str, Any]] = field(default_factory=list)
    rule_counts: dict[str, dict[str, int]] = field(default_factory=dict)  # rule -> hits kept suppressed timeouts
    seconds: dict[str, float] = field(default_factory=dict)  # stage -> wall time; run.json only
    errors: list[str] = field(default_factory=list)  # the traceback of a mistake of ours; run.json only
