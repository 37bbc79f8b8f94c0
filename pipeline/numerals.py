"""Numbers as written in Chinese text -> exact ``Decimal``, without their units.

Two entry points: ``parse`` reads one number string, ``find_numerals`` walks running text. Both take
*shadow* text (simplified script, half-width signs) and speak its code point offsets. Nothing here
knows units, dates or claims: 第三, GLP-1 and 2025 are all numerals, and rules decide what they mean.
The only words it knows are the caller's: those that merely contain numeral characters (四川, 统一)
and those that begin with a scale character (千米), which a scale must not swallow.

Linear in the length of the text: every pattern is anchored, possessive or capped.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal

from pipeline.model import Numeral
from pipeline.numerics import contexts
from pipeline.numerics.hanzi import DIGITS, DIVIDE, EXACT, SCALES, Reading, plain
from pipeline.numerics.reading import MAX_DIGITS, MAX_RUN, NUMERAL_CHARACTERS, continued, hanzi_number, negated

__all__ = ["NumeralWords", "Reading", "complete_scale", "find_numerals", "parse", "vague_numbers"]

VULGAR = {"½": (1, 2), "¼": (1, 4), "¾": (3, 4), "⅓": (1, 3), "⅔": (2, 3), "⅕": (1, 5), "⅛": (1, 8)}
WEAK = contexts.terms("weak")
SCALE_UNITS = contexts.terms("scale_unit")  # the caller may give more

_START = re.compile(rf"[0-9{NUMERAL_CHARACTERS}半{''.join(VULGAR)}]|(?!数百分之)[几数](?=[十百千万亿])")
_VAGUE = re.compile(rf"几(?={contexts.expression('several_of')})|数(?={contexts.expression('some_of')})")
_WIDE_THOUSANDS = re.compile(r"(?:，\d{3})+(?!\d)")
_CLUSTER = re.compile(r"\d++(?:[.,，]\d++)*+")
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?")
_WIDE_GROUPED = re.compile(r"[1-9]\d{0,2}(?:，\d{3})+\.\d+|[1-9]\d?(?:，\d{3}){2,}")
_UNIT_DASH = re.compile(r"[a-zA-Zμµ]{1,6}(?:/[a-zA-Zμµ]{1,4}\d?)?-")  # 5mg-10mg
_AT_LINE_END = frozenset("\r\n,.")
LONG_LINE = 15  # characters before a number that its line breaks; shorter ones are headings, cells, captions
_BROKEN = re.compile(
    r"(?P<left>\d[\d,.]{0,14}+)\r?\n(?P<right>\d[\d,.]{0,14}(?<=\d))(?=" + contexts.expression("broken_before") + ")"
)
_PLAIN = re.compile(r"[1-9]\d{1,6}(?:\.\d+)?|0?\.\d+|\d\.\d+")
_LATIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
_LABELS = contexts.terms("label")
_NOUN_BEFORE_COUNT = contexts.terms("noun_before_count")
_SCALE_AFTER = contexts.terms("scale_after")
_NO_NUMBER_UP = contexts.terms("no_number_up")
_NO_MINUS = contexts.terms("no_minus")
_COINS = contexts.terms("coin")
_WHOLE_COINS = contexts.terms("whole_coin")
_SPOKEN_COINS = contexts.terms("spoken_coin")
_PRICED = contexts.terms("priced")
_CLAUSE = frozenset(",，、。;；:：()（） \n")
_MINUS_AFTER = contexts.terms("minus_after") | frozenset("<>=≤≥")
_SIGN_AFTER = _MINUS_AFTER | frozenset("仅~～(（[{:：＜＞,，、。；;\"'“‘ \t\n　")


class NumeralWords:
    """Words that contain numeral characters and are no numbers: 四川, 统一, 一般.

    >>> words = NumeralWords(["四川", "统一", "万一"])
    >>> [n.value for n in find_numerals("四川统一了三家", words=words)]
    [Decimal('3')]

    ``units``: where a word goes on to one of them, it counts (十分 is none in 十分钟).

    >>> [n.value for n in find_numerals("十分好,十分钟", words=NumeralWords(["十分"], units=["分钟"]))]
    [Decimal('10')]
    """

    def __init__(self, terms: Iterable[str] = (), units: Iterable[str] = ()) -> None:
        # keyed by the word's first numeral character and the character after (ahead) or before it (behind)
        self.ahead: dict[str, list[tuple[int, str]]] = defaultdict(list)
        self.behind: dict[str, list[tuple[int, str]]] = defaultdict(list)
        known = set(terms)
        self.counted = frozenset(_counted(known, units))
        for term in sorted(known | self.counted, key=len, reverse=True):
            at = next((i for i, c in enumerate(term) if c in NUMERAL_CHARACTERS or c == "半"), None)
            if at is None or len(term) < 2:
                continue
            if at + 1 < len(term):
                self.ahead[term[at : at + 2]].append((at, term))
            else:
                self.behind[term[at - 1 : at + 1]].append((at, term))

    def covering(self, text: str, at: int) -> tuple[int, int] | None:
        """Span of the longest word whose first numeral character stands at ``at``; None where a longer one counts."""
        best: tuple[int, int] | None = None
        longest = ""
        keys = ((self.ahead, text[at : at + 2]), (self.behind, text[max(at - 1, 0) : at + 1]))
        for index, key in keys:
            for offset, term in index.get(key, ()):
                begin = at - offset
                if begin >= 0 and text.startswith(term, begin):
                    if best is None or best[1] - best[0] < len(term):
                        best, longest = (begin, begin + len(term)), term
                    break
        return None if longest in self.counted else best


def _counted(terms: set[str], units: Iterable[str]) -> Iterator[str]:
    """Words that go on to a unit and count after all: 十分 to 十分钟, 三公 to 三公里, 四小 to 四小时."""
    by_first: dict[str, list[str]] = defaultdict(list)
    for unit in units:
        by_first[unit[0]].append(unit)
    for term in terms:
        tail = term.lstrip(NUMERAL_CHARACTERS + "半")
        if tail and tail != term:
            number = term[: len(term) - len(tail)]
            yield from (number + u for u in by_first[tail[0]] if len(u) > len(tail) and u.startswith(tail))


NO_WORDS = NumeralWords()


def parse(text: str) -> Reading | None:
    """Reads ``text`` as one number, or ``None`` where it isn't entirely one.

    >>> def says(*texts):
    ...     for text in texts:
    ...         r = parse(text)
    ...         low_high = f" {r.low}..{r.high}" if r.low is not None else ""
    ...         print(f"{r.comparator} {r.value}{low_high} {r.shape}")
    >>> says("1,280.5", "1.4亿", "100000万", "7.0", "5万4千6百")
    = 1280.5 arabic
    = 140000000 mixed
    = 1000000000 mixed
    = 7.0 arabic
    = 54600 mixed
    >>> says("两万三", "三千二", "一万五千亿", "一万零一十二", "壹佰贰拾万", "廿五")
    = 23000 hanzi
    = 3200 hanzi
    = 1500000000000 hanzi
    = 10012 hanzi
    = 1200000 hanzi
    = 25 hanzi
    >>> says("二〇二五", "幺幺零", "三点一四", "负三", "-80")
    = 2025 digits
    = 110 digits
    = 3.14 hanzi
    = -3 hanzi
    = -80 arabic
    >>> says("30余", "一百二十多万", "十来", "几十", "上万", "数百", "十几", "千把")
    > 30 30..40 arabic
    > 1200000 1200000..1300000 hanzi
    ~ 10 10..20 hanzi
    ~ 10 10..100 hanzi
    >= 10000 10000..100000 hanzi
    ~ 100 100..1000 hanzi
    > 10 10..20 hanzi
    ~ 1000 hanzi
    >>> says("七八", "三五十", "三四百", "十七八")
    = None 7..8 hanzi
    = None 30..50 hanzi
    = None 300..400 hanzi
    = None 17..18 hanzi
    >>> says("五分之一", "百分之四十六", "1/5", "一又二分之一", "半", "3.5×10^6", "10⁶")
    = 0.2 fraction
    = 46 percent
    = 0.2 fraction
    = 1.5 fraction
    = 0.5 half
    = 3500000 arabic
    = 1000000 arabic
    >>> parse("四川") is None
    True
    """
    found = list(find_numerals(text + ("个" if text.endswith("来") else "")))
    if len(found) != 1 or found[0].start != 0 or found[0].end != len(text):
        return None
    n = found[0]
    return Reading(n.end, n.value, n.low, n.high, n.comparator, n.shape)


def find_numerals(
    shadow: str,
    start: int = 0,
    end: int | None = None,
    words: NumeralWords = NO_WORDS,
    units: frozenset[str] = SCALE_UNITS,
    hidden: list[tuple[int, int]] | None = None,
    written: str = "",
) -> Iterator[Numeral]:
    """Every number of ``shadow[start:end]``, left to right, never overlapping, in its offsets.

    ``words`` hides numerals inside other words (their spans are appended to ``hidden``); ``units`` are unit
    words that begin with a scale character. Dotted strings (3.8.18, 192.168.1.1) come as separate whole
    numbers. ``written``, the text before folding, tells 4，565 (a list) from ４，５６５. Digits glued to a Latin word (H5N1, GLP-1) and strings beyond 30 digits have the shape ``code``.

    >>> text = "共1 280人,增长-3.5%,约12千米"
    >>> [(text[n.start:n.end], str(n.value)) for n in find_numerals(text)]
    [('1 280', '1280'), ('-3.5', '-3.5'), ('12', '12')]
    >>> [n.shape for n in find_numerals("GLP-1和3.8.18")]
    ['code', 'arabic', 'arabic', 'arabic']
    """
    scan = _Scan(shadow, len(shadow) if end is None else end, words, units, hidden, written)
    at = start
    while m := _START.search(shadow, at, scan.stop):
        pos = m.start()
        found = scan.arabic(pos) if "0" <= shadow[pos] <= "9" else scan.hanzi(pos)
        if isinstance(found, int):  # nothing here; go on from there
            at = found
        else:
            yield from found
            at = scan.last = found[-1].end
            scan.coded = found[-1].shape == "code"


def vague_numbers(shadow: str, start: int = 0, end: int | None = None) -> Iterator[tuple[int, int]]:
    """Spans of 几 and 数 that say "several" before a classifier and give no number.

    >>> list(vague_numbers("有几个人,数名记者,人数名列前茅"))
    [(1, 2), (5, 6)]
    """
    for m in _VAGUE.finditer(shadow, start, len(shadow) if end is None else end):
        before = shadow[m.start() - 1 : m.start()]
        if before not in SCALES and not (m.group() == "数" and before in _NOUN_BEFORE_COUNT):
            yield m.span()


class _Scan:
    """One pass over a text; ``last`` is where the number before ended, ``coded`` whether it was part of a code."""

    def __init__(
        self,
        text: str,
        stop: int,
        words: NumeralWords,
        units: frozenset[str],
        hidden: list[tuple[int, int]] | None,
        written: str,
    ) -> None:
        self.text, self.stop, self.words, self.units, self.hidden = text, stop, words, units, hidden
        self.written = written
        self.last, self.coded = -8, True

    # --- Arabic digits

    def arabic(self, pos: int) -> list[Numeral]:
        m = _CLUSTER.match(self.text, pos, self.stop)
        assert m is not None
        if self.text[m.end() : m.end() + 1] in _AT_LINE_END and (whole := self.broken(pos, m.end())):
            return [whole]
        if m.group().isdecimal():
            return [self.single(pos, m.end())]
        cluster = m.group()
        if "，" in cluster and "０" <= self.written[pos : pos + 1] <= "９":
            cluster = cluster.replace("，", ",")  # the comma is as wide as the digits
        pieces = [(pos + a, pos + b) for a, b in _pieces(cluster)]
        out = []
        for a, b in pieces[:-1]:
            out.append(self.single(a, b, joined=True))
            self.last = b
        return [*out, self.single(*pieces[-1])]

    def broken(self, pos: int, end: int) -> Numeral | None:
        """A number that a line end breaks (下降7⏎0%), only in lines of running text and before what it counts."""
        m = _BROKEN.match(self.text, pos, self.stop)
        if m is None or not "\u4e00" <= self.text[pos - 1 : pos] <= "\u9fff":
            return None
        line = max(self.text.rfind("\n", max(pos - 200, 0), pos), self.text.rfind("\r", max(pos - 200, 0), pos))
        digits = m["left"] + m["right"]
        if pos - line < LONG_LINE or not (_GROUPED.fullmatch(digits) or _PLAIN.fullmatch(digits)):
            return None
        rest = digits + self.text[m.end() : min(m.end() + MAX_RUN, self.stop)]
        read = continued(rest, 0, len(digits), len(rest), self.units)
        return _numeral(pos, replace(read, length=read.length + m.end() - pos - len(digits)))

    def single(self, pos: int, end: int, joined: bool = False) -> Numeral:
        """The Arabic number ``text[pos:end]`` and what continues it; ``joined``: a sign and a number follow."""
        if end - pos > MAX_DIGITS:
            return Numeral(pos, end, shape="code")
        before = self.text[pos - 1] if pos else " "
        if before == "." and self.text[pos:end].isdecimal() and self.leading_point(pos):
            return self.signed(pos - 1, Reading(end - pos + 1, Decimal("0." + self.text[pos:end])))
        if (before in _LATIN or before in "-_") and _is_code(self.text, pos) and not self.goes_on(pos):
            return Numeral(pos, end, value=Decimal(re.sub("[,，]", "", self.text[pos:end])), shape="code")
        if "，" in self.text[pos:end] and not joined:  # read on as if the comma were narrow
            rest = self.text[end : min(end + MAX_RUN, self.stop)]
            narrow = self.text[pos:end].replace("，", ",") + rest
            return self.signed(pos, continued(narrow, 0, end - pos, len(narrow), self.units))
        return self.signed(pos, continued(self.text, pos, end, end if joined else self.stop, self.units))

    def goes_on(self, pos: int) -> bool:
        """Whether the number before explains what stands between: 15k-20k, 5mg-10mg, 1h30min."""
        if self.coded or pos - self.last > 14:
            return False
        between = self.text[self.last : pos]
        return between in ("-", "h") or (between.endswith("-") and _UNIT_DASH.fullmatch(between) is not None)

    def leading_point(self, pos: int) -> bool:
        """Whether the point before ``pos`` begins a decimal: P<.05, not v.5 or 第3.5条."""
        return pos < 2 or not (self.text[pos - 2].isalnum() or self.text[pos - 2] in ".)")

    # --- signs

    def signed(self, start: int, read: Reading) -> Numeral:
        """The number with the sign that stands before it: - 负 零下 零上 +."""
        if start - 2 >= max(self.last, 0) and self.text[start - 2] == "零" and self.text[start - 1] in "上下":
            below = self.text[start - 1] == "下"
            return _numeral(start - 2, negated(read, 2) if below else replace(read, length=read.length + 2))
        sign = self.sign(start)
        if sign < 0:
            return _numeral(start - 1, negated(read))
        return _numeral(start - 1, replace(read, length=read.length + 1)) if sign else _numeral(start, read)

    def sign(self, pos: int) -> int:
        """-1, 0 or 1 for the sign right before ``pos``; a dash between two numbers is none."""
        if not pos or self.text[pos - 1] not in "-−–+负":
            return 0
        c, before = self.text[pos - 1], self.text[pos - 2] if pos > 1 else " "
        if c == "–":  # a dash, but for what a scanner made of a minus: 温度为–5℃
            return -1 if before in _MINUS_AFTER else 0
        if c == "负":
            return 0 if before in _NO_MINUS else -1
        if before == " " and pos > 2:  # 5 -10 is a range, 为 -10 isn't
            before = self.text[pos - 3]
            free = not before.isalnum() or before in _SIGN_AFTER or pos - 3 > self.last + 4
            free = free or self.text.startswith("CI", pos - 4)
        else:
            free = before in _SIGN_AFTER or (
                "\u4e00" <= before <= "\u9fff"
                and (pos - self.last > 6 or not _CLAUSE.isdisjoint(self.text[self.last : pos - 1]))
            )
        return 0 if not free else 1 if c == "+" else -1

    # --- Chinese characters

    def hanzi(self, pos: int) -> list[Numeral] | int:
        text, c = self.text, self.text[pos]
        if c in VULGAR:
            value = DIVIDE.divide(Decimal(VULGAR[c][0]), Decimal(VULGAR[c][1]))
            return [_numeral(pos, Reading(1, value, shape="fraction"))]
        word = self.words.covering(text, pos) if self.words is not NO_WORDS else None
        if c == "半":
            return self.half(pos, word)
        if c == "数" and pos and text[pos - 1] in _NOUN_BEFORE_COUNT:
            return pos + 1
        if c == "零" and text.startswith(("上", "下"), pos + 1):
            return pos + 1
        if pos and text[pos - 1] in _COINS and self.coin(pos):
            return [_numeral(pos, Reading(1, Decimal(DIGITS[c]), shape="hanzi"))]
        read = self.with_wide_commas(pos, hanzi_number(text, pos, self.stop, self.units))
        if text.startswith("亿万", pos):
            read = Reading(2, Decimal(10**8), Decimal(10**8), None, "~", "hanzi")
        if read is None:
            return pos + 1
        if text.startswith("数以", max(pos - 2, 0)) and text.startswith("计", pos + read.length):
            return [_numeral(pos - 2, replace(read, length=read.length + 3, low=read.value, comparator="~"))]
        if word and self.hides(word, pos, read):
            return self.hide(word, pos)
        return self.checked(pos, read)

    def with_wide_commas(self, pos: int, read: Reading | None) -> Reading | None:
        """百分之１，１２３: read on where commas as wide as the digits set thousands apart."""
        end = pos + read.length if read else pos
        if not "０" <= self.written[end - 1 : end] <= "９" or not (
            m := _WIDE_THOUSANDS.match(self.text, end, self.stop)
        ):
            return read
        narrow = self.text[pos : m.end()].replace("，", ",")
        return hanzi_number(narrow, 0, len(narrow), self.units) or read

    def coin(self, pos: int) -> bool:
        """Whether the digit at ``pos`` stands alone behind a sum: 五 in 两块五一斤, 八 in 八元八角."""
        text = self.text
        if text[pos] not in DIGITS:
            return False
        if text.startswith("一", pos + 1):
            return text[pos - 1] in _SPOKEN_COINS and text[pos + 2 : pos + 3] in _PRICED
        return (
            text.startswith(("角", "毛"), pos + 1)
            and text[pos - 1] in _WHOLE_COINS
            and not text.startswith("形", pos + 2)
        )

    def checked(self, pos: int, read: Reading) -> list[Numeral] | int:
        """The reading as a numeral, once it is more than a lone 百 or a character of a word."""
        text, c = self.text, self.text[pos]
        surface = text[pos : pos + read.length]
        if c not in "十拾" and all(x in SCALES for x in surface) and surface != "亿万":
            return self.bare(pos, surface, read)
        if read.length == 1 and c in WEAK and not self.alone(pos) and not self.of_money(pos):
            return pos + 1
        if c == "几" and text[pos - 1 : pos] == "好":
            return [_numeral(pos - 1, replace(read, length=read.length + 1))]
        if surface == "一" and text.startswith("半", pos + 1) and not text.startswith(("导", "径"), pos + 2):
            return [_numeral(pos, Reading(2, Decimal("0.5"), shape="fraction"))]
        return [self.signed(pos, read)]

    def hides(self, word: tuple[int, int], pos: int, read: Reading) -> bool:
        """三国 hides 三, 万一 hides 万一; 一点 doesn't hide 一点五, nor does any word 十分之一."""
        if read.shape in ("percent", "fraction"):
            return False
        return pos + read.length <= word[1] or (word[0] < pos and read.shape == "digits")

    def hide(self, word: tuple[int, int], pos: int) -> int:
        if self.hidden is not None:
            self.hidden.append(word)
        return max(word[1], pos + 1)

    def half(self, pos: int, word: tuple[int, int] | None) -> list[Numeral] | int:
        if word:
            return self.hide(word, pos)
        if self.text.startswith("百", pos + 1) and self.text[pos + 2 : pos + 3] not in ("分", "姓", "货"):
            return [_numeral(pos, Reading(2, Decimal(50), shape="hanzi"))]
        return [_numeral(pos, Reading(1, Decimal("0.5"), shape="half"))]

    def alone(self, pos: int) -> bool:
        around = self.text[max(pos - 1, 0) : pos] + self.text[pos + 1 : pos + 2]
        return not any("\u4e00" <= c <= "\u9fff" for c in around)

    def of_money(self, pos: int) -> bool:
        """Whether the digit at ``pos`` counts 元, 角 or 分 of an amount: 伍元陆角."""
        before = self.text[pos - 1 : pos]
        said = before in ("元", "圆", "角", "零", "币", "计") or not "\u4e00" <= before <= "\u9fff"
        return said and self.text[pos + 1 : pos + 2] in ("元", "圆", "角", "分")

    def bare(self, pos: int, surface: str, read: Reading) -> list[Numeral] | int:
        """Scales without a digit: 近百, 上万, 百万, 百把 are numbers, a lone 百 or 万 is not."""
        before = self.text[pos - 1] if pos else ""
        if len(surface) == 1 and self.text.startswith("把", pos + 1):
            return [_numeral(pos, Reading(read.length + 1, read.value, comparator="~", shape=read.shape))]
        if before == "上" and self.text[pos - 2 : pos - 1] not in _NO_NUMBER_UP and read.value is not None:
            high = EXACT.multiply(read.value, Decimal(10))
            up = Reading(read.length + 1, read.value, read.value, high, ">=", read.shape)
            return [_numeral(pos - 1, up)]
        years = self.text.startswith("年", pos + 1)  # 百年, 千年
        if (len(surface) > 1 and surface not in ("万万", "百千")) or before in _SCALE_AFTER or years:
            return [_numeral(pos, read)]
        return pos + read.length


