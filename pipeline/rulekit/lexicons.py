"""Lexicons: sets of terms that templates name as ``@name``, from a list in the rule file or a CSV beside it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.rulekit.ruleerrors import Report
from pipeline.rulekit.rulefile import Item, Keys, Text, keys, text, texts

__all__ = ["Lexicon", "LexiconReader"]

MAX_BYTES = 20_000_000  # of one CSV


@dataclass(frozen=True, slots=True)
class Lexicon:
    """A set of terms. ``entries`` maps each surface (simplified) to its row: term, canonical, code and more.

    ``longest``: characters of the longest surface.
    """

    name: str
    entries: Mapping[str, Mapping[str, str]]
    file: str
    line: int
    longest: int = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "longest", max(map(len, self.entries), default=0))


class LexiconReader:
    """Reads lexicons. ``normalise`` brings terms to the form of the shadow; ``read`` hands out bytes that count in the hash."""

    def __init__(self, report: Report, normalise: Callable[[str], str], read: Callable[[Path, str], bytes]) -> None:
        self.report, self.normalise, self.read = report, normalise, read

    def lexicon(self, key: Text, item: Item, folder: Path) -> Lexicon | None:
        """The lexicon under a key, or None when it has no terms (reported)."""
        before = len(self.report.errors)
        entries: dict[str, Mapping[str, str]] = {}
        if isinstance(item, Keys):
            body = keys(item, ("file", "map", "words"), f"lexicon {key.value}", self.report)
            for name, where in texts(body.get("file"), "file", self.report):
                for surface, entry in self.words(folder / name, name, where).items():
                    entries[surface] = entry
            for term, where in texts(body.get("words"), "words", self.report):
                self.add(entries, term, "", where)
            self.mapped(entries, body.get("map"), key.value)
        else:
            for term, where in texts(item, f"lexicon {key.value}", self.report):
                self.add(entries, term, "", where)
        if not entries:
            if len(self.report.errors) == before:
                self.report.error(
                    item,
                    "empty-lexicon",
                    f"lexicon '{key.value}' has no terms: give a list, {{map: {{term: code}}}} or {{file: words/name.csv}}",
                )
            return None
        return Lexicon(key.value, entries, self.report.file, key.line)

    def mapped(self, entries: dict[str, Mapping[str, str]], item: Item | None, name: str) -> None:
        if item is None:
            return
        if not isinstance(item, Keys):
            self.report.error(
                item, "type", f"lexicon {name}: map expects terms with their codes, such as {{去年: year-1}}"
            )
            return
        for term, value in item.pairs:
            if isinstance(term, Text):
                self.add(entries, term.value, text(value, "code", self.report), term)
            else:
                self.report.error(term, "type", f"lexicon {name}: a term is a text")

    def add(self, entries: dict[str, Mapping[str, str]], term: str, code: str, where: Item) -> None:
        surface = self.normalise(term)
        if not term.strip():
            return
        known = entries.get(surface)
        if known is not None and known["code"] != code:
            self.report.error(
                where,
                "duplicate-term",
                f"'{term}' has the code '{known['code']}' already: a term has one code",
            )
            return
        entries[surface] = {"term": term, "canonical": term, "code": code}

    def words(self, path: Path, name: str, where: Item) -> dict[str, Mapping[str, str]]:
        """A CSV: a header row with `term`, optional canonical, code, aliases (| separated) and more."""
        out: dict[str, Mapping[str, str]] = {}
        try:
            data = self.read(path, name)
            if len(data) > MAX_BYTES:
                self.report.error(
                    where,
                    "lexicon-file",
                    f"lexicon file {name} has {len(data):,} bytes, at most {MAX_BYTES:,} are read",
                )
                return out
            rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))
        except (OSError, ValueError, csv.Error) as problem:
            self.report.error(where, "lexicon-file", f"lexicon file {name}: {reason(problem)}")
            return out
        if rows and "term" not in rows[0]:
            first = ", ".join(str(column) for column in rows[0])[:100]
            self.report.error(
                where,
                "lexicon-file",
                f"lexicon file {name} has no column 'term'; its first line names: {first}",
            )
            return out
        for row in rows:
            term = (row.get("term") or "").strip()
            if not term or term.startswith("#"):
                continue
            entry = {k: (v or "").strip() for k, v in row.items() if isinstance(k, str) and not isinstance(v, list)}
            entry["canonical"] = entry.get("canonical") or term
            entry.setdefault("code", "")
            for surface in (term, *(a.strip() for a in (entry.get("aliases") or "").split("|"))):
                if surface:
                    out.setdefault(self.normalise(surface), entry)
        return out


def reason(problem: Exception) -> str:
    if isinstance(problem, UnicodeDecodeError):
        return "is not UTF-8: in a spreadsheet choose 'CSV UTF-8' when saving"
    if isinstance(problem, OSError):
        return f"can't be read: {problem.strerror}"
    return f"is no CSV: {problem}"
