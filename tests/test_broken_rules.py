"""Every rule file in tests/broken_rules is wrong in one way; beside it stands exactly what is said about it."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipeline.rules import CODES, RuleErrors, load
from pipeline.stages.convert import simplify

resource = pytest.importorskip("resource")  # limits of memory; not on Windows
ROOT = Path(__file__).parents[1]
FOLDER = Path(__file__).parent / "broken_rules"
FILES = sorted(FOLDER.glob("*.yaml"))


def said(path: Path) -> list[str]:
    """What loading a rule file says, without its name."""
    with pytest.raises(RuleErrors) as caught:
        load([path], simplify)
    return [str(error).replace(f"{path.as_posix()}:", "") for error in caught.value.errors]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_broken_file_is_told_exactly_what_is_wrong_and_where(path: Path) -> None:
    """A message that moved, changed its code or lost its hint would leave an author alone."""
    assert said(path) == path.with_suffix(".expected").read_text(encoding="utf-8").splitlines()


def test_the_examples_show_nearly_every_code() -> None:
    """A code that no example shows may have stopped working unnoticed."""
    shown = {
        line.rsplit("[", 1)[1].rstrip("]")
        for path in FOLDER.glob("*.expected")
        for line in path.read_text(encoding="utf-8").splitlines()
    }
    elsewhere = {
        "missing",
        "unreadable",
        "size",
        "duplicate-lexicon",
        "duplicate-pattern",
        "depth",
        "name",
        "test-failed",
        "todo-holds",
    }
    assert set(CODES) - shown <= elsewhere


def test_everything_wrong_is_said_at_once(tmp_path: Path) -> None:
    """Mending one error only to meet the next one is what this spares."""
    path = tmp_path / "many.yaml"
    texts = [
        (FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
        for name in ("unknown_type", "where_bad", "miss_with_span", "priority_not_a_number")
    ]
    rules = [text.split("rules:\n", 1)[1].replace("claim.x", f"claim.x{i}") for i, text in enumerate(texts)]
    path.write_text(HEAD + "rules:\n" + "".join(rules), encoding="utf-8")
    assert [line.rsplit("[", 1)[1] for line in said(path)] == [
        "unknown-type]",
        "expression]",
        "test-span]",
        "priority]",
    ]


HEAD = "format: zhclaims-rules/1\n"
RULE = "  - {id: claim.r%d, extracts: claim, match: '甲{value:count}', tests: [{hit: 甲⟦5人⟧}, {miss: 乙}]}\n"
TESTS = "    tests: [{hit: 甲⟦甲⟧}, {miss: 乙}]\n"
REGEXES = (
    *(
        "(a+)+$",
        "(a|a)*b",
        "(.*)*x",
        "((a{1000}){1000}){1000}",
        "(?:(?:a*)*)*b",
        "(x+x+)+y",
        "(?R)a",
        "(.+)+=",
    ),
    *("(a{1,9}){1,9}" * 30, "(?P<x>", "a" * 6000, "(?e)(?:abc){e<=5}", "[", "(?&nope)"),
)
HOSTILE = {
    "20,000 rules": HEAD + "rules:\n" + "".join(RULE % i for i in range(20_000)),
    "20,000 rules without anything": HEAD + "rules:\n" + "".join(f"  - {{id: a.b{i}}}\n" for i in range(20_000)),
    "a hundred thousand brackets": HEAD + "rules: " + "[" * 100_000,
    "alias bomb": "a: &a [x,x,x]\n"
    + "".join(f"{chr(98 + i)}: &{chr(98 + i)} [{','.join([f'*{chr(97 + i)}'] * 9)}]\n" for i in range(9)),
    "patterns that multiply": HEAD
    + "patterns:\n"
    + "".join(f"  p{i}: '{f'{{p{i + 1}}}' * 8}'\n" for i in range(11))
    + "  p11: 甲\nrules:\n  - id: a.b\n    extracts: claim\n    match: '{p0}'\n"
    + TESTS,
    "a chain of 3,000 patterns": HEAD
    + "patterns:\n"
    + "".join(f"  p{i}: '{{p{i + 1}}}'\n" for i in range(3000))
    + "  p3000: 甲\nrules:\n  - id: a.b\n    extracts: claim\n    match: '{p0}'\n"
    + TESTS,
    "conditions 5,000 deep": HEAD
    + "rules:\n  - id: a.b\n    extracts: claim\n    match: '{v:number}'\n    where: '"
    + "not " * 5000
    + "v'\n"
    + TESTS,
    "templates 5,000 deep": HEAD
    + "rules:\n  - id: a.b\n    extracts: claim\n    match: '"
    + "(" * 5000
    + "'\n"
    + TESTS,
    "a template of 300,000 characters": HEAD
    + "rules:\n  - id: a.b\n    extracts: claim\n    match: '"
    + "甲" * 300_000
    + "'\n"
    + TESTS,
    "regexes that explode": HEAD
    + "rules:\n"
    + "".join(f"  - id: a.b{i}\n    extracts: claim\n    regex: '{r}'\n{TESTS}" for i, r in enumerate(REGEXES)),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_end_soon_small_and_located(name: str, tmp_path: Path) -> None:
    """A file from a stranger must not hang the program, fill the memory, or end in a traceback."""
    path = tmp_path / "hostile.yaml"
    path.write_text(HOSTILE[name], encoding="utf-8")
    code = "import sys; from pathlib import Path; from pipeline.rules import *\ntry: load([Path(sys.argv[1])])\nexcept RuleErrors as e: print(e); sys.exit(3)"
    started = time.perf_counter()

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (700_000_000, 700_000_000))  # address space: 300 MB are far less

    ran = subprocess.run(
        [sys.executable, "-c", code, str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        preexec_fn=limit,
        check=False,
        timeout=60,
    )
    assert ran.returncode == 3, ran.stderr[-300:]
    assert f"{path.as_posix()}:" in ran.stdout.splitlines()[0]
    assert time.perf_counter() - started < 15  # 5 on a machine that does nothing else


def test_a_tag_runs_nothing(tmp_path: Path) -> None:
    """The classic way to run code from YAML."""
    proof = tmp_path / "proof"
    path = tmp_path / "tag.yaml"
    path.write_text(f'format: !!python/object/apply:os.system ["touch {proof.as_posix()}"]\n', encoding="utf-8")
    assert "[tag]" in said(path)[0]
    assert not proof.exists()
