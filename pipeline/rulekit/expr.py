"""The small expression language of `where:` and of `set:` values that start with `=`.

``value <= 100`` · ``month in 1..12`` · ``"." in value.text`` · ``unit == "%" and value > 0`` · ``a + b / 10`` · ``value.kind == "money"``

Names are captures; ``name.attribute`` reads a column of a lexicon entry or a field of a mention. A name
that captured nothing is empty: comparing it is false, except ``== ""`` and ``!= ""``. No calls but ``has(x)``
and ``len(x)``, no loops, no code.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

import regex

__all__ = ["Expression", "ExpressionError", "compile_expression"]

OPERATORS: Mapping[str, Callable[[Any, Any], Any]] = {
    **{"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge},
    **{"==": operator.eq, "!=": operator.ne},
}
Expression = Callable[[Mapping[str, Any]], Any]

TOKEN = regex.compile(
    r"""\s*(?:(?P<range>\.\.)|(?P<number>[0-9]+(?:\.[0-9]+)?)|(?P<string>"[^"]*"|'[^']*')
    |(?P<op><=|>=|==|!=|[<>+\-*/(),\[\]])|(?P<name>[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)?))""",
    regex.VERBOSE,
)


MAX_LENGTH = 1_000
MAX_PARTS = 60  # numbers, names, brackets and `not`s of one expression


class ExpressionError(ValueError):
    """An expression that can't be read; ``at`` is the offset in it."""

    def __init__(self, what: str, at: int) -> None:
        super().__init__(what)
        self.what, self.at = what, at


def tokenise(source: str) -> list[tuple[str, str, int]]:
    out, at = [], 0
    source = source.rstrip()
    if len(source) > MAX_LENGTH:
        raise ExpressionError(f"the expression is longer than {MAX_LENGTH} characters", 0)
    while at < len(source):
        found = TOKEN.match(source, at)
        if not found or found.end() == at:
            raise ExpressionError(f"can't read {source[at:]!r}", at)
        kind = str(found.lastgroup)
        out.append((kind, found.group(kind), found.start(kind)))
        at = found.end()
    return [*out, ("end", "", len(source))]


