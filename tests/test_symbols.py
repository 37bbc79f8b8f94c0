"""Symbol text: mentions as single characters, spaces left out, every position leads back."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from pipeline.model import Article, Date, Numeral, Quantity, Reject
from pipeline.rulekit.symbols import Symbols, symbol_of
from pipeline.rulekit.template import MEMBERS, SYMBOLS
from pipeline.stages.article import make_article
from pipeline.stages.read import from_text


def article(text: str) -> Article:
    return make_article(from_text(text))


def count(start: int, end: int) -> Quantity:
    return Quantity(start, end, value=Decimal(1), kind="count")


def test_a_mention_is_one_character_and_leads_back() -> None:
    text = "糖尿病患者超1.4亿人。"
    symbols = Symbols(article(text), [count(6, 11)])
    at = symbols.text.index(SYMBOLS["count"])
    assert symbols.text[:at].endswith("患者超")
    assert symbols.span(at, at + 1) == (6, 11)
    assert symbols.mentions[at].start == 6
    assert [symbols.position(offset) for offset in (6, 8, 10)] == [at, at, at]
    assert symbols.text[symbols.position(11)] == "。"


def test_a_rule_cannot_cross_a_sentence() -> None:
    symbols = Symbols(article("甲乙。丙丁。\n戊"), [])
    assert symbols.text.strip("\n").split("\n") == ["甲乙。", "丙丁。", "戊"]


def test_spaces_that_only_set_the_type_are_left_out_and_others_stay() -> None:
    symbols = Symbols(article("达到 5 个 Big Data 项目"), [])
    assert "达到5个Big Data项目" in symbols.text
    at = symbols.text.index("Big")
    assert symbols.span(at, at + 8) == (7, 15)
    assert "达到 5 个" in Symbols(article("达到 5 个"), [], plain=True).text


def test_of_overlapping_mentions_the_earlier_then_the_longer_is_seen() -> None:
    symbols = Symbols(article("一二三四五。"), [count(1, 2), count(1, 3), count(2, 4)])
    assert [(m.start, m.end) for m in symbols.mentions.values()] == [(1, 3)]


def test_private_characters_of_a_text_are_no_mentions() -> None:
    """A file could otherwise forge a number."""
    symbols = Symbols(article(f"甲{SYMBOLS['money']}乙{MEMBERS['number'][0]}"), [])
    assert not any(char in symbols.text for name in MEMBERS for char in MEMBERS[name])


def test_what_was_rejected_matches_no_type() -> None:
    assert all(symbol_of(Reject(0, 1), "5") not in chars for chars in MEMBERS.values())


def test_numbers_tell_their_size_and_writing_and_are_all_numbers() -> None:
    year = symbol_of(Numeral(0, 4, value=Decimal(2024), shape="arabic"), "2024年")
    month = symbol_of(Numeral(0, 1, value=Decimal(5), shape="hanzi"), "五月")
    assert year in MEMBERS["year"]
    assert month not in MEMBERS["year"]
    assert {year, month} <= set(MEMBERS["number"])
    plain, padded, pointed = (symbol_of(Numeral(0, len(t), value=Decimal(t)), t) for t in ("5", "05", "5.0"))
    assert len({plain, padded, pointed}) == 3
    assert symbol_of(Date(0, 4), "2024") not in MEMBERS["number"]


@given(
    st.text(alphabet="甲乙 5a。\n\t", min_size=1, max_size=40),
    st.lists(st.tuples(st.integers(0, 39), st.integers(1, 5)), max_size=4),
)
def test_every_position_leads_back_to_the_characters_it_shows(text: str, spans: list[tuple[int, int]]) -> None:
    """Offsets in the tables come from here: one that is off by one breaks the promise of the program."""
    doc = article(text)
    mentions = [count(start, min(start + length, len(doc.text))) for start, length in spans if start < len(doc.text)]
    symbols = Symbols(doc, mentions)
    for position, char in enumerate(symbols.text):
        start, end = symbols.span(position, position + 1)
        if position in symbols.mentions:
            assert (start, end) == (symbols.mentions[position].start, symbols.mentions[position].end)
        elif char != "\n":
            assert doc.shadow[start:end] == char
            assert symbols.position(start) == position
