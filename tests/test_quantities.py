"""Quantities and rejected numbers of whole texts: what the rules make of a number together.

The rules' own tests say what each one finds; here are the sums (builder), the order of the levels, and hostile lines.
"""

from __future__ import annotations

import time
from decimal import Decimal

import pytest

import pipeline
from pipeline.document import load_rules, make_article
from pipeline.model import Found, Quantity
from pipeline.stages.figures import stage
from pipeline.stages.numbers import numbers
from pipeline.stages.quantities import added
from pipeline.stages.read import from_text


def rows(text: str) -> list[tuple[str, str, str]]:
    """(text, value or low..high, unit) of every claim."""
    claims = pipeline.extract(text).claims.to_dict("records")
    return [(c["text"], c["value"] or f"{c['value_low']}..{c['value_high']}", c["unit"]) for c in claims]


def reasons(text: str) -> dict[str, str]:
    """Rejected number -> why; a candidate that only lost isn't one."""
    return {r["text"]: r["reason"] for r in pipeline.extract(text).rejected.to_dict("records") if r["reason"] != "lost"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("费用约15至20万元", [("15至20万元", "150000..200000", "CNY")]),
        ("年薪八到九百亿元", [("八到九百亿元", "80000000000..90000000000", "CNY")]),
        ("2.5万-3万元不等", [("2.5万-3万元", "25000..30000", "CNY")]),
        ("屋苑共有9500个单位落成", [("9500个", "9500", "个")]),
        ("每日皮下注射胰岛素10个单位", [("10个单位", "10", "[U]")]),
        ("股价下跌2.4%或3元至116元", [("2.4%", "2.4", "%"), ("3元", "3", "CNY"), ("116元", "116", "CNY")]),
        ("受2波寒潮影响，气温站上3字头", [("2波", "2", "波")]),
        ("自杀率为10万分之20-28人", [("10万分之20-28人", "0.0002..0.00028", "人")]),
        ("历时一年多三个月又20天", [("一年多三个月又20天", "1.30479452055", "a")]),
        ("身高6英尺2英寸", [("6英尺2英寸", "6.16666666667", "[ft_i]")]),
        ("北纬46度58分至47度52分", [("46度58分至47度52分", "46.9666666667..47.8666666667", "deg")]),
        (
            "分别为12.5、13.6和14.8万人次",
            [("12.5", "125000", "人次"), ("13.6", "136000", "人次"), ("14.8万人次", "148000", "人次")],
        ),
        ("每10万人中有12例", [("10万人", "100000", "人"), ("12例", "12", "例")]),
        ("住院(12.3±3.4)天", [("12.3±3.4", "12.3", "d")]),
        ("有700万人口", [("700万", "7000000", "")]),
        ("白细胞4-10×10⁹/L", [("4-10×10⁹/L", "4000000000..10000000000", "{cells}/L")]),
        ("气温零下20至30摄氏度", [("零下20至30摄氏度", "-30..-20", "Cel")]),
        ("气温-10至-15℃", [("-10至-15℃", "-15..-10", "Cel")]),
        ("高铁每小时可达350公里", [("350公里", "350", "km/h")]),
        ("卖三块六毛五一斤", [("三块六毛五", "3.65", "CNY"), ("一斤", "1", "斤")]),
        ("月薪15-20K", [("15-20K", "15000..20000", "CNY")]),
        ("成本有望比现在的水平再下降大约7\n0%。", [("7\n0%", "70", "%")]),
        ("价格为1、2万元", [("1", "10000", "CNY"), ("2万元", "20000", "CNY")]),
    ],
)
def test_several_numbers_make_one_value(text: str, expected: list[tuple[str, str, str]]) -> None:
    """Catches a lost scale, a denominator or part of a sum that is dropped, a unit that isn't shared."""
    assert rows(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "三甲医院的2型糖尿病患者", "开发GLP-1药物", "总医院（301医院）", "股票代码：600276", "符合GB/T 1234-2020", "服务器192.168.1.1",
        "案号（2024）湘0102民初123号", "电话010-12345678", "见https://a.cn/2024/12345.html", "根据第9条规定", "一位产业专家分析",
        "1.中国人民解放军总医院", "临床试验的团队。[12]", "双方战至6比6时", "世界500强企业", "升级到v3.8.18", "位于二楼", "乘坐G1234次列车",
        "海南的八所镇", "女子100米蝶泳比赛", "通过四六级考试", "一千零一夜", "第90+3分钟", "沪深两市成交", "HR的95%CI",
    ],
)  # fmt: skip
def test_no_claims(text: str) -> None:
    """Catches names, codes and marks that become rows of claims.csv."""
    assert rows(text) == []


def test_every_reject_says_why() -> None:
    """Catches a rejected number without a reason in words."""
    found = reasons("1.一位专家在301医院说，GLP-1药物（见[12]）获第三名。")
    assert found
    assert all(found.values())
    assert found["第三名"] == "ordinal"


def test_only_smaller_parts_are_added() -> None:
    """Catches 3公斤20分钟 added up, or 30分钟2小时."""
    minutes = Quantity(0, 4, value=Decimal(30), unit="min", kind="duration")
    assert added(minutes, "h") == Decimal("0.5")
    assert added(minutes, "s") is None
    assert added(minutes, "kg") is None


@pytest.mark.parametrize("piece", ["1,", "1、", "2025-", "1年", "一年又", "(1)", "3块5", "1.1.", "3至", "10%到", "一"])
def test_hostile_lines_are_linear(piece: str) -> None:
    """Catches a rule whose time grows faster than the line."""
    rules = load_rules(())
    figures = stage(rules, "none")

    def seconds(times: int) -> float:
        article = make_article(from_text(piece * times))
        start = time.thread_time()
        list(figures(article, Found(tuple(numbers(article, Found())))))
        return time.thread_time() - start

    seconds(100)
    short, long = (min(seconds(times) for _ in range(3)) for times in (800, 3200))
    assert long < 10 * max(short, 0.03)
