"""What the header of a column, the name of a row or the line above a table says: its noun, its unit, its time, a change.

Everything Chinese is in ``rules/words/table_words.csv`` and ``table_units.csv``; here is only where in a header what may
stand. A unit stands in brackets at the end (营业收入（万元）), behind a slash or comma (产量/万吨), behind a space (金额 万元), or
is all there is (%). What can't be read is left out, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cache, lru_cache

from pipeline.model import Date, record
from pipeline.numerals import parse
from pipeline.units import bare_yuan, standard_units
from pipeline.words import read_words

__all__ = [
    "Amount",
    "Label",
    "captioned",
    "fits",
    "is_projected",
    "is_word",
    "is_year",
    "own",
    "pick",
    "read_label",
    "read_unit",
    "read_units",
    "settled",
    "titled",
    "year_of",
]

PERCENTAGE, MONEY, COUNT = "percentage", "money", "count"
NUMBER = "number"
SCALE = "scale"

_LONGEST = 60  # characters of a header
_SCALES = "十百千仟万萬亿億兆"
_HIDDEN = "\0"  # in place of a date
_BRACKETED = re.compile(r"\s*[(（\[【]([^()（）\[\]【】]*(?:[(（][^()（）]*[)）])?[^()（）\[\]【】]*)[)）\]】]\s*$")
_INNER = re.compile(r"(.*)[(（]([^()（）]+)[)）]")
_BEHIND = re.compile(r"[/,，:：;；]\s*([^/,，:：;；]+(?:/[^/,，:：;；]+)?)$|\s([^\s]+)$")
_LIST = re.compile(r"\s*[,，、;；]\s*|\s+")
_NUMBERED = re.compile(
    r"(?:[一二三四五六七八九十]{1,3}、|[(（][一二三四五六七八九十\d]{1,3}[)）]|\d{1,2}(?:\.\d{1,2})*[.、．](?!\d)\s*|[①-⑳#＃·•△▲*-]\s*)"
)
_SPACED = re.compile(r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])")
_POWER = re.compile(r"10{0,2}(?:[, ]?000)+|0\.0?1(?=[^\d.])")
_ALONE = re.compile("[百千]?[万亿]")  # alone: 市值（亿）
_LETTER = re.compile(r"[A-Za-zμΩ℃°/]")
_HAN = re.compile(r"[\u3400-\u9fff]")
_CAPITAL = re.compile(r"[A-Z]")


@record(frozen=True, slots=True)
class Amount:
    """A unit that a header gives to figures: a figure times ``factor`` is in ``code``."""

    code: str
    kind: str
    factor: Decimal
    text: str  # as written


@record(frozen=True, slots=True)
class Label:
    """What a header says. ``noun`` is a span of the text, () when it names nothing that is measured."""

    noun: tuple[int, ...] = ()
    units: tuple[Amount, ...] = ()
    inner: Amount | None = None  # of the second number in 45（75.0）
    date: Date | None = None
    dates: int = 0
    change: bool = False
    trend: str = ""  # up_by, down_by; of a change, empty: the sign of the figure says
    basis: str = ""
    share: bool = False
    kinds: frozenset[str] = frozenset()  # of figures of that name, as far as the name says
    number: bool = False  # counts things: 人数
    each: bool = False
    total: bool = False
    reference: bool = False
    projected: bool = False
    unclear: bool = False  # brackets at the end that may hold a unit, but none that is known


# --- words ------------------------------------------------------------------------------------


@cache
def _words(role: str) -> dict[str, str]:
    """The terms of a role with their codes."""
    return {row["term"]: row["code"] for row in read_words("table_words") if row["role"] == role}


def is_word(role: str, text: str) -> bool:
    """Whether a text (of the shadow) is a term of a role, spaced out (项 目) or not."""
    return _SPACED.sub("", text.strip()) in _words(role)


@cache
def _years() -> re.Pattern[str]:
    return re.compile(rf"(?:(?:19|20)\d\d{_any(_words('year_suffix'))}?|1[0-3]\d年度?)")


def is_year(text: str) -> bool:
    """Whether a text is a year as headers have them: 2023, 2023A, 2025E, 2023实际; 112年 is one of the Republic."""
    return bool(_years().fullmatch(text))


def year_of(text: str) -> int:
    """The year of such a text.

    >>> year_of("2025E"), year_of("112年度")
    (2025, 2023)
    """
    return int(text[:4]) if text[:4].isdecimal() else 1911 + int(text[:3])


def is_projected(text: str) -> bool:
    """Whether what stands behind a bare year says that its figures are expected: 2025E."""
    return text[4:].strip() in _words("projected")


def _ends(role: str, text: str) -> str | None:
    """The code of the longest term of a role that a text ends with, None when there is none."""
    words = _words(role)
    return next((words[text[n:]] for n in range(len(text)) if text[n:] in words), None)


def _any(terms: Iterable[str]) -> str:
    return "(?:" + "|".join(re.escape(term) for term in sorted(terms, key=lambda t: (-len(t), t))) + ")"


@cache
def _basis() -> dict[str, str]:
    return {row["term"]: row["code"] for row in read_words("claim_basis")}


@cache
def _change() -> re.Pattern[str]:
    """The words of change at the end of a header, with what they are measured against: 本年比上年增减, 同比, 增长率."""
    when = _any([*_words("period"), _HIDDEN])
    change = _any({*_words("change"), *_basis()})
    adverb, tail = _any(_words("adverb")), _any(_words("tail"))
    against = f"(?:{when}?{_any(_words('versus'))}{when}{{1,2}})?"
    return re.compile(f"{against}{adverb}{{0,2}}(?P<change>{change})(?:{change}|{adverb}|{tail}){{0,4}}$")


@cache
def _nothing() -> re.Pattern[str]:
    """A header that names nothing: words like 金额 and 期末, times, signs."""
    word = _any([*_words("generic"), *_words("period"), *_words("share"), _HIDDEN])
    return re.compile(rf"(?:{word}|[^\w{_HIDDEN}]){{0,8}}")


# --- units ------------------------------------------------------------------------------------


@lru_cache(maxsize=1024)
def read_unit(written: str, region: str) -> Amount | None:
    """The unit that a text (of the shadow) is, entirely: 万元, 人民币千元, HK$'000, 元/股, %.

    >>> read_unit("亿千瓦时", "").code, read_unit("人民币百万元", "").factor
    ('kW.h', Decimal('1000000'))
    """
    surface = _SPACED.sub("", written.strip())
    if not surface or len(surface) > 20 or (len(surface) == 1 and _CAPITAL.match(surface)):
        return None
    surface = _spelled().get(surface, surface)
    units = standard_units()
    currency = ""
    if not units.lookup(surface, region):  # 人民币元 is a unit
        word = next((surface[:n] for n in range(len(surface) - 1, 0, -1) if surface[:n] in units.before), "")
        currency, surface = units.before.get(word, ""), surface[len(word) :].lstrip()
        region = "" if currency else region
    figures = _POWER.match(surface)
    factor = Decimal(re.sub("[, ]", "", figures[0])) if figures else Decimal(1)
    rest = surface[figures.end() :].lstrip() if figures else surface
    if _ALONE.fullmatch(rest) and not currency:
        scale = parse("1" + rest)
        return Amount("", SCALE, scale.value, written.strip()) if scale and scale.value else None
    for n in range(len(rest)):
        if n and rest[n - 1] not in _SCALES:
            break
        scale = parse("1" + rest[:n]) if n else None
        unit = units.lookup(rest[n:], region)
        if unit and (not n or (scale and scale.value and scale.length == n + 1)):
            factor *= unit.factor * (scale.value if scale and scale.value else 1)
            if currency and unit.kind != MONEY:
                return None
            code = unit.code.replace("CNY", currency, 1) if currency else unit.code
            return Amount(code, unit.kind, factor, written.strip())
    return None


@cache
def _spelled() -> dict[str, str]:
    return {row["term"]: row["reads"] for row in read_words("table_units")}


def read_units(written: str, region: str) -> tuple[Amount, ...]:
    """The units that a text is a list of: 亿元、%; 元 人民币 is one. Empty when any part of it is none.

    >>> [unit.code for unit in read_units("亿元、%", "")]
    ['CNY', '%']
    """
    whole = read_unit(written, region)
    if whole:
        return (whole,)
    units = list[Amount]()
    for part in filter(None, _LIST.split(written.strip())):
        if is_word("statistic", part):
            continue
        unit = read_unit(part, region)
        if unit is None:
            return ()
        units.append(unit)
    currencies = standard_units().before
    names = [u for u in units if u.text in currencies and u.factor == 1]
    if len(units) == 2 and len(names) == 1 and all(u.kind == MONEY for u in units):
        scaled = next(u for u in units if u is not names[0])
        return (Amount(names[0].code, MONEY, scaled.factor, scaled.text),)
    return tuple(units)


def own(label: Label) -> Amount | None:
    """The unit that a header gives to its own figures."""
    return label.units[0] if len(label.units) == 1 else pick(label.units, [label])


def fits(unit: Amount, label: Label) -> bool:
    """Whether figures of a name can be in a unit: money in yuan, a rate in no yuan, a figure per head in no 10,000 yuan."""
    if label.unclear or (label.each and unit.factor != 1):
        return False
    kinds = label.kinds or ({PERCENTAGE} if label.change else set())
    return not kinds or unit.kind in kinds or (unit.kind == SCALE and PERCENTAGE not in kinds)


def pick(units: Sequence[Amount], labels: Collection[Label]) -> Amount | None:
    """The one of a caption's units that figures under these headers can be in.

    None when a header names figures of another kind, or several units would do.
    """
    if len(units) == 1 and any(label.change and not label.kinds for label in labels):
        return None  # 增减: of what, or by how many per cent?
    fitting = [unit for unit in units if all(fits(unit, label) for label in labels)]
    if len(units) > 1 and not any(label.kinds or label.change for label in labels):
        fitting = [unit for unit in fitting if unit.kind != PERCENTAGE]
    return fitting[0] if len(fitting) == 1 else None


def settled(unit: Amount, labels: Collection[Label], region: str) -> Amount:
    """A unit that is a scale alone, made one: of the name of an amount it is the region's money (市值（亿）)."""
    if unit.kind != SCALE:
        return unit
    is_money = any(MONEY in label.kinds for label in labels)
    return replace(unit, code=bare_yuan(region) if is_money else "", kind=MONEY if is_money else COUNT)


