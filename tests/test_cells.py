"""Figures in tables: their units, subjects and times from headers, and what must not be given."""

from __future__ import annotations

import itertools
import time

import pytest

from pipeline.config import Config
from pipeline.document import extract_source, find
from pipeline.model import Claim, Date, Quantity, Reject, Source
from pipeline.stages.read import from_text
from pipeline.stages.webpage import webpage

CONFIG = Config(ner="none")


def claims(text: str) -> dict[str, str]:
    """The claims of a text: the figure → subject | group | value unit | time | trend, as far as known."""
    _, found = find(from_text(text), CONFIG)
    return {text[c.start : c.end]: said(text, c) for c in found.of(Claim)}


def said(text: str, claim: Claim) -> str:
    quantity = claim.quantity
    assert quantity
    parts = (
        text[slice(*claim.subject)] if claim.subject else "",
        claim.group,
        f"{quantity.value or quantity.low or 0:f} {quantity.unit}".strip(),
        claim.date.value if claim.date else "",
        f"{claim.trend} {claim.basis}".strip(),
    )
    return " | ".join(parts).replace(" |  | ", " | - | ").rstrip(" |-")


REPORT = """青川机械股份有限公司年报
单位：万元  币种：人民币
项目\t2023年\t2022年\t本年比上年增减（%）
营业收入\t1,234.50\t1100\t12.23
净利润\t(98)\t-105\t-6.32
每股收益（元/股）\t0.56\t—\t不适用
毛利率（%）\t8.2\t9.3\t减少1.1个百分点
员工人数\t320\t300\t6.67
资产负债率\t45.1\t44.0\t
"""


def test_a_caption_a_column_and_a_row_give_units() -> None:
    got = claims(REPORT)
    assert got["1,234.50"] == "营业收入 | - | 12345000.00 CNY | 2023"
    assert got["1100"] == "营业收入 | - | 11000000 CNY | 2022"
    assert got["12.23"] == "营业收入 | - | 12.23 % | 2023 | up_by yoy"
    assert got["-6.32"] == "净利润 | - | -6.32 % | 2023 | down_by yoy"
    assert got["(98)"] == "净利润 | - | -980000 CNY | 2023"
    assert got["0.56"] == "每股收益 | - | 0.56 CNY/股 | 2023"
    assert got["8.2"] == "毛利率 | - | 8.2 % | 2023"
    assert got["1.1个百分点"] == "毛利率 | - | 1.1 {pp} | 2023 | down_by"
    assert got["320"] == "员工人数 | - | 320 | 2023"  # no money
    assert got["45.1"] == "资产负债率 | - | 45.1 | 2023"  # no money


