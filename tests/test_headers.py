"""Catches: a unit read where none stands, one that is lost, a change taken for what is measured."""

from __future__ import annotations

import ast
import doctest
from decimal import Decimal
from pathlib import Path
from types import ModuleType

import pytest

from pipeline.tabular import amounts, endings, terms
from pipeline.tabular.amounts import read_unit
from pipeline.tabular.cell import BREAK
from pipeline.tabular.endings import captioned
from pipeline.tabular.fitting import pick
from pipeline.tabular.labels import Label, read_label
from pipeline.words import read_words

PACKAGE = Path(amounts.__file__).parent


def label(text: str) -> Label:
    return read_label(text, 0, len(text), (), "", [n for n, char in enumerate(text) if char == BREAK])


def noun(text: str) -> str:
    found = label(text).noun
    return text[slice(*found)] if found else ""


@pytest.mark.parametrize(
    ("written", "code", "factor"),
    [
        ("元", "CNY", 1),
        ("万元", "CNY", 10**4),
        ("仟元", "CNY", 1000),
        ("百万元", "CNY", 10**6),
        ("亿元人民币", "CNY", 10**8),
        ("人民币千元", "CNY", 1000),
        ("人民币元", "CNY", 1),
        ("万美元", "USD", 10**4),
        ("港币百万元", "HKD", 10**6),
        ("HK$'000", "HKD", 1000),
        ("新台币仟元", "TWD", 1000),
        ("1000元", "CNY", 1000),
        ("元/股", "CNY/股", 1),
        ("元/平方米", "CNY/m2", 1),
        ("万人", "人", 10**4),
        ("万人次", "人次", 10**4),
        ("千米", "km", 1),
        ("万千瓦", "kW", 10**4),
        ("亿千瓦时", "kW.h", 10**8),
        ("万平方米", "m2", 10**4),
        ("mmol/L", "mmol/L", 1),
        ("%", "%", 1),
        ("‰", "[ppth]", 1),
        ("个百分点", "{pp}", 1),
        ("月", "mo", 1),
    ],
)
def test_units(written: str, code: str, factor: int) -> None:
    unit = read_unit(written, "")
    assert unit
    assert (unit.code, unit.factor, unit.text) == (code, Decimal(factor), written)


@pytest.mark.parametrize(
    "written",
    ["", "一", "注1", "A", "B/A", "甲组", "合计", "人民币千", "人民币千米", "2023年", "损失", "5元", "100元"],
)
def test_what_is_no_unit(written: str) -> None:
    assert read_unit(written, "") is None


@pytest.mark.parametrize(
    ("text", "named", "codes"),
    [
        ("营业收入（元）", "营业收入", ["CNY"]),
        ("一、营业收入(万元)", "营业收入", ["CNY"]),
        ("其中：利息收入", "利息收入", []),
        ("（二）稀释每股收益（元/股）", "稀释每股收益", ["CNY/股"]),
        ("产量/万吨", "产量", ["t"]),
        ("产量，万吨", "产量", ["t"]),
        ("金额 万元", "", ["CNY"]),
        ("血糖（mmol/L，x±s）", "血糖", ["mmol/L"]),
        ("投资收益（损失以“-”号填列）", "投资收益", []),
        ("收入（合并）", "收入（合并）", []),
        ("万元", "", ["CNY"]),
        ("（%）", "", ["%"]),
        ("人", "人", []),  # a header of its own
        ("年末余额", "", []),
        ("合 计", "", []),
        ("研发投入比上年增减（%）", "研发投入", ["%"]),
        ("现金净增加额", "现金净增加额", []),
        ("人口自然增长率（‰）", "人口自然增长率", ["[ppth]"]),
        ("占营业收入比重（%）", "", ["%"]),
        (f"营业{BREAK}（万元）", "营业", ["CNY"]),
        ("1.5亿元债券", "1.5亿元债券", []),
    ],
)
def test_names_and_their_units(text: str, named: str, codes: list[str]) -> None:
    assert noun(text) == named
    assert [unit.code for unit in label(text).units] == codes


