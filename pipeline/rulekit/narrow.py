"""Conditions that the symbols of numbers answer.

A number's symbol tells its size and how it is written (`template.NUMBERS`), so ``month in 1..12`` rules out most
symbols before a rule is even tried, and needn't be asked of others. Only the commonest forms of conditions are
read; of any other, every symbol may hold, and the condition itself decides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache

import regex

from pipeline.numerals import find_numerals
from pipeline.rulekit.symbols import number_symbol
from pipeline.rulekit.template import BUCKETS, MEMBERS, NUMBERS, QUALITIES, SYMBOLS

__all__ = ["narrow", "on_document", "settled"]

GATE = regex.compile(r"""(?:region|script) (?:==|!=) "[A-Za-z]*"|(?:region|script) in \[[^\]]*\]""")
COMPARED = regex.compile(
    r"(?P<name>\w+) (?:(?P<op><=|<|>=|>|==) (?P<limit>[0-9]+)|in (?P<low>[0-9]+)\.\.(?P<high>[0-9]+))"
)
SHAPED = regex.compile(r"""(?P<name>\w+)\.shape (?:== "(?P<one>\w+)"|in \[(?P<some>[^\]]+)\])""")
EXACT = regex.compile(r"""(?P<name>\w+)\.comparator (?P<op>[!=]=) "=" """.strip())
POINTED = regex.compile(r"""(?:"[.,点]" in (?P<name>\w+)\.text(?: or (?!$)|$))+""")
POINTLESS = regex.compile(r"""not "[.,点]" in (?P<name>\w+)\.text""")
SPELLED = regex.compile(r"""(?P<name>\w+)\.text (?:== "(?P<one>[^"]+)"|in \[(?P<some>[^\]]+)\])""")
SHAPES = ("arabic", "hanzi", "digits", "mixed")  # the qualities that are shapes of numerals

Test = Callable[[int, int], bool]  # of the least and the most that a symbol stands for
ALL = frozenset(MEMBERS["number"])
WRITTEN: Mapping[str, str] = {symbol: QUALITIES[i % len(QUALITIES)] for i, symbol in enumerate(NUMBERS)}
SIZED: Mapping[str, tuple[int, int]] = {
    symbol: BUCKETS[i // len(QUALITIES)]
    for i, symbol in enumerate(NUMBERS)
    if i // len(QUALITIES) < len(BUCKETS) and WRITTEN[symbol] != "vague"
}


def where(test: Callable[[str], bool], among: Mapping[str, object]) -> frozenset[str]:
    return frozenset(symbol for symbol in among if test(symbol))


@cache
def symbols_of_texts(texts: str) -> frozenset[str]:
    """The symbols of numbers written like this (``"一", "二"``); every symbol when one of them is no number."""
    out = set()
    for written in regex.findall(r'[^",]*[^", ][^",]*', texts):
        numerals = list(find_numerals(written))
        if len(numerals) != 1 or numerals[0].end - numerals[0].start != len(written):
            return ALL
        out.add(number_symbol(numerals[0], written))
    return frozenset(out) | (ALL - frozenset(WRITTEN))


@cache
def answers(condition: str, name: str) -> tuple[frozenset[str], frozenset[str]]:
    """The symbols of the number ``name`` with which a condition may hold, and those with which it always does."""
    source = condition.strip()

    def about(form: regex.Pattern[str]) -> regex.Match[str] | None:
        found = form.fullmatch(source)
        return found if found and set(found.captures("name")) == {name} else None

    if found := about(COMPARED):
        return compared(found)
    if found := about(SHAPED):
        shapes = regex.findall(r"\w+", found["one"] or found["some"])
        told = where(lambda symbol: WRITTEN[symbol] in SHAPES, WRITTEN) | {SYMBOLS["code"]}
        good = where(lambda symbol: WRITTEN[symbol] in shapes, WRITTEN) & told
        return ALL - told | good | ({SYMBOLS["code"]} if "code" in shapes else set()), good
    if found := about(EXACT):
        vague = where(lambda symbol: WRITTEN[symbol] == "vague", WRITTEN)
        return (
            (ALL, frozenset(WRITTEN) - vague)
            if found["op"] == "=="
            else (ALL - frozenset(WRITTEN) | vague, frozenset())
        )
    if about(POINTED):
        return ALL - where(lambda symbol: WRITTEN[symbol] not in ("pointed", "vague"), WRITTEN), frozenset()
    if about(POINTLESS):
        return ALL, where(lambda symbol: WRITTEN[symbol] not in ("pointed", "vague"), WRITTEN)
    if found := about(SPELLED):
        return symbols_of_texts(found["one"] or found["some"]), frozenset()
    return ALL, frozenset()


def compared(found: regex.Match[str]) -> tuple[frozenset[str], frozenset[str]]:
    """The symbols of numbers for which a comparison may hold, and must."""
    if found["op"] is None:
        least, most = int(found["low"]), int(found["high"])
        never = where(lambda symbol: SIZED[symbol][0] > most or SIZED[symbol][1] < least, SIZED)
        return ALL - never, where(lambda symbol: least <= SIZED[symbol][0] and SIZED[symbol][1] <= most, SIZED)
    limit = int(found["limit"])
    forms: Mapping[str, tuple[Test, Test]] = {
        "<=": (lambda low, high: low <= limit, lambda low, high: high <= limit),
        "<": (lambda low, high: low < limit, lambda low, high: high < limit),
        ">=": (lambda low, high: high >= limit, lambda low, high: low >= limit),
        ">": (lambda low, high: high > limit, lambda low, high: low > limit),
        "==": (lambda low, high: low <= limit <= high, lambda low, high: low == limit == high),
    }
    may, must = forms[found["op"]]
    return ALL - where(lambda symbol: not may(*SIZED[symbol]), SIZED), where(lambda symbol: must(*SIZED[symbol]), SIZED)


def narrow(captures: Mapping[str, str], conditions: Sequence[str]) -> dict[str, str]:
    """Captured numbers → the symbols that can meet every condition, where those are fewer than all.

    >>> len(narrow({"month": "number"}, ["month in 1..12"])["month"]) < len(MEMBERS["number"])
    True
    """
    out: dict[str, str] = {}
    for name, kind in captures.items():
        members = MEMBERS.get(kind, ()) if kind in ("number", "year", "code", "share") else ()
        allowed = frozenset.intersection(ALL, *(answers(source, name)[0] for source in conditions)) if members else ALL
        kept = [symbol for symbol in members if symbol in allowed]
        if kept and len(kept) < len(members):
            out[name] = "".join(kept)
    return out


def settled(captures: Mapping[str, str], condition: str) -> tuple[str, frozenset[str]]:
    """The captured number that a condition is about and the symbols for which it always holds; ("", none) for most.

    >>> name, symbols = settled({"month": "number", "n": "number"}, "month in 1..12")
    >>> name, len(symbols) > 0
    ('month', True)
    """
    for name, kind in captures.items():
        if kind in ("number", "year") and (sure := answers(condition, name)[1]):
            return name, sure
    return "", frozenset()


def on_document(condition: str) -> bool:
    """Whether a condition is about the document alone (``region == "TW"``)."""
    return bool(GATE.fullmatch(condition.strip()))
