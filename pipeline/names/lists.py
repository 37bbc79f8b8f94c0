"""Names in a list beside a company that is sure: 保利地产、中国金茂、龙湖地产 and 招商期货、招商致远资本和招商资管.

A member between two marks of a list has its borders from the list; the first and the last end at the first word that no
name holds. It must look like a name: a word that the dictionary doesn't know, or an ending that companies have.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache

from pipeline.model import Article
from pipeline.names import contexts
from pipeline.names.nameparts import classes, is_place, one_of, without_end, words_of

__all__ = ["beside", "is_quoted_source", "is_traded", "looks_named", "members"]

MARKS = '、，。；：！？,.;:!?()（）\n“”"「」《》|/'
LONGEST = 12
WORD = 6  # characters in which the word beside a mark stands
IsPerson = Callable[[int, int], bool]
IsShort = Callable[[str], bool]
RUN = re.compile(r"[\u4e00-\u9fffA-Za-z]{2,14}")
LATIN = re.compile(r"\s?([A-Z][A-Za-z0-9&.'’-]*(?: [A-Z][A-Za-z0-9&.'’-]*){0,3})")
NAME_TAGS = ("", "nr", "nz", "nrt", "nrfg", "nt", "eng", "j", "x")


def beside(
    article: Article,
    start: int,
    end: int,
    is_person: Callable[[int, int], bool],
    is_taken: Callable[[int], bool] = lambda offset: False,
    is_short: Callable[[str], bool] = lambda text: False,
) -> Iterator[tuple[int, int]]:
    """The spans that stand in a list right before and behind a name, where they look like names.

    ``is_taken``: whether a character belongs to a name already. ``is_short``: whether a word is a short name that the
    list is witness enough for.
    """
    text = article.shadow
    link = _link().match(text, end)
    if link and not is_taken(link.end()):
        span = _behind(article, link.end(), is_person, is_short)
        if span:
            yield span
    link = _link_before().search(text, max(0, start - 2), start)
    if link and not is_taken(link.start() - 1):
        span = _before(article, link.start(), is_person, is_short)
        if span:
            yield span


def _behind(article: Article, low: int, is_person: IsPerson, is_short: IsShort) -> tuple[int, int] | None:
    """The name that begins at an offset, behind a mark of a list."""
    text = article.shadow
    latin = LATIN.match(text, low)
    mark = _stop().search(text, low, low + LONGEST + 1)
    if latin:
        span: tuple[int, int] | None = latin.span(1)
    else:
        span = (low, mark.start() if mark else low)
    if span is None or span[0] == span[1] or not looks_named(article, *span):
        span = contexts.after(article, low, is_person)
    if span and looks_named(article, *span) and not is_person(*span):
        return span
    word = next(iter(article.segment(text[low : low + WORD])), ("", ""))[0]
    return (low, low + len(word)) if word and is_short(word) else None  # 及|星宇|三家业者


def _before(article: Article, high: int, is_person: IsPerson, is_short: IsShort) -> tuple[int, int] | None:
    """The name that ends at an offset, before a mark of a list."""
    text = article.shadow
    low = max(text.rfind(mark, max(0, high - LONGEST), high) for mark in words_of("list_link"))
    span = (low + 1, high) if low >= 0 else None
    if span is None or not looks_named(article, *span):
        span = _without_verb(article, contexts.before(article, high))
    if span and looks_named(article, *span) and not is_person(*span):
        return span
    words = article.segment(text[max(0, high - WORD) : high])
    word = words[-1][0] if words else ""
    return (high - len(word), high) if word and is_short(word) else None  # 竞争对手|全家|与


def members(article: Article, start: int) -> list[tuple[int, int]]:
    """The names of the list that begins at an offset; none when a member can't be one (手机厂商、经销商)."""
    text = article.shadow
    spans: list[tuple[int, int]] = []
    while True:
        mark = _stop().search(text, start, start + LONGEST + 1)
        high = mark.start() if mark else start
        last = mark is None or not _link().fullmatch(mark.group())
        if last and not (mark and named_in_list(article, start, high)):
            span = _up_to_verb(article, start)
            high = span[1] if span else start
        if high == start or not named_in_list(article, start, high):
            return spans if last and len(spans) > 1 else []
        spans.append((start, high))
        if last or mark is None:
            return spans
        start = mark.end()


