"""Explanations: they agree with the engine, and say what an author asks."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from pipeline.authoring.bench import Bench, open_bench
from pipeline.explaining.explain import Attempt, Workbench, explain
from pipeline.explaining.explanation import explained
from pipeline.model import Claim, Date

OWN = """\
format: zhclaims-rules/1
lexicons:
  zz_lasts: [撑, 扛]
rules:
  - id: claim.zz_lasts
    extracts: claim
    match: "{subject:phrase}[最多](能|可)@zz_lasts{value:duration}"
    unless: {inside: 听说}
    where: value < 100
    tests:
      - hit: 旧款的电池能撑⟦5小时⟧。
      - miss: 他撑着伞走了3小时。
  - id: claim.zz_far
    extracts: claim
    match: "远在...8之外{value:measurement}"
    set: {trend: up_by}
    tests:
      - hit: 远在城市之外⟦5公里⟧。
      - miss: 乙
"""


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    folder = tmp_path_factory.mktemp("own")
    (folder / "own.yaml").write_text(OWN, encoding="utf-8")
    return open_bench([folder])


@cache
def builtin() -> Bench:
    return open_bench()


def asked(bench: Bench, text: str, what: str, rule: str) -> Attempt:
    """What the explanation says of one rule at the first place of some words."""
    article, found = bench.extract(text)
    start = article.text.index(what)
    [attempt] = explain(article, found, bench.rules, start, start + len(what), only=[rule]).attempts
    return attempt


def test_a_match_shows_its_parts_its_fields_and_what_became_of_it(bench: Bench) -> None:
    attempt = asked(bench, "旧款的电池最多能扛5小时。", "5小时", "claim.zz_lasts")
    assert attempt.status == "matched"
    assert [part.text for part in attempt.parts] == ["旧款的电池", "最多", "能", "扛", "5小时"]
    assert attempt.fields["subject"] == "旧款的电池"
    assert attempt.outcome.startswith("gave subject")


@pytest.mark.parametrize(
    ("text", "rest", "expected"),
    [
        ("旧款的电池能5小时。", "5小时", {"撑", "@zz_lasts"}),
        ("旧款的电池能撑5公里。", "5公里", {"{value:duration}"}),
    ],
)
def test_where_it_stopped_and_everything_that_would_have_let_it_go_on(
    bench: Bench, text: str, rest: str, expected: set[str]
) -> None:
    attempt = asked(bench, text, rest, "claim.zz_lasts")
    assert attempt.status == "stopped"
    assert text[attempt.stopped_at :].startswith(rest)
    assert set(attempt.expected) & expected


def test_all_parts_that_could_follow_are_named(bench: Bench) -> None:
    attempt = asked(bench, "旧款的电池最多撑5小时。", "最多", "claim.zz_lasts")
    assert set(attempt.expected) == {"能", "可"}


def test_a_gap_does_not_hide_where_it_stopped(bench: Bench) -> None:
    """Behind a gap everything is far: the part that is missing is what counts."""
    attempt = asked(bench, "远在城市里面5公里。", "远在", "claim.zz_far")
    assert attempt.status == "stopped"
    assert attempt.expected == ("之外 behind ...8",)


@pytest.mark.parametrize(
    ("text", "why"),
    [("听说旧款的电池能撑5小时。", "unless inside 听说"), ("旧款的电池能撑500小时。", "where value < 100")],
)
def test_a_veto_is_named(bench: Bench, text: str, why: str) -> None:
    attempt = asked(bench, text, "小时", "claim.zz_lasts")
    assert (attempt.status, attempt.why) == ("vetoed", why)


def test_the_winner_and_the_reason_are_named() -> None:
    attempt = asked(builtin(), "公司成立于2024年。", "2024年", "quantity.unit")
    assert attempt.outcome.startswith("lost to date.")
    assert "priority" in attempt.outcome


def test_a_rule_over_dates_is_explained_on_what_it_saw() -> None:
    """The parts of a range are gone once the range is found: explained on the result, its own rule would not match."""
    text = "从2014年5月至2016年8月，收入增长。"
    _, found = builtin().extract(text)
    made = next(m for m in found.of(Date) if m.end - m.start > 10)
    assert asked(builtin(), text, text[made.start : made.end], made.rule).status == "matched"


def test_the_explanation_agrees_with_the_engine() -> None:
    """For a sample of all rules: where a rule gave a row or field, its attempt says matched."""
    bench, checked = builtin(), 0
    for rule in bench.rules.rules[::6]:
        test = next(t for t in rule.tests if t.kind == "hit")
        article, found = bench.extract(test.text)
        named = {
            r
            for m in found.mentions
            for r in (*m.rule.split("+"), *(m.because.values() if isinstance(m, Claim) else ()))
        }
        if rule.id not in named or rule.extracts in ("institution", "attribution") or test.span is None:
            continue
        attempt = Workbench(article, found, bench.rules).attempt(rule, 0, len(article.text))
        assert attempt is not None, rule.id
        assert attempt.status == "matched", (rule.id, attempt)
        checked += 1
    assert checked > 20


def test_the_text_names_offsets_of_the_file(bench: Bench, tmp_path: Path) -> None:
    article, found = bench.extract("旧款的电池能撑5小时。")
    lines = "\n".join(explained(article, found, bench.rules, 7, 10, most=2))
    assert "7:10 '5小时' claim by claim.zz_lasts" in lines
    assert "more rules stopped (--all shows them)" in lines