def test_because_names_the_header_and_the_unit_is_as_written() -> None:
    text = "單位：新臺幣仟元\n項目\t2023年\n營業收入\t1,200\n淨利\t300"
    _, found = find(from_text(text), CONFIG)
    claim = next(c for c in found.of(Claim) if text[c.start : c.end] == "1,200")
    assert claim.because == {"subject": "table.row", "time": "table.column", "unit": "table.caption"}
    assert claim.quantity
    assert (claim.quantity.value, claim.quantity.unit, claim.quantity.unit_text) == (1_200_000, "TWD", "新臺幣仟元")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (  # a column of units
            "指标  单位  1-3月  同比增长（%）\n投资  亿元  210  -9.5\n面积  万平方米  56  4.0\n2024年",
            {"210": "投资 | - | 21000000000 CNY", "56": "面积 | - | 560000 m2", "-9.5": "投资 | - | -9.5 %"},
        ),
        (  # years beside their rows; a change of the column before
            "年份\t产量（万吨）\t增速（%）\n2019\t310\t6.8\n2020\t308\t-0.6",
            {
                "310": "产量 | - | 3100000 t | 2019",
                "6.8": "产量 | - | 6.8 % | 2019 | up_by",
                "-0.6": "产量 | - | -0.6 % | 2020 | down_by",
            },
        ),
        (  # bare years above
            "名称\t2021\t2022\t2023\n产量（吨）\t5\t6\t7",
            {"5": "产量 | - | 5 t | 2021", "7": "产量 | - | 7 t | 2023"},
        ),
        (  # whose it is, and what
            "区域    成交套数（套）    均价(元/㎡)\n东城    320    38500\n合计    605    39772",
            {"320": "成交套数 | 东城 | 320 套", "38500": "均价 | 东城 | 38500 CNY/m2", "605": "成交套数 | - | 605 套"},
        ),
        (  # shares are the row's
            "类别\t人数（人）\t占比（%）\n生产\t1820\t56.9\n销售\t460\t14.4",
            {"1820": "人数 | 生产 | 1820 人", "56.9": "生产 | - | 56.9 %"},
        ),
        (  # a header that counts needs no unit
            "组别\t例数\t总有效率(%)\n治疗组\t60\t91.7\n对照组\t58\t78.3",
            {"60": "例数 | 治疗组 | 60", "91.7": "总有效率 | 治疗组 | 91.7 %"},
        ),
        (  # two numbers in a cell
            "疗效比较[n(%)]\n组别\t恶心\t头痛\n治疗组\t2（3.3）\t1（1.7）\n对照组\t4（6.9）\t3（5.2）",
            {"2": "恶心 | 治疗组 | 2", "3.3": "恶心 | 治疗组 | 3.3 %", "5.2": "头痛 | 对照组 | 5.2 %"},
        ),
        (  # headers above headers
            "项目\t2023年\t\t2022年\t\n\t金额（万元）\t占比（%）\t金额（万元）\t占比（%）\n运费\t5\t1.5\t4\t1.2\n租金\t7\t2.5\t6\t2.2",
            {"5": "运费 | - | 50000 CNY | 2023", "1.5": "运费 | - | 1.5 % | 2023", "1.2": "运费 | - | 1.2 % | 2022"},
        ),
        (  # two tables side by side
            "项目\t金额（元）\t项目\t金额（元）\n现金\t50\t借款\t60\n存货\t70\t工资\t80",
            {"50": "现金 | - | 50 CNY", "60": "借款 | - | 60 CNY"},
        ),
        (  # no header at all
            "营业收入（万元）\t120\n员工（人）\t30",
            {"120": "营业收入 | - | 1200000 CNY", "30": "员工 | - | 30 人"},
        ),
        (  # the rows below a name
            "项目\t2023年\t2022年\n人口（万人）\n城镇\t50\t48\n乡村\t30\t31",
            {"50": "城镇 | - | 500000 人 | 2023", "31": "乡村 | - | 310000 人 | 2022"},
        ),
        (  # a change beside the row above
            "指标\t2023年\t2022年\n产值（亿元）\t50\t48\n增长（%）\t4.2\t-3.1",
            {"50": "产值 | - | 5000000000 CNY | 2023", "4.2": "产值 | - | 4.2 % | 2023 | up_by"},
        ),
        (  # a second caption and second headers
            "单位：元\n项目\t2023年\n运费\t5\n租金\t7\n单位：万元\n项目\t2022年\n税费\t6\n工资\t8",
            {"5": "运费 | - | 5 CNY | 2023", "6": "税费 | - | 60000 CNY | 2022"},
        ),
        (  # years without 年, also those of forecasts; a scale alone is of money where the name is one of money
            "指标\t2024A\t2025E\n市值（亿）\t150\t170\n门店（百）\t3\t4",
            {"150": "市值 | - | 15000000000 CNY | 2024", "170": "市值 | - | 17000000000 CNY | 2025"},
        ),
        (  # a year in brackets, ages as names
            "单位：人、%\n年龄\t人口数\t比重（2020年）\n0—14岁\t560\t17.2\n60岁及以上\t715\t22.0",
            {"560": "人口数 | 0—14岁 | 560 人", "22.0": "60岁及以上 | - | 22.0 % | 2020"},
        ),
        (  # a figure per head is in no million
            "\t2023年\t2022年\n\t百万港元\t百万港元\n收入\t4500\t4200\n每股盈利（港仙）\t31.5\t(2.5)\n每股股息\t0.12\t0.11",
            {
                "4500": "收入 | - | 4500000000 HKD | 2023",
                "31.5": "每股盈利 | - | 0.315 HKD",
                "0.12": "每股股息 | - | 0.12 | 2023",
            },
        ),
        (  # a name that reaches down, and the measure beside it
            "指标\t机构\t2023年\t2024年\n收入（亿元）\t甲\t5\t6\n\t乙\t7\t8\n利润（亿元）\t甲\t1\t2\n\t乙\t3\t4",
            {
                "5": "收入 | 甲 | 500000000 CNY | 2023",
                "8": "收入 | 乙 | 800000000 CNY | 2024",
                "3": "利润 | 乙 | 300000000 CNY",
            },
        ),
        (  # per cent without brackets
            "单位：万元\n科目  2023年预算数  2023年执行数  为预算的%  比上年增减%\n税收  120  118  98.3  -1.5\n罚款  40  42  105.0  2.4",
            {"120": "税收 | - | 1200000 CNY | 2023", "98.3": "税收 | - | 98.3 %", "-1.5": "税收 | - | -1.5 %"},
        ),
        (  # years of the Republic
            "年別\t就業人數（千人）\n110年\t114\n111年\t115",
            {"114": "就業人數 | - | 114000 人 | 2021", "115": "就業人數 | - | 115000 人 | 2022"},
        ),
        (  # values of a test have no unit
            "血压比较（mmHg）\n组别\t治疗前\t治疗后\n观察组\t158.2±10.3\t128.5±8.1\nt\t0.164\t7.061",
            {"158.2±10.3": "治疗前 | 观察组 | 158.2 mm[Hg]", "7.061": "t | 治疗后 | 7.061"},
        ),
        (  # letters in brackets that are no known unit: no other unit is right
            "单位：万元\n项目\t2023年\t2022年\n投资\t5.5\t4.4\n规模（MWac）\t6.5\t7.5",
            {"5.5": "投资 | - | 55000.0 CNY", "6.5": "规模（MWac） | - | 6.5 |"},
        ),
        (  # names of one character, words that are spaced out
            "排名  球队    场次  胜  负\n1     东湖队  10    7   3\n2     西山队  12    6   6\n合      计    22    13  9",
            {"10": "场次 | 东湖队 | 10", "12": "场次 | 西山队 | 12"},
        ),
        (  # a blank line before headers
            "甲  5  个\n乙  3  个\n\n型号    尺寸    重量    价格\nA1    5.5    180克    1999元\nB2    6.1    201克    2999元",
            {"180克": "重量 | A1 | 180 g", "2999元": "价格 | B2 | 2999 CNY"},
        ),
        (  # Markdown tables one below the other
            "| 项目 | 2023年 |\n|---|---|\n| 运费（元） | 5 |\n| 租金（元） | 7 |\n| 项目 | 2024年 |\n|---|---|\n| 税费（元） | 8 |",
            {"5": "运费 | - | 5 CNY | 2023", "8": "税费 | - | 8 CNY | 2024"},
        ),
        (  # an empty cell between spaces, a long name, a total without a first cell
            "单位：万元\n项目      附注    期末数      期初数\n存货      五、1   1,250.5     1,100.0\n票据              320.0       280.5\n"
            "借款      五、2               90.0\n负债率（%）       42.5        41.0",
            {
                "320.0": "票据 | - | 3200000.0 CNY",
                "90.0": "借款 | - | 900000.0 CNY",
                "42.5": "负债率 | - | 42.5 %",
            },
        ),
        (  # a row that names those below it, between rows of other lengths; a time that says nothing else
            "           附注      2023年      2022年\n                     万元        万元\n收入       4         1,250       1,100\n"
            "成本                 (820)       (715)\n年内利润             430         385\n每股盈利\n  基本（元）  5       0.52        0.47",
            {
                "(820)": "成本 | - | -8200000 CNY | 2023",
                "430": "利润 | - | 4300000 CNY | 2023",
                "0.47": "基本 | - | 0.47 CNY | 2022",
            },
        ),
        (  # titles below their tables
            "作物\t2022年\t2023年\n茶叶\t50\t60\n油菜\t30\t40\n表1 主要作物产量（吨）\n\n果品\t2022年\t2023年\n梨\t7\t8\n桃\t5\t9\n表2 主要果品产量（公斤）",
            {"60": "茶叶 | - | 60 t | 2023", "8": "梨 | - | 8 kg | 2023"},
        ),
        (  # the title's time is not that of the beginning of the period
            "2024年6月30日资产情况\n项目\t期末余额（元）\t期初余额（元）\n存货\t50\t60\n票据\t30\t40",
            {"50": "存货 | - | 50 CNY | 2024-06-30", "60": "存货 | - | 60 CNY"},
        ),
        (  # years of the Republic above other rows, with nothing above the names
            "單位：元\n              112年底      111年底\n存貨          500          400\n票據          300          200\n              112年度      111年度\n運費          70           60",
            {"70": "運費 | - | 70 CNY | 2023", "60": "運費 | - | 60 CNY | 2022"},
        ),
        (  # the title's year
            "表1 2023年主要农产品产量\n| 产品 | 产量（吨） |\n|---|---|\n| 茶叶 | 320 |\n| 油料 | 64 |",
            {"320": "产量 | 茶叶 | 320 t | 2023"},
        ),
    ],
)
def test_what_headers_give(text: str, wanted: dict[str, str]) -> None:
    got = claims(text)
    assert {figure: got.get(figure, "")[: len(said)] for figure, said in wanted.items()} == wanted


