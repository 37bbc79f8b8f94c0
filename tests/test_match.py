"""One rule on one text: captures, contexts, conditions; many rules: which one wins."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.match import Budget, Match, find, find_all, resolve, verdict
from pipeline.model import Article, Found, Numeral, Quantity
from pipeline.rulekit.symbols import Symbols
from pipeline.rules import RuleSet, load
from pipeline.stages.article import make_article
from pipeline.stages.convert import simplify
from pipeline.stages.numbers import numbers
from pipeline.stages.read import from_text

TESTS = "    tests: [{hit: 甲⟦5⟧}, {miss: 乙}]\n"
LEXICONS = "lexicons:\n  reach: [达到, 达]\n  sex: {map: {男: m, 女: f}}\n"


def rules(folder: Path, *bodies: str) -> RuleSet:
    """Rules with ids claim.r0, claim.r1 … of the given keys."""
    path = folder / "rules.yaml"
    made = "".join(f"  - id: claim.r{i}\n    extracts: quantity\n{body}{TESTS}" for i, body in enumerate(bodies))
    path.write_text(f"format: zhclaims-rules/1\n{LEXICONS}rules:\n{made}", encoding="utf-8")
    return load([path], simplify)


def numerals(text: str) -> tuple[Article, Symbols]:
    article = make_article(from_text(text))
    found = Found().plus(numbers(article, Found()))
    return article, Symbols(article, list(found.of(Numeral)))


def matches(folder: Path, body: str, text: str) -> list[Match]:
    made = rules(folder, body)
    article, symbols = numerals(text)
    return list(find(made.rules[0], symbols, article, made.lexicons, Budget(len(text))))


def test_captures_hold_places_values_and_columns(tmp_path: Path) -> None:
    body = "    match: '{who:@sex}性{verb:@reach}{value:number}人'\n    set: {kind: count, twice: '= value * 2', letter: '= who.code'}\n"
    body = body.replace("twice", "low").replace("letter", "unit")
    [match] = matches(tmp_path, body, "其中女性達到35人。")
    assert (match.start, match.end) == (2, 9)
    assert {name: capture.text for name, capture in match.captures.items()} == {
        "who": "女",
        "verb": "达到",
        "value": "35",
    }
    assert str(match.get("low")) == "70"
    assert match.get("unit") == "f"
    assert match.get("nothing", "?") == "?"


def test_the_span_capture_is_the_mention_and_the_rest_context(tmp_path: Path) -> None:
    [match] = matches(tmp_path, "    match: '第{span:(共{value:number})}人'\n", "第共35人")
    assert (match.start, match.end) == (1, 4)
    assert match.whole == (0, 5)


@pytest.mark.parametrize(
    ("keys", "hits", "misses"),
    [
        ("    unless: {before: 第}\n", ["甲达5人"], ["第达5人"]),
        ("    unless: {before: 预计, within: 4}\n", ["预计甲乙丙丁达5人"], ["预计甲乙达5人", "预计达5人"]),
        ("    unless: {after: 以上}\n", ["达5人左右"], ["达5人以上"]),
        ("    needs: {after: [以上, 以下]}\n", ["达5人以上", "达5人以下"], ["达5人"]),
        ("    needs: {sentence: 医院}\n", ["医院里病人达5人"], ["病人达5人。医院"]),
        ("    needs:\n      - {before: 甲}\n      - {after: 乙}\n", ["甲达5人乙"], ["甲达5人", "达5人乙"]),
        ("    where: value > 3\n", ["达5人"], ["达2人"]),
        ("    where: ['value > 3', 'value < 8']\n", ["达5人"], ["达9人", "达1人"]),
    ],
)
def test_contexts_and_conditions_veto(keys: str, hits: list[str], misses: list[str], tmp_path: Path) -> None:
    body = f"    match: '@reach{{value:number}}人'\n{keys}"
    for text in hits:
        assert matches(tmp_path, body, text), text
    for text in misses:
        assert not matches(tmp_path, body, text), text


def test_a_veto_says_what_vetoed(tmp_path: Path) -> None:
    made = rules(tmp_path, "    match: '达{value:number}人'\n    where: value > 3\n")
    article, symbols = numerals("达5人")
    [match] = find(made.rules[0], symbols, article, made.lexicons, Budget(3))
    assert verdict(match, symbols) == ""
    article, symbols = numerals("达2人")
    assert list(find(made.rules[0], symbols, article, made.lexicons, Budget(3))) == []


def test_a_rule_never_crosses_a_sentence(tmp_path: Path) -> None:
    assert not matches(tmp_path, "    match: '达...9{value:number}人'\n", "达。5人")


ORDER = [
    ("priority", "    match: '{value:number}'\n    priority: 60\n", "    match: '达到{value:number}人'\n"),
    ("length", "    match: '达到{value:number}人'\n", "    match: '{value:number}人'\n"),
    ("captures", "    match: '{a:(达)}{value:number}人'\n", "    match: '达{value:number}人'\n"),
    ("file order", "    match: '达{value:number}人'\n", "    match: '达{low:number}人'\n"),
]


@pytest.mark.parametrize(("by", "winner", "loser"), ORDER, ids=[o[0] for o in ORDER])
def test_the_total_order(by: str, winner: str, loser: str, tmp_path: Path) -> None:
    """Winner written first and last: only the order of files may depend on it."""
    for bodies in [(winner, loser)] if by == "file order" else [(winner, loser), (loser, winner)]:
        made = rules(tmp_path, *bodies)
        article, symbols = numerals("其中达到5人" if by in ("priority", "length") else "其中达5人")
        kept, lost = resolve(find_all(made.rules, symbols, article, made.lexicons, Budget(10), set()))
        expected = f"claim.r{bodies.index(winner)}"
        assert [m.rule.id for m in kept] == [expected]
        assert [(a.rule.id, b.rule.id) for a, b in lost] == [(f"claim.r{bodies.index(loser)}", expected)]


def test_a_rule_out_of_time_is_named_and_the_others_go_on(tmp_path: Path) -> None:
    made = rules(tmp_path, "    match: '达{value:number}人'\n", "    match: '{value:number}'\n")
    article, symbols = numerals("达5人" * 50)
    late: set[str] = set()
    find_all(made.rules, symbols, article, made.lexicons, Budget(150, base=-1), late)
    assert late == {"claim.r0", "claim.r1"}
    assert find_all(made.rules, symbols, article, made.lexicons, Budget(150), set())


def test_a_rule_that_cannot_run_away_is_given_time_for_every_attempt(tmp_path: Path) -> None:
    """A text of thousands of figures would else lose rows on a slow machine, and others on the next run."""
    made = rules(tmp_path, "    match: '{value:number}人'\n")
    assert made.rules[0].bounded
    article, symbols = numerals("共35人，" * 300)
    late: set[str] = set()
    assert len(find_all(made.rules, symbols, article, made.lexicons, Budget(0, base=1e-9), late)) == 300
    assert not late


def test_quantities_are_typed(tmp_path: Path) -> None:
    made = rules(tmp_path, "    match: '{value:money}'\n")
    article = make_article(from_text("共5元和3人"))
    symbols = Symbols(article, [Quantity(1, 3, kind="money"), Quantity(4, 6, kind="count")])
    assert [(m.start, m.end) for m in find(made.rules[0], symbols, article, made.lexicons, Budget(10))] == [(1, 3)]
