"""Short names of the names that stand: defined by the text, derived from full names, or shared with the next in a list."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

import regex

from pipeline.model import Article
from pipeline.names import organisations as orgs
from pipeline.names.nameparts import HAN, is_place, shape, word_class
from pipeline.stages.candidates.candidate import Candidate
from pipeline.stages.settling.name import Name
from pipeline.stages.settling.spans import PLAIN_TAGS, cuts, is_output, subsequence
from pipeline.stages.settling.witnesses import ACRONYM

__all__ = ["SHARED", "SHORT", "sharing", "shortened"]

ALIAS, SHORT, SHARED = "institution.alias", "institution.short", "institution.shared"
LATIN_NAME = re.compile(r"[A-Z][A-Za-z0-9&.-]{1,}(?: [A-Za-z0-9&.'-]+){0,5}")
OPENERS = "“\"「『'‘《<"
CLOSERS = "”\"」』'’》>"
STOCK_CODE = re.compile(r"[A-Z0-9-]+\.[A-Z]{1,2}")
BRACKETED = re.compile(r"\s?\(\s*([^()]{2,60})\)")
LISTED_TAGS = (
    "d",
    "a",
    "v",
    "ad",
)  # of words that are no short names, when the tables list them for a body: 高医, 兄弟
DEFINITION = 64  # characters behind a name in which 简称 may stand
UNBRACKETED = 12  # the same without brackets
LIST_PLACE = 8  # characters before a name in which the place of another may stand


def shortened(article: Article, names: Sequence[Name], cues: Sequence[Candidate], derive: bool) -> Iterator[Name]:
    """Uses of short names: defined by the text itself, derived from full names, short ones of known organisations."""
    text = article.shadow
    short = _meanings(article, names, cues, derive)
    for alias, uses in _uses(article, short).items():
        name, rule = short[alias]
        if rule == SHORT and _is_common(article, alias):
            continue
        for start in uses:
            if not (name.start <= start < name.end) and not is_output(text, start, start + len(alias)):
                yield Name(start, start + len(alias), name.itype, rule, alias_of=(name.start, name.end))


def _meanings(
    article: Article, names: Sequence[Name], cues: Sequence[Candidate], derive: bool
) -> dict[str, tuple[Name, str]]:
    """Short name → the name it stands for, and the rule that says so; what the text defines goes first."""
    text = article.shadow
    short: dict[str, tuple[Name, str]] = {}
    starts = [cue.start for cue in cues]
    for name in names:
        near = cues[bisect_left(starts, name.end) : bisect_left(starts, name.end + DEFINITION)]
        for alias in _defined(article, name, near):
            short.setdefault(alias, (name, ALIAS))
    if not derive:
        return short
    first = {text[n.start : n.end]: n for n in reversed(names)}
    for full, name in first.items():
        for alias in orgs.short_forms(full, name.itype):
            if not orgs.known(alias):
                short.setdefault(alias, (name, SHORT))
    for _, alias, full in sorted(use for name_text in first for use in _shortened_to().get(name_text, ())):
        short.setdefault(alias, (first[full], SHORT))
    return short


@cache
def _shortened_to() -> dict[str, list[tuple[int, str, str]]]:
    """Name of a known organisation → its short names: their place in the order of the tables, the short name, the name."""
    out: dict[str, list[tuple[int, str, str]]] = {}
    uses = ((alias, name) for alias, entries in orgs.shorts().items() for entry in entries for name in entry.names)
    for place, (alias, name) in enumerate(uses):
        out.setdefault(name, []).append((place, alias, name))
    return out


def _is_common(article: Article, alias: str) -> bool:
    """Whether a derived short form is a common noun: 公共汽车."""
    if len(alias) <= 2 or is_place(alias):
        return False
    return all(tag and word_class(word, tag) in "SCXZLR." for word, tag in article.segment(alias))


def _defined(article: Article, name: Name, cues: Sequence[Candidate]) -> Iterator[str]:
    """The short names in brackets or after 简称 behind a name."""
    text = article.shadow
    bracket = BRACKETED.match(text, name.end)
    stop = bracket.end() if bracket else name.end + UNBRACKETED
    for cue in cues:
        near = bracket is not None or cue.start - name.end <= 2
        m = shape("definition").match(text, cue.end) if near and name.end <= cue.start < stop else None
        if m and "。" not in text[name.end : cue.start] and not is_place(m.group(1)):
            yield from _either(m.group(1).strip(), text[name.start : name.end])
    if bracket:
        yield from _bracketed(bracket.group(1).strip(), text[name.start : name.end])


def _bracketed(inner: str, full: str) -> Iterator[str]:
    """The short names in what stands in brackets behind a full name."""
    if 2 <= len(inner) < len(full) and inner[-1] == full[-1] and subsequence(inner, full) and inner[0] >= HAN:
        yield inner
    for part in re.split(r"[,，;；、/]", inner):
        part = part.strip().strip(OPENERS + CLOSERS)
        if STOCK_CODE.fullmatch(part):
            continue
        quoted = inner[0] in OPENERS and 2 <= len(part) <= 12 and part[0] >= HAN
        if quoted or (LATIN_NAME if part == inner else ACRONYM).fullmatch(part):
            yield part


def _either(alias: str, full: str) -> list[str]:
    """The short names of 简称甲和乙, 简称甲或乙: each keeps characters of the full name."""
    parts = shape("either_name").split(alias)
    apart = len(parts) > 1 and all(len(part) > 1 and subsequence(part, full) for part in parts)
    return parts if apart else [alias]


def _uses(article: Article, aliases: Iterable[str]) -> dict[str, list[int]]:
    """Where short names stand as words of their own; one pass over the text for all of them."""
    text = article.shadow
    uses: dict[str, list[int]] = {}
    terms, listed = sorted(aliases), orgs.shorts()
    if not terms:
        return uses
    for m in regex.finditer(r"\L<terms>", text, overlapped=True, terms=terms):
        start, end, alias = *m.span(), m.group()
        before, after = text[start - 1 : start], text[end : end + 1]
        if alias.isascii() and ((before.isascii() and before.isalnum()) or (after.isascii() and after.isalnum())):
            continue
        alone = before == "(" and after == ")"
        tags = LISTED_TAGS if alias in listed else PLAIN_TAGS
        if not alias.isascii() and len(alias) <= 2 and not alone and cuts(article, start, end, tags):
            continue
        uses.setdefault(alias, []).append(start)
    return uses


def sharing(article: Article, names: Sequence[Name]) -> Iterator[Name]:
    """Places in a list before a local authority, which share its head: 北京、上海药监局."""
    text = article.shadow
    for name in names:
        own = text[name.start : name.end]
        place = orgs.place_of(own)[0]
        if not place or not orgs.local_authority(own):
            continue
        at, rest = name.start, own[len(place) :]
        while m := shape("list_place").search(text, max(0, at - LIST_PLACE), at):
            if not is_place(m.group(1)) or not orgs.local_authority(m.group(1) + rest):
                break
            yield Name(m.start(1), m.end(1), name.itype, SHARED, reads=m.group(1) + rest)
            at = m.start(1)