@pytest.mark.parametrize(
    "text",
    [
        "名称\t甲\t乙\n长\t5\t6\n宽\t7\t8",  # no unit anywhere
        "姓名\t座位\n张三\t12\n李四\t15",
        "单位：万元\n姓名\t座位号码\n张三\t12\n李四\t15",  # numbers that count nothing
        "单位：万元\n项目\t附注\t金额\n运费\t12\t\n租金\t15\t",
        "单位：亿元、万人\n地区\t合计\n东区\t12\n西区\t15",  # which unit?
    ],
)
def test_nothing_is_invented(text: str) -> None:
    assert claims(text) == {}


def test_where_rows_have_other_lengths_the_headers_say_nothing() -> None:
    got = claims("项目    投资（万元）    产值（万元）\n甲厂    15.5    16.5\n乙厂    17.5\n丙厂    18.5    19.5")
    assert got["15.5"] == "投资 | 甲厂 | 155000.0 CNY"
    assert "CNY" not in got["17.5"]


def test_a_value_of_a_test_is_not_in_the_unit_of_its_column() -> None:
    got = claims("组别\t时间（min）\t出血量（mL）\n甲组\t62.4\t45.6\n乙组\t88.7\t82.3\nt值\t8.25\t6.41")
    assert (got["62.4"], got["8.25"]) == ("时间 | 甲组 | 62.4 min", "时间 | t值 | 8.25")


