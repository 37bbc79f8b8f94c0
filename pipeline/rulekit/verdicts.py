"""Whether a match counts: its rule's conditions, vetoes and needs."""

from __future__ import annotations

from pipeline.rulekit.matched import Environment, Match
from pipeline.rulekit.rule import Context
from pipeline.rulekit.symbols import Symbols
from pipeline.rulekit.template import RUN_LIMIT

__all__ = ["holds", "verdict"]

LINE_MARKS = ' \t\r#>*_|•·●■◆▲【[〔("“「-–—'


def verdict(match: Match, symbols: Symbols) -> str:
    """Why a match doesn't count ("" when it does): the condition, veto or missing context by its source."""
    rule = match.rule
    if rule.where:
        environment = Environment(match)
        for source, run in rule.where:
            if not run(environment):
                return f"where {source}"
    for context in rule.unless:
        if stands(context, match, symbols):
            return f"unless {context.source}"
    for context in rule.needs:
        if not stands(context, match, symbols):
            return f"needs {context.source}"
    return ""


def holds(match: Match, symbols: Symbols) -> bool:
    """`verdict` in short, for a match of `Rule.guarded`: what that or a number's symbol has answered is not asked again."""
    rule = match.rule
    for name, sure, conditions in rule.unseen_where:
        if name and symbols.text[match.found.start(name)] in sure:
            continue
        environment = Environment(match)
        for condition in conditions:
            if not condition(environment):
                return False
    for context in rule.unseen_unless:
        if stands(context, match, symbols):
            return False
    return all(stands(context, match, symbols) for context in rule.unseen_needs)


def stands(context: Context, match: Match, symbols: Symbols) -> bool:
    """Whether any of the context's parts is there."""
    text, (first, last) = symbols.text, match.at
    if context.start and begins_line(symbols, match.whole[0]):
        return True
    if context.start == "sentence" and (first == 0 or text[first - 1] == "\n"):
        return True
    if context.inside and context.inside.search(text, first, last):
        return True
    if not (context.before or context.after or context.sentence):
        return False
    start = text.rfind("\n", 0, first) + 1
    stop = text.find("\n", last)
    stop = len(text) if stop < 0 else stop
    if context.sentence and context.sentence.search(text, start, stop):
        return True
    if context.before:
        low = max(start, first - context.within) if context.within else max(start, first - RUN_LIMIT)
        if context.before.search(text[low:first]):
            return True
    if context.after:
        if context.within:
            return bool(context.after.search(text, last, min(stop, last + context.within)))
        return bool(context.after.match(text, last, stop))
    return False


def begins_line(symbols: Symbols, offset: int, margin: int = 12) -> bool:
    """Whether only spaces, marks of lists and opening brackets stand between the start of the line and a text offset."""
    low = max(0, offset - margin)
    before = symbols.shadow[low:offset]
    at = before.rfind("\n")
    return (at >= 0 or low == 0) and not before[at + 1 :].strip(LINE_MARKS)
