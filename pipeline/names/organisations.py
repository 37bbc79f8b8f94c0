"""Known organisations: which entity a name means, its official name, its identity.

The tables are ``rules/words/orgs_*.csv``: ``term`` (the official name), ``itype``, ``jurisdiction``, ``aliases``
(| separated), ``short`` (aliases that other things share: they count only with a second witness), validity,
``successor`` and ``parent``. Local authorities come from a place and a pattern (北京 + 药监局) in ``org_patterns.csv``.
How texts shorten full names is in ``org_short_forms.csv``.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from pipeline.names.nameparts import ends_in, one_of, shape, the_word, without_end, words_of
from pipeline.words import read_words

__all__ = [
    "TABLES",
    "Organisation",
    "entity_id",
    "is_company",
    "known",
    "local_authority",
    "place_of",
    "short_forms",
    "short_place",
    "shorts",
    "simplify",
]

TABLES = (
    "orgs_government",
    "orgs_international",
    "orgs_hospitals",
    "orgs_universities",
    "orgs_media",
    "orgs_companies",
    "orgs_other",
    "orgs_listed",
    "orgs_teams",
    "orgs_region",
    "orgs_world",
)


def simplify(text: str) -> str:
    """`pipeline.stages.convert.simplify`, imported when first called: the stages import this module."""
    from pipeline.stages.convert import simplify as convert

    return convert(text)


@dataclass(frozen=True, slots=True)
class Organisation:
    """An entity of the tables; ``canonical`` in simplified script."""

    canonical: str
    itype: str
    jurisdiction: str
    names: tuple[str, ...]
    parent: str = ""


@cache
def _index() -> tuple[dict[str, tuple[Organisation, ...]], dict[str, tuple[Organisation, ...]]]:
    """Names that stand for themselves, and short ones that need a witness."""
    full: dict[str, list[Organisation]] = {}
    short: dict[str, list[Organisation]] = {}
    for table in TABLES:
        for row in read_words(table):
            names = tuple(simplify(name) for name in (row["term"], *row["aliases"].split("|")) if name)
            entry = Organisation(names[0], row["itype"], row["jurisdiction"], names, simplify(row["parent"]))
            for name in dict.fromkeys(names):
                full.setdefault(name, []).append(entry)
            for name in filter(None, map(simplify, row["short"].split("|"))):
                short.setdefault(name, []).append(entry)
    return {k: tuple(v) for k, v in full.items()}, {k: tuple(v) for k, v in short.items()}


def known(name: str) -> tuple[Organisation, ...]:
    """The organisations that a simplified name stands for; several when jurisdictions share it.

    >>> [o.canonical for o in known("国家药监局")]
    ['国家药品监督管理局']
    """
    return _index()[0].get(name, ())


def shorts() -> dict[str, tuple[Organisation, ...]]:
    """Short names that need a witness: 中大, 协和医院."""
    return _index()[1]


def is_company(name: str) -> bool:
    """Whether a name, long or short, is that of a known company.

    >>> is_company("小米"), is_company("教育部")
    (True, False)
    """
    return any(entry.itype == "company" for entry in (*known(name), *shorts().get(name, ())))


def is_short(name: str, itype: str) -> bool:
    """Whether a name is a short one, that needs a witness, of a known organisation of a sort.

    >>> is_short("全家", "company"), is_short("全家", "team")
    (True, False)
    """
    return any(entry.itype == itype for entry in shorts().get(name, ()))


def entity_id(canonical: str, jurisdiction: str) -> str:
    """The same for all names of an entity, on every machine.

    >>> entity_id("教育部", "CN") == entity_id("教育部", "TW")
    False
    """
    return "org" + hashlib.sha256(f"{canonical}|{jurisdiction}".encode()).hexdigest()[:12]


@cache
def _places() -> dict[str, tuple[str, str]]:
    """Name of a place → its full name and jurisdiction."""
    out: dict[str, tuple[str, str]] = {}
    for row in read_words("places"):
        for name in (row["term"], *row["aliases"].split("|")):
            if name:
                out.setdefault(name, (row["term"], row["jurisdiction"]))
    return out


def place_of(name: str) -> tuple[str, str, str]:
    """The longest place a name begins with, its full name and jurisdiction; empty strings without one.

    >>> place_of("北京药监局")
    ('北京', '北京市', 'CN')
    """
    for cut in range(min(8, len(name)), 1, -1):
        if name[:cut] in _places():
            return name[:cut], *_places()[name[:cut]]
    return "", "", ""


@cache
def _patterns() -> tuple[tuple[str, str], ...]:
    pairs = [
        (form, row["term"])
        for row in read_words("org_patterns")
        for form in (row["term"], *row["aliases"].split("|"))
        if form
    ]
    return tuple(sorted(dict(pairs[::-1]).items(), key=lambda pair: -len(pair[0])))


def local_authority(name: str) -> str:
    """The full name of a local authority, "" when the name is none: 北京药监局 → 北京市药品监督管理局.

    >>> local_authority("北京药监局"), local_authority("广东省卫健委"), local_authority("海口市政府")
    ('北京市药品监督管理局', '广东省卫生健康委员会', '海口市人民政府')
    """
    place, full, jurisdiction = place_of(name)
    rest = name[len(place) :]
    if not place or jurisdiction != "CN" or place in words_of("homeland") or not ends_in(full, "divided_end"):
        return ""
    if rest[:1] in words_of("province_city") and place + rest[0] == full:
        rest = rest[1:]
    term = next((term for form, term in _patterns() if rest == form), "")
    if "{" in term:  # a branch of a national body: 广东证监局, 湖北省委
        return term.format(without_end(place, "province_city") if place == full else place, full=full)
    return full + term if term else ""


def short_forms(name: str, itype: str) -> Iterator[str]:
    """Short names that a text may use after a full one; each must be seen as a word before it counts.

    >>> sorted(short_forms("吉林省中科生物工程股份有限公司", "company"))[:3]
    ['中科生物', '中科生物工程', '吉林中科']
    >>> list(short_forms("云川医学大学", "university"))[:2]
    ['云医', '云医大']
    >>> list(short_forms("厦门大学", "university"))
    ['厦大']
    """
    place, _, _ = place_of(name)
    rest = shape("place_level").sub("", name[len(place) :], 1) if place else name
    for form in _short_forms():
        fits = form.itype in ("", itype) and (place or not form.placed)
        if fits and (found := form.pattern.fullmatch(rest if form.placed else name)):
            yield from map(found.expand, form.short)
    if itype == "company":
        yield from _company_forms(place, rest)


@dataclass(frozen=True, slots=True)
class _Short:
    """A row of ``org_short_forms.csv``; ``placed``: the pattern is that of what stands behind the place."""

    itype: str
    placed: bool
    pattern: re.Pattern[str]
    short: tuple[str, ...]


@cache
def _short_forms() -> tuple[_Short, ...]:
    return tuple(
        _Short(row["itype"], row["of"] == "rest", re.compile(row["pattern"], re.DOTALL), tuple(row["short"].split("|")))
        for row in read_words("org_short_forms")
    )


def short_place(place: str) -> str:
    """A place without its level: 吉林省 → 吉林; 沙市 stays."""
    return without_end(place, "province_city") if len(place) > 2 else place


@cache
def _legal() -> re.Pattern[str]:
    group = one_of("legal_group")
    return re.compile(f"(?:\\((?:{group})\\)|{group})?(?:{one_of('legal_form')})$")


@cache
def _trades() -> re.Pattern[str]:
    words = words_of("sector", "verb_in_name", "trade")
    longest = sorted((w for w in words if len(w) >= 2), key=lambda w: (-len(w), w))
    return re.compile(f"(?:{'|'.join(map(re.escape, longest))})")


def _company_forms(place: str, rest: str) -> Iterator[str]:
    """The brand of a company, with its place, trade and 集团: what of these a text may write for the full name."""
    short, group = short_place(place), the_word("group_word")
    plain = re.sub(r"\([^)]*\)", "", rest)
    body = _legal().sub("", plain)
    trade = next((m for m in _trades().finditer(body) if m.start() >= 2), None)
    brand = body[: trade.start()] if trade else body
    out: list[str] = []
    if _trades().fullmatch(brand) or (body == plain and group not in plain and not trade):
        return
    if trade:
        out += [brand + trade.group(), body, short + brand if place else "", short + body if place else ""]
        if len(trade.group()) > 2:
            out.append(brand + trade.group()[:2])
    elif place:
        out += [short + body]
    if len(brand) >= 3 or (len(brand) == 2 and not trade and len(body) > 2):
        out.append(brand)
    if group in plain:
        out.append(brand + group)
    common = words_of("common_head", "trade", "sector", "not_name")
    yield from dict.fromkeys(form for form in out if len(form) >= 3 and form != place + rest and form not in common)
