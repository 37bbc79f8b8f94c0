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