def named_in_list(article: Article, start: int, end: int) -> bool:
    """Whether a member of a list that names companies may be one: no place, person's title or common noun."""
    if looks_named(article, start, end):
        return True
    if not contexts.plausible(article, start, end) or end - start > LONGEST - 2:
        return False
    tokens = article.segment(article.shadow[start:end])
    placed = is_place(tokens[0][0]) and len(tokens) > 1
    return placed and all(classes().get(word, "N") in "NSC" for word, _ in tokens[1:])  # 贵州 国台


def _up_to_verb(article: Article, start: int) -> tuple[int, int] | None:
    """What stands from an offset up to the first figure, verb or function word."""
    run = RUN.match(article.shadow, start)
    text = _figures().split(run.group(), maxsplit=1)[0] if run else ""
    end = start
    for word, tag in article.segment(text):
        if end > start and tag[:1] in tuple("vpcdrmutf") and tag != "vn":
            break
        end += len(word)
    return (start, end) if end - start > 1 else None


def is_quoted_source(article: Article, start: int, end: int) -> bool:
    """Whether a span ends as papers, sites and research houses do, behind words that are no sort of source: 中国经济周刊."""
    text = article.shadow[start:end]
    rest = without_end(text, "source_end")
    if rest == text or len(rest) < 2 or text in words_of("not_name"):
        return False
    tokens = article.segment(rest)
    return all(classes().get(word) not in (".", "Z", "K") and word not in words_of("kind_word") for word, _ in tokens)


def _without_verb(article: Article, span: tuple[int, int] | None) -> tuple[int, int] | None:
    """A span without the verb that it begins with: 供应|荣耀."""
    if span is None:
        return None
    tokens = article.segment(article.shadow[slice(*span)])
    verb = len(tokens) > 1 and tokens[0][1] in ("v", "vn") and span[1] - span[0] - len(tokens[0][0]) > 1
    return (span[0] + len(tokens[0][0]), span[1]) if verb else span


def looks_named(article: Article, start: int, end: int) -> bool:
    """Whether a span may be a name and holds what only names hold: an unknown word, or a brand before a trade."""
    text = article.shadow[start:end]
    if is_traded(article, start, end):
        return True
    if not contexts.plausible(article, start, end):
        return False
    if text.isascii():  # the run of letters is whole
        around = article.shadow[start - 1 : start] + article.shadow[end : end + 1]
        return text not in words_of("latin_word") and text[0].isupper() and not re.search(r"[A-Za-z0-9.]", around)
    if re.search(r"[0-9]", text):
        return False
    tokens = article.segment(text)
    if any(classes().get(word) in (".", "Z", "K") for word, _ in tokens if len(word) > 1):
        return False
    if any(tag in ("d", "p", "c", "r", "ul", "uj", "uz", "ug", "y") for _, tag in tokens[1:]):
        return False  # 字节试过都没成
    if tokens[0][0] in words_of("kind_word"):
        return False  # 产业基金, 境外资本
    if len(tokens) > 1 and tokens[-1][0] in words_of("named_trade") and not classes().get(tokens[0][0]):
        return tokens[0][1][:1] in "nv" and len(tokens[0][0]) > 1  # 创世 伙伴 资本: a plain word for a brand
    return any(
        (tag in NAME_TAGS and (len(word) > 1 or not tag) and classes().get(word, "N") == "N") for word, tag in tokens
    ) or _single_pair(tokens)


def is_traded(article: Article, start: int, end: int) -> bool:
    """Whether a span is a noun that no list knows and a trade: 青松|基金."""
    tokens = article.segment(article.shadow[start:end])
    brand, tag = tokens[0]
    return (
        len(tokens) == 2
        and len(brand) == 2
        and tag[:1] == "n"
        and tokens[1][0] in words_of("named_trade")
        and not classes().get(brand)
        and not is_place(brand)
        and brand not in words_of("kind_word")
    )


def _single_pair(tokens: Sequence[tuple[str, str]]) -> bool:
    """Whether two single characters stand together that form no word: 叠纸."""
    flags = [len(word) == 1 and word >= "\u4e00" and tag[:1] not in tuple("upcdr") for word, tag in tokens]
    return any(a and b for a, b in itertools.pairwise(flags))


@cache
def _figures() -> re.Pattern[str]:
    return re.compile(one_of("figures_of"))


@cache
def _link() -> re.Pattern[str]:
    return re.compile(one_of("list_link"))


@cache
def _link_before() -> re.Pattern[str]:
    return re.compile(f"(?:{one_of('list_link')})$")


@cache
def _stop() -> re.Pattern[str]:
    return re.compile(f"[{re.escape(MARKS)}]|{one_of('list_link', 'list_end')}")
