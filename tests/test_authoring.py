"""What rule authors do, as they do it: on the command line, in an empty folder."""

from __future__ import annotations

import csv
import json
import shutil
import time
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline.authoring.bench import open_bench
from pipeline.authoring.new import skeleton
from pipeline.authoring.places import from_words
from pipeline.authoring.reference import filled
from pipeline.authoring.review import Test as ReviewTest
from pipeline.authoring.review import import_review
from pipeline.authoring.review import test_of as review_test
from pipeline.authoring.schema import schema, written
from pipeline.authoring.sheets import read_sheet
from pipeline.authoring.tutorial import follow
from pipeline.cli import app
from pipeline.rules import CODES
from pipeline.words import RULES

ARTICLE = "新款手机的电池一口气能撑36小时，旧款的电池只能撑20小时。\n他撑着伞走了3公里。\n"
OWN = """\
format: zhclaims-rules/1
# a comment of the author
lexicons:
  zz_lasts: [撑, 扛]

rules:
  - id: claim.zz_lasts
    extracts: claim
    match: "{subject:phrase}[一口气|只](能|可)@zz_lasts{value:duration}"  # and another one
    tests:
      - hit: 旧款的电池能撑⟦5小时⟧。
      - miss: 他撑着伞走了3小时。   # no battery
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in, with an article and a folder of own rules."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "phone.txt").write_text(ARTICLE, encoding="utf-8")
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "claims.yaml").write_text(OWN, encoding="utf-8")
    return tmp_path


def zhclaims(*arguments: object, code: int = 0) -> str:
    """The output of a command that must end with ``code``."""
    result = CliRunner().invoke(app, [str(a) for a in arguments], prog_name="zhclaims")
    assert result.exit_code == code, result.output + repr(result.exception)
    return result.output


# --- the tutorial, the reference --------------------------------------------------------------


def test_every_command_of_the_tutorial_does_what_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first page a new author reads must be true to the letter, and end with the right row."""
    monkeypatch.chdir(tmp_path)

    def run(arguments: tuple[str, ...]) -> tuple[int, str]:
        result = CliRunner().invoke(app, list(arguments), prog_name="zhclaims")
        return result.exit_code, result.output

    done = list(follow((RULES / "README.md").read_text(encoding="utf-8"), tmp_path, run))
    assert [(step.command, wrong) for step, wrong in done if wrong] == []
    assert len(done) > 12
    rows = list(csv.DictReader((tmp_path / "out" / "claims.csv").open(encoding="utf-8-sig", newline="")))
    assert [(row["subject"], row["rule"].split("+")[0]) for row in rows[:2]] == [
        ("新款手机的电池", "claim.endurance"),
        ("旧款的电池", "claim.endurance"),
    ]


def test_the_reference_and_the_schema_are_those_of_the_program() -> None:
    """Run `python -m pipeline.authoring.reference` when this fails."""
    readme = (RULES / "README.md").read_text(encoding="utf-8")
    assert filled(readme) == readme
    assert (RULES / "schema.json").read_text(encoding="utf-8") == written()
    assert all(f"`{code}`" in readme for code in CODES)


def test_the_schema_knows_the_keys_that_the_loader_knows() -> None:
    rule = schema()["properties"]["rules"]["items"]
    assert rule["additionalProperties"] is False
    assert {"match", "unless", "tests", "extends"} <= rule["properties"].keys()
    assert rule["properties"]["extracts"]["enum"][0] == "quantity"


def test_the_example_of_the_specification_works_word_for_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SPEC section 4, in a folder of the user's with words/metric.csv."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "spec"
    shutil.copytree(Path(__file__).parent / "spec_rule", folder)
    rules = (folder / "rules.yaml").read_text(encoding="utf-8")
    assert "1 rules, 3 tests: all pass." in zhclaims("rules", "check", folder / "rules.yaml")
    assert "make it a hit" in zhclaims("rules", "check", folder / "rules.yaml")  # 六成七 is 67 % by now
    (folder / "rules.yaml").write_text(rules.replace("缓解率六成七", "缓解率达到⟦67%⟧"), encoding="utf-8")
    assert "[todo-holds]" in zhclaims("rules", "check", folder / "rules.yaml", code=4)


# --- check ------------------------------------------------------------------------------------


def test_check_ends_with_0_3_or_4(here: Path) -> None:
    own = here / "own" / "claims.yaml"
    assert "1 rules, 2 tests: all pass." in zhclaims("rules", "check", own)
    own.write_text(OWN.replace("⟦5小时⟧", "5⟦小时⟧"), encoding="utf-8")
    assert "claim.zz_lasts: hit 旧款的电池能撑5小时。: found '5小时' at 7 instead [test-failed]" in zhclaims(
        "rules", "check", own, code=4
    )
    own.write_text(OWN.replace("@zz_lasts{", "@zz_last{"), encoding="utf-8")
    output = zhclaims("rules", "check", own, code=3)
    assert "own/claims.yaml:9:" in output
    assert "(did you mean 'zz_lasts'?) [unknown-lexicon]" in output


