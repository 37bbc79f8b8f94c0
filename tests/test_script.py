"""Script: what would read traditional text as simplified, or a machine's as a person's."""

from __future__ import annotations

import doctest
from pathlib import Path

import pytest

from pipeline.stages import script as module
from pipeline.stages.convert import to_traditional
from pipeline.stages.script import machine_converted, script

ORIGINALS = [path.read_bytes().decode("utf-8") for path in sorted(Path("corpus").glob("*.txt"))]
GOLD = Path("..") / "shared" / "gold"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "neutral"),
        ("2024年5月, 30%", "neutral"),
        ("体系后于里台湾", "hans"),  # 湾 decides, 体 后 于 里 台 are also traditional
        ("后里群峰脱税温泉", "neutral"),  # Hong Kong writes 脱税温 so
        ("於是乾坤著名", "neutral"),  # simplified names have 於 and 乾
        ("這是繁體中文", "hant"),
        ("这是简体中文", "hans"),
        ("這是繁體中文，这是简体中文", "mixed"),
        ("這篇繁體報導說明醫療體系與產業發展的關係，並引用國際學術論壇的結論与观点", "hant"),  # a slip
    ],
)
def test_script(text: str, expected: str) -> None:
    assert script(text) == expected


def test_neutral_inherits() -> None:
    assert script("三十人", inherit="hans") == "hans"


def test_long_text_is_sampled_all_over() -> None:
    assert script("这" * 50_000 + "這" * 50_000) == "mixed"


def test_the_corpus() -> None:
    assert [script(text) for text in ORIGINALS] == ["hant", "hans"]
    assert machine_converted(ORIGINALS[0])


@pytest.mark.parametrize(
    "text",
    [
        "由於療效顯著，患者術後併發症減少，製備標準亦已公布",
        "于右任與范仲淹、萬里、皇后、干將莫邪",  # names that have the cue characters
        "于右任、背后",  # one cue is a slip
        "這個",
    ],
)
def test_written_by_people(text: str) -> None:
    assert not machine_converted(text)


@pytest.mark.parametrize("text", ["干細胞用于治療適應癥", "關于采購的規范，制造商之后復制了標簽"])
def test_made_by_a_machine(text: str) -> None:
    assert machine_converted(text)


def test_phrase_conversion_leaves_no_cues() -> None:
    """s2t converts by phrases: 之后 becomes 之後, so its result reads like a person's."""
    assert not machine_converted(to_traditional(ORIGINALS[1]))


@pytest.mark.skipif(not GOLD.is_dir(), reason="development gold is not part of the repository")
def test_development_gold() -> None:
    for row in (GOLD / "dev_index.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        name, _, expected, *_ = row.split("\t")
        text = (GOLD / "dev" / f"{name}.txt").read_bytes().decode("utf-8")
        assert script(text) == expected[:4], name
        assert expected[:4] == "hans" or not machine_converted(text), name


def test_doctests() -> None:
    assert doctest.testmod(module).failed == 0
