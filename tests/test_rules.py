"""Every rule's own tests, and what loading and choosing rules promises."""

from __future__ import annotations

import time
from functools import cache
from pathlib import Path

import pytest

from pipeline.authoring.bench import Bench, open_bench
from pipeline.rulekit.ruletests import Extract, remembered, run_test, variants
from pipeline.rules import Rule, RuleErrors, RuleSet, load
from pipeline.stages.convert import simplify, to_traditional

HEAD = "format: zhclaims-rules/1\n"
RULE = """\
  - id: {id}
    extracts: claim
    match: "{match}"
{more}    tests:
      - hit: 续航⟦5公里⟧
      - miss: 乙
"""


@cache
def bench() -> Bench:
    return open_bench()


@cache
def extraction() -> Extract:
    return remembered(bench().extract)


def rule_ids() -> list[str]:
    """The ids at collection; rules that don't load are one failing test, not a broken collection."""
    try:
        return [rule.id for rule in bench().rules.rules]
    except RuleErrors:
        return []


def test_the_rules_load() -> None:
    """An error here is what every command would say."""
    assert len(bench().rules.rules) > 100


@pytest.mark.parametrize("name", rule_ids())
def test_rule(name: str) -> None:
    """The rule hits and misses what its author says, in both scripts and as files bring it."""
    rule = bench().rule(name)
    failures = [run_test(rule, test, extraction(), to_traditional, simplify) for test in rule.tests]
    assert [str(failure) for failure in failures if failure] == []


# --- loading ----------------------------------------------------------------------------------


