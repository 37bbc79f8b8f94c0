"""Unit words -> codes: UCUM for measures and times, ISO 4217 for money, the classifier for counts.

The words are data (``rules/words/units.csv``, ``currencies.csv``, ``classifiers.csv``); here is only how
they are looked up and how rate units are built from them (元/月 -> CNY/mo, 例/10万人 -> 例/100000人).
All text is shadow text: simplified script, half-width. Offsets are code points, half-open.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache, cached_property

from pipeline.words import read_words

__all__ = ["Unit", "Units", "bare_yuan", "standard_units"]

Row = Mapping[str, str]

_YUAN = {"CN": "CNY", "TW": "TWD", "HK": "HKD", "MO": "MOP", "SG": "SGD"}
_SIGNS = frozenset("$¥￥＄")  # 加币 $687: the word before says whose
_BARE = frozenset(
    ("元", "圆", "块", "块钱", "元钱", "元整", "圆整", "元正", "圆正", "角", "毛", "毛钱", "角钱", "角整")
)
_TIMES = {
    "年": "a",
    "月": "mo",
    "周": "wk",
    "日": "d",
    "天": "d",
    "时": "h",
    "分": "min",
    "秒": "s",
    "晚": "晚",
}
_GRADES = frozenset("级度")  # 8级每年发生一次: what is graded is no rate
_PER = re.compile(r" ?/ ?每?|每(?=[^\W\d_])|每(?=\d)")
_HOW_MANY = re.compile(r"(\d{1,7})?(十万|百万|千万|十|百|千|万|亿)? ?")
_SCALE = {
    "十": 10,
    "百": 100,
    "千": 10**3,
    "万": 10**4,
    "十万": 10**5,
    "百万": 10**6,
    "千万": 10**7,
    "亿": 10**8,
}
_LATIN = re.compile(r"[A-Za-zμµΩ]")


@dataclass(frozen=True, slots=True)
class Unit:
    """What a unit word stands for.

    ``code`` is UCUM, ISO 4217 or a simplified classifier; ``kind`` is a kind of GUIDELINES (count,
    percentage, money, duration, age, multiple, measurement). A number of this unit times ``factor``
    is in ``code``: 5 角 = 0.5 CNY, 半个世纪 = 50 a. ``rate`` is set for composed units (元/月).
    """

    code: str
    kind: str
    dimension: str = ""
    factor: Decimal = Decimal(1)
    rate: bool = False


def bare_yuan(region: str) -> str:
    """The currency of a bare 元 in a text that speaks from ``region``.

    >>> bare_yuan("TW"), bare_yuan("HK"), bare_yuan("")
    ('TWD', 'HKD', 'CNY')
    """
    return _YUAN.get(region, "CNY")


class Units:
    """Every unit word, found by surface or at a place of a text.

    ``none``: words that begin like a unit and are none (天津, 元素, 环比), so nothing is found there; ``but``: longer
    strings in which such a word is cut otherwise (500元年费, 3支队伍), so the unit counts.

    >>> units = Units([{"term": "米", "code": "m", "kind": "measurement", "dimension": "length", "aliases": "m"},
    ...                {"term": "元", "code": "CNY", "kind": "money", "dimension": "money"}])
    >>> units.lookup("元", region="TW").code
    'TWD'
    >>> unit, end = units.match("30元/月", 2)
    >>> unit.code, unit.kind, end
    ('CNY/mo', 'money', 5)
    """

    def __init__(self, *tables: Iterable[Row], none: Iterable[str] = (), but: Iterable[str] = ()) -> None:
        self.by_word: dict[str, Unit] = {}
        self.denominators: dict[str, Unit] = {word: Unit(code, "duration", "time") for word, code in _TIMES.items()}
        self.before: dict[str, str] = {}
        for row in (row for table in tables for row in table):
            self._add(row)
        folded: dict[str, set[str]] = {}
        for word in self.by_word:
            if len(word) > 1 and word.isascii():
                folded.setdefault(word.lower(), set()).add(word)
        for lower, words in folded.items():  # KWH, Mmhg: another case, where it can mean one thing only
            if len({self.by_word[w].code for w in words}) == 1:
                self.by_word.setdefault(lower, self.by_word[min(words)])
                self.by_word.setdefault(lower.upper(), self.by_word[min(words)])
        self.none = frozenset(none) - self.by_word.keys()
        self.but = frozenset(but)
        self.lengths = _lengths([*self.by_word, *self.none, *self.but])
        self.before_lengths = _lengths(word[::-1] for word in self.before)

    def _add(self, row: Row) -> None:
        unit = Unit(row["code"], row["kind"], row.get("dimension") or "", Decimal(row.get("factor") or 1))
        words = [row["term"], *filter(None, (row.get("aliases") or "").split("|"))]
        where = self.denominators if row.get("note") == "denominator" else self.by_word
        for word in words:
            where.setdefault(word, unit)
        for word in filter(None, (row.get("prefixes") or "").split("|")):
            self.before.setdefault(word, unit.code)

    @property
    def words(self) -> frozenset[str]:
        """Every surface, without composed ones."""
        return frozenset(self.by_word)

    @cached_property
    def prefixed(self) -> frozenset[str]:
        """Unit words that begin with a scale character (千米, 兆赫): a numeral must not swallow it."""
        return frozenset(w for w in self.by_word if w[0] in "百千兆" and 1 < len(w) <= 4)

    def lookup(self, surface: str, region: str = "") -> Unit | None:
        """The unit that ``surface`` is, entirely, composed ones included; ``None`` when it is none."""
        found = self.match(surface, 0, region=region)
        return found[0] if found and found[1] == len(surface) else None

    def match(self, text: str, start: int, end: int | None = None, region: str = "") -> tuple[Unit, int] | None:
        """The longest unit at ``start`` and where it ends; a rate (``/Y``, ``每Y``) is one unit."""
        stop = len(text) if end is None else end
        base = self._word(text, start, stop, region)
        if base is None:
            return None
        unit, at = base
        for _ in range(3):  # mg/kg/d
            more = self._denominator(text, at, stop, unit)
            if more is None:
                break
            suffix, at = more
            suffix = f"({suffix})" if "." in suffix else suffix  # g/(kW.h), as UCUM reads from left to right
            unit = replace(
                unit,
                code=f"{unit.code}/{suffix}",
                rate=True,
                kind="measurement" if unit.kind in ("duration", "age") else unit.kind,
            )
        return unit, at

    def _word(self, text: str, start: int, stop: int, region: str) -> tuple[Unit, int] | None:
        if start >= stop:
            return None
        cut = False
        for length in self.lengths.get(text[start], ()):
            at = start + length
            if at > stop:
                continue
            word = text[start:at]
            if word in self.none:
                if not cut:
                    return None
                continue
            unit = self.by_word.get(word)
            if unit is None and length > 2:
                cut = cut or word in self.but
            if unit is None or (_LATIN.match(word[-1]) and _goes_on(text, at, stop, word)):
                continue
            if word in _BARE:
                unit = replace(unit, code=bare_yuan(region))
            return unit, at
        return None

    def _denominator(self, text: str, at: int, stop: int, unit: Unit) -> tuple[str, int] | None:
        m = _PER.match(text, at, stop)
        if m is None or (
            m.group()[0] == "每" and (unit.code in _GRADES or unit.kind not in ("money", "measurement", "count"))
        ):
            return None
        if unit.kind == "money" and text.startswith("度", m.end()):
            return "kW.h", m.end() + 1  # 元/度 pays for electricity
        plain = self._divisor(text, m.end(), stop)
        how_many = _HOW_MANY.match(text, m.end(), stop)
        if plain is None and how_many and how_many.group():
            number = str(int(how_many[1] or 1) * _SCALE.get(how_many[2] or "", 1))
            counted = self._divisor(text, how_many.end(), stop)
            if counted:
                return number + counted[0], counted[1]
            if "/" in m.group() and len(number) > 2:
                return number, how_many.end()
        return plain

    def _divisor(self, text: str, at: int, stop: int) -> tuple[str, int] | None:
        """Code and end of what one can divide by: a unit, or a bare 月, 时, 分 (one per month, hour, minute)."""
        found = self._word(text, at, stop, "")
        best = (found[0].code, found[1]) if found and found[0].kind not in ("percentage", "multiple") else None
        other = self.denominators.get(text[at : at + 1]) if at < stop else None
        if other and (best is None or best[1] <= at + 1):
            return other.code, at + 1
        return best

    def prefix(self, text: str, end: int, start: int = 0, region: str = "") -> tuple[str, int] | None:
        """The currency written right before ``end`` (US$, 人民币, ¥) and where it begins; a bare $ is that of the region.

        One space may stand between. ``¥`` after a Japanese context is the caller's affair.
        """
        stop = end - 1 if end - 1 > start and text[end - 1] == " " else end
        if stop <= start:
            return None
        for length in self.before_lengths.get(text[stop - 1], ()):
            at = stop - length
            if at < start:
                continue
            word = text[at:stop]
            if word in self.before and not (
                word[0].isascii() and word[0].isalpha() and at > start and _LATIN.match(text[at - 1])
            ):
                sign = self.prefix(text, at, start) if word in _SIGNS and at > start else None
                code = _YUAN.get(region, "USD") if word == "$" and region != "CN" else self.before[word]
                return sign or (code, at)
        return None


def _lengths(words: Iterable[str]) -> dict[str, tuple[int, ...]]:
    """First character -> the lengths of the words that begin with it, longest first."""
    out: dict[str, set[int]] = {}
    for word in words:
        out.setdefault(word[0], set()).add(len(word))
    return {first: tuple(sorted(sizes, reverse=True)) for first, sizes in out.items()}


def _goes_on(text: str, at: int, stop: int, word: str) -> bool:
    """Whether a Latin word continues at ``at``, so that what ends there is no unit (m of mmol, g of gene); 1h30min is two."""
    if at >= stop:
        return False
    c = text[at]
    if c == "-" and at + 1 < stop:  # m-RNA; but 5mg-10mg
        return bool(_LATIN.match(text[at + 1]))
    return bool(_LATIN.match(c)) or (c.isdecimal() and word not in ("h", "min"))


@cache
def standard_units() -> Units:
    """The units of ``rules/words/``.

    >>> units = standard_units()
    >>> def code(surface, region=""):
    ...     unit = units.lookup(surface, region)
    ...     return f"{unit.code} {unit.kind}"
    >>> [code(s) for s in ("个月", "岁", "毫摩尔/升", "mmol/L", "美元/桶", "元/月", "例/10万人")]
    ['mo duration', 'a age', 'mmol/L measurement', 'mmol/L measurement', 'USD/桶 money', 'CNY/mo money', '例/100000人 count']
    >>> [code(s) for s in ("℃", "个百分点", "倍", "千瓦时", "平方公里", "元人民币", "名")]
    ['Cel measurement', '{pp} percentage', '{fold} multiple', 'kW.h measurement', 'km2 measurement', 'CNY money', '名 count']
    >>> code("元", "TW"), units.prefix("约US$30", 4)
    ('TWD money', ('USD', 1))
    """
    return Units(
        read_words("units"),
        read_words("currencies"),
        read_words("classifiers"),
        none=[row["term"] for row in read_words("unit_words")],
        but=[word for row in read_words("unit_words") if row["unless"] for word in row["unless"].split("|")],
    )
