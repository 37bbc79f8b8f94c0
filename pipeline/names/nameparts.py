"""The words that names of organisations are made of: one letter for each kind.

The words are in ``rules/words/org_words.csv``, by class; ``org_classes.csv`` says what each class is for and which letter
its words have in a name. Places are in ``places.csv``. What no table holds is classed by its shape and by jieba's tag.
Regular expressions that the code asks for by name are in ``org_shapes.csv``.

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
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache

from pipeline.words import read_words

__all__ = [
    "HAN",
    "LATIN",
    "classes",
    "ends_in",
    "is_country",
    "is_place",
    "is_province",
    "one_of",
    "place_prefix",
    "places",
    "row_of",
    "shape",
    "the_word",
    "without_end",
    "word_class",
    "words_of",
]

HAN = "\u4e00"  # the first Chinese character
VERBAL = "verb_in_name"  # the class of verbs that are fields of work, or may be
LATIN = re.compile(r"[A-Za-z][A-Za-z0-9+&.'’-]*|[0-9]+[A-Za-z][A-Za-z0-9]*")
PROPER_TAGS = frozenset({"nr", "nz", "nrt", "nrfg", "nt", "", "eng", "j", "nrj"})
COMMON_TAGS = frozenset(
    {"n", "vn", "a", "an", "b", "f", "s", "l", "i", "g", "ng", "ag", "vg", "ns", "tg", "x", "zg", "t", "nz"}
)


@cache
def classes() -> dict[str, str]:
    """Word → letter, by the classes of ``org_classes.csv`` that have one; of several classes the last in that table counts."""
    letters = {row["class"]: row["letter"] for row in read_words("org_classes") if row["letter"]}
    table = {word: letter for name, letter in letters.items() for word in words_of(name)}
    inside = words_of(VERBAL)
    return table | {w: "S" for w in inside if table[w] == "X"} | {w: "V" for w in inside if table[w] == "."}


@cache
def _by_class() -> dict[str, set[str]]:
    table: dict[str, set[str]] = defaultdict(set)
    for row in read_words("org_words"):
        table[row["class"]].add(row["term"])
    return dict(table)


@cache
def words_of(*kinds: str) -> frozenset[str]:
    """The words of some classes of ``rules/words/org_words.csv``. Raises ``KeyError`` for a class that isn't there."""
    return frozenset().union(*(_by_class()[kind] for kind in kinds))


@cache
def one_of(*kinds: str) -> str:
    """The words of some classes as alternatives of a regular expression, the longest first."""
    return "|".join(map(re.escape, row_of(*kinds)))


@cache
def the_word(kind: str) -> str:
    """The word of a class that has only one, for names that are put together."""
    (word,) = words_of(kind)
    return word


@cache
def row_of(*kinds: str) -> tuple[str, ...]:
    """The words of some classes as ``str.startswith`` and ``str.endswith`` want them, the longest first."""
    return tuple(sorted(words_of(*kinds), key=lambda word: (-len(word), word)))


def ends_in(text: str, *kinds: str) -> bool:
    """Whether a text ends in a word of some classes: ``ends_in("广州校区", "campus_end")``."""
    return text.endswith(row_of(*kinds))


def without_end(text: str, kind: str) -> str:
    """A text without the word of a class that it ends in, the longest."""
    return next((text.removesuffix(word) for word in row_of(kind) if text.endswith(word)), text)


@cache
def shape(name: str) -> re.Pattern[str]:
    """The regular expression of that name in ``rules/words/org_shapes.csv``; ``{class}`` there is any word of a class.

    >>> bool(shape("ordinal").fullmatch("第二十"))
    True
    """
    (pattern,) = (row["pattern"] for row in read_words("org_shapes") if row["name"] == name)
    return re.compile(re.sub(r"\{([a-z_]+)\}", lambda m: f"(?:{one_of(m[1])})", pattern))


@cache
def _administrative() -> re.Pattern[str]:
    return re.compile(f"[\u4e00-\u9fff]{{2,6}}(?:{one_of('admin_end')})")


def _names(rows: Iterable[Mapping[str, str]]) -> frozenset[str]:
    """The names of places in some rows of their table."""
    return frozenset(name for row in rows for name in (row["term"], *row["aliases"].split("|")) if name)


@cache
def places() -> frozenset[str]:
    """Every name of a place in ``rules/words/places.csv``."""
    return _names(read_words("places"))


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
    return _names(r for r in rows if r["kind"] == "province") - _names(r for r in rows if r["kind"] != "province")


@cache
def _countries() -> frozenset[str]:
    return words_of("country_like") | _names(r for r in read_words("places") if r["kind"] in ("country", "region"))


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
    if shape("ordinal").fullmatch(text):
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
