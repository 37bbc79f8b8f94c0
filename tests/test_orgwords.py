"""The tables that institutions are found with: every class and shape is explained, asked for, and can match."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from pipeline.names.endings import added_endings, longest_ending
from pipeline.names.nameparts import classes, ends_in, shape, the_word, without_end, words_of
from pipeline.names.organisations import short_forms, short_place
from pipeline.names.registry import difference_key, variant_key
from pipeline.words import read_words

SOURCE = "".join(p.read_text(encoding="utf-8") for p in (Path(__file__).parents[1] / "pipeline").rglob("*.py"))
CLASSES = [row["class"] for row in read_words("org_classes")]
SHAPES = [row["name"] for row in read_words("org_shapes")]


def test_every_class_says_what_it_is_for() -> None:
    """A class without a note is one that nobody dares to add a word to."""
    assert {row["class"] for row in read_words("org_words")} == set(CLASSES)
    assert [row["class"] for row in read_words("org_classes") if not row["note"]] == []
    assert [row["name"] for row in read_words("org_shapes") if not row["note"]] == []


def test_no_word_stands_twice_in_a_class() -> None:
    assert [key for key, n in Counter((r["term"], r["class"]) for r in read_words("org_words")).items() if n > 1] == []
    assert [key for key, n in Counter(CLASSES + SHAPES).items() if n > 1] == []


@pytest.mark.parametrize("name", [*CLASSES, *SHAPES])
def test_classes_and_shapes_are_asked_for(name: str) -> None:
    """A row that no code reads looks like a switch and does nothing."""
    lettered = {row["class"] for row in read_words("org_classes") if row["letter"]}
    inside = "".join(row["pattern"] for row in read_words("org_shapes"))
    assert name in lettered or f"{{{name}}}" in inside or re.search(rf"[\"']{name}[\"']", SOURCE)


@pytest.mark.parametrize("name", SHAPES)
def test_shapes_compile(name: str) -> None:
    assert "{" not in re.sub(r"\{\d+(,\d*)?\}", "", shape(name).pattern), "a class that doesn't exist"


def test_an_unknown_class_is_a_mistake() -> None:
    """An empty set would make a misspelt class a condition that never holds."""
    with pytest.raises(KeyError):
        words_of("no_such_class")


@pytest.mark.parametrize(
    ("name", "text", "matches"),
    [
        ("counted", "全市四家", True),
        ("counted", "全市国家", False),
        ("counted_head", "这两家", True),
        ("counted_next", "三大公司", True),
        ("counted_next", "三个公司", False),  # 个 counts more than bodies
        ("authority_end", "教育局", True),
        ("authority_end", "社会", False),  # a field of work
        ("short_institute", "物理所", True),
        ("short_institute", "物理研究所", False),
        ("dated", "1998年", True),
    ],
)
def test_shapes_match(name: str, text: str, matches: bool) -> None:
    assert bool(shape(name).search(text)) is matches


def test_letters_of_words_in_several_classes() -> None:
    """制造 is a common word and a verb inside names: a field there; 合作 ends names, so it needs its place inside."""
    assert classes()["制造"] == "S"
    assert classes()["合作"] == "V"


def test_ends_of_texts() -> None:
    assert ends_in("鹤山校区", "campus_end")
    assert without_end("鹤山股份有限公司", "legal_form") == "鹤山"  # not 鹤山股份有限, without the shortest form
    assert without_end("鹤山", "legal_form") == "鹤山"
    assert the_word("group_word") == "集团"
    assert short_place("吉林省") == "吉林"
    assert short_place("沙市") == "沙市"


def test_endings_say_the_sort() -> None:
    assert added_endings()["team"] == "队"
    assert longest_ending("最高人民检察院", "org_endings") == "government"
    assert longest_ending("石头", "org_endings") == ""


def test_short_forms_by_sort() -> None:
    """What a row of org_short_forms.csv gives, and only for its sort."""
    assert set(short_forms("天津市同安堂中医医院", "hospital")) == {"同安堂中医医院"}
    assert set(short_forms("天津市第一中心医院", "hospital")) == set()
    assert set(short_forms("国立云川大学", "university")) == {"国大", "云大"}
    assert set(short_forms("国立云川大学", "government")) == set()
    assert set(short_forms("华岭重工集团", "other")) == {"华岭重工"}


def test_spellings_of_one_name() -> None:
    assert variant_key("云川大学第二附属医院") == variant_key("云川大学附属第二医院")
    assert difference_key("财团法人云川医院") == difference_key("云川医院")
    assert variant_key("财团法人云川医院") != variant_key("云川医院")
