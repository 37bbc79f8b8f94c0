"""One number at a given place: whole, decimal, fraction, power, digit string. ``hanzi`` does scale words.

Offsets are code points of shadow text. Nothing here decides whether a number should be read there at
all; that is ``numerals``.
"""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache

from pipeline.numerics import contexts
from pipeline.numerics.hanzi import (
    DIGITS,
    DIVIDE,
    EXACT,
    PAIRS,
    PLAIN_DIGITS,
    SCALES,
    STRING,
    TENS,
    Reading,
    digits_value,
    plain,
    scale_unit,
    structured,
)

__all__ = [
    "MAX_DIGITS",
    "MAX_RUN",
    "NUMERAL_CHARACTERS",
    "continued",
    "digit_run",
    "hanzi_number",
    "negated",
]

MAX_DIGITS = 30  # longer digit strings are codes, never amounts
MAX_RUN = 64
NUMERAL_CHARACTERS = "".join((*DIGITS, *TENS, *SCALES))
RADIO = {"洞": 0, "拐": 7, "勾": 9, "两": 2}  # digits only in strings that also say 幺

POINTS = ".．·‧・•"  # between Chinese digits: 三.七一
_RUN = re.compile(rf"[{NUMERAL_CHARACTERS}0-9O,{POINTS} 几数多余来点分之又半负洞拐勾\-]{{1,{MAX_RUN}}}")
_DIGIT_RUN = re.compile(rf"[{PLAIN_DIGITS}两洞拐勾]++")
_SPOKEN_POINT = re.compile(rf" ?点 ?(?P<decimals>[{PLAIN_DIGITS}]{{1,40}}+|\d{{1,20}}+)")
_SIGN_POINT = re.compile(
    rf"[{POINTS}](?P<decimals>[{PLAIN_DIGITS}0]{{1,40}}+|\d{{1,8}}+(?= ?[%‰]))(?![{POINTS}]?\d|[{POINTS}][{NUMERAL_CHARACTERS}])"
)
_SCALED = contexts.expression("scaled")
_MEASURED = f"{_SCALED}|{contexts.expression('measured')}"
_AFTER_POINT = {  # what tells a decimal from a day (五.四, 九.一一) or an item of a list (一.三个), by what may stand before
    "item": re.compile(_SCALED),
    "number": re.compile(
        rf" ?(?:{_MEASURED}|$)|[至到~、和与或及—-][{PLAIN_DIGITS}十]{{1,8}}[{POINTS}][{PLAIN_DIGITS}]{{1,8}} ?(?:{_MEASURED})"
    ),
    "measure": re.compile(rf" ?(?:{_MEASURED}|$)|[至到~、和与或及—,，;；)）-]"),
    "part": re.compile(""),
}
_POINT_SIGNS = frozenset(POINTS)
_BEFORE_POINT = (
    dict.fromkeys("\n 。;；!！?？", "item") | dict.fromkeys(POINTS, "") | dict.fromkeys("为达约至升降率", "measure")
)
_PART_OF = re.compile(r" {0,2}分 {0,2}之 {0,2}")
_THOUSANDS = re.compile(r"[kK](?!\w)")
_PART_NEXT = re.compile(rf"[-负]?[0-9{NUMERAL_CHARACTERS}几]")
_AND = re.compile(r" {0,2}又 {0,2}")
_GROUP = "[ \u00a0\u2009\u202f]"
_SPACED = re.compile(  # 1 280人, 60 000 例; columns of a table (100 200 300) stay apart
    rf"(?:[1-9]\d?(?:{_GROUP}\d{{3}}){{1,3}}|[1-9]\d{{2}}(?:{_GROUP}\d{{3}})?{_GROUP}000)(?:\.\d{{1,4}})?"
    r"(?![\d.,]{0,9}\d)(?! \d)(?=$|[ \u00a0]?[^\x00-\x7f]|[.,;)%])"
)
_ASCII_ALNUM = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
_AND_SLASH = re.compile(r" ?又 ?(\d{1,2})/(\d{1,2})(?![\d/.])")
_MIXED = re.compile(r" (\d{1,2})/(\d{1,2})(?![\d/.])")
_SLASH = re.compile(r"/(\d{1,4}|10{4,7})(?![\d/.]|[-:]\d)")
_SUPER = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_SUPERSCRIPTS = str.maketrans(_SUPER + "⁻⁺−", "0123456789-+-")
_POWER = re.compile(
    rf" ?[×xX*✕·] ?10(?:\^(?P<e1>[-−+]?\d{{1,3}})|(?P<e2>[⁻⁺]?[{_SUPER}]{{1,3}})"
    r"|(?P<e3>1?\d)(?=/[LlkKmMμu]))"  # ×109/L: the superscript was lost
    r"|[eE](?P<e4>[-+]?\d{1,3})(?![\w.])"
    rf"|\^(?P<p1>-?\d{{1,3}})(?!\w)|(?<=10)(?P<p2>[⁻⁺]?[{_SUPER}]{{1,3}})"
)
_POWER_SIGNS = frozenset("^×xX*·eE⁻⁺✕" + _SUPER)
_MAX_EXPONENT = 60
_CONTINUING = _POWER_SIGNS | frozenset("".join(SCALES) + "多余来几点分又零/kKw+ ")
_COUNTED = contexts.terms("plus_of")
_HANZI_CONTINUING = frozenset(NUMERAL_CHARACTERS + POINTS + "0123456789O 几点分又")


