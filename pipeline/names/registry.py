"""A local index of an organisation registry, and linking names to it with precision before recall.

``import_ror`` reads the official ROR dump (schema v2, JSON), ``import_csv`` a table of your own (columns ``id``,
``name``, optional ``aliases`` separated by |, ``country``, ``itype``). Both write one SQLite file; nothing is fetched.

A name links, in this order, by its key, by an alias, by a variant of its spelling that means the same
(附属第一医院 = 第一附属医院, 天津市 = 天津), by a difference that can be explained (国立, 附属). Keys that several
records share link nothing: those records are the candidates. A similarity score never links: the records most like a name
that nothing links are its candidates, for a person to choose from.
"""

from __future__ import annotations

import csv
import difflib
import hashlib
import io
import json
import os
import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.names.nameparts import row_of
from pipeline.names.organisations import place_of, short_place, simplify
from pipeline.usercache import cache_home
from pipeline.words import read_words

__all__ = [
    "Imported",
    "Link",
    "Registry",
    "default_path",
    "difference_key",
    "import_csv",
    "import_ror",
    "key",
    "opened",
    "variant_key",
]

SCHEMA = """
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE records (id TEXT PRIMARY KEY, name TEXT NOT NULL, country TEXT NOT NULL, itype TEXT NOT NULL);
CREATE TABLE names (kind TEXT NOT NULL, key TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (kind, key, id)) WITHOUT ROWID;
"""
KINDS = ("exact", "alias", "variant", "difference")
ROR_TYPES = {
    "education": "university",
    "healthcare": "hospital",
    "company": "company",
    "government": "government",
    "facility": "research",
    "funder": "foundation",
    "nonprofit": "association",
    "archive": "other",
    "other": "other",
}
ITYPES = (*dict.fromkeys(ROR_TYPES.values()), "party", "media", "school", "military", "team")
MOST_WRONG = 20  # rows of a table that are named when they are wrong
HAN = re.compile(r"[\u3400-\u9fff]")
CANDIDATES = 3
CLOSE = 0.85  # similarity from which a record is a candidate
OPENING = 2  # characters that a name and its candidates begin with


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import wrote: ``version`` names the data (its file and content), for run.json."""

    records: int
    names: int
    version: str
    path: Path


@dataclass(frozen=True, slots=True)
class Link:
    """A record for a name; without ``id`` there are only ``candidates`` ("id name", of like ones the likest first)."""

    id: str = ""
    name: str = ""
    country: str = ""
    itype: str = ""
    method: str = ""  # exact alias variant difference
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Record:
    """A record as it is imported: names in any script, the first is the one shown."""

    id: str
    names: tuple[str, ...]
    aliases: tuple[str, ...]
    country: str
    itype: str


# --- keys -------------------------------------------------------------------------------------


def key(name: str) -> str:
    """A name without what says nothing: script, width, case, spaces, kinds of brackets and dots.

    >>> key("臺灣大學 （醫學院）") == key("台湾大学(医学院)")
    True
    """
    plain = simplify(name).casefold()
    return re.sub(r"[\s·•‧,，.。'’-]+", "", plain.replace("（", "(").replace("）", ")"))


def variant_key(name: str) -> str:
    """The key with spellings that mean the same made one.

    >>> variant_key("郑州大学附属第一医院") == variant_key("郑州大学第一附属医院")
    True
    >>> variant_key("天津市第一中心医院") == variant_key("天津第一中心医院")
    True
    >>> variant_key("常州工业职业技术学院") == variant_key("常州工程职业技术学院")
    False
    """
    plain = _spelled(key(name), "variant")
    place, full, _ = place_of(plain)
    rest = plain[len(place) :]
    if place and place != full and full.startswith(place):  # 天津, whose full name is 天津市
        rest = rest.removeprefix(full[len(place) :])
    elif place == full:
        place = short_place(place)
    return place + rest


def difference_key(name: str) -> str:
    """The variant key without words that can be left out: 国立, 附属, 财团法人, the country before a place.

    >>> difference_key("国立台湾大学") == difference_key("台湾大学")
    True
    """
    return _spelled(variant_key(name), "difference")


def _spelled(text: str, kind: str) -> str:
    """A text with the spellings of a kind in ``rules/words/org_spellings.csv`` made one, in their order."""
    for pattern, reads in _spellings(kind):
        text = pattern.sub(reads, text)
    return text


@cache
def _spellings(kind: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    rows = (row for row in read_words("org_spellings") if row["kind"] == kind)
    return tuple((re.compile(row["pattern"]), row["reads"]) for row in rows)


def _keys(record: Record) -> Iterator[tuple[str, str]]:
    """The kinds and keys under which a record is found; ways that add nothing are left out."""
    shown = key(record.names[0]) if record.names else ""
    for name in dict.fromkeys((*record.names, *record.aliases)):
        plain = key(name)
        if len(plain) < 2 or (not HAN.search(name) and len(plain) < 4):
            continue  # Latin acronyms of two or three letters mean too many things
        yield "exact" if plain == shown or name in record.names else "alias", plain
        if HAN.search(name):
            yield "variant", variant_key(name)
            yield "difference", difference_key(name)


# --- importing --------------------------------------------------------------------------------


def import_ror(source: Path, index: Path | None = None) -> Imported:
    """Reads a ROR dump (v2, ``v1.xx-…-ror-data_schema_v2.json``) into the index, in place of what it held.

    Raises ``ValueError`` when the file is no such dump, ``OSError`` when it can't be read or the index not written.
    """
    data = source.read_bytes()
    try:
        items = json.loads(data)
    except ValueError as error:
        raise ValueError(f"{source}: no JSON ({error}); give the .json of the ROR dump, not its .zip") from None
    if not isinstance(items, list) or not all(isinstance(item, dict) and "id" in item for item in items[:5]):
        raise ValueError(f"{source}: no ROR dump: a list of records with 'id' and 'names' is expected")
    if items and not isinstance(items[0].get("names"), list):
        raise ValueError(f"{source}: a dump in schema v1; take the file whose name ends in schema_v2.json")
    return _write(
        (_ror_record(item) for item in items if item.get("status", "active") == "active"), source, data, "ror", index
    )


def _ror_record(item: Mapping[str, Any]) -> Record:
    """A record of the dump: Chinese labels first, then the name ROR shows; acronyms and other labels are aliases."""
    names = [n for n in item.get("names", ()) if n.get("value")]
    labels = [n["value"] for n in names if {"label", "ror_display"} & set(n.get("types", ()))]
    chinese = [value for value in labels if HAN.search(value)]
    shown = chinese or labels
    aliases = [n["value"] for n in names if n["value"] not in shown]
    places = [p.get("geonames_details", {}) for p in item.get("locations", ())]
    kinds = [ROR_TYPES.get(kind, "other") for kind in item.get("types", ()) if kind != "funder"]
    country = places[0].get("country_code", "") if places else ""
    return Record(item["id"].rsplit("/", 1)[-1], tuple(shown), tuple(aliases), country, kinds[0] if kinds else "other")


def import_csv(source: Path, index: Path | None = None) -> Imported:
    """Reads a table with the columns ``id``, ``name`` and optional ``aliases``, ``country``, ``itype`` into the index.

    Raises ``ValueError`` when the table isn't one to be taken as it is (every line that is wrong is named), ``OSError`` as
    `import_ror` does. The index stays as it was then.
    """
    data = source.read_bytes()
    try:
        table = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""))
        rows = [(table.line_num, row) for row in table]
    except UnicodeDecodeError as error:
        raise ValueError(f"{source}: not UTF-8 (byte {error.start}); save the table as UTF-8") from None
    except csv.Error as error:
        raise ValueError(f"{source}: no CSV ({error})") from None
    missing = {"id", "name"} - set(table.fieldnames or ())
    if missing:
        raise ValueError(
            f"{source}: no column {' and no column '.join(sorted(missing))}; the first line must name id and name"
        )
    if not rows:
        raise ValueError(f"{source}: has no rows below its first line; the index stays as it was")
    if wrong := list(_wrong_rows(rows)):
        more = f"\n... and {len(wrong) - MOST_WRONG} more" if len(wrong) > MOST_WRONG else ""
        told = "\n".join(f"{source}:{line}" for line in wrong[:MOST_WRONG])
        raise ValueError(f"{told}{more}\n{len(wrong)} rows are wrong; the index stays as it was")
    return _write((_csv_record(row) for _, row in rows), source, data, "csv", index)


def _wrong_rows(rows: Iterable[tuple[int, Mapping[str, str]]]) -> Iterator[str]:
    """What is wrong with the rows of a table, each with its line."""
    seen: dict[str, int] = {}
    for line, row in rows:
        number, name, itype = (_cell(row, column) for column in ("id", "name", "itype"))
        if not number or not name:
            yield f"{line}: no {'id' if not number else 'name'}"
        elif number in seen:
            yield f"{line}: the id {number} is that of line {seen[number]} too; further names of one body go into aliases"
        elif itype and itype not in ITYPES:
            yield f"{line}: itype {itype!a}, allowed: {', '.join(ITYPES)}"
        seen.setdefault(number, line)


def _cell(row: Mapping[str, str], column: str) -> str:
    return (row.get(column) or "").strip()


def _csv_record(row: Mapping[str, str]) -> Record:
    aliases = tuple(a.strip() for a in _cell(row, "aliases").split("|") if a.strip())
    return Record(_cell(row, "id"), (_cell(row, "name"),), aliases, _cell(row, "country"), _cell(row, "itype"))


def _write(records: Iterable[Record], source: Path, data: bytes, kind: str, index: Path | None) -> Imported:
    """Writes a whole new index and puts it in place of the old one, or leaves that as it was.

    Raises ValueError when no record is to be written: an empty index would forget what the old one knew.
    """
    target = index or default_path()
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_suffix(f".{os.getpid()}.new")
    fresh.unlink(missing_ok=True)
    version = f"{kind} {source.name} sha256:{hashlib.sha256(data).hexdigest()[:16]}"
    try:
        with closing(sqlite3.connect(fresh)) as base, base:
            base.executescript(SCHEMA)
            base.execute("INSERT INTO about VALUES ('version', ?)", (version,))
            count, names = _fill(base, records)
        if not count:
            raise ValueError(f"{source}: holds no organisation with a name; the index stays as it was")
        fresh.replace(target)
    finally:
        fresh.unlink(missing_ok=True)
    return Imported(count, names, version, target)


def _fill(base: sqlite3.Connection, records: Iterable[Record]) -> tuple[int, int]:
    """Writes the records; how many there are, and under how many names."""
    count = names = 0
    for record in records:
        if not record.names:
            continue
        row = (record.id, simplify(record.names[0]), record.country, record.itype)
        base.execute("INSERT OR IGNORE INTO records VALUES (?, ?, ?, ?)", row)
        rows = [(way, value, record.id) for way, value in _keys(record) if value]
        names += base.executemany("INSERT OR IGNORE INTO names VALUES (?, ?, ?)", rows).rowcount
        count += 1
    return count, names


def default_path() -> Path:
    """Where the index lies: ``ZHCLAIMS_REGISTRY``, or ``registry.sqlite`` in the user's cache folder."""
    if chosen := os.environ.get("ZHCLAIMS_REGISTRY"):
        return Path(chosen)
    return cache_home() / "zhclaims" / "registry.sqlite"


