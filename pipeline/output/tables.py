"""Rows → data frames → CSV, datapackage.json. The only module that knows pandas.

A CSV is UTF-8 with BOM, CRLF and RFC 4180 quoting, so that Excel opens it as it is; ``plain`` drops the BOM, uses
LF and leaves cells unguarded. The same rows give the same bytes, whatever order they arrive in.
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
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
_QUOTED = re.compile(r'[",\r\n]')


def cell(value: Any) -> str:
    """A value as it is printed; unknown is empty, numbers never carry an exponent.

    >>> [cell(v) for v in (Decimal("1.4E+8"), Decimal("67.50"), Decimal("-0"), None, True, 12, "例")]
    ['140000000', '67.5', '0', '', 'true', '12', '例']
    """
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
    ordered = sorted(rows, key=lambda row: _order(spec, row))
    data = {name: [cell(row.get(name)) for row in ordered] for name in spec.names}
    return pd.DataFrame(data, columns=list(spec.names), dtype="object")


def _order(spec: Table, row: Row) -> tuple[tuple[int, str], ...]:
    """Offsets sort as numbers, all else by code point; the whole row settles what is left."""
    keys = [row.get(name) for name in (*spec.sort, *spec.names)]
    return tuple((key, "") if type(key) is int else (-1, cell(key)) for key in keys)


def write_csv(path: Path, table: str, rows: Iterable[Row], *, plain: bool = False) -> int:
    """Write one table atomically and return how many rows it has."""
    spec, data = TABLES[table], frame(table, rows)
    if not plain:
        for column in spec.columns:
            if column.type == "string" and not column.enum:  # `=` is a comparator, and runs nowhere
                data[column.name] = data[column.name].map(guard)
    lines = [spec.names, *data.itertuples(index=False, name=None)]
    end = "\n" if plain else "\r\n"
    text = "".join(",".join(map(_quote, line)) + end for line in lines)
    write_atomically(path, text.encode("utf-8" if plain else "utf-8-sig"))
    return len(data)


def _quote(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if _QUOTED.search(text) else text


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
    out = []
    for entity, group in mentions.groupby("entity_id", sort=True):
        name = _most(group["canonical"])
        spellings = Counter(group["text"])
        aliases = sorted((s for s in spellings if s != name), key=lambda s: (-spellings[s], s))
        out.append(
            {
                "entity_id": entity,
                "canonical": name,
                "itype": _most(group["itype"]),
                "aliases": "|".join(aliases),
                "mentions": len(group),
                "documents": int(group["doc_id"].nunique()),
                "claims": said[entity],
                "ror_id": _most(group["ror_id"]),
                "jurisdiction": _most(group["jurisdiction"]),
                "parent_id": _most(group["parent_id"]),
            }
        )
    return out


def _most(values: Iterable[str]) -> str:
    """The most frequent non-empty value; the smaller text wins a tie, so that order never matters."""
    counts = Counter(v for v in values if v)
    return min(counts, key=lambda v: (-counts[v], v)) if counts else ""


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
