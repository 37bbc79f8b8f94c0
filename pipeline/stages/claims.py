"""Quantities → claims: what each number measures, against what, how sure, who says so and when it held.

Every quantity is a claim. The rules with ``extracts: claim`` are frames that give fields; each field of a claim
comes from the best frame that gives it (`rank`), and ``because`` names that frame. A frame with a ``{value:…}``
capture speaks of that number, one without (a cue) of every number in its ``scope``: ``clause`` and ``sentence``
are what follows the cue, ``whole`` is its sentence. What no frame says is carried over: see `subjects`,
`periods`, `attribution`.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import regex

from pipeline.match import Budget, Capture, Match, find_all
from pipeline.model import Article, Claim, Date, Found, Institution, Mention, Quantity, Reject
from pipeline.phrases.roles import roles
from pipeline.rulekit.symbols import Symbols
from pipeline.rulekit.template import CLAUSE_END
from pipeline.rules import Rule, RuleSet
from pipeline.stages import attribution, cells, periods, subjects
from pipeline.stages.drafts import Draft
from pipeline.stages.ner import NerSpan

__all__ = ["FIELDS", "Frames", "claims", "stage"]

FIELDS = ("subject", "group", "comparator", "trend", "basis", "modality", "attribution", "time")
"""What a frame may give. It may also give ``scope``, and capture dates that hold for no number: ``against``, ``spoken``."""

CLAUSE, SENTENCE, WHOLE = "clause", "sentence", "whole"
PROJECTED = "projected"
TIMEOUT = "timeout"
MARK = "mark"  # the tag of rules that reject marks of lists and references
PARTS = 8  # parts of a sentence between semicolons that a cue speaks of at most
REACH = 40  # numbers that a cue speaks of at most, in a text without stops
LATIN_WORDS = regex.compile(r"(?:[ ·][A-Z][A-Za-z.'-]+)+")
CLAUSE_STOP = regex.compile("[" + regex.escape(CLAUSE_END) + "]")


@dataclass(frozen=True, slots=True)
class Frames:
    """The rules of this stage, by what they run on."""

    claim: tuple[Rule, ...]
    plain: tuple[Rule, ...]
    speech: tuple[Rule, ...]
    marks: frozenset[str]  # ids of the rules that reject marks of lists and references

    @classmethod
    def of(cls, rules: RuleSet) -> Frames:
        own = rules.of("claim")
        return cls(
            tuple(r for r in own if not r.plain),
            tuple(r for r in own if r.plain),
            rules.of("attribution"),
            frozenset(r.id for r in rules.of("reject") if MARK in r.tags),
        )


def stage(rules: RuleSet, ner: str = "none") -> Callable[[Article, Found], Iterator[Mention]]:
    """The stage with its rules bound; ``ner`` is the same for all stages and doesn't matter here."""
    return partial(claims, rules=rules, frames=Frames.of(rules))


def claims(article: Article, found: Found, rules: RuleSet, frames: Frames) -> Iterator[Mention]:
    """A `Claim` for every quantity of an article, and a `Reject` for each that is part of a name."""
    inside, quantities = split_names(found)
    yield from inside
    if not quantities:
        return
    marks = (m for m in found.of(Reject) if m.rule in frames.marks and not m.winner)
    context = [*found.of(Date), *outermost(found.of(Institution)), *persons(article, found), *marks]
    symbols, drafts = drafted(article, quantities, context)
    cells.give(found, drafts)
    budget, late = Budget(len(article.text)), set[str]()
    matches = find_all(frames.claim, symbols, article, rules.lexicons, budget, late)
    if frames.plain:
        plain = Symbols(article, (), sorted({d.sentence for d in drafts}), plain=True)
        matches += find_all(frames.plain, plain, article, rules.lexicons, budget, late)
    matches.sort(key=rank)
    apply(matches, symbols, drafts)
    subjects.carry(article, symbols, drafts)
    periods.carry(article, symbols, drafts, matches, tuple(found.of(Date)))
    periods.foresee(article, drafts)
    attribution.carry(article, drafts, attribution.speakers(article, frames.speech, rules, drafts, context, late))
    yield from (claim_of(draft) for draft in drafts)
    yield from (Reject(0, 0, rule=name, stage="claims", reason=TIMEOUT) for name in sorted(late))


