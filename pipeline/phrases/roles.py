"""What words do in a noun phrase and beside it: the roles of ``rules/words/phrase_words.csv``, and the patterns made of them.

A role is a set of words: ``tail`` may stand between a phrase and its number, a phrase never runs over a ``barrier``,
``opener`` begins a clause and no phrase, ``versus`` begins what a number is compared with. ``phrase_roles.csv`` says
what each of them is, with an example.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import regex

from pipeline.rulekit.template import alternation
from pipeline.words import read_words

__all__ = ["COMMAS", "changes", "comparison", "rate", "roles"]

COMMAS = frozenset("，,")
NOT_OVER = "，,。"  # signs that no comparison runs over


@cache
def roles() -> dict[str, frozenset[str]]:
    """The words by role."""
    out: dict[str, set[str]] = {}
    for row in read_words("phrase_words"):
        for role in row["role"].split("|"):
            out.setdefault(role, set()).add(row["term"])
    noun = out["extent"]
    out["tail"] |= {word for word in changes() if len(word) > 1 and not any(part in word for part in noun)}
    out["speech"] = {row["term"] for row in read_words("speech_verb")}
    return {role: frozenset(terms) for role, terms in out.items()}


@cache
def changes() -> frozenset[str]:
    """The words of ``claim_change.csv``: 增长, 跌, 涨幅."""
    return frozenset(row["term"] for row in read_words("claim_change"))


@cache
def rate() -> regex.Pattern[str]:
    """A word for a rate or share."""
    return regex.compile(alternation(sorted(roles()["rate"])))


@cache
def comparison() -> regex.Pattern[str]:
    """What a number is compared with or reckoned by (较术前, 按美元计价): ``claim_basis.csv`` and ``comparison_frames.csv``."""
    terms = alternation([row["term"] for row in read_words("claim_basis")])
    return regex.compile("|".join([terms, *(frame(row) for row in read_words("comparison_frames"))]))


def frame(row: Mapping[str, str]) -> str:
    """The expression of a row of ``comparison_frames.csv``: an opening, some words of the clause, one of the endings."""

    def any_of(column: str) -> str:
        return alternation(row[column].split("|"))

    behind = f"(?<!{any_of('not_behind')})" if row["not_behind"] else ""
    before = f"(?!{any_of('not_before')})" if row["not_before"] else ""
    words = f"[^{regex.escape(NOT_OVER + row['not_over'])}]{{1,{int(row['longest'])}}}"
    return f"{behind}{regex.escape(row['opens'])}{before}{words}{any_of('ends')}{'$' if row['last'] else ''}"
