"""Subjects that no frame gives: lists shared out (分别为), then carried over from the clause, sentence or heading before."""

from __future__ import annotations

import itertools
from bisect import bisect_right
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING

import regex

from pipeline.model import Article, Quantity
from pipeline.rulekit.phrase import changed_phrase, nearest_noun, opening_list, opening_phrase, result_phrase
from pipeline.rulekit.pieces import roles
from pipeline.rulekit.symbols import Symbols
from pipeline.rulekit.template import CLAUSE_END, alternation
from pipeline.words import read_words

if TYPE_CHECKING:
    from pipeline.stages.claims import Draft

__all__ = ["carry", "share_out"]

LIST_SIGN = regex.compile("、|和|与|及|以及|跟|/")
LIST_COMMA = regex.compile("、")
NOTE_FIRST = regex.compile(r"[(（][^()（）]*[)）]")
CLAUSE_STOP = regex.compile("[" + regex.escape(CLAUSE_END) + "]")
NOTE = regex.compile(r"[(（][^()（）]*[)）]$")
CALENDAR = alternation(sorted(roles()["calendar"]))
DIGITS = regex.compile(rf"[^\p{{Han}}]*(?:{CALENDAR}|[^\p{{Han}}])*")  # a line with nothing but a time
CARRIED = "carried"
PAIRED = "each.of_pair"
ASIDE = (
    "claim.of_the_other",
    "claim.than_target",
    "claim.than_measure",
    "claim.than_record",
    "claim.error",
)  # what a number is compared with: later ones don't go on with it
WINDOW = 300  # characters that are looked back at in a sentence without stops
CLAUSES_BACK = 6
LIST_LIMIT = 12
BARE = 4  # characters of a measure that doesn't say whose it is: 增加值


def carry(article: Article, symbols: Symbols, drafts: Sequence[Draft]) -> None:
    """Give every draft without a subject the nearest one before it in its paragraph, else its heading."""
    share_pairs(article, symbols, drafts, bracketed=True)
    share_out(article, symbols, drafts)
    share_change(symbols, drafts)
    share_pairs(article, symbols, drafts)
    share_noun(symbols, drafts)
    last: Draft | None = None
    topic: Draft | None = None  # what a sentence began with, before 其中
    above = headings(article)
    outside: Draft | None = None  # the last one before a bracket that is open
    counted: Draft | None = None  # the last one that is no rate
    spell: Draft | None = None  # the last age or duration
    for i, draft in enumerate(drafts):
        bracketed = in_brackets(article, draft)
        if bracketed and outside is None:
            outside = last
        elif not bracketed and outside is not None:
            last, outside = outside, None
        if draft.get("subject"):
            if last is not None and draft.fields["subject"][1] in ASIDE and last.sentence == draft.sentence:
                continue
            if (
                last is None
                or not (draft.quantity.kind in ("age", "duration") or is_period(article, draft))
                or paragraph(article, last) != paragraph(article, draft)
            ):
                last, topic = draft, topic_after(article, topic, draft)
                counted = counted if is_rate(article, draft) else draft
            spell = draft if draft.quantity.kind in ("age", "duration") else spell
            continue
        frame = draft.fields["subject"][1] if "subject" in draft.fields else ""
        if (compared := before_comparison(article, drafts, i)) is not None:
            draft.fields["subject"] = (compared.get("subject"), frame)
            last = draft
            continue
        since = last.at if last is not None and last.sentence == draft.sentence else None
        if (clause := clause_before(article, symbols, draft, since)) is not None:
            draft.fields["subject"] = (clause, frame or "clause.before")
            last = topic = draft
            counted = counted if is_rate(article, draft) else draft
        elif last is not None and paragraph(article, last) == paragraph(article, draft):
            from_ = topic if topic is not None and topic.sentence == last.sentence != draft.sentence else last
            if (
                counted is not None
                and counts(draft)
                and is_rate(article, from_)
                and paragraph(article, counted) == paragraph(article, draft)
            ):
                from_, last = counted, draft  # 出生率为6‰，较上年增加3536人: no rate is counted in people
            if spell is not None and spell.sentence == draft.sentence and spell.quantity.kind == draft.quantity.kind:
                from_ = spell  # 中位数为45小时，增0.1小时
            draft.fields["subject"] = (from_.get("subject"), frame or CARRIED)
        elif above[draft.sentence] is not None:
            draft.fields["subject"] = (above[draft.sentence], "heading")
        elif (near := nearest(article, symbols, draft)) is not None:
            draft.fields["subject"] = (near, frame or "nearest")


