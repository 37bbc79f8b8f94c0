"""Catches: front matter read as text or text as front matter, values that YAML turns into other things."""

from __future__ import annotations

import pytest

from pipeline.stages.metadata import Metadata, front_matter, iso_date, markdown_headings, masked


@pytest.mark.parametrize(
    ("written", "date"),
    [
        ("2024-05-07", "2024-05-07"),
        ("2024/5/7 10:22:33", "2024-05-07"),
        ("2024年05月07日", "2024-05-07"),
        ("发布于 2024.5.7", "2024-05-07"),
        ("2024-05-07T23:59:59-08:00", "2024-05-07"),
        ("20240507", "2024-05-07"),
        ("20240507102233", ""),
        ("2024年5月", "2024-05"),
        ("2024", "2024"),
        ("2024-02-30", ""),
        ("12024-05-07", ""),
        ("7 May", ""),
        ("", ""),
    ],
)
def test_dates(written: str, date: str) -> None:
    assert iso_date(written) == date


def test_front_matter_keeps_strings() -> None:
    text = "---\ntitle: yes\nauthor: 012\nsource: 12:30\ndate: 2023-01-01\nurl: https://example.org/a\n---\n正文"
    about, end = front_matter(text)
    assert about == Metadata("yes", "012", "12:30", "2023-01-01", "https://example.org/a")
    assert text[end:] == "\n正文"


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_front_matter_with_any_newline(newline: str) -> None:
    text = newline.join(["---", "title: 题", "tags: [a, 3万]", "authors:", "- 甲", "- 乙", "...", "3万例"])
    about, end = front_matter(text)
    assert (about.title, about.author) == ("题", "甲, 乙")
    assert masked(text, end).split() == ["3万例"]
    assert len(masked(text, end)) == len(text)
    assert masked(text, end).count(newline) == text.count(newline)


@pytest.mark.parametrize(
    "text",
    [
        "---\n正文三万例\n---\n",
        "---\ntitle: [\n---\n",
        "---\ntitle: a\ntitle: b\n---\n",
        "---\nkey: 3万\n---\n",
        "---\ntitle: 没有结尾",
        "正文\n---\ntitle: a\n---\n",
        "---\n- title\n---\n",
        "---\n" + "[" * 5000 + "\n---\n",
        "---\n---\n",
        "---",
        "",
    ],
)
def test_what_is_no_front_matter_is_text(text: str) -> None:
    assert front_matter(text) == (Metadata(), 0)


def test_headings() -> None:
    text = (
        "# 一\n正文\n#话题 5\n```\n# 不是\n```\n二 标题\r\n---\r\n- 项\n---\n\n---\n###### 三 ##\n####### 七\n> 引\n==="
    )
    assert [text[a:b] for a, b in markdown_headings(text)] == ["一", "二 标题", "三"]