def _numeral(start: int, read: Reading) -> Numeral:
    return Numeral(start, start + read.length, "", "", read.value, read.low, read.high, read.comparator, read.shape)


def _is_code(text: str, pos: int) -> bool:
    """Whether the digits at ``pos`` are glued to a Latin word: H5N1, COVID-19; not RMB100, P<0.05."""
    at = pos - 1
    if text[at] in "-_":
        return at > 0 and text[at - 1] in _LATIN
    while at >= 0 and pos - at < 8 and text[at] in _LATIN:
        at -= 1
    return text[at + 1 : pos] not in _LABELS


def _pieces(cluster: str) -> Iterator[tuple[int, int]]:
    """Cuts 20，300 and 1,2,3 and 3.8.18 into numbers; 1,280.5 and 82，225.00 stay whole."""
    if _WIDE_GROUPED.fullmatch(cluster):
        yield 0, len(cluster)
        return
    at = 0
    for wide in cluster.split("，"):
        parts = [wide] if _GROUPED.fullmatch(wide) else wide.split(",")
        for part in parts:
            dotted = part.split(".") if part.count(".") > 1 else [part]
            for digits in dotted:
                yield at, at + len(digits)
                at += len(digits) + 1


def complete_scale(low: str, high: str) -> Decimal | None:
    """Value of ``low`` once it borrows the scale of ``high``: 15至20万 -> 150000. ``None``: it doesn't.

    The longest scale that keeps ``low`` below ``high`` is borrowed, so 十到二十万 begins at 100,000.

    >>> complete_scale("15", "20万"), complete_scale("八", "九百亿"), complete_scale("3", "5千万")
    (Decimal('150000'), Decimal('80000000000'), Decimal('30000000'))
    >>> complete_scale("十", "二十万"), complete_scale("1千", "3千万")
    (Decimal('100000'), Decimal('10000000'))
    >>> complete_scale("10万", "30万"), complete_scale("2000", "3万"), complete_scale("15", "20")
    (None, None, None)
    """
    first, second = parse(low), parse(high)
    if first is None or second is None or first.value is None or second.value is None:
        return None
    own, tail = _scales_at_end(low), _scales_at_end(high)
    if own and own != low:
        if not tail.startswith(own) or tail == own:
            return None
        tails = [tail[len(own) :]]
    else:
        tails = [tail[cut:] for cut in range(len(tail))]
    for scales in tails:
        factor = Decimal(1)
        for c in scales:
            factor *= SCALES[c]
        completed = EXACT.multiply(first.value, factor)
        if completed < second.value:
            return plain(completed)
    return None


def _scales_at_end(text: str) -> str:
    return text[len(text.rstrip("".join(SCALES))) :]