def test_check_as_json_is_for_programs(here: Path) -> None:
    own = here / "own" / "claims.yaml"
    own.write_text(OWN.replace("⟦5小时⟧", "5⟦小时⟧"), encoding="utf-8")
    answer = json.loads(CliRunner().invoke(app, ["rules", "check", str(own), "--json"]).stdout)
    assert [(f["rule"], f["code"], f["line"]) for f in answer["failures"]] == [("claim.zz_lasts", "test-failed", 11)]
    own.write_text("rules: [", encoding="utf-8")
    answer = json.loads(CliRunner().invoke(app, ["rules", "check", str(own), "--json"]).stdout)
    assert [e["code"] for e in answer["errors"]] == ["yaml"]


def test_coverage_names_what_nothing_uses(here: Path) -> None:
    own = here / "own" / "claims.yaml"
    output = zhclaims("rules", "check", own, "--coverage")
    assert "alternatives of claim.zz_lasts: 一口气|只  可" in output
    assert "1 of 2 terms of @zz_lasts: 扛" in output
    output = zhclaims("rules", "check", own, "--coverage", "--corpus", here / "articles")
    assert "alternatives of claim.zz_lasts: 可" in output  # 一口气 and 只 stand in the article


# --- try, show, list, explain -----------------------------------------------------------------


def test_try_shows_hits_with_fields_vetoes_and_near_misses(here: Path) -> None:
    own = here / "own" / "claims.yaml"
    output = zhclaims("rules", "try", own, "--corpus", here / "articles")
    assert output.startswith("2 hits")
    assert "phone.txt:1 claim.zz_lasts: 新款手机的电池一口气能撑⟦36小时⟧，旧款的电池" in output
    assert "subject 新款手机的电池" in output
    near = zhclaims("rules", "try", "claim.zz_lasts", "--rules", here / "own", "--text", "这辆车能跑8小时。")
    assert "0 hits, 0 vetoed, 1 near misses" in near
    assert "stopped before '跑8小时。', expected @zz_lasts" in near
    zhclaims("rules", "try", own, code=2)
    assert "did you mean claim.zz_lasts" in zhclaims(
        "rules", "try", "claim.zz_last", "--rules", here / "own", "--text", "甲", code=2
    )


def test_try_answers_soon(here: Path) -> None:
    """A second, when nothing else runs and the process is warm; CPU time, so that neighbours don't count."""
    zhclaims("rules", "try", "claim.zz_lasts", "--rules", here / "own", "--text", "甲")
    started = time.process_time()
    zhclaims("rules", "try", "claim.zz_lasts", "--rules", here / "own", "--corpus", here / "articles")
    assert time.process_time() - started < 4


def test_show_prints_a_rule_with_its_lexicons_and_tests(here: Path) -> None:
    output = zhclaims("rules", "show", "claim.zz_lasts", "--rules", here / "own")
    assert "@zz_lasts: 撑, 扛" in output
    assert "hit: 旧款的电池能撑⟦5小时⟧。" in output
    zhclaims("rules", "show", "claim.zz_last", code=2)
    assert zhclaims("rules", "list", "--rules", here / "own", "--tag", "claim.zz_lasts").count("\n") == 1


def test_explain_answers_for_one_rule(here: Path) -> None:
    output = zhclaims(
        "explain",
        here / "articles" / "phone.txt",
        "--text",
        "3公里",
        "--rule",
        "claim.zz_lasts",
        "--rules",
        here / "own",
        "--ner",
        "none",
    )
    assert "stopped: claim.zz_lasts" in output
    assert output.count("stopped:") == 1


# --- new --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "span", "template"),
    [
        ("新款手机的电池一口气能撑36小时。", "36小时", "{subject:phrase}一口气"),
        ("治疗组总缓解率达到67.5%。", "67.5%", "{subject:phrase}@"),
    ],
)
def test_a_skeleton_is_general_where_it_can_be(text: str, span: str, template: str) -> None:
    bench = open_bench()
    made = skeleton(bench, from_words(bench, text, span))
    assert made.match.startswith(template)
    assert "{value:" in made.match
    assert f"⟦{span}⟧" in made.hit


def test_a_skeleton_of_a_date_names_its_parts() -> None:
    bench = open_bench()
    assert (
        skeleton(bench, from_words(bench, "会议在2024年5月3日召开。", "2024年5月3日"), extracts="date").match
        == "{year:number}年{month:number}月{day:number}日"
    )


