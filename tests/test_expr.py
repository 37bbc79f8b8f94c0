"""Conditions: what they compute, what is empty, what is no condition."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.rulekit.expr import ExpressionError, compile_expression

VALUES: dict[str, Any] = {
    "value": Decimal(67),
    "unit": "%",
    "month": Decimal(5),
    "n.text": "05",
    "nothing": "",
    "half": Decimal("0.5"),
}


def evaluate(source: str) -> Any:
    return compile_expression(source)[0](VALUES)


@pytest.mark.parametrize(
    ("source", "result"),
    [
        ("value <= 100", True),
        ("value > 67", False),
        ("month in 1..12", True),
        ("month not in 1..12", False),
        ('unit in ["%", "CNY"]', True),
        ('unit == "%" and value > 0 or nothing', True),
        ("not value > 100", True),
        ("value + 3 * 2 == 73", True),
        ("(value + 3) * 2", Decimal(140)),
        ("-half", Decimal("-0.5")),
        ("value / 0", ""),
        ("len(n.text) == 2", True),
        ('"5" in n.text', True),
        ("has(value) and not has(nothing)", True),
        ("month == 5.0", True),
        ('n.text in ["5", "06"]', False),
        ('n.text == "05"', True),
        ("n.text == 5", True),
    ],
)
def test_results(source: str, result: Any) -> None:
    assert evaluate(source) == result


@pytest.mark.parametrize(
    "source", ["nothing < 5", "nothing > 5", "nothing in 1..12", "missing >= 0", "nothing + 1 > 0"]
)
def test_what_was_not_captured_meets_no_comparison(source: str) -> None:
    """An empty capture that counts as 0 would let every rule fire."""
    assert not evaluate(source)


def test_empty_is_empty() -> None:
    assert evaluate('nothing == ""')
    assert not evaluate('value == ""')
    assert evaluate('value != ""')


def test_numbers_are_decimal() -> None:
    """0.1 + 0.2 == 0.3 in a table of money."""
    assert compile_expression("a + b == 0.3")[0]({"a": Decimal("0.1"), "b": Decimal("0.2")})


@pytest.mark.parametrize(
    "source",
    [
        "value >",
        "value 5",
        "(value",
        "",
        "import os",
        "value.__class__",
        "a = 5",
        "value[0]",
        "lambda: 1",
        "f(x)",
    ],
)
def test_what_is_no_condition_is_an_error(source: str) -> None:
    """Nothing here is Python: no call, no attribute of an object, no assignment."""
    with pytest.raises(ExpressionError):
        compile_expression(source)


@pytest.mark.parametrize("source", ["(" * 500 + "1" + ")" * 500, "not " * 300 + "value", "+".join(["value"] * 400)])
def test_deep_ones_are_refused(source: str) -> None:
    with pytest.raises(ExpressionError):
        compile_expression(source)


@given(st.text(alphabet="ab 0.5<>=!+-*/()[],\"'innotadr", max_size=30))
def test_any_text_is_a_condition_or_an_error(source: str) -> None:
    try:
        run, names = compile_expression(source)
    except ExpressionError as problem:
        assert 0 <= problem.at <= len(source)  # noqa: PT017
        return
    run(dict.fromkeys(names, Decimal(3)))