class Parser:
    """Precedence climbing: or < and < not < comparison < + - < * / < sign."""

    def __init__(self, source: str) -> None:
        self.tokens, self.i, self.names, self.depth = tokenise(source), 0, set[str](), 0

    def take(self, *texts: str) -> str:
        kind, text, _ = self.tokens[self.i]
        if kind in ("op", "name", "range") and text in texts:
            self.i += 1
            return text
        return ""

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > MAX_PARTS:
            raise self.fail(f"a shorter expression: at most {MAX_PARTS} parts")

    def fail(self, wanted: str) -> ExpressionError:
        _, text, at = self.tokens[self.i]
        return ExpressionError(f"expected {wanted}, found {text!r}" if text else f"expected {wanted} at the end", at)

    def whole(self) -> Expression:
        node = self.either()
        if self.tokens[self.i][0] != "end":
            raise self.fail("an operator (< <= > >= == != in and or + - * /)")
        return node

    def either(self) -> Expression:
        left = self.both()
        while self.take("or"):
            left = (lambda a, b: lambda env: bool(a(env)) or bool(b(env)))(left, self.both())
        return left

    def both(self) -> Expression:
        left = self.negation()
        while self.take("and"):
            left = (lambda a, b: lambda env: bool(a(env)) and bool(b(env)))(left, self.negation())
        return left

    def negation(self) -> Expression:
        if self.take("not"):
            self.deeper()
            inner = self.negation()
            return lambda env: not inner(env)
        return self.comparison()

    def comparison(self) -> Expression:
        left = self.sum()
        if op := self.take("<", "<=", ">", ">=", "==", "!="):
            right, holds = self.sum(), comparing(op)
            return lambda env: holds(left(env), right(env))
        negate = bool(self.take("not"))
        if self.take("in"):
            inside = self.members()
            return lambda env: inside(left(env), env) != negate
        return left

    def members(self) -> Callable[[Any, Mapping[str, Any]], bool]:
        if self.take("["):
            items = [self.sum()]
            while self.take(","):
                items.append(self.sum())
            if not self.take("]"):
                raise self.fail("']'")
            equal = comparing("==")

            def among(value: Any, env: Mapping[str, Any]) -> bool:
                for item in items:  # noqa: SIM110  a loop: any() of a generator takes twice as long
                    if equal(value, item(env)):
                        return True
                return False

            return among
        low = self.sum()
        if not self.take(".."):
            if self.tokens[self.i][0] == "number":
                raise self.fail("a range such as 1..12 or a list such as [1, 2]")
            return lambda value, env: str(value) in str(low(env))  # "." in n.text
        high = self.sum()
        above, below = comparing(">="), comparing("<=")
        return lambda value, env: above(value, low(env)) and below(value, high(env))

    def sum(self) -> Expression:
        left = self.product()
        while op := self.take("+", "-"):
            left = arithmetic(op, left, self.product())
        return left

    def product(self) -> Expression:
        left = self.atom()
        while op := self.take("*", "/"):
            left = arithmetic(op, left, self.atom())
        return left

    def atom(self) -> Expression:
        self.deeper()
        kind, text, _ = self.tokens[self.i]
        if self.take("("):
            inner = self.either()
            if not self.take(")"):
                raise self.fail("')'")
            return inner
        if self.take("-"):
            return arithmetic("-", lambda env: Decimal(0), self.atom())
        self.i += 1
        if kind == "number":
            number = Decimal(text)
            return lambda env: number
        if kind == "string":
            return lambda env: text[1:-1]
        if kind == "name" and text in ("has", "len"):
            return self.call(text)
        if kind == "name" and text not in ("in", "and", "or", "not"):
            self.names.add(text)
            return lambda env: env.get(text, "")
        self.i -= 1
        raise self.fail('a name, number or "text"')

    def call(self, function: str) -> Expression:
        if not self.take("("):
            raise self.fail("'('")
        inner = self.either()
        if not self.take(")"):
            raise self.fail("')'")
        if function == "has":
            return lambda env: inner(env) not in ("", None)
        return lambda env: Decimal(len(str(inner(env))))


def comparing(op: str) -> Callable[[Any, Any], bool]:
    """A comparison of two values: as numbers where both are, else as texts, which are equal or not and never less."""
    holds = OPERATORS[op]
    textual = holds if op in ("==", "!=") else None

    def compare(left: Any, right: Any) -> bool:
        if textual is not None and type(left) is str and type(right) is str:
            return bool(textual(left, right))  # n.text == "06" is not 6
        a, b = as_number(left), as_number(right)
        if a is not None and b is not None:
            return bool(holds(a, b))
        if textual is None:
            return False
        return bool(textual("" if left is None else str(left), "" if right is None else str(right)))

    return compare


def as_number(value: Any) -> Decimal | None:
    """The number a value is; texts are looked at before they are parsed: most are no numbers."""
    if type(value) is Decimal:
        return value
    if not value and value != 0:
        return None
    text = str(value)
    if text[0] not in "0123456789+-.":
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def arithmetic(op: str, left: Expression, right: Expression) -> Expression:
    def evaluate(env: Mapping[str, Any]) -> Decimal | str:
        a, b = as_number(left(env)), as_number(right(env))
        if a is None or b is None or (op == "/" and b == 0):
            return ""
        return {"+": lambda: a + b, "-": lambda: a - b, "*": lambda: a * b, "/": lambda: a / b}[op]()

    return evaluate


def compile_expression(source: str) -> tuple[Expression, frozenset[str]]:
    """The function of an expression over captured values, and the names it reads.

    >>> run, names = compile_expression('value <= 100 and unit == "%"')
    >>> run({"value": Decimal(67), "unit": "%"}), sorted(names)
    (True, ['unit', 'value'])
    >>> compile_expression("a + b / 10")[0]({"a": Decimal(3), "b": Decimal(5)})
    Decimal('3.5')
    >>> compile_expression("value <=")
    Traceback (most recent call last):
    pipeline.rulekit.expr.ExpressionError: expected a name, number or "text" at the end
    """
    parser = Parser(source)
    run = parser.whole()
    return run, frozenset(parser.names)
