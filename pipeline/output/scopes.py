"""Whose figure a claim is: the place or organisation that it holds for, so that only figures of the same are compared.

A figure of a province and one of the whole country, or the profits of two companies, may have the same subject
(人均可支配收入, 净利润). The scope is what the subject itself names, else the organisation or place named before the
number in its sentence, else what the document names most.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import regex

from pipeline.rulekit.template import alternation
from pipeline.words import read_words

__all__ = ["outcomes", "same_units", "with_scopes"]

Row = Mapping[str, Any]
HERE, REGION = "here", "region"
LEAST = 2  # mentions that make an organisation the one a document is about


def with_scopes(
    claims: Sequence[Row], documents: Iterable[Row], institutions: Iterable[Row], simplify: Callable[[str], str]
) -> list[dict[str, Any]]:
    """The claims with two more cells: ``scope``, and ``core``, the subject (simplified) without the name of its scope."""
    regions = {str(d["doc_id"]): str(d.get("region") or "CN") for d in documents}
    owners: dict[str, list[Row]] = defaultdict(list)
    for row in institutions:
        if row.get("itype") in words("owner"):
            owners[str(row["doc_id"])].append(row)
    by_document: dict[str, list[Row]] = defaultdict(list)
    for claim in claims:
        by_document[str(claim["doc_id"])].append(claim)
    out: list[dict[str, Any]] = []
    for document, own in by_document.items():
        out += scoped(own, owners[document], regions.get(document, "CN"), simplify)
    return out


def scoped(
    claims: Sequence[Row], owners: Sequence[Row], region: str, simplify: Callable[[str], str]
) -> Iterator[dict[str, Any]]:
    """The claims of one document with their scopes."""
    said = list(dict.fromkeys(simplify(str(c.get("sentence") or "")) for c in claims))
    about = main_owner(owners)
    most = Counter(place for text in said for place in places(text, region) if place != HERE).most_common(2)
    main = most[0][0] if most and (len(most) == 1 or most[0][1] > most[1][1]) else ""
    for claim in claims:
        subject = simplify(str(claim.get("subject") or ""))
        core, scope = split_scope(subject, region, owners, simplify)
        if not scope and subject in outcomes():
            scope = place_before(claim, region, simplify) or main  # people die at a place, not of a company
        elif not scope:
            scope = owner_before(claim, owners) or place_before(claim, region, simplify) or about or main
        yield {**claim, "core": core, "scope": (about or main) if scope == HERE else scope}


def split_scope(subject: str, region: str, owners: Sequence[Row], simplify: Callable[[str], str]) -> tuple[str, str]:
    """A subject without the place or organisation it begins with, and that scope; a subject that is all name stays whole."""
    for owner in sorted(owners, key=lambda row: -len(str(row["text"]))):
        name = simplify(str(owner["text"]))
        if subject.startswith(name) and len(subject) > len(name) + 1:
            return subject[len(name) :].lstrip("的"), named(owner)
    found = place_pattern().match(subject)
    if found and found.end() + 1 < len(subject):
        return subject[found.end() :].lstrip("的"), place_codes()[found.group()].replace(REGION, region)
    return subject, ""


def owner_before(claim: Row, owners: Sequence[Row]) -> str:
    """The last organisation named before a number in its sentence."""
    before = [o for o in owners if o.get("sentence") == claim.get("sentence") and int(o["end"]) <= int(claim["start"])]
    return named(max(before, key=lambda o: int(o["start"]))) if before else ""


def place_before(claim: Row, region: str, simplify: Callable[[str], str]) -> str:
    """The last place named before a number in its sentence, not as what it is compared with."""
    sentence = simplify(str(claim.get("sentence") or ""))
    at = sentence.find(simplify(str(claim.get("text") or "")))
    return next(iter(reversed(list(places(sentence[: max(at, 0)], region)))), "")


def places(text: str, region: str) -> Iterator[str]:
    """The codes of the places named in a text."""
    for found in place_pattern().finditer(text):
        if not text[: found.start()].endswith(words("compared")):
            yield place_codes()[found.group()].replace(REGION, region)


def main_owner(owners: Sequence[Row]) -> str:
    """The organisation that a document names most, when it names it twice and no other as often."""
    most = Counter(named(owner) for owner in owners).most_common(2)
    if not most or (most[0][1] < LEAST and len(most) > 1):
        return ""
    return most[0][0] if len(most) == 1 or most[0][1] > most[1][1] else ""


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


@cache
def place_pattern() -> regex.Pattern[str]:
    """Any name of a place, the longest first, with the word for what it is (江苏省, 南京市)."""
    return regex.compile(alternation(sorted((n for n in place_codes() if len(n) > 1), key=len, reverse=True)))
