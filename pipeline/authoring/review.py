"""``review import``: rows that a reviewer marked right or wrong become tests of the rules that made them.

The file keeps every other byte, comments too: new tests are lines behind the last test of the rule.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.authoring.new import flow, quoted
from pipeline.authoring.sheets import read_sheet
from pipeline.config import UsageError
from pipeline.rulekit.ruleerrors import Report
from pipeline.rulekit.rulefile import Item, Keys, Listed, Text, parse
from pipeline.rulekit.template import CLAUSE_END
from pipeline.rules import Rule, RuleSet

__all__ = ["Imported", "import_review"]

RIGHT = {"right", "correct", "ok", "yes", "y", "true", "1", "对", "對", "正确", "正確", "是"}
WRONG = {"wrong", "incorrect", "no", "n", "false", "0", "错", "錯", "错误", "錯誤", "否"}
TESTED = ("subject", "value", "unit", "trend", "basis", "canonical", "itype")
OF_QUANTITIES = ("value", "unit")  # those of them that a quantity rule gives; the others come from claim rules


@dataclass(frozen=True, slots=True)
class Test:
    """A test to add to a rule."""

    rule: str
    kind: str
    sentence: str
    get: Mapping[str, str]
    note: str

    def lines(self, indent: str) -> list[str]:
        comment = f"  # reviewer: {self.note}".replace("\n", " ").replace("\r", " ") if self.note else ""
        out = [f"{indent}- {self.kind}: {quoted(self.sentence)}{comment}"]
        return out + ([f"{indent}  get: {flow(dict(self.get))}"] if self.get else [])


@dataclass(slots=True)
class Imported:
    """What was added: (rule, file, test line), and rows that became no test, with the reason."""

    added: list[tuple[str, str, str]] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)


def import_review(table: Path, rules: RuleSet) -> Imported:
    """Add the reviewed rows as tests. Raises UsageError when the table has no column review_status."""
    rows = read_sheet(table)
    if rows and "review_status" not in rows[0]:
        raise UsageError(
            f"{table}: has no column review_status: add it and write right or wrong beside the rows you looked at"
        )
    out, known = Imported(), {rule.id: rule for rule in rules.rules}
    tests: dict[str, list[Test]] = {}
    for line, row in enumerate(rows, 2):
        status = row.get("review_status", "").strip().lower()
        if not status:
            continue
        test = test_of(row, rows, status, known)
        if isinstance(test, str):
            out.skipped.append(f"{table}:{line}: {test}")
        elif any(
            t.text == test.sentence.replace("⟦", "").replace("⟧", "") and t.kind == test.kind
            for t in known[test.rule].tests
        ):
            out.skipped.append(f"{table}:{line}: {test.rule} has this {test.kind} already")
        elif test not in tests.setdefault(test.rule, []):
            tests[test.rule].append(test)
    for path in sorted({known[name].path for name in tests}):
        add(Path(path), {name: new for name, new in tests.items() if known[name].path == path}, out)
    return out


def test_of(
    row: Mapping[str, str], rows: Sequence[Mapping[str, str]], status: str, known: Mapping[str, Rule]
) -> Test | str:
    """The test of a row, or why it makes none."""
    if status not in RIGHT | WRONG:
        return f"review_status '{status}' is neither right nor wrong"
    note = row.get("review_note", "").strip()
    correction = re.match(r"([a-z_]+)\s*[=:：]\s*(.*)", note)
    field_name = correction.group(1) if correction and correction.group(1) in row else ""
    rule = rule_of(row, field_name, known)
    if not rule:
        return f"no rule that exists made the row ({row.get('rule', '')})"
    figure = known[rule].extracts == "quantity"
    if figure and field_name and field_name not in OF_QUANTITIES:
        return f"no rule gave its {field_name}: begin one from this row with zhclaims rules new --from TABLE:ROW"
    sentence, at = row.get("sentence", ""), position(row, rows)
    if at < 0:
        return "its text does not stand in its sentence"
    end = at + len(row["text"])
    if status in WRONG and not field_name:
        alike = sum(
            r.get("sentence") == sentence
            and r.get("source") == row.get("source")
            and rule in r.get("rule", "").split("+")
            for r in rows
        )
        return Test(rule, "miss", clause(sentence, at, end) if alike > 1 else sentence, {}, note)
    get = {name: row[name] for name in (OF_QUANTITIES if figure else TESTED) if row.get(name)}
    if field_name and correction:
        get = {field_name: correction.group(2).strip()}
    return Test(rule, "hit", f"{sentence[:at]}⟦{sentence[at:end]}⟧{sentence[end:]}", get, note)


def rule_of(row: Mapping[str, str], field_name: str, known: Mapping[str, Rule]) -> str:
    """The rule that a test of a row belongs to: the one that gave the corrected field, else one that made the row."""
    because = dict(part.split("=", 1) for part in row.get("because", "").split("|") if "=" in part)
    names = [because.get(field_name, ""), *row.get("rule", "").split("+"), *because.values()]
    return next((name for name in names if name in known), "")


def position(row: Mapping[str, str], rows: Sequence[Mapping[str, str]]) -> int:
    """Where the row's text stands in its sentence; the n-th row with this text has the n-th place."""
    before = Counter(
        int(r["start"]) < int(row["start"])
        for r in rows
        if all(r.get(k) == row.get(k) for k in ("source", "sentence", "text")) and r["start"].isdigit()
    )
    at = -1
    for _ in range(before[True] + 1):
        at = row.get("sentence", "").find(row["text"], at + 1)
    return at


