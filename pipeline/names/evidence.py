"""What stands beside a name that other things share and says that it is a company or a team.

存储芯片制造商美光, 奔驰发布新车, 与奔驰合作; 湖人以3比1领先, 击败罗马. The words are in
``rules/words/org_words.csv``, the shapes in ``org_shapes.csv``.
"""

from __future__ import annotations

import re
from functools import cache

from pipeline.names.nameparts import one_of, row_of, shape, words_of

__all__ = ["is_company", "is_school", "is_team", "listed", "of_sports", "owned", "speaks"]

WORD = 5  # characters of the longest word that is looked for


def is_company(text: str, start: int, end: int) -> bool:
    """Whether what stands beside a span is said of companies: what they do or have, what sort they are, whom they deal with.

    >>> is_company("制造商美光的产品", 3, 5), is_company("与奔驰合作", 1, 3), is_company("骏马奔驰在草原", 2, 4)
    (True, True, False)
    """
    if _behind("company_after", "company_deed", extra="share_moves").match(text, end) or _before(
        "company_before", "kind_before", "company_object"
    ).search(text, max(0, start - WORD), start):
        return True
    return text[start - 1 : start] in words_of("dealing_with") and bool(_behind("dealing").match(text, end))


def is_school(text: str, start: int, end: int) -> bool:
    """Whether what stands beside a span is said of universities: who studied or teaches there.

    >>> is_school("她考入中戏", 3, 5), is_school("中戏毕业", 0, 2), is_school("集中戏份", 1, 3)
    (True, True, False)
    """
    return bool(
        _behind("school_after").match(text, end) or _before("school_before").search(text, max(0, start - WORD), start)
    )


def is_team(text: str, start: int, end: int) -> bool:
    """Whether what stands beside a span is said of teams: whom they beat, who plays for them, the score.

    >>> is_team("率队击败罗马", 4, 6), is_team("罗马以2比1获胜", 0, 2), is_team("他住在罗马", 3, 5)
    (True, True, False)
    """
    return bool(
        _behind("team_after", extra="score").match(text, end)
        or _before("team_before", extra="score").search(text, max(0, start - WORD - 2), start)
    )


def of_sports(text: str) -> bool:
    """Whether a text speaks of leagues, players and matches.

    >>> of_sports("英超第3轮，客队获胜"), of_sports("太阳升起")
    (True, False)
    """
    return _behind("sports_word").search(text) is not None


def speaks(text: str, end: int) -> bool:
    """Whether what stands behind a name is said of companies only: 副总裁, 股价, 宣布."""
    return text.startswith(row_of("company_after"), end)


def owned(text: str, start: int) -> bool:
    """Whether what stands before a name says that it is a company: 子公司, 旗下."""
    return text.endswith(row_of("company_before"), 0, start)


def listed(text: str, start: int, end: int, sure: set[int]) -> bool:
    """Whether a span stands in a list beside a name that is sure (``sure``: where such names begin and end)."""
    links = words_of("list_link")
    before = any(text.endswith(link, 0, start) and start - len(link) in sure for link in links)
    return before or any(text.startswith(link, end) and end + len(link) in sure for link in links)


@cache
def _behind(*kinds: str, extra: str = "") -> re.Pattern[str]:
    """What begins behind a span: a word of some classes, or the shape ``extra``."""
    return re.compile(_any(*kinds, extra=extra))


@cache
def _before(*kinds: str, extra: str = "") -> re.Pattern[str]:
    return re.compile(f"(?:{_any(*kinds, extra=extra)})$")


def _any(*kinds: str, extra: str) -> str:
    return f"{one_of(*kinds)}|{shape(extra).pattern}" if extra else one_of(*kinds)