def negated(read: Reading, sign_length: int = 1) -> Reading:
    """The reading with a minus sign of ``sign_length`` characters before it."""
    value, low, high = (None if x is None else x.copy_negate() for x in (read.value, read.high, read.low))
    return Reading(read.length + sign_length, value, low, high, read.comparator, read.shape)


# --- numbers that begin with a Chinese character ------------------------------------------------


def hanzi_number(text: str, at: int, stop: int, units: frozenset[str]) -> Reading | None:
    """The longest number at ``at``, where a numeral character (or 几 数 before a scale) stands.

    >>> hanzi_number("一百二十三点四五度", 0, 9, frozenset()).value
    Decimal('123.45')
    >>> hanzi_number("九点三十分", 0, 5, frozenset()).length
    1
    >>> [str(hanzi_number(t, 0, len(t), frozenset()).value) for t in ("三.七一%", "○·○四", "五·四运动", "二.三亿")]
    ['3.71', '0.04', '5', '230000000']
    """
    if text[at] in DIGITS and (at + 1 >= stop or text[at + 1] not in _HANZI_CONTINUING):
        return Reading(1, Decimal(DIGITS[text[at]]), shape="hanzi")
    long = _DIGIT_RUN.match(text, at, stop)
    if long and long.end() - at > MAX_DIGITS:
        return Reading(long.end() - at, None, shape="code")
    run = _RUN.match(text, at, stop)
    if run is None:
        return None
    before = _BEFORE_POINT.get(text[at - 1], "number") if at else "number"
    beyond = 4 if _POINT_SIGNS.isdisjoint(run.group()) else 10
    return _read(text[at : min(run.end() + beyond, stop)], units, before)


def digit_run(text: str, at: int) -> str:
    """The digit characters at ``at`` that make one string: 二〇二五, 一九四九, 幺八五洞幺拐; "" if fewer than two.

    >>> digit_run("二〇二五年", 0), digit_run("七八个", 0), digit_run("二〇二五十月", 0)
    ('二〇二五', '', '二〇二')
    """
    m = _DIGIT_RUN.match(text, at)
    run = m.group() if m else ""
    if "幺" not in run or len(run) < 3:
        string = STRING.match(text, at)
        run = string.group() if string else ""
    after = text[at + len(run) : at + len(run) + 1]
    if after in SCALES and not (SCALES[after] >= 10**4 and len(run) > 2):
        run = run[:-1]  # the last digit belongs to the scale
    return "" if len(run) < 2 or (run in PAIRS and not (after and after in POINTS)) else run


@lru_cache(maxsize=65536)
def _read(text: str, units: frozenset[str], before: str = "number") -> Reading | None:
    """The longest number at the start of ``text``: whole, decimal, 分之, 又 … 分之; ``before``: see `_AFTER_POINT`."""
    first = _whole(text, 0, units, before)
    if first is None:
        return None
    whole, bottom, at = Decimal(0), first, 0
    joined = _AND.match(text, first.length)
    if joined and first.value is not None:
        second = _whole(text, joined.end(), units)
        if second and _PART_OF.match(text, joined.end() + second.length):
            whole, bottom, at = first.value, second, joined.end()
    m = _PART_OF.match(text, at + bottom.length)
    if not m or not bottom.value or not _PART_NEXT.match(text, m.end()):
        return first
    minus = text[m.end()] in "-负"
    top = _whole(text, m.end() + minus, units, "part")
    if top is None:
        return first
    top = negated(top) if minus else top
    length = m.end() + top.length
    if _THOUSANDS.match(text, length) and top.value is not None:  # 百分之3.2k
        top, length = replace(top, value=EXACT.multiply(top.value, Decimal(1000))), length + 1
    if text[: m.start()] in ("百", "佰"):
        return Reading(length, top.value, top.low, top.high, top.comparator, "percent")
    value, low, high = (
        None if x is None else DIVIDE.add(whole, DIVIDE.divide(x, bottom.value)) for x in (top.value, top.low, top.high)
    )
    return Reading(length, value, low, high, top.comparator, "fraction")


