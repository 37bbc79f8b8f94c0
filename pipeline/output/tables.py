"""Rows → data frames → CSV, datapackage.json. The only module that knows pandas.

A CSV is UTF-8 with BOM, CRLF and RFC 4180 quoting, so that Excel opens it as it is; ``plain`` drops the BOM, uses
LF and leaves cells unguarded. The same rows give the same bytes, whatever order they arrive in.
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.output.columns import TABLES, Column, Table
from pipeline.output.folder import write_atomically

__all__ = ["cell", "entities", "frame", "guard", "read_csv", "unguard", "write_csv", "write_datapackage"]

Row = Mapping[str, Any]

# What a spreadsheet would run. A guarded cell gets one apostrophe in front, and so does a cell that would
# otherwise look guarded: that makes `unguard` exact.
_RUNNABLE = re.compile(r"'*[=+\-@\t]")
_GUARDED = re.compile(r"''*[=+\-@\t]")
_PLAIN_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?%?", re.ASCII)
_RISKY = frozenset("'=+-@\t")
_QUOTED = re.compile(r'["\r\n]')


def cell(value: Any) -> str:
    """A value as it is printed; unknown is empty, numbers never carry an exponent.

    >>> [cell(v) for v in (Decimal("1.4E+8"), Decimal("67.50"), Decimal("-0"), None, True, 12, "例")]
    ['140000000', '67.5', '0', '', 'true', '12', '例']
    """
    if type(value) is str:  # most are
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        if not value.is_finite():
            return ""
        text = format(value, "f")
        if "." in text:
            text = text.rstrip("0").rstrip(".")
        return "0" if text in ("-0", "") else text
    return str(value)


def guard(text: str) -> str:
    """Keep a spreadsheet from running a text cell; numbers and percentages stay as they are.

    >>> guard("=1+1"), guard("-5℃"), guard("-5%"), guard("'-5℃")
    ("'=1+1", "'-5℃", '-5%', "''-5℃")
    """
    return "'" + text if _RUNNABLE.match(text) and not _PLAIN_NUMBER.fullmatch(text) else text


def unguard(text: str) -> str:
    """The text that ``guard`` was given.

    >>> all(unguard(guard(t)) == t for t in ("=1+1", "-5%", "'-5%", "'例", "''=x", ""))
    True
    """
    return text[1:] if _GUARDED.match(text) else text


def frame(table: str, rows: Iterable[Row]) -> pd.DataFrame:
    """The rows of a table as text cells: SPEC's columns, sorted, every cell a string.

    >>> frame("rules", [{"rule": "b", "hits": 2}, {"rule": "a"}])[["rule", "hits"]].values.tolist()
    [['a', ''], ['b', '2']]
    """
    spec = TABLES[table]
    return pd.DataFrame(_cells(spec, rows), columns=list(spec.names), dtype="object")


def _cells(spec: Table, rows: Iterable[Row]) -> list[tuple[str, ...]]:
    """The rows as printed, in order: offsets sort as numbers, all else by code point; the whole row settles what is left."""
    keyed, names = [], spec.names
    for row in rows:
        order = [(key, "") if type(key) is int else (-1, cell(key)) for key in map(row.get, spec.sort)]
        keyed.append((order, tuple(map(cell, map(row.get, names)))))
    keyed.sort()
    return [cells for _, cells in keyed]


def write_csv(path: Path, table: str, rows: Iterable[Row], *, plain: bool = False) -> int:
    """Write one table atomically and return how many rows it has."""
    spec = TABLES[table]
    lines = _cells(spec, rows)
    # `=` is a comparator, and runs nowhere
    texts = [] if plain else [i for i, c in enumerate(spec.columns) if c.type == "string" and not c.enum]
    end = "\n" if plain else "\r\n"
    text = "".join([_line(cells, texts) + end for cells in (spec.names, *lines)])
    write_atomically(path, text.encode("utf-8" if plain else "utf-8-sig"))
    return len(lines)


def _line(cells: Sequence[str], texts: Iterable[int]) -> str:
    """A line of CSV without its end; the cells with the numbers ``texts`` are guarded."""
    unsafe = [i for i in texts if cells[i][:1] in _RISKY]
    if unsafe:
        cells = [guard(text) if i in unsafe else text for i, text in enumerate(cells)]
    line = ",".join(cells)
    return ",".join(map(_quote, cells)) if line.count(",") >= len(cells) or _QUOTED.search(line) else line


def _quote(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if "," in text or _QUOTED.search(text) else text


def read_csv(path: Path, *, plain: bool = False) -> list[dict[str, str]]:
    """The rows of a table as they were given to ``write_csv``: guards undone, every cell text."""
    csv.field_size_limit(2**31 - 1)
    undo = (lambda text: text) if plain else unguard
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [{k: undo(v) if isinstance(v, str) else "" for k, v in row.items() if k} for row in csv.DictReader(file)]


def entities(institutions: Sequence[Row], claims: Sequence[Row]) -> list[dict[str, Any]]:
    """Group mentions by ``entity_id`` across all documents; the spelling most used elsewhere is an alias."""
    if not institutions:
        return []
    said = Counter(row["attribution_id"] for row in claims if row["attribution_id"])
    mentions = pd.DataFrame(list(institutions))
    groups = mentions.groupby("entity_id", sort=True)
    most = {name: _most(mentions, name) for name in ("canonical", "itype", "ror_id", "jurisdiction", "parent_id")}
    counts = groups.agg(mentions=("entity_id", "size"), documents=("doc_id", "nunique")).reset_index()
    spellings: dict[str, list[str]] = defaultdict(list)
    for entity, text in _by_use(mentions, "text"):
        spellings[entity].append(text)
    return [
        {
            "entity_id": entity,
            "canonical": (name := most["canonical"].get(entity, "")),
            "itype": most["itype"].get(entity, ""),
            "aliases": "|".join(text for text in spellings[entity] if text != name),
            "mentions": number,
            "documents": documents,
            "claims": said[entity],
            "ror_id": most["ror_id"].get(entity, ""),
            "jurisdiction": most["jurisdiction"].get(entity, ""),
            "parent_id": most["parent_id"].get(entity, ""),
        }
        for entity, number, documents in counts.itertuples(index=False, name=None)
    ]


def _by_use(mentions: pd.DataFrame, column: str) -> Iterator[tuple[str, str]]:
    """Each entity with every value it has in a column but empty ones, the most frequent first, then the smaller text."""
    counted = mentions.groupby(["entity_id", column]).size().reset_index(name="number")
    counted = counted.sort_values(["entity_id", "number", column], ascending=[True, False, True])
    yield from ((entity, value) for entity, value in zip(counted["entity_id"], counted[column], strict=True) if value)


def _most(mentions: pd.DataFrame, column: str) -> dict[str, str]:
    """The most frequent value of each entity that has one; the smaller text wins a tie, so that order never matters."""
    out: dict[str, str] = {}
    for entity, value in _by_use(mentions, column):
        out.setdefault(entity, value)
    return out


# --- datapackage.json ---------------------------------------------------------------------------


def write_datapackage(out: Path, *, plain: bool = False) -> None:
    """Describe the CSVs of ``out`` as a Data Package (v2) with their schemas and hashes."""
    package = {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "zhclaims",
        "title": "Numeric claims, institutions and dates in Chinese articles",
        "resources": [_resource(out, table, plain) for table in TABLES.values()],
    }
    text = json.dumps(package, ensure_ascii=False, indent=2) + "\n"
    write_atomically(out / "datapackage.json", text.encode("utf-8"))


def _resource(out: Path, table: Table, plain: bool) -> dict[str, Any]:
    content = (out / f"{table.name}.csv").read_bytes()
    return {
        "$schema": "https://datapackage.org/profiles/2.0/dataresource.json",
        "name": table.name,
        "path": f"{table.name}.csv",
        "type": "table",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": "sha256:" + hashlib.sha256(content).hexdigest(),
        "description": f"one row: {table.row}",
        "dialect": {"lineTerminator": "\n" if plain else "\r\n", "quoteChar": '"', "doubleQuote": True},
        "schema": _schema(table),
    }


def _schema(table: Table) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "$schema": "https://datapackage.org/profiles/2.0/tableschema.json",
        "fields": [_field(column, table.id) for column in table.columns],
        "missingValues": [""],
    }
    if table.id:
        schema["primaryKey"] = [table.id]
    if table.keys:
        schema["foreignKeys"] = [
            {
                "fields": [key.column],
                "reference": {"fields": [key.target]} | ({} if key.table == table.name else {"resource": key.table}),
            }
            for key in table.keys
        ]
    return schema


def _field(column: Column, identifier: str) -> dict[str, Any]:
    limits: dict[str, Any] = {"required": True, "unique": True} if column.name == identifier else {}
    if column.enum:
        limits["enum"] = list(column.enum)
    out: dict[str, Any] = {"name": column.name, "type": column.type, "description": column.about}
    return out | ({"constraints": limits} if limits else {})