# --- what the rules see -----------------------------------------------------------------------


def split_names(found: Found) -> tuple[list[Reject], list[Quantity]]:
    """Quantities inside an institution's name, as rejects, and the others in order."""
    names = outermost(found.of(Institution))
    starts = [name.start for name in names]
    inside, outside = list[Reject](), list[Quantity]()
    for quantity in sorted(found.of(Quantity), key=lambda q: (q.start, -q.end)):
        i = bisect_right(starts, quantity.start) - 1
        if i >= 0 and quantity.end <= names[i].end:
            inside.append(reject(quantity, "inside a name", names[i].rule))
        else:
            outside.append(quantity)
    return inside, outside


def reject(quantity: Quantity, reason: str, winner: str = "") -> Reject:
    return Reject(
        quantity.start,
        quantity.end,
        quantity.rule,
        "claims",
        quantity.value,
        quantity.low,
        quantity.high,
        quantity.unit,
        quantity.comparator,
        reason,
        winner,
    )


def outermost(names: Iterable[Institution]) -> list[Institution]:
    """The names that stand in no longer one."""
    out: list[Institution] = []
    for name in sorted(names, key=lambda n: (n.start, -n.end)):
        if not out or name.end > out[-1].end:
            out.append(name)
    return out


def persons(article: Article, found: Found) -> list[Mention]:
    """The names of people that the model found, as rules see them; one character or a word of change (季增) is no name."""
    shadow = article.shadow
    names = (m for m in found.of(NerSpan) if m.label == "PER" and m.end - m.start > 1)
    known = [m for m in names if shadow[m.start : m.end] not in roles()["tail"]]
    return [replace(m, end=latin_end(shadow, m), label="person") for m in known]


def latin_end(shadow: str, name: Mention) -> int:
    """Where a name in Latin letters ends, of which the model may give the first word alone (Ryan| Reith)."""
    more = LATIN_WORDS.match(shadow, name.end) if shadow[name.end - 1].isascii() else None
    return more.end() if more else name.end


def drafted(
    article: Article, quantities: Sequence[Quantity], context: Sequence[Mention]
) -> tuple[Symbols, list[Draft]]:
    """The symbols of the sentences that hold a quantity, and a draft for each quantity."""
    where = sentences_of(article, quantities)
    symbols = Symbols(article, [*quantities, *context], sorted(set(where)))
    at = {mention.start: position for position, mention in symbols.mentions.items() if isinstance(mention, Quantity)}
    return symbols, [Draft(q, at[q.start], s) for q, s in zip(quantities, where, strict=True) if q.start in at]


def sentences_of(article: Article, mentions: Sequence[Mention]) -> list[int]:
    """The index of the sentence of each mention; mentions in order of start."""
    out, number = list[int](), 0
    for mention in mentions:
        while number + 1 < len(article.sentences) and article.sentences[number + 1].start <= mention.start:
            number += 1
        out.append(number)
    return out


# --- frames → fields --------------------------------------------------------------------------


def rank(match: Match) -> tuple[int, int, int, int, int]:
    """Which of two frames gives a field: priority, length of the whole match, captures, start, file order."""
    return (
        -match.rule.priority,
        match.whole[0] - match.whole[1],
        -len(match.captures),
        match.whole[0],
        match.rule.order,
    )


def apply(matches: Iterable[Match], symbols: Symbols, drafts: Sequence[Draft]) -> None:
    """Give every draft the fields of its frames; the matches come best first."""
    at = {draft.at: draft for draft in drafts}
    for match in matches:
        captures = match.captures
        given = fields_of(match, captures)
        value = captures.get("value")
        if value is None:
            targets = in_scope(match, symbols, drafts)
        elif match.rule.plain:
            i = bisect_right(drafts, value.start, key=lambda d: d.quantity.end)
            targets = [d for d in drafts[i : i + 1] if d.quantity.start < value.end]
        else:
            targets = [at[p] for p in range(*match.at) if p in at and at[p].quantity is value.mention]
        for draft in targets:
            for name, content in given.items():
                draft.give(name, content, match.rule.id)


