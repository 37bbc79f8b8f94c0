"""Whose figure a claim is: only figures of the same place or organisation are compared."""

from __future__ import annotations

import pytest

from pipeline.output.scopes import with_scopes

NORTH, SOUTH = "北方钢铁公司", "南方钢铁公司"


def scope_of(sentence: str, text: str, subject: str, owners: tuple[str, ...] = (), title: str = "") -> tuple[str, str]:
    """The core and the scope of the claim ``text`` in a document of one sentence, behind a title that names owners too."""
    claim = {"doc_id": "d", "start": 100 + sentence.index(text), "text": text, "subject": subject, "sentence": sentence}
    mentions = [
        {"doc_id": "d", "start": at + words.index(name), "end": at + words.index(name) + len(name), "text": name}
        | {"sentence": words, "itype": "company", "canonical": name}
        for name in owners
        for at, words in ((0, title), (100, sentence))
        if name in words
    ]
    (row,) = with_scopes([claim], [{"doc_id": "d", "region": "CN"}], mentions, str)
    return row["core"], row["scope"]


@pytest.mark.parametrize(
    ("sentence", "text", "subject", "expected"),
    [
        ("四川省粮食产量达3000万吨。", "3000万吨", "四川省粮食产量", ("粮食产量", "四川省")),
        ("云南和四川都丰收，粮食产量3000万吨。", "3000万吨", "粮食产量", ("粮食产量", "四川省")),
        ("云南遭遇地震，死亡3人，四川无人死亡。", "3人", "死亡", ("死亡", "云南省")),
        ("粮食产量达3000万吨。", "3000万吨", "粮食产量", ("粮食产量", "")),
    ],
)
def test_a_place_named_in_the_subject_or_before_the_number(
    sentence: str, text: str, subject: str, expected: tuple[str, str]
) -> None:
    assert scope_of(sentence, text, subject) == expected


def test_the_organisation_of_the_sentence_goes_before_the_one_the_document_is_about() -> None:
    title = f"{NORTH}年报"
    assert scope_of(f"{SOUTH}净利润3亿元。", "3亿元", "净利润", (NORTH, SOUTH), title)[1] == SOUTH
    assert scope_of(f"{SOUTH}净利润3亿元。", "3亿元", f"{SOUTH}净利润", (SOUTH,)) == ("净利润", SOUTH)
    assert scope_of("净利润3亿元。", "3亿元", "净利润", (NORTH,), title)[1] == NORTH


def test_people_die_at_a_place_not_of_a_company() -> None:
    assert scope_of(f"{NORTH}在云南的矿井事故中死亡3人。", "3人", "死亡", (NORTH,))[1] == "云南省"


def test_a_document_that_names_two_once_is_about_neither() -> None:
    assert scope_of("净利润3亿元。", "3亿元", "净利润", (NORTH, SOUTH), f"{NORTH}与{SOUTH}")[1] == ""


@pytest.mark.parametrize(
    ("sentence", "text", "subject", "expected"),
    [
        ("2024年，青山市生产总值3200亿元。", "3200亿元", "青山市生产总值", ("生产总值", "青山市")),
        ("2024年绿水市实现地区生产总值1800亿元。", "1800亿元", "地区生产总值", ("地区生产总值", "绿水市")),
        ("青山县粮食产量30万吨。", "30万吨", "粮食产量", ("粮食产量", "青山县")),
        ("2024年，城镇失业率5%。", "5%", "城镇失业率", ("城镇失业率", "")),
        ("说明市场销售额达3亿元。", "3亿元", "销售额", ("销售额", "")),
    ],
)
def test_a_place_that_no_table_holds_is_known_by_its_shape(
    sentence: str, text: str, subject: str, expected: tuple[str, str]
) -> None:
    assert scope_of(sentence, text, subject) == expected


def here(*sentences: str, title: str = "") -> list[str | None]:
    """The scopes of 全市生产总值 in each of the sentences that names it, in a document of these sentences."""
    claims = [
        {"doc_id": "d", "start": 9 * i, "text": "9元", "sentence": s}
        | {"subject": "全市生产总值" if "全市" in s else "生产总值"}
        for i, s in enumerate(sentences)
    ]
    rows = with_scopes(claims, [{"doc_id": "d", "region": "CN", "title": title}], [], str)
    return [row["scope"] for row in rows if "全市" in row["sentence"]]


def test_a_word_for_here_means_a_place_of_its_level_that_was_named_before() -> None:
    assert here("青山市生产总值9元", "全市生产总值9元") == ["青山市"]
    assert here("四川省生产总值9元", "全市生产总值9元") == [None]  # a city of it, but which?
    assert here("全市生产总值9元", "青山市生产总值9元") == [None]
    assert here("青山市生产总值9元", "绿水市生产总值9元", "全市生产总值9元") == [None]
    assert here("全市生产总值9元", title="青山市2024年统计公报") == ["青山市"]
