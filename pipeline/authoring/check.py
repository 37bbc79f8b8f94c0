"""``rules check``: everything wrong with the rules, and every test they carry."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.authoring.bench import Bench, open_bench
from pipeline.authoring.coverage import Coverage, coverage
from pipeline.rulekit.ruletests import Failure, finds_more, run_tests
from pipeline.rules import Rule, RuleError, RuleErrors
from pipeline.stages.convert import simplify, to_traditional

__all__ = ["Checked", "check"]


@dataclass(slots=True)
class Checked:
    """The result of a check. ``errors``: nothing could run; ``failures``: tests that don't hold."""

    errors: tuple[RuleError, ...] = ()
    failures: list[Failure] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)  # todos that find something by now
    rules: int = 0
    tests: int = 0
    seconds: float = 0.0
    coverage: Coverage | None = None

    def as_json(self) -> dict[str, Any]:
        """What ``--json`` prints."""
        errors = [
            {
                "file": e.file,
                "line": e.line,
                "column": e.column,
                "rule": e.rule,
                "code": e.code,
                "message": e.message,
            }
            for e in self.errors
        ]
        failures = [
            {
                "file": f.rule.file,
                "line": f.test.line,
                "column": f.test.column,
                "rule": f.rule.id,
                "code": f.code,
                "message": f.message,
                "variant": f.variant,
            }
            for f in self.failures
        ]
        out: dict[str, Any] = {
            "rules": self.rules,
            "tests": self.tests,
            "seconds": round(self.seconds, 2),
            "errors": errors,
            "failures": failures,
            "notes": self.notes,
        }
        return out | ({"coverage": self.coverage.as_json()} if self.coverage else {})


def check(
    files: Sequence[Path] = (), folders: Sequence[Path] = (), corpus: Sequence[Path] = (), cover: bool = False
) -> Checked:
    """Load all rules and run the tests of those in ``files`` (of all when none is named)."""
    started = time.perf_counter()
    try:
        bench = open_bench(folders, files=files)
    except RuleErrors as problem:
        return Checked(problem.errors, seconds=time.perf_counter() - started)
    rules = chosen(bench, files)
    out = Checked(rules=len(rules), tests=sum(len(rule.tests) for rule in rules))
    out.notes = list(finds_more(rules, bench.extract))
    out.failures = list(run_tests(rules, bench.extract, to_traditional, simplify))
    if cover:
        out.coverage = coverage(bench, rules, corpus)
    out.seconds = time.perf_counter() - started
    return out


def chosen(bench: Bench, files: Sequence[Path]) -> list[Rule]:
    """The rules of the files, or all of them."""
    return [rule for file in files for rule in bench.of_file(file)] if files else list(bench.rules.rules)
