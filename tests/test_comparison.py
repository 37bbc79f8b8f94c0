"""Claims of several documents side by side: in agreements.csv of a run, and across the folders of several runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.config import Config
from pipeline.output import tables
from pipeline.output.comparison import compare, lines
from pipeline.output.folder import FolderError
from pipeline.run import run

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