# --- headers ----------------------------------------------------------------------------------


def read_label(
    shadow: str, start: int, end: int, dates: Sequence[Date], region: str, breaks: Sequence[int] = ()
) -> Label:
    """What a header or the name of a row says; ``dates`` are those within it, ``breaks`` where its lines end."""
    borders = [start, *(at for n in breaks for at in (n, n + 1)), end]
    parts = list(zip(borders[::2], borders[1::2], strict=True))
    if len(parts) < 2:
        return _read(shadow, start, end, dates, region)
    said = [_read(shadow, a, b, [d for d in dates if a <= d.start < b], region) for a, b in parts]
    first = next((label for label in said if label.noun or label.change), said[0])
    units = next((label.units for label in said if label.units), ())
    dated = [label.date for label in said if label.date]
    date = dated[0] if len(dated) == 1 else None
    return replace(first, units=units, date=date, dates=sum(label.dates for label in said))


def _read(shadow: str, start: int, end: int, dates: Sequence[Date], region: str) -> Label:
    if end - start > _LONGEST:
        return Label(dates=len(dates))
    start = _without_lead(shadow, start, end)
    if (unit := _bare(shadow[start:end], region)) is not None:
        return Label(units=(unit,), inner=unit)
    stop, units, inner, counted = _unit_at_end(shadow, start, end, region)
    plain, at = _plain(shadow, start, stop, dates)
    stop = at[-1]
    change = None if _ends("whole", plain) is not None else _change().search(plain)
    noun: tuple[int, ...] = _undated(start, stop, dates)
    share = is_word("share", plain) or plain.startswith(tuple(_words("share_of")))
    if share or _nothing().fullmatch(plain[: change.start()] if change else plain):
        noun = ()
    elif change and all(unit.kind == PERCENTAGE for unit in units):
        noun = _span(shadow, noun[0], at[change.start()])
    kinds = _ends("measure", plain)
    counts = _ends("number", plain) is not None and (kinds is None or COUNT in kinds)
    number = counted or (counts and bool(noun or is_word("number", plain)))  # 预算数 counts nothing
    kinds = NUMBER if is_word("statistical", plain) else kinds
    return Label(
        noun=noun,
        units=units,
        inner=inner,
        date=_date(start, dates, change is not None),
        dates=len(dates),
        change=change is not None,
        trend=_trend(change[0]) if change else "",
        basis=_basis_of(shadow[start:stop]) if change else "",
        share=share,
        kinds=frozenset((COUNT if number else PERCENTAGE if share else kinds or "").split("|")) - {""},
        number=number,
        each=any(word in plain for word in _words("each")),
        total=is_word("total", plain),
        reference=not units and any(plain.endswith(word) for word in _words("reference")),
        unclear=not units and _is_unclear(shadow, start, end),
        projected=(bool(dates) or not noun) and any(word in plain for word in _words("projected")),
    )


