"""Whose figure a claim is: the place or organisation that it holds for, so that only figures of the same are compared.

A figure of a province and one of the whole country, or the profits of two companies, may have the same subject
(人均可支配收入, 净利润). The scope is what the subject itself names, else the organisation or place named before the
number in its sentence, else what the document names most. 全市 and 本省 mean a place of their level that the document
names; where it names none, nobody knows whose figure it is, and the claim is compared with nothing (scope None).
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from daachorse import MATCH_KIND_LEFTMOST_LONGEST, CharwiseDoubleArrayAhoCorasick

from pipeline.words import read_words

__all__ = ["outcomes", "same_units", "with_scopes"]

Row = Mapping[str, Any]
HERE, REGION = "here", "region"  # what a word stands for: "here 市" is a city that the document is about


def with_scopes(
    claims: Sequence[Row], documents: Iterable[Row], institutions: Iterable[Row], simplify: Callable[[str], str]
) -> list[dict[str, Any]]:
    """The claims with two more cells: ``scope`` (None: of some place, but nobody knows which), and ``core``, the subject
    (simplified) without the name of its scope."""
    about = {str(d["doc_id"]): d for d in documents}
    owners: dict[str, list[Row]] = defaultdict(list)
    for row in institutions:
        if row.get("itype") in words("owner"):
            owners[str(row["doc_id"])].append(row)
    by_document: dict[str, list[Row]] = defaultdict(list)
    for claim in claims:
        by_document[str(claim["doc_id"])].append(claim)
    out: list[dict[str, Any]] = []
    for document, own in by_document.items():
        row = about.get(document, {})
        known = Document(owners[document], str(row.get("region") or "CN"), cache(simplify), str(row.get("title") or ""))
        out += known.scoped(own)
    return out


class Document:
    """The organisations and places that a document speaks of."""

    def __init__(self, owners: Sequence[Row], region: str, simplify: Callable[[str], str], title: str = "") -> None:
        self.region, self.simplify, self.title = region, simplify, simplify(title)
        self._places: dict[str, list[tuple[int, str]]] = {}
        self.owner = leading(map(named, owners))
        names = {simplify(str(owner["text"])): named(owner) for owner in reversed(owners)}
        self.names = sorted(names.items(), key=lambda item: -len(item[0]))
        self.in_sentence: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
        for owner in owners:
            place = (int(owner["start"]), int(owner["end"]), named(owner))
            self.in_sentence[str(owner.get("sentence"))].append(place)

    def scoped(self, claims: Sequence[Row]) -> Iterator[dict[str, Any]]:
        """The claims of the document, in order of the text, with their scopes."""
        said = dict.fromkeys(self.simplify(str(c.get(cell) or "")) for c in claims for cell in ("section", "sentence"))
        main = self.most_named(said)
        so_far: dict[str, None] = {}
        for claim in claims:
            so_far[self.simplify(str(claim.get("sentence") or ""))] = None
            core, scope = self.split_scope(self.simplify(str(claim.get("subject") or "")))
            if scope.startswith(HERE):
                level = scope.removeprefix(HERE).strip()
                heads = self.title, self.simplify(str(claim.get("section") or ""))
                place = self.most_named(dict.fromkeys(heads), level) or self.most_named(so_far, level)
                yield {**claim, "core": core, "scope": (place if level else self.owner) or None}
            elif scope:
                yield {**claim, "core": core, "scope": scope}
            elif core in outcomes():  # people die at a place, not of a company
                yield {**claim, "core": core, "scope": self.place_before(claim) or main}
            else:
                owner = self.owner_before(claim) or self.place_before(claim) or self.owner
                yield {**claim, "core": core, "scope": owner or main}

    def most_named(self, texts: Iterable[str], level: str = "") -> str:
        """The place (of a level, 市) that the texts name most, "" when two are named as often."""
        named = (code for text in texts for _, code in self.places(text) if not code.startswith(HERE))
        return leading(code for code in named if code.endswith(level))

    def split_scope(self, subject: str) -> tuple[str, str]:
        """A subject without the place or organisation it begins with, and that scope; a subject that is all name stays whole."""
        for name, scope in self.names:
            if subject.startswith(name) and len(subject) > len(name) + 1:
                return subject[len(name) :].lstrip("的"), scope
        place = next(iter(places_in(subject)), None)
        if place and place[0] == 0 and place[1] + 1 < len(subject):
            return subject[place[1] :].lstrip("的"), self.code(subject[: place[1]])
        return subject, ""

    def owner_before(self, claim: Row) -> str:
        """The last organisation named before a number in its sentence."""
        start = int(claim["start"])
        before = [owner for owner in self.in_sentence.get(str(claim.get("sentence")), ()) if owner[1] <= start]
        return max(before, key=lambda owner: owner[0])[2] if before else ""

    def place_before(self, claim: Row) -> str:
        """The last place named before a number in its sentence, not as what it is compared with."""
        sentence = self.simplify(str(claim.get("sentence") or ""))
        at = sentence.find(self.simplify(str(claim.get("text") or "")))
        named = (code for end, code in reversed(self.places(sentence)) if end <= at)
        return next((code for code in named if not code.startswith(HERE)), "")

    def places(self, text: str) -> list[tuple[int, str]]:
        """Where each place named in a (simplified) text ends, and its code."""
        if text not in self._places:
            self._places[text] = [
                (end, self.code(text[start:end]))
                for start, end in places_in(text)
                if not text.endswith(words("compared"), 0, start)
            ]
        return self._places[text]

    def code(self, place: str) -> str:
        return place_codes().get(place, place).replace(REGION, self.region)


def leading(names: Iterable[str]) -> str:
    """The most frequent name, "" when two are as frequent."""
    most = Counter(names).most_common(2)
    return most[0][0] if most and (len(most) == 1 or most[0][1] > most[1][1]) else ""


def named(owner: Row) -> str:
    return str(owner.get("canonical") or owner["text"])


@cache
def words(kind: str) -> tuple[str, ...]:
    return tuple(row["term"] for row in read_words("agreement_words") if row["kind"] == kind)


@cache
def outcomes() -> frozenset[str]:
    """What happens to people: 死亡, 受伤."""
    return frozenset(row["term"] for row in read_words("claim_outcome"))


@cache
def same_units() -> Mapping[str, str]:
    """Classifiers that count the same things: 名 and 位 count 人, as a number without a classifier may."""
    return {row["term"]: row["value"] for row in read_words("agreement_words") if row["kind"] == "unit"}


@cache
def place_codes() -> Mapping[str, str]:
    """What each name of a place stands for: its jurisdiction for a country, else its own name."""
    out: dict[str, str] = {}
    for row in read_words("places"):
        code = row["jurisdiction"] if row["kind"] == "country" and row["jurisdiction"] else row["term"]
        for name in (row["term"], *filter(None, row["aliases"].split("|"))):
            out[name] = code
    for row in read_words("agreement_words"):
        if row["kind"] == "place":
            out[row["term"]] = row["value"]
    return out


def places_in(text: str) -> list[tuple[int, int]]:
    """Where names of places stand: those of the tables, the longest of those that begin at the same character, and
    where none of these is, what has the shape of one (青山市) at the start of a clause.

    >>> [text[start:end] for text in ["2024年青山市和上海市", "城镇失业率"] for start, end in places_in(text)]
    ['青山市', '上海市']
    """
    known = [(start, end) for start, end, _ in place_names().find(text)]
    shaped = (match.span(1) for match in place_shape().finditer(text))
    new = [
        (start, end)
        for start, end in shaped
        if not text.endswith(words("no place"), start, end) and not any(s < end and e > start for s, e in known)
    ]
    return sorted(known + new)


@cache
def place_shape() -> re.Pattern[str]:
    """What names of places look like that no table holds."""
    (pattern,) = words("place shape")
    return re.compile(pattern)


@cache
def place_names() -> CharwiseDoubleArrayAhoCorasick:
    """Finds any name of a place, with the word for what it is (江苏省, 南京市)."""
    names = sorted(name for name in place_codes() if len(name) > 1)
    return CharwiseDoubleArrayAhoCorasick(names, MATCH_KIND_LEFTMOST_LONGEST)
