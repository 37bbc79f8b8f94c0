"""Names that stand in the tables: full names and aliases, and those that other things share (奔驰, 罗马)."""

from __future__ import annotations

from pipeline.match import Match
from pipeline.names import evidence
from pipeline.names.endings import added_endings
from pipeline.names.nameparts import is_country, row_of, words_of
from pipeline.stages.candidates.candidate import Candidate, made
from pipeline.stages.candidates.view import View
from pipeline.stages.candidates.wordborders import cuts_latin, cuts_word

__all__ = ["QUOTABLE", "known", "shared"]

SHORT = 3  # characters of a name that may be part of a word
COUNTRY_LENGTHS = (5, 4, 3, 2)
QUOTABLE = ("party", "association", "military", "other")
"""Sorts of which a quotation may hold more than rules and tables know: “建国湘军”."""


def known(view: View, match: Match) -> Candidate | None:
    """A name of the tables, with the country before it and what names of its sort add."""
    text, start, end = view.text, match.start, match.end
    short = end - start <= SHORT
    if short and text[start - 2 : start] in words_of("of_all"):
        return None  # 各国央行
    if cuts_latin(text, start, end):
        return None
    start = _country_before(text, match)  # 美国白宫 is one word to jieba
    if short and not _goes_on(view, match) and cuts_word(view, start, end, True):
        return None
    end = _with_ending(text, match)
    if match.get("itype") in QUOTABLE:
        start = view.quotation_start(start, end)
    return made(match, start, end, "known")


def shared(view: View, match: Match) -> Candidate | None:
    """A name that other things share: whole words, no person, and a team where the article speaks of sports."""
    start, end = match.start, match.end
    if cuts_latin(view.text, start, end) or cuts_word(view, start, end, True):
        return None
    team = match.get("itype") == "team"
    if team and not view.of_sports():
        return None
    shown = evidence.is_team if team else evidence.is_company
    if view.is_person(start, end) and not shown(view.text, start, end):
        return None
    return made(match, start, _with_ending(view.text, match) if team else end, "common")


def _goes_on(view: View, match: Match) -> bool:
    """Whether jieba may take a short name and what is behind it for one word, and it is a name all the same."""
    text, end = view.text, match.end
    if text[end : end + 1] in words_of("title_tail"):
        return True  # 健保署长: the name shares its head with the title
    governs = end - match.start == SHORT and text.startswith(row_of("government_word"), end)
    return governs or _is_caucus(text, match)  # 保守党政府


def _is_caucus(text: str, match: Match) -> bool:
    """Whether a known party is followed by 团: its caucus, by one 党 for two."""
    return (
        match.get("itype") == "party"
        and match.end - match.start > 2
        and text.startswith(row_of("caucus"), match.end - 1)
        and text[match.end + 1 : match.end + 2] not in words_of("caucus_not")
    )


def _with_ending(text: str, match: Match) -> int:
    """Where a known name ends with what names of its sort may add: 曼联队, 人民力量党, 民众党团."""
    end = match.end
    after = added_endings().get(str(match.get("itype")), "")
    if after and text[end : end + 1] == after != text[end - 1]:
        end += 1
    return end + 1 if _is_caucus(text, match) else end


def _country_before(text: str, match: Match) -> int:
    """Where the country before a known party or authority begins (法国国民联盟, 伊朗|外交部), else where that does."""
    if match.get("itype") not in ("party", "government"):
        return match.start
    lengths = (n for n in COUNTRY_LENGTHS if n <= match.start)
    return match.start - next((n for n in lengths if is_country(text[match.start - n : match.start])), 0)
