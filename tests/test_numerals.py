"""Numerals: what would be caught is named by each test; the public suites are read where they lie beside the repository."""

from __future__ import annotations

import itertools
import json
import re
import time
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.numerals import NumeralWords, complete_scale, find_numerals, parse, vague_numbers
from pipeline.stages.convert import simplify
from pipeline.words import read_words

CASES = Path(__file__).parents[2] / "shared" / "cases"
WORDS = NumeralWords(row["term"] for row in read_words("numeral_words"))


def read(text: str) -> list[str]:
    """``text=value`` of every numeral, ``low..high`` where it has no value, the comparator where it says one."""
    out = []
    for n in find_numerals(text, words=WORDS):
        value = f"{n.low}..{n.high}" if n.value is None else f"{n.value:f}"
        out.append(f"{text[n.start : n.end]}{n.comparator}{value}")
    return out


NOT_NUMBERS = """四川 三峡 李四 三甲医院 一旦发生 统一标准 万一 十分重要 千万不要 百姓 五角大楼 两会 半导体 一线城市 二手房
三农 七夕 八卦 九江 十堰 百度 千岛湖 万科 一般 一系列 一体化 千方百计 唯一 朝花夕拾 放肆 登陆部队 万 万元 百货
零售 零件 十四五规划 十五五 九三学社 三一重工 二甲双胍 上半年 四氢 四舍五入 一带一路 乱七八糟 二十大 近乎统一"""


@pytest.mark.parametrize("text", NOT_NUMBERS.split())
def test_words_with_numeral_characters_are_no_numbers(text: str) -> None:
    assert read(text) == []


