"""The tests inside the rules: every hit and miss, as written and in variants a real file may bring.

A test runs the whole extraction on its text and looks at what came out, so it fails when another rule takes
the match away. Variants: the other script, full-width digits, CRLF around it, a byte-order mark and an emoji before it.
Equal texts are extracted once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from pipeline.model import Article, Claim, Date, Found, Institution, Mention, Quantity, Reject
from pipeline.rules import Rule, RuleTest

__all__ = [
    "Extract",
    "Failure",
    "Variant",
    "equal",
    "fields",
    "finds_more",
    "remembered",
    "run_tests",
    "variants",
]

Extract = Callable[[str], tuple[Article, Found]]

BEFORE = "甲乙。\r\n"


@dataclass(frozen=True, slots=True)
class Variant:
    """A way to write a test's text: ``shift`` moves its offsets."""

    name: str
    text: str
    shift: int = 0


@dataclass(frozen=True, slots=True)
class Failure:
    """A rule test that did not hold. ``str()`` is located like a rule error."""

    rule: Rule
    test: RuleTest
    variant: str
    what: str

    @property
    def code(self) -> str:
        return "todo-holds" if self.test.kind == "todo" else "test-failed"

    @property
    def message(self) -> str:
        how = "" if self.variant == "as written" else f" ({self.variant})"
        return f"{self.test.kind}{how} {self.test.text}: {self.what}"

    def __str__(self) -> str:
        return f"{self.rule.file}:{self.test.line}:{self.test.column}: {self.rule.id}: {self.message} [{self.code}]"


def variants(text: str, other_script: Callable[[str], str]) -> Iterator[Variant]:
    """The text as written and as other files bring it; all keep its length but for a prefix.

    >>> [v.name for v in variants("达到5%", lambda s: s.replace("达", "達"))]
    ['as written', 'other script', 'full-width digits', 'between lines', 'byte-order mark', 'emoji']
    """
    yield Variant("as written", text)
    other = other_script(text)
    if other != text and len(other) == len(text):
        yield Variant("other script", other)
    wide = widened(text)
    if wide != text:
        yield Variant("full-width digits", wide)
    yield Variant("between lines", f"{BEFORE}{text}\r\n", len(BEFORE))
    yield Variant("byte-order mark", f"\ufeff{text}", 1)
    yield Variant("emoji", f"\U0001f600{text}", 1)


def widened(text: str) -> str:
    return text.translate({ord("0") + i: chr(0xFF10 + i) for i in range(10)})


def at_once(text: str) -> Variant:
    """All variants in one text (of the other script): when it holds, each of them is taken to hold."""
    before = f"\ufeff\U0001f600{BEFORE}"
    return Variant("as files bring it", f"{before}{widened(text)}\r\n", len(before))


def remembered(extract: Extract, most: int = 4096) -> Extract:
    """The same extraction, equal texts done once."""
    known: dict[str, tuple[Article, Found]] = {}

    def extracted(text: str) -> tuple[Article, Found]:
        if text not in known:
            if len(known) >= most:
                known.clear()
            known[text] = extract(text)
        return known[text]

    return extracted


def finds_more(rules: Sequence[Rule], extract: Extract) -> Iterator[str]:
    """Todos without ⟦⟧ in which their rule finds something by now: only the author can say whether it is right."""
    for rule in rules:
        for test in rule.tests:
            if test.kind == "todo" and test.span is None:
                article, found = extract(test.text)
                mine = [m for m in found.mentions if made_by(m, rule)]
                if mine:
                    yield f"{rule.file}:{test.line}:{test.column}: {rule.id}: todo {test.text}: finds {show(article, mine[0])} by now: if that is right, make it a hit"


def run_tests(
    rules: Sequence[Rule],
    extract: Extract,
    other_script: Callable[[str], str],
    simplify: Callable[[str], str],
) -> Iterator[Failure]:
    """The failures of every rule's tests. A `todo` with ⟦⟧ that holds is a failure too: it has become a hit."""
    extract = remembered(extract)
    for rule in rules:
        for test in rule.tests:
            failure = run_test(rule, test, extract, other_script, simplify)
            if failure is not None:
                yield failure


