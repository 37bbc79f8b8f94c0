"""Claims of different documents about the same thing: which agree, which differ, which are newer figures.

Precision first. Two claims are about the same thing when their subjects are the same words (script, aliases of
institutions, 的 and punctuation apart), they hold for the same place or organisation (`scopes`), and unit, kind, day,
trend, basis and group are the same. A subject that is one general noun (患者, 人口) never groups anything; measures
that everybody has (净利润, 失业率) and what happened to people (死亡) do when it is known whose they are. A document
that states two values itself takes no part.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from functools import cache
from typing import Any

from pipeline.output.scopes import outcomes, same_units, words
from pipeline.words import read_words

__all__ = ["agreements", "subject_key"]

Row = Mapping[str, Any]

LEAST_WITH_TIME, LEAST_WITHOUT_TIME = 4, 6  # characters that a subject needs to be specific
ROUNDING = Decimal("0.03")  # two numbers that differ more were not just rounded differently
SAME = ("kind", "trend", "modality", "group", "scope")
KINDS_OF_FACTS = ("count", "percentage", "money", "measurement", "multiple", "fraction")


def agreements(
    claims: Iterable[Row],
    published: Mapping[str, str] | None = None,
    names: Mapping[str, str] | None = None,
    simplify: Callable[[str], str] = lambda text: text,
) -> list[dict[str, str]]:
    """Rows of agreements.csv, by subject, unit and time.

    ``claims`` are rows of claims.csv, with ``core`` and ``scope`` where `scopes.with_scopes` gave them; ``published`` maps
    doc_id to its ISO date; ``names`` maps a written name of an institution (simplified) to its canonical one; ``simplify``
    brings text to one script.

    >>> row = {"kind": "percentage", "unit": "%", "time_value": "2024", "modality": "asserted", "comparator": "="}
    >>> a = {**row, "doc_id": "a", "subject": "城镇调查失业率", "value": "5.1"}
    >>> b = {**row, "doc_id": "b", "subject": "城镇的调查失业率", "value": "5.2"}
    >>> [(r["values"], r["documents"], r["verdict"]) for r in agreements([a, b])]
    [('5.1|5.2', 'a|b', 'differ')]
    >>> [r["verdict"] for r in agreements([a, b], published={"a": "2024-07", "b": "2024-08"})]
    ['update']
    """
    groups: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for claim in claims:
        key = claim_key(claim, names or {}, simplify)
        if key is not None:
            groups[key].append(claim)
    rows = [
        row
        for key, members in groups.items()
        for basis, same in by_basis(members)
        if (row := compared((*key, basis), same, published or {})) is not None
    ]
    return sorted(rows, key=lambda row: (row["subject"], row["unit"], row["time_value"], row["group_id"]))


def by_basis(members: Sequence[Row]) -> list[tuple[str, list[Row]]]:
    """The members by what a change is counted against; one that doesn't say goes with the others when they are one."""
    out: dict[str, list[Row]] = defaultdict(list)
    for claim in members:
        out[str(claim.get("basis") or "")].append(claim)
    if len(out) == 2 and "" in out:
        (basis,) = (b for b in out if b)
        return [(basis, list(members))]
    return list(out.items())


def subject_key(subject: str, names: Mapping[str, str], simplify: Callable[[str], str] = lambda text: text) -> str:
    """A subject without what may differ between writers: script, 的, punctuation, short names of institutions.

    >>> subject_key("國家統計局的 失業率", {}, lambda t: t.replace("國", "国"))
    '国家統計局失業率'
    """
    key = "".join(c for c in simplify(subject) if c != "的" and unicodedata.category(c)[0] not in "PSZ").lower()
    name = longest_name(key, names)
    return key.replace(name, names[name], 1) if name else key


def longest_name(text: str, names: Mapping[str, str]) -> str:
    """The longest of the names that is part of a text, the first of as long ones; "" when none is."""
    ends = range(len(text), 0, -1)
    parts = (text[start : start + length] for length in ends for start in range(len(text) - length + 1))
    return next((part for part in parts if part in names), "")


def claim_key(claim: Row, names: Mapping[str, str], simplify: Callable[[str], str]) -> tuple[str, ...] | None:
    """What must be equal for two claims to be compared, None for a claim that can't be: subject, unit, day, `SAME`."""
    subject = subject_key(str(claim.get("core") or claim.get("subject") or ""), names, simplify)
    day = str(claim.get("time_value") or "").partition("T")[0]
    if (
        not specific(claim, subject, day)
        or claim.get("kind") not in KINDS_OF_FACTS
        or number(claim.get("value")) is None
    ):
        return None
    if claim.get("modality") in ("conditional", "negated", "question") or claim.get("scope", "") is None:
        return None
    unit = str(claim.get("unit") or "")
    if claim.get("kind") == "count":
        unit = same_units().get(unit or "人", unit)
    return (subject, unit, day, *(str(claim.get(name) or "") for name in SAME))


