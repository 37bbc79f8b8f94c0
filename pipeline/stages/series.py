"""Numbers that share their words: lists given out one by one (分别为), changes told in pairs, a noun behind the last number."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from functools import cache

import regex

from pipeline.model import Article, Quantity
from pipeline.phrases.clauses import opening_list
from pipeline.phrases.roles import COMMAS, roles
from pipeline.rulekit.symbols import Symbols
from pipeline.rulekit.template import alternation
from pipeline.stages.drafts import Draft, clause_start, in_brackets, same_paragraph
from pipeline.words import read_words

__all__ = ["CARRIED", "LIST_LIMIT", "share"]

CARRIED = "carried"
PAIRED = "each.of_pair"
LIST_LIMIT = 12  # numbers of a list
BARE = 4  # characters of a measure that doesn't say whose it is: 增加值
NOTE_FIRST = regex.compile(r"[(（][^()（）]*[)）]")
NOTE_LAST = regex.compile(r"[(（][^()（）]*[)）]$")

Listing = tuple[tuple[int, int] | None, str]
"""A list in the text, in text offsets, and the rule that gave it."""

NO_LIST: Listing = (None, "")


def share(article: Article, symbols: Symbols, drafts: Sequence[Draft]) -> None:
    """Give the numbers of lists what they share: subjects, changes, the noun behind the last."""
    share_pairs(article, symbols, drafts, bracketed=True)
    share_out(article, symbols, drafts)
    share_change(symbols, drafts)
    share_pairs(article, symbols, drafts)
    share_noun(symbols, drafts)


# --- signs of a list --------------------------------------------------------------------------


@cache
def list_sign() -> regex.Pattern[str]:
    """What parts the members of a list."""
    return regex.compile(alternation(sorted(roles()["list"])))


@cache
def list_comma() -> regex.Pattern[str]:
    """The sign that parts the members of a list and nothing else."""
    return regex.compile(alternation(sorted(roles()["comma"])))


@cache
def list_between() -> regex.Pattern[str]:
    """What stands between the numbers of a list: signs and characters of its words, and a bound."""
    signs = COMMAS | {" "}.union(*roles()["list"], *roles()["list_or"])
    bounds = alternation([row["term"] for row in read_words("claim_before")])
    return regex.compile(f"[{regex.escape(''.join(sorted(signs)))}]{{1,2}}(?:{bounds})?")


@cache
def each_of() -> regex.Pattern[str]:
    """Words that say that a list is given out one by one."""
    return regex.compile(alternation(sorted(roles()["each_of"])))


def joined(symbols: Symbols, before: Draft, after: Draft) -> bool:
    """Whether nothing but a sign of a list and a bound stands between two numbers (30%及超过40%); a note in brackets may."""
    between = symbols.text[before.at + 1 : after.at]
    note = NOTE_FIRST.match(between)
    return bool(list_between().fullmatch(between, note.end() if note else 0))


def series(article: Article, symbols: Symbols, drafts: Sequence[Draft], first: int) -> list[Draft]:
    """The numbers of one sort that are joined to a list from the ``first`` on, without those in notes (87%（107/123）和90%)."""
    listed = [drafts[first]]
    outside = not in_brackets(article, drafts[first])
    for after in drafts[first + 1 :]:
        if outside and in_brackets(article, after):
            continue
        if after.quantity.kind != listed[0].quantity.kind or not joined(symbols, listed[-1], after):
            break
        listed.append(after)
    return listed


def says_respectively(text: str, at: int) -> bool:
    """Whether 分别 stands before a number in its clause."""
    clause = text[clause_start(text, at) : at]
    return any(word in clause for word in roles()["each_of"])


def list_parts(shadow: str, start: int, end: int, sign: regex.Pattern[str] | None = None) -> list[tuple[int, int]]:
    """The spans of the parts of a list.

    >>> list_parts("男性、女性和儿童", 0, 8)
    [(0, 2), (3, 5), (6, 8)]
    """
    out, at = [], start
    for found in (sign or list_sign()).finditer(shadow, start, end):
        if found.start() > at:
            out.append(without_note(shadow, at, found.start()))
        at = found.end()
    return [*out, without_note(shadow, at, end)] if at < end else out


def without_note(shadow: str, start: int, end: int) -> tuple[int, int]:
    """A span without the bracket at its end: 紫金(2899)."""
    note = NOTE_LAST.search(shadow, start, end)
    return (start, note.start()) if note and note.start() > start else (start, end)


# --- lists given out one by one ---------------------------------------------------------------


def share_out(article: Article, symbols: Symbols, drafts: Sequence[Draft]) -> None:
    """A、B和C分别为 x、y、z: each number its own part of the list in ``each``."""
    for i, draft in enumerate(drafts):
        before = drafts[i - 1] if i else None
        if before is not None and joined(symbols, before, draft):
            continue
        each, rule = listing(article, symbols, draft, before)
        listed = series(article, symbols, drafts, i) if each else []
        if not each or len(listed) == 1:
            continue
        parts = list_parts(article.shadow, *each)
        if len(parts) != len(listed):
            parts = list_parts(article.shadow, *each, list_comma())  # 信息传输和软件业、商务服务业
        if len(parts) == len(listed) and min(end - start for start, end in parts) == 1:
            parts = [(each[0], each[1])] * len(listed)  # 汽、柴油价格: the members share their head
        if len(parts) == len(listed):
            for target, part in zip(listed, parts, strict=True):
                target.fields["subject"] = (part, rule)


def listing(article: Article, symbols: Symbols, draft: Draft, last: Draft | None) -> Listing:
    """The list that a number and those joined to it share out: its ``each``, else a subject before 分别, else that of ``last``."""
    subject, rule = draft.fields.get("subject", NO_LIST)
    each = draft.get("each")
    if rule == PAIRED:
        return NO_LIST
    if each and list_sign().search(article.shadow, *each):
        return draft.fields["each"]
    if not says_respectively(symbols.text, draft.at):
        return NO_LIST
    named = each or subject
    if not named:
        return list_carried(article, draft, last)
    if named[1] > draft.quantity.start:
        return NO_LIST
    word = each_of().search(article.shadow, *named)
    end = word.start() if word else named[1]  # 高雄市及宜兰县|分别损失
    if end <= named[0]:
        return NO_LIST
    if list_sign().search(article.shadow, named[0], end):
        return (named[0], end), rule
    return list_before(article, symbols, draft) if end - named[0] <= BARE else NO_LIST


def list_carried(article: Article, draft: Draft, last: Draft | None) -> Listing:
    """The list that the number before was about: 甲和乙齐升1%，收市分别报5元和6元."""
    named = last.get("subject") if last is not None and same_paragraph(article, last, draft) else None
    return (named, CARRIED) if named and list_sign().search(article.shadow, *named) else NO_LIST


def list_before(article: Article, symbols: Symbols, draft: Draft) -> Listing:
    """The list that opens the clause before, if that one has no number: 甲业和乙业增势强劲，增加值|分别增长."""
    before = clause_start(symbols.text, draft.at)
    if before < 1 or symbols.text[before - 1] not in COMMAS:
        return NO_LIST
    start = clause_start(symbols.text, before - 1)
    if any(isinstance(symbols.mentions.get(p), Quantity) for p in range(start, before)):
        return NO_LIST
    lead = opening_list(article, symbols, start, before - 1)
    return (lead, "clause.list") if lead and list_sign().search(article.shadow, *lead) else NO_LIST


# --- what is said of all ----------------------------------------------------------------------


def share_change(symbols: Symbols, drafts: Sequence[Draft]) -> None:
    """上涨0.4%和1.2%: numbers joined to a list change the same way, against the same."""
    for before, after in itertools.pairwise(drafts):
        same = before.quantity.kind == after.quantity.kind or restated_share(before, after)
        if same and joined(symbols, before, after):
            for name in ("trend", "basis"):
                if before.get(name):
                    after.give(name, *before.fields[name])
            if (
                before.get("comparator")
                and after.quantity.comparator == "="
                and says_respectively(symbols.text, before.at)
            ):
                after.give("comparator", *before.fields["comparator"])  # 分别超过25万和45万


def restated_share(before: Draft, after: Draft) -> bool:
    """Whether a change is given as a number and as a share: 减少990人、7.01%; 跌2.4%或2.9元."""
    kinds = before.quantity.kind, after.quantity.kind
    restates = kinds[1] == "percentage" or kinds == ("percentage", "money")
    return restates and str(before.get("trend", "")).endswith("_by")


def share_noun(symbols: Symbols, drafts: Sequence[Draft]) -> None:
    """3万个及200个单位: the noun behind the last number of a list is what all of them count."""
    for before, after in itertools.pairwise(reversed(drafts)):
        last, number = before.quantity, after.quantity
        noun = before.get("subject")
        alike = (number.kind, number.unit) == (last.kind, last.unit) and not after.get("subject")
        if noun and noun[0] >= last.end and alike and joined(symbols, after, before):
            after.fields["subject"] = before.fields["subject"]


# --- pairs ------------------------------------------------------------------------------------


def share_pairs(article: Article, symbols: Symbols, drafts: Sequence[Draft], bracketed: bool = False) -> None:
    """收案3万件，结案2万件，同比分别增长6%和8%: each change belongs to its own number before; ``bracketed``: only to those in brackets."""
    for i in range(1, len(drafts)):
        if not begins_pairs(article, symbols, drafts[i - 1], drafts[i], bracketed):
            continue
        group = series(article, symbols, drafts, i)[:LIST_LIMIT]
        measured = drafts[max(0, i - len(group)) : i]
        subjects = [draft.get("subject") for draft in measured]
        if len(group) < 2 or len(measured) < len(group) or not all(subjects) or len(set(subjects)) < len(group):
            continue
        if all(same_paragraph(article, draft, drafts[i]) for draft in measured):
            for target, subject in zip(group, subjects, strict=True):
                target.fields["subject"] = (subject, PAIRED)


def begins_pairs(article: Article, symbols: Symbols, before: Draft, draft: Draft, bracketed: bool) -> bool:
    """Whether a number may be the first of those that belong one by one to the numbers up to ``before``."""
    if bracketed and not in_brackets(article, before):
        return False
    if not says_respectively(symbols.text, draft.at) or not retells(article, before, draft):
        return False
    if not bracketed and clause_start(symbols.text, draft.at) <= before.at:
        return False  # 两组分别为5%和6%: the clause says itself what has them
    # 园区有5个，将分别有3个和2个: no changes of those before
    return draft.quantity.unit != before.quantity.unit or bool(draft.get("trend"))


def retells(article: Article, before: Draft, draft: Draft) -> bool:
    """Whether a number has no subject of its own, or that of the bracket before it (甲（5人）及乙（3人）分别减少)."""
    subject = draft.get("subject")
    return not subject or (subject == before.get("subject") and in_brackets(article, before))
