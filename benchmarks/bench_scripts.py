"""The same cases in both scripts: every figure as written and through simplified → traditional.

    python benchmarks/bench_scripts.py CASES.jsonl…      (lines with text, start, end, expected as in the public suites)

Prints per file the share of spans found and of values right, as written and converted; the two should agree.
"""

from __future__ import annotations

import json
import sys
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from pipeline import extract
from pipeline.stages.convert import simplify, to_traditional


def found(text: str, start: int, end: int) -> list[dict[str, Any]]:
    """Rows of all three tables that overlap a span."""
    result = extract(text)
    rows = [row for frame in (result.claims, result.dates, result.rejected) for row in frame.to_dict("records")]
    return [row for row in rows if int(row["start"]) < end and start < int(row["end"])]


def right(row: dict[str, Any], expected: dict[str, Any]) -> bool:
    """Whether a row says the expected value."""
    try:
        return "value" in expected and Decimal(row.get("value") or "NaN") == Decimal(str(expected["value"]))
    except InvalidOperation:
        return False


def scores(path: Path) -> list[tuple[int, int, int, int]]:
    """(spans, found, valued, right) as written in simplified and in traditional script."""
    counts = [[0, 0, 0, 0], [0, 0, 0, 0]]
    for line in path.read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        if case.get("start") is None or case.get("type") == "not_claim":
            continue
        simple = simplify(case["text"])
        for count, text in zip(counts, (simple, to_traditional(simple)), strict=True):
            if len(text) != len(simple):
                continue
            rows = found(text, case["start"], case["end"])
            valued = "value" in case["expected"]
            for i, hit in enumerate(
                (True, bool(rows), valued, valued and any(right(r, case["expected"]) for r in rows))
            ):
                count[i] += hit
    return [(c[0], c[1], c[2], c[3]) for c in counts]


def main() -> None:
    print(f"{'suite':44} {'spans':>6}  found s / t      value s / t")
    for path in map(Path, sys.argv[1:]):
        (n, f, v, r), (n2, f2, v2, r2) = scores(path)
        print(
            f"{path.stem:44} {n:6}  {100 * f / max(n, 1):5.1f} / {100 * f2 / max(n2, 1):5.1f}   "
            f"{100 * r / max(v, 1):5.1f} / {100 * r2 / max(v2, 1):5.1f}"
        )


if __name__ == "__main__":
    main()
