"""Catches: boilerplate read as article, article lost, offsets that leave the source, dates made up."""

from __future__ import annotations

import datetime as dt

import pytest

from pipeline.stages.markup import visible
from pipeline.stages.webpage import Webpage, webpage

PARAGRAPHS = [
    "据国家卫健委数据，我国糖尿病患者超1.4亿，<b>同比</b>增长5%。研究团队在北京大学第一医院开展了一项临床试验，共纳入120例患者。",
    "结果显示，治疗组总缓解率达到67.5%，对照组为13.8%，差异有统计学意义（P&lt;0.05）。",
    "专家表示，未来三年有望惠及1000万名患者，终身费用降至10&nbsp;万元以内。<br>该研究发表于《细胞》。",
]
LINKS = "".join(f'<li><a href="/{n}">相关新闻：某地新增{n}例患者</a></li>' for n in range(20, 30))


def page(body: str, head: str = "") -> str:
    return (
        f"<!DOCTYPE html>\r\n<html><head><title>糖尿病治疗新突破 - 某某网</title>{head}"
        "<script>var n = '9万例';</script><style>p{width:80%}</style></head>\r\n<body>"
        "<nav><ul><li><a href=/>首页</a></li><li><a href=/n>新闻30条</a></li></ul></nav>"
        f"{body}<aside><h3>热门</h3><ul>{LINKS}</ul></aside>"
        "<footer>版权所有 2010-2025 某某网 电话 010-12345678</footer></body></html>"
    )


ARTICLE = page(
    "<div class='content'><h1>糖尿病治疗新突破</h1>\r\n"
    + "\r\n".join(f"  <p>{text}</p>" for text in PARAGRAPHS)
    + "<h2>分组</h2><table><tr><th>组别</th><th>例数</th></tr><tr><td>治疗组</td><td>60例</td></tr></table></div>"
)


def agrees(source: str, read: Webpage, start: int, end: int) -> bool:
    low, high = read.alignment.to_source(start, end)
    return visible(source[low:high]) == read.text[start:end]


def test_article_without_boilerplate() -> None:
    text = webpage(ARTICLE).text
    for needed in (
        "糖尿病治疗新突破",
        "1.4亿，同比增长5%",
        "P<0.05",
        "10\xa0万元",
        "组别\t例数\n治疗组\t60例",
    ):
        assert needed in text
    for unwanted in ("首页", "30条", "相关新闻", "版权", "9万例", "80%"):
        assert unwanted not in text


def test_each_span_of_a_line_leads_to_the_source() -> None:
    read = webpage(ARTICLE)
    start = 0
    for line in read.text.split("\n"):
        for low in range(start, start + len(line), 3):
            for high in (low + 1, low + 4, start + len(line)):
                if low < high <= start + len(line) and read.text[low:high] == read.text[low:high].strip(" \t"):
                    assert agrees(ARTICLE, read, low, high)
        start += len(line) + 1


def test_a_mention_across_markup_spans_the_markup() -> None:
    source = page(
        "<article>" + "".join(f"<p>{text}</p>" for text in PARAGRAPHS) + "<p>共<b>3</b>万例患者入组研究。</p></article>"
    )
    read = webpage(source)
    at = read.text.index("3万例")
    low, high = read.alignment.to_source(at, at + 2)
    assert source[low:high] == "3</b>万"


def test_headings_are_spans_of_the_text() -> None:
    read = webpage(ARTICLE)
    assert [read.text[a:b] for a, b in read.headings] == ["糖尿病治疗新突破", "分组"]


@pytest.mark.parametrize(
    "head",
    [
        '<meta property="article:published_time" content="2024-05-07T10:00:00+08:00">',
        '<meta name="PubDate" content="2024/05/07">',
        '<script type="application/ld+json">{"@type":"NewsArticle","datePublished": "2024-05-07"}</script>',
    ],
)
def test_publication_date(head: str) -> None:
    assert webpage(page(f"<p>{PARAGRAPHS[0]}", head)).metadata.published == "2024-05-07"