def test_a_caption_gives_no_unit_to_what_the_name_of_its_row_forbids() -> None:
    got = claims("单位：万元\n项目    本年    上年\n投资    15.5    16.5\n毛利率（%）    17.5\n产值    18.5    19.5")
    assert got["15.5"].startswith("投资 | - | 155000.0 CNY")
    assert got["17.5"].startswith("毛利率 | - | 17.5 %")


def test_a_number_in_a_column_of_notes_is_rejected() -> None:
    text = "单位：元\n项目\t附注\t2023年\n运费\t5.1\t120\n租金\t5.2\t300"
    _, found = find(from_text(text), CONFIG)
    assert {text[c.start : c.end] for c in found.of(Claim)} == {"120", "300"}
    assert {text[r.start : r.end]: r.rule for r in found.of(Reject) if "reference" in r.reason} == {
        "5.1": "quantity.bare_decimal",
        "5.2": "quantity.bare_decimal",
    }


@pytest.mark.parametrize("title", ["表3 分县区产量", "附表2 两类产品", "2.1 两组比较"])
def test_the_number_of_a_table_or_section_is_no_claim(title: str) -> None:
    assert claims(f"{title}\n产品\t产量（吨）\n茶叶\t320\n油料\t64").keys() == {"320", "64"}


def test_the_unit_in_a_header_or_caption_is_no_claim() -> None:
    text = "金额单位：百万元\n项目\t2023年\t2022年\n\t百万元\t百万元\n运费\t5\t7\n租金\t6\t8"
    _, found = find(from_text(text), CONFIG)
    assert {text[c.start : c.end] for c in found.of(Claim)} == {"5", "6", "7", "8"}


