"""What rules may put into fields: a trend is up_by or down_to, never 'upwards'.

Said where a rule is read, at the line and column of the mistake; otherwise only ``verify`` would find it, in the tables.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import regex

from pipeline.rulekit.lexicons import Lexicon
from pipeline.rulekit.ruleerrors import did_you_mean
from pipeline.rulekit.rulefile import Item, Keys, Text
from pipeline.rulekit.template import Node, walk

__all__ = ["SETTABLE", "VALUES", "Wrong", "ineffective", "repeated_fields", "unknown_fields", "wrong_values"]

SETTABLE: Mapping[str, tuple[str, ...]] = {
    "claim": (
        "subject",
        "group",
        "comparator",
        "trend",
        "basis",
        "modality",
        "attribution",
        "time",
        "scope",
        "each",
        "against",
        "spoken",
    ),
    "quantity": ("value", "low", "high", "unit", "kind", "comparator", "per"),
    "institution": ("itype", "grow", "needs", "joins", "not_parent", "canonical", "jurisdiction"),
    "attribution": ("scope", "source"),
    "reject": ("reason",),
}
"""The fields that `set` may give, by what the rule extracts. (Those of a date are the parts of `pipeline.timex`.)"""

COMPARATORS = ("=", ">", ">=", "<", "<=", "~")
ITYPES = (
    *("hospital", "university", "company", "government", "research", "association", "foundation", "party"),
    *("media", "school", "military", "team", "other"),
    *("parent", "any"),  # that of the organisation it belongs to, or that it goes back to
)
VALUES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "claim": {
        "comparator": COMPARATORS,
        "trend": ("up_by", "up_to", "down_by", "down_to"),
        "basis": ("yoy", "mom", "vs_group", "vs_baseline"),
        "modality": ("asserted", "projected", "conditional", "negated", "question"),
        "scope": ("clause", "sentence", "whole"),
    },
    "quantity": {
        "comparator": COMPARATORS,
        "kind": ("count", "percentage", "money", "duration", "age", "fraction", "multiple", "measurement"),
    },
    "institution": {
        "itype": ITYPES,
        "grow": (
            *("left", "before", "after", "inside", "members", "known", "brand", "common", "team", "list"),
            *("alias", "short", "shared", "coref"),
        ),
        "joins": ("yes", "strong"),
    },
    "attribution": {"scope": ("sentence", "paragraph", "nobody")},
}
"""The fields that have one of a few values (or none), by what the rule extracts."""

NUMBERS = ("value", "low", "high")
NUMBER = regex.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
COLUMN = regex.compile(r"=\s*([a-z][a-z0-9_]*)\.([a-z][a-z0-9_]*)\s*")  # an expression that is a column of a lexicon
WHAT_COUNTS = ("subject", "group", "each")  # fields of a number that a rule names, not of all numbers behind a cue


@dataclass(frozen=True, slots=True)
class Wrong:
    """Something wrong with a field: its code, what to say, and where (``at``: characters behind the item's beginning)."""

    code: str
    message: str
    item: Item
    at: int = 0


def unknown_fields(given: Item | None, kind: str) -> Iterator[Wrong]:
    """Fields under ``set:`` that nothing reads."""
    for key, _ in given.pairs if isinstance(given, Keys) and kind in SETTABLE else ():
        if isinstance(key, Text) and key.value not in SETTABLE[kind]:
            near = did_you_mean(key.value, SETTABLE[kind])
            allowed = ", ".join(SETTABLE[kind])
            what = f"set: {kind} rules have no field '{key.value[:60]}', allowed: {allowed}{near}"
            yield Wrong("unknown-field", what, key)


def wrong_values(
    given: Item | None, match: Item, tree: Node | None, kind: str, lexicons: Mapping[str, Lexicon]
) -> Iterator[Wrong]:
    """Values that a field can't have: written under ``set:``, or codes of a lexicon that a field is captured from."""
    captured = [node for node in walk(tree) if node.kind == "capture"] if tree else []
    written = dict[str, Text]()
    for key, value in given.pairs if isinstance(given, Keys) else ():
        if isinstance(key, Text) and isinstance(value, Text):
            written[key.value] = value
    for name, value in written.items():
        allowed = VALUES.get(kind, {}).get(name, ())
        if from_column := COLUMN.fullmatch(value.value):
            nodes = [node for node in captured if node.name == from_column[1]] if allowed else []
            for node in nodes:
                yield from wrong_codes(name, node, from_column[2], allowed, lexicons, value, 0)
        elif value.value and not value.value.startswith("="):
            yield from wrong_value(name, value, kind, allowed)
    for node in captured:
        if node.name not in written and (allowed := VALUES.get(kind, {}).get(node.name, ())):
            yield from wrong_codes(node.name, node, "", allowed, lexicons, match, node.at)


def wrong_value(name: str, value: Text, kind: str, allowed: tuple[str, ...]) -> Iterator[Wrong]:
    """What a rule gives a field in plain words."""
    if allowed and value.value not in allowed:
        near = did_you_mean(value.value, allowed)
        what = f"set: {name} is '{value.value[:60]}', allowed: {', '.join(allowed)}{near}"
        yield Wrong("unknown-value", what, value)
    if kind == "quantity" and name in NUMBERS and not NUMBER.fullmatch(value.value):
        yield Wrong("unknown-value", f"set: {name} is '{value.value[:60]}', which is no number", value)


def wrong_codes(
    name: str,
    node: Node,
    column: str,
    allowed: tuple[str, ...],
    lexicons: Mapping[str, Lexicon],
    item: Item,
    at: int,
) -> Iterator[Wrong]:
    """The first term of what a capture matches whose column (default: its code) is no value of the field."""
    values = ", ".join(allowed)
    for part in node.items:
        for inner in walk(part):
            if inner.kind == "lexicon" and inner.name in lexicons:
                for entry in lexicons[inner.name].entries.values():
                    code = entry.get(column, "") if column else entry.get("code") or entry["canonical"]
                    if code and code not in allowed:
                        where = f"lexicon {inner.name} gives '{entry['term']}' the {column or 'code'} '{code}'"
                        yield Wrong("unknown-value", f"{name}: {where}, allowed: {values}", item, at)
                        break
            elif inner.kind == "literal" and not column and inner.text not in allowed:
                what = (
                    f"{name}: captures '{inner.text}', allowed: {values}; capture a lexicon with such codes, or use set"
                )
                yield Wrong("unknown-value", what, item, at)
                break
    if not node.items and not column:
        what = f"{name}: captures a {node.type}, allowed: {values}; capture a lexicon with such codes, or use set"
        yield Wrong("unknown-value", what, item, at)


def repeated_fields(match: Item, tree: Node, kind: str) -> Iterator[Wrong]:
    """Fields that one match captures twice: only one of the two could count, and nobody would see which."""
    named = {"value", "span", *SETTABLE.get(kind, ())}
    for name, count in together(tree).items():
        if count > 1 and name in named:
            places = [node.at for node in walk(tree) if node.kind == "capture" and node.name == name]
            what = f"the field '{name}' is captured twice in one match: give one of the two another name"
            yield Wrong("duplicate-capture", what, match, places[-1])


def together(node: Node) -> Counter[str]:
    """How often each name is captured in one match, at most."""
    if node.kind == "alt":
        out: Counter[str] = Counter()
        for part in node.items:
            out |= together(part)
        return out
    return sum((together(part) for part in node.items), Counter([node.name] if node.kind == "capture" else []))


def ineffective(node: Item, kind: str, captures: Mapping[str, str], given: Mapping[str, object]) -> Iterator[Wrong]:
    """A claim rule that names no number: it can say how firm or when, for all numbers behind it, but not what they count."""
    says = (captures.keys() | given.keys()) & set(SETTABLE["claim"])
    if kind == "claim" and "value" not in captures and not says - {*WHAT_COUNTS, "scope"}:
        what = "a claim rule captures its number as {value:quantity} (or a narrower type)"
        more = "; without one it gives modality, time or the like to the numbers behind it, and this one gives none"
        yield Wrong("ineffective", what + more, node)