def _whole(text: str, at: int, units: frozenset[str], before: str = "number") -> Reading | None:
    """A number without fraction at ``at``: digit string, or digits and scales, with its 点 decimals."""
    if at >= len(text):
        return None
    run = digit_run(text, at)
    if run and not _big_scale(text, at + len(run), units):
        digits = "".join(str(RADIO[c]) if c in RADIO else c for c in run)
        read: Reading | None = Reading(len(run), digits_value(digits), shape="digits")
    else:
        read = structured(text, at, units)
    return None if read is None else _with_decimals(text, at + read.length, read, units, before)


def _big_scale(text: str, at: int, units: frozenset[str]) -> bool:
    """Whether 万 亿 兆 stands at ``at``, and not the unit 兆瓦."""
    return text[at : at + 1] in ("万", "亿", "兆") and not scale_unit(text, at, units)


def _with_decimals(text: str, at: int, whole: Reading, units: frozenset[str], before: str) -> Reading:
    """Adds 点五 or .五 to the number that ends at ``at``, with the scales after it."""
    if whole.value is None or whole.comparator != "=" or not (run := _decimals(text, at, whole, before)):
        return whole
    end = at + run.end() - run.start()
    digits = run["decimals"]
    value = EXACT.add(
        whole.value, Decimal(f"0.{digits}" if digits.isascii() else f"0.{digits_value(digits):0{len(digits)}f}")
    )
    read = replace(
        whole, length=whole.length + end - at, value=value, shape="hanzi" if whole.shape == "digits" else whole.shape
    )
    if _big_scale(text, end + text.startswith(" ", end), units):
        scaled = structured(f"{value:f}{text[end:]}", 0, units)
        assert scaled is not None
        read = replace(scaled, length=read.length + scaled.length - len(f"{value:f}"), shape=read.shape)
    return read


def _decimals(text: str, at: int, whole: Reading, before: str) -> re.Match[str] | None:
    """The point at ``at`` and its digits, unless they tell a time (九点三十), a day (五.四运动) or an item (一.三个)."""
    assert whole.value is not None
    if m := _SPOKEN_POINT.match(text, at):
        return None if _is_clock(whole.value, m["decimals"], text[m.end() : m.end() + 2]) else m
    m = _SIGN_POINT.match(text, at)
    if (
        m is None
        or not before
        or whole.shape not in ("hanzi", "digits")
        or not (text[at - 1] in DIGITS or whole.length > 1)
    ):
        return None
    run, after, left = m["decimals"], text[m.end() : m.end() + 1], whole.value
    if text[at - 1] in "万亿兆两" or (after in SCALES and after not in "万亿兆"):
        return None  # 三.二十世纪
    left_of_day = before == "item" or 0 < left <= 20 or 1900 <= left <= 2100
    day = (
        left_of_day
        and run[0] not in "零〇○0"
        and (len(run) == 1 or (len(run) == 2 and (int(run) if run.isascii() else digits_value(run)) <= 31))
    )
    return m if not day or _AFTER_POINT[before].match(text, m.end()) else None


def _is_clock(hour: Decimal, run: str, after: str) -> bool:
    """Whether 点 between ``hour`` and ``run`` means o'clock: 九点二十, 3点30, 三点零五分."""
    if (after[:1] in SCALES and after[:1] not in ("万", "亿", "兆")) or after[:1] == "刻":
        return True
    minutes = after[:1] == "分" and after not in ("分之", "分钟")
    if run.isascii():
        return hour <= 24 and (len(run) == 2 or minutes or after[:1] == ":")
    return hour <= 24 and minutes and (len(run) == 2 or run[0] in "零〇")


# --- numbers that begin with an Arabic digit ----------------------------------------------------