def _is_unclear(shadow: str, start: int, end: int) -> bool:
    """Whether a name ends in letters or signs in brackets: 规模（MWac）; 净利润（扣非） and 净利润（注1） don't."""
    found = _BRACKETED.search(shadow, start, end)
    return bool(found and _LETTER.search(found[1]) and not _HAN.search(found[1]))


def _plain(shadow: str, start: int, stop: int, dates: Sequence[Date]) -> tuple[str, list[int]]:
    """A name without spaces between its characters and with a sign for each date, and where each character stands.

    A date in brackets behind it is left out: 比重（2020年）.
    """
    hidden = list(shadow[start:stop])
    for date in dates:
        low, high = max(date.start, start) - start, min(date.end, stop) - start
        hidden[low:high] = [_HIDDEN] * max(0, high - low)
    written = "".join(hidden)
    while (found := _BRACKETED.search(written)) and found.start() and not found[1].strip(_HIDDEN + " "):
        written = written[: found.start()]
    spaces = {n for found in _SPACED.finditer(written) for n in range(*found.span())}
    keep = [
        n
        for n, char in enumerate(written)
        if n not in spaces and not (char == _HIDDEN and n and written[n - 1] == _HIDDEN)
    ]
    return "".join(written[n] for n in keep), [*(start + n for n in keep), start + len(written)]


