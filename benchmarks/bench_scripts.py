"""The same texts in both scripts: every figure as written in simplified and through simplified → traditional.

    python -m benchmarks.bench_scripts CASES.jsonl…             lines with text, start, end, expected as in the public suites
    python -m benchmarks.bench_scripts --gold SCORE.py GOLD.jsonl FOLDER

Of cases it prints the share of spans found and of values right; of gold articles every figure that SCORE.py prints
(``SCORE.py GOLD.jsonl OUTPUTS --json``). Both columns should agree.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
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


def gold_scores(score: Path, gold: Path, folder: Path) -> tuple[dict[str, float], dict[str, float]]:
    """Every figure of the scorer for the gold articles in simplified and in traditional script.

    An article whose length a conversion changes (it would move the gold's offsets) stays as it is.
    """
    out = []
    for convert in (simplify, lambda text: to_traditional(simplify(text))):
        with tempfile.TemporaryDirectory() as scratch:
            texts, outputs = Path(scratch, "texts"), Path(scratch, "outputs")
            texts.mkdir()
            for path in sorted(folder.rglob("*.txt")):
                text = path.read_text(encoding="utf-8")
                other = convert(text)
                (texts / path.name).write_text(other if len(other) == len(text) else text, encoding="utf-8")
            subprocess.run(
                [sys.executable, "-m", "pipeline", "run", str(texts), "-o", str(outputs)],
                check=True,
                capture_output=True,
            )
            command = [sys.executable, str(score), str(gold), str(outputs), "--json"]
            out.append(flat(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)))
    return out[0], out[1]


def flat(figures: Any, name: str = "") -> dict[str, float]:
    """The numbers of nested dictionaries by their dotted names."""
    if isinstance(figures, dict):
        return {k: v for key, value in figures.items() for k, v in flat(value, f"{name}.{key}".strip(".")).items()}
    return {name: float(figures)} if isinstance(figures, int | float) else {}


def main() -> None:
    if sys.argv[1:2] == ["--gold"]:
        simple, traditional = gold_scores(*map(Path, sys.argv[2:5]))
        print(f"{'figure':44} simplified  traditional  difference")
        for name, value in simple.items():
            print(f"{name:44} {value:10.3f}  {traditional[name]:11.3f}  {traditional[name] - value:+10.3f}")
        return
    print(f"{'suite':44} {'spans':>6}  found s / t      value s / t")
    for path in map(Path, sys.argv[1:]):
        (n, f, v, r), (n2, f2, v2, r2) = scores(path)
        print(
            f"{path.stem:44} {n:6}  {100 * f / max(n, 1):5.1f} / {100 * f2 / max(n2, 1):5.1f}   "
            f"{100 * r / max(v, 1):5.1f} / {100 * r2 / max(v2, 1):5.1f}"
        )


if __name__ == "__main__":
    main()
