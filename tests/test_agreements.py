"""Agreement across documents: better no group than a wrong one."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.output.agreements import agreements

BASE = {
    "kind": "count",
    "unit": "人",
    "time_value": "2020",
    "modality": "asserted",
    "comparator": "=",
    "subject": "全市常住人口",
    "value": "6432212",
}


def rows(*claims: dict[str, Any], **options: Any) -> list[dict[str, str]]:
    return agreements([{**BASE, "doc_id": chr(97 + i), **c} for i, c in enumerate(claims)], **options)


@pytest.mark.parametrize(
    ("first", "second", "verdict"),
    [
        ({}, {}, "agree"),
        ({"value": "140000000", "comparator": ">"}, {"value": "148000000"}, "agree"),  # 超1.4亿
        ({"value": "6430000"}, {}, "agree"),  # 643万: rounded
        ({"value": "6000000", "comparator": "~"}, {}, "agree"),
        ({"value": "5000000"}, {}, "differ"),
        ({"value": "5000000", "comparator": ">"}, {}, "differ"),  # true, but too far to be the same figure
    ],
)
def test_verdicts(first: dict[str, str], second: dict[str, str], verdict: str) -> None:
    assert [r["verdict"] for r in rows(first, second)] == [verdict]


@pytest.mark.parametrize(
    "other",
    [
        {"subject": "全市户籍人口"},
        {"unit": "万人"},
        {"time_value": "2010"},
        {"trend": "up_by"},
        {"modality": "projected"},
        {"kind": "age"},
        {"doc_id": "a"},  # one document agrees with itself always
        {"value": ""},
    ],
)
def test_different_things_are_not_compared(other: dict[str, str]) -> None:
    assert rows({}, other) == []


def test_general_subjects_group_nothing() -> None:
    assert rows({"subject": "患者"}, {"subject": "患者"}) == []
    assert rows({"subject": "常住人口", "time_value": ""}, {"subject": "常住人口", "time_value": ""}) == []


def test_a_document_that_states_two_values_is_left_out() -> None:
    assert rows({"doc_id": "a"}, {"doc_id": "a", "value": "7"}, {"doc_id": "b"}) == []


def test_names_and_scripts_are_one() -> None:
    found = rows(
        {"subject": "卫健委的預算总额"},
        {"subject": "国家卫生健康委员会预算总额"},
        names={"卫健委": "国家卫生健康委员会"},
        simplify=lambda t: t.replace("預", "预"),
    )
    assert [r["verdict"] for r in found] == ["agree"]


def test_a_later_document_updates() -> None:
    (row,) = rows({"value": "5000000"}, {}, published={"a": "2021-01-01", "b": "2021-06-01"})
    assert (row["verdict"], row["values"], row["documents"]) == ("update", "5000000|6432212", "a|b")


def test_order_of_claims_does_not_matter() -> None:
    claims = [{**BASE, "doc_id": d, "value": v} for d, v in (("a", "1"), ("b", "2"), ("c", "2"))]
    assert agreements(claims) == agreements(claims[::-1])
