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
from pipeline.names.nameparts import classes, one_of, words_of

__all__ = ["beside", "looks_named"]

MARKS = '、，。；：！？,.;:!?()（）\n“”"「」《》|/'
LONGEST = 12
LATIN = re.compile(r"\s?([A-Z][A-Za-z0-9&.'’-]*(?: [A-Z][A-Za-z0-9&.'’-]*){0,3})")
NAME_TAGS = ("", "nr", "nz", "nrt", "nrfg", "nt", "eng", "j", "x")


def beside(article: Article, start: int, end: int, is_person: Callable[[int, int], bool]) -> Iterator[tuple[int, int]]:
    """The spans that stand in a list right before and behind a name, where they look like names."""
    text = article.shadow
    if link := _link().match(text, end):
        low = link.end()
        stop = LATIN.match(text, low)
        if stop:
            low, high = stop.span(1)
        else:
            mark = _stop().search(text, low, low + LONGEST + 1)
            high = mark.start() if mark else low
        span: tuple[int, int] | None = (low, high)
        if high == low or not looks_named(article, low, high):
            span = contexts.after(article, low, is_person)
        if span and looks_named(article, *span) and not is_person(*span):
            yield span
    if link := _link_before().search(text, max(0, start - 2), start):
        low = max(text.rfind(mark, max(0, link.start() - LONGEST), link.start()) for mark in "、和与及")
        span = (low + 1, link.start()) if low >= 0 else None
        if span is None or not looks_named(article, *span):
            span = contexts.before(article, link.start())
        if span and looks_named(article, *span) and not is_person(*span):
            yield span


def looks_named(article: Article, start: int, end: int) -> bool:
    """Whether a span may be a name and holds what only names hold: an unknown word, or a brand before a trade."""
    if not contexts.plausible(article, start, end):
        return False
    text = article.shadow[start:end]
    if text.isascii():  # the run of letters is whole
        around = article.shadow[start - 1 : start] + article.shadow[end : end + 1]
        return text not in words_of("latin_word") and text[0].isupper() and not re.search(r"[A-Za-z0-9.]", around)
    if re.search(r"[0-9]", text):
        return False
    tokens = article.segment(text)
    if any(classes().get(word) in (".", "Z", "K") for word, _ in tokens if len(word) > 1):
        return False
    if len(tokens) > 1 and tokens[-1][0] in words_of("named_trade") and not classes().get(tokens[0][0]):
        return tokens[0][1][:1] in "nv" and len(tokens[0][0]) > 1  # 创世 伙伴 资本: a plain word for a brand
    return any(
        (tag in NAME_TAGS and (len(word) > 1 or not tag) and classes().get(word, "N") == "N") for word, tag in tokens
    ) or _single_pair(tokens)


def _single_pair(tokens: Sequence[tuple[str, str]]) -> bool:
    """Whether two single characters stand together that form no word: 叠纸."""
    flags = [len(word) == 1 and word >= "\u4e00" and tag[:1] not in tuple("upcdr") for word, tag in tokens]
    return any(a and b for a, b in itertools.pairwise(flags))


@cache
def _link() -> re.Pattern[str]:
    return re.compile(one_of("list_link"))


@cache
def _link_before() -> re.Pattern[str]:
    return re.compile(f"(?:{one_of('list_link')})$")


@cache
def _stop() -> re.Pattern[str]:
    return re.compile(f"[{re.escape(MARKS)}]|{one_of('list_link')}|等|的")