@pytest.mark.parametrize(
    ("text", "change", "trend", "basis"),
    [
        ("本年比上年增减（%）", True, "", "yoy"),
        ("比上年增长(%)", True, "up_by", "yoy"),
        ("同比增长", True, "up_by", "yoy"),
        ("环比下降（%）", True, "down_by", "mom"),
        ("变动幅度", True, "", ""),
        ("增速（%）", True, "up_by", ""),
        ("实际增长（%）", True, "up_by", ""),
        ("增长点", False, "", ""),
        ("公允价值变动损益", False, "", ""),
        ("对比", False, "", ""),
    ],
)
def test_changes(text: str, change: bool, trend: str, basis: str) -> None:
    found = label(text)
    assert (found.change, found.trend, found.basis) == (change, trend, basis)


def test_a_pair_of_numbers_has_two_units() -> None:
    found = label("总有效[n(%)]")
    assert found.number
    assert found.inner
    assert (found.units, found.inner.code) == ((), "%")
    found = label("总有效[例(%)]")
    assert found.inner
    assert ([unit.code for unit in found.units], found.inner.code) == (["例"], "%")


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("单位：元 币种：人民币", [("CNY", 1)]),
        ("单位：万元  币种：美元", [("USD", 10**4)]),
        ("（单位：亿元、%）", [("CNY", 10**8), ("%", 1)]),
        ("金额单位：人民币百万元", [("CNY", 10**6)]),
        ("单位为万吨", [("t", 10**4)]),
        ("单位：股", [("股", 1)]),
        ("各单位：请于周五前上报5万元以上的采购", []),
        ("编制单位：青川机械股份有限公司", []),
        ("单位：元 币种：某种", []),
    ],
)
def test_captions(text: str, units: list[tuple[str, int]]) -> None:
    assert [(unit.code, int(unit.factor)) for unit in captioned(text, "")] == units


@pytest.mark.parametrize(
    ("units", "names", "code"),
    [
        ("万元", ["营业收入"], "CNY"),
        ("万元", ["东区"], "CNY"),
        ("万元", ["毛利率"], None),  # no money
        ("万元", ["员工人数"], None),
        ("万元", ["增减"], None),  # money or per cent?
        ("万元", ["增减额"], "CNY"),
        ("万元", ["每股收益"], None),  # not in 10,000 yuan
        ("元", ["每股收益"], "CNY"),
        ("亿元、%", ["同比增长"], "%"),
        ("亿元、%", ["增减"], "%"),
        ("亿元、%", ["投资", "东区"], "CNY"),
        ("亿元、万人", ["东区"], None),  # which?
        ("亿元、万人", ["人口", "东区"], "人"),
    ],
)
def test_a_caption_gives_its_unit_to_figures_of_its_kind(units: str, names: list[str], code: str | None) -> None:
    found = pick(captioned(f"单位：{units}", ""), [label(name) for name in names])
    assert (found.code if found else None) == code


def roles_asked_for() -> set[str]:
    """The roles of words that the code names: words("unit"), is_word("total", …), ending("measure", …)."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in PACKAGE.glob("*.py")]
    calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args]
    asked = [call.args[0] for call in calls if ast.unparse(call.func) in ("words", "is_word", "ending")]
    return {role.value for role in asked if isinstance(role, ast.Constant)}


def test_every_role_is_used_and_every_role_used_has_words() -> None:
    assert {row["role"] for row in read_words("table_words")} == roles_asked_for()


def test_every_spelling_of_a_unit_is_one() -> None:
    for row in read_words("table_units"):
        assert read_unit(row["term"], ""), row


@pytest.mark.parametrize("module", [amounts, endings, terms])
def test_doctests(module: ModuleType) -> None:
    assert doctest.testmod(module).failed == 0
