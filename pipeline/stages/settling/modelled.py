"""What a span of the model does: it confirms the name it covers, widens it, or is a name alone.

It widens a name by words that names hold, up to a head, and stands alone when nothing speaks against it (`implausible`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline.model import Article
from pipeline.names import evidence, lists
from pipeline.names import organisations as orgs
from pipeline.names.endings import longest_ending
from pipeline.names.intervals import Intervals
from pipeline.names.marks import QUOTED
from pipeline.names.nameparts import (
    HAN,
    classes,
    ends_in,
    is_country,
    is_place,
    is_province,
    shape,
    without_end,
    word_class,
    words_of,
)
from pipeline.stages.ner import NerSpan
from pipeline.stages.settling.heads import Heads
from pipeline.stages.settling.implausible import SECTOR, implausible
from pipeline.stages.settling.name import Name, joined
from pipeline.stages.settling.spans import cuts, in_title, is_title, letters

__all__ = ["with_model"]

QUOTES = (*QUOTED, "‘")
COINED_TAGS = tuple("fabngz")
BRANDS = (2, 3, 4)  # characters of a company's name at the beginning of the model's span


def with_model(article: Article, names: Intervals[Name], span: NerSpan, heads: Heads) -> str:
    """Takes one span of the model in; why it was refused, "" when it wasn't."""
    start, end = _trimmed(article, span.start, span.end, heads)
    if (
        end - start > 3
        and shape("society_tail").match(article.shadow, end)
        and not heads.head(article.shadow[start:end])
    ):
        end += 1  # 爱心|会, 武汉病毒|所
    over = names.over(start, end)
    if not over:
        return _alone(article, names, Name(start, end, "", span.rule), heads)
    if len(over) == 1:
        names.swap(over[0], _merged(article, over[0], start, end, span.rule, heads))
    else:
        for name in over:
            names.swap(name, replace(name, rule=joined(name.rule, span.rule)))
    return ""


# --- alone ------------------------------------------------------------------------------------


def _alone(article: Article, names: Intervals[Name], name: Name, heads: Heads) -> str:
    """Takes in a span that no rule found, with its sort; why it is no name, "" when it is."""
    start, end = name.start, name.end
    text = article.shadow[start:end]
    if in_title(article.shadow, start, end):
        return "in a title"
    if text in words_of("not_name"):
        return "a word that names nobody"
    if len(text) <= 3 and article.shadow[start - 2 : start] in words_of("of_all"):
        return "generic"  # 各国央行
    if len(text) == 2 and text[0] >= HAN and cuts(article, start, end, ()):
        return "part of a word"
    entries = orgs.known(text)
    if not entries:
        entries = tuple(e for e in orgs.shorts().get(text, ()) if e.jurisdiction in ("", "CN", article.region))
    if entries:
        names.add(replace(name, itype=entries[0].itype))
        return ""
    if refused := _refused(article, start, end, heads):
        return refused
    if text.isascii() and article.shadow[start - 1 : start] == "(" and not names.over(start - 2, start):
        return "explains another word"  # 多能干细胞(CiPSC)
    itype = heads.sort(text) or longest_ending(text, "org_endings") or "company"
    if itype != "media" and is_title(article.shadow, start, end):
        return "in a title"  # 《…适用法律若干问题的规定》
    names.add(replace(name, itype=itype))
    return ""


def _refused(article: Article, start: int, end: int, heads: Heads) -> str:
    """Why a span is implausible; a word and a trade stand where companies act: 精工科技|拟投资."""
    reason = implausible(article, start, end, heads)
    traded = reason == SECTOR and lists.is_traded(article, start, end)
    return "" if traded and evidence.is_company(article.shadow, start, end) else reason


# --- over a name ------------------------------------------------------------------------------


def _merged(article: Article, name: Name, start: int, end: int, rule: str, heads: Heads) -> Name:
    """A rule's name and the model's span over it: the model may widen it by words that names hold, up to a head."""
    left = _left(article, name, start, end)
    right = _right(article, name, left, end, heads)
    itype = name.itype if right == name.end else heads.sort(article.shadow[left:right]) or name.itype
    return replace(name, rule=joined(name.rule, rule), start=left, end=right, itype=itype)


