"""Numbers built from digits and scale words (两万三, 5万4千6百, 一百二十多万) -> exact ``Decimal``.

The grammar of one number, nothing about the text around it. ``structured`` is a single pass over
characters with a small state (`_Walk`): a section (below 万) takes its scales in falling order, 万 亿 兆
close a section, and what can't continue a number ends it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import NamedTuple

from pipeline.numerics import contexts

__all__ = [
    "DIGITS",
    "DIVIDE",
    "EXACT",
    "PAIRS",
    "PLAIN_DIGITS",
    "SCALES",
    "STRING",
    "TENS",
    "Reading",
    "digits_value",
    "plain",
    "scale_unit",
    "structured",
]

EXACT = Context(prec=96)  # 30 digits times the largest scales, without rounding
DIVIDE = Context(prec=28)  # quotients: 三分之一 has to stop somewhere

DIGITS = {
    c: v
    for v, cs in enumerate(
        ("零〇○", "一壹幺弌", "二贰弍两俩", "三叁弎", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖")
    )
    for c in cs
}
PLAIN_DIGITS = "零〇○一二三四五六七八九幺壹贰叁肆伍陆柒捌玖"
TENS = {"廿": 2, "卅": 3, "卌": 4}
SCALES = {
    "十": 10,
    "拾": 10,
    "百": 100,
    "佰": 100,
    "千": 1000,
    "仟": 1000,
    "万": 10**4,
    "亿": 10**8,
    "兆": 10**12,
}
BIG = 10**4
SECTION = 10**5  # above every scale that may begin a section
PAIRS = {a + b for a, b in zip("一二三四五六七八", "二三四五六七八九", strict=True)} | {
    "三五",
    "两三",
    "一两",
    "三两",
}
PAIR_AFTER = contexts.terms("one_or_two_of")
STRING = re.compile(  # 一一二三, and as typed with a round letter or Arabic zero for 〇: 二0二四, 一00年, 二OO四
    rf"[{PLAIN_DIGITS}]++(?:(?:O{{1,3}}+(?=[{PLAIN_DIGITS}])|0{{1,3}}+(?![0-9A-Za-z:/-]|[.,][0-9]))[{PLAIN_DIGITS}]*+)*+"
)
MAX_BIG = 4  # 万万亿亿…: no number has more

ARABIC = re.compile(r"\d{1,3}(?:,\d{3})++(?!\d)(?:\.\d++)?|\d++(?:\.\d++)?")
_NEXT = re.compile(rf"{ARABIC.pattern}|[{PLAIN_DIGITS}两]{{1,8}}+")
_STRING_NEXT = frozenset(PLAIN_DIGITS + "0O")
_CENTURIES = ("19", "20", "一九", "二零", "二〇", "二○", "二0")
_MORE = re.compile(contexts.expression("more"))


@dataclass(frozen=True, slots=True)
class Reading:
    """What a number string says: ``value``, or ``low``/``high`` where it names a range itself.

    ``length`` counts code points. Where ``value`` is set, ``low``/``high`` only bound it
    (30余: value 30, low 30, high 40). ``shape`` as in `pipeline.model.Numeral`.
    """

    length: int
    value: Decimal | None
    low: Decimal | None = None
    high: Decimal | None = None
    comparator: str = "="
    shape: str = "arabic"


class Token(NamedTuple):
    """``kind``: d digit, a Arabic number, s scale, z zero. ``width``: digits written."""

    kind: str
    value: Decimal
    width: int


def plain(value: Decimal) -> Decimal:
    """Without exponent or trailing zeros that only a scale brought.

    >>> plain(Decimal("140000000.0")), plain(Decimal("2E+5"))
    (Decimal('140000000'), Decimal('200000'))
    """
    value = value.normalize(EXACT)
    exponent = value.as_tuple().exponent
    return value.quantize(Decimal(1), context=EXACT) if isinstance(exponent, int) and exponent > 0 else value


def digits_value(run: str) -> Decimal:
    """Value of a digit string.

    >>> digits_value("二○二四"), digits_value("一00")
    (Decimal('2024'), Decimal('100'))
    """
    return Decimal("".join(str(DIGITS.get(c, c)) for c in run.replace("O", "0")))


def scale_unit(text: str, at: int, units: frozenset[str]) -> bool:
    """Whether the scale character at ``at`` begins a unit word: 千米, 兆瓦."""
    return text[at : at + 1] in ("千", "兆", "百") and any(text[at : at + n] in units for n in (2, 3, 4))


def structured(text: str, start: int, units: frozenset[str]) -> Reading | None:
    """The longest number of digits and scales at ``start``; ``units``: words a scale must not eat into.

    >>> none = frozenset()
    >>> [structured(t, 0, none).value for t in ("两万三", "一万五千亿", "5万4千6百", "一千零一十一")]
    [Decimal('23000'), Decimal('1500000000000'), Decimal('54600'), Decimal('1011')]
    >>> [structured(t, 0, none).value for t in ("三万七七七二", "一兆一一二三亿", "三四六亿", "2兆 7,629 亿")]
    [Decimal('37772'), Decimal('1112300000000'), Decimal('34600000000'), Decimal('2762900000000')]
    >>> structured("12千米", 0, frozenset({"千米"})).length
    2
    """
    return _Walk(text, start, units).read()


def evaluate(tokens: list[Token]) -> Decimal:
    """Value of tokens; a single last digit after a scale counts tenths of it (两万三, 三千二)."""
    big = max((t.value for t in tokens if t.kind == "s" and t.value >= BIG), default=None)
    if big is None:
        return _section(tokens)
    at = max(i for i, t in enumerate(tokens) if t.kind == "s" and t.value == big)
    left, right = tokens[:at], tokens[at + 1 :]
    total = EXACT.multiply(evaluate(left) if left else Decimal(1), big)
    if len(right) == 1 and right[0].kind in "da" and right[0].width == 1:
        return EXACT.add(total, EXACT.multiply(right[0].value, big / 10))
    return EXACT.add(total, evaluate(right)) if right else total


def _section(tokens: list[Token]) -> Decimal:
    """Value of a section below 万."""
    total, digits, last, width = Decimal(0), Decimal(0), Decimal(0), 0
    waiting = False
    for token in tokens:
        if token.kind == "s":
            total = EXACT.add(total, EXACT.multiply(digits if waiting else Decimal(1), token.value))
            waiting, last = False, token.value
        elif token.kind == "z":
            last = Decimal(0)
        else:
            waiting, digits, width = True, token.value, token.width
    if not waiting:
        return total
    return EXACT.add(total, EXACT.multiply(digits, last / 10) if last >= 100 and width == 1 else digits)


class _Walk:
    """State of one pass; each ``_step`` takes what stands at ``at`` or says no."""

    def __init__(self, text: str, start: int, units: frozenset[str]) -> None:
        self.text, self.start, self.units = text, start, units
        self.at = self.end = start
        self.tokens: list[Token] = []
        self.limit = SECTION  # the next small scale must be below it
        self.bigs = 0
        self.vague = ""  # 几十, 数百
        self.pair: tuple[int, Decimal] | None = None  # token with two readings (七八) and the second one
        self.mark: tuple[int, str] | None = None  # 余 多 来 几 and the number of tokens before it
        self.hanzi = self.arabic = False
        self.fraction = False  # 1.5亿 takes no 2000万

    def read(self) -> Reading | None:
        if self.text[self.at] in "几数":
            self.vague = self.text[self.at]
            self.at += 1
        while self.at < len(self.text) and self._step(self.text[self.at]):
            pass
        if self.tokens and self.tokens[-1].kind == "z":
            self.tokens.pop()
        return self._reading() if self.tokens else None

    @property
    def last(self) -> str:
        return self.tokens[-1].kind if self.tokens else ""

    def _step(self, c: str) -> bool:
        if c == " ":
            return self._space()
        if "0" <= c <= "9":
            return self._number()
        if self.text[self.at + 1 : self.at + 2] in _STRING_NEXT and self._positional():
            return True
        if c in "零〇○":
            return self._zero()
        if c in DIGITS or c in TENS:
            return self._digit(c)
        if c in SCALES:
            return self._scale(c)
        return c in "多余来几" and self._more(c)

    def _take(self, token: Token, to: int) -> bool:
        self.tokens.append(token)
        self.at = self.end = to
        return True

    def _unit_at(self, at: int) -> bool:
        return scale_unit(self.text, at, self.units)

    def _positional(self) -> bool:
        """Digits without scale words for a whole section: 三四六|亿, 一兆|一一二三|亿, 三万|七七七二."""
        if self.last not in ("", "s") or self.mark or self.vague:
            return False
        m = STRING.match(self.text, self.at)
        width = m.end() - self.at if m else 0
        if m is None or width < 2 or m.group() in PAIRS:
            return False
        scale = SCALES.get(self.text[m.end() : m.end() + 1], 0)
        if scale >= BIG and not self._unit_at(m.end()):
            fits = width <= 8 if not self.tokens else width <= 4 and scale < self.tokens[-1].value
        else:
            fits = not scale and self._fills(width) and not self._year_at(m.end())
        self.hanzi = self.hanzi or fits
        return fits and self._take(Token("d", digits_value(m.group()), width), m.end())

    def _fills(self, width: int) -> bool:
        """Whether as many digits fill every place below the last scale: four after 万, three after 千."""
        return self.last == "s" and Decimal(10) ** width == self.tokens[-1].value >= 1000

    def _year_at(self, end: int) -> bool:
        """Whether the four digits before ``end`` are a year that another number stands before."""
        return self.text.startswith(("年", " 年"), end) and self.text[end - 4 : end].startswith(_CENTURIES)

    def _space(self) -> bool:
        """One or two spaces inside a number as typeset: 7万 5千, 十 余 万; never between two numbers."""
        to = self.at + (2 if self.text[self.at + 1 : self.at + 2] == " " else 1)
        c = self.text[to : to + 1]
        if not c or not self.tokens:
            return False
        more = c in "余多几" or (self.last == "s" and self._continues(to))
        inside = not self._unit_at(to) if c in SCALES else more
        if inside:
            self.at = to
        return inside

    def _continues(self, at: int) -> bool:
        """Whether what stands at ``at``, after a space, goes on: 7万 5千, 1万 2,000 and 三百 五 又 …; not 8亿 1人."""
        m = _NEXT.match(self.text, at)
        if m is None:
            return False
        after = m.end() + (self.text[m.end() : m.end() + 1] == " ")
        follows = self.text[after : after + 1]
        if follows in SCALES and follows:
            return SCALES[follows] < self.tokens[-1].value and not self._unit_at(after)
        return follows == "又" or self._fills(len(m.group().replace(",", "")))

    def _number(self) -> bool:
        if self.last not in ("", "s", "z") or self.mark or self.vague or self.fraction:
            return False
        m = ARABIC.match(self.text, self.at)
        assert m is not None
        digits = m.group().replace(",", "")
        value = Decimal(digits)
        room = self.tokens[-1].value if self.last == "s" else Decimal(BIG)
        if self.tokens and (value >= room or len(digits) > 8 or self._year_at(m.end()) or self._again(m.end())):
            return False  # 三万2023年: two numbers
        self.arabic = True
        self.fraction = "." in digits
        return self._take(Token("a", value, len(digits)), m.end())

    def _again(self, at: int) -> bool:
        """Whether the scale at ``at`` was the last big one already: 3万5万 are two numbers."""
        scale = SCALES.get(self.text[at : at + 1], 0)
        return scale >= BIG and scale == next(
            (t.value for t in reversed(self.tokens) if t.kind == "s" and t.value >= BIG), 0
        )

    def _zero(self) -> bool:
        follows = self.text[self.at + 1 : self.at + 2]
        if not self.tokens:
            if follows and follows in "十拾":
                self.at += 1
                return True
            if follows == "两" or (follows.isascii() and follows.isdecimal()):
                return False  # 一年零两个月, 5岁零2个月
            if not self.vague:
                self._take(Token("d", Decimal(0), 1), self.at + 1)
            return False
        again = self.last == "z" and follows in DIGITS
        if not follows or (
            not again and (self.last != "s" or not (follows in DIGITS or follows.isdecimal() or follows in "十拾几"))
        ):
            return False
        if not again:
            self.tokens.append(Token("z", Decimal(0), 0))
        self.at += 1
        return True

    def _digit(self, c: str) -> bool:
        if self.mark or self.vague:
            return False
        if self.last == "d" and self._pairs(c):
            self.pair = (len(self.tokens) - 1, Decimal(DIGITS[c]))
            self.at = self.end = self.at + 1
            return True
        follows = self.text[self.at + 1 : self.at + 2]
        if self.last not in ("", "s", "z") or (
            c == "两" and self.tokens and (not follows or follows not in "百千万亿佰仟")
        ):
            return False  # 三十两: the 两 is a weight
        if self.tokens and (self.fraction or self._again(self.at + 1)):
            return False
        self.hanzi = True
        if c in DIGITS:
            return self._take(Token("d", Decimal(DIGITS[c]), 1), self.at + 1)
        self.limit = 10
        self.tokens.append(Token("d", Decimal(TENS[c]), 1))
        return self._take(Token("s", Decimal(10), 0), self.at + 1)

    def _pairs(self, c: str) -> bool:
        """Whether the digit before and ``c`` name two neighbours: 七八个, 三五十, 十七八."""
        both = self.text[self.at - 1] + c
        if self.pair is not None or both not in PAIRS:
            return False
        follows, then = self.text[self.at + 1 : self.at + 2], self.text[self.at + 2 : self.at + 3]
        if follows in DIGITS or (follows == "点" and then in DIGITS):
            return False
        return both not in ("一两", "三两") or follows in PAIR_AFTER  # 一两黄金: a weight

    def _scale(self, c: str) -> bool:
        scale = SCALES[c]
        if self._unit_at(self.at) and not self._needs_scale():
            return False
        if scale < BIG:
            if self.mark or scale >= self.limit or (self.last in ("s", "z") and scale > 10):
                return False
            self.limit = scale
        else:
            self.bigs += 1
            if (
                self.last == "z"
                or self.bigs > MAX_BIG
                or (
                    not self.tokens
                    and not self.vague
                    and (self.text.startswith(("万万", "万千", "亿万", "亿千"), self.at))
                )
            ):
                return False
            self.limit = SECTION
        self.hanzi = True
        return self._take(Token("s", Decimal(scale), 0), self.at + 1)

    def _needs_scale(self) -> bool:
        """一万五千米 is 15,000 米, and 几千米 a few thousand, though 五千米 may be 5 千米."""
        if self.vague and not self.tokens:
            return True
        scales = [t.value for t in self.tokens if t.kind == "s"]
        return self.last == "d" and bool(scales) and scales[-1] >= 1000

    def _more(self, c: str) -> bool:
        if not self.tokens or self.mark or self.pair or self.vague or not _MORE.match(self.text, self.at):
            return False
        if not self._round(c):
            return False
        if c == "几" and self.last == "z":
            self.tokens.pop()
        self.mark = (len(self.tokens), c)
        self.at = self.end = self.at + 1
        after = self.text[self.at : self.at + 1]
        if c == "几" and after in ("十", "百", "千") and self.tokens[-1].value > SCALES[after]:
            self.at = self.end = self.at + 1  # 一百几十
        return True

    def _round(self, c: str) -> bool:
        """余 多 来 follow a scale or an Arabic multiple of ten (30余, not 2023多); 几 a scale."""
        kind, value, _ = self.tokens[-1]
        if c == "几":
            return kind in "sz"
        if kind == "a":
            if value <= 0 or (value % 10 and not (c == "余" and value >= 10)):
                return False
        elif kind != "s":
            return False
        return c != "来" or (value < 1000 and self.at + 1 < len(self.text))

    def _reading(self) -> Reading:
        length = self.end - self.start
        shape = "mixed" if self.hanzi and self.arabic else "arabic" if self.arabic else "hanzi"
        value = evaluate(self.tokens)
        value = plain(value) if self.hanzi else value
        if self.pair:
            at, second = self.pair
            other = plain(evaluate([*self.tokens[:at], Token("d", second, 1), *self.tokens[at + 1 :]]))
            return Reading(length, None, min(value, other), max(value, other), "=", shape)
        if self.vague:
            return Reading(length, value, value, EXACT.multiply(value, Decimal(10)), "~", shape)
        if self.mark:
            high = plain(EXACT.add(value, self._next_step()))
            return Reading(length, value, value, high, "~" if self.mark[1] == "来" else ">", shape)
        return Reading(length, value, shape=shape)

    def _next_step(self) -> Decimal:
        """The unit of the last place before 余 多 来 几: 100,000 for 一百二十多万."""
        assert self.mark is not None
        before, after = self.tokens[: self.mark[0]], self.tokens[self.mark[0] :]
        if before[-1].kind == "s":
            step, rest = before[-1].value, before[:-1]
            while step >= BIG and rest and rest[-1].kind == "s":  # 千万|多
                step, rest = EXACT.multiply(step, rest[-1].value), rest[:-1]
            places = rest[-1].value.as_tuple().exponent if rest and rest[-1].kind == "a" else 0
            if isinstance(places, int) and places < 0:
                step = step.scaleb(places, context=EXACT)  # 1.2亿多: below 1.3亿
        else:
            exponent = before[-1].value.normalize(EXACT).as_tuple().exponent
            step = Decimal(10) ** min(max(int(exponent), 0), 12)
        for token in after:
            step = EXACT.multiply(step, token.value)
        return step
