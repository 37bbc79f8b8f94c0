"""Catches: offsets that drift behind entities or tags, text nobody sees, a page that takes quadratic time."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.align import Alignment
from pipeline.stages.markup import parse, visible
from pipeline.stages.webpage import _assembled
from pipeline.tabular.cell import BREAK


@pytest.mark.parametrize(
    ("source", "seen"),
    [
        ("<p>增长<b>3</b>万", "增长3万"),
        ("3&nbsp;万&lt;5&#37;&#x4E07;&copy2024&unknown;&", "3\xa0万<5%万©2024&unknown;&"),
        ("HbA1c<7.0%，5 < 6", "HbA1c<7.0%，5 < 6"),
        ("一<!-- 二 -->三<!--><b>四</b><!-- 五", "一三四"),
        ("一<?php echo ?>二<!DOCTYPE x>三", "一二三"),
        ("<script>if (a<b) x='</p>'</script>三万<style>p{}</style>例", "三万例"),
        ("<a title='1 > 0' href=x>三</a>万", "三万"),
        ('<img alt="a>b">三', "三"),
        ("第一段\n  第二行\r\n\t5%", "第一段第二行 5%"),
        ("three\n million", "three million"),
        ("<p>一</p>\n\n<p>二</p>三<br>四<hr>五", "一\n二\n三\n四\n五"),
        ("<table><tr><td>组</td><td>例</td></tr><tr><td>甲</td><td>6</td></tr></table>", "组\t例\n甲\t6"),
        (  # an empty cell and one that spans two columns keep the others below each other
            "<table><tr><th>组</th><th colspan=2>例</th><th>率</th></tr><tr><td>甲</td><td></td><td>6</td><td>5</td></table>",
            "组\t例\t\t率\n甲\t\t6\t5",
        ),
        (  # a cell that reaches down two rows
            "<table><tr><td rowspan=2>东</td><td>甲</td><td>6</td></tr><tr><td>乙</td><td>7</td></tr></table>",
            "东\t甲\t6\n\t乙\t7",
        ),
        (  # paragraphs and line breaks within a cell end no row
            "<table><tr><td><p>收入</p></td><td><p>二三年</p><p>万元</p></td></tr><tr><td><p>甲</p></td><td>6</td></tr></table>",
            f"收入\t二三年{BREAK}万元\n甲\t6",
        ),
        (  # a table around a table lays out the page
            "<table><tr><td>一<table><tr><td>甲<td>6<tr><td>乙<td>7</table><p>二</p></td><td>三</td></tr></table>",
            "一\n甲\t6\n乙\t7\n二\n三",
        ),
        (  # so does one with running text in its cells
            f"<table><tr><td><p>一</p><p>{'二' * 400}</p></td><td>三</td></tr><tr><td>四</td></tr></table>",
            f"一\n{'二' * 400}\n三\n四",
        ),
        (  # a row of one cell is a row
            "<table><tr><td colspan=3>支出<tr><td>甲<td>6<td>7<tr><td>乙<td>5</table>完",
            "支出\t\t\n甲\t6\t7\n乙\t5\n完",
        ),
        (  # numbers of cells that nobody means
            "<table><tr><td rowspan=99999 colspan=0>甲<td colspan=x>6<tr><td>7</table>",
            "甲\t6\n\t7",
        ),
        (
            "10<sup>6</sup>/L，<sup>131</sup>I，m<sup>2</sup>，例<sup>[12]</sup>，CO<sub>2</sub>",
            "10⁶/L，¹³¹I，m²，例[12]，CO2",
        ),
        ("10<SUP class=x><a href='#3'>-3</a></SUP>", "10⁻³"),
        ("<p>10<sup>6<p>30例", "106\n30例"),
        ("3<span style='display: none'>9</span>万<i hidden>8</i>例", "3万例"),
        ("汉<ruby>字<rp>(</rp><rt>zì</rt><rp>)</rp></ruby>三", "汉字三"),
        ("一<svg><text>9</text></svg>二<template><p>8</p></template>三", "一二\n三"),
        ("一<svg/>二", "一二"),
        ("一<svg>二", "一二"),
        ("<pre>一\n二</pre>", "一\n二"),
        ("<title>题</title><textarea>写</textarea>文", "文"),
        ("一<", "一<"),
        ("一<p", "一"),
        ("一</", "一"),
        ("&#1;一&#" + "1" * 5000 + ";", "一\ufffd"),
    ],
)
def test_what_a_reader_sees(source: str, seen: str) -> None:
    assert visible(source) == seen


def test_other_types_are_seen_as_they_are() -> None:
    assert visible("a<b>&lt;", "text/plain") == "a<b>&lt;"


def test_pieces_point_at_what_they_stand_for() -> None:
    source = "<p>增长<b>3</b>&#19975;例</p>"
    block = parse(source).blocks[0]
    assert [(text, source[low:high]) for text, low, high in block.pieces] == [
        ("增长", "增长"),
        ("3", "3"),
        ("万", "&#19975;"),
        ("例", "例"),
    ]


WORDS = st.text("三万例5%.&<>;#aZ \n\t的 ", max_size=6)
ENTITIES = st.sampled_from(["&lt;", "&amp;", "&nbsp;", "&#19975;", "&copy", "&#x20;", "&nothing;", "&ampx", "&#0;"])
INLINE = st.sampled_from(["b", "span class='x>y'", "a href=x", "sub", "i", "font"])
BLOCKS = st.sampled_from(["p", "div", "li", "td", "h2", "blockquote"])
UNSEEN = st.sampled_from(
    ["<!-- 9 -->", "<script>9<b</script>", "<span hidden>9</span>", "<svg>9</svg>", "<br>", "<img>"]
)
HTML = st.recursive(
    WORDS | ENTITIES | UNSEEN,
    lambda inner: (
        st.builds(
            lambda tag, parts, close: f"<{tag}>" + "".join(parts) + (f"</{tag.split()[0]}>" if close else ""),
            INLINE | BLOCKS,
            st.lists(inner, max_size=4),
            st.booleans(),
        )
        | st.builds(lambda digits: f"<sup>{digits}</sup>", st.text("0123", min_size=1, max_size=3))
    ),
    max_leaves=12,
)


@given(st.lists(HTML, max_size=5).map("".join), st.data())
def test_any_span_read_in_the_source_is_the_span_of_the_text(source: str, data: st.DataObject) -> None:
    text, pieces, _ = _assembled(parse(source).blocks)
    assert visible(source) == text
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    if not text[start:end].strip() or text[start:end] != text[start:end].strip():
        return  # white space at the edge of a slice isn't seen; no mention starts or ends with it
    if any(at < edge < until for at, until, low, high in pieces for edge in (start, end) if until - at < high - low):
        return  # inside a superscript or an entity of two characters, which are one piece with their markup
    low, high = Alignment.from_pieces(pieces).to_source(start, end)
    assert visible(source[low:high]) == text[start:end]


@given(st.text("<>/!-&;#'\"= \nabps三5[]?", max_size=40))
def test_broken_markup_has_ordered_pieces_and_never_raises(source: str) -> None:
    _, pieces, _ = _assembled(parse(source).blocks)
    Alignment.from_pieces(pieces)


MANY = 20_000


@pytest.mark.parametrize(
    "source",
    [
        "<a " * MANY,
        "<" * MANY,
        "<p a='" * MANY,
        "<a" + " =" * MANY,
        "<!--" * MANY,
        "<svg>" * MANY + "</svg>",
        "<span hidden>" * MANY + "</span>",
        "<script>" * MANY,
        "<rt>" * MANY,
        "&" * MANY,
        "&#" + "1" * MANY,
        "<div hidden>" * MANY + "x",
        "<div>" * MANY + "x",
        "<sup>" * MANY + "1",
    ],
    ids=lambda source: source[:8],
)
def test_hostile_pages_take_linear_time(source: str) -> None:
    started = time.process_time()
    parse(source)
    assert time.process_time() - started < 5  # 0.2 s here; quadratic is minutes


def test_time_is_linear_in_the_cells_of_a_table() -> None:
    def seconds(count: int) -> float:
        source = "<table><tr>" + "<td rowspan=900 colspan=90>甲" * count + "<tr><td>6" * count
        start = time.perf_counter()
        parse(source)
        return time.perf_counter() - start

    assert seconds(8_000) < 0.2 + 16 * seconds(1_000)