# --- linking ----------------------------------------------------------------------------------


class Registry:
    """An index opened for reading. ``version`` is what the import wrote."""

    def __init__(self, path: Path) -> None:
        """Raises ``FileNotFoundError`` without an index, ``ValueError`` when the file is none."""
        if not path.is_file():
            raise FileNotFoundError(f"{path}: no registry; import one: zhclaims registry import ror FILE.json")
        self.base = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
        try:
            self.version: str = self.base.execute("SELECT value FROM about WHERE name = 'version'").fetchone()[0]
        except (sqlite3.DatabaseError, TypeError):
            raise ValueError(f"{path}: no registry of zhclaims; import it again") from None
        self.seen: dict[tuple[str, str], Link] = {}

    def link(self, name: str, jurisdiction: str = "") -> Link:
        """The one record that a name means, by the first way that finds any; ``jurisdiction`` (CN, TW …) must not contradict."""
        if (name, jurisdiction) not in self.seen:
            self.seen[(name, jurisdiction)] = self._link(name, jurisdiction)
        return self.seen[(name, jurisdiction)]

    def _link(self, name: str, jurisdiction: str) -> Link:
        plain = key(name)
        ways = {"exact": plain, "alias": plain, "variant": variant_key(name), "difference": difference_key(name)}
        for method in KINDS:
            if len(ways[method]) < (4 if method == "difference" or not HAN.search(name) else 2):
                continue
            found = self._records(method, ways[method])
            fitting = [row for row in found if not jurisdiction or not row[2] or _same_country(row[2], jurisdiction)]
            if method == "difference":  # 国立 may be left out in Taiwan; on the mainland it names another, older school
                state = key(name).startswith(row_of("state_run"))
                fitting = [row for row in fitting if row[2] == "TW" or state == row[1].startswith(row_of("state_run"))]
            if len(fitting) == 1:
                return Link(*fitting[0], method=method)
            if found:  # several records share the key, or it is one of another country: nothing weaker may decide
                return Link(candidates=tuple(f"{row[0]} {row[1]}" for row in found[:CANDIDATES]))
        return Link(candidates=self._like(plain))

    def _like(self, plain: str) -> tuple[str, ...]:
        """The records whose names are most like one, by its key; never a link."""
        opening = plain[:OPENING]
        if len(plain) <= OPENING or not HAN.search(opening):
            return ()
        query = (
            "SELECT DISTINCT n.key, r.id, r.name FROM names n JOIN records r ON r.id = n.id "
            "WHERE n.kind = 'exact' AND n.key >= ? AND n.key < ?"
        )
        after = opening[:-1] + chr(ord(opening[-1]) + 1)
        compared = difflib.SequenceMatcher(None, "", plain, autojunk=False)
        scored: list[tuple[float, str, str]] = []
        for other, number, shown in self.base.execute(query, (opening, after)):
            compared.set_seq1(other)
            if compared.real_quick_ratio() >= CLOSE and compared.quick_ratio() >= CLOSE:
                scored.append((-compared.ratio(), number, shown))
        best = sorted(item for item in scored if item[0] <= -CLOSE)
        return tuple(dict.fromkeys(f"{number} {shown}" for _, number, shown in best))[:CANDIDATES]

    def _records(self, method: str, value: str) -> list[tuple[str, str, str, str]]:
        kinds = ("exact", "alias") if method in ("exact", "alias") else (method,)
        marks = ", ".join("?" * len(kinds))
        query = (
            "SELECT DISTINCT r.id, r.name, r.country, r.itype FROM names n JOIN records r ON r.id = n.id "
            f"WHERE n.kind IN ({marks}) AND n.key = ? ORDER BY r.id"
        )
        rows = self.base.execute(query, (*kinds, value)).fetchall()
        if method == "exact" and len(rows) == 1:
            exact = self.base.execute(
                "SELECT 1 FROM names WHERE kind = 'exact' AND key = ? AND id = ?", (value, rows[0][0])
            ).fetchone()
            return rows if exact else []
        return rows


def _same_country(country: str, jurisdiction: str) -> bool:
    """Whether a record's country can be the jurisdiction: Hong Kong and Macau stand under CN in some registries."""
    return country == jurisdiction or {country, jurisdiction} in ({"CN", "HK"}, {"CN", "MO"})


@cache
def opened(path: Path) -> Registry | None:
    """The index at ``path``, opened once a process; ``None`` when nothing was imported."""
    return Registry(path) if path.is_file() else None