def specific(claim: Row, subject: str, day: str) -> bool:
    """Whether a subject says enough to be compared: a measure that everybody has (净利润, …失业率) only with its scope and time."""
    if subject.endswith(shared_measures()):
        return bool(day and claim.get("scope", True))
    return len(subject) >= (LEAST_WITH_TIME if day else LEAST_WITHOUT_TIME)


@cache
def shared_measures() -> tuple[str, ...]:
    """What many have or suffer: measures (``metric.csv``, ``agreement_words.csv``), the outcomes of ``claim_outcome.csv``."""
    return tuple(sorted(outcomes() | {row["term"] for row in read_words("metric")} | set(words("measure"))))


def compared(key: Sequence[str], members: Sequence[Row], published: Mapping[str, str]) -> dict[str, str] | None:
    """The row of a group, None when fewer than two documents are left that don't contradict themselves."""
    by_document: dict[str, Row] = {}
    contradicting: set[str] = set()
    for claim in members:
        document = str(claim.get("doc_id") or "")
        if not compatible(by_document.setdefault(document, claim), claim):
            contradicting.add(document)
    documents = sorted(by_document.keys() - contradicting)
    if len(documents) < 2:
        return None
    stated = [by_document[document] for document in documents]
    first = min(documents, key=lambda document: (published.get(document, ""), document))
    units = Counter(str(claim.get("unit") or "") for claim in stated)
    return {
        "group_id": "g" + hashlib.sha256("\0".join(key).encode()).hexdigest()[:12],
        "subject": str(by_document[first].get("subject") or ""),
        "unit": max(units, key=lambda unit: (unit != "", units[unit], unit)),
        "time_value": key[2],
        "values": "|".join(value for value, _ in Counter(shown(claim) for claim in stated).most_common()),
        "documents": "|".join(documents),
        "verdict": verdict(stated, [published.get(document, "") for document in documents]),
    }


def verdict(claims: Sequence[Row], dates: Sequence[str]) -> str:
    """agree when all are compatible; update when each figure replaces the one before it for good; else differ."""
    if all(compatible(a, b) for i, a in enumerate(claims) for b in claims[i + 1 :]):
        return "agree"
    by_date: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for claim, date in zip(claims, dates, strict=True):
        by_date[date, str(claim.get("time_value") or "")].append(claim)  # on one day the hour it held for decides
    by_date = dict(sorted(by_date.items()))
    if not all(dates) or len(by_date) < 2:
        return "differ"
    if not all(compatible(same[0], other) for same in by_date.values() for other in same):
        return "differ"
    return "update" if replaced([same[0] for same in by_date.values()]) else "differ"


def replaced(figures: Sequence[Row]) -> bool:
    """Whether no figure, in order of publication, comes back after another one."""
    last: list[Row] = []  # the figures so far, each once
    for figure in figures:
        if last and compatible(last[-1], figure):
            continue
        if any(compatible(earlier, figure) for earlier in last):
            return False
        last.append(figure)
    return True


def compatible(a: Row, b: Row) -> bool:
    """Whether two statements can both be true: equal but for rounding, or one bounds or approximates the other."""
    x, y = number(a.get("value")), number(b.get("value"))
    if x is None or y is None:
        return False
    if x == y or rounds_to(x, y) or rounds_to(y, x):
        return True
    loose = Decimal("0.1") * max(abs(x), abs(y))
    if "~" in (a.get("comparator"), b.get("comparator")):
        return abs(x - y) <= loose
    return bounded(a, x, y, loose) or bounded(b, y, x, loose)


def rounds_to(exact: Decimal, short: Decimal) -> bool:
    """Whether ``short`` is ``exact`` with fewer significant digits.

    >>> rounds_to(Decimal("141200000"), Decimal("140000000")), rounds_to(Decimal("5.12"), Decimal("5.1"))
    (True, True)
    >>> rounds_to(Decimal("5.2"), Decimal("5.1"))
    False
    """
    if abs(exact - short) > ROUNDING * max(abs(exact), abs(short)):
        return False
    digits = len(short.normalize().as_tuple().digits)
    return Context(prec=digits, rounding=ROUND_HALF_UP).plus(exact) == short


def bounded(claim: Row, bound: Decimal, other: Decimal, loose: Decimal) -> bool:
    """Whether ``other`` lies on the right side of a bound, and not far from it (超1.4亿 and 1.48亿)."""
    match claim.get("comparator"):
        case ">" | ">=":
            return bound <= other <= bound + loose
        case "<" | "<=":
            return bound - loose <= other <= bound
        case _:
            return False


def number(value: Any) -> Decimal | None:
    if value in ("", None):
        return None
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def shown(claim: Row) -> str:
    return f"{'' if claim.get('comparator') in ('=', '', None) else claim['comparator']}{claim['value']}"