def before_comparison(article: Article, drafts: Sequence[Draft], i: int) -> Draft | None:
    """The number that another is compared with, before the 比 of its clause (获批5000宗，比|新登记的3000宗多2000宗)."""
    than = drafts[i].get("than")
    for draft in reversed(drafts[max(0, i - LIST_LIMIT) : i] if than else []):
        if draft.quantity.end <= than[0] and draft.get("subject"):
            return draft if paragraph(article, draft) == paragraph(article, drafts[i]) else None
    return None


def nearest(article: Article, symbols: Symbols, draft: Draft) -> tuple[int, int] | None:
    """The noun nearest to a number in its clause."""
    start = clause_start(symbols.text, draft.at)
    stop = CLAUSE_STOP.search(symbols.text, draft.at, draft.at + WINDOW)
    end = stop.start() if stop else min(len(symbols.text), draft.at + WINDOW)
    return nearest_noun(article, symbols, start, draft.at, end)


def is_rate(article: Article, draft: Draft) -> bool:
    """Whether a draft's subject is a rate or share."""
    subject = draft.get("subject")
    return bool(subject) and article.shadow[slice(*subject)].endswith(tuple(roles()["rate"]))


def is_period(article: Article, draft: Draft) -> bool:
    """Whether what is counted is a time (两个财政年度)."""
    return article.shadow[slice(*draft.get("subject"))].endswith(tuple(roles()["period"]))


def counts(draft: Draft) -> bool:
    """Whether a number counts things; points are what an index has."""
    quantity = draft.quantity
    return quantity.kind == "count" and bool(quantity.unit) and quantity.unit not in roles()["of_rates"]


def clause_before(article: Article, symbols: Symbols, draft: Draft, since: int | None = None) -> tuple[int, int] | None:
    """The subject of the nearest earlier clause of the sentence that opens with one; behind ``since`` only one that says that it changed."""
    end = clause_start(symbols.text, draft.at)
    for _ in range(CLAUSES_BACK):
        if end <= 0 or symbols.text[end - 1] == "\n":
            return None
        start = clause_start(symbols.text, end - 1)
        if end - 1 - start >= WINDOW:
            return None  # no sentence of a person has such a clause
        if since is not None and start <= since:
            return None
        clause = (article, symbols, start, end - 1)
        if since is not None and not turns(symbols.text, start, end):
            return bare_topic(*clause)
        span = result_phrase(*clause) or opening_phrase(*clause) or changed_phrase(*clause)
        if span is not None:
            return span
        end = start
    return None


def bare_topic(article: Article, symbols: Symbols, start: int, end: int) -> tuple[int, int] | None:
    """The phrase that a clause in symbol positions ``start:end`` ends with and is all about, with no word on it (未来一年发病风险，)."""
    span = opening_phrase(article, symbols, start, end)
    whole = symbols.span(end - 1, end)[1] if end > start else -1
    return span if span is not None and span[1] == whole and span[1] - span[0] >= BARE else None


def turns(text: str, start: int, end: int) -> bool:
    """Whether a clause without a number speaks of something new: it says that it changed, or opens with 惟, 但, 至于."""
    return bool(changes().search(text, start, end)) or text.startswith(tuple(roles()["contrast"]), start)


@cache
def changes() -> regex.Pattern[str]:
    """The words of ``claim_change.csv`` of two characters and more."""
    return regex.compile(alternation([row["term"] for row in read_words("claim_change") if len(row["term"]) > 1]))


def clause_start(text: str, position: int) -> int:
    """Where the clause of a position starts, at most `WINDOW` back."""
    ends = clause_ends(text)
    i = bisect_right(ends, position)
    return max(ends[i - 1] if i else 0, position - WINDOW)


