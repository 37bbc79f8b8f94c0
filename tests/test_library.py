"""`pipeline.extract`: frames with the CSVs' columns, from a text or a file, and a page for a notebook."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipeline import extract
from pipeline.output.columns import TABLES
from pipeline.stages.read import ReadError

TEXT = "2024年产值增长5.3%，去年10月<b>为1.2亿元。"


def test_frames_have_the_columns_of_the_csvs() -> None:
    found = extract(TEXT, ner=None)
    for name in ("claims", "institutions", "dates", "rejected"):
        assert list(getattr(found, name).columns) == list(TABLES[name].names)
    assert [TEXT[int(r.start) : int(r.end)] for r in found.claims.itertuples()] == list(found.claims["text"])


def test_a_file_is_read_whether_a_path_or_its_name_is_given(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(TEXT.encode("gb18030"))
    for given in (path, str(path)):
        found = extract(given, ner=None)
        assert list(found.claims["source"].unique()) == [path.as_posix()]
    with pytest.raises(ReadError):
        extract(tmp_path / "gone.txt", ner=None)


def test_relative_dates_need_an_anchor_and_never_today() -> None:
    last_year = {
        published: extract("去年增长5%。", published=published, ner=None).dates["value"].tolist()
        for published in (None, "2025-04-29")
    }
    assert last_year == {None: [""], "2025-04-29": ["2024"]}


def test_a_region_decides_what_a_yuan_is() -> None:
    units = [extract("营收1.2亿元。", region=region, ner=None).claims["unit"].tolist() for region in ("CN", "TW", "HK")]
    assert units == [["CNY"], ["TWD"], ["HKD"]]


def test_a_notebook_shows_tables_and_runs_nothing_of_the_text() -> None:
    page = extract("增长<script>alert(5%)</script>", ner=None)._repr_html_()
    assert "<table>" in page
    assert "<script>" not in page


def test_calling_it_often_is_cheap() -> None:
    """Rules and dictionaries load once: a thousand calls must not take minutes."""
    extract(TEXT, ner=None)
    started = time.perf_counter()
    for _ in range(50):
        assert extract(TEXT, ner=None).claims["text"][0] == "5.3%"
    assert time.perf_counter() - started < 5


def test_spacy_finds_the_component_by_its_name() -> None:
    """The entry point must load it: nothing of ours is imported here."""
    script = (
        "import spacy; nlp = spacy.blank('zh'); nlp.add_pipe('zhclaims');"
        "doc = nlp('2024年产值增长5.3%。'); print(doc._.zhclaims.claims['text'].tolist() == ['5.3%'])"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert ran.stdout.strip() == "True", ran.stderr


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("统计局公布，失业率为5%。", "统计局"),
        ("消防局派出10辆车。", "消防局"),
        ("恒指升172點，金管局表示，外匯儲備達4,000億美元。", "香港金融管理局"),
        ("澳門金管局表示，存款增長3%。", "澳门金融管理局"),
    ],
)
def test_a_body_without_its_place_is_no_body_of_macau_or_singapore(text: str, canonical: str) -> None:
    """Every city has such a body: only where the text speaks from there is it theirs."""
    assert extract(text).institutions["canonical"].tolist() == [canonical]