def test_new_goes_into_the_file_and_leaves_every_other_byte(here: Path) -> None:
    own = here / "own" / "claims.yaml"
    zhclaims("run", "articles", "-o", "out", "--ner", "none")
    output = zhclaims("rules", "new", "--from", "out/claims.csv:4", "--rules", "own", "--id", "claim.walked")
    assert "own/claims.yaml:14: claim.walked written" in output
    assert own.read_text(encoding="utf-8").startswith(OWN)
    assert "claims.yaml" in zhclaims("rules", "check", "own/claims.yaml", code=3)  # its miss is missing
    filled_in = own.read_text(encoding="utf-8").replace("- miss:   #", "- miss: 他在伞下  #")
    own.write_text(filled_in, encoding="utf-8")
    assert "2 rules" in zhclaims("rules", "check", "own/claims.yaml")


def test_new_makes_a_file_from_nothing_and_prints_without_writing(here: Path) -> None:
    output = zhclaims(
        "rules", "new", "--text", "由晨曦读书社主办", "--span", "晨曦读书社", "--rules", "fresh", "--dry-run"
    )
    assert "extracts: institution" in output
    assert not (here / "fresh").exists()
    zhclaims("rules", "new", "--text", "由晨曦读书社主办", "--span", "晨曦读书社", "--rules", "fresh")
    assert (here / "fresh" / "institutions.yaml").read_text(encoding="utf-8").startswith("format: zhclaims-rules/1\n")


@pytest.mark.parametrize(
    "arguments",
    [
        ("--from", "out/claims.csv:999"),
        ("--text", "甲乙", "--span", "丙"),
        ("--text", "电池撑3小时", "--span", "3小时", "--extracts", "claims"),
    ],
)
def test_new_says_what_is_not_there(here: Path, arguments: tuple[str, ...]) -> None:
    zhclaims("run", "articles", "-o", "out", "--ner", "none")
    assert "zhclaims: " in zhclaims("rules", "new", *arguments, code=2)


# --- gaps, stats, diff, watch -----------------------------------------------------------------


def test_gaps_group_what_has_no_subject_and_give_the_command(here: Path) -> None:
    (here / "articles" / "b.txt").write_text("赢了5次。\n又赢了7次。\n", encoding="utf-8")
    zhclaims("run", "articles", "-o", "out", "--ner", "none", "--except", "claim")
    output = zhclaims("rules", "gaps", "out")
    assert "2  number  了{count}" in output
    assert "zhclaims rules new --from out/claims.csv:" in output
    (here / "articles" / "c.txt").write_text("这是33所高校之一。\n那是28所高校之一。\n", encoding="utf-8")
    zhclaims("run", "articles", "-o", "out", "--ner", "none")
    assert "no claim  之{number}" in zhclaims("rules", "gaps", "out")
    listed = json.loads(zhclaims("rules", "gaps", "out", "--json"))
    assert sum(len(gap["places"]) for gap in listed) >= 2
    assert "no run wrote this folder" in zhclaims("rules", "gaps", "articles", code=6)


def test_stats_count_hits_and_overlaps(here: Path) -> None:
    (here / "articles" / "b.txt").write_text("公司成立于2024年5月，2024年9月上市。\n", encoding="utf-8")
    zhclaims("run", "articles", "-o", "out", "--rules", "own", "--ner", "none")
    answer = json.loads(zhclaims("rules", "stats", "out", "--rules", "own", "--time", "--json"))
    by_name = {row["rule"]: row for row in answer["rules"]}
    assert by_name["claim.zz_lasts"]["kept"] == 2
    assert by_name["claim.zz_lasts"]["us_per_1000"] >= 0
    assert answer["overlaps"]


def test_diff_shows_rows_that_rules_change_add_and_lose(here: Path) -> None:
    output = zhclaims("rules", "diff", "articles", "--rules", "own", "--html", "page.html")
    assert output.startswith("0 added, 0 lost, 2 changed")
    assert "subject: '新款手机的电池一口气能撑' -> '新款手机的电池'" in output
    page = (here / "page.html").read_text(encoding="utf-8")
    assert "<mark>36小时</mark>" in page
    assert "<script" not in page
    reject = "rules:\n  - id: reject.zz_walk\n    extracts: reject\n    match: '走了{n:number}公里'\n    priority: 90\n    tests:\n      - hit: ⟦走了3公里⟧\n      - miss: 乙\n"
    (here / "own" / "rejects.yaml").write_text(f"format: zhclaims-rules/1\n{reject}", encoding="utf-8")
    assert "1 lost" in zhclaims("rules", "diff", "articles", "--rules", "own").splitlines()[0]


def test_diff_against_a_folder_or_an_unknown_revision(here: Path) -> None:
    assert zhclaims("rules", "diff", "articles", "--base", RULES).startswith("0 added, 0 lost, 0 changed")
    assert "--base no-such-revision" in zhclaims("rules", "diff", "articles", "--base", "no-such-revision", code=2)


