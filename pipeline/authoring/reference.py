"""``python -m pipeline.authoring.reference`` writes what the program knows best: tables of rules/README.md, rules/schema.json.

The tables stand between ``<!-- made:NAME -->`` and ``<!-- end -->``; a test compares, so the reference cannot drift.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping

from pipeline.authoring.schema import written
from pipeline.rulekit.template import RUN_LIMIT, TYPES
from pipeline.rules import CODES, CONTEXT_KEYS, FILE_KEYS, KINDS, RULE_KEYS, TEST_KEYS
from pipeline.words import RULES

__all__ = ["filled", "main"]

SYNTAX: Mapping[str, str] = {
    "达到": "characters match themselves, in either script, full-width or not; spaces beside Chinese characters don't count",
    "[了]": "may be there or not",
    "(同比|按年)": "one or the other; put the longer one first",
    "...6": "up to 6 characters of anything, inside the sentence (1 to 100)",
    "@reach": "any term of the lexicon `reach`",
    "{value:money}": "a number, date or name, by its type, captured into the field `value`",
    "{by:@agent}": "a term of a lexicon, captured; `by.code` is another column of its row",
    "{by:(甲|乙)}": "one of these, captured",
    "{subject:phrase}": f"the noun phrase there; {{x:text}} the whole run of up to {RUN_LIMIT} characters of the clause",
    "{near}": "the pattern `near` of the file",
    "\\[": "the character [ itself; so for ] ( ) { } | @ \\",
}
_PART = re.compile(r"(<!-- made:(\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def filled(readme: str) -> str:
    """The README with its made parts as the program makes them now. Raises KeyError for a part nobody makes."""
    return _PART.sub(lambda part: part[1] + PARTS[part[2]]() + part[3], readme)


def table(rows: Mapping[str, str], first: str) -> Callable[[], str]:
    """A maker of a Markdown table of names and what they mean."""

    def made() -> str:
        lines = [f"| {first} | what |", "|---|---|"]
        lines += [
            f"| `{name.replace('|', chr(92) + '|')}` | {about.replace('|', chr(92) + '|')} |"
            for name, about in rows.items()
        ]
        return "\n".join(lines) + "\n"

    return made


PARTS: Mapping[str, Callable[[], str]] = {
    "syntax": table(SYNTAX, "in `match`"),
    "types": table(TYPES, "type"),
    "kinds": table(KINDS, "extracts"),
    "file_keys": table(FILE_KEYS, "key of a file"),
    "rule_keys": table(RULE_KEYS, "key of a rule"),
    "context_keys": table(CONTEXT_KEYS, "key of unless, needs"),
    "test_keys": table(TEST_KEYS, "key of a test"),
    "codes": table(CODES, "code"),
}


def main() -> None:
    """Rewrite both files."""
    for path, content in (
        (RULES / "README.md", filled((RULES / "README.md").read_text(encoding="utf-8"))),
        (RULES / "schema.json", written()),
    ):
        old = path.read_text(encoding="utf-8") if path.exists() else ""
        if old != content:
            path.write_text(content, encoding="utf-8")
        sys.stdout.write(f"{path.name}: {'written' if old != content else 'was up to date'}\n")


if __name__ == "__main__":
    main()
