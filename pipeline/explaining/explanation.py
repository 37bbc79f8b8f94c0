"""An explanation as lines to read, with the offsets that the tables have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator

from pipeline.explaining.explain import Attempt, explain
from pipeline.model import Article, Claim, Date, Found, Institution, Mention, Quantity, Reject
from pipeline.rulekit.ruletests import fields
from pipeline.rules import RuleSet

__all__ = ["everything", "explained"]

MOST = 6  # rules shown that were vetoed, and that stopped
ROWS = Claim | Date | Institution | Reject
USUAL = {"comparator": "=", "modality": "asserted", "calendar": "gregorian"}  # not worth a line


def everything(article: Article, found: Found) -> Iterator[str]:
    """One line for each row that the tables would have, in the order of the text."""
    rows = [m for m in found.mentions if isinstance(m, ROWS)]
    for mention in sorted(rows, key=lambda m: (m.start, m.end, type(m).__name__)):
        yield _mention(article, mention)


def explained(
    article: Article,
    found: Found,
    rules: RuleSet,
    start: int,
    end: int,
    only: Collection[str] = (),
    most: int = MOST,
) -> Iterator[str]:
    """What stands at ``text[start:end]``, what lost there, and what each rule did (or those in ``only``).

    At most ``most`` rules that were vetoed and as many that stopped are shown.
    """
    what = explain(article, found, rules, start, end, only=only)
    yield f"{article.source.path} {_quoted(article, start, end)}"
    yield "found:"
    standing = [m for m in what.found if isinstance(m, ROWS | Quantity)]
    yield from (f"  {_mention(article, m)}" for m in standing)
    if not standing:
        yield "  nothing"
    if what.rejected:
        yield "rejected:"
        yield from (f"  {_mention(article, m)}" for m in what.rejected)
    yield "rules:"
    shown: Counter[str] = Counter()
    for attempt in what.attempts:
        shown[attempt.status] += 1
        if attempt.status == "matched" or shown[attempt.status] <= most:
            yield from _attempt(article, attempt)
    for status, number in shown.items():
        if status != "matched" and number > most:
            yield f"  ... and {number - most} more rules {status} (--all shows them)"
    if not what.attempts:
        yield "  none came further than its first part"


def _quoted(article: Article, start: int, end: int) -> str:
    """``120:124 '5.3%'``: offsets of the original, text as the reader sees it."""
    alignment = article.source.alignment
    low, high = alignment.to_source(start, end) if alignment is not None else (start, end)
    return f"{low}:{high} '{article.text[start:end]}'"


def _mention(article: Article, mention: Mention) -> str:
    filled = {k: v for k, v in fields(mention, article).items() if v not in ("", None, False) and v != USUAL.get(k)}
    kind = type(mention).__name__.lower()
    given = ", ".join(f"{name} {value}" for name, value in filled.items())
    return f"{_quoted(article, mention.start, mention.end)} {kind} by {mention.rule}: {given}".removesuffix(": ")


def _attempt(article: Article, attempt: Attempt) -> Iterator[str]:
    rule = attempt.rule
    yield f"  {attempt.status}: {rule.id} ({rule.file}:{rule.line}, priority {rule.priority}) {rule.doc}".rstrip()
    for part in attempt.parts:
        yield f"    {part.template} matched {_quoted(article, part.start, part.end)}"
    if attempt.status == "vetoed":
        yield f"    vetoed by {attempt.why}"
    if attempt.status == "stopped":
        rest = article.text[attempt.stopped_at : attempt.stopped_at + 12]
        yield f"    stopped before '{rest}', expected {' or '.join(attempt.expected)}"
    if attempt.outcome:
        yield f"    {attempt.outcome}"
    if attempt.fields:
        yield "    gives " + ", ".join(f"{name} {value}" for name, value in attempt.fields.items())
