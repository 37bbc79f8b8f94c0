"""What the text says about a stretch that may be a name, whoever found it."""

from __future__ import annotations

from pipeline.model import Article
from pipeline.names.nameparts import row_of, word_class, words_of

__all__ = ["cuts", "in_title", "is_output", "is_title", "letters", "subsequence"]

TITLE_LENGTH = 60
AROUND = 4  # characters beside a stretch that are read with it
PLAIN_TAGS = ("d", "a", "v", "ad", "n")


def cuts(article: Article, start: int, end: int, also: tuple[str, ...] = PLAIN_TAGS) -> bool:
    """Whether a span cuts a word of the dictionary, or is one whose tag is among ``also``."""
    at = low = max(0, start - AROUND)
    for word, tag in article.segment(article.shadow[low : end + AROUND]):
        stop = at + len(word)
        if at < end and start < stop and tag and (at < start or stop > end or tag in also):
            return True
        at = stop
    return False


def in_title(text: str, start: int, end: int) -> bool:
    """Whether a span is part of a title in 《》, and not all of it."""
    low = max(text.rfind("\n", 0, start) + 1, start - TITLE_LENGTH)
    opened, closed = text.rfind("《", low, start), text.rfind("》", low, start)
    if opened <= closed:
        return False
    stop = text.find("》", end, end + TITLE_LENGTH)
    return stop >= 0 and (opened + 1, stop) != (start, end)


def is_title(text: str, start: int, end: int) -> bool:
    """Whether a span is all of a title in 《》: a newspaper, a law or a book.

    >>> is_title("《甲乙日报》报道", 1, 5)
    True
    """
    return text[start - 1 : start] == "《" and text[end : end + 1] == "》"


def is_output(text: str, start: int, end: int) -> bool:
    """Whether 日产 is what is made in a day: 日产原油2万桶, 平均日产, 日产3000吨."""
    if text[start:end] not in words_of("output"):
        return False
    before = text[start - 2 : start] in words_of("output_before")
    return before or text[end : end + 1].isdigit() or text.startswith(row_of("output_after"), end)


def letters(article: Article, start: int, end: int) -> str:
    """The letters of the words of a stretch (see `pipeline.names.nameparts`)."""
    return "".join(word_class(word, tag) for word, tag in article.segment(article.shadow[start:end]))


def subsequence(short: str, full: str) -> bool:
    """Whether a text keeps characters of another in their order.

    >>> subsequence("入境处", "香港入境事务处"), subsequence("处入", "入境处")
    (True, False)
    """
    rest = iter(full)
    return all(c in rest for c in short)
