"""Names without an ending of their own that a rule's context proves: 甲乙精工（000001）, 子公司丙丁能, …等厂商.

The rule says on which side of the name the context stands (``grow: before``, ``after``, ``inside``, ``members``) and what
else the name needs; `pipeline.names.contexts` finds its borders, `pipeline.stages.settling.proved` its other uses.
"""

from __future__ import annotations

import re

from pipeline.match import Match
from pipeline.names import contexts, lists
from pipeline.names import organisations as orgs
from pipeline.names.marks import CLOSED, QUOTED
from pipeline.names.nameparts import classes, is_place, words_of
from pipeline.stages.candidates.candidate import STAGE, Candidate
from pipeline.stages.candidates.view import View

__all__ = ["SIDES", "proved"]

Span = tuple[int, int] | None

BRACKETED = re.compile(r"[^\w·&.'’ -]")
COINED_LENGTH = 5
COINED_TAGS = ("", "nr", "nrfg", "nrt", "nz", "nt", "eng")
NOT_IN_NAMES = ("r", "p", "c", "d", "u", "y", "x")
SUBJECT_LENGTH = 12
PERSON_LENGTH = 4


def proved(view: View, match: Match, side: str) -> Candidate | None:
    """A name that its context proves, or the list that holds such names."""
    head, needs = match.captures["head"], str(match.get("needs"))
    if needs == "person" and not view.person_at(head.end):
        return None
    if needs == "coined":
        span = _subject(view, head.start)
    else:
        span = SIDES[side](view, match, needs)
        if span and side != "after" and view.is_person(*span):
            return None
    if span is None:
        return None
    grown = side if side == "members" else "titled" if needs == "named" else "proved"
    return Candidate(*span, rule=match.rule.id, stage=STAGE, itype=str(match.get("itype")), grown=grown)


def _before(view: View, match: Match, needs: str) -> Span:
    """The name that stands before its context."""
    head = match.captures["head"]
    coded = match.rule.id == "institution.stock_code_tw"
    span = contexts.before(view.article, head.start, coded, orgs.is_company)
    if span and needs == "proper":  # the share's class is part of the name
        return span[0], head.end
    if span and needs == "person":
        return _titled(view, *span)
    if span and needs == "named" and not lists.looks_named(view.article, *span):
        return None
    return span


def _after(view: View, match: Match, needs: str) -> Span:
    """The name that stands behind its context."""
    return contexts.after(view.article, match.captures["head"].end, view.is_person, needs == "word")


def _members(view: View, match: Match, needs: str) -> Span:
    """The list that stands before its context."""
    return contexts.members(view.article, match.captures["head"].start)


def _inside(view: View, match: Match, needs: str) -> Span:
    """The name between two parts of its context."""
    article, start, end = view.article, match.captures["head"].start, match.captures["head"].end
    if needs == "whole":
        return start, end
    if view.known.get(end, start) > start and not match.captures["head"].text.isascii():
        return None  # 双方及民进党
    if needs == "named":
        fits = lists.is_quoted_source(article, start, end) or lists.looks_named(article, start, end)
    elif needs == "maker":
        fits = _is_maker(view, start, end)
    else:
        fits = contexts.plausible(article, start, end)
    return (start, end) if fits else None


SIDES = {"before": _before, "after": _after, "members": _members, "inside": _inside}
"""Where the name stands, as the rules say: before its context, behind it, all in a list before it, or inside it."""


def _titled(view: View, start: int, end: int) -> Span:
    """The body whose title stands behind a stretch: a known name at its end, or all of a coined one."""
    known = view.known.get(end, start)
    if known > start:
        return known, end  # 兼|华总
    return (start, end) if _is_coined(view, start, end) else None


def _is_coined(view: View, start: int, end: int) -> bool:
    """Whether a short stretch is a word that no dictionary has, where names begin: 某权会副会长."""
    tokens = view.article.segment(view.text[start:end])
    joined = view.text[end - 1] in words_of("conjunction") or bool(view.people.over(start, end))
    return end - start <= COINED_LENGTH and not joined and any(not tag and len(word) > 1 for word, tag in tokens)


def _is_maker(view: View, start: int, end: int) -> bool:
    """Whether what a work is published by is a name and no person's."""
    tokens = view.article.segment(view.text[start:end])
    person = tokens[0][1] == "nr" and end - start <= PERSON_LENGTH
    return not person and lists.looks_named(view.article, start, end)


def _subject(view: View, end: int) -> Span:
    """What a sentence opens with up to an offset, when quotation marks, the model or its words say that it is a name."""
    text, start = view.text, view.sentence_start(end - 1)
    quoted = text[start] in QUOTED and text[end - 1] in CLOSED
    start, end = start + quoted, end - quoted
    if not 2 <= end - start <= SUBJECT_LENGTH or is_place(text[start:end]) or BRACKETED.search(text, start, end):
        return None
    tokens = view.article.segment(text[start:end])
    if any(tag[:1] in NOT_IN_NAMES or classes().get(word) in ("Z", "K") for word, tag in tokens):
        return None
    seen = view.organisations.over(start, end) or view.people.over(start, end)
    named = bool(seen) or any(tag in COINED_TAGS for _, tag in tokens)
    return (start, end) if quoted or named else None