def fields_of(match: Match, captures: Mapping[str, Capture]) -> dict[str, Any]:
    """The claim fields that a match gives, as the record holds them."""
    out: dict[str, Any] = {}
    for name in FIELDS:
        capture = captures.get(name)
        if name in match.given:
            out[name] = match.given[name]
        elif capture is None:
            continue
        elif name in ("subject", "attribution"):
            out[name] = (capture.start, capture.end)
        elif name == "time":
            out[name] = capture.mention if isinstance(capture.mention, Date) else None
        elif name == "group":
            out[name] = capture.entry["canonical"] if capture.entry else capture.text
        else:
            out[name] = str(capture.value())
    origin = captures.get("origin")
    if origin is not None and isinstance(origin.mention, Date):
        out.setdefault("time", origin.mention)
    for name in ("each", "than", *periods.NOT_THE_TIME):
        if name in captures:
            out[name] = (captures[name].start, captures[name].end)
    return out


def in_scope(match: Match, symbols: Symbols, drafts: Sequence[Draft]) -> list[Draft]:
    """The drafts that a cue speaks of: behind it to the end of its clause or sentence, or its whole sentence."""
    scope = str(match.get("scope", "")) or (SENTENCE if "spoken" in match.captures else CLAUSE)
    first, last = match.at
    text = symbols.text
    end = text.find("\n", last)
    start = text.rfind("\n", 0, first) + 1 if scope == WHOLE else first
    if scope == CLAUSE and text[last : last + 1] in (",", "，", ":", "："):
        scope = SENTENCE  # 据估计，…: nothing of its own clause follows
    for _ in range(PARTS if scope == SENTENCE else 0):
        if text[end - 1] not in ";；" or end + 1 >= len(text):
            break
        end = text.find("\n", end + 1)  # a semicolon ends no forecast
    if scope == CLAUSE:
        end = clause_end(text, last, end)
    elif scope == SENTENCE and match.get("modality") == PROJECTED:
        end = before_facts(symbols, last, end)
    low, high = (bisect_left(drafts, p, key=lambda d: d.at) for p in (start, end))
    return list(drafts[low : min(high, low + REACH)])


def clause_end(text: str, position: int, end: int) -> int:
    """Where the clause at a position ends; one that opens with 由 or 至 goes on with what is to change (将调高税率，由4%至6%)."""
    for stop in CLAUSE_STOP.finditer(text, position, end):
        if not text.startswith(tuple(roles()["continues"]), stop.end()):
            return stop.start()
    return end


def before_facts(symbols: Symbols, position: int, end: int) -> int:
    """Where what a forecast says ends: before a clause that tells what is or was (目前…, 去年为3%, 其中已有…)."""
    for stop in CLAUSE_STOP.finditer(symbols.text, position, end):
        opening = stop.end()
        while opening < end and symbols.text[opening] in " \n":
            opening += 1
        date = symbols.mentions.get(opening)
        if isinstance(date, Date):
            if symbols.shadow[date.start : date.end] in roles()["past"] | roles()["realised"]:
                return stop.start()
        elif symbols.text.startswith(tuple(roles()["realised"]), opening):
            return stop.start()
    return end


def claim_of(draft: Draft) -> Claim:
    """The finished record."""
    quantity = draft.quantity
    comparator = draft.get("comparator")
    if comparator and quantity.comparator in ("=", ""):
        quantity = replace(quantity, comparator=comparator)
    shown: Mapping[str, str] = {name: rule for name, (value, rule) in draft.fields.items() if rule}
    subject = draft.get("subject") or None
    return Claim(
        quantity.start,
        quantity.end,
        rule="+".join(dict.fromkeys(filter(None, (shown.get("subject", ""), quantity.rule)))),
        stage="claims",
        quantity=quantity,
        subject=subject,
        group=draft.get("group", ""),
        trend=draft.get("trend", ""),
        basis=draft.get("basis", ""),
        modality=draft.get("modality") or "asserted",
        attribution=draft.get("attribution") or None,
        date=draft.get("time") or None,
        because=shown,
    )