def _undated(start: int, stop: int, dates: Sequence[Date]) -> tuple[int, int]:
    """A name without the date it begins or ends with: 2023年|销售额."""
    for date in dates:
        if date.start <= start < date.end < stop:
            start = date.end
        elif start < date.start < stop <= date.end:
            stop = date.start
    return start, stop


def _date(start: int, dates: Sequence[Date], change: bool) -> Date | None:
    """The time that a header names, if only one; of a change the one it opens with, not the one it is measured against."""
    absolute = [date for date in dates if not date.relative]
    if change:
        return absolute[0] if absolute and absolute[0].start <= start else None
    named = absolute or list(dates)
    return named[0] if len(named) == 1 else None


def _trend(written: str) -> str:
    """Which way the words of a change go; empty when they leave it to the figure (增减)."""
    codes = {code for word, code in _words("change").items() if word in written}
    return "" if any(word in written and not code for word, code in _words("change").items()) else "".join(codes)[:7]


def _basis_of(text: str) -> str:
    basis = _basis()
    found = max((word for word in basis if word in text), key=len, default="")
    return basis[found] if found else ""


def _without_lead(shadow: str, start: int, end: int) -> int:
    """Where a name starts behind its number and words like 其中：."""
    for _ in range(3):
        while start < end and shadow[start].isspace():
            start += 1
        if found := _NUMBERED.match(shadow, start, end):
            start = found.end()
            continue
        colon = next((n for n in range(start + 1, min(start + 6, end)) if shadow[n] in ":："), 0)
        if not colon or not is_word("lead", shadow[start:colon]):
            break
        start = colon + 1
    return start


