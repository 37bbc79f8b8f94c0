"""What every table holds: one place for the order, type and meaning of each column.

The CSVs, ``datapackage.json``, the README's tables and ``zhclaims verify`` are all made from here, so they
cannot disagree. SPEC's columns come first and keep their order; columns added later go behind them.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["TABLES", "Column", "Key", "Table"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ``type`` is a Table Schema type: string, integer, number or boolean."""

    name: str
    type: str
    about: str
    enum: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Key:
    """``column`` holds a value of ``table``'s ``target`` column, or nothing."""

    column: str
    table: str
    target: str


@dataclass(frozen=True, slots=True)
class Table:
    """A CSV file: what one row is, its columns, what identifies a row and what rows point at."""

    name: str
    row: str
    columns: tuple[Column, ...]
    id: str = ""
    keys: tuple[Key, ...] = ()
    sort: tuple[str, ...] = ("source", "start", "end", "rule")

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(c.name for c in self.columns)


def _s(name: str, about: str, *enum: str) -> Column:
    return Column(name, "string", about, enum)


def _i(name: str, about: str) -> Column:
    return Column(name, "integer", about)


def _n(name: str, about: str) -> Column:
    return Column(name, "number", about)


COMPARATORS = ("=", ">", ">=", "<", "<=", "~")
KINDS = ("count", "percentage", "money", "duration", "age", "fraction", "multiple", "measurement")
TRENDS = ("up_by", "up_to", "down_by", "down_to")
BASES = ("yoy", "mom", "vs_group", "vs_baseline")
MODALITIES = ("asserted", "projected", "conditional", "negated", "question")
ITYPES = (
    *("hospital", "university", "company", "government", "research", "association", "foundation", "party"),
    *("media", "school", "military", "team", "other"),
)
STATUSES = ("ok", "partial", "failed", "skipped")