def test_watch_looks_once_when_asked_once(here: Path) -> None:
    output = zhclaims("rules", "watch", "own/claims.yaml", "--text", "旧款的电池能扛5小时。", "--rounds", 1)
    assert "1 rules, 2 tests, 0 failed" in output
    assert "1 hits" in output


# --- review -----------------------------------------------------------------------------------


def reviewed(here: Path, *notes: tuple[str, str]) -> list[dict[str, str]]:
    """The rows of a run with what a reviewer wrote beside them."""
    zhclaims("run", "articles", "-o", "out", "--rules", "own", "--ner", "none")
    rows = list(csv.DictReader((here / "out" / "claims.csv").open(encoding="utf-8-sig", newline="")))
    return [
        {**row, "review_status": status, "review_note": note} for row, (status, note) in zip(rows, notes, strict=False)
    ]


def save(path: Path, rows: list[dict[str, str]], encoding: str = "utf-8-sig", delimiter: str = ",") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.mark.parametrize(("encoding", "delimiter"), [("utf-8-sig", ","), ("gb18030", ";")])
def test_reviewed_rows_become_tests_and_the_file_keeps_its_comments(here: Path, encoding: str, delimiter: str) -> None:
    """As Excel saves it, in China too."""
    own = here / "own" / "claims.yaml"
    table = save(here / "edited.csv", reviewed(here, ("对", ""), ("wrong", "subject=旧款")), encoding, delimiter)
    output = zhclaims("review", "import", table, "--rules", "own")
    assert "2 tests added, 0 rows skipped" in output
    text = own.read_text(encoding="utf-8")
    assert text.startswith(OWN)
    assert "- hit: '新款手机的电池一口气能撑⟦36小时⟧，旧款的电池只能撑20小时。'" in text
    assert 'get: {subject: "旧款"}' in text
    assert "# reviewer: subject=旧款" in text
    failures = zhclaims("rules", "check", own, code=4)
    assert "subject is '旧款的电池', not '旧款'" in failures
    assert "0 tests added, 2 rows skipped" in zhclaims("review", "import", table, "--rules", "own")


def test_a_wrong_row_becomes_a_miss_of_its_clause(here: Path) -> None:
    """Its sentence holds a right row of the same rule: as a whole it is no miss."""
    save(here / "edited.csv", reviewed(here, ("", ""), ("错", "not a battery")))
    result = import_review(here / "edited.csv", open_bench([here / "own"]).rules)
    assert [line for _, _, line in result.added] == ["- miss: '旧款的电池只能撑20小时'  # reviewer: not a battery"]


def test_a_subject_that_no_rule_gave_is_no_test_of_the_rule_of_the_figure(here: Path) -> None:
    """It was carried over from the number before: a quantity rule has no subject to test."""
    (here / "articles" / "phone.txt").write_text("营业收入133亿元，增长4%。", encoding="utf-8")
    rows = reviewed(here, ("", ""), ("wrong", "subject=净利润"))
    assert rows[1]["rule"] == "carried+quantity.unit"
    known = {rule.id: rule for rule in open_bench().rules.rules}
    assert "no rule gave its subject" in str(review_test(rows[1], rows, "wrong", known))
    made = review_test({**rows[1], "review_note": ""}, rows, "right", known)
    assert isinstance(made, ReviewTest)
    assert (made.rule, made.get) == ("quantity.unit", {"value": "4", "unit": "%"})


def test_a_table_without_a_status_or_with_another_word_is_told(here: Path) -> None:
    rows = reviewed(here, ("perhaps", ""), ("right", ""))
    save(here / "edited.csv", rows)
    assert "review_status 'perhaps' is neither right nor wrong" in zhclaims(
        "review", "import", "edited.csv", "--rules", "own"
    )
    assert "has no column review_status" in zhclaims("review", "import", "out/claims.csv", "--rules", "own", code=2)


def test_a_sheet_of_excel_is_read(tmp_path: Path) -> None:
    """Shared strings, inline strings, numbers, empty cells; without a library."""
    ns = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        archive.writestr(
            "xl/sharedStrings.xml",
            f"<sst {ns}><si><t>text</t></si><si><r><t>36</t></r><r><t>小时</t></r></si></sst>",
        )
        archive.writestr(
            "xl/worksheets/sheet1.xml",
            f'<worksheet {ns}><sheetData><row><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><t>start</t></is></c><c r="C1" t="inlineStr"><is><t>x</t></is></c></row>'
            '<row><c r="A2" t="s"><v>1</v></c><c r="C2"><v>5</v></c></row></sheetData></worksheet>',
        )
    assert read_sheet(tmp_path / "a.xlsx") == [{"text": "36小时", "start": "", "x": "5"}]