@lru_cache(maxsize=2)
def clause_ends(text: str) -> list[int]:
    return [sign.end() for sign in CLAUSE_STOP.finditer(text)]


def topic_after(article: Article, topic: Draft | None, draft: Draft) -> Draft | None:
    """The topic of a draft's sentence: the last one with a subject before 其中, the next sentence goes on with it."""
    if topic is None or topic.sentence != draft.sentence:
        return draft
    between = article.shadow[topic.quantity.end : draft.quantity.start]
    return topic if any(word in between for word in roles()["aside"]) else draft


def in_brackets(article: Article, draft: Draft) -> bool:
    """Whether a bracket is open where a number stands: 2631所（含独立学院265所）."""
    start = max(article.sentences[draft.sentence].start, draft.quantity.start - WINDOW)
    before = article.shadow[start : draft.quantity.start]
    return before.count("(") + before.count("（") > before.count(")") + before.count("）")


def paragraph(article: Article, draft: Draft) -> int:
    return article.sentences[draft.sentence].paragraph


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
            parts = list_parts(article.shadow, *each, LIST_COMMA)  # 信息传输和软件业、商务服务业
        if len(parts) == len(listed) and min(end - start for start, end in parts) == 1:
            parts = [(each[0], each[1])] * len(listed)  # 汽、柴油价格: the members share their head
        if len(parts) == len(listed):
            for target, part in zip(listed, parts, strict=True):
                target.fields["subject"] = (part, rule)


def joined(symbols: Symbols, before: Draft, after: Draft) -> bool:
    """Whether nothing but a sign of a list and a bound stands between two numbers (30%及超过40%); a note in brackets may."""
    between = symbols.text[before.at + 1 : after.at]
    note = NOTE_FIRST.match(between)
    return bool(list_between().fullmatch(between, note.end() if note else 0))


@cache
def list_between() -> regex.Pattern[str]:
    """What stands between the numbers of a list."""
    bounds = alternation([row["term"] for row in read_words("claim_before")])
    return regex.compile(f"[、,，和与及以跟或/ ]{{1,2}}(?:{bounds})?")


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


def listing(article: Article, symbols: Symbols, draft: Draft, last: Draft | None) -> tuple[tuple[int, int] | None, str]:
    """The list that a number and those joined to it share out, with the rule that gave it: ``each``, else a subject before 分别, else ``last``'s."""
    if "subject" in draft.fields and draft.fields["subject"][1] == PAIRED:
        return None, ""
    if draft.get("each") and LIST_SIGN.search(article.shadow, *draft.get("each")):
        return draft.fields["each"]
    subject = draft.get("each") or draft.get("subject")
    respectively = says_respectively(symbols.text, draft.at)
    if not subject and respectively and last is not None and paragraph(article, last) == paragraph(article, draft):
        named = last.get("subject")  # 甲和乙齐升1%，收市分别报5元和6元
        return (named, CARRIED) if named and LIST_SIGN.search(article.shadow, *named) else (None, "")
    if not subject or subject[1] > draft.quantity.start or not respectively:
        return None, ""
    word = each_of().search(article.shadow, *subject)
    end = word.start() if word else subject[1]  # 高雄市及宜兰县|分别损失
    if end <= subject[0]:
        return None, ""
    if LIST_SIGN.search(article.shadow, subject[0], end):
        return (subject[0], end), draft.fields["subject"][1] if "subject" in draft.fields else ""
    before = clause_start(symbols.text, draft.at)
    if end - subject[0] > BARE or before < 1 or symbols.text[before - 1] not in ",，":
        return None, ""
    start = clause_start(symbols.text, before - 1)
    if any(isinstance(symbols.mentions.get(p), Quantity) for p in range(start, before)):
        return None, ""  # the clause before has numbers of its own
    lead = opening_list(article, symbols, start, before - 1)
    if lead is None or not LIST_SIGN.search(article.shadow, *lead):
        return None, ""
    return lead, "clause.list"  # 甲业和乙业增势强劲，增加值|分别增长


