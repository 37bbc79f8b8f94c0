"""``zhclaims verify OUT``: does every row say what stands at its place in its file?

Checks, for every row of every table: the cells are of their column's type, ids are unique and what rows point at
exists, each file still has the bytes that were read, and ``original[start:end]`` reads as ``text`` (HTML: after
dropping markup and decoding entities).
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.output.columns import TABLES, Column, Table
from pipeline.output.folder import FolderError, read_run
from pipeline.output.tables import read_csv
from pipeline.stages.read import visible

__all__ = ["Mismatch", "Verdict", "verify"]

Rows = list[dict[str, str]]

_TYPES = {
    "integer": re.compile(r"-?\d+", re.ASCII),
    "number": re.compile(r"-?\d+(?:\.\d+)?", re.ASCII),
    "boolean": re.compile(r"true|false"),
}
_LONGEST_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Mismatch:
    """What is wrong and where: the file, its line of the table (header is 1; 0 is the file itself), the row's id."""

    file: str
    row: int
    name: str
    what: str

    def __str__(self) -> str:
        where = f"{self.file} row {self.row}" if self.row else self.file
        return f"{where}{f' ({self.name})' if self.name else ''}: {self.what}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """How much was checked, and everything that did not hold."""

    rows: int
    documents: int
    mismatches: tuple[Mismatch, ...]


def verify(out: Path, base: Path | None = None) -> Verdict:
    """Check an output folder against its sources, which lie relative to ``base`` (default: what run.json says).

    Raises FolderError when ``out`` is not the output of a finished run.
    """
    run = read_run(out)
    if run is None:
        raise FolderError(f"{out}: has no run.json of zhclaims. Name the folder that `zhclaims run … -o` wrote.")
    if run.get("state") != "finished":
        raise FolderError(f"{out}: the run that wrote it did not finish. Run it again, then verify.")
    plain = run.get("csv") == "plain"
    found: list[Mismatch] = []
    loaded = {name: _load(out, spec, plain, found) for name, spec in TABLES.items()}
    tables = {name: rows for name, rows in loaded.items() if rows is not None}
    for name, rows in tables.items():
        found += _check_cells(TABLES[name], rows)
        found += _check_keys(TABLES[name], rows, tables)
    found += _check_hashes(out, {f"{name}.csv" for name in TABLES.keys() - tables.keys()})
    found += _check_sources(tables, base or out / str(run.get("base", "")))
    return Verdict(sum(map(len, tables.values())), len(tables.get("documents", ())), tuple(found))


def _load(out: Path, spec: Table, plain: bool, found: list[Mismatch]) -> Rows | None:
    """The rows of a table; None when it can't be read: that is said once, and nothing is held against it."""
    path = out / f"{spec.name}.csv"
    try:
        rows = read_csv(path, plain=plain)
    except (OSError, UnicodeDecodeError) as error:
        found.append(Mismatch(path.name, 0, "", f"cannot be read ({_reason(error)}); run again to make it anew"))
        return None
    missing = [name for name in spec.names if rows and name not in rows[0]]
    if missing:
        found.append(Mismatch(path.name, 0, "", f"lacks the columns {', '.join(missing)}"))
        return None
    return rows


def _reason(error: OSError | UnicodeDecodeError) -> str:
    return (isinstance(error, OSError) and error.strerror) or str(error)


def _check_cells(spec: Table, rows: Rows) -> Iterator[Mismatch]:
    seen: dict[str, int] = {}
    for number, row in enumerate(rows, 2):
        name = row[spec.id] if spec.id else ""
        for column in spec.columns:
            if fault := _fault(column, row[column.name]):
                yield Mismatch(f"{spec.name}.csv", number, name, f"{column.name}: {fault}")
        if spec.id and not name:
            yield Mismatch(f"{spec.name}.csv", number, "", f"{spec.id} is empty")
        elif spec.id and name in seen:
            yield Mismatch(f"{spec.name}.csv", number, name, f"{spec.id} is also that of row {seen[name]}")
        seen.setdefault(name, number)