def test_no_date_is_made_up() -> None:
    published = webpage(page(f"<p>{PARAGRAPHS[0]}")).metadata.published
    assert published != dt.date.today().isoformat()
    assert published == ""


def test_metadata() -> None:
    head = (
        '<meta property="og:site_name" content="某某网"><meta name=author content="张三">'
        "<link rel=canonical href='https://example.org/a?x=1&amp;y=2'>"
    )
    about = webpage(page(f"<p>{PARAGRAPHS[0]}", head)).metadata
    assert (about.publisher, about.author, about.url) == ("某某网", "张三", "https://example.org/a?x=1&y=2")
    assert about.title.startswith("糖尿病治疗新突破")


@pytest.mark.parametrize("body", ["<p>增长5%</p>", "增长5%", "<form>增长5%</form>", "<div hidden>增长5%</div>"])
def test_short_pages_are_read_all_the_same(body: str) -> None:
    assert webpage(body).text == "增长5%"


def test_text_nested_deeper_than_lxml_allows_is_kept() -> None:
    source = "<html><body>" + "<div>" * 600 + f"<p>{PARAGRAPHS[1]}</p>" + "</div>" * 600
    assert "67.5%" in webpage(source).text


@pytest.mark.parametrize("source", ["", "<", "<html>", "<!--", "<p>", "<?xml version='1.0' encoding='gbk'?><p>三</p>"])
def test_next_to_nothing(source: str) -> None:
    assert webpage(source).text in ("", "<", "三")


def test_page_wrapped_in_a_form_and_made_of_sections() -> None:
    """ASP.NET and WeChat: no paragraph, the text hidden until a script shows it."""
    sections = "".join(f"<section><section><span>{text}</span></section></section>" for text in PARAGRAPHS)
    text = webpage(
        page(f"<form><div style='visibility: hidden'>{sections}<section>要点</section>{sections}</div></form>")
    ).text
    assert "67.5%" in text
    assert "要点" in text
    assert "相关新闻" not in text


@pytest.mark.parametrize("frame", ["sidebar", "page has-footer", "nav"])
def test_name_of_the_whole_frame_says_nothing(frame: str) -> None:
    body = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
    assert "67.5%" in webpage(f"<html><body><div class='{frame}'>{body}</div></body></html>").text


def test_named_foot_and_link_lists_are_boilerplate() -> None:
    body = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
    foot = "<div class='page-footer'><p>本站已有3000万注册用户，举报电话：010-12345678，欢迎联系我们。</p></div>"
    text = webpage(f"<html><body><div>{body}</div><ul>{LINKS}</ul>{foot}</body></html>").text
    assert "67.5%" in text
    assert "相关新闻" not in text
    assert "3000万" not in text


@pytest.mark.parametrize(
    ("line", "date"),
    [
        ("<div>来源：某某网 <span>2024-05-07 10:22</span></div>", "2024-05-07"),
        ("<p>2024年5月7日，某医院完成手术。</p>", ""),
        ("<ul><li><a href=/a>某医院完成手术</a> <span>2024-05-07</span></li></ul>", ""),
        ("<div>2024年5月</div>", ""),
    ],
)
def test_printed_date_is_a_line_of_its_own_near_the_headline(line: str, date: str) -> None:
    body = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
    assert webpage(page(f"<div><h1>糖尿病治疗新突破</h1>{line}{body}</div>")).metadata.published == date


def test_a_table_of_data_is_read_whole() -> None:
    """A cell that the vote lost would shift all cells behind it."""
    rows = "".join(
        f"<tr><td><p>{name}</p></td><td><p>{n}</p></td><td></td><td>{n + 1}</td></tr>"
        for n, name in enumerate(("收入", "成本", "利润"))
    )
    table = f"<table><tr><td>项目</td><td colspan=2>今年</td><td>去年</td></tr>{rows}</table>"
    text = webpage(ARTICLE.replace("<h2>分组</h2>", f"<h2>收支</h2>{table}<h2>分组</h2>")).text
    assert "项目\t今年\t\t去年\n收入\t0\t\t1\n成本\t1\t\t2\n利润\t2\t\t3\n" in text
