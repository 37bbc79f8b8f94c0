"""Catches: prose taken for a table, cells below the wrong header, a text without tables that pays for them."""

from __future__ import annotations

import doctest
import time

import pytest

from pipeline.tabular import grids as module
from pipeline.tabular.grids import grids


def seen(text: str) -> list[list[str]]:
    """The rows of the only table of a text: each cell with its column."""
    (table,) = grids(text)
    return [[f"{cell.column} {text[cell.start : cell.end]}" for cell in row] for row in table.rows]


def test_tabs_say_the_column() -> None:
    assert seen("名称\t今年\t\t去年\n甲\t5\t\t4\n乙\t\t\t3") == [
        ["0 名称", "1 今年", "3 去年"],
        ["0 甲", "1 5", "3 4"],
        ["0 乙", "3 3"],
    ]


def test_strokes_say_the_column_and_what_is_a_header() -> None:
    text = "| 名称 | **今年** |\n|:--|--:|\n| 甲 | |\n| 乙 | `5` |"
    assert seen(text) == [["0 名称", "1 今年"], ["0 甲"], ["0 乙", "1 5"]]
    assert grids(text)[0].head == 1


def test_a_line_of_strokes_begins_a_table() -> None:
    text = "|名称|今年|\n|--|--|\n|甲|5|\n\n|名称|去年|\n|--|--|\n|乙|6|"
    assert [[[text[c.start : c.end] for c in row] for row in grid.rows] for grid in grids(text)] == [
        [["名称", "今年"], ["甲", "5"]],
        [["名称", "去年"], ["乙", "6"]],
    ]
    assert [grid.head for grid in grids(text)] == [1, 1]


@pytest.mark.parametrize(
    ("text", "row", "cells"),
    [
        ("名称    今年    去年\n甲      5       4\n乙      3\n丙      2       1", 2, ["0 乙", "1 3"]),
        ("名称    今年    去年\n甲      5       4\n乙              3\n丙      2       1", 2, ["0 乙", "2 3"]),
        (
            "名称      今年    去年\n甲       125       4\n乙         3\n丙        12      11",
            2,
            ["0 乙", "1 3"],
        ),  # right
        ("名称  今年  去年\n甲    5     4\n        3\n丙    2     1", 2, ["0 3"]),  # a cell alone names what follows
        ("名称    今年    去年\n甲  5    4\n乙      3\n丙丙丙丙      2    1", 2, ["-1 乙", "-1 3"]),  # not in line
        (
            "名称    今年    去年\n甲甲    5.5    4.5\n乙乙    3.5\n丙丙    2.5    1.5",
            2,
            ["-1 乙乙", "-1 3.5"],
        ),  # gaps alike
        ("名称    今年度    去年\n甲      5         4\n很长的名字  3\n丙      2         1", 2, ["0 很长的名字", "1 3"]),
        ("A    名称  今年\n甲甲  乙    5\n甲    3\n丙丙  2     1", 2, ["0 甲", "1 3"]),
    ],
)
def test_cells_parted_by_spaces_belong_to_the_columns_they_stand_in(text: str, row: int, cells: list[str]) -> None:
    assert seen(text)[row] == cells


def test_places_are_counted_as_printed_or_as_characters() -> None:
    printed = "产品名称    今年    去年\n甲          50      40\n乙甲                30\n丙          20      10"
    counted = "产品名称    今年    去年\n甲       50    40\n乙甲            30\n丙       20    10"
    assert seen(printed)[2] == seen(counted)[2] == ["0 乙甲", "2 30"]


def test_an_indented_header_lacks_the_first_cell() -> None:
    assert seen("        今年    去年\n甲      5       4\n乙      3       2")[0] == ["1 今年", "2 去年"]


def test_characters_set_apart_are_a_word() -> None:
    assert seen("名    称    今年\n甲镇    5\n合    计    9") == [
        ["0 名    称", "1 今年"],
        ["0 甲镇", "1 5"],
        ["0 合    计", "1 9"],
    ]


def test_lines_above_and_between() -> None:
    text = "表一\n单位：元\n名称\t今年\n甲\t5\n其中\n乙\t4\n\n表二\n名称\t今年\n丙\t3\n丁\t2\n完"
    one, two = grids(text)
    assert [text[a:b] for a, b in one.above] == ["单位：元", "表一"]
    assert [text[row[0].start : row[0].end] for row in one.rows] == ["名称", "甲", "其中", "乙"]
    assert [text[a:b] for a, b in two.above] == ["表二"]
    assert [text[slice(*table.below)] for table in (one, two)] == ["表二", "完"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "第一段。\n第二段，共5人。",
        "　　第一段缩进。\n　　第二段也缩进，共5人。\n\n\t第三段以制表符开头。\n\t第四段也是。",
        "作者：张三    2023年5月1日\n正文从这里开始，没有表格。",
        "a|b",
    ],
)
def test_running_text_has_no_table(text: str) -> None:
    assert grids(text) == []


def test_time_is_linear() -> None:
    def seconds(text: str) -> float:
        start = time.process_time()
        grids(text)
        return time.process_time() - start

    for line in (
        "甲  \t|",
        "甲\t" * 900 + "\n",
        "甲  5\n",
        "|" * 900 + "\n",
        "甲\n乙  5\n",
        "甲  " * 600 + "\n",
        " " * 900 + "\n",
    ):
        small = line * (20_000 // len(line))
        assert seconds(small * 8) < 0.5 + 24 * seconds(small), repr(line[:10])


def test_doctests() -> None:
    assert doctest.testmod(module).failed == 0