def run_test(
    rule: Rule,
    test: RuleTest,
    extract: Extract,
    other_script: Callable[[str], str],
    simplify: Callable[[str], str],
) -> Failure | None:
    """The first variant in which a test doesn't hold."""
    if test.kind == "todo" and test.span is None:
        return None  # see `finds_more`
    written, *others = variants(test.text, other_script)
    what = check(rule, test, written, extract, simplify)
    if test.kind == "todo":
        return None if what else Failure(rule, test, written.name, "does what it should now: make it a hit")
    if what:
        return Failure(rule, test, written.name, what)
    if test.kind == "miss":
        others = [variant for variant in others if variant.name == "other script"]
        together = None
    else:
        other = others[0].text if others[0].name == "other script" else test.text
        together = at_once(other)
        if not check(rule, test, together, extract, simplify):
            return None
    for variant in (*others, *([together] if together else [])):  # which of them was it
        if what := check(rule, test, variant, extract, simplify):
            return Failure(rule, test, variant.name, what)
    return None


def check(rule: Rule, test: RuleTest, variant: Variant, extract: Extract, simplify: Callable[[str], str]) -> str:
    """What is wrong with one test in one variant, "" when it holds."""
    article, found = extract(variant.text)
    mine = [m for m in found.mentions if made_by(m, rule)]
    if test.kind == "miss":
        return f"found {show(article, mine[0])}" if mine else ""
    if test.span is None:
        return "" if mine else "found nothing"
    span = (test.span[0] + variant.shift, test.span[1] + variant.shift)
    here = [m for m in mine if (m.start, m.end) == span]
    if not here:
        if mine:
            return f"found {show(article, mine[0])} instead"
        others = [
            f"{m.rule} {show(article, m)}"
            for m in found.mentions
            if m.start < span[1] and m.end > span[0] and m.rule and type(m) is not Quantity
        ]
        return "found nothing" + (f"; there: {', '.join(others[:3])}" if others else "")
    return wrong_fields(test.get, fields(here[0], article), simplify)


def made_by(mention: Mention, rule: Rule) -> bool:
    """Whether a rule found a mention or gave it a field."""
    if isinstance(mention, Reject):
        return mention.rule == rule.id and not mention.winner and rule.extracts == "reject"
    if isinstance(mention, Claim):
        return rule.id in mention.rule.split("+") or rule.id in mention.because.values()
    return rule.id in mention.rule.split("+")


def show(article: Article, mention: Mention) -> str:
    return f"'{article.text[mention.start : mention.end]}' at {mention.start}"


def wrong_fields(wanted: Mapping[str, str], got: Mapping[str, Any], simplify: Callable[[str], str]) -> str:
    for name, want in wanted.items():
        if name not in got:
            return f"there is no field '{name}', known: {', '.join(got)}"
        if not equal(want, got[name], simplify):
            return f"{name} is '{got[name]}', not '{want}'"
    return ""


def equal(want: str, got: Any, simplify: Callable[[str], str]) -> bool:
    if simplify(want) == simplify(str(got)):
        return True
    try:
        return Decimal(want) == Decimal(str(got))
    except InvalidOperation:
        return False


def fields(mention: Mention, article: Article) -> dict[str, Any]:
    """The fields that a test's `get` may name, as the tables print them."""

    def text(span: tuple[int, int] | None) -> str:
        return article.text[span[0] : span[1]] if span else ""

    def plain(value: Decimal | None) -> str:
        return "" if value is None else format(value, "f")

    if isinstance(mention, Claim | Quantity):
        quantity = mention.quantity if isinstance(mention, Claim) else mention
        assert quantity is not None
        out = {
            "value": plain(quantity.value),
            "value_low": plain(quantity.low),
            "value_high": plain(quantity.high),
        }
        out |= {
            "unit": quantity.unit,
            "unit_text": quantity.unit_text,
            "kind": quantity.kind,
            "comparator": quantity.comparator,
        }
        if isinstance(mention, Claim):
            out |= {
                "subject": text(mention.subject),
                "group": mention.group,
                "trend": mention.trend,
                "basis": mention.basis,
            }
            out |= {"modality": mention.modality, "attribution": text(mention.attribution)}
            out |= {
                "time": text((mention.date.start, mention.date.end)) if mention.date else "",
                "time_value": mention.date.value if mention.date else "",
            }
        return out
    names: tuple[str, ...]
    if isinstance(mention, Date):
        names = ("value", "earliest", "latest", "granularity", "calendar", "relative", "anchor")
    elif isinstance(mention, Institution):
        names = ("canonical", "itype", "link_method", "jurisdiction", "entity_id", "ror_id")
    else:
        names = ("reason", "winner", "value")
    return {name: getattr(mention, name) for name in names}
