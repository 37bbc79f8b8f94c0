"""Articles: what would put a claim in the wrong sentence, section, year or currency."""

from __future__ import annotations

import datetime as dt
import doctest
import time
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.model import Source
from pipeline.stages import article as module
from pipeline.stages import region as region_module
from pipeline.stages.article import make_article, publication_date, sentences
from pipeline.stages.region import region_of

GOLD = Path("..") / "shared" / "gold"


def source(text: str, **known: object) -> Source:
    return Source("d", "a.txt", text, text, **known)  # type: ignore[arg-type]


def cut(text: str) -> list[str]:
    return [text[s.start : s.end] for s in sentences(text)]


@pytest.mark.parametrize(
    "text",
    [
        "增长3.5%，v3.8.18版",  # an ASCII full stop
        "见 http://a.cn/b?c=1;d=2&e=3 页",
        "《走吧！》上映首日票房3亿元",
        "（约12:30－14:00）",
    ],
)
def test_no_boundary(text: str) -> None:
    assert cut(text) == [text]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" \r\n\u3000\n", []),
        ("一。二！三？四；五", ["一。", "二！", "三？", "四；", "五"]),
        ("“好。”他说。（见图。）完", ["“好。”", "他说。", "（见图。）", "完"]),
        ("「好！」他說", ["「好！」", "他說"]),
        ("什么？！真的……是", ["什么？！", "真的……", "是"]),
        ("真的?是!好;", ["真的?", "是!", "好;"]),
        ("一行\r\n二行\r三行\n四行\u2028五行", ["一行", "二行", "三行", "四行", "五行"]),
        ("\u3000\u3000缩进。  下句。 \r\n", ["缩进。", "下句。"]),
        ("收治120例.有效率90%.", ["收治120例.有效率90%."]),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert cut(text) == expected


@given(st.text(alphabet="字5.。！？；…!?;”’』」）)》\"' \t\r\n\u3000\u2028\x85a"))
@example("。" * 50 + "》")
def test_sentences_lose_nothing_but_space(text: str) -> None:
    at = 0
    for sentence in sentences(text):
        assert at <= sentence.start < sentence.end
        assert not text[at : sentence.start].strip()
        piece = text[sentence.start : sentence.end]
        assert piece == piece.strip()
        assert not set(piece) & set("\r\n\u2028\x85")
        at = sentence.end
    assert not text[at:].strip()


@given(st.text(alphabet="字。；\n", max_size=30), st.text(alphabet="字。；\n", max_size=10))
def test_later_text_does_not_move_earlier_sentences(text: str, more: str) -> None:
    assert cut(text + "。\n" + more)[: len(cut(text + "。"))] == cut(text + "。")