_SPAN = (
    _s("source", "the file, as the path was given, with forward slashes"),
    _i("start", "first character in the decoded original (code points, from 0)"),
    _i("end", "one past the last character"),
    _s("text", "what a reader sees there"),
)
_PLACE = (
    _s("sentence", "the sentence around it"),
    _s("section", "the heading above it"),
    _i("line", "line in the original, from 1"),
    _s("rule", "the rule or model that found it; several joined by +"),
    _s("stage", "the stage of the pipeline it comes from"),
    _s("doc_id", "its row in documents.csv"),
    _s("report_link", "its place in the HTML report"),
)
_VALUE = (
    _n("value", "the number, scale words worked out; percentages keep the printed number"),
    _n("value_low", "lower end of a range"),
    _n("value_high", "upper end of a range"),
)
_UNIT = "UCUM code, ISO 4217 code for money, or the classifier in simplified script"
_DOCUMENT = Key("doc_id", "documents", "doc_id")

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        Table(
            "claims",
            "a numeric claim",
            (
                _s("claim_id", "names the row; stays the same while file name and position do"),
                *_SPAN,
                *_VALUE,
                _s("unit", _UNIT),
                _s("unit_text", "the unit as written"),
                _s("kind", "what sort of number it is", *KINDS),
                _s("comparator", "how the number bounds what is claimed (~ is about)", *COMPARATORS),
                _s("subject", "what is measured or counted, as written"),
                _i("subject_start", "first character of the subject"),
                _i("subject_end", "one past its last character"),
                _s("trend", "change by or to the number", *TRENDS),
                _s("basis", "what the change is measured against: 同比, 环比, a group, the start", *BASES),
                _s("modality", "how firmly the text says it", *MODALITIES),
                _s("attribution", "who says or found it, as written; empty when the author speaks"),
                _s("attribution_id", "that speaker's row in entities.csv"),
                _s("time", "the time the number holds for, as written"),
                _s("time_value", "that time in EDTF (ISO 8601-2)"),
                _s("date_id", "that time's row in dates.csv"),
                *_PLACE,
                _s("group", "the group measured, in simplified script: 治疗组"),
                _s("because", "which rule gave which field: field=rule, joined by |"),
            ),
            "claim_id",
            (_DOCUMENT, Key("attribution_id", "entities", "entity_id"), Key("date_id", "dates", "date_id")),
        ),
        Table(
            "institutions",
            "a mention of an institution",
            (
                _s("mention_id", "names the row"),
                *_SPAN,
                _s("canonical", "full name in simplified script"),
                _s("itype", "sort of institution", *ITYPES),
                _s("entity_id", "the institution's row in entities.csv"),
                _s("ror_id", "its id in the Research Organization Registry"),
                _s(
                    "link_method",
                    "how the canonical name was found",
                    *("exact", "alias", "variant", "difference", "coref"),
                ),
                _s("parent_id", "entity_id of the institution this one is part of"),
                *_PLACE,
                _s("jurisdiction", "CN TW HK MO SG …, as far as the text shows"),
                _s(
                    "candidates",
                    "records of the registry that look alike but were not linked: id and name, joined by |",
                ),
            ),
            "mention_id",
            (_DOCUMENT, Key("entity_id", "entities", "entity_id"), Key("parent_id", "entities", "entity_id")),
        ),
        Table(
            "dates",
            "a mention of a calendar time",
            (
                _s("date_id", "names the row"),
                *_SPAN,
                _s("value", "EDTF (ISO 8601-2): 2025-04, 2024-33 (first quarter), 2014/2016, 2013~"),
                _s("earliest", "first day or second it can mean"),
                _s("latest", "last day or second it can mean, inclusive"),
                _s(
                    "granularity",
                    "century decade year half quarter season month day hour minute second interval",
                ),
                _s("calendar", "calendar it is written in", *("gregorian", "roc", "lunar", "era")),
                Column("relative", "boolean", "true when only the context gives the value (去年, 上周五)"),
                _s("anchor", "what a relative date was counted from: published, or a date of the text"),
                *_PLACE,
            ),
            "date_id",
            (_DOCUMENT,),
        ),
        Table(
            "entities",
            "an institution across the corpus",
            (
                _s("entity_id", "names the institution; made from its name and jurisdiction"),
                _s("canonical", "full name in simplified script"),
                _s("itype", "sort of institution", *ITYPES),
                _s("aliases", "other spellings found, most frequent first, joined by |"),
                _i("mentions", "rows of institutions.csv"),
                _i("documents", "documents that mention it"),
                _i("claims", "claims attributed to it"),
                _s("ror_id", "its id in the Research Organization Registry"),
                _s("jurisdiction", "CN TW HK MO SG …, as far as the texts show"),
                _s("parent_id", "entity_id of the institution it is part of"),
            ),
            "entity_id",
            (Key("parent_id", "entities", "entity_id"),),
            ("canonical", "entity_id"),
        ),
        Table(
            "documents",
            "an input file",
            (
                _s("doc_id", "names the document"),
                _s("source", "the file, as the path was given, with forward slashes"),
                _s("sha256", "hash of its bytes"),
                _i("bytes", "its size"),
                _s("media_type", "text/plain, text/markdown, text/html"),
                _s("encoding", "codec that decodes it into the original"),
                _s(
                    "encoding_source",
                    "how that was found out",
                    *("bom", "option", "label", "utf-8", "scored"),
                ),
                _n("encoding_confidence", "between 0 and 1"),
                _s("script", "script it is written in", *("hans", "hant", "mixed", "neutral")),
                _i("chars", "length of the original in code points"),
                _s("title", "title, as far as the file says"),
                _s("author", "author, as far as the file says"),
                _s("publisher", "publisher, as far as the file says"),
                _s("published", "day of publication (ISO 8601, as far as known); anchors relative dates"),
                _s("url", "address, as far as the file says"),
                _i("claims", "rows in claims.csv"),
                _i("institutions", "rows in institutions.csv"),
                _i("dates", "rows in dates.csv"),
                _s("duplicate_of", "doc_id of an earlier file with the same bytes"),
                _s(
                    "status",
                    "partial: a rule ran out of time; skipped: not a kind of file that is read",
                    *STATUSES,
                ),
                _s("error_code", "short name of what went wrong"),
                _s("error", "what went wrong and what to do"),
                Column("converted", "boolean", "true when a machine made its traditional text from simplified"),
                _s("region", "jurisdiction the text speaks from: CN TW HK MO SG"),
            ),
            "doc_id",
            (Key("duplicate_of", "documents", "doc_id"),),
            ("source",),
        ),
        Table(
            "rules",
            "a rule",
            (
                _s("rule", "the rule's id"),
                _s("file", "the file it stands in"),
                _i("line", "the line it starts at"),
                _s("version", "hash of the rule as written"),
                _i("hits", "candidates it found"),
                _i("kept", "rows that name it"),
                _i("suppressed", "candidates it lost to another rule or a veto"),
                _i("documents", "documents it has rows in"),
                _i("timeouts", "documents in which it ran out of time"),
            ),
            "rule",
            (),
            ("rule",),
        ),
        Table(
            "rejected",
            "a candidate that lost, was vetoed, or is a number but no claim",
            (
                *_SPAN,
                *_VALUE,
                _s("unit", _UNIT),
                _s("comparator", "how the number bounds what is said", *COMPARATORS),
                _s("rule", "the rule that proposed it"),
                _s("reason", "why it is no row of its own"),
                _s("winner", "the rule that won instead"),
                _i("line", "line in the original, from 1"),
                _s("doc_id", "its row in documents.csv"),
            ),
            "",
            (_DOCUMENT,),
            ("source", "start", "end", "rule", "reason", "winner"),
        ),
        Table(
            "agreements",
            "claims of several documents on the same subject and unit",
            (
                _s("group_id", "names the group"),
                _s("subject", "what all of them measure or count"),
                _s("unit", _UNIT),
                _s("time_value", "the time they hold for, in EDTF"),
                _s("values", "the numbers, most frequent first, joined by |"),
                _s("documents", "doc_ids, joined by |"),
                _s("verdict", "what the comparison says", *("agree", "differ", "update")),
            ),
            "group_id",
            (),
            ("subject", "unit", "time_value", "group_id"),
        ),
    )
}
