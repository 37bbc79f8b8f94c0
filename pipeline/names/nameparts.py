"""The words that names of organisations are made of: one letter for each kind.

The lists are ``rules/words/org_words.csv`` and ``rules/words/places.csv``; what they don't hold is classed by its shape
and by jieba's tag.

=====  ===============================================================================
``P``  a place: 广东, 长春市, 美国          ``R``  a root that opens names: 国家, 国立, 解放军
``L``  a level inside names: 省, 人民, 附属  ``S``  a field of work: 药品, 教育, 管理
``O``  an ordinal or number: 第一, 301       ``N``  a proper or unknown word, Latin letters
``G``  the end of another organisation, the parent: 中山大学 (附属第一医院)
``C``  a common word that names may hold    ``X``  one that names don't begin with: 医院, 项目
``Z``  a word that no name holds: 三甲, 大型      ``V``  a verb that names hold before a field or head: 合作
``K``  和, 与, 及: inside only between fields of work      ``.``  anything that ends a name
=====  ===============================================================================
"""

from __future__ import annotations

import re
from functools import cache

from pipeline.words import read_words

__all__ = [
    "LATIN",
    "classes",
    "ends_in",
    "is_country",
    "is_place",
    "is_province",
    "one_of",
    "place_prefix",
    "places",
    "word_class",
    "words_of",
]

ORDINAL = re.compile(r"第[〇零一二三四五六七八九十百0-9]+|[0-9]{1,4}|[一二三四五六七八九十]{1,3}〇?")
LATIN = re.compile(r"[A-Za-z][A-Za-z0-9+&.'’-]*|[0-9]+[A-Za-z][A-Za-z0-9]*")
PROPER_TAGS = frozenset({"nr", "nz", "nrt", "nrfg", "nt", "", "eng", "j", "nrj"})
COMMON_TAGS = frozenset(
    {"n", "vn", "a", "an", "b", "f", "s", "l", "i", "g", "ng", "ag", "vg", "ns", "tg", "x", "zg", "t", "nz"}
)


@cache
def classes() -> dict[str, str]:
    """Word → letter; where a word has several classes, what ends a name goes first, then generic, root, level, field."""
    letters = {
        "root": "R",
        "level": "L",
        "sector": "S",
        "verb_in_name": "S",
        "plain": "X",
        "generic": "Z",
        "title": ".",
        "stop": ".",
        "conjunction": "K",
    }
    order = ("plain", "verb_in_name", "sector", "level", "root", "generic", "stop", "title", "conjunction")
    table: dict[str, str] = {}
    for name in order:
        table |= {row["term"]: letters[name] for row in read_words("org_words") if row["class"] == name}
    inside = {row["term"] for row in read_words("org_words") if row["class"] == "verb_in_name"}
    return (
        table
        | {word: "S" for word in inside if table[word] == "X"}
        | {word: "V" for word in inside if table[word] == "."}
    )


@cache
def words_of(*classes: str) -> frozenset[str]:
    """The words of some classes of ``rules/words/org_words.csv``."""
    return frozenset(row["term"] for row in read_words("org_words") if row["class"] in classes)


@cache
def one_of(*classes: str) -> str:
    """The words of some classes as alternatives of a regular expression, the longest first."""
    return "|".join(map(re.escape, sorted(words_of(*classes), key=lambda word: (-len(word), word))))


def ends_in(text: str, kind: str) -> bool:
    """Whether a text ends in a word of a class: ``ends_in("广州校区", "campus_end")``."""
    return text.endswith(_ends(kind))


@cache
def _ends(kind: str) -> tuple[str, ...]:
    return tuple(words_of(kind))


@cache
def _administrative() -> re.Pattern[str]:
    return re.compile(f"[\u4e00-\u9fff]{{2,6}}(?:{one_of('admin_end')})")


@cache
def places() -> frozenset[str]:
    rows = read_words("places")
    return frozenset(name for row in rows for name in (row["term"], *row["aliases"].split("|")) if name)


def is_place(text: str) -> bool:
    """Whether simplified text is the name of a place, alone or a row of them.

    >>> is_place("吉林省"), is_place("河北省涿州市"), is_place("糖尿病")
    (True, True, False)
    """
    if text in places():
        return True
    return any(text[:cut] in places() and is_place(text[cut:]) for cut in range(2, len(text) - 1))


def is_country(text: str) -> bool:
    """Whether simplified text is a country or a part of the world: 美国, 欧洲, 全国."""
    return text in _countries()


def is_province(text: str) -> bool:
    """Whether simplified text is a province or the like, by a name that is no city's: 河北, 江苏省."""
    return text in _provinces()


@cache
def _provinces() -> frozenset[str]:
    rows = [row for row in read_words("places") if row["jurisdiction"] == "CN"]
    names = {
        kind: {
            name
            for row in rows
            if (row["kind"] == "province") == kind
            for name in (row["term"], *row["aliases"].split("|"))
            if name
        }
        for kind in (True, False)
    }
    return frozenset(names[True] - names[False])


@cache
def _countries() -> frozenset[str]:
    rows = [row for row in read_words("places") if row["kind"] in ("country", "region")]
    return frozenset(
        {
            *words_of("country_like"),
            *(name for row in rows for name in (row["term"], *row["aliases"].split("|")) if name),
        }
    )


def word_class(text: str, tag: str) -> str:
    """The letter of a token: listed words first, then its shape, then its tag.

    >>> "".join(word_class(*t) for t in [("广东", "ns"), ("第一", "m"), ("药品", "n"), ("对", "p"), ("博雅", "nz")])
    'POS.N'
    """
    listed = classes().get(text, "")
    if listed and listed not in "XSV":
        return listed
    if text in places():
        return "P"
    if listed:
        return listed
    if len(text) == 4 and classes().get(text[:2]) == classes().get(text[2:]) == "S":
        return "S"  # 科学技术, one word to jieba
    if ORDINAL.fullmatch(text) or text == "〇":
        return "O"
    if LATIN.fullmatch(text):
        return "N"
    if _administrative().fullmatch(text) or (tag == "ns" and len(text) > 1):
        return "P"
    if tag == "nr" and len(text) == 1:
        return "C"
    if tag in ("t", "tg"):
        return "X"
    if not any("\u4e00" <= c <= "\u9fff" for c in text):
        return "."
    if tag in PROPER_TAGS:
        return "N"
    return "C" if tag in COMMON_TAGS else "."


def place_prefix(text: str) -> str:
    """The longest place or root (中华, 国家) that a word begins with, if something is left."""
    cuts = range(min(6, len(text) - 1), 1, -1)
    return next((text[:cut] for cut in cuts if text[:cut] in places() or classes().get(text[:cut]) == "R"), "")
