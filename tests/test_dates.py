"""Dates as the stage settles them: what later dates count from, paragraphs, joins in several rounds."""

from __future__ import annotations

import datetime as dt

import pytest

from pipeline import extract
from pipeline.calendar.dateparts import extent
from pipeline.calendar.edtf import bounds


def values(text: str, published: str | None = None) -> list[tuple[str, str]]:
    return [(row.text, row.value) for row in extract(text, published=published).dates.fillna("").itertuples()]


def value(text: str, mention: str, published: str | None = None) -> str:
    return dict(values(text, published))[mention]


@pytest.mark.parametrize(
    ("text", "mention", "wanted"),
    [
        ("1995年7月合并，次年迁往福州。", "次年", "1996"),
        ("1961年起实行，同年8月改名。", "同年8月", "1961-08"),
        ("2023年增长，三年前开工，5月完工。", "5月", "2023-05"),
        ("2024年3月产量比2019年增长，8月下降。", "8月", "2024-08"),
        ("2024年产量增长，“十三五”末为30万套，8月下降。", "8月", "2024-08"),
        ("2024年第四季度增长，去年同期下降，12月回升。", "12月", "2024-12"),
    ],
)
def test_what_later_dates_count_from(text: str, mention: str, wanted: str) -> None:
    """A date told in passing (三年前, 比2019年, a plan, 同期) must not become the year of the next bare month."""
    assert value(text, mention) == wanted


def test_bare_day_of_a_new_paragraph_is_recent() -> None:
    """News go back to the day after background: 3月15日 of a new paragraph isn't 2019's."""
    text = "该公司成立于2019年5月。\n3月15日，公司公布年报。"
    assert value(text, "3月15日", "2025-03-16") == "2025-03-15"
    assert value(text, "3月15日") == "2019-03-15"
    assert value("该公司成立于2019年5月，3月15日开业。", "3月15日", "2025-03-16") == "2019-03-15"


def test_this_year_takes_the_text_back_to_publication() -> None:
    """今年以来 after figures of another year: the next bare day is of this year."""
    text = "2024年营收增长，其中12月为10亿元。今年以来股价上涨，4月15日收盘上涨。"
    assert value(text, "4月15日", "2025-04-22") == "2025-04-15"


def test_nothing_counts_from_today() -> None:
    """Without publication and context a relative date keeps no value."""
    assert values("去年增长，本月8日开工。") == [("去年", ""), ("本月8日", "")]
    assert value("去年增长。", "去年", "2020-05-01") == "2019"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2023年4月21日上午9时开幕", [("2023年4月21日上午9时", "2023-04-21T09")]),
        (
            "2025年5月20日（星期二）下午2:30—5:00召开",
            [("2025年5月20日（星期二）下午2:30—5:00", "2025-05-20T14:30/2025-05-20T17:00")],
        ),
        ("2018年11月至次年2月停工", [("2018年11月至次年2月", "2018-11/2019-02")]),
        ("2000年至2010年首6個月", [("2000年至2010年首6個月", "2000/2010-06")]),
        ("昭和十六年（1941年）12月8日", [("昭和十六年（1941年）12月8日", "1941-12-08")]),
        ("2月30日放假", [("2月30日", "")]),
    ],
)
def test_joins(text: str, found: list[tuple[str, str]]) -> None:
    """Parts that several rounds put together are one mention, nothing of them is left over."""
    assert values(text, "2025-06-01") == found


@pytest.mark.parametrize(
    "text",
    [
        "4/5G网络",
        "气温24点5度",
        "十一点的事",
        "住在3号楼",
        "电话888-000-9999",
        "每周三次",
        "比分21-19",
        "7.5日",
        "比例1:10",
        "2年制",
    ],
)
def test_no_dates(text: str) -> None:
    assert values(text, "2025-06-01") == []


def test_dates_are_no_claims() -> None:
    """A number that a date takes must not be claimed as a quantity as well."""
    got = extract(
        "2025-2027年间，2024年5月1－5日，20240307，2010.01.29，今年1-9月，十四五期间，8点半。", published="2025-06-01"
    )
    assert list(got.claims.text) == []


