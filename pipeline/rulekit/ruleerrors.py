"""What can be wrong with a rule file: stable codes, located errors, and the report that collects them all."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

__all__ = ["CODES", "Place", "Report", "RuleError", "RuleErrors", "did_you_mean"]

CODES: Mapping[str, str] = {
    "missing": "a folder or file of rules isn't there",
    "unreadable": "a file can't be read",
    "encoding": "a file is not UTF-8",
    "size": "a file, all files together, or a template with its patterns is too big",
    "yaml": "a file is not YAML, or nests too deeply",
    "tag": "a YAML tag (!x) or directive; values are plain text",
    "alias": "a YAML anchor (&x) or alias (*x)",
    "format": "the line `format:` is missing or names another format",
    "type": "text stands where a list is expected, or the other way round",
    "unknown-key": "a key that nothing reads",
    "unknown-field": "`set` gives a field that such rules don't have",
    "unknown-value": "`set` or the code of a term gives a field a value that it can't have",
    "duplicate-capture": "one match captures the same field twice",
    "duplicate-key": "the same key twice",
    "name": "a name with other characters than lower-case letters, digits and _",
    "id": "a rule's id isn't words joined by dots",
    "duplicate-id": "two rules of a folder have the same id",
    "duplicate-lexicon": "two lexicons of a folder have the same name",
    "duplicate-pattern": "two patterns of a folder have the same name",
    "duplicate-term": "a lexicon gives a term twice, with different codes",
    "empty-lexicon": "a lexicon has no terms",
    "lexicon-file": "the CSV of a lexicon can't be read or lacks the column `term`",
    "empty": "a template without content",
    "template": "a template that can't be read",
    "unknown-lexicon": "@name of a lexicon that isn't there",
    "unknown-pattern": "{name} of a pattern that isn't there",
    "unknown-type": "{name:type} with a type that isn't there",
    "recursion": "a pattern or `extends` that contains itself",
    "depth": "patterns or `extends` nest too deeply",
    "extracts": "`extracts` names nothing that rules can extract",
    "match": "a rule has neither `match` nor `regex`, or both",
    "no-anchor": "a template of nothing but a text or phrase capture",
    "matches-empty": "a template or regex that can match nothing at all",
    "cant-match": "a part or an alternative that can never match",
    "runaway": "a template or regex whose time explodes on some text",
    "regex": "a regex that can't be compiled",
    "ineffective": "a key that is there but changes nothing",
    "within": "`within` is not a number of characters",
    "priority": "`priority` is not a whole number",
    "expression": "a condition or `= …` that can't be read",
    "unknown-name": "a condition names something the rule doesn't capture",
    "extends": "`extends` names a rule that isn't there",
    "untested": "a rule without a hit or without a miss",
    "test": "a test that is no hit, miss or todo, or more than one of them",
    "test-span": "a hit without ⟦⟧, a miss with them, or marks that don't pair",
    "todo-holds": "a todo that does what it should: make it a hit",
    "test-failed": "a hit that isn't found as said, or a miss that is",
}
"""Every code of an error, with what it means. Codes never change their meaning; scripts may rely on them."""

MOST_SHOWN = 200


class Place(Protocol):
    """Something of a file that knows where it stands (from 1)."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class RuleError:
    """One mistake in a rule file. ``code`` is stable; ``str()`` is what people read."""

    file: str
    line: int
    column: int
    rule: str
    code: str
    message: str

    def __str__(self) -> str:
        rule = f" {self.rule}:" if self.rule else ""
        return f"{self.file}:{self.line}:{self.column}:{rule} {self.message} [{self.code}]"


class RuleErrors(Exception):
    """Everything wrong with the rule files; nothing runs until all of it is mended."""

    def __init__(self, errors: Sequence[RuleError]) -> None:
        self.errors = tuple(sorted(errors, key=lambda e: (e.file, e.line, e.column)))
        shown = [str(error) for error in self.errors[:MOST_SHOWN]]
        more = len(self.errors) - len(shown)
        super().__init__("\n".join([*shown, f"... and {more:,} more"] if more else shown))


class Report:
    """Collects errors; ``file`` and ``rule`` are what is being read."""

    def __init__(self) -> None:
        self.errors: list[RuleError] = []
        self.file = ""
        self.rule = ""

    def error(self, place: Place | None, code: str, message: str, offset: int = 0) -> None:
        """An error at a place of the current file, ``offset`` characters further for a part of a text."""
        assert code in CODES, code
        line, column = (place.line, place.column) if place is not None else (1, 1)
        if offset:
            column += offset + (1 if getattr(place, "quoted", False) else 0)
        self.errors.append(RuleError(self.file, line, column, self.rule, code, message))


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint at the known word that is most like this one, "" when none is.

    >>> did_you_mean("mach", ["match", "tests"])
    " (did you mean 'match'?)"
    """
    close = difflib.get_close_matches(word[:60], list(known), 1, 0.6)
    return f" (did you mean '{close[0]}'?)" if close else ""
