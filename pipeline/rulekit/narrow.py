"""Conditions that the symbols of numbers answer.

A number's symbol tells its size and how it is written (`template.NUMBERS`), so ``month in 1..12`` rules out most
symbols before a rule is even tried. Only the commonest forms of conditions are read; of any other, every symbol
may hold, and the condition itself always decides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

import regex

from pipeline.numerals import find_numerals
from pipeline.rulekit.symbols import number_symbol
from pipeline.rulekit.template import BUCKETS, MEMBERS, NUMBERS, QUALITIES, SYMBOLS

__all__ = ["may_hold", "must_hold", "narrow", "on_document", "settled"]

SHAPES = ("arabic", "hanzi", "digits", "mixed")
GATE = regex.compile(r"""(?:region|script) (?:==|!=) "[A-Za-z]*"|(?:region|script) in \[[^\]]*\]""")
COMPARED = regex.compile(
    r"(?P<name>\w+) (?:(?P<op><=|<|>=|>|==) (?P<limit>[0-9]+)|in (?P<low>[0-9]+)\.\.(?P<high>[0-9]+))"
)
WRITTEN = regex.compile(r"""(?P<name>\w+)\.shape (?:== "(?P<one>\w+)"|in \[(?P<some>[^\]]+)\])""")


EXACT = regex.compile(r"""(?P<name>\w+)\.comparator (?P<op>[!=]=) "=" """.strip())
POINTED = regex.compile(r"""(?:"[.,点]" in (?P<name>\w+)\.text(?: or (?!$)|$))+""")
POINTLESS = regex.compile(r"""not "[.,点]" in (?P<name>\w+)\.text""")
SPELLED = regex.compile(r"""(?P<name>\w+)\.text (?:== "(?P<one>[^"]+)"|in \[(?P<some>[^\]]+)\])""")


@cache
def symbols_of_texts(texts: str) -> frozenset[str]:
    """The symbols of numbers written like this (``"一", "二"``); every symbol when one of them is no number."""
    out = set()
    for written in regex.findall(r'[^",]*[^", ][^",]*', texts):
        numerals = list(find_numerals(written))
        if len(numerals) != 1 or numerals[0].end - numerals[0].start != len(written):
            return frozenset(NUMBERS)
        out.add(number_symbol(numerals[0], written))
    return frozenset(out)


def may_hold(condition: str, name: str, symbol: str) -> bool:
    """Whether a condition can be true of the number ``name`` when this character stands for it.

    Reads the commonest forms (``month in 1..12``, ``year.shape == "arabic"``); of any other it says yes.
    """
    source = condition.strip()
    if symbol not in NUMBERS:
        found = WRITTEN.fullmatch(source) if symbol == SYMBOLS["code"] else None
        return found is None or found["name"] != name or "code" in (found["one"] or found["some"])
    bucket, quality = divmod(NUMBERS.index(symbol), len(QUALITIES))
    written = QUALITIES[quality]
    if (found := COMPARED.fullmatch(source)) and found["name"] == name and bucket < len(BUCKETS) and written != "vague":
        low, high = BUCKETS[bucket]
        if found["op"] is None:
            return low <= int(found["high"]) and high >= int(found["low"])
        limit = int(found["limit"])
        return {
            "<=": low <= limit,
            "<": low < limit,
            ">=": high >= limit,
            ">": high > limit,
            "==": low <= limit <= high,
        }[found["op"]]
    if (found := EXACT.fullmatch(source)) and found["name"] == name:
        return found["op"] == "==" or written == "vague"
    if (found := POINTED.fullmatch(source)) and set(found.captures("name")) == {name}:
        return written in ("pointed", "vague")
    if (found := SPELLED.fullmatch(source)) and found["name"] == name:
        return symbol in symbols_of_texts(found["one"] or found["some"])
    if (found := WRITTEN.fullmatch(source)) and found["name"] == name and written in SHAPES:
        return written in (found["one"] or found["some"])
    return True


def must_hold(condition: str, name: str, symbol: str) -> bool:
    """Whether a condition is true of the number ``name`` whenever this character stands for it; False when in doubt."""
    if symbol not in NUMBERS:
        return False
    bucket, quality = divmod(NUMBERS.index(symbol), len(QUALITIES))
    written, source = QUALITIES[quality], condition.strip()
    if written == "vague":
        return False
    if (found := COMPARED.fullmatch(source)) and found["name"] == name and bucket < len(BUCKETS):
        low, high = BUCKETS[bucket]
        if found["op"] is None:
            return int(found["low"]) <= low and high <= int(found["high"])
        limit = int(found["limit"])
        return {
            "<=": high <= limit,
            "<": high < limit,
            ">=": low >= limit,
            ">": low > limit,
            "==": low == limit == high,
        }[found["op"]]
    if (found := EXACT.fullmatch(source)) and found["name"] == name:
        return found["op"] == "=="
    if (found := WRITTEN.fullmatch(source)) and found["name"] == name:
        return written in SHAPES and written in (found["one"] or found["some"])
    if (found := POINTLESS.fullmatch(source)) and found["name"] == name:
        return written != "pointed"
    return False


def settled(captures: Mapping[str, str], condition: str) -> tuple[str, frozenset[str]]:
    """The captured number that a condition is about and the symbols for which it always holds; ("", none) for most.

    >>> name, symbols = settled({"month": "number", "n": "number"}, "month in 1..12")
    >>> name, len(symbols) > 0
    ('month', True)
    """
    for name, kind in captures.items():
        if kind in ("number", "year") and (
            sure := frozenset(c for c in MEMBERS[kind] if must_hold(condition, name, c))
        ):
            return name, sure
    return "", frozenset()


def narrow(captures: Mapping[str, str], conditions: Sequence[str]) -> dict[str, str]:
    """Captured numbers → the symbols that can meet every condition, where those are fewer than all.

    >>> len(narrow({"month": "number"}, ["month in 1..12"])["month"]) < len(MEMBERS["number"])
    True
    """
    out: dict[str, str] = {}
    for name, kind in captures.items():
        members = MEMBERS.get(kind, ()) if kind in ("number", "year", "code", "share") else ()
        kept = [c for c in members if all(may_hold(source, name, c) for source in conditions)]
        if kept and len(kept) < len(members):
            out[name] = "".join(kept)
    return out


def on_document(condition: str) -> bool:
    """Whether a condition is about the document alone (``region == "TW"``)."""
    return bool(GATE.fullmatch(condition.strip()))