def test_bounds_fit_values() -> None:
    """earliest and latest are what the value can mean, but for a part of a period that narrows them."""
    for row in extract("2023年、2024年第三季度、1990年代、2020年以来、2024年5月上旬。").dates.fillna("").itertuples():
        low, high = bounds(row.value)
        assert row.earliest >= low
        assert not high or row.latest <= high
    assert dt.date.fromisoformat(extract("2024年5月上旬").dates.iloc[0].latest) == dt.date(2024, 5, 10)


def test_extent_orders_parts() -> None:
    """A year may be followed by a month, a month not by a year, nothing by a range."""
    assert extent({"rel": "year-1"})[1] < extent({"month": 8, "day": 1})[0]
    assert extent({"month": 8})[1] > extent({"year": 2024})[0]
    assert extent({"begin": {"year": 2020}, "finish": {"year": 2021}})[1] == 9


@pytest.mark.parametrize(
    ("text", "mention", "wanted"),
    [
        ("本市今（2021）年新增5例。今年6月有3例，去年同期2例。", "今年6月", "2021-06"),  # an annotated year
        ("台灣內政部統計，今（113）年新臺幣經費增加，去年減少。", "去年", "2023"),  # … of the Republic
        (
            "台灣內政部今天公布新臺幣經費。（編輯：王大明）1121208",
            "今天",
            "2023-12-08",
        ),  # the foot of an agency's report
        ("昨天（2019年5月8日）公布，去年营收增长。", "去年", "2018"),  # an annotated day
        ("新华社南京3月9日电，2018年3月2日开工。", "3月9日", "2018-03-09"),  # the news of what is told last
        ("新华社南京1月5日电，2018年12月底完工。", "1月5日", "2019-01-05"),  # … in the next year
        ("新华社南京2018年3月9日电，昨天大桥合龙，2015年4月开工。", "昨天", "2018-03-08"),  # a whole dateline
        ("税务局5月6日公布，截至2022年4月末共有30户。同日又公布10户。", "同日", "2022-05-06"),
        ("发布时间：2024-05-03 10:20\n去年降雨偏少。", "去年", "2023"),  # a label
        ("2024年5月3日，市统计局发布数据，今年一季度增长。", "今年一季度", "2024-33"),  # what a text opens with
        ("本报讯（记者王明）4月30日，大桥合龙。截至2024年4月中旬完成九成，今年完工。", "今年", "2024"),  # a byline
        ("今天发表报告，回顾2020年工作。去年新增40家，今年拟新增50家。", "今年", "2021"),
        (
            "（中央社記者王大明台北12日電）今天公布結果。民國110年5月的統計顯示，5月人口減少3萬人。",
            "今天",
            "2021-06-12",
        ),
    ],
)
def test_the_text_shows_what_it_speaks_from(text: str, mention: str, wanted: str) -> None:
    """Without a day of publication the text's own dates decide 今年, datelines and bare days, also those before them."""
    assert value(text, mention) == wanted


@pytest.mark.parametrize("told", ["2021年9月2日24时", "2021年9月2日0时至24时", "2021年9月2日0-24时"])
def test_a_day_that_ends_at_midnight_is_that_day(told: str) -> None:
    """24时 is the next day's first hour in EDTF, but 当日 behind it means the day that ended."""
    assert value(f"截至{told}新增2例。当日出院1例。", "当日") == "2021-09-02"


@pytest.mark.parametrize(
    ("text", "mention"),
    [
        ("新华社南京9月18日电，公司2025年排放下降。", "9月18日"),  # a year alone may be last year
        ("新华社南京9月18日电，公司成立于2015年8月。", "9月18日"),  # a founding date
        ("新华社南京9月18日电，工程计划2030年10月完工。", "9月18日"),  # a plan
        ("新华社南京9月18日电，大桥2011年1月通车。", "9月18日"),  # told long before: background
        ("今年产量增长，到2030年将达到50万吨。", "今年"),
        ("今年产量增长。\n该厂曾于2010年5月扩建。", "今年"),
        ("今年产量增长，“2018-2022五年规划”已完成。", "今年"),
        ("他1985年6月3日出生，今年办展。", "今年"),
        ("2016年6月3日建成。今年客流增长，8月达3万人。", "8月"),  # of this year, not of 2016
        ("2008年5月12日发生地震，今年举行纪念活动。", "今年"),  # one day of the past
        ("2008年5月12日，地震发生，今年公布名单。", "今年"),
        ("今年前两个月出口增长，而2016年1月至2月下降。", "今年前两个月"),  # told after, in contrast
    ],
)
def test_background_shows_nothing(text: str, mention: str) -> None:
    """A plan, a founding year, old background or a year alone must not date the news: empty rather than wrong."""
    assert value(text, mention) == ""