def _left(article: Article, name: Name, start: int, end: int) -> int:
    """Where a name begins over which the model sees one that begins at ``start``."""
    text = article.shadow
    if start < name.start:
        whole = ends_in(text[name.start : name.end], "company_end")
        quoted = name.itype == "company" and text[start - 1 : start] in QUOTES and whole
        return start if quoted or _belongs(article, name, start) else name.start
    if not name.start < start < name.end == end:
        return name.start
    before = text[name.start : start]
    described = not orgs.place_of(before)[0] and not set(letters(article, name.start, start)) & set("PRG")
    if described and any(orgs.is_company(text[start : start + n]) for n in BRANDS):
        return start  # 实际控制人为|美团龙珠资本
    return name.start


def _belongs(article: Article, name: Name, start: int) -> bool:
    """Whether what the model puts before a name is part of it."""
    text, left = article.shadow, name.start
    before, own = text[start:left], text[left : name.end]
    if is_place(before):
        if is_province(orgs.place_of(own)[0]) and not is_country(before):
            return False
    elif len(own) > 3 and any(entry.itype == "company" for entry in orgs.known(own)):
        return False  # 里昂升|信达生物
    legal = name.itype == "company" and ends_in(own, "legal_form")
    return (
        before not in words_of("not_opening", "aligned")  # 假|民建联
        and not _foreign_to(article, start, left, legal)
        and not shape("dated").search(text, start, left)
    )


def _foreign_to(article: Article, start: int, end: int, legal: bool) -> bool:
    """Whether a stretch before a name has a word that names don't hold; before a legal form single characters may be any."""
    for number, (word, tag) in enumerate(article.segment(article.shadow[start:end])):
        kind = word_class(word, tag)
        if kind in ".KXZ" and not (legal and len(word) == 1 and number > 0 and kind == "."):
            return True
    return False


def _right(article: Article, name: Name, left: int, end: int, heads: Heads) -> int:
    """Where a name ends over which the model sees one that ends at ``end``."""
    text, right = article.shadow, name.end
    if end <= right:
        return right
    if ends_in(text[right:end], "campus_end") or shape("legal_end").search(text, right, end):
        return end  # 中粮|南方包装有限公司
    ward = name.itype == "hospital" and ends_in(text[left:end], "ward")
    if ward or shape("counted_next").match(text, right) or _ends_before(article, right, end):
        return right
    if shape("goes_on").match(text, end):
        return right  # 恒力石化|控股股东
    return end if len(heads.head(text[left:end])) >= 2 else right


def _ends_before(article: Article, start: int, end: int) -> bool:
    """Whether a stretch behind a name holds what ends one; characters that no list knows may be coined: 华能|贵诚信托."""
    words = article.segment(article.shadow[start:end])
    return any(word_class(word, tag) in ".K" and (len(word) > 1 or word in classes()) for word, tag in words)


# --- its own borders --------------------------------------------------------------------------


def _trimmed(article: Article, start: int, end: int, heads: Heads) -> tuple[int, int]:
    """The model's span without a leading verb or preposition and without a title behind; a head noun is none (促进会)."""
    tokens = article.segment(article.shadow[start:end])
    while len(tokens) > 1 and _leads(tokens, article.shadow[start + len(tokens[0][0]) : end], heads):
        start += len(tokens.pop(0)[0])
    while len(tokens) > 1 and _trails(tokens[-1], heads):
        end -= len(tokens.pop()[0])
    while len(tokens) > 2 and tokens[0][0] in words_of("kind_before"):
        start += len(tokens.pop(0)[0])  # 企业|新石器公司
    while len(tokens) > 1 and tokens[-1][0] in words_of("title"):
        end -= len(tokens.pop()[0])
    if end - start > 4:
        end = start + len(without_end(article.shadow[start:end], "founding"))  # 青进协|创会会长
    return start, end


def _leads(tokens: Sequence[tuple[str, str]], rest: str, heads: Heads) -> bool:
    """Whether the first word of a span is none of the name's; one that no list knows is, before a head alone."""
    word, tag = tokens[0]
    if word_class(word, tag) not in ".K" or len(word) > 2:
        return False
    if len(word) == 1 and tag[:1] in COINED_TAGS and not tokens[1][1]:
        return False  # 中|评社: with a word that the dictionary doesn't know
    return not (tag[:1] in "vadn" and classes().get(word) is None and rest in heads.types)


def _trails(token: tuple[str, str], heads: Heads) -> bool:
    """Whether the last word of a span is none of the name's, and no title, which is cut off with others."""
    word, tag = token
    return (
        len(heads.head(word)) < 2
        and word_class(word, tag) in ".KV"
        and word[0] >= HAN
        and word not in words_of("title")
    )