def continued(text: str, at: int, end: int, stop: int, units: frozenset[str]) -> Reading:
    """The Arabic number ``text[at:end]`` with what may continue it: scales, spaces, powers, fractions.

    >>> def value(text, end):
    ...     return str(continued(text, 0, end, len(text), frozenset()).value)
    >>> value("1.4亿", 3), value("3×10⁶", 1), value("1/5", 1), value("1 280人", 1), value("40k", 2)
    ('140000000', '3000000', '0.2', '1280', '40000')
    """
    digits = text[at:end].replace(",", "").replace("，", "")
    bare = Reading(end - at, Decimal(digits))
    if end >= stop or text[end] not in _CONTINUING:
        return bare
    c, value = text[end], Decimal(digits)
    if c in _POWER_SIGNS:
        return _power(text, at, end, stop, value) or bare
    if c == "/":
        return _slash(text, at, end, stop, value) or bare
    if c in "kKw+":
        return _suffixed(text, at, end, value) or bare
    if c in " 又" and (m := _AND_SLASH.match(text, end, stop)) and int(m[2]):
        return _mixed(value, m, m.end() - at)
    if c == " ":
        spaced = _after_space(text, at, end, stop, digits, units)
        if spaced or not text[end:stop].startswith(tuple(f"{s}{x}" for s in (" ", "  ") for x in "万亿兆千百余多又分")):
            return spaced or bare
    run = _RUN.match(text, at, stop)
    read = _read(text[at : min(run.end() + 4, stop)], units) if run else None
    return read if read and read.length > bare.length else bare


def _after_space(text: str, at: int, end: int, stop: int, digits: str, units: frozenset[str]) -> Reading | None:
    """1 4/3 and thousands set apart by spaces (1 280), with a scale after them (1 280 亿)."""
    m = _MIXED.match(text, end, stop)
    if m and digits.isdecimal() and int(m[2]):
        return _mixed(Decimal(digits), m, m.end() - at)
    m = _SPACED.match(text, at, stop)
    if (
        m is None
        or (at and text[at - 1] in ".-/:")
        or (at > 1 and text[at - 1] == " " and text[at - 2] in _ASCII_ALNUM)
    ):
        return None
    joined = re.sub(r"[^\d.]", "", m.group())
    read = structured(joined + text[m.end() : min(m.end() + MAX_RUN, stop)], 0, units)
    assert read is not None
    return replace(read, length=read.length + m.end() - at - len(joined))


def _mixed(whole: Decimal, part: re.Match[str], length: int) -> Reading:
    """1 4/3, 1又1/2."""
    return Reading(length, DIVIDE.add(whole, DIVIDE.divide(Decimal(part[1]), Decimal(part[2]))), shape="fraction")


def _suffixed(text: str, at: int, end: int, value: Decimal) -> Reading | None:
    """40k, 5w元, 100+人; not 4K, 60W, CD34+."""
    c, after = text[end], text[end + 1 : end + 2]
    if c == "+":
        return Reading(end + 1 - at, value, value, None, ">") if after in _COUNTED and value >= 10 else None
    if c == "w":
        thousands = 10000 if after and after in "+元块人名粉个多余" else 0
    else:
        thousands = 1000 if not (after.isascii() and after.isalnum()) and (c == "k" or value >= 10) else 0
    more = c == "w" and after == "+"
    number = plain(value * thousands)
    low = number if more else None
    return Reading(end + 1 + more - at, number, low, None, ">" if more else "=", "mixed") if thousands else None


def _power(text: str, at: int, end: int, stop: int, value: Decimal) -> Reading | None:
    """×10^6, ×10⁶, e6, 10⁶, 2^-1."""
    m = _POWER.match(text, end, stop)
    if not m:
        return None
    tens = m["e1"] or m["e2"] or m["e3"] or m["e4"]
    exponent = int((tens or m["p1"] or m["p2"]).translate(_SUPERSCRIPTS))
    if abs(exponent) > _MAX_EXPONENT or (not tens and not value):
        return Reading(m.end() - at, None)
    result = value.scaleb(exponent, context=EXACT) if tens else DIVIDE.power(value, Decimal(exponent))
    return Reading(m.end() - at, plain(result))


def _slash(text: str, at: int, end: int, stop: int, value: Decimal) -> Reading | None:
    """1/5, 3/2: small whole numbers; 140/90, 2023/24 and 5/20/2024 are no fractions."""
    m = _SLASH.match(text, end, stop)
    if not m or not text[at:end].isdecimal() or (at and text[at - 1] == "/") or m[1][0] == "0" or not value:
        return None
    bottom = Decimal(m[1])
    if not (
        value < bottom <= 1000
        or len(m[1]) > 4
        or (1 < bottom <= 9 and value <= 99)
        or (value < bottom and m[1] == "10000")
    ):
        return None
    return Reading(m.end() - at, DIVIDE.divide(value, bottom), shape="fraction")