@pytest.mark.parametrize("unit", ["。", "!?", "。》", "字。", " ", "\n", "” ", "字"])
def test_linear_time(unit: str) -> None:
    started = time.process_time()
    sentences(unit * (300_000 // len(unit)) + "》a")
    assert time.process_time() - started < 5


def test_line_ends_change_no_paragraph() -> None:
    text = "一段。\n\n二段一。二段二\n三段"
    assert [s.paragraph for s in sentences(text)] == [0, 1, 1, 2]
    crlf = text.replace("\n", "\r\n")
    assert [(s.paragraph, crlf[s.start : s.end]) for s in sentences(crlf)] == [
        (s.paragraph, text[s.start : s.end]) for s in sentences(text)
    ]


RUNNING = "去年收治患者120例，有效率达到90%，同比增长三成，为历年最高。"


@pytest.mark.parametrize(
    "heading",
    ["一、总体情况", "01 國家戰略升級", "1. 研究方法", "1.2 结果", "（三）保障措施", "第二章 总则", "# 概述", "总结"],
)
def test_headings(heading: str) -> None:
    found = sentences(f"前文{RUNNING}\n{heading}\n{RUNNING}")
    assert found[0].section == ""
    assert [s.section for s in found[1:]] == [heading.lstrip("# ")] * 2


@pytest.mark.parametrize(
    "line",
    [
        "一、总体情况良好，稳中向好。",  # a sentence
        "面临三大挑战：",  # announces
        "- 月产能不足百剂",  # an item
        "2024年，全国",
        "3.5亿元",  # a number is no heading number
        "其中，治疗组为30%",
    ],
)
def test_no_headings(line: str) -> None:
    assert {s.section for s in sentences(f"{line}\n{RUNNING}")} == {""}


def test_headings_of_the_format_count() -> None:
    text = f"任何一行，都可以。\n{RUNNING}\n第二行。\n{RUNNING}"
    second = text.index("第二行")
    found = sentences(text, [(0, 9), (second, second + 4)])
    assert [s.section for s in found] == ["任何一行，都可以。"] * 2 + ["第二行。"] * 2


@pytest.mark.parametrize("written", ["", "2025", "2025-04", "2025-02-30", "上周", "2025年4月29日"])
def test_incomplete_dates_stay_unknown(written: str) -> None:
    assert publication_date(written) is None


def test_what_the_user_says_comes_first() -> None:
    there = source("港元港币立法会", published="2020-01-01", url="https://www.gov.cn/a")
    assert make_article(there).published == dt.date(2020, 1, 1)
    assert make_article(there, published="2025-04-29").published == dt.date(2025, 4, 29)
    assert make_article(there, region="tw").region == "TW"


@pytest.mark.parametrize(
    ("text", "url", "expected"),
    [
        ("卫福部与行政院公布，补助新台币3亿元", "", "TW"),
        ("入境事务处称涉及3亿港元", "", "HK"),
        ("博彩收入达200亿澳门元", "https://www.gov.mo/", "MO"),
        ("组屋转售价为50万新元", "", "SG"),
        ("国务院印发通知，国家医保局解读", "", "CN"),
        ("国家卫健委表示，我国患者超1亿，台湾与香港亦有病例", "", "CN"),  # mentions
        ("两岸三地：台湾、香港、北京、上海", "", ""),  # no clear margin
        ("治疗组有效率90%", "", ""),
        ("治疗组有效率90%", "https://www.mohw.gov.tw/a", "TW"),
        ("治疗组有效率90%", "http://[bad", ""),
    ],
)
def test_region(text: str, url: str, expected: str) -> None:
    assert region_of(text, url) == expected


def test_region_does_not_depend_on_the_script() -> None:
    hans, hant = "新台币3亿元，行政院核定", "新臺幣3億元，行政院核定"
    assert make_article(source(hans)).region == make_article(source(hant)).region == "TW"


@pytest.mark.skipif(not GOLD.is_dir(), reason="development gold is not part of the repository")
def test_regions_of_the_development_gold() -> None:
    known = {"d02": "HK", "d04": "TW", "d08": "TW", "d12": "TW", "d16": "TW", "d19": "HK", "d05": "", "d01": "CN"}
    for name, expected in known.items():
        text = (GOLD / "dev" / f"{name}.txt").read_bytes().decode("utf-8")
        assert make_article(source(text)).region == expected, name


def test_tokens_stand_where_they_say() -> None:
    article = make_article(source("前言。\r\n治療組１２０例，有效率９０％。"))
    tokens = article.tokens(1)
    assert "".join(t.text for t in tokens) == "治疗组120例，有效率90%。"
    assert all(article.shadow[t.start : t.end] == t.text for t in tokens)


def test_converted_is_asked_only_of_traditional_text() -> None:
    assert not make_article(source("关于背后，用于采购之后的规范")).converted
    assert make_article(source("關于背后,用于采購之后的規范")).converted


@pytest.mark.parametrize("tested", [module, region_module])
def test_doctests(tested: object) -> None:
    assert doctest.testmod(tested).failed == 0  # type: ignore[arg-type]
