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
from dataclasses import dataclass
from decimal import Context, Decimal
from functools import lru_cache

from pipeline.model import Numeral

__all__ = ["NumeralWords", "Reading", "complete_scale", "find_numerals", "parse"]

EXACT = Context(prec=96)
DIVIDE = Context(prec=28)
MAX_DIGITS = 30  # longer digit strings are codes, never amounts
MAX_RUN = 64

DIGITS = {c: v for v, cs in enumerate(("零〇○", "一壹幺弌", "二贰弍两俩", "三叁弎", "四肆", "五伍", "六陆",
                                       "七柒", "八捌", "九玖")) for c in cs}
SPOKEN = {"洞": 0, "拐": 7, "勾": 9}  # radio digits, only in strings that also say 幺
TENS = {"廿": 2, "卅": 3, "卌": 4}
SCALES = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000,
          "万": 10**4, "亿": 10**8, "兆": 10**12}
BIG = 10**4
VULGAR = {"½": "0.5", "¼": "0.25", "¾": "0.75", "⅓": "1/3", "⅔": "2/3", "⅕": "0.2", "⅛": "0.125"}
SUPER = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
WEAK = set("陆伍肆拾佰仟捌俩")  # 登陆, 放肆, 拾取: numerals only beside another numeral, or all alone
PAIRS = {a + b for a, b in zip("一二三四五六七八", "二三四五六七八九", strict=True)} | {"三五", "两三", "一两", "三两"}
PAIR_AFTER = set("个位名家种年天周月日次例项条小分岁句声块篇步部代句件只头张度成倍层点人十百千万亿")
DEFAULT_PREFIXED = frozenset(
    "千米 千克 千瓦 千赫 千卡 千帕 千伏 千安 千焦 千升 千比特 千字节 千吨级 千欧 千牛 千分尺 兆赫 兆瓦 兆字节 兆比特 "
    "兆帕 兆焦 兆欧 兆伏 兆吨 兆位 百帕 百分点 百分比 百分制 百分率 百分位".split())

_HAN = "".join(DIGITS) + "".join(TENS) + "".join(SCALES)
_SCALE = "".join(SCALES)
_DOT = "零〇○一二三四五六七八九幺壹贰叁肆伍陆柒捌玖"
_START = re.compile(rf"[0-9{_HAN}半½¼¾⅓⅔⅕⅛]|[几数](?=[十百千万亿])")
_CLUSTER = re.compile(r"\d++(?:[.,，]\d++)*+")
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?")
_WIDE_GROUPED = re.compile(r"[1-9]\d{0,2}(?:，\d{3})+\.\d+|[1-9]\d?(?:，\d{3}){2,}")
_SPACED = re.compile(  # 1 280人, 60 000 例; columns of a table (100 200 300) stay apart
    r"(?:[1-9]\d?((?:[ \u00a0\u2009\u202f]\d{3}){1,3})|[1-9]\d{2}((?:[ \u00a0\u2009\u202f]\d{3})?[ \u00a0\u2009\u202f]000))"
    r"(?![\d.,]{0,9}\d)(?! \d)(?=$|[ \u00a0]?[^\x00-\x7f]|[.,;)%])")
_DIGIT_RUN = re.compile(rf"[{_DOT}两洞拐勾]++")
_RUN = re.compile(rf"[{_HAN}0-9., 几数多余来点分之又半负洞拐勾\-]{{1,{MAX_RUN}}}")
_ARABIC = re.compile(r"\d{1,3}(?:,\d{3})++(?!\d)(?:\.\d++)?|\d++(?:\.\d++)?")
_AFTER = frozenset(_SCALE + "多余来几点分又/^×xX*·eEkKw+ 零" + "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_POWER = re.compile(
    r"(?: ?[×xX*✕·] ?10)(?:\^(?P<e1>[-−+]?\d{1,3})|(?P<e2>[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3})|(?P<e3>1?\d)(?=/[LlkKmMμu]))"
    r"|[eE](?P<e4>[-+]?\d{1,3})(?![\w.])"
    r"|\^(?P<p1>-?\d{1,3})(?!\w)|(?<=10)(?P<p2>[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3})")
