"""Guards and the scan for openings are only faster ways to the same matches: they must never lose or add one."""

from __future__ import annotations

import itertools
import json
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest

from pipeline.document import load_rules
from pipeline.match import Budget
from pipeline.model import Found
from pipeline.rulekit.scan import openings
from pipeline.rules import Rule, load
from pipeline.stages import build
from pipeline.stages.article import make_article
from pipeline.stages.read import from_text

FIRST, SECOND = ["甲", "丙丁", "戊己庚"], ["子丑", "寅", "卯辰巳午", "未"]
CORPUS = Path(__file__).parents[1] / "corpus"
RULES = load_rules(())
GUARDED = [rule for rule in RULES.rules if rule.guarded is not rule.search]


def found_by(text: str) -> list[tuple[int, int, str]]:
    article, found = make_article(from_text(text)), Found()
    for _, stage in build(RULES):
        more = stage(article, found)
        found = more if isinstance(more, Found) else found.plus(more)
    return sorted((m.start, m.end, m.rule) for m in found.mentions)


def test_most_vetoed_rules_are_guarded() -> None:
    assert len(GUARDED) > 20


@pytest.fixture(scope="module", autouse=True)
def unhurried() -> Iterator[None]:
    """No time budgets: the slow way over a long text would lose rules to them, and it is not what is tested here."""

    def generous(self: Budget, *args: object, **options: object) -> None:
        self.seconds = 3600.0

    with patch.object(Budget, "__init__", generous):
        yield


@pytest.fixture(scope="module")
def texts() -> list[str]:
    corpus = [path.read_text(encoding="utf-8") for path in sorted(CORPUS.glob("*.txt"))]
    return [*corpus, "\n".join(test.text for rule in RULES.rules for test in rule.tests)]


@pytest.fixture(scope="module")
def fast(texts: list[str]) -> list[list[tuple[int, int, str]]]:
    return [found_by(text) for text in texts]


def test_guards_change_nothing(texts: list[str], fast: list[list[tuple[int, int, str]]]) -> None:
    with (
        patch.object(Rule, "guarded", property(lambda rule: rule.search)),
        patch.object(
            Rule, "unseen_where", property(lambda rule: (("", frozenset(), tuple(run for _, run in rule.where)),))
        ),
        patch.object(Rule, "unseen_unless", property(lambda rule: rule.unless)),
        patch.object(Rule, "unseen_needs", property(lambda rule: rule.needs)),
        patch.object(Rule, "unconditional", property(lambda rule: False)),
    ):
        assert [found_by(text) for text in texts] == fast


def test_scanning_for_openings_changes_nothing(texts: list[str], fast: list[list[tuple[int, int, str]]]) -> None:
    with (
        patch("pipeline.rulekit.scan.openings", lambda rule, lexicons: None),
        patch("pipeline.rulekit.scan._scanners", OrderedDict()),
    ):
        assert [found_by(text) for text in texts] == fast


def test_most_rules_have_openings() -> None:
    without = [rule.id for rule in RULES.rules if not rule.plain and openings(rule, RULES.lexicons) is None]
    assert len(without) < len(RULES.rules) / 20, without


@pytest.mark.parametrize("most", [2, 4, 1_000])
@pytest.mark.parametrize(
    ("match", "parts"),
    [
        ("[@first]@second", [["", *FIRST], SECOND]),
        ("[@first]{x:@second}尾", [["", *FIRST], SECOND, ["尾"]]),
        ("@first[@second]尾", [FIRST, ["", *SECOND], ["尾"]]),
        ("[甲|乙丙]@second[尾]", [["", "甲", "乙丙"], SECOND, ["", "尾"]]),
    ],
)
def test_every_match_begins_with_an_opening(match: str, parts: list[list[str]], most: int, tmp_path: Path) -> None:
    """Long lexicons are cut short: what they prolong must stay apart from what they don't."""
    tests = [{"hit": "⟦" + "".join(part[-1] for part in parts) + "⟧"}, {"miss": "天"}]
    rule = {"id": "a.b", "extracts": "reject", "match": match, "tests": tests}
    file = {"format": "zhclaims-rules/1", "lexicons": {"first": FIRST, "second": SECOND}, "rules": [rule]}
    (tmp_path / "r.yaml").write_text(json.dumps(file))
    rules = load([tmp_path])
    with patch("pipeline.rulekit.scan.MOST", most):
        known = openings(rules.rules[0], rules.lexicons)
    texts = ["".join(chosen) for chosen in itertools.product(*parts)]
    assert known is None or all(any(text.startswith(begin) for begin in known) for text in texts)
