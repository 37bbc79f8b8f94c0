"""Claims of several documents side by side: in agreements.csv of a run, and across the folders of several runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.config import Config
from pipeline.output import tables
from pipeline.output.comparison import compare, lines
from pipeline.output.folder import FolderError
from pipeline.run import run
from pipeline.stages.convert import simplify

FIRST = "2024年，全国城镇调查失业率为5.1%。"
SAME_TRADITIONAL = "2024年，全國城鎮調查失業率為5.1%。"
OTHER = "2024年，全国城镇调查失业率为5.3%。"


def ran(folder: Path, **texts: str) -> Path:
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    run([folder], folder / "out", Config(ner="none"), jobs=1)
    return folder / "out"


def test_both_scripts_agree(tmp_path: Path) -> None:
    out = ran(tmp_path, a=FIRST, b=SAME_TRADITIONAL)
    (row,) = tables.read_csv(out / "agreements.csv")
    assert (row["verdict"], row["values"], row["time_value"]) == ("agree", "5.1", "2024")


def test_a_copy_of_a_document_says_nothing_of_its_own(tmp_path: Path) -> None:
    assert tables.read_csv(ran(tmp_path, a=FIRST, b=FIRST) / "agreements.csv") == []


def test_runs_are_compared_across_folders(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    outs = [ran(tmp_path / "one", a=FIRST), ran(tmp_path / "two", b=OTHER)]
    (row,) = compare(outs)
    assert row["verdict"] == "differ"
    shown = list(lines([row]))
    assert "5.1 | 5.3" in shown[0]
    assert len(shown) == 4


def test_a_folder_that_no_run_wrote_is_named(tmp_path: Path) -> None:
    with pytest.raises(FolderError, match="no run wrote"):
        compare([tmp_path])


def verdicts(folder: Path, *texts: str) -> list[tuple[str, str, str]]:
    """Subject (simplified), values in order, verdict of every group in the agreements of the texts."""
    out = ran(folder, **{chr(97 + i): text for i, text in enumerate(texts)})
    rows = tables.read_csv(out / "agreements.csv")
    return sorted((simplify(r["subject"]), "|".join(sorted(r["values"].split("|"))), r["verdict"]) for r in rows)


HARVEST = (
    "2025-01-17 09:30\n\n国家统计局17日公布，2024年全国稻谷总产量为20650万吨，比上年增长1.6%。我国高血压患者超2.4亿。"
)


def test_outlets_that_write_it_their_own_way_agree(tmp_path: Path) -> None:
    assert verdicts(
        tmp_path,
        HARVEST,
        "2025-01-18 08:00\n\n据国家统计局数据，去年我国稻谷总产量达2.065亿吨，同比增长1.6%。我国高血压患者已达2.45亿人。",
        "2025-01-19 10:00\n\n國家統計局資料顯示，2024年全國稻穀總產量約2.07億噸，年增1.6%。",
    ) == [
        ("全国稻谷总产量", "1.6", "agree"),
        ("全国稻谷总产量", "206500000|~207000000", "agree"),
        ("我国高血压患者", "245000000|>240000000", "agree"),
    ]


def test_a_figure_that_replaces_another_is_an_update_one_that_comes_back_is_not(tmp_path: Path) -> None:
    at = "2025年4月{}日\n\n江陵大桥昨日坍塌，事故造成{}人死亡。"
    assert [v for *_, v in verdicts(tmp_path, at.format(10, 12), at.format(11, 15))] == []  # 昨日: two days
    toll = "2025年4月{}日\n\n江西一座大桥4月9日坍塌，事故造成{}人死亡。"
    (tmp_path / "new").mkdir(), (tmp_path / "back").mkdir()
    later = verdicts(tmp_path / "new", toll.format(10, 12), toll.format(11, 15), toll.format(12, 15))
    assert later == [("死亡", "12|15", "update")]
    back = verdicts(tmp_path / "back", toll.format(10, 12), toll.format(11, 15), toll.format(12, 12))
    assert back == [("死亡", "12|15", "differ")]
    (tmp_path / "hour").mkdir()
    hour = verdicts(
        tmp_path / "hour", toll.format(9, 12), toll.format(9, 15).replace("4月9日坍塌", "坍塌，截至9日18时")
    )
    assert hour == [("死亡", "12|15", "update")]


@pytest.mark.parametrize(
    "other",
    [
        "2024年，江苏省城镇调查失业率为4.9%。",  # of a province
        "2024年，浙江外贸向好。全省城镇调查失业率为4.9%。",
        "2023年，全国城镇调查失业率为5.2%。",
        "全国城镇调查失业率为5.2%。",  # a rate of no known time
        "预计2024年全国城镇调查失业率为5.3%。",
    ],
)
def test_figures_of_something_else_are_not_compared(tmp_path: Path, other: str) -> None:
    assert verdicts(tmp_path, FIRST, other) == []


def test_profits_are_compared_when_it_is_known_whose_they_are(tmp_path: Path) -> None:
    first = "{}公布，2024年净利润为{}亿元。"
    (tmp_path / "one").mkdir(), (tmp_path / "two").mkdir()
    same = verdicts(tmp_path / "one", first.format("华东制药有限公司", "3.2"), first.format("华东制药有限公司", "3.5"))
    assert same == [("净利润", "320000000|350000000", "differ")]
    assert (
        verdicts(tmp_path / "two", first.format("华东制药有限公司", "3.2"), first.format("华北制药有限公司", "3.5"))
        == []
    )


def test_a_document_that_contradicts_itself_takes_no_part(tmp_path: Path) -> None:
    both = "2024年，全国城镇调查失业率为5.1%。2024年，全国城镇调查失业率为5.9%。"
    assert [(v, d) for _, v, d in verdicts(tmp_path, FIRST, SAME_TRADITIONAL, both)] == [("5.1", "agree")]


def test_rates_of_no_known_time_are_not_compared(tmp_path: Path) -> None:
    rate = "全国城镇调查失业率为{}%。"
    assert verdicts(tmp_path, rate.format("5.2"), rate.format("5.3")) == []


CITY = "2025-01-2{}\n\n{}"


def test_figures_of_all_the_city_are_compared_when_it_is_known_which_city(tmp_path: Path) -> None:
    (tmp_path / "two").mkdir(), (tmp_path / "one").mkdir(), (tmp_path / "none").mkdir()
    all_of_it = "2024年，{}经济平稳，常住人口320万人。2024年全市生产总值{}亿元。"
    two = CITY.format(0, all_of_it.format("青山市", 3200)), CITY.format(0, "2024年绿水市生产总值为1800亿元。")
    assert verdicts(tmp_path / "two", *two) == []
    one = two[0], CITY.format(0, "2024年青山市生产总值为3100亿元。")
    assert [v for *_, v in verdicts(tmp_path / "one", *one)] == ["differ"]
    (tmp_path / "heads").mkdir()
    report = "{}2024年统计公报\n\n2024年全市生产总值{}亿元，社会消费品零售总额{}亿元。"
    heads = report.format("青山市", 3200, 480), report.format("绿水市", 1800, 280), report.format("青山市", 3210, 490)
    assert verdicts(tmp_path / "heads", *heads) == [
        ("全市生产总值", "320000000000|321000000000", "agree"),
        ("社会消费品零售总额", "48000000000|49000000000", "differ"),
    ]
    nobody = "2024年全市生产总值3200亿元。", "2024年全市生产总值3100亿元。"
    assert verdicts(tmp_path / "none", *nobody) == []


@pytest.mark.parametrize("again", ["修订为", "更正为", "调整为", "修正为"])
def test_a_revised_figure_is_an_update(tmp_path: Path, again: str) -> None:
    first = CITY.format(0, "2024年青山市粮食产量为320万吨。")
    (_, values, verdict), *more = verdicts(tmp_path, first, CITY.format(6, f"2024年青山市粮食产量{again}345万吨。"))
    assert (values, verdict, more) == ("3200000|3450000", "update", [])