_SLASH = re.compile(r"/(\d{1,4})(?![\d/.]|[-:]\d)")
_MIXED = re.compile(r" (\d{1,2})/(\d{1,2})(?![\d/.])")
_PART_OF = re.compile(r" {0,2}分 {0,2}之 {0,2}")
_PART_NEXT = re.compile(rf"[-负]?[0-9{_HAN}几]")
_MORE = re.compile(r"多(?!元[化素]|媒|边形|数|少|云|功能)|余(?![额款量热温生地留悸粮])|来(?![自到源说看临袭讲往])|几")
_COUNTED = frozenset("家人名个种项年次位件天万亿元款篇所户场例台辆条")
_LATIN = re.compile(r"[A-Za-z]")
_LABELS = frozenset("RMB USD CNY HKD TWD NTD EUR GBP JPY US HK NT CI HR OR RR SD P p n N x X R r y FY Q Rs S A C".split())
_NOUN_NUMBER = frozenset("总人倍多少指次系户岁分基参个奇偶整位字函件辆台项架约")
_BEFORE_BARE = frozenset("近约超逾过达破足到每满上几数这")
_BEFORE_UP = frozenset("以马网海路身线晚早")
_NOT_MINUS = frozenset("正胜担抱辜肩自欺背减亏")
_CLAUSE = frozenset(",，、。;；:：()（） \n")
_SIGN_AFTER = frozenset("至到为是约达降升仅~～(（[{:：=<>≤≥＜＞,，、。；;\"'“‘ \t\n　")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a number string says: ``value``, or ``low``/``high`` where it names a range itself.

    Where ``value`` is set, ``low``/``high`` only bound it (30余: value 30, low 30, high 40).
    """

    length: int
    value: Decimal | None
    low: Decimal | None = None
    high: Decimal | None = None
    comparator: str = "="
    shape: str = "arabic"


class NumeralWords:
    """Words that contain numeral characters and are no numbers: 四川, 统一, 一般.

    >>> words = NumeralWords(["四川", "统一", "万一"])
    >>> [n.value for n in find_numerals("四川统一了三家", words=words)]
    [Decimal('3')]
    """

    def __init__(self, terms: Iterable[str] = ()) -> None:
        self.ahead: dict[str, list[tuple[int, str]]] = defaultdict(list)
        self.behind: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for term in sorted(set(terms), key=len, reverse=True):
            at = next((i for i, c in enumerate(term) if c in _HAN or c == "半"), None)
            if at is None or len(term) < 2:
                continue
            if at + 1 < len(term):
                self.ahead[term[at : at + 2]].append((at, term))
            else:
                self.behind[term[at - 1 : at + 1]].append((at, term))

    def covering(self, text: str, at: int) -> tuple[int, int] | None:
        """Span of the longest word whose first numeral character stands at ``at``."""
        best: tuple[int, int] | None = None
        for offset, term in self.ahead.get(text[at : at + 2], ()):
            if offset <= at and text.startswith(term, at - offset):
                best = (at - offset, at - offset + len(term))
                break
        if at:
            for offset, term in self.behind.get(text[at - 1 : at + 1], ()):
                if offset <= at and text.startswith(term, at - offset):
                    if best is None or best[1] - best[0] < len(term):
                        best = (at - offset, at - offset + len(term))
                    break
        return best


NO_WORDS = NumeralWords()


# --- one number string ------------------------------------------------------------------------

# A token is (kind, value, width): d digit, a Arabic number, s scale, z zero; width = digits written.
_Token = tuple[str, Decimal, int]


def _evaluate(tokens: list[_Token]) -> Decimal:
    """Value of structured tokens; a last single digit after a scale counts tenths of it (两万三)."""
    big = max((t[1] for t in tokens if t[0] == "s" and t[1] >= BIG), default=None)
    if big is not None:
        at = max(i for i, t in enumerate(tokens) if t[0] == "s" and t[1] == big)
        left, right = tokens[:at], tokens[at + 1 :]
        total = EXACT.multiply(_evaluate(left) if left else Decimal(1), big)
        if len(right) == 1 and right[0][0] in "da" and right[0][2] == 1:
            return EXACT.add(total, EXACT.multiply(right[0][1], EXACT.divide(big, Decimal(10))))
        return EXACT.add(total, _evaluate(right)) if right else total
    total, waiting, last, digits = Decimal(0), None, None, 0
    for kind, value, width in tokens:
        if kind == "s":
            total = EXACT.add(total, EXACT.multiply(Decimal(1) if waiting is None else waiting, value))
            waiting, last = None, value
        elif kind == "z":
            last = None
        else:
            waiting, digits = value, width
    if waiting is None:
        return total
    if last in (100, 1000) and digits == 1:
        waiting = EXACT.multiply(waiting, EXACT.divide(last, Decimal(10)))
    return EXACT.add(total, waiting)


def _plain(value: Decimal) -> Decimal:
    """Without exponent or trailing zeros that only the scale brought: 140000000, not 140000000.0."""
    value = value.normalize(EXACT)
    return value.quantize(Decimal(1), context=EXACT) if value.as_tuple().exponent > 0 else value  # type: ignore[operator]


def _swallows_unit(s: str, i: int, tokens: list[_Token], units: frozenset[str]) -> bool:
    """Whether the scale at ``i`` begins a unit (12千米); 一万五千米 is 15,000 米 all the same."""
    if s[i] not in "千兆百" or not any(s[i : i + n] in units for n in (2, 3, 4)):
        return False
    scales = [t[1] for t in tokens if t[0] == "s"]
    return not (tokens and tokens[-1][0] == "d" and scales and scales[-1] >= 1000)


def _structured(s: str, i: int, units: frozenset[str]) -> Reading | None:
    """The longest number built from digits and scales at ``i`` of ``s``; length counts from ``i``."""
    begin, tokens, end = i, [], i
    limit = 10**5  # small scales must fall inside a section
    pair: tuple[int, Decimal] | None = None  # index of the token that has two readings
    more: tuple[int, str] | None = None  # index in tokens where 余 多 来 几 stands
    vague, bigs = "", 0
    seen_hanzi = seen_arabic = False
    n = len(s)
    if s[i] in "几数":  # 几十, 数百万
        vague, i = s[i], i + 1
    while i < n:
        c = s[i]
        last = tokens[-1][0] if tokens else ""
        if c == " ":
            j = i + 1 if i + 1 < n and s[i + 1] != " " else i + 2
            if j < n and tokens and (s[j] in SCALES or last == "s" and (s[j] in DIGITS or s[j].isdecimal())
                                     or s[j] in "余多几"):
                if s[j] in SCALES and any(s[j : j + k] in units for k in (2, 3, 4)):
                    break
                i = j
                continue
            break
        if "0" <= c <= "9":
            if last not in ("", "s", "z") or more:
                break
            m = _ARABIC.match(s, i)
            assert m
            digits = m.group().replace(",", "")
            value = Decimal(digits)
            if last and (value >= (tokens[-1][1] if last == "s" else 10**4) or len(digits) > 8):
                break
            tokens.append(("a", value, len(digits)))
            seen_arabic, i = True, m.end()
        elif c in "零〇○":
            rest = s[i + 1 : i + 2]
            if not tokens and not vague:
                if rest in SCALES and rest in "十拾":
                    i += 1
                    continue
                tokens.append(("d", Decimal(0), 1))
                end = i + 1
                break
            if last == "z" and rest and (rest in DIGITS):
                i += 1
                continue
            if last != "s" or not rest or not (rest in DIGITS or rest.isdecimal() or rest in "十拾几"):
                break
            tokens.append(("z", Decimal(0), 0))
            i += 1
            continue
        elif c in DIGITS or c in TENS:
            if more or vague:
                break
            if last == "d" and pair is None and s[i - 1] + c in PAIRS and s[i - 1] != " ":
                follows = s[i + 1 : i + 2]
                if follows in DIGITS or (follows == "点" and s[i + 2 : i + 3] in DIGITS and s[i + 2 : i + 3]) or (
                        c == "两" and follows not in PAIR_AFTER) or (follows and s[i - 1] + c == "三两" and follows not in PAIR_AFTER):
                    break
                pair = (len(tokens) - 1, Decimal(DIGITS[c]))
                i += 1
                end = i
                continue
            if last not in ("", "s", "z"):
                break
            if c == "两" and tokens and s[i + 1 : i + 2] not in tuple("百千万亿佰仟"):
                break
            if c in TENS:
                tokens += [("d", Decimal(TENS[c]), 1), ("s", Decimal(10), 0)]
                limit = 10
            else:
                tokens.append(("d", Decimal(DIGITS[c]), 1))
            seen_hanzi, i = True, i + 1
        elif c in SCALES:
            scale = SCALES[c]
            if _swallows_unit(s, i, tokens, units):
                break
            if scale < BIG:
                if more or scale >= limit or (last in ("s", "z") and scale > 10):
                    break
                limit = scale
            else:
                if last == "z" or (not tokens and s[i + 1 : i + 2] not in ("亿",) and not vague and n > i + 1
                                   and s[i + 1] in "万千"):
                    break
                bigs += 1
                if bigs > 4:
                    break
                limit = 10**5
            tokens.append(("s", Decimal(scale), 0))
            seen_hanzi, i = True, i + 1
        elif c in "多余来几" and tokens and not more and not pair and not vague:
            m = _MORE.match(s, i)
            if not m or not _may_add(c, tokens, s[i + 1 : i + 2]):
                break
            if c == "几" and last == "z":
                tokens.pop()
            more, i = (len(tokens), c), i + 1
            if c == "几" and s[i : i + 1] in ("十", "百", "千") and tokens[-1][1] > SCALES[s[i]]:
                i += 1  # 一百几十
        else:
            break
        end = i
    if not tokens:
        return None
    if tokens[-1][0] == "z":
        tokens.pop()
    shape = "mixed" if seen_hanzi and seen_arabic else "arabic" if seen_arabic else "hanzi"
    value = _evaluate(tokens)
    if seen_hanzi:
        value = _plain(value)
    if pair:
        at, other = pair
        high = _plain(_evaluate([*tokens[:at], ("d", other, 1), *tokens[at + 1 :]]))
        low, high = sorted((value, high))
        return Reading(end - begin, None, low, high, "=", shape)
    if vague:
        return Reading(end - begin, value, value, EXACT.multiply(value, Decimal(10)), "~", shape)
    if more:
        at, mark = more
        step = _step(tokens[at - 1])
        for _, scale_value, _ in tokens[at:]:
            step = EXACT.multiply(step, scale_value)
        if tokens[at - 1][0] == "s":  # scales right before the mark: 百二十|多|万 has 十, 千万|多 has 万
            for kind, scale_value, _ in reversed(tokens[: at - 1]):
                if kind != "s":
                    break
                step = EXACT.multiply(step, scale_value) if step >= BIG else step
        return Reading(end - begin, value, value, EXACT.add(value, step), "~" if mark == "来" else ">", shape)
    return Reading(end - begin, value, shape=shape)


def _may_add(mark: str, tokens: list[_Token], follows: str) -> bool:
    """Whether 余 多 来 几 can follow the tokens: after a scale, or an Arabic multiple of ten."""
    kind, value, _ = tokens[-1]
    if mark == "几":
        return kind in "sz"
    round_number = kind == "s" or (kind == "a" and (value % 10 == 0 and value > 0 or mark == "余" and value >= 10))
    return round_number and not (mark == "来" and (value >= 1000 or not follows))


def _step(token: _Token) -> Decimal:
    kind, value, _ = token
    if kind == "s":
        return value
    exponent = max(int(value.normalize(EXACT).as_tuple().exponent), 0)
    return Decimal(10) ** min(exponent, 12) if value else Decimal(1)


def _digit_string(s: str, i: int) -> Reading | None:
    """二〇二五, 一九四九, 幺幺零: one character a digit, at least two of them and no range pair."""
    m = _DIGIT_RUN.match(s, i)
    if not m:
        return None
    run = m.group()
    if not ("幺" in run and len(run) > 2):  # 两 洞 拐 count as digits only on the radio
        cut = re.match(rf"[{_DOT}]*", run)
        run = cut.group() if cut else ""
    if len(run) < 2 or (len(run) == 2 and run in PAIRS):
        return None
    after = s[i + len(run) : i + len(run) + 1]
    if after in SCALES and after and not (SCALES[after] >= BIG and len(run) > 2):
        if len(run) == 2:
            return None
        run = run[:-1]  # 二〇二五十月: the last digit belongs to its scale
        if len(run) == 2 and run in PAIRS:
            return None
    if len(run) > MAX_DIGITS:
        return Reading(len(run), None, shape="code")
    value = Decimal("".join(str(DIGITS.get(c, SPOKEN.get(c))) for c in run))
    return Reading(len(run), value, shape="digits")


def _decimals(s: str, i: int, whole: Reading) -> Reading:
    """Adds 点五 to a whole number that ends at ``i``, unless it tells a time (九点三十, 3点05分)."""
    if whole.value is None or whole.comparator != "=" or s[i : i + 1] != "点":
        return whole
    m = re.compile(rf"[{_DOT}]{{1,40}}+|\d{{1,20}}+").match(s, i + 1)
    if not m:
        return whole
    run, after = m.group(), s[m.end() : m.end() + 2]
    clock = whole.value <= 24
    if after[:1] and after[0] in "十拾百千刻":
        return whole
    if run.isascii():
        if clock and (len(run) == 2 or after[:1] in ("分", ":") and after not in ("分之", "分钟")):
            return whole
        digits = run
    else:
        if clock and after[:1] == "分" and after not in ("分之", "分钟") and (len(run) == 2 or run[0] in "零〇"):
            return whole
        digits = "".join(str(DIGITS[c]) for c in run)
    value = EXACT.add(whole.value, Decimal("0." + digits))
    end, scale = m.end(), Decimal(1)
    while end < len(s) and s[end] in "万亿兆":
        scale, end = scale * SCALES[s[end]], end + 1
    if scale != 1:
        value = _plain(EXACT.multiply(value, scale))
    return Reading(whole.length + end - i, value, shape=whole.shape if whole.shape != "digits" else "hanzi")


def _signed(s: str, i: int, units: frozenset[str]) -> Reading | None:
    """A whole or decimal number at ``i`` that may begin with a sign (inside fractions)."""
    minus = s[i : i + 1] in ("-", "负", "−")
    read = _whole(s, i + minus, units)
    if read is None or not minus:
        return read
    return _negate(read)


def _negate(read: Reading) -> Reading:
    def flip(x: Decimal | None) -> Decimal | None:
        return None if x is None else x.copy_negate()

    return Reading(read.length + 1, flip(read.value), flip(read.high), flip(read.low), read.comparator, read.shape)


def _whole(s: str, i: int, units: frozenset[str]) -> Reading | None:
    if i >= len(s):
        return None
    read = _digit_string(s, i) or _structured(s, i, units)
    return None if read is None else _decimals(s, i + read.length, read)


@lru_cache(maxsize=65536)
def _read(s: str, units: frozenset[str]) -> Reading | None:
    """The longest number at the start of ``s``: whole, decimal, 分之 fraction, 又 mixed fraction."""
    first = _whole(s, 0, units)
    if first is None:
        return None
    whole, base, at = Decimal(0), first, 0
    if s[first.length :].lstrip(" ").startswith("又") and first.value is not None:
        j = s.index("又", first.length) + 1
        j += len(s[j:]) - len(s[j:].lstrip(" "))
        second = _whole(s, j, units)
        if second and _PART_OF.match(s, j + second.length):
            whole, base, at = first.value, second, j
    m = _PART_OF.match(s, at + base.length)
    if not m or base.value is None or base.value == 0 or not _PART_NEXT.match(s, m.end()):
        return first
    top = _signed(s, m.end(), units)
    if top is None:
        return first
    length = m.end() + top.length
    if s[:at + base.length] in ("百", "佰"):
        return Reading(length, top.value, top.low, top.high, top.comparator, "percent")
    bottom = base.value

    def part(x: Decimal | None) -> Decimal | None:
        return None if x is None else DIVIDE.add(whole, DIVIDE.divide(x, bottom))

    return Reading(length, part(top.value), part(top.low), part(top.high), top.comparator, "fraction")


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
    >>> says("30余", "一百二十多万", "十来", "几十", "上万", "数百", "十几")
    > 30 30..40 arabic
    > 1200000 1200000..1300000 hanzi
    ~ 10 10..20 hanzi
    ~ 10 10..100 hanzi
    >= 10000 10000..100000 hanzi
    ~ 100 100..1000 hanzi
    > 10 10..20 hanzi
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


# --- running text -----------------------------------------------------------------------------


def find_numerals(
    shadow: str,
    start: int = 0,
    end: int | None = None,
    words: NumeralWords = NO_WORDS,
    units: frozenset[str] = DEFAULT_PREFIXED,
) -> Iterator[Numeral]:
    """Every number of ``shadow[start:end]``, left to right, never overlapping, in its offsets.

    ``words`` hides numerals inside other words; ``units`` are unit words that begin with a scale
    character. Dotted strings (3.8.18, 192.168.1.1) come as separate whole numbers. Digits that are
    glued to a Latin word (H5N1, GLP-1) and strings beyond 30 digits have the shape ``code``.

    >>> [(shadow[n.start:n.end], str(n.value)) for shadow in ["共1 280人,增长-3.5%,约12千米"] for n in find_numerals(shadow)]
    [('1 280', '1280'), ('-3.5', '-3.5'), ('12', '12')]
    >>> [n.shape for n in find_numerals("GLP-1和3.8.18")]
    ['code', 'arabic', 'arabic', 'arabic']
    """
    stop = len(shadow) if end is None else end
    at, last = start, start - 8
    search = _START.search
    while True:
        m = search(shadow, at, stop)
        if m is None:
            return
        pos = m.start()
        found = _arabic(shadow, pos, stop, last, units) if "0" <= shadow[pos] <= "9" else _hanzi(
            shadow, pos, stop, last, words, units)
        if isinstance(found, int):  # nothing here; go on from there
            at = found
            continue
        yield from found
        at = last = found[-1].end


def _numeral(start: int, read: Reading, length: int | None = None) -> Numeral:
    return Numeral(start, start + (read.length if length is None else length), "", "", read.value, read.low,
                   read.high, read.comparator, read.shape)


def _sign(text: str, pos: int, last: int) -> int:
    """-1, 0 or 1: the sign that stands right before ``pos`` and belongs to the number there."""
    if not pos:
        return 0
    c = text[pos - 1]
    if c == "负":
        return 0 if pos > 1 and text[pos - 2] in _NOT_MINUS else -1
    if c not in "-−+":
        return 0
    if pos > 1:
        before = text[pos - 2]
        if before == " ":
            before = text[pos - 3] if pos > 2 else " "
            if before.isalnum() and pos - 3 <= last + 4 and before not in _SIGN_AFTER:
                return 0
        elif before not in _SIGN_AFTER and (
                not "\u4e00" <= before <= "\u9fff" or pos - 1 - last < 6 and _CLAUSE.isdisjoint(text[last : pos - 1])):
            return 0
    return 1 if c == "+" else -1


def _with_sign(text: str, start: int, last: int, read: Reading) -> Numeral:
    if start > 1 and text.startswith("零下", start - 2):
        below = _negate(read)
        return _numeral(start - 2, below, read.length + 2)
    sign = _sign(text, start, last)
    if not sign:
        return _numeral(start, read)
    if sign > 0:
        return _numeral(start - 1, read, read.length + 1)
    return _numeral(start - 1, _negate(read))


def _is_code(text: str, pos: int) -> bool:
    """Whether the digits at ``pos`` are glued to a Latin word: H5N1, COVID-19; not RMB100, P<0.05."""
    k = pos - 1
    if k < 0:
        return False
    if text[k] in "-_" and k and _LATIN.match(text[k - 1]):
        return True
    if not _LATIN.match(text[k]):
        return False
    j = k
    while j >= 0 and pos - j < 8 and _LATIN.match(text[j]):
        j -= 1
    return text[j + 1 : pos] not in _LABELS


def _arabic(text: str, pos: int, stop: int, last: int, units: frozenset[str]) -> list[Numeral] | int:
    m = _CLUSTER.match(text, pos, stop)
    assert m
    cluster, end = m.group(), m.end()
    if not cluster.isdecimal():
        pieces = list(_pieces(cluster))
        if len(pieces) > 1:
            out = [_single(text, pos + a, pos + b, last if i == 0 else pos + pieces[i - 1][1], units, bare=i + 1 < len(pieces), stop=stop)
                   for i, (a, b) in enumerate(pieces)]
            return out
    return [_single(text, pos, end, last, units, bare=False, stop=stop)]


def _pieces(cluster: str) -> Iterator[tuple[int, int]]:
    """Cuts 20，300 and 1,2,3 and 3.8.18 into numbers; 1,280.5 and 82，225.00 stay whole."""
    if _WIDE_GROUPED.fullmatch(cluster) or _GROUPED.fullmatch(cluster):
        yield 0, len(cluster)
        return
    at = 0
    for wide in cluster.split("，"):
        if _GROUPED.fullmatch(wide):
            yield at, at + len(wide)
        else:
            inner = at
            for part in wide.split(","):
                if part.count(".") > 1:
                    dot = inner
                    for digits in part.split("."):
                        yield dot, dot + len(digits)
                        dot += len(digits) + 1
                else:
                    yield inner, inner + len(part)
                inner += len(part) + 1
        at += len(wide) + 1


def _single(text: str, pos: int, end: int, last: int, units: frozenset[str], bare: bool, stop: int) -> Numeral:
    """The Arabic number ``text[pos:end]`` with what may continue it (scale, power, fraction)."""
    if end - pos > MAX_DIGITS:
        return Numeral(pos, end, shape="code")
    if pos and text[pos - 1] in "." or pos and _LATIN.match(text[pos - 1]) or pos > 1 and text[pos - 1] in "-_":
        if text[pos - 1] == "." and (pos < 2 or not (text[pos - 2].isalnum() or text[pos - 2] in ".)")) and text[pos:end].isdecimal():
            return _with_sign(text, pos - 1, last, Reading(end - pos + 1, Decimal("0." + text[pos:end])))
        if _is_code(text, pos):
            return Numeral(pos, end, value=Decimal(re.sub("[,，]", "", text[pos:end])), shape="code")
    digits = text[pos:end].replace(",", "").replace("，", "")
    if bare or end >= stop or text[end] not in _AFTER:
        return _with_sign(text, pos, last, Reading(end - pos, Decimal(digits)))
    return _with_sign(text, pos, last, _continued(text, pos, end, digits, units, stop))


def _continued(text: str, pos: int, end: int, digits: str, units: frozenset[str], stop: int) -> Reading:
    c, value = text[end], Decimal(digits)
    plain = Reading(end - pos, value)
    if c == " ":
        m = _MIXED.match(text, end, stop)
        if m and digits.isdecimal() and int(m[2]):
            whole = DIVIDE.add(value, DIVIDE.divide(Decimal(m[1]), Decimal(m[2])))
            return Reading(m.end() - pos, whole, shape="fraction")
        m = _SPACED.match(text, pos, stop)
        if m and max(m.start(1), m.start(2)) == end and (pos == 0 or text[pos - 1] not in " .-/:" or pos > 1 and not text[pos - 2].isalnum()):
            return Reading(m.end() - pos, Decimal(re.sub(r"\D", "", m.group())))
        k = end + 1 if text[end + 1 : end + 2] != " " else end + 2
        if text[k : k + 1] not in tuple("万亿千百余多又分"):
            return plain
    if c in "^×xX*·eE" or c in "⁰¹²³⁴⁵⁶⁷⁸⁹⁻":
        return _power(text, pos, end, value, stop) or plain
    if c == "/":
        return _slash(text, pos, end, value, stop) or plain
    if c in "kK" and not re.match(r"\w", text[end + 1 : end + 2] or "!", re.ASCII) and (c == "k" or value >= 10):
        return Reading(end + 1 - pos, _plain(value * 1000), shape="mixed")
    if c == "w" and text[end + 1 : end + 2] in tuple("+元块人名粉个多余"):
        return Reading(end + 1 - pos, _plain(value * 10000), shape="mixed")
    if c == "+":
        ok = text[end + 1 : end + 2] in _COUNTED and value >= 10 and text[end + 1 : end + 2] != ""
        return Reading(end + 1 - pos, value, value, None, ">") if ok else plain
    run = _RUN.match(text, pos, stop)
    if run is None or "，" in text[pos:end]:
        return plain
    read = _read(text[pos : min(run.end() + 4, stop)], units)
    if read is None or read.length <= plain.length:
        return plain
    if read.length == plain.length + 1 and text[end] in "万千百" and text[end + 1 : end + 2] == "分" and text[end + 2 : end + 3] == "之":
        return plain
    return read


def _power(text: str, pos: int, end: int, value: Decimal, stop: int) -> Reading | None:
    m = _POWER.match(text, end, stop)
    if not m:
        return None
    ten = m["e1"] or m["e2"] or m["e3"] or m["e4"]
    if ten:
        exponent = int(ten.translate(SUPER).replace("−", "-"))
        result = _plain(value.scaleb(exponent, context=EXACT)) if abs(exponent) <= 60 else None
    else:
        exponent = int((m["p1"] or m["p2"]).translate(SUPER))
        result = _plain(DIVIDE.power(value, Decimal(exponent))) if abs(exponent) <= 60 and value else None
    return Reading(m.end() - pos, result)


def _slash(text: str, pos: int, end: int, value: Decimal, stop: int) -> Reading | None:
    """1/5, 3/2: small whole numbers; 140/90, 2023/24, 5/20/2024 are no fractions."""
    m = _SLASH.match(text, end, stop)
    if not m or value != value.to_integral_value() or "." in text[pos:end] or (pos and text[pos - 1] == "/"):
        return None
    bottom = Decimal(m[1])
    if not bottom or not value or m[1][0] == "0" or not (value < bottom <= 1000 or (bottom <= 9 and value <= 99 and bottom > 1)):
        return None
    return Reading(m.end() - pos, DIVIDE.divide(value, bottom), shape="fraction")


def _hanzi(
    text: str, pos: int, stop: int, last: int, words: NumeralWords, units: frozenset[str]
) -> list[Numeral] | int:
    c = text[pos]
    if c in VULGAR:
        top, _, bottom = VULGAR[c].partition("/")
        value = DIVIDE.divide(Decimal(top), Decimal(bottom or "1"))
        return [_numeral(pos, Reading(1, value, shape="fraction"))]
    hidden = words.covering(text, pos) if words is not NO_WORDS else None
    if c == "半":
        return _half(text, pos, hidden)
    if c in "数" and pos and text[pos - 1] in _NOUN_NUMBER:
        return pos + 1
    if text.startswith(("亿万", "零下"), pos):
        return [_numeral(pos, Reading(2, Decimal(10**8), Decimal(10**8), None, "~", "hanzi"))] if c == "亿" else pos + 2
    read = _reading(text, pos, stop, units)
    if read is None:
        return pos + 1
    if text.startswith("数以", max(pos - 2, 0)) and text.startswith("计", pos + read.length):
        return [Numeral(pos - 2, pos + read.length + 1, "", "", read.value, read.value, None, "~", "hanzi")]
    if hidden and read.shape not in ("percent", "fraction") and (
            pos + read.length <= hidden[1] or (hidden[0] < pos and read.shape == "digits")):
        return max(hidden[1], pos + 1)
    begin = pos
    if all(x in SCALES for x in text[pos : pos + read.length]) and c not in "十拾":
        bare = _bare(text, pos, read)
        if isinstance(bare, int):
            return bare
        begin, read = bare
    elif read.length == 1 and c in WEAK and not _alone(text, pos):
        return pos + 1
    if begin == pos and pos and text[pos] in "几" and text[pos - 1] == "好":
        begin, read = pos - 1, Reading(read.length + 1, read.value, read.low, read.high, read.comparator, read.shape)
    if read.length == 1 and text[pos + 1 : pos + 2] == "半" and c == "一" and text[pos + 2 : pos + 3] not in tuple("导径"):
        return [_numeral(pos, Reading(2, Decimal("0.5"), shape="fraction"))]
    return [_with_sign(text, begin, last, read)]


def _reading(text: str, pos: int, stop: int, units: frozenset[str]) -> Reading | None:
    after = text[pos + 1 : pos + 2]
    if text[pos] in DIGITS and after not in _CONTINUES:
        return Reading(1, Decimal(DIGITS[text[pos]]), shape="hanzi")
    digits = _DIGIT_RUN.match(text, pos, stop)
    if digits and digits.end() - pos > MAX_DIGITS:
        return Reading(digits.end() - pos, None, shape="code")
    run = _RUN.match(text, pos, stop)
    return _read(text[pos : min(run.end() + 4, stop)], units) if run else None


_CONTINUES = frozenset(_HAN + "0123456789 几点分又")


def _half(text: str, pos: int, hidden: tuple[int, int] | None) -> list[Numeral] | int:
    if hidden:
        return hidden[1]
    if text[pos + 1 : pos + 2] == "百" and text[pos + 2 : pos + 3] not in tuple("分姓货"):
        return [_numeral(pos, Reading(2, Decimal(50), shape="hanzi"))]
    return [_numeral(pos, Reading(1, Decimal("0.5"), shape="half"))]


def _alone(text: str, pos: int) -> bool:
    def hanzi(c: str) -> bool:
        return "\u4e00" <= c <= "\u9fff"

    return not (pos and hanzi(text[pos - 1])) and not hanzi(text[pos + 1 : pos + 2] or " ")


def _bare(text: str, pos: int, read: Reading) -> tuple[int, Reading] | int:
    """Scales without a digit: 近百, 上万, 百万, 百余 are numbers, a lone 百 or 万 is not."""
    surface = text[pos : pos + read.length]
    before = text[pos - 1 : pos] if pos else ""
    if before == "上" and text[pos - 2 : pos - 1] not in _BEFORE_UP | {"成"} or before == "上" and pos == 1:
        high = EXACT.multiply(read.value, Decimal(10)) if read.value is not None else None
        return pos - 1, Reading(read.length + 1, read.value, read.value, high, ">=", read.shape)
    if len(surface) > 1 and surface not in ("万万", "百千"):
        return pos, read
    if before in _BEFORE_BARE and before:
        return pos, read
    return pos + read.length


def complete_scale(low: str, high: str) -> Decimal | None:
    """Value of ``low`` once it borrows the scale of ``high``: 15至20万 -> 150000. ``None``: it doesn't.

    >>> complete_scale("15", "20万"), complete_scale("八", "九百亿"), complete_scale("3", "5千万")
    (Decimal('150000'), Decimal('80000000000'), Decimal('30000000'))
    >>> complete_scale("10万", "30万"), complete_scale("2000", "3万"), complete_scale("15", "20")
    (None, None, None)
    """
    first, second = parse(low), parse(high)
    if first is None or second is None or first.value is None or second.value is None:
        return None
    tail = high[len(high.rstrip("十百千万亿兆拾佰仟")) :]
    own = low[len(low.rstrip("十百千万亿兆拾佰仟")) :]
    if own and own != low and not (tail.startswith(own) and len(tail) > len(own)):
        return None
    for cut in range(len(tail)):
        scales = tail[cut:]
        factor = Decimal(1)
        for c in scales:
            factor *= SCALES[c]
        rest = second.value / factor
        if own and own != low and scales != tail[len(own) :]:
            continue
        if first.value < (rest if not own or own == low else rest) and factor > 1:
            return _plain(EXACT.multiply(first.value, factor))
    return None