@cache
def each_of() -> regex.Pattern[str]:
    return regex.compile(alternation(sorted(roles()["each_of"])))


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


def share_noun(symbols: Symbols, drafts: Sequence[Draft]) -> None:
    """3万个及200个单位: the noun behind the last number of a list is what all of them count."""
    for before, after in itertools.pairwise(reversed(drafts)):
        last, number = before.quantity, after.quantity
        noun = before.get("subject")
        alike = (number.kind, number.unit) == (last.kind, last.unit) and not after.get("subject")
        if noun and noun[0] >= last.end and alike and joined(symbols, after, before):
            after.fields["subject"] = before.fields["subject"]


def restated_share(before: Draft, after: Draft) -> bool:
    """Whether a change is given as a number and as a share: 减少990人、7.01%."""
    return after.quantity.kind == "percentage" and str(before.get("trend", "")).endswith("_by")


def share_pairs(article: Article, symbols: Symbols, drafts: Sequence[Draft], bracketed: bool = False) -> None:
    """收案3万件，结案2万件，同比分别增长6%和8%: each change belongs to its own number before; ``bracketed``: only to those in brackets."""
    for i, draft in enumerate(drafts):
        if bracketed and not (i and in_brackets(article, drafts[i - 1])):
            continue
        if not says_respectively(symbols.text, draft.at) or not (i and retells(article, drafts[i - 1], draft)):
            continue
        if not bracketed and clause_start(symbols.text, draft.at) <= drafts[i - 1].at:
            continue  # 两组分别为5%和6%: the clause says itself what has them
        group = series(article, symbols, drafts, i)[:LIST_LIMIT]
        measured = drafts[max(0, i - len(group)) : i]
        subjects = [d.get("subject") for d in measured]
        if draft.quantity.unit == drafts[i - 1].quantity.unit and not draft.get("trend"):
            continue  # 园区有5个，将分别有3个和2个: no changes of those before
        if len(group) < 2 or len(measured) < len(group) or not all(subjects) or len(set(subjects)) < len(group):
            continue
        if all(paragraph(article, d) == paragraph(article, draft) for d in measured):
            for target, subject in zip(group, subjects, strict=True):
                target.fields["subject"] = (subject, PAIRED)


def retells(article: Article, before: Draft, draft: Draft) -> bool:
    """Whether a number has no subject of its own, or that of the bracket before it (甲（5人）及乙（3人）分别减少)."""
    subject = draft.get("subject")
    return not subject or (subject == before.get("subject") and in_brackets(article, before))


def says_respectively(text: str, at: int) -> bool:
    """Whether 分别 stands before a number in its clause."""
    clause = text[clause_start(text, at) : at]
    return any(word in clause for word in roles()["each_of"])


def list_parts(shadow: str, start: int, end: int, sign: regex.Pattern[str] = LIST_SIGN) -> list[tuple[int, int]]:
    """The spans of the parts of a list.

    >>> list_parts("男性、女性和儿童", 0, 8)
    [(0, 2), (3, 5), (6, 8)]
    """
    out, at = [], start
    for found in sign.finditer(shadow, start, end):
        if found.start() > at:
            out.append(without_note(shadow, at, found.start()))
        at = found.end()
    return [*out, without_note(shadow, at, end)] if at < end else out


def without_note(shadow: str, start: int, end: int) -> tuple[int, int]:
    """A span without the bracket at its end: 紫金(2899)."""
    note = NOTE.search(shadow, start, end)
    return (start, note.start()) if note and note.start() > start else (start, end)


def headings(article: Article) -> list[tuple[int, int] | None]:
    """For each sentence the heading it stands under, in text offsets."""
    out: list[tuple[int, int] | None] = []
    section, span = "", None
    for here in article.sentences:
        if here.section != section:
            at = article.text.find(here.section, here.start, here.end) if here.section else -1
            named = at >= 0 and not DIGITS.fullmatch(article.shadow[at : at + len(here.section)])
            section, span = here.section, (at, at + len(here.section)) if named else None
            out.append(None)
        else:
            out.append(span)
    return out
