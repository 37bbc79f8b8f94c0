"""Tables of words: rows that could never match or that contradict each other."""

from __future__ import annotations

import doctest
from collections import Counter

import pytest

from pipeline import words
from pipeline.stages.convert import dictionary, simplify
from pipeline.stages.region import REGIONS
from pipeline.stages.script import script
from pipeline.words import read_words


def test_region_terms_can_match_the_shadow() -> None:
    for row in read_words("region"):
        assert simplify(row["term"]) == row["term"], "terms are matched on simplified text"
        assert row["region"] in REGIONS
        assert 1 <= int(row["weight"]) <= 6


@pytest.mark.parametrize(("table", "key"), [("region", "term"), ("glyphs", "char")])
def test_no_term_twice(table: str, key: str) -> None:
    assert [term for term, n in Counter(row[key] for row in read_words(table)).items() if n > 1] == []


def test_every_region_can_be_reached_by_terms() -> None:
    for region in REGIONS:
        weights = [int(r["weight"]) for r in read_words("region") if r["region"] == region]
        assert sum(weights) > 10


def test_conversion_cues_are_wrong_in_one_way_only() -> None:
    rows = read_words("conversion_cues")
    wrong, right = {row["wrong"] for row in rows}, {row["right"] for row in rows}
    assert not wrong & right
    for row in rows:
        assert simplify(row["wrong"]) == simplify(row["right"]), row
        assert script(row["right"]) != "hans", row


def test_glyphs_add_what_the_library_lacks() -> None:
    for row in read_words("glyphs"):
        assert row["char"] not in dictionary("TSCharacters"), "would contradict the library"
        assert simplify(row["simplified"]) == row["simplified"]


def test_doctests() -> None:
    assert doctest.testmod(words).failed == 0