def test_figures_of_a_plan_or_forecast_are_projected() -> None:
    text = "指标\t2024A\t2025E\n产值（亿元）\t15\t17\n产量（吨）\t3\t4"
    _, found = find(from_text(text), CONFIG)
    assert {text[c.start : c.end]: c.modality for c in found.of(Claim)} == {
        "15": "asserted",
        "17": "projected",
        "3": "asserted",
        "4": "projected",
    }


def test_no_two_mentions_of_a_kind_overlap() -> None:
    _, found = find(from_text(REPORT), CONFIG)
    spans = sorted((m.start, m.end) for m in found.mentions if isinstance(m, Quantity | Date))
    assert all(a[1] <= b[0] for a, b in itertools.pairwise(spans))


def test_a_table_of_a_web_page_and_its_offsets() -> None:
    html = (
        "<html><body><h1>年报</h1><p>公司今日公布年报，收入增加，利润有所下降，详情如下表所列，请投资者留意后续表现。</p>"
        "<table><tr><th rowspan=2>项目</th><th colspan=2>截至十二月三十一日止年度</th><th rowspan=2>变动<br>（%）</th></tr>"
        "<tr><th><p>2023年</p><p>人民币千元</p></th><th><p>2022年</p><p>人民币千元</p></th></tr>"
        "<tr><td><p>收入</p></td><td><p>3,4<b>56</b></p></td><td><p>3,210</p></td><td><p>7.7</p></td></tr>"
        "<tr><td><p>其他<br>收入</p></td><td></td><td><p>(12)</p></td><td><p>(7.5)</p></td></tr></table></body></html>"
    )
    page = webpage(html)
    source = Source("d", "a.html", html, page.text, page.alignment, media_type="text/html")
    rows = {row["text"]: row for row in extract_source(source, CONFIG).claims}
    assert {
        text: (row["subject"], str(row["value"]), row["unit"], row["time_value"]) for text, row in rows.items()
    } == {
        "3,456": ("收入", "3456000", "CNY", "2023"),
        "3,210": ("收入", "3210000", "CNY", "2022"),
        "7.7": ("收入", "7.7", "%", "2023"),
        "(12)": ("其他", "-12000", "CNY", "2022"),
        "(7.5)": ("其他", "-7.5", "%", "2023"),
    }
    assert html[rows["3,456"]["start"] : rows["3,456"]["end"]] == "3,4<b>56"
    assert html[rows["(12)"]["start"] : rows["(12)"]["end"]] == "(12)"


def test_time_is_linear_in_rows_and_columns() -> None:
    def seconds(rows: int, columns: int) -> float:
        head = "单位：万元\n项目" + "".join(f"\t{2000 + n % 20}年" for n in range(columns))
        text = head + "".join(f"\n收入{n}" + "\t5" * columns for n in range(rows))
        find(from_text("甲"), CONFIG)
        start = time.process_time()
        find(from_text(text), CONFIG)
        return time.process_time() - start

    assert seconds(800, 5) < 1 + 14 * seconds(100, 5)
    assert seconds(20, 90) < 1 + 14 * seconds(20, 11)
