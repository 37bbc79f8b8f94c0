"""What a name must hold before its head: the column ``needs`` of the rules in ``rules/institutions.yaml``.

A rule lists what may make its head a name (``needs: place proper parent``); one of these is enough. Most are letters of
parts; ``word``, ``local``, ``joined``, ``world`` and ``composed`` are said here.
"""

from __future__ import annotations

from functools import cache

from pipeline.match import Match
from pipeline.names import organisations as orgs
from pipeline.names.borders import Grown
from pipeline.names.nameparts import is_country, row_of, words_of
from pipeline.stages.candidates.view import View

__all__ = ["has_needed", "is_open"]

LETTERS = {
    "place": "P",
    "root": "R",
    "ordinal": "O",
    "proper": "N",
    "parent": "G",
    "field": "S",
    "level": "L",
    "common": "C",
}
LONG_FIELD = 8
COMPOSED_LENGTH = 4  # characters before a head that nobody needs to describe one
OPEN_MARKS = frozenset("，,。；;：:！!？?\n、（(《〈")


def has_needed(view: View, match: Match, grown: Grown) -> bool:
    """Whether one of the parts that the rule needs stands in the name."""
    wanted = str(match.get("needs", "")).split()
    kinds, length = set(grown.kinds), match.start - grown.start
    if "word" in wanted and kinds - set("SXL") and length >= 2:
        return True
    if "local" in wanted and _is_local(grown):
        return True
    if "joined" in wanted and any(p.text in words_of("conjunction") for p in grown.pieces):
        return True
    if _is_generic(grown, match.captures["head"].text):
        return False
    if match.get("itype") == "research" and length >= LONG_FIELD and kinds <= set("S"):
        return True  # 医疗诊断发展中心临床诊断实验室: nobody describes anything at such length
    if "composed" in wanted and _is_composed(view, match, grown):
        return True
    if "world" in wanted and (grown.kinds[0] in "PR" or grown.pieces[0].text.startswith(row_of("world"))):
        return True
    if match.get("grow") == "brand" and orgs.is_company(view.text[grown.start : match.start]):
        return True
    return any(LETTERS.get(name, "?") in grown.kinds for name in wanted)


def is_open(before: str) -> bool:
    """Whether nothing that a name could begin with stands before a position, by the character before it."""
    return before in OPEN_MARKS or before in words_of("particle")


def _is_local(grown: Grown) -> bool:
    """Whether a place and fields of work make a name: 重庆市文物考古所."""
    fields = {"S"} <= set(grown.kinds[1:]) <= {"S", "C"}
    return grown.kinds[0] == "P" and fields and not is_country(grown.pieces[0].text)


def _is_generic(grown: Grown, head: str) -> bool:
    """Whether nothing but a country stands before a common head: 美国公司, 欧洲医院 (but 韩国银行, 北京大学)."""
    if head in words_of("named_by_place") and set(grown.kinds) <= set("PL"):
        return True
    named = "".join(p.text for p in grown.pieces if p.text not in words_of("sport_kind"))  # 荷兰足球俱乐部
    return head in words_of("common_head") and is_country(named)


def _is_composed(view: View, match: Match, grown: Grown) -> bool:
    """Whether common words of some length make a name: it opens a clause or list, and speaks or stands in one."""
    text, before = view.text, view.text[grown.start - 1 : grown.start]
    listed = before in words_of("list_link")
    return (
        match.start - grown.start >= COMPOSED_LENGTH
        and len(match.captures["head"].text) > 1
        and (grown.start == 0 or listed or is_open(before))
        and "Z" not in grown.kinds
        and (text.startswith(_named_after(), match.end) or (listed and grown.start - 1 in view.ends))
    )


@cache
def _named_after() -> tuple[str, ...]:
    """What stands behind a body that is named: a title, what it says, the next of a list, its short name."""
    return (*row_of("title", "company_after"), "、", "(")
