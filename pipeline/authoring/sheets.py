"""Tables that people edited and saved: CSV as spreadsheets write it, and the first sheet of an .xlsx file."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree

from pipeline.config import UsageError
from pipeline.output.tables import unguard
from pipeline.stages.read import NoInput

__all__ = ["read_sheet"]

MAX_BYTES = 200_000_000  # unpacked
NS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def read_sheet(path: Path) -> list[dict[str, str]]:
    """The rows by column name; cells as text, formula guards undone. Raises UsageError when it is no table."""
    try:
        table = xlsx_rows(path) if path.suffix.lower() == ".xlsx" else csv_rows(path.read_bytes())
    except OSError as problem:
        raise NoInput(f"{path}: can't be read: {problem.strerror}") from None
    except (ValueError, csv.Error, KeyError, zipfile.BadZipFile, ElementTree.ParseError) as problem:
        raise UsageError(f"{path}: is no table that can be read: {problem}") from None
    if not table:
        return []
    names = [name.strip() for name in table[0]]
    return [
        {name: unguard(cell) for name, cell in zip(names, row, strict=False) if name} for row in table[1:] if any(row)
    ]


def csv_rows(data: bytes) -> list[list[str]]:
    """UTF-8, or GB18030 as Excel in China saves it; comma, semicolon or tab, as the first line shows."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("gb18030")
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    csv.field_size_limit(2**31 - 1)
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def xlsx_rows(path: Path) -> list[list[str]]:
    """The cells of the first sheet; a missing cell is empty."""
    with zipfile.ZipFile(path) as archive:
        if sum(info.file_size for info in archive.infolist()) > MAX_BYTES:
            raise ValueError("too big")
        names = set(archive.namelist())
        shared = strings(archive.read("xl/sharedStrings.xml")) if "xl/sharedStrings.xml" in names else []
        sheet = min(name for name in names if name.startswith("xl/worksheets/sheet"))
        root = ElementTree.fromstring(archive.read(sheet))
    out = []
    for row in root.iter(f"{NS}row"):
        cells: dict[int, str] = {}
        for cell in row.iter(f"{NS}c"):
            cells[column(cell.get("r", ""), len(cells))] = content(cell, shared)
        out.append([cells.get(i, "") for i in range(max(cells, default=-1) + 1)])
    return out


def strings(data: bytes) -> list[str]:
    """The strings that the cells of a workbook share, in order."""
    return [
        "".join(text.text or "" for text in item.iter(f"{NS}t"))
        for item in ElementTree.fromstring(data).iter(f"{NS}si")
    ]


def column(reference: str, default: int) -> int:
    """The number of a cell's column, from 0.

    >>> column("A1", 9), column("AB7", 9), column("", 9)
    (0, 27, 9)
    """
    letters = re.match(r"[A-Z]+", reference)
    if not letters:
        return default
    number = 0
    for letter in letters.group():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def content(cell: ElementTree.Element, shared: list[str]) -> str:
    """The text of a cell: a shared string, a string of its own, or a number as written."""
    value = cell.find(f"{NS}v")
    if cell.get("t") == "s" and value is not None and value.text:
        return shared[int(value.text)]
    if cell.get("t") == "inlineStr":
        return "".join(text.text or "" for text in cell.iter(f"{NS}t"))
    return (value.text or "") if value is not None else ""
