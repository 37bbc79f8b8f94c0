"""Names without an ending of their own, proved once by a context (`pipeline.names.contexts`), found in the whole article."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, partial

from pipeline.model import Article
from pipeline.names import lists
from pipeline.names import organisations as orgs
from pipeline.names.contexts import plausible
from pipeline.names.intervals import Intervals
from pipeline.names.nameparts import one_of, word_class, words_of
from pipeline.stages.settling.name import Name, span_of
from pipeline.stages.settling.spans import cuts

__all__ = ["LISTED", "enlisted", "enumerated", "proved"]


LISTED = "institution.listed"  # the rule that finds names in lists
ENUMERATED = "institution.enumerated"


def proved(
    article: Article,
    names: Sequence[Name],
    spans: Iterable[tuple[int, int, str, str, str]],
    is_person: Callable[[int, int], bool] = lambda start, end: False,
) -> Iterator[Name]:
    """Every use of the proved names. ``spans``: start, end, rule, ``members`` when the span is a list of names, ``again`` when it is a name already, sort."""
    taken = Intervals(names, span_of)
    texts: dict[str, tuple[str, str, str]] = {}
    for start, end, rule, kind, itype in spans:
        for low, high in _split(article, start, end, taken, itype) if kind == "members" else [(start, end)]:
            if kind == "titled" and taken.over(low, high):
                continue
            if kind == "again" or (
                not (kind == "members" and is_person(low, high))
                and all(
                    low <= name.start and name.end <= high and span_of(name) != (low, high)
                    for name in taken.over(low, high)
                )
            ):
                texts.setdefault(article.shadow[low:high], (itype, rule, kind))
    for text, (itype, rule, kind) in texts.items():
        for found in re.finditer(re.escape(text), article.shadow):
            start, end = found.span()
            if kind == "again" and (
                taken.over(start, end) or cuts(article, start, end, ()) or _goes_on(article, *found.span())
            ):
                continue
            if all(start <= name.start and name.end <= end for name in taken.over(start, end)) and not _inside_word(
                article, start, end
            ):
                yield Name(start, end, itype, rule)


def enumerated(article: Article, names: Sequence[Name], starts: Iterable[int]) -> Iterator[Name]:
    """The names of lists that begin at the given offsets, where what stands before says that they name companies."""
    taken = Intervals(names, span_of)
    for start in starts:
        spans = lists.members(article, start)
        for span in spans:
            if not taken.over(*span):
                name = Name(*span, "company", ENUMERATED)
                taken.add(name)
                yield name


def enlisted(
    article: Article, names: Sequence[Name], is_person: Callable[[int, int], bool] = lambda start, end: False
) -> Iterator[Name]:
    """Names in lists beside a company or club, each a witness for the next: 保利地产、中国金茂、龙湖地产."""
    taken = Intervals(names, span_of)
    todo = [(*span_of(name), name.itype) for name in names if name.itype in ("company", "team")]
    while todo:
        start, end, itype = todo.pop()
        short = partial(orgs.is_short, itype=itype)
        for span in lists.beside(article, start, end, is_person, lambda at: bool(taken.over(at, at + 1)), short):
            if not taken.over(*span) and not cuts(article, *span, ()):
                found = Name(*span, itype, LISTED)
                taken.add(found)
                todo.append((*span, itype))
                yield found


def _split(article: Article, start: int, end: int, taken: Intervals[Name], itype: str) -> list[tuple[int, int]]:
    """The members of a list when one of them is a known company (club, as the list says) and each other may be a name."""
    out: list[tuple[int, int]] = []
    text, at = article.shadow, start
    known = sum(n.itype == itype for n in taken.over(start, end))
    sure = False
    for mark in [*_separator().finditer(text, start, end), None]:
        stop = mark.start() if mark else end
        here = taken.over(at, stop)
        if here:
            sure = sure or any(n.itype == itype for n in here)
        elif (
            plausible(article, at, stop)
            or (itype == "company" and orgs.is_company(text[at:stop]))
            or (known > 1 and _is_short(article, at, stop))
        ):
            out.append((at, stop))
        elif at == start and plausible(article, last := _last_words(article, at, stop), stop):
            out.append((last, stop))
        elif at > start:
            return []
        at = mark.end() if mark else end
    return out if sure else []


def _is_short(article: Article, start: int, end: int) -> bool:
    """Whether a member of a list of companies is one common word, as many brands are: 光宝, 友达."""
    tokens = article.segment(article.shadow[start:end])
    return (
        end - start <= 3
        and len(tokens) == 1
        and word_class(*tokens[0]) in "CN"
        and tokens[0][0] not in words_of("not_name")
    )


@cache
def _separator() -> re.Pattern[str]:
    return re.compile(one_of("list_link"))


def _last_words(article: Article, start: int, end: int) -> int:
    """Where the words behind the last verb or function word of a stretch begin (已要求|淘宝)."""
    at = last = start
    for word, tag in article.segment(article.shadow[start:end]):
        at += len(word)
        if at < end and (word_class(word, tag) in ".K" or tag[:1] == "v"):
            last = at
    return last


def _goes_on(article: Article, start: int, end: int) -> bool:
    """Whether a span is the beginning of a title in 《》 or of a longer name in Latin letters."""
    text = article.shadow
    titled = text[start - 1 : start] == "《" and text[end : end + 1] != "》"
    return titled or (text[end - 1].isascii() and text[end : end + 1] == " " and text[end + 1 : end + 2].isupper())


def _inside_word(article: Article, start: int, end: int) -> bool:
    text = article.shadow
    if text[start].isascii() and text[start - 1 : start].isascii() and text[start - 1 : start].isalnum():
        return True
    if text[end - 1].isascii() and text[end : end + 1].isascii() and text[end : end + 1].isalnum():
        return True
    return end - start <= 2 and cuts(article, start, end, ())
