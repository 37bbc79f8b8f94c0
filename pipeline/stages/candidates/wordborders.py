"""Whether a name would cut a word in two: 全局 holds no 局, NTUC no NTU."""

from __future__ import annotations

from pipeline.model import Token
from pipeline.names.nameparts import ends_in, is_place, shape, words_of
from pipeline.stages.candidates.view import View

__all__ = ["cuts_latin", "cuts_word"]

NO_NOUN = tuple("vadpcrmqtfs")  # tags of words that end in a head by accident
FUNCTION = tuple("ucpd")
NAMED = ("ns", "nr", "nrt")
PLACE_LENGTHS = (2, 3, 4)
SHORT = 4  # characters; a longer name begins inside no word


def cuts_latin(text: str, start: int, end: int) -> bool:
    """Whether a border lies inside a run of Latin letters, or a name is part of a foreign person's (巴迪·戴尔)."""
    pairs = ((text[start - 1 : start], text[start]), (text[end - 1], text[end : end + 1]))
    latin = any(a.isascii() and b.isascii() and a.isalnum() and b.isalnum() for a, b in pairs)
    return latin or text[start - 1 : start] == "·" or text[end : end + 1] == "·"


def cuts_word(view: View, start: int, end: int, both: bool) -> bool:
    """Whether a border lies inside a word that jieba's dictionary knows; ``both``: the left border counts too."""
    first, last = view.token_at(start), view.token_at(end - 1)
    if last and _is_titled(view, last, start, end):
        return False
    if end - start < SHORT and first and first.tag and first.start < start and first.end < end:
        level = is_place(first.text) and view.text[start] in words_of("local_level")  # 台南市|议会
        return not level and not _ends_place(view, start)
    if last and last.end > end and last.tag and not ends_in(last.text[: end - last.start], "strong_end"):
        return True
    if last and last.start < start and _ends_by_accident(last, end, end - start == 1):
        return True
    if last and end - start == 1 and last.start == start and last.tag[:1] in FUNCTION:
        return True  # 所, 会 as a function word
    return bool(both and first and first.start < start and first.tag)


def _ends_place(view: View, end: int) -> bool:
    """Whether the name of a place ends at an offset, wherever jieba ends its words: 闵行|院区, 民雄乡|农会."""
    return end in view.place_ends or any(is_place(view.text[end - n : end]) for n in PLACE_LENGTHS if n <= end)


def _is_titled(view: View, last: Token, start: int, end: int) -> bool:
    """Whether the rest of the last word is a title, or that word a head and the one behind it."""
    if last.text in words_of("head_and_word") and shape("date_begins").match(view.text, last.end):
        return True  # 消防处|于1868年
    if last.start < end < last.end and last.text[end - last.start :] in words_of("title"):
        return True  # 系主任, 处处长, 省委书记: the head and a title
    if last.start != start or last.text[end - start :] not in words_of("title_tail"):
        return False
    twice = view.text.endswith(view.text[start:end], 0, start)  # 局局长: the head was said before
    return not twice and any(a == end + 1 for a, _ in view.people.over(end + 1, end + 2))  # 社会局长张三


def _ends_by_accident(last: Token, end: int, single: bool) -> bool:
    """Whether a word that begins before a head is no organisation; ``single``: the head has one character."""
    if last.end == end and (last.text in words_of("not_head") or (single and last.text[-2:] in words_of("not_head"))):
        return True
    if last.tag[:1] in NO_NOUN and last.tag != "vn":
        return True  # 地处 is a verb, not an office
    if not single:
        return False
    if last.end == end and last.tag in NAMED:
        return True  # 莫斯科 is no section
    common = ends_in(last.text, "unit_end") or (ends_in(last.text, "factory") and len(last.text) == 2)
    return last.tag == "n" and common  # 出师, 代表团, 药厂