# one line a case: text, then what must be read
SPANS = """
20，300美元 | 20=20 300=300
82，225.00元 | 82，225.00=82225.00
1，234，567元 | 1，234，567=1234567
1,280.5元 | 1,280.5=1280.5
1,2,3,400 | 1=1 2=2 3=3 400=400
12千米 | 12=12
两千赫 | 两=2
一万五千米 | 一万五千=15000
100000万 | 100000万=1000000000
3千万元 | 3千万=30000000
16.4亿 | 16.4亿=1640000000
4.78万亿 | 4.78万亿=4780000000000
3.8.18 | 3=3 8=8 18=18
192.168.1.1 | 192=192 168=168 1=1 1=1
9点30分 | 9=9 30=30
九点三十分 | 九=9 三十=30
三点零五分 | 三=3 零五=5
九点半 | 九=9 半=0.5
三点五分钟 | 三点五=3.5
24点5度 | 24点5=24.5
一点两小时 | 一=1 两=2
十多年 | 十多>10
3000多人 | 3000多>3000
2023多云 | 2023=2023
30余家 | 30余>30
3000余额 | 3000=3000
一百二十多万 | 一百二十多万>1200000
上万名 | 上万>=10000
马上百 |
60岁以上百分之五 | 60=60 百分之五=5
近百家 | 百=100
数百例 | 数百~100
总人数百万 | 百万=1000000
较预测数百分之三点一四增加 | 百分之三点一四=3.14
好几百人 | 好几百~100
亿万人 | 亿万~100000000
数以千万计 | 数以千万计~10000000
100+人 | 100+>100
七八个 | 七八=7..8
三五十例 | 三五十=30..50
三十五例 | 三十五=35
十七八岁 | 十七八=17..18
一两个月 | 一两=1..2
三十两 | 三十=30 两=2
二〇二五年八月 | 二〇二五=2025 八=8
一九四九 | 一九四九=1949
百分之四十六 | 百分之四十六=46
百分之三四十 | 百分之三四十=30..40
140/90mmHg | 140=140 90=90
2023/24财年 | 2023=2023 24=24
一半 | 一半=0.5
半百 | 半百=50
零下196度 | 零下196=-196
增长-3.5% | -3.5=-3.5
降至-80℃ | -80=-80
5-10mg | 5=5 10=10
2025-2027 | 2025=2025 2027=2027
4月29日-5月3日 | 4=4 29=29 5=5 3=3
10万-30万元 | 10万=100000 30万=300000
正负5 | 5=5
减负30% | 30=30
P<.05 | .05=0.05
3.5×10^6 | 3.5×10^6=3500000
1×10⁶/kg | 1×10⁶=1000000
5.2×109/L | 5.2×109=5200000000
近 10年 | 10=10
60 000 例 | 60 000=60000
100 200 300 | 100=100 200=200 300=300
100 万元 | 100 万=1000000
20万科技人员 | 20万=200000
三百姓名 | 三百=300
十分之一 | 十分之一=0.1
五点五成 | 五点五=5.5
第一 | 一=1
百年历史 | 百=100
六 点 五 成 | 六 点 五=6.5
两点一线 |
失业率三.七一% | 三.七一=3.71
○.○四个百分点 | ○.○四=0.04
三‧六% | 三‧六=3.6
二三.五度 | 二三.五=23.5
三.五至四.五% | 三.五=3.5 四.五=4.5
三.七万多人 | 三.七万多>37000
百分之三.五 | 百分之三.五=3.5
九.一一恐怖袭击 | 九=9
五·四运动 | 五=5 四=4
六·一八成交额 | 六=6 一八=18
十三.五时期 | 十三=13 五=5
三.二十世纪 | 三=3 二十=20
三万七七七二元 | 三万七七七二=37772
一兆一一二三亿元 | 一兆一一二三亿=1112300000000
三四六亿至三五八亿 | 三四六亿=34600000000 三五八亿=35800000000
三三四兆瓦 | 三三四=334
二三万 | 二三万=20000..30000
三千七七二 | 三千七七二=3772
2 兆 7,629 亿 6,400 万 | 2 兆 7,629 亿 6,400 万=2762964000000
2 兆瓦 | 2=2
1 280 亿元 | 1 280 亿=128000000000
8 亿 1 人 | 8 亿=800000000 1=1
1.5亿 2,000人 | 1.5亿=150000000 2,000=2000
3万5万 | 3万=30000 5万=50000
共 3 万 2025 年 | 3 万=30000 2025=2025
三百 五又三分之一家 | 三百 五又三分之一=350.3333333333333333333333333
二0二四年 | 二0二四=2024
二OO四 | 二OO四=2004
一00年 | 一00=100
一0:30 | 一=1 0=0 30=30
零上3度 | 零上3=3
从零上升5% | 5=5
伍元陆角柒分 | 伍=5 陆=6 柒=7
登陆角楼 |
八元八角八分 | 八=8 八=8 八=8
两块五一斤 | 两=2 五=5 一=1
1又1/2杯 | 1又1/2=1.5
12 345.6 吨 | 12 345.6=12345.6
几千米 | 几千~1000
5岁零2个月 | 5=5 2=2
15k-20k | 15k=15000 20k=20000
5mg-10mg | 5=5 10=10
3w+粉丝 | 3w+>30000
降至–5℃ | –5=-5
2019–2021年 | 2019=2019 2021=2021
"""


def test_a_word_that_goes_on_to_a_unit_counts() -> None:
    """Catches 十分钟, 四小时 and 三公里 lost to the words 十分, 四小 and 三公."""
    words = NumeralWords(["十分", "四小", "三公"], ["分钟", "小时", "公里"])
    for text in ("十分钟", "四小时", "三公里"):
        assert [n.end for n in find_numerals(text, words=words)] == [1]
    assert not list(find_numerals("十分好,四小龙,三公经费", words=words))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("药物的生产成本到后年有望比现在下降7\n0%以上", "70"),
        ("统计局说去年全国的总人口已经达到1,2\r\n34万人", "12340000"),
        ("这个省去年的地区生产总值一共增长了5.\n5%左右", "5.5"),
        ("治疗组 7\n0例", None),  # a cell of a table
        ("表3\n12例患者", None),  # a caption
        ("全国各地的代表都来到北京参加本届大会20\n19家媒体", "2019"),
        ("全国各地的代表都来到北京参加本届大会20\n2019年", None),
    ],
)
def test_numbers_that_a_line_end_breaks(text: str, value: str | None) -> None:
    """Catches 7⏎0% read as 0%, and lines of tables or captions joined."""
    joined = [f"{n.value:f}" for n in find_numerals(text) if "\n" in text[n.start : n.end]]
    assert joined == ([value] if value else [])


