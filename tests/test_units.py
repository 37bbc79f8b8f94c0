"""Units: one table of surfaces, and the mistakes that a lookup by longest match makes first."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pipeline.units import bare_yuan, standard_units
from pipeline.words import read_words

UNITS = standard_units()

# code kind: surfaces
SAME = """
a duration: 年 周年
mo duration: 个月
wk duration: 周 星期 个星期 礼拜 个礼拜
d duration: 天 日
h duration: 小时 个小时 钟头 个钟头 h
min duration: 分钟 min
s duration: 秒 秒钟 s
a age: 岁 周岁
m measurement: 米 公尺 m
km measurement: 千米 公里 km
cm measurement: 厘米 公分 cm
mm measurement: 毫米 公厘 mm
m2 measurement: 平方米 平米 平方公尺 m2 m² ㎡
km2 measurement: 平方公里 平方千米 km2 km²
har measurement: 公顷 hm2
亩 measurement: 亩
坪 measurement: 坪
m3 measurement: 立方米 m3 m³
L measurement: 升 公升 L
mL measurement: 毫升 ml mL
kg measurement: 千克 公斤 kg KG
t measurement: 吨 公吨
斤 measurement: 斤 台斤
ug measurement: 微克 μg µg ug
Cel measurement: 摄氏度 ℃ °C
[degF] measurement: 华氏度 ℉
mm[Hg] measurement: mmHg 毫米汞柱
kPa measurement: kPa 千帕
mmol/L measurement: mmol/L mmol/l 毫摩尔/升
umol/L measurement: μmol/L umol/L
mg/dL measurement: mg/dL mg/dl
ng/mL measurement: ng/mL ng/ml
[IU] measurement: IU 国际单位
[U] measurement: 单位 U
U/L measurement: U/L
mg/kg measurement: mg/kg 毫克/公斤
mg/kg/d measurement: mg/kg/d mg/(kg·d)
kg/m2 measurement: kg/m2 kg/m² kg/㎡
{cells}/kg count: cells/kg 个细胞/kg /kg
kW.h measurement: 千瓦时 度电 kWh kW·h
MW measurement: 兆瓦 MW
mW measurement: mW 毫瓦
Hz measurement: Hz 赫兹
MHz measurement: MHz 兆赫
GBy measurement: GB
Mbit/s measurement: Mbps
km/h measurement: 公里/小时 km/h 千米/时 公里每小时
% percentage: %
[ppth] percentage: ‰
{pp} percentage: 个百分点 百分点
{fold} multiple: 倍
deg measurement: 度
CNY money: 元 圆 块 块钱 人民币 元人民币 RMB
USD money: 美元 美金 USD US$
HKD money: 港元 港币 HKD HK$
TWD money: 新台币 台币 NT$ 元新台币
JPY money: 日元 日圆 日币
EUR money: 欧元 €
GBP money: 英镑 £
MOP money: 澳门元
KRW money: 韩元
RUB money: 卢布
CNY/mo money: 元/月
CNY/a money: 元/年 元每年
CNY/m2 money: 元/平方米 元每平方米
CNY/(kW.h) money: 元/千瓦时 元/度
USD/桶 money: 美元/桶
例/100000人 count: 例/10万人
例/1000000人 count: 例/百万人
人次/a count: 人次/年
人次 count: 人次
名 count: 名
家 count: 家
"""


@pytest.mark.parametrize(
    ("code", "kind", "surface"),
    [
        (*head.split(), surface)
        for line in SAME.strip().splitlines()
        for head, _, surfaces in [line.partition(": ")]
        for surface in surfaces.split()
    ],
)
def test_code_and_kind(code: str, kind: str, surface: str) -> None:
    unit = UNITS.lookup(surface)
    assert unit is not None
    assert (unit.code, unit.kind) == (code, kind)


@pytest.mark.parametrize(
    ("text", "at", "rest"),
    [
        ("5mg抗体", 1, "抗体"),
        ("10mg-20mg", 2, "-20mg"),
        ("5mmol/L）", 1, "）"),
        ("30元/月起", 2, "起"),
        ("3千瓦时电", 1, "电"),
        ("5kg/", 1, "/"),
        ("12例/10万人年", 2, ""),
        ("8亿元人民币", 2, ""),
        ("20米每秒", 2, ""),
        ("2个小时", 1, ""),
        ("1h30min", 1, "30min"),
        ("500元年费", 3, "年费"),
        ("3支队伍", 1, "队伍"),
        ("2人均表示", 1, "均表示"),
    ],
)
def test_the_longest_unit_wins_and_stops_where_it_ends(text: str, at: int, rest: str) -> None:
    found = UNITS.match(text, at)
    assert found is not None
    assert text[found[1] :] == rest


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("5gene", 1),
        ("5m-RNA", 1),
        ("3月", 1),
        ("5G", 1),
        ("4K", 1),
        ("5", 1),
        ("2型", 1),
        ("3天津", 1),
        ("3.2环比", 3),
        ("由3升至5", 2),
        ("1.2对照组", 3),
        ("5元素", 1),
        ("5元年", 1),
        ("3支队", 1),
        ("2人均", 1),
    ],
)
def test_no_unit_there(text: str, at: int) -> None:
    """A letter of a Latin word, a month of the calendar, a grade."""
    assert UNITS.match(text, at) is None


@pytest.mark.parametrize(
    ("text", "code", "start"),
    [
        ("约US$30", "USD", 1),
        ("NT$30", "TWD", 0),
        ("人民币 30", "CNY", 0),
        ("¥30", "CNY", 0),
        ("HK$3", "HKD", 0),
        ("C$5", "CAD", 0),
        ("共€ 5", "EUR", 1),
        ("£5", "GBP", 0),
        ("加币 $687", "CAD", 0),
        ("人民币¥30", "CNY", 0),
    ],
)
def test_currencies_before_the_number(text: str, code: str, start: int) -> None:
    digits = next(i for i, c in enumerate(text) if c.isdecimal())
    assert UNITS.prefix(text, digits) == (code, start)


def test_a_bare_dollar_follows_the_jurisdiction() -> None:
    """Catches $5.5 of a Hong Kong fare read as American."""
    codes = {region: UNITS.prefix("$5", 1, region=region) for region in ("HK", "TW", "CN", "")}
    assert codes == {"HK": ("HKD", 0), "TW": ("TWD", 0), "CN": ("USD", 0), "": ("USD", 0)}


def test_a_latin_word_is_no_currency() -> None:
    assert UNITS.prefix("xRMB5", 4) is None


@pytest.mark.parametrize(("region", "code"), [("TW", "TWD"), ("HK", "HKD"), ("MO", "MOP"), ("CN", "CNY"), ("", "CNY")])
def test_a_bare_yuan_follows_the_jurisdiction(region: str, code: str) -> None:
    assert bare_yuan(region) == code
    for surface in ("元", "块", "元/月"):
        unit = UNITS.lookup(surface, region)
        assert unit is not None
        assert unit.code.split("/")[0] == code
    spelled = UNITS.lookup("人民币", region)
    assert spelled is not None
    assert spelled.code == "CNY"


def test_factors_bring_small_coins_into_the_currency() -> None:
    factors = {word: unit.factor for word in ("角", "毛", "分钱", "美分") if (unit := UNITS.lookup(word))}
    assert factors == {
        "角": Decimal("0.1"),
        "毛": Decimal("0.1"),
        "分钱": Decimal("0.01"),
        "美分": Decimal("0.01"),
    }


def test_no_surface_stands_for_two_things_in_one_table() -> None:
    """A second row for a surface would never be read."""
    for table in ("units", "currencies", "classifiers"):
        surfaces = [s for row in read_words(table) for s in (row["term"], *filter(None, row["aliases"].split("|")))]
        assert sorted(s for s in set(surfaces) if surfaces.count(s) > 1) == []


def test_the_tables_are_as_wide_as_promised() -> None:
    units, currencies = read_words("units"), read_words("currencies")
    assert sum(1 + len(row["aliases"].split("|")) for row in units) >= 250
    assert len({row["code"] for row in currencies}) >= 50
    assert len(read_words("classifiers")) >= 120
    kinds = {row["kind"] for table in ("units", "currencies", "classifiers") for row in read_words(table)}
    assert kinds <= {"count", "percentage", "money", "duration", "age", "multiple", "measurement"}


def test_there_are_words_enough() -> None:
    """Catches a table that lost its rows."""
    codes = {table: {row["code"] for row in read_words(table)} for table in ("units", "currencies", "classifiers")}
    assert len(codes["units"]) >= 250
    assert len(codes["currencies"]) >= 50
    assert len(codes["classifiers"]) >= 120
