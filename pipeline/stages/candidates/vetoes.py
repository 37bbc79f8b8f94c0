"""What looks like a name before its head and is none: counted, described, or the beginning of a title."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.match import Match
from pipeline.names import organisations as orgs
from pipeline.names.borders import Grown
from pipeline.names.leftward import Piece
from pipeline.names.nameparts import ends_in, row_of, shape, without_end, words_of
from pipeline.stages.candidates.view import View

__all__ = ["is_no_head", "is_no_name", "is_no_part"]

NEAR = 6  # characters before a name in which it is counted or described
WARD = 4  # characters at the end of a hospital's name


def is_no_head(view: View, match: Match) -> bool:
    """Whether a head noun is none here, whatever stands before it."""
    text, start, end = view.text, match.start, match.end
    if end - start == 1 and text[start] in words_of("office_title"):
        if view.person_at(end):
            return True  # 辅政司骆克
    elif text.startswith(row_of("chair"), end - 1) and view.person_at(end + 1):
        return True  # 华总|总会长张三
    if text[start - 1 : start] in words_of("before_title") and text[end : end + 1] in words_of("title_tail"):
        return True  # 新闻部前|司长, 副支队长
    return bool(shape("counted_head").search(text, max(0, start - 2), start))  # 三大公司, 两家医院


def is_no_part(view: View, match: Match, pieces: Sequence[Piece]) -> bool:
    """Whether a head can't be a part of what stands before it."""
    if any(piece.text in words_of("former") for piece in pieces[1:]):
        return True  # 财政厅 原 党组
    if match.captures["head"].text in words_of("forces") and pieces and pieces[-1].kind == "G":
        return True  # 中原军区|部队
    faculty = match.rule.id == "institution.faculty" and bool(pieces)
    return faculty and orgs.is_company(view.text[pieces[-1].start : match.start])  # 腾讯系


def is_no_name(view: View, match: Match, grown: Grown) -> bool:
    """Whether what was grown from a head is counted, described or made of words that only look like parts."""
    if match.end - match.start == 1 and _is_accident(match, grown):
        return True
    if shape("counted_name").match(view.text, grown.start, match.start):
        return True
    if match.get("not_parent") and _below_hospital(view.text, grown):
        return True
    return _is_described(view.text, grown)


def _is_accident(match: Match, grown: Grown) -> bool:
    """Whether a head of one character is none behind these parts."""
    last, itype = grown.pieces[-1], match.get("itype")
    if last.kind == "O" and _is_classifier(match.captures["head"].text, grown):
        return True
    if itype == "military":
        return last.kind != "O"  # 战略师
    if itype == "team":
        return set(grown.kinds) != {"P"}  # 上海搜救|队
    return itype == "parent" and len(last.text) == 1  # 考科蓝: a character of a coined name


def _is_classifier(head: str, grown: Grown) -> bool:
    """Whether a head counts with the number before it: 小学121所, but 装备工业一司 and 第二处."""
    number = grown.pieces[-1].text
    if number.startswith(row_of("ordinal_mark")):
        return False
    offices = head in words_of("numbered_office") and len(grown.pieces) > 1
    return not (offices and len(number) == 1 and not number.isdigit())


def _is_described(text: str, grown: Grown) -> bool:
    """Whether a number counts what follows (4个运输分局), or it is described and not named (自己的公共汽车公司)."""
    before, kinds = text[max(0, grown.start - NEAR) : grown.start], set(grown.kinds)
    named = bool(kinds & set("NG"))
    if ends_in(before, "anonymous") or (not named and ends_in(without_end(before, "attributive"), "superlative")):
        return True
    if shape("counted").search(before):
        return not named
    fields = len(grown.kinds) > 1 and kinds <= set("SKV")  # 轰动一时的贸易投资促进局
    return ends_in(before, "attributive") and not kinds & set("PRNGO") and not fields


def _below_hospital(text: str, grown: Grown) -> bool:
    """Whether the name is that of a ward: a hospital's name ends in it."""
    return any(p.kind == "G" and ends_in(text[max(0, p.end - WARD) : p.end], "ward_parent") for p in grown.pieces)