def test_more_than_a_decimal_stays_below_its_next_step() -> None:
    """Catches 1.2亿多 said to reach 2.2亿."""
    reading = parse("1.2亿多")
    assert reading is not None
    assert (reading.low, reading.high) == (120_000_000, 130_000_000)


def test_items_of_a_list_are_no_decimals() -> None:
    assert read("\n一.三个代表") == ["一=1"]
    assert read("\n一.三亿元") == ["一.三亿=130000000"]


@pytest.mark.parametrize("line", SPANS.strip().splitlines())
def test_spans_and_values_in_running_text(line: str) -> None:
    text, _, wanted = line.partition(" |")
    assert " ".join(read(text)) == wanted.strip()


@pytest.mark.parametrize("text", ["GLP-1", "H5", "COVID-19", "PM2.5", "B12", "CXSL2000128", "CD34+细胞", "9" * 40])
def test_codes_are_marked(text: str) -> None:
    assert [n.shape for n in find_numerals(text)] == ["code"]


@pytest.mark.parametrize("text", ["US$100", "RMB100", "P<0.05", "n=30", "约-5"])
def test_labels_before_a_number_make_no_code(text: str) -> None:
    assert "code" not in [n.shape for n in find_numerals(text)]


def test_commas_as_wide_as_the_digits_set_thousands_apart_in_percentages_too() -> None:
    [percent] = find_numerals("百分之1，123", written="百分之１，１２３")
    assert (percent.value, percent.end) == (Decimal(1123), 8)
    assert [n.value for n in find_numerals("百分之1，123", written="百分之1，123")] == [Decimal(1), Decimal(123)]


def test_wide_commas_group_only_wide_digits() -> None:
    shadow = "2，200.5亿和4，565"
    assert [n.value for n in find_numerals(shadow, written="２，２００．５亿和4，565")] == [
        220_050_000_000,
        4,
        565,
    ]


def test_hidden_words_are_reported_and_vague_numbers_found() -> None:
    hidden: list[tuple[int, int]] = []
    assert not list(find_numerals("四川统一", words=WORDS, hidden=hidden))
    assert hidden == [(0, 2), (2, 4)]
    assert list(vague_numbers("几十家,几家")) == [(4, 5)]


@pytest.mark.parametrize(
    ("low", "high", "value"),
    [
        ("15", "20万", 150000),
        ("八", "九百亿", 80_000_000_000),
        ("3", "5千万", 30_000_000),
        ("500", "2000万", 5_000_000),
        ("10万", "30万", None),
        ("2000", "3万", None),
        ("800", "1万", None),
        ("5", "10", None),
        ("1.5", "2亿", 150_000_000),
    ],
)
def test_a_range_borrows_the_scale_of_its_end(low: str, high: str, value: int | None) -> None:
    assert complete_scale(low, high) == value