def _bare(text: str, region: str) -> Amount | None:
    """The unit that is a whole header. 人, 年 and 月 alone are headers of their own."""
    inside = _BRACKETED.fullmatch(text)
    unit = read_unit(inside[1] if inside else text, region)
    if unit and (inside or unit.factor != 1 or unit.kind in (PERCENTAGE, MONEY) or "/" in unit.code):
        return unit
    return None


def _unit_at_end(shadow: str, start: int, end: int, region: str) -> tuple[int, tuple[Amount, ...], Amount | None, bool]:
    """Where a name ends, the units behind it, the unit of the second number of a cell, whether the first one counts."""
    stop = end
    for _ in range(3):
        found = _BRACKETED.search(shadow, start, stop)
        if not found or found.start() == start:
            break
        inside = found[1].strip()
        if units := read_units(_said(inside), region):
            return found.start(), units, units[0] if len(units) == 1 else None, False
        pair = _INNER.fullmatch(inside)
        if pair and (unit := read_unit(pair[2], region)):
            first = read_unit(pair[1], region)
            counts = _ends("number", pair[1].strip()) is not None
            if first or counts:
                return found.start(), (first,) if first else (), unit, counts
        notes = _words("note")
        if not any(inside.startswith(note) or inside.endswith(note) for note in notes):
            break
        stop = found.start()
    if len(shadow[start:stop].rstrip()) > 1 and (sign := shadow[start:stop].rstrip()[-1]) in "%‰":
        unit = read_unit(sign, region)  # 为预算的%
        return start + len(shadow[start:stop].rstrip()) - 1, (unit,) if unit else (), unit, False
    if (behind := _BEHIND.search(shadow, start, stop)) and behind.start() > start:
        written = behind[1] or behind[2]
        unit = read_unit(written, region)
        if unit and (behind[1] or _bare(written, region)):
            return behind.start(), (unit,), unit, False
    while stop > start and shadow[stop - 1].isspace():
        stop -= 1
    return stop, (), None, False


def _span(shadow: str, start: int, stop: int) -> tuple[int, ...]:
    while stop > start and not shadow[stop - 1].isalnum() and shadow[stop - 1] not in ")）":
        stop -= 1
    return (start, stop) if stop > start else ()


# --- lines above ------------------------------------------------------------------------------


@cache
def _captions() -> re.Pattern[str]:
    return re.compile(rf"{_any(_words('unit'))}\s*(?:[:：]|[为是])\s*")


def _said(inside: str) -> str:
    """What stands in brackets, without 单位：."""
    found = _captions().match(inside)
    return inside[found.end() :] if found else inside


def captioned(text: str, region: str) -> tuple[Amount, ...]:
    """The units that a line says figures are in (单位：万元 币种：美元); empty when it says none.

    >>> captioned("单位:万元 币种:美元", "")[0].code
    'USD'
    """
    found = _captions().search(text)
    if not found:
        return ()
    said = text[found.end() :]
    said = re.split(r"[)）\]】。]|\s{2,}", said, maxsplit=1)[0]
    currency = re.search(rf"\s*{_any(_words('currency'))}\s*[:：]\s*(\S+)", text)
    name = standard_units().lookup(currency[1].rstrip(")）")) if currency else None
    if currency:
        said = re.split(_any(_words("currency")), said, maxsplit=1)[0]
    units = read_units(said, region)
    if currency and (name is None or name.kind != MONEY):
        return ()
    if name and len(units) == 1 and units[0].kind == MONEY:
        return (Amount(name.code, MONEY, units[0].factor, units[0].text),)
    return units


def titled(text: str, region: str) -> tuple[tuple[Amount, ...], Amount | None, bool]:
    """The units in brackets at the end of a title, that of second numbers, whether the first ones count: 疗效[n(%)]."""
    if len(text) > _LONGEST:
        return (), None, False
    _, units, inner, counts = _unit_at_end(text, 0, len(text), region)
    return units, inner, counts
