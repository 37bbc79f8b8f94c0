"""Every exit code of the specification, and messages that say what, where, why, what to do."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from pipeline import __version__
from pipeline.cli import app

TEXT = "2024年一季度产值同比增长5.3%，达到1.2亿元。"
GOOD_RULE = """format: zhclaims-rules/1
rules:
  - id: reject.testword
    extracts: reject
    doc: a word that only this test knows
    match: "甲乙丙丁[戊]"
    set: {reason: testword}
    tests:
      - hit: 在⟦甲乙丙丁⟧中
      - miss: 在甲乙中
"""


def zhclaims(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], prog_name="zhclaims")


@pytest.fixture
def article(tmp_path: Path) -> Path:
    path = tmp_path / "a.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / "mine.yaml").write_text(GOOD_RULE, encoding="utf-8")
    return folder


def test_0_a_clean_run_says_what_was_found_and_where(article: Path, tmp_path: Path) -> None:
    result = zhclaims("run", article, "-o", tmp_path / "out", "--ner", "none")
    assert result.exit_code == 0, result.output
    assert "1 document (1 ok)" in result.output
    assert str(tmp_path / "out") in result.output


def test_1_a_failed_document_is_named_with_what_to_do(article: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.txt").touch()
    result = zhclaims("run", tmp_path / "empty.txt", article, "-o", tmp_path / "out", "--ner", "none")
    assert result.exit_code == 1
    assert "empty.txt: the file is empty" in result.output
    assert "[empty]" in result.output


@pytest.mark.parametrize(
    "arguments",
    [
        ("run",),
        ("run", "a.txt"),
        ("run", "a.txt", "-o", "out", "--jobs", "-1"),
        ("run", "a.txt", "-o", "out", "--csv", "xlsx"),
        ("run", "a.txt", "-o", "out", "--encoding", "utf-7000"),
        ("run", "a.txt", "-o", "out", "--published", "gestern"),
        ("run", "a.txt", "-o", "out", "--published", "2024-02-31"),
        ("run", "a.txt", "-o", "out", "--published", "2024-13"),
        ("explain", "a.txt", "--at", "3", "--text", "2024"),
        ("run", "a.txt", "-o", "out", "--jbos", "2"),
        ("walk",),
        ("rules", "show", "no.such.rule"),
        ("rules", "try", "no.such.rule", "--text", "甲"),
        ("rules", "list", "--tag", "no.such"),
        ("explain", "a.txt", "--text", "2024", "--rule", "no.such", "--ner", "none"),
        ("rules", "new", "--text", "产量5吨", "--span", "6吨"),
        ("rules", "new", "--text", "产量5吨", "--span", "5吨", "--id", "claim.link"),
        ("rules", "new", "--text", "产量5吨", "--span", "5吨", "--id", "Claim level"),
        ("rules", "new", "--text", "产量5吨", "--span", "5吨", "--extracts", "number"),
        ("rules", "new", "--from", "table.csv:9"),
        ("review", "import", "table.csv"),
        ("registry", "import", "csv", "table.csv"),
    ],
)
def test_2_a_wrong_command_line_runs_nothing(
    arguments: tuple[str, ...], article: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "table.csv").write_text("source,start,end,text\r\na.txt,0,1,2\r\n", encoding="utf-8-sig")
    assert zhclaims(*arguments).exit_code == 2
    assert not (tmp_path / "out").exists()


def test_3_broken_rules_are_all_located_and_nothing_runs(article: Path, rules: Path, tmp_path: Path) -> None:
    broken = GOOD_RULE.replace("priority", "x").replace("    match:", "    mach:").replace("[戊]", "@nowhere")
    (rules / "mine.yaml").write_text(broken, encoding="utf-8")
    (rules / "other.yaml").write_text("format: zhclaims-rules/1\nrules: [", encoding="utf-8")
    result = zhclaims("run", article, "-o", tmp_path / "out", "--ner", "none", "--rules", rules)
    assert result.exit_code == 3
    assert "mine.yaml:6:5:" in result.output
    assert "did you mean" in result.output
    assert "other.yaml:2:" in result.output
    assert not (tmp_path / "out").exists()


def test_3_a_model_that_is_not_there_is_named(article: Path, tmp_path: Path) -> None:
    result = zhclaims("run", article, "-o", tmp_path / "out", "--ner", "zh_no_such_model")
    assert result.exit_code == 3
    assert "zh_no_such_model" in result.output


def test_3_a_rule_that_is_not_there_is_named(article: Path, tmp_path: Path) -> None:
    """A run with no rule at all, because of a typing mistake, would look like a text without claims."""
    result = zhclaims("run", article, "-o", tmp_path / "out", "--ner", "none", "--only", "no.such")
    assert result.exit_code == 3
    assert "no.such" in result.output


def test_3_a_size_that_is_no_number_is_said(article: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for given in ("x", "0", "-3", "nan", "inf"):
        monkeypatch.setenv("ZHCLAIMS_MAX_MB", given)
        result = zhclaims("run", article, "-o", tmp_path / "out", "--ner", "none")
        assert result.exit_code == 3
        assert f"ZHCLAIMS_MAX_MB='{given}'" in result.output
    assert not (tmp_path / "out").exists()


def test_3_a_rule_file_that_is_not_there_is_not_waited_for(tmp_path: Path) -> None:
    for arguments in (("watch", "--rounds", "1"), ("check",), ("try", "--text", "甲")):
        result = zhclaims("rules", arguments[0], tmp_path / "gone.yaml", *arguments[1:])
        assert result.exit_code == 3, arguments
        assert "gone.yaml" in result.output


def test_4_a_rule_that_fails_its_tests_is_located(rules: Path) -> None:
    (rules / "mine.yaml").write_text(GOOD_RULE.replace("在甲乙中", "在甲乙丙丁中"), encoding="utf-8")
    result = zhclaims("rules", "check", "--rules", rules)
    assert result.exit_code == 4, result.output
    assert "mine.yaml:10:" in result.output
    assert "reject.testword" in result.output


def test_5_a_changed_source_is_a_mismatch(article: Path, tmp_path: Path) -> None:
    zhclaims("run", article, "-o", tmp_path / "out", "--ner", "none")
    assert zhclaims("verify", tmp_path / "out").exit_code == 0
    article.write_text("一" + TEXT, encoding="utf-8")
    result = zhclaims("verify", tmp_path / "out")
    assert result.exit_code == 5
    assert "a.txt" in result.output


def test_6_a_folder_made_by_something_else_is_refused(article: Path, tmp_path: Path) -> None:
    assert zhclaims("run", article, "-o", tmp_path, "--ner", "none").exit_code == 6
    assert zhclaims("run", article, "-o", article, "--ner", "none").exit_code == 6
    for command in (("verify",), ("compare",), ("rules", "gaps"), ("rules", "stats")):
        assert zhclaims(*command, tmp_path).exit_code == 6, command
        assert zhclaims(*command, tmp_path / "gone").exit_code == 6, command
    (tmp_path / "stopped").mkdir()
    (tmp_path / "stopped" / "run.json").write_text('{"program": "zhclaims", "state": "running"}', encoding="utf-8")
    for command in (("verify",), ("compare",), ("rules", "gaps"), ("rules", "stats")):
        assert zhclaims(*command, tmp_path / "stopped").exit_code == 6, command


def test_7_no_input_is_said(tmp_path: Path) -> None:
    result = zhclaims("run", tmp_path / "gone", "-o", tmp_path / "out", "--ner", "none")
    assert result.exit_code == 7
    assert "no such file or folder" in result.output
    gone = str(tmp_path / "gone.csv")
    for command in (
        ("rules", "new", "--from", f"{gone}:2"),
        ("review", "import", gone),
        ("registry", "import", "csv", gone),
        ("registry", "import", "ror", gone),
    ):
        result = zhclaims(*command)
        assert result.exit_code == 7, command
        assert "gone.csv" in result.output
        assert "Errno" not in result.output


def test_130_an_interrupt_ends_with_a_sentence(article: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("pipeline.document.read", interrupted)
    result = zhclaims("run", article, "-o", tmp_path / "out", "--ner", "none")
    assert result.exit_code == 130
    assert "interrupted" in result.output


def test_a_rule_in_a_new_file_takes_part_without_touching_python(article: Path, rules: Path, tmp_path: Path) -> None:
    result = zhclaims("run", article, "-o", tmp_path / "out", "--ner", "none", "--rules", rules)
    assert result.exit_code == 0, result.output
    assert "reject.testword" in (tmp_path / "out" / "rules.csv").read_text(encoding="utf-8-sig")
    listed = zhclaims("rules", "list", "--rules", rules)
    assert "reject.testword" in listed.output
    shown = zhclaims("rules", "show", "reject.testword", "--rules", rules)
    assert "a word that only this test knows" in shown.output
    assert "miss: 在甲乙中" in shown.output


def test_explain_says_what_matched_lost_and_vetoed(article: Path) -> None:
    """Rule authors ask why; offsets are those of the tables."""
    start = TEXT.index("5.3%")
    by_text = zhclaims("explain", article, "--text", "5.3%", "--ner", "none")
    by_place = zhclaims("explain", article, "--at", str(start + 1), "--ner", "none")
    for result in (by_text, by_place):
        assert result.exit_code == 0, result.output
        assert f"{start}:{start + 4} '5.3%' claim by" in result.output
        assert "matched:" in result.output
    everything = zhclaims("explain", article, "--ner", "none")
    assert "1.2亿元" in everything.output


def test_explain_refuses_a_place_or_a_file_that_is_not_there(article: Path, tmp_path: Path) -> None:
    assert zhclaims("explain", article, "--text", "没有", "--ner", "none").exit_code == 2
    assert zhclaims("explain", article, "--at", "999", "--ner", "none").exit_code == 2
    assert zhclaims("explain", tmp_path / "gone.txt").exit_code == 7


def test_the_version_is_printed() -> None:
    assert zhclaims("--version").output.strip() == f"zhclaims {__version__}"


def test_python_m_pipeline_is_the_command_and_survives_a_poor_console(tmp_path: Path) -> None:
    """A console that can't print 癌 must not turn a message into a traceback."""
    ran = subprocess.run(
        [sys.executable, "-m", "pipeline", "run", "没有癌.txt", "-o", str(tmp_path / "out")],
        capture_output=True,
        cwd=Path(__file__).parents[1],
        env={"PYTHONIOENCODING": "ascii", "PATH": "", "PYTHONUTF8": "0"},
        check=False,
    )
    assert ran.returncode == 7, ran.stderr
    assert b"Traceback" not in ran.stderr
