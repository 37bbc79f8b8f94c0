"""Names that a head ends (医院, 公司, 管理局): grown from the head to the left, as far as names reach.

The parts left of the head come from `pipeline.names.leftward`, the border among them from `pipeline.names.borders`. What
speaks against the name is in `vetoes`, what its rule wants it to hold in `needs`.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from pipeline.match import Match
from pipeline.names import evidence
from pipeline.names import organisations as orgs
from pipeline.names.borders import Grown, grow
from pipeline.names.joined import whole_before
from pipeline.names.leftward import Piece, habits, pieces_before
from pipeline.names.marks import CLOSED
from pipeline.names.nameparts import is_place, shape, words_of
from pipeline.stages.candidates import needs, vetoes
from pipeline.stages.candidates.candidate import Candidate, made
from pipeline.stages.candidates.known import QUOTABLE
from pipeline.stages.candidates.view import SURE_LENGTH, View
from pipeline.stages.candidates.wordborders import cuts_word

__all__ = ["grown", "team"]

BRAND_LENGTH = 12
OF_STATE = ("government", "party")  # sorts that no person gives their name to
PLACE_LENGTH = 4  # characters of a place that only the model knows
REACH = 36  # characters left of a head in which its parent stands
TEAM_NAME = (2, 3)  # characters of a person's name that no dictionary knows


def grown(view: View, match: Match, how: str) -> Candidate | None:
    """The name that the head of a match ends; ``how``: left, or brand for a name that needs a witness (`settle` asks)."""
    if _is_alone(view, match) or (how == "brand" and not _may_be_witnessed(view, match)):
        return None
    if cuts_word(view, match.start, match.end, False) or vetoes.is_no_head(view, match):
        return None
    pieces = _pieces(view, match)
    if vetoes.is_no_part(view, match, pieces):
        return None
    found = _joined(view, match)
    if found is None:
        found = _border(view, match, pieces, how)
        if found is None or vetoes.is_no_name(view, match, found) or not needs.has_needed(view, match, found):
            return None
    start = found.start
    if how == "left" and match.get("itype") in QUOTABLE:
        start = view.quotation_start(start, match.end)
    return made(match, start, match.end, how, found)


def team(view: View, match: Match) -> Candidate | None:
    """A person's name, then 团队 (殷浩教授团队 describes one); before them the organisation, when it stands there."""
    if cuts_word(view, match.start, match.end, False):
        return None
    last = view.token_at(match.start - 1) if match.start > view.sentence_start(match.start) else None
    if last is None or last.end != match.start or last.text in words_of("title"):
        return None
    end = last.end
    start = next((a for a, b in view.people.over(end - 1, end) if b == end), -1)
    if start < 0 and (last.tag.startswith("nr") or (not last.tag and len(last.text) in TEAM_NAME)):
        start = last.start
    if start < 0 or end - start < 2 or shape("counted_people").fullmatch(last.text):
        return None
    pieces = pieces_before(view.tokens(start - 1), start, view.ends.__contains__)
    found = grow(pieces, view.is_person) if pieces and pieces[-1].kind == "G" else None
    return made(match, found.start if found else start, match.end, "team", found)


def _is_alone(view: View, match: Match) -> bool:
    """Whether it is plain without any token that no name ends here: nothing before the head, or no parent near it."""
    if match.start == 0 or needs.is_open(view.text[match.start - 1]):
        return True
    return match.get("needs") == "parent" and view.ends.isdisjoint(range(match.start - REACH, match.start + 1))


def _may_be_witnessed(view: View, match: Match) -> bool:
    """Whether a brand can have the witness that `settle` asks for: the model, a list, quotation marks, a known company."""
    text, low = view.text, max(0, match.start - BRAND_LENGTH)
    after = text[match.end : match.end + 1]
    if view.organisations.over(match.start - 1, match.end) or after in CLOSED or after in _link_starts():
        return True
    if any(mark in text[low : match.start] for mark in words_of("list_link", "company_before")):
        return True
    if evidence.speaks(text, match.end):
        return True
    return any(orgs.is_company(text[start : match.start]) for start in range(low, match.start - 1))


@cache
def _link_starts() -> frozenset[str]:
    return frozenset(link[0] for link in words_of("list_link"))


# --- the left border --------------------------------------------------------------------------


def _pieces(view: View, match: Match) -> list[Piece]:
    """The parts left of the head, places that only the model knows among them."""
    itype = str(match.get("itype"))
    pieces = pieces_before(
        view.tokens(match.start - 1),
        match.start,
        (view.owners if itype == "parent" else view.ends).__contains__,
        habits(itype, match.get("joins") in ("yes", "strong")),
        lambda end: view.known.get(end, -1),
    )
    return [_located(view, piece, match) for piece in _placed(view, pieces, match.start)]


def _placed(view: View, pieces: list[Piece], end: int) -> list[Piece]:
    """The pieces with those right before the head as one place, when the model sees one there: 萧山机场|海关."""
    for i, piece in enumerate(pieces[:-1]):
        if view.labels.get((piece.start, end)) == "LOC" and not set("GP") & {p.kind for p in pieces[i:]}:
            return [*pieces[:i], Piece(piece.start, end, view.text[piece.start : end], "P")]
    return pieces


def _located(view: View, piece: Piece, match: Match) -> Piece:
    """A piece as a place when the model says that it is one, or takes it for a body before a head with a level (仙游|县委)."""
    if piece.kind not in "CNS" or piece.end - piece.start > PLACE_LENGTH:
        return piece
    label = view.labels.get((piece.start, piece.end), "")
    first = view.text[match.start]
    local = first in words_of("local_level") or match.captures["head"].text in words_of("local_head")
    level = local and piece.end == match.start
    placed = label == "LOC" or (level and (label == "ORG" or is_place(piece.text + first)))
    return replace(piece, kind="P") if placed else piece


def _joined(view: View, match: Match) -> Grown | None:
    """The border of a name that holds 和 or quotation marks, before a head that is strong enough for them."""
    if match.get("joins") != "strong":
        return None
    whole = whole_before(view.tokens(match.start - 1), match.start, view.ends.__contains__)
    return Grown(whole[0].start, "".join(piece.kind for piece in whole), True, tuple(whole)) if whole else None


def _border(view: View, match: Match, pieces: list[Piece], how: str) -> Grown | None:
    """The left border among the parts; a known parent is whole, with no field of work before it."""
    if how == "brand":
        pieces = [p for p in pieces if match.start - p.start <= BRAND_LENGTH]
    if match.get("itype") in OF_STATE:  # 王乙康领军|人民行动党
        led = max((i for i, p in enumerate(pieces[:-1], 1) if view.is_person(p.start, p.end)), default=0)
        pieces = pieces[led:]
    found = grow(pieces, view.is_person, match.get("itype") == "company", match.get("itype") == "research")
    if found and found.kinds.startswith("SG"):
        parent = found.pieces[1].text
        if len(parent) >= SURE_LENGTH and orgs.known(parent):  # 引导|国家开发银行
            return Grown(found.pieces[1].start, found.kinds[1:], True, found.pieces[1:])
    return found
