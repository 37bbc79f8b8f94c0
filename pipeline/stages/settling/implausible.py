"""Why a span that only the model found is no name: common words, a place, a person, a product, a field of trade."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from pipeline.model import Article
from pipeline.names.endings import longest_ending
from pipeline.names.nameparts import (
    HAN,
    ends_in,
    is_country,
    is_place,
    row_of,
    shape,
    without_end,
    word_class,
    words_of,
)
from pipeline.stages.settling.heads import Heads
from pipeline.words import read_words

__all__ = ["SECTOR", "implausible"]

SECTOR = "a sector"
BEFORE = 4  # characters before a span, or before its uses, that are read
FUNCTION_TAGS = ("uj", "p", "c", "d", "r", "ul")
COMMON_TAGS = ("n", "v", "vn", "a", "nr", "l", "i", "m")
NAME_TAGS = ("nt", "nz", "j")
BY_KIND = ("school", "university", "hospital")  # sorts of which many have the same common words


@dataclass(frozen=True, slots=True)
class _Seen:
    """A span with what its words say: ``kinds`` their letters, ``head`` the head noun it ends in, ``sort`` what that says."""

    article: Article
    start: int
    end: int
    text: str
    tokens: Sequence[tuple[str, str]]
    kinds: str
    head: str
    sort: str

    def followed_by(self, *classes: str) -> bool:
        """Whether a word of some classes stands right behind the span."""
        return self.article.shadow.startswith(row_of(*classes), self.end)

    def has_no_ending(self) -> bool:
        """Whether it ends in nothing that organisations end in."""
        return not self.head and not longest_ending(self.text, "org_endings")


def implausible(article: Article, start: int, end: int, heads: Heads) -> str:
    """Why a span that only the model found is no name, "" when nothing speaks against it."""
    text = article.shadow[start:end]
    if len(text) < 2:
        return "too short"
    if article.shadow[start - 1 : start] == "·":
        return "a person"  # 冯·西门子
    if shape("counted_inside").search(text):
        return "described"  # 香港第三所医学院
    if is_place(text):
        return "a place"
    tokens = article.segment(text)
    kinds = "".join(word_class(*t) for t in tokens)
    kinds = re.sub("[C.]{2,}", "N", kinds) if _coined(tokens) else kinds
    head = heads.head(text)
    seen = _Seen(article, start, end, text, tokens, kinds, head, heads.types.get(head, ""))
    return "" if _is_full(seen) else _by_words(seen) or _by_neighbours(seen) or _by_form(seen)


def _is_full(seen: _Seen) -> bool:
    """Whether its form alone says that it is a name, whatever its words are."""
    if seen.sort == "association" and len(seen.head) > 1 and len(seen.text) > len(seen.head) + 2:
        return True  # 政府人员协会: common words, but who would say so of any
    brand = without_end(seen.text, "legal_form")
    return brand != seen.text and len(brand) > 2 and seen.kinds[0] not in "XZ."  # 中铁寻呼有限公司


def _by_words(seen: _Seen) -> str:
    """Why its words make no name."""
    common = not set(seen.kinds) & set("PRGNOS") or set(seen.kinds) <= set("XZ.CL")
    if common and not _is_composed(seen):
        return "common words"
    if seen.kinds[-1] == "Z":
        return "generic"  # 台湾摇滚
    return "countries" if set(seen.text) <= words_of("country_short") else ""  # 台美, 中日韩


def _by_neighbours(seen: _Seen) -> str:
    """Why it names something else, by what stands beside it or is said of it elsewhere."""
    if seen.text.isupper() and seen.followed_by("product_after"):
        return "a product"  # DRAM大厂
    if seen.followed_by("account_after"):
        return "described"  # 澳门银行账户: an account at any bank there
    plain = seen.has_no_ending()
    if plain and len(seen.text) == 3 and seen.text[0] in _surnames() and _is_titled(seen.article, seen.text):
        return "a person"  # 阁揆卓荣泰
    if "Z" in seen.kinds and seen.sort in BY_KIND and not set(seen.kinds) & set("NGO"):
        return "generic"  # 香港男女中学
    if plain and (set(seen.kinds) <= set("SXZCL") or seen.followed_by("sector_after")):
        return SECTOR  # 新能源汽车, 中国创投市场
    before = seen.article.shadow[max(0, seen.start - BEFORE) : seen.start]
    superlative = ends_in(without_end(before, "attributive"), "superlative")
    if superlative or (plain and ends_in(seen.text, "kind_before", "post")):
        return "described"  # 中国官媒, 国家安全顾问, 全国最大的研究所
    return "a place" if seen.followed_by("place_after") or ends_in(before, "place_before") else ""


def _by_form(seen: _Seen) -> str:
    """Why it says too little to be a name."""
    shadow, tag = seen.article.shadow, seen.tokens[0][1]
    if len(seen.text) == 2 and seen.text[0] >= HAN and shadow.count(seen.text) < 2 and tag not in NAME_TAGS:
        return "two characters, once"
    if shadow[seen.start - 1 : seen.start] in words_of("anonymous"):
        return "anonymous"
    if _is_generic(seen):
        return "generic"
    if len(seen.tokens) == 1 and tag in COMMON_TAGS:
        return "a common word"
    return "a field of work" if set(seen.kinds) == {"S"} else ""


def _is_composed(seen: _Seen) -> bool:
    """Whether common words stand before a head of two characters, none of them said of many: 地球公民基金会, 静宜大学."""
    rest = seen.text.removesuffix(seen.head)
    if len(seen.head) < 2 or len(rest) < 2 or "Z" in seen.kinds or seen.kinds[0] == "X":
        return False
    if seen.text[0] in words_of("pointing") or ends_in(rest, "gang"):
        return False
    return "C" in seen.kinds or "." in seen.kinds


def _is_generic(seen: _Seen) -> bool:
    """Whether a head stands alone, with a country (美国公司), or a government without its place."""
    kinds, head, rest = seen.kinds, seen.head, seen.text.removesuffix(seen.head)
    if seen.head == seen.text or (kinds[0] in "XZ" and not set(kinds) & set("PRGN")):
        return True
    if not head:
        return False
    if "X" in kinds[:-1] and set(kinds) <= set("PRLX") and kinds[0] in "PR" and len(kinds) > 2:
        return True  # 印度企业集团
    if rest in words_of("local_level") and any(word in head for word in words_of("government_word")):
        return True
    return is_country(rest) and (head in words_of("common_head") or seen.text.startswith(row_of("central")))


def _coined(tokens: Sequence[tuple[str, str]]) -> bool:
    """Whether two single characters stand together, as in names that the dictionary doesn't know (裕廊)."""
    singles = [len(word) == 1 and word >= HAN and tag not in FUNCTION_TAGS for word, tag in tokens]
    return any(a and b for a, b in itertools.pairwise(singles))


def _is_titled(article: Article, text: str) -> bool:
    """Whether a title stands before any of the uses of a text."""
    uses = (m.start() for m in re.finditer(re.escape(text), article.shadow))
    return any(ends_in(article.shadow[max(0, at - BEFORE) : at], "title") for at in uses)


@cache
def _surnames() -> frozenset[str]:
    return frozenset(row["term"] for row in read_words("surname"))