def _fault(column: Column, text: str) -> str:
    if not text:
        return ""
    shape = _TYPES.get(column.type)
    if shape and not shape.fullmatch(text):
        return f"{text!a} is no {column.type}"
    if column.enum and text not in column.enum:
        return f"{text!a} is none of {' '.join(column.enum)}"
    return ""


def _check_keys(spec: Table, rows: Rows, tables: dict[str, Rows]) -> Iterator[Mismatch]:
    for key in (key for key in spec.keys if key.table in tables):
        known = {row[key.target] for row in tables[key.table]}
        for number, row in enumerate(rows, 2):
            if row[key.column] and row[key.column] not in known:
                what = f"{key.column} {row[key.column]!a} is no {key.target} of {key.table}.csv"
                yield Mismatch(f"{spec.name}.csv", number, row[spec.id] if spec.id else "", what)


def _check_hashes(out: Path, unread: Collection[str]) -> Iterator[Mismatch]:
    """The CSVs are the ones that datapackage.json was written with, but for those of which it was said already what is wrong."""
    try:
        package = json.loads((out / "datapackage.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        yield Mismatch("datapackage.json", 0, "", f"cannot be read ({error})")
        return
    for resource in (each for each in package["resources"] if each["path"] not in unread):
        path = out / resource["path"]
        digest = "sha256:" + hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        if digest != resource["hash"]:
            yield Mismatch(path.name, 0, "", "was changed after the run (its hash is not that of datapackage.json)")


def _check_sources(tables: dict[str, Rows], base: Path) -> Iterator[Mismatch]:
    placed: dict[str, list[tuple[str, int, dict[str, str]]]] = {}
    for name, rows in tables.items():
        if "start" in TABLES[name].names:
            for number, row in enumerate(rows, 2):
                placed.setdefault(row["doc_id"], []).append((name, number, row))
    for number, document in enumerate(tables.get("documents", ()), 2):
        here = placed.get(document["doc_id"], [])
        if document["sha256"] or here:
            yield from _check_document(document, number, here, base)


def _check_document(
    document: dict[str, str], number: int, placed: list[tuple[str, int, dict[str, str]]], base: Path
) -> Iterator[Mismatch]:
    def wrong(what: str) -> Mismatch:
        return Mismatch("documents.csv", number, document["doc_id"], f"{document['source']}: {what}")

    try:
        content = _located(base, document["source"]).read_bytes()
    except OSError as error:
        yield wrong(f"cannot be read ({error.strerror}) below {base}; if the files moved, give --base FOLDER")
        return
    if hashlib.sha256(content).hexdigest() != document["sha256"]:
        yield wrong("the file is not the one that was read (its hash differs)")
    if not placed:
        return
    try:
        original = content.decode(document["encoding"])
    except (LookupError, UnicodeDecodeError) as error:
        yield wrong(f"does not decode as {document['encoding']} ({error})")
        return
    for table, row_number, row in placed:
        for what in _misplaced(original, document["media_type"], row):
            yield Mismatch(f"{table}.csv", row_number, row.get(TABLES[table].id, ""), what)


def _located(base: Path, source: str) -> Path:
    r"""The file of a ``source`` cell: ``\xNN`` in it may be a byte of a name that is no UTF-8."""
    path = base / source
    if not path.exists() and "\\x" in source:
        name = re.sub(rb"\\x([0-9a-f]{2})", lambda m: bytes([int(m[1], 16)]), source.encode())
        return base / os.fsdecode(name)
    return path


def _misplaced(original: str, media_type: str, row: dict[str, str]) -> Iterator[str]:
    for text, start, end in (("text", "start", "end"), ("subject", "subject_start", "subject_end")):
        if not row.get(start, ""):
            continue
        try:
            low, high = int(row[start]), int(row[end])
        except ValueError:
            continue  # reported with the cells
        if not 0 <= low < high <= len(original):
            yield f"{start}:{end} = {low}:{high} lies outside the {len(original)} characters of {row['source']}"
            continue
        there = original[low:high]
        if there != row[text] and visible(there, media_type) != row[text]:
            yield f"{text} is {_short(row[text])}, but {row['source']} has {_short(there)} at {low}:{high}"


def _short(text: str) -> str:
    return repr(text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "…")