def clause(sentence: str, start: int, end: int) -> str:
    """The clause of a sentence that holds a place."""
    low = max((sentence.rfind(char, 0, start) for char in CLAUSE_END), default=-1) + 1
    stops = [at for char in CLAUSE_END if (at := sentence.find(char, end)) >= 0]
    return sentence[low : min(stops, default=len(sentence))]


# --- into the file ----------------------------------------------------------------------------


def add(path: Path, tests: Mapping[str, Sequence[Test]], out: Imported) -> None:
    """Write the tests of the rules of one file, from the bottom up, so that lines above keep their numbers."""
    root = parse(path.read_bytes(), Report())
    with path.open(encoding="utf-8", newline="") as file:
        lines = file.readlines()
    newline = "\r\n" if lines and lines[0].endswith("\r\n") else "\n"
    lines[-1:] = [lines[-1].rstrip("\r\n") + newline] if lines else []
    places = {
        name: item
        for rule in listed(root, "rules")
        if (name := word(rule, "id")) in tests and (item := child(rule, "tests")) is not None
    }
    for name, where in sorted(places.items(), key=lambda pair: -pair[1].line):
        if not isinstance(where, Listed) or where.flow or not where.items:
            out.skipped.append(
                f"{path}:{where.line}: {name}: its tests stand on one line: give each its own, after '- '"
            )
            continue
        last = where.items[-1]
        indent = " " * (last.column - 3)
        new = [line for test in tests[name] for line in test.lines(indent)]
        lines[last.last : last.last] = [line + newline for line in new]
        out.added += [(name, path.as_posix(), line.strip()) for line in new if not line.strip().startswith("get:")]
    path.write_text("".join(lines), encoding="utf-8", newline="")


def child(item: Item, key: str) -> Item | None:
    """What stands behind a key of a set of keys."""
    return (
        next((value for name, value in item.pairs if isinstance(name, Text) and name.value == key), None)
        if isinstance(item, Keys)
        else None
    )


def word(item: Item, key: str) -> str:
    """The text behind a key, "" when there is none."""
    found = child(item, key)
    return found.value if isinstance(found, Text) else ""


def listed(root: Item | None, key: str) -> Sequence[Item]:
    """The items behind a key, none when it is no list."""
    found = child(root, key) if root is not None else None
    return found.items if isinstance(found, Listed) else ()
