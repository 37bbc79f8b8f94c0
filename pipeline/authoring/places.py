"""A place in an article, named by a line of a table, or by a text and the words in it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipeline.authoring.bench import Bench
from pipeline.config import UsageError
from pipeline.model import Article, Found, Sentence
from pipeline.output.folder import read_run
from pipeline.output.tables import read_csv
from pipeline.stages.convert import simplify
from pipeline.stages.read import NoInput, from_text, read

__all__ = ["Place", "base_of", "from_row", "from_words", "row_at"]


@dataclass(frozen=True, slots=True)
class Place:
    """``article.text[start:end]`` and what was found in the article; ``row`` is the table's row, if any."""

    article: Article
    found: Found
    start: int
    end: int
    row: dict[str, str]

    @property
    def sentence(self) -> Sentence:
        """The sentence that holds the place."""
        return next(
            (s for s in self.article.sentences if s.start <= self.start < s.end),
            Sentence(0, len(self.article.text), 0),
        )


def from_words(bench: Bench, text: str, span: str) -> Place:
    """The first place of ``span`` in ``text``. Raises UsageError when it isn't there."""
    article, found = bench.find(from_text(text))
    start = article.shadow.find(simplify(span))
    if start < 0 or not span:
        raise UsageError(
            f"'{span}' does not stand in the text: --span names the number or name that the rule should find"
        )
    return Place(article, found, start, start + len(span), {})


def from_row(bench: Bench, table: Path, line: int) -> Place:
    """The place of a row of claims.csv, institutions.csv, dates.csv or rejected.csv. Raises UsageError, or NoInput when it can't be read."""
    row = row_at(table, line)
    path = base_of(table.parent) / row["source"]
    try:
        article, found = bench.find(read(path, shown=row["source"]))
    except OSError as problem:
        raise NoInput(f"{path}: can't be read: {problem}") from None
    start, end = int(row["start"]), int(row["end"])
    if article.source.alignment is not None:
        start, end = article.source.alignment.to_text(start, end)
    if article.text[start:end] != row["text"]:
        raise UsageError(f"{path} has changed since {table} was written: run again")
    return Place(article, found, start, end, row)


def row_at(table: Path, line: int) -> dict[str, str]:
    """The row at a line of the file as spreadsheets number it: 1 is the header. Raises UsageError, or NoInput when it can't be read."""
    try:
        rows = read_csv(table)
    except OSError as problem:
        raise NoInput(f"{table}: can't be read: {problem.strerror}") from None
    if not 2 <= line <= len(rows) + 1:
        raise UsageError(f"{table} has the rows 2 to {len(rows) + 1}, not {line}")
    row = rows[line - 2]
    if not {"source", "start", "end", "text"} <= row.keys():
        raise UsageError(f"{table} is no table of places: name claims.csv, institutions.csv, dates.csv or rejected.csv")
    return row


def base_of(out: Path) -> Path:
    """The folder that the sources of an output folder are relative to."""
    run = read_run(out)
    return out / str(run["base"]) if run and "base" in run else Path()
