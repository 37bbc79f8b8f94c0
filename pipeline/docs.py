"""``python -m pipeline.docs`` writes the parts of README.md that the program knows best: columns, help texts, packages.

They stand between ``<!-- made:NAME -->`` and ``<!-- end -->``; a test compares, so the README cannot drift.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable
from pathlib import Path

from typer.testing import CliRunner

from pipeline import extract
from pipeline.cli import app
from pipeline.output.columns import TABLES, Column

__all__ = ["COMMANDS", "filled", "main"]

COMMANDS = (
    *(("run",), ("verify",), ("explain",)),
    *(("rules", "list"), ("rules", "show"), ("rules", "check")),
)
EXAMPLE = "据国家统计局数据，2024年一季度，我国糖尿病患者超1.4亿，占总人口的10%以上，人均年支出同比下降两成。"
EXAMPLE_COLUMNS = (
    *("text", "value", "unit", "comparator", "subject", "trend", "basis", "attribution", "time_value"),
    *("start", "end", "rule"),
)
_PART = re.compile(r"(<!-- made:(\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def filled(readme: str) -> str:
    """The README with its made parts as the program makes them now. Raises KeyError for a part nobody makes."""
    return _PART.sub(lambda part: part[1] + _PARTS[part[2]]() + part[3], readme)


def example() -> str:
    """A sentence that goes in, and the rows that come out by rules alone."""
    found = extract(EXAMPLE, published="2025-04-29", ner=None)
    rows = found.claims[list(EXAMPLE_COLUMNS)].to_numpy().tolist()
    lines = [EXAMPLE_COLUMNS, ["---"] * len(EXAMPLE_COLUMNS), *rows]
    table = "".join(f"| {' | '.join(line)} |\n" for line in lines)
    return f"\nA sentence goes in:\n\n> {EXAMPLE}\n\nRows come out (`claims.csv`, some of its columns):\n\n{table}\n"


def tables() -> str:
    """A table of columns for every CSV."""
    out = []
    for table in TABLES.values():
        out.append(f"\n**{table.name}.csv**, one row: {table.row}\n\n| column | type | what |\n|---|---|---|\n")
        out += [f"| `{c.name}` | {c.type} | {_about(c)} |\n" for c in table.columns]
    return "".join(out) + "\n"


def _about(column: Column) -> str:
    values = ": " + " ".join(f"`{value}`" for value in column.enum) if column.enum else ""
    return (column.about + values).replace("|", "\\|")


def help_texts() -> str:
    """What ``--help`` prints, command by command."""
    return "".join(f"\n```text\n$ zhclaims {' '.join(c)} --help\n{_help(c)}\n```\n" for c in COMMANDS) + "\n"


def _help(command: tuple[str, ...]) -> str:
    result = CliRunner().invoke(app, [*command, "--help"], prog_name="zhclaims", env={"COLUMNS": "100"})
    return "\n".join(line.rstrip() for line in result.output.strip().splitlines())


def rooms() -> str:
    """What each package is for, in the words of its docstring."""
    packages = sorted(Path(__file__).parent.glob("*/__init__.py"))
    about = {
        path.parent.name: ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "" for path in packages
    }
    lines = [f"| [{name}](pipeline/{name}) | {_first_paragraph(text)} |\n" for name, text in about.items()]
    return "\n| package | what |\n|---|---|\n" + "".join(lines) + "\n"


def _first_paragraph(text: str) -> str:
    return " ".join(text.partition("\n\n")[0].split()).replace("``", "`").replace("|", "\\|")


_PARTS: dict[str, Callable[[], str]] = {"example": example, "tables": tables, "help": help_texts, "rooms": rooms}


def main() -> None:
    """Rewrite the README beside the package."""
    path = Path(__file__).resolve().parents[1] / "README.md"
    before = path.read_text(encoding="utf-8")
    after = filled(before)
    if after != before:
        path.write_text(after, encoding="utf-8")
    sys.stdout.write(f"{path.name}: {'written' if after != before else 'was up to date'}\n")


if __name__ == "__main__":
    main()
