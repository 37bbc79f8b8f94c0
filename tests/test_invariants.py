"""What must hold for any text: places, scripts, what comes behind, garbage. Rules alone, so that it stays quick."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.config import Config
from pipeline.document import extract_source
from pipeline.model import Result
from pipeline.stages.convert import to_traditional
from pipeline.stages.read import from_text

RULES_ONLY = Config(ner="none", region="CN")
TABLES = ("claims", "institutions", "dates", "rejected")

# Sentences of many kinds; none of them is there because a rule was made for it.
SENTENCES = (
    "据国家统计局数据，2024年一季度国内生产总值同比增长5.3%。",
    "治疗组总缓解率达到67.5%，对照组为44.8%。",
    "北京协和医院的患者中，60岁以上的占三成五。",
    "该公司预计2026年营收超过1.2亿元，净利润不低于3000万元。",
    "去年10月29日至11月3日，共有30余家企业参展。",
    "随访33个月，空腹血糖降至6.1±0.3 mmol/L。",
    "二〇二三年底，全国共有一千二百万名患者。",
    "气温零下5摄氏度，较前一日下降了8至10度。",
    "这是一家三甲医院，位居第三，没有任何数字。",
    "若成本下降一半，患者将增加3倍。",
    "中山大学附属第一医院（广州）收治了12例。",
    "“约六成受访者支持”，张明表示。",
)
MARKS = ("", "\n", "\r\n", "\n\n", "😀", "\u3000\u3000", " ", "一、", "\ufeff", "\t")
texts = st.lists(st.tuples(st.sampled_from(MARKS), st.sampled_from(SENTENCES)), min_size=1, max_size=6).map(
    lambda parts: "".join(mark + sentence for mark, sentence in parts)
)
garbage = st.text(
    alphabet="0123456789.,%％‰+-~～至到约超近余多几十百千万亿零一二两三年月日元个岁例第的在 \n\r。，（）()《》/×^①½６６\u0000\ufeff😀é\u0301",
    max_size=60,
)
quick = settings(max_examples=60, deadline=None)


def extracted(text: str, published: str = "") -> Result:
    return extract_source(from_text(text, published), RULES_ONLY)


def rows(result: Result, table: str, *without: str) -> list[dict[str, Any]]:
    """Rows without what names the document, and without the columns given."""
    hidden = {"doc_id", "report_link", "claim_id", "mention_id", "date_id", *without}
    return [{k: v for k, v in row.items() if k not in hidden} for row in getattr(result, table)]


@quick
@given(texts)
def test_every_row_stands_where_it_says(text: str) -> None:
    result = extracted(text)
    for table in TABLES:
        for row in getattr(result, table):
            assert 0 <= row["start"] < row["end"] <= len(text)
            assert text[row["start"] : row["end"]] == row["text"]
    for row in result.claims:
        if row["subject"]:
            assert text[row["subject_start"] : row["subject_end"]] == row["subject"]


@settings(max_examples=150, deadline=None)
@given(garbage)
def test_no_text_breaks_extraction(text: str) -> None:
    """Numerals and dates meet anything: half numbers, NUL, combining marks, signs without digits."""
    result = extracted(text)
    for table in TABLES:
        for row in getattr(result, table):
            assert text[row["start"] : row["end"]] == row["text"]
            low, high = row.get("value_low"), row.get("value_high")
            assert low is None or high is None or low <= high


@quick
@given(texts)
def test_the_script_changes_nothing(text: str) -> None:
    """The same rows in traditional: spans, values and all that is not quoted from the text."""
    quoted = ("text", "subject", "attribution", "time", "sentence", "section", "unit_text", "group")
    other = to_traditional(text)
    assert len(other) == len(text)
    simplified, traditional = extracted(text), extracted(other)
    for table in TABLES:
        assert rows(traditional, table, *quoted) == rows(simplified, table, *quoted)


@quick
@given(texts, texts)
def test_text_behind_changes_no_earlier_row(text: str, more: str) -> None:
    """Otherwise a new paragraph would change the claims above it, and nobody could say why.

    Without a day of publication one thing may: a date with its year that shows what 去年 counts from.
    """
    day = "2024-05-06"
    before = extracted(text + "\n\n", day)
    after = extracted(text + "\n\n" + more, day)
    for table in TABLES:
        earlier = [row for row in rows(after, table) if row["start"] < len(text)]
        assert earlier == rows(before, table)


@quick
@given(texts)
def test_line_ends_change_nothing_but_places(text: str) -> None:
    """A file saved on Windows says the same."""
    text = text.replace("\r\n", "\n")
    places = ("start", "end", "subject_start", "subject_end")
    unix, windows = extracted(text), extracted(text.replace("\n", "\r\n"))
    for table in TABLES:
        assert rows(windows, table, *places) == rows(unix, table, *places)


@pytest.mark.parametrize("digit", ["1", "一", "1,", "0.", "十", "1%", "2024年", "亿"])
def test_a_long_run_costs_no_more_than_its_length(digit: str) -> None:
    """One line of digits must not stop a run over a thousand files: quadratic time would take minutes here."""
    result = extracted(digit * (20_000 // len(digit)))
    assert sum(result.seconds.values()) < 10
