"""The time a number holds for: the date of its clause, then of its sentence, then what its paragraph carries on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipeline.match import Match
from pipeline.model import Article, Date
from pipeline.symbols import Symbols
from pipeline.template import CLAUSE_END

if TYPE_CHECKING:
    from pipeline.stages.claims import Draft

__all__ = ["carry"]

NOT_THE_TIME = ("against", "spoken")  # captures of dates that a number is compared with, or on which somebody spoke


def carry(article: Article, symbols: Symbols, drafts: Sequence[Draft], matches: Sequence[Match], dates: Sequence[Date]) -> None:
    """Give every draft without a time the nearest date that can be its time."""
    other = {m.captures[name].start for m in matches for name in NOT_THE_TIME if name in m.captures}
    positions = {p: m for p, m in symbols.mentions.items() if isinstance(m, Date)}
    usable = [p for p in sorted(positions) if positions[p].start not in other]
    kept: tuple[Date | None, int] = (None, -1)  # the date carried on, and the sentence of the last number it held for
    for draft in drafts:
        if "time" in draft.fields:
            continue
        start = symbols.text.rfind("\n", 0, draft.at) + 1
        stop = symbols.text.find("\n", draft.at)
        before = [p for p in usable if start <= p < draft.at]
        if before:
            draft.give("time", positions[before[-1]], "time.before")
        elif (behind := next((p for p in usable if draft.at < p < stop), None)) is not None and same_clause(symbols.text, draft.at, behind):
            draft.give("time", positions[behind], "time.behind")
        elif kept[0] is not None and article.sentences[kept[1]].paragraph == article.sentences[draft.sentence].paragraph:
            draft.give("time", kept[0], "time.carried")
        if draft.get("time"):
            kept = (draft.get("time"), draft.sentence)


def same_clause(text: str, first: int, last: int) -> bool:
    return not any(char in CLAUSE_END for char in text[first:last])