FILLER = "各地代表谈了自己的看法，会场气氛热烈。\n" * 80

BEHIND = [
    "新华社北京2016年3月9日电，大桥通车。",
    "本市今（2016）年新增5例。",
    "2016年5月产量上升，5月销量也上升。",
    "（編輯：王大明）1051208\n台灣新臺幣升值。",
    "昨天（2016年5月8日）公布。",
    "2031年全面完工。",
]


@pytest.mark.parametrize("behind", BEHIND)
@pytest.mark.parametrize(
    "before", ["今年产量增长，3月15日投产。\n", "新华社南京3月9日电，2018年3月2日开工，去年停工。\n"]
)
def test_what_is_appended_dates_nothing_before(before: str, behind: str) -> None:
    """Another article behind a text must not give its year to the text."""
    alone, both = values(before + FILLER), values(before + FILLER + behind)
    assert both[: len(alone)] == alone


@pytest.mark.parametrize(
    ("text", "mention", "wanted"),
    [
        (
            "新华社南京2018年3月9日电，去年开工。\n" + FILLER + "新华社武汉2021年5月9日电，昨天竣工。",
            "昨天",
            "2021-05-08",
        ),
        ("新华社南京2018年3月9日电，去年开工。\n" + FILLER + "新华社武汉2021年5月9日电，昨天竣工。", "去年", "2017"),
        ("新华社南京2018年3月9日电，大桥开工。\n" + FILLER + "记者了解到，去年竣工。", "去年", "2017"),
        ("产量增长。\n" + FILLER + "本市今（2021）年新增5例，去年3例。", "去年", "2020"),
        ("公司去年营收增长。\n" + FILLER + "公司董事会\n2021年5月9日\n", "去年", "2020"),
    ],
)
def test_pieces_of_a_text_speak_from_their_own_time(text: str, mention: str, wanted: str) -> None:
    """A dateline far down opens a piece of its own; what a head says holds to the end; a foot signs the piece above it."""
    assert value(text, mention) == wanted


def test_dateline_counts_from_publication() -> None:
    """Background of another year before a dateline isn't its year."""
    text = "该桥2012年7月通车。\n新华社南京10月8日电，客流增长。"
    assert value(text, "10月8日", "2020-10-09") == "2020-10-08"
    assert value(text, "10月8日") == ""


@pytest.mark.parametrize(
    ("text", "mention", "wanted"),
    [
        ("今年5月产量为3万吨，较上月增长。", "上月", "2023-04"),  # published in June
        ("今年4月产量为3万吨，与上月持平。", "上月", "2023-03"),
        ("上月产量为3万吨。", "上月", "2023-05"),
        ("截至2023年3月31日止三个月，盈利5亿元，低于去年同期。", "去年同期", "2022-01/2022-03"),
        ("2022年6月30日盈利5元（2021年：4元），低于去年同期。", "去年同期", "2021-06-30"),
        ("自2015年投产以来效益良好，截至5月底完成3万吨。", "5月底", "2023-05"),
    ],
)
def test_what_is_compared(text: str, mention: str, wanted: str) -> None:
    """上月 beside 较 and 与 is the month before the data's; figures in brackets and 自…以来 are told in passing."""
    assert value(text, mention, "2023-06-20") == wanted


