"""The match language: what is read, and that the expression means what the template says."""

from __future__ import annotations

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from pipeline.rulekit.compile import Compiler, must_match
from pipeline.rulekit.hazards import cut_short, nested_quantifier, repeats, ways
from pipeline.rulekit.lexicons import Lexicon
from pipeline.rulekit.ruleerrors import Report
from pipeline.rulekit.rulefile import Text
from pipeline.rulekit.template import MEMBERS, SYMBOLS, TYPES, TemplateError, alternation, first_chars, parse, walk
from pipeline.stages.convert import simplify


def compiled(
    template: str, lexicons: dict[str, list[str]] | None = None, patterns: dict[str, str] | None = None
) -> regex.Pattern[str]:
    """The expression of a template; lexicons by their terms."""
    report = Report()
    compiler = Compiler(report, simplify)
    compiler.lexicons = {
        name: Lexicon(name, {t: {"term": t, "canonical": t, "code": ""} for t in terms}, "", 1)
        for name, terms in (lexicons or {}).items()
    }
    compiler.patterns = {name: parse(source, simplify) for name, source in (patterns or {}).items()}
    made = compiler.match(Text(template, 1, 1))
    assert made is not None, report.errors
    return made.search


COUNT, MONEY = SYMBOLS["count"], SYMBOLS["money"]


@pytest.mark.parametrize(
    ("template", "hits", "misses"),
    [
        ("达到", ["达到"], ["达", "到达"]),
        ("達到", ["达到"], []),
        ("Ａ（％）".replace("（", "\\（").replace("）", "\\）"), ["A(%)"], []),
        ("达[到]{v:count}", [f"达{COUNT}", f"达到{COUNT}"], ["达到"]),
        ("(同比|按年)增长", ["同比增长", "按年增长"], ["增长"]),
        ("甲...3乙", ["甲乙", "甲一二三乙"], ["甲一二三四乙", "甲\n乙"]),
        ("{v:money}", [MONEY], [COUNT]),
        ("{v:quantity}", [MONEY, COUNT], [SYMBOLS["date"]]),
        ("\\[{v:count}\\]", [f"[{COUNT}]"], [COUNT]),
        ("甲{x:text}乙", ["甲一二乙"], ["甲乙", "甲一，二乙"]),
        ("{x:(甲|乙)}丙", ["甲丙", "乙丙"], ["丙"]),
    ],
)
def test_a_template_means_what_its_author_wrote(template: str, hits: list[str], misses: list[str]) -> None:
    expression = compiled(template)
    for text in hits:
        assert expression.search(text), text
    for text in misses:
        assert not expression.search(text), text


def test_lexicons_and_patterns_are_put_in() -> None:
    expression = compiled("@a{p}丁", {"a": ["达", "达到"], "b": ["丙"]}, {"p": "[{q}]", "q": "@b"})
    assert expression.search("达到丙丁")
    assert expression.search("达丁")
    assert not expression.search("到丁")


def test_every_type_compiles_and_matches_its_own_characters() -> None:
    """A type that is listed but matches nothing would be a trap in the documentation."""
    for name in TYPES:
        expression = compiled(f"甲{{x:{name}}}")
        for char in MEMBERS.get(name, ("中",)):
            assert expression.search("甲" + char), name


@pytest.mark.parametrize(
    ("template", "what"),
    [
        ("(a|b", "'(' is not closed"),
        ("a)b", "')' closes nothing"),
        ("a|b", "'|' outside of ( )"),
        ("(a|)", "an alternative is empty"),
        ("a...b", "a gap needs its size"),
        ("a...200b", "a gap needs its size"),
        ("@", "a lexicon name is missing"),
        ("{a:}", "a type name is missing"),
        ("{a:b", "'{' is not closed"),
        ("a\\", "a \\ at the end"),
        ("[" * 40 + "a" + "]" * 40, "nested deeper than 30"),
    ],
)
def test_what_cannot_be_read_is_said(template: str, what: str) -> None:
    with pytest.raises(TemplateError, match=regex.escape(what)) as caught:
        parse(template)
    assert 0 <= caught.value.at <= len(template)


@given(st.text(alphabet="甲乙[](){}|@.:3ab\\", max_size=25))
def test_any_text_is_a_template_or_an_error(source: str) -> None:
    """A typo must never be a traceback."""
    try:
        tree = parse(source)
    except TemplateError:
        return
    assert list(walk(tree))


@given(st.lists(st.text(alphabet="甲乙丙丁", min_size=1, max_size=4), min_size=1, max_size=12))
def test_a_trie_matches_its_terms_and_the_longest_first(terms: list[str]) -> None:
    expression = regex.compile(alternation(terms))
    for term in terms:
        assert expression.fullmatch(term)
        found = expression.match(term + "丁丁")
        assert found
        assert found.group() == max((t for t in terms if (term + "丁丁").startswith(t)), key=len)


def test_a_template_of_optional_parts_only_is_no_rule() -> None:
    assert not must_match(parse("[甲][乙]"))
    assert not must_match(parse("([甲]|乙)"))
    assert must_match(parse("[甲]乙"))


def test_first_characters_allow_every_match() -> None:
    """The guard in front of an expression must never exclude a match."""
    lexicons = {"a": ["达到", "为"]}
    assert first_chars(parse("[甲]@a"), lexicons) == {"甲", "达", "为"}
    assert first_chars(parse("...3甲"), lexicons) is None
    assert first_chars(parse("[甲][乙]"), lexicons) == {"甲", "乙", ""}


def test_alternatives_that_never_win_are_found() -> None:
    assert [a.text for a, _ in cut_short(parse("甲(以上|以上者)"))] == ["以上者"]
    assert cut_short(parse("甲(以上|以上者)乙")) == []  # what follows makes the engine come back
    assert cut_short(parse("甲(以上者|以上)")) == []


def test_costs_are_seen_before_they_are_paid() -> None:
    assert ways(parse("甲...100乙...100丙...100丁")) > 10**6
    assert ways(parse("甲[乙]丙")) == 2
    assert repeats("(?:a{100}){100}") > 10_000
    assert nested_quantifier("(a+)+")
    assert not nested_quantifier("(a++)+b")