HOSTILE = [
    "一",
    "9",
    "1,",
    "1，234",
    "2025-",
    "1.",
    "万",
    "1 ",
    "三千",
    "百分之",
    "1/",
    "负",
    "三五",
    "几十",
    "10^",
    "1×10",
    "十万",
    "1 234 ",
    "点一",
    "一又二分之",
    "-1",
    "幺两",
    "上",
    "数以",
    "零",
    "1点1",
    "多",
    "1e",
    "⁶",
    "千米",
    "$1",
    "一.",
    "一兆",
    "一兆一一二三亿",
    "一0",
    "一O",
    "1 兆 ",
    "三万七七七二",
    "二三.五至",
    "1\n",
    "的1\n2",
    "1又1/",
    "1k-",
    "三元三角",
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_linear_time(piece: str) -> None:
    """A line of 10 times the length may not take 40 times as long (quadratic: 100 times)."""

    def once(text: str) -> float:
        begin = time.process_time()
        for _ in find_numerals(text, words=WORDS):
            pass
        return time.process_time() - begin

    def seconds(length: int) -> float:
        return min(once(piece * (length // len(piece))) for _ in range(3))  # the garbage collector may hit one

    assert seconds(100_000) < 40 * max(seconds(10_000), 0.005)


ALPHABET = "0123456789.,，·O/-−+ 零〇一二三两十百千万亿几数多余来点分之又半负上下近个年%kK×^⁶eA。兆"


@given(st.text(ALPHABET, max_size=40))
@settings(max_examples=400, deadline=None)
def test_numerals_are_ordered_inside_and_stable(text: str) -> None:
    found = list(find_numerals(text, words=WORDS))
    assert all(0 <= n.start < n.end <= len(text) for n in found)
    assert all(a.end <= b.start for a, b in itertools.pairwise(found))
    assert list(find_numerals(text + "。完", words=WORDS))[: max(len(found) - 1, 0)] == found[:-1]  # later text


@given(st.integers(0, 10**16 - 1))
@settings(deadline=None)
def test_every_whole_number_written_out_reads_back(number: int) -> None:
    assert parse(spelled(number)) is not None
    assert parse(spelled(number)).value == number  # type: ignore[union-attr]
    assert parse(f"{number:,}").value == number  # type: ignore[union-attr]


def spelled(number: int) -> str:
    """Chinese spelling of a whole number below 10^16, the textbook way."""
    if number == 0:
        return "零"
    out, zero = "", False
    for scale, word in ((10**12, "万"), (10**8, "亿"), (10**4, "万"), (1, "")):
        section, number = divmod(number, scale)
        if section:
            out += ("零" if out and (zero or section < 1000) else "") + four(section)
            zero = False
        else:
            zero = bool(out)
        if word == "万" and scale == 10**12:
            out += "万" if section else ""
            if section and number < 10**8:
                out += "亿"
        else:
            out += word if section else ""
    return out


def four(section: int) -> str:
    out, gap = "", False
    for scale, word in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, section = divmod(section, scale)
        if digit:
            out += ("零" if gap else "") + "零一二三四五六七八九"[digit] + word
            gap = False
        elif out:
            gap = True
    return out


@pytest.mark.parametrize(
    ("suite", "share"),
    [
        ("cn2an_number", "0.99"),
        ("wetext_itn_number", "0.99"),
        ("recognizers_Number_NumberModel", "0.97"),
    ],
)
def test_public_suites(suite: str, share: str) -> None:
    """The value of a numeral on the gold span, over the public half of other tools' own cases."""
    path = CASES / f"{suite}.jsonl"
    if not path.exists():
        pytest.skip("the shared cases aren't here")
    right, wrong = 0, []
    for line in path.read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        if case["type"] != "number" or case["start"] is None:
            continue
        gold, shadow = Decimal(case["expected"]["value"]), simplify(case["text"])
        near = [n for n in find_numerals(shadow, words=WORDS) if n.start < case["end"] and n.end > case["start"]]
        if any(n.value is not None and abs(n.value - gold) <= abs(gold) * Decimal("1e-6") for n in near):
            right += 1
        else:
            wrong.append(case["span_text"])
    print(f"{suite}: {right} of {right + len(wrong)}")
    assert right >= Decimal(share) * (right + len(wrong)), wrong


def test_the_word_list_holds_no_true_counts() -> None:
    counts = re.compile(r"[一二两三四五六七八九十百千万亿]+(个|名|家|例|岁|元|年|天|万|倍|亿)")
    found = {row["term"] for row in read_words("numeral_words") if counts.fullmatch(row["term"])}
    assert found <= {"万岁", "三九天", "千千万万", "千百年", "百千万"}