@pytest.mark.parametrize(
    ("text", "mention", "wanted"),
    [
        ("龙年春节临近。", "龙年春节", "2024-02-10"),
        ("今天是癸卯年除夕。", "癸卯年除夕", "2024-02-09"),
        ("甲辰年正月初一放假。", "甲辰年正月初一", "2024-02-10"),
        ("辛亥年起义。", "辛亥年", ""),  # more than a year away: which one, the text doesn't say
        ("武昌1911年10月起义，辛亥年从此出名。", "辛亥年", "1911"),
        ("迎接龙年。3月演出。", "3月", "2024-03"),  # nothing counts from the name of a year
    ],
)
def test_named_years(text: str, mention: str, wanted: str) -> None:
    """甲辰年 and 龙年 are years beside the context's or publication's, their eve is the last day of the lunar year."""
    assert value(text, mention, "2024-01-20") == wanted


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("本周六、周日休息。", [("本周六", "2024-05-18"), ("周日", "2024-05-19")]),
        ("下周一和周三开会，会期两天。", [("下周一", "2024-05-20"), ("周三", "2024-05-22")]),
        ("下周一开会。周三闭幕。", [("下周一", "2024-05-20"), ("周三", "2024-05-15")]),  # another sentence
        (
            "周一下午、周四起、周三中午",
            [("周一下午", "2024-05-13"), ("周四起", "2024-05-09/.."), ("周三中午", "2024-05-15")],
        ),
        ("查一下下周五的票。", [("下周五", "2024-05-24")]),
        ("2:00-明天4:00值班。", [("2:00-明天4:00", "2024-05-15T02:00/2024-05-16T04:00")]),
        ("下午三点开会。", [("下午三点", "2024-05-15T15")]),  # of the day of publication where no other is told
        ("5月10日开幕。下午三点开会。", [("5月10日", "2024-05-10"), ("下午三点", "2024-05-10T15")]),
        ("营业时间9:00-17:00。", [("9:00-17:00", "")]),  # of every day
        ("去年今日通车。", [("去年今日", "2023-05-15")]),
        ("预计年底完工。", [("年底", "2024-12")]),
        ("几年前开业。", [("几年前", "")]),
        ("周四下雨，周五预计台风登陆。", [("周四", "2024-05-16"), ("周五", "2024-05-17")]),
        ("下午三点之前交稿。", [("下午三点之前", "../2024-05-15T15")]),
        ("23:00至次日7:00禁止施工。", [("23:00至次日7:00", "2024-05-15T23:00/2024-05-16T07:00")]),
        ("12月31日前提交。", [("12月31日前", "../2024-12-31")]),
        ("公元前三世纪建成。", [("公元前三世纪", "-02XX")]),
    ],
)
def test_words_of_near_times(text: str, found: list[tuple[str, str]]) -> None:
    """Week days of a named week, clock times without a day, words that need the day of publication."""
    assert values(text, "2024-05-15") == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("依据1952年渔业法令审理。次年宣判。", [("1952年", "1952"), ("次年", "1953")]),
        (
            "2003年5月起诉，依据1952年渔业法令。6月宣判。",
            [("2003年5月", "2003-05"), ("1952年", "1952"), ("6月", "2003-06")],
        ),
        (
            "第一季度占比从2023年第四季度的三成上升。",
            [("第一季度", "2024-33"), ("2023年第四季度", "2023-36")],
        ),
        (  # 26 January is a Monday in 2026, not in 2025
            "2025年4月，会员增至3万人。\n星期一（1月26日），协会举行年会。去年收入上升。",
            [("2025年4月", "2025-04"), ("星期一（1月26日）", "2026-01-26"), ("去年", "2025")],
        ),
        ("隋开皇十六年（596）置县。", [("隋开皇十六年（596）", "0596")]),
        ("秦昭襄王五十一年（前256年）灭周。", [("五十一年（前256年）", "-0255")]),
    ],
)
def test_without_publication(text: str, found: list[tuple[str, str]]) -> None:
    """A law's year anchors nothing but what has no other; a compared quarter tells the year; reigns with their conversion."""
    assert values(text, "") == found


def test_end_of_year_in_january_is_the_year_before() -> None:
    assert value("年底存款余额上升。", "年底", "2024-01-20") == "2023-12"
    assert value("力争年底前完工。", "年底前", "2024-01-20") == "../2024-12"