def write(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(HEAD + text, encoding="utf-8")
    return folder


def rule(id: str, match: str = "续航{value:quantity}", more: str = "") -> str:
    return RULE.format(id=id, match=match, more=more)


def loaded(*folders: Path) -> RuleSet:
    return load(folders, simplify)


def by_id(rules: RuleSet) -> dict[str, Rule]:
    return {rule.id: rule for rule in rules.rules}


def test_a_later_folder_redefines_rules_lexicons_and_patterns_by_name(tmp_path: Path) -> None:
    """A pack that can only add would force people to edit the built-in files."""
    first = write(
        tmp_path / "a",
        "r.yaml",
        "lexicons: {x: [甲]}\npatterns: {p: 丙}\nrules:\n"
        + rule("claim.one")
        + rule("claim.two", "@x{{p}}续航{value:quantity}".replace("{{", "{").replace("}}", "}")),
    )
    second = write(
        tmp_path / "b",
        "r.yaml",
        "lexicons: {x: [乙]}\npatterns: {p: 丁}\nrules:\n"
        + rule("claim.one", "时速{value:quantity}", "    priority: 70\n"),
    )
    rules = loaded(first, second)
    assert [r.id for r in rules.rules] == ["claim.one", "claim.two"]
    assert by_id(rules)["claim.one"].priority == 70
    assert set(rules.lexicons["x"].entries) == {"乙"}
    assert by_id(rules)["claim.two"].search.search("乙丁续航\ue016") or by_id(rules)["claim.two"].search.search(
        "乙丁续航\ue017"
    )


def test_two_definitions_in_one_folder_are_an_error(tmp_path: Path) -> None:
    """Which of the two counts would depend on file names."""
    folder = write(tmp_path / "a", "1.yaml", "lexicons: {x: [甲]}\npatterns: {p: 甲}\nrules:\n" + rule("claim.one"))
    write(folder, "2.yaml", "lexicons: {x: [甲]}\npatterns: {p: 甲}\nrules:\n" + rule("claim.one"))
    with pytest.raises(RuleErrors) as caught:
        loaded(folder)
    assert sorted(error.code for error in caught.value.errors) == [
        "duplicate-id",
        "duplicate-lexicon",
        "duplicate-pattern",
    ]


def test_extends_takes_over_keys_across_rules_and_folders(tmp_path: Path) -> None:
    """The own id means the rule of an earlier folder: a pack changes one key and keeps the rest."""
    first = write(
        tmp_path / "a",
        "r.yaml",
        "rules:\n" + rule("claim.one", more="    where: value > 3\n    set: {trend: up_by}\n"),
    )
    tests = "    tests:\n      - hit: 续航⟦5公里⟧\n      - miss: 乙\n"
    second = write(
        tmp_path / "b",
        "r.yaml",
        f"rules:\n  - id: claim.one\n    extends: claim.one\n    priority: 80\n{tests}  - id: claim.two\n    extends: claim.one\n    set: {{trend: down_by}}\n{tests}",
    )
    rules = by_id(loaded(first, second))
    assert (rules["claim.one"].priority, rules["claim.one"].set["trend"]) == (80, "up_by")
    assert rules["claim.one"].where[0][0] == "value > 3"
    assert (rules["claim.two"].priority, rules["claim.two"].set["trend"]) == (80, "down_by")


def test_only_and_except_take_ids_first_parts_and_tags(tmp_path: Path) -> None:
    rules = loaded(
        write(
            tmp_path / "a",
            "r.yaml",
            "rules:\n" + rule("claim.a.one", more="    tags: [trial]\n") + rule("claim.a.two") + rule("claim.b"),
        )
    )

    def ids(only: tuple[str, ...] = (), but: tuple[str, ...] = ()) -> list[str]:
        return [r.id for r in rules.only(only, but).rules]

    assert ids(("claim.a",)) == ["claim.a.one", "claim.a.two"]
    assert ids(("trial",)) == ["claim.a.one"]
    assert ids((), ("claim.a.one", "claim.b")) == ["claim.a.two"]


def test_lexicons_come_from_lists_maps_and_csv_in_either_script(tmp_path: Path) -> None:
    words = tmp_path / "a" / "words"
    words.mkdir(parents=True)
    (words / "m.csv").write_text(
        "\ufeffterm,canonical,code,aliases,color\n緩解率,,rr,缓解比例|CR,red\n#a comment,,,,\n",
        encoding="utf-8",
    )
    text = "lexicons:\n  a: [達到]\n  b: {map: {去年: year-1}}\n  c: {file: words/m.csv}\nrules:\n" + rule("claim.one")
    lexicons = loaded(write(tmp_path / "a", "r.yaml", text)).lexicons
    assert "达到" in lexicons["a"].entries
    assert lexicons["b"].entries["去年"]["code"] == "year-1"
    assert lexicons["c"].entries["CR"] == lexicons["c"].entries["缓解率"]
    assert lexicons["c"].entries["缓解率"]["color"] == "red"
    assert len(lexicons["c"].entries) == 3


def test_values_stay_texts(tmp_path: Path) -> None:
    """YAML 1.1 makes False of no and 0.5 of .5: a lexicon of answers would lose its words."""
    rules = loaded(
        write(
            tmp_path / "a",
            "r.yaml",
            "lexicons: {x: [no, 1.50, 2024-01-01, null, 0x1F]}\nrules:\n" + rule("claim.one"),
        )
    )
    assert set(rules.lexicons["x"].entries) == {"no", "1.50", "2024-01-01", "null", "0x1F"}


def test_the_hash_knows_every_byte(tmp_path: Path) -> None:
    """Resuming a run with other words in a lexicon would mix two results."""
    folder = write(tmp_path / "a", "r.yaml", "lexicons: {c: {file: w.csv}}\nrules:\n" + rule("claim.one"))
    (folder / "w.csv").write_text("term\n甲\n", encoding="utf-8")
    before = loaded(folder).sha256
    (folder / "w.csv").write_text("term\n乙\n", encoding="utf-8")
    assert loaded(folder).sha256 != before


def test_a_file_that_cannot_be_read_brings_no_errors_about_what_it_holds(tmp_path: Path) -> None:
    """Forty unknown lexicons because of one bracket hide the bracket."""
    folder = write(tmp_path / "a", "1.yaml", "lexicons: {x: [甲\n")
    write(folder, "2.yaml", "rules:\n" + rule("claim.one", "@x续航{value:quantity}"))
    with pytest.raises(RuleErrors) as caught:
        loaded(folder)
    assert [error.code for error in caught.value.errors] == ["yaml"]


# --- tests in rules ---------------------------------------------------------------------------


def test_variants_shift_what_they_put_before() -> None:
    for variant in variants("续航5公里", to_traditional):
        at = variant.text.find("公里") - 3
        assert at == variant.shift


def test_a_todo_that_holds_is_a_failure(tmp_path: Path) -> None:
    """Else nobody notices that the engine has learnt it."""
    folder = write(
        tmp_path / "a",
        "r.yaml",
        "rules:\n"
        + rule("claim.zz_lasts", more="    set: {trend: up_by}\n")
        + "      - todo: 续航⟦8公里⟧\n      - todo: 航续⟦8公里⟧\n",
    )
    own = open_bench([folder])
    failures = [
        run_test(own.rule("claim.zz_lasts"), test, own.extract, to_traditional, simplify)
        for test in own.rule("claim.zz_lasts").tests
    ]
    assert [failure.code for failure in failures if failure] == ["todo-holds"]


def test_loading_all_rules_is_quick() -> None:
    """Every command waits for it. Generous: other programs run beside the tests."""
    open_bench()
    started = time.process_time()
    open_bench()
    assert time.process_time() - started < 3


def test_fields_have_the_values_that_the_tables_have() -> None:
    """`verify` finds a value that a column doesn't have only when the rows are written: both must know the same ones."""
    from pipeline.output.columns import TABLES
    from pipeline.rulekit.fieldvalues import VALUES

    columns = {c.name: set(c.enum) for table in TABLES.values() for c in table.columns if c.enum}
    for kind, name in (("claim", "trend"), ("claim", "basis"), ("claim", "modality"), ("claim", "comparator")):
        assert set(VALUES[kind][name]) == columns[name]
    assert set(VALUES["quantity"]["kind"]) == columns["kind"]
    assert set(VALUES["quantity"]["comparator"]) == columns["comparator"]
    assert set(VALUES["institution"]["itype"]) - {"parent", "any"} == columns["itype"]


def test_a_missing_file_is_called_a_file(tmp_path: Path) -> None:
    for name, what in (("none.yaml", "file"), ("none", "folder")):
        with pytest.raises(RuleErrors, match=f"no such rule {what}"):
            load([tmp_path / name])
