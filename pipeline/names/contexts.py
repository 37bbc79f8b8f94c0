"""Where a name without an ending of its own stands beside the context that proves it.

``甲乙精工（000001）``, ``子公司丙丁能``, ``领投方为…``, ``…、…等厂商``: the rules of ``rules/institutions.yaml`` with
``grow: before``, ``after``, ``inside`` or ``members`` find the contexts; `pipeline.stages.settling.proved` finds the other uses.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from functools import cache

from pipeline.model import Article
from pipeline.names.marks import QUOTED
from pipeline.names.nameparts import classes, ends_in, is_country, is_place, shape, words_of

__all__ = ["after", "before", "members", "plausible"]

LONGEST = 10
LONGEST_LATIN = 40
LATIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9&.'’ -]*[A-Za-z][A-Za-z0-9&.'’ -]*")
RUN_BEFORE = re.compile(r"[\u4e00-\u9fffA-Za-z0-9·&]{2,14}$")
RUN_AFTER = re.compile(r"[\u4e00-\u9fffA-Za-z0-9·&]{2,12}")
SHAPE = re.compile(r"[\u4e00-\u9fffA-Za-z0-9·&. -]{2,14}")
STOP_TAGS = ("p", "c", "r", "d", "t", "y", "e", "o")
NAME_TAGS = ("", "nr", "nz", "nrt", "nrfg", "nt", "eng", "j", "ns")
SINGLE_TAGS = ("", "n", "ng", "nr", "nz", "zg", "g")  # of a name's third character
LISTED = re.compile(r"[^。！？!?；;,，:：()\n]+$")


def before(
    article: Article, end: int, coded: bool = False, is_known: Callable[[str], bool] = lambda name: False
) -> tuple[int, int] | None:
    """The name that ends at an offset, None when what stands there is no name; ``coded``: any noun before a share's code is one."""
    while article.shadow[end - 1 : end] in (" ", "”", '"', "」"):
        end -= 1
    run = RUN_BEFORE.search(article.shadow, max(0, end - 14), end)
    if not run:
        return None
    text = _kind_words().sub("", shape("time_before").sub("", run.group()))
    known = next((n for n in range(LONGEST, 3, -1) if n <= len(text) and is_known(text[-n:])), 0)
    if known:
        return end - known, end  # 药房|国药控股
    start = end
    for word, tag in reversed(article.segment(text)):
        if (start < end and (_stops(word, tag) or ends_in(word, "common_end"))) or end - start + len(word) > LONGEST:
            break
        start -= len(word)
    if end - start > 2 and article.shadow[start] in words_of("not_opening"):
        start += 1  # 除|国票金
    return (start, end) if plausible(article, start, end, coded) else None


def after(
    article: Article, start: int, is_person: Callable[[int, int], bool], loose: bool = False
) -> tuple[int, int] | None:
    """The name that begins at an offset: as long as it is said again, else up to the first word that no name holds.

    ``loose``: the context names a company whatever its words are (领投方为源码资本).
    """
    while article.shadow[start : start + 1] in ("“", '"', "「"):
        start += 1
    run = RUN_AFTER.match(article.shadow, start)
    if not run:
        return None
    text, length = run.group(), 0
    tokens = article.segment(text)
    for word, tag in tokens:
        at = start + length
        singles = len(word) == 1 and (
            (length <= 1 and tag not in ("p", "c", "r", "u")) or (length == 2 and tag in SINGLE_TAGS)
        )
        proper = tag in NAME_TAGS or classes().get(word) == "S"
        if (length and is_person(at, at + len(word))) or length + len(word) > LONGEST:
            break
        if length >= 2 and not singles and (not (proper or loose) or _stops(word, tag)):
            break
        length += len(word)
    borders = set(itertools.accumulate(len(word) for word, _ in tokens))
    longest = min(LONGEST, len(text))
    again = next(
        (n for n in range(longest, 2, -1) if article.shadow.count(text[:n]) > 1 and (n > 3 or n in borders)), 0
    )
    end = start + (again or length)
    coined = any(tag in NAME_TAGS for word, tag in tokens if len(word) > 1) or again or loose
    return (start, end) if coined and plausible(article, start, end) else None


def members(article: Article, end: int) -> tuple[int, int] | None:
    """The list that ends at an offset, back to the clause's beginning."""
    run = LISTED.search(article.shadow, max(0, end - 80), end)
    return run.span() if run and "、" in run.group() else None


def plausible(article: Article, start: int, end: int, coded: bool = False) -> bool:
    """Whether a span can be a name: no place, nothing that ends in a common noun for organisations, no list word."""
    text = article.shadow[start:end].strip()
    if text.isascii() and 2 < len(text) <= LONGEST_LATIN:
        return LATIN_NAME.fullmatch(text) is not None
    if not 2 <= len(text) <= LONGEST or not SHAPE.fullmatch(text) or text.isdigit():
        return False
    if (
        is_place(text)
        or is_country(text)
        or text in words_of("not_name", "not_head")
        or classes().get(text)
        or ends_in(text, "common_end")
    ):
        return False
    tokens = article.segment(text)
    quoted = article.shadow[start - 1 : start] in QUOTED
    return not any(
        (word in words_of("never_inside") and not (quoted and word in words_of("attributive")))
        or (len(word) > 1 and classes().get(word) == ".")
        for word, _ in tokens
    ) and not (len(tokens) == 1 and tokens[0][1] not in NAME_TAGS and not coded)


def _stops(word: str, tag: str) -> bool:
    """Whether a word ends a name: a function word, or one that the lists say no name holds."""
    return tag[:1] in STOP_TAGS or tag.startswith("u") or classes().get(word) in (".", "X", "Z", "K")


@cache
def _kind_words() -> re.Pattern[str]:
    """Up to the last word that says what sort of company the name behind it is (车企零跑), which jieba may glue to it."""
    return re.compile(f"^.*(?:{'|'.join(map(re.escape, sorted(words_of('kind_before'))))})(?=..)")
