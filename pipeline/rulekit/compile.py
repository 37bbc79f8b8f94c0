"""Templates → regular expressions over the symbols: named patterns put in, lexicons as tries, captures as groups."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import regex

from pipeline.rulekit import template
from pipeline.rulekit.hazards import (
    cut_short,
    impossible,
    nested_quantifier,
    refused,
    regex_samples,
    repeated,
    ways,
)
from pipeline.rulekit.later import later
from pipeline.rulekit.lexicons import Lexicon
from pipeline.rulekit.ruleerrors import Report, did_you_mean
from pipeline.rulekit.rulefile import Item, Text, text
from pipeline.rulekit.template import Node, TemplateError
from pipeline.rulekit.trials import Trials

__all__ = ["FRAGMENTS", "Compiled", "Compiler"]

FRAGMENTS: Mapping[str, str] = {
    "numeral": r"[+-]?(?:[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?|[〇零一二两三四五六七八九十百千万亿]+)[十百千万亿]*",
    "han": r"\p{Han}+",
    "latin": r"[A-Za-z][A-Za-z0-9-]*",
}
"""Shared fragments of ``regex:`` rules, called as ``(?&numeral)``; named patterns are fragments too."""

MAX_PARTS = 2000
MAX_DEPTH = 12
MAX_REGEX = 5000
WAYS = 200_000  # ways through a template from one start, above which it is tried on hostile text


@dataclass(frozen=True, slots=True)
class Compiled:
    """What a rule searches with. ``lead`` is the run before it that a leading {x:text} or {x:phrase} captures."""

    tree: Node | None
    search: regex.Pattern[str]
    lead: tuple[str, str] | None
    captures: dict[str, str]
    types: frozenset[str]


class Compiler:
    """Compiles templates against the lexicons and patterns of all files; what is wrong goes to the report."""

    def __init__(self, report: Report, normalise: Callable[[str], str]) -> None:
        self.report, self.normalise = report, normalise
        self.lexicons: dict[str, Lexicon] = {}
        self.patterns: dict[str, Node] = {}
        self.expressions: dict[str, str] = {}
        self.sizes: dict[str, int] = {}
        self.trials = Trials(self.lexicons)
        self.complete = True  # False when a file couldn't be read: what is unknown may stand there

    # templates

    def template(self, item: Item, what: str) -> Node | None:
        """The tree of a template as written."""
        source = text(item, what, self.report)
        if not source.strip():
            if isinstance(item, Text):
                self.report.error(item, "empty", f"{what} is empty")
            return None
        try:
            return template.parse(source, self.normalise)
        except TemplateError as problem:
            hint = f", {problem.hint}" if problem.hint else ""
            self.report.error(item, "template", f"{what}: {problem.what}{hint}", problem.at)
            return None

    def tree(self, item: Item, what: str) -> Node | None:
        """The tree of a template with its patterns in place, checked."""
        tree = self.template(item, what)
        try:
            if tree is not None and self.size(tree, ()) > MAX_PARTS:
                self.report.error(item, "size", f"{what} with its patterns has more than {MAX_PARTS:,} parts")
                return None
        except RecursionError:
            self.report.error(item, "depth", f"patterns nest deeper than {MAX_DEPTH}")
            return None
        tree = self.inline(tree, item, ()) if tree else None
        return tree if tree and self.known_parts(tree, item) else None

    def size(self, node: Node, within: tuple[str, ...]) -> int:
        """How many parts the node has with its patterns in place, without putting them there."""
        if node.kind == "pattern":
            if node.name in within or node.name not in self.patterns:
                return 1
            if node.name not in self.sizes:
                self.sizes[node.name] = self.size(self.patterns[node.name], (*within, node.name))
            return self.sizes[node.name]
        return 1 + sum(self.size(part, within) for part in node.items)

    def inline(self, node: Node, where: Item, within: tuple[str, ...]) -> Node | None:
        """The tree with named patterns put in place of their names."""
        if node.kind == "pattern":
            if node.name in within:
                self.report.error(
                    where,
                    "recursion",
                    f"pattern '{node.name}' contains itself: {' > '.join((*within, node.name))}",
                )
                return None
            if node.name not in self.patterns and not self.complete:
                return None
            if node.name not in self.patterns:
                near = did_you_mean(node.name, self.patterns)
                self.report.error(
                    where,
                    "unknown-pattern",
                    f"unknown pattern '{{{node.name}}}'{near}; a capture is written {{{node.name}:type}}",
                    0 if within else node.at,
                )
                return None
            if len(within) > MAX_DEPTH:
                self.report.error(where, "depth", f"patterns nest deeper than {MAX_DEPTH}")
                return None
            return self.inline(self.patterns[node.name], where, (*within, node.name))
        if not node.items:
            return node
        items = [self.inline(part, where, within) for part in node.items]
        if any(part is None for part in items):
            return None
        return Node(node.kind, node.at, node.text, node.name, node.type, tuple(i for i in items if i), node.size)

    def known_parts(self, tree: Node, where: Item) -> bool:
        """Whether every lexicon and type of the tree exists."""
        good = True
        for node in template.walk(tree):
            if node.kind == "lexicon" and node.name not in self.lexicons:
                good = False
                if not self.complete:
                    continue
                self.report.error(
                    where,
                    "unknown-lexicon",
                    f"unknown lexicon '@{node.name}'{did_you_mean(node.name, self.lexicons)}",
                    node.at,
                )
            if node.kind == "capture" and not node.items and node.type not in template.TYPES:
                near = did_you_mean(node.type, template.TYPES)
                self.report.error(
                    where,
                    "unknown-type",
                    f"unknown type '{node.type}' in {{{node.name}:{node.type}}}, allowed: {', '.join(template.TYPES)}{near}",
                    node.at,
                )
                good = False
        return good

    # rules

    def match(self, item: Item) -> Compiled | None:
        """A ``match:`` template."""
        tree = self.tree(item, "match")
        if tree is None or not self.can_match(tree, item):
            return None
        captures: dict[str, str] = {}
        types = set()
        for part in template.walk(tree):
            if part.kind == "capture":
                captures[part.name] = capture_type(part, captures.get(part.name, ""))
                types.add(part.type)
        lead, rest = split_lead(tree)
        if rest is None:
            self.report.error(
                item,
                "no-anchor",
                "a text or phrase capture alone matches everything: add words, a lexicon or a typed capture",
            )
            return None
        if not must_match(rest):
            self.report.error(
                item,
                "matches-empty",
                "the template can match nothing at all: at least one part must not be optional",
            )
            return None
        search = later(self.guarded(rest))
        if ways(rest) > WAYS and (bad := self.trials.lost(search, self.trials.samples(rest))):
            self.report.error(
                item,
                "runaway",
                f"the template can run away: on '{bad}' it takes too long; make gaps shorter and optional parts fewer",
            )
            return None
        return Compiled(tree, search, lead, captures, frozenset(types - {""}))

    def guarded(self, node: Node) -> str:
        """The expression behind a look-ahead at its first character, which makes most positions cheap."""
        source = self.expression(node)
        starts = template.first_chars(node, {name: lexicon.entries for name, lexicon in self.lexicons.items()})
        if starts and "" not in starts and len(starts) > 1:
            return "(?=[" + "".join(regex.escape(c) for c in sorted(starts)) + "])" + source
        return source

    def context(self, item: Item, what: str, parts: list[tuple[str, Item]], at_end: bool) -> regex.Pattern[str] | None:
        """Any of several templates, for `unless` and `needs`; ``at_end``: only right before the match."""
        trees = [self.tree(part, what) for _, part in parts]
        good = [tree for tree, (_, part) in zip(trees, parts, strict=True) if tree and self.can_match(tree, part)]
        if not good or len(good) < len(trees):
            return None
        joined = "(?:" + "|".join(self.expression(tree, last=False) for tree in good) + ")"
        return later(uncaptured(joined) + ("\\Z" if at_end else ""))

    def expression(self, node: Node, last: bool = True) -> str:
        """The regular expression of a tree. ``last``: nothing follows, so a run is greedy."""
        match node.kind:
            case "literal":
                return regex.escape(node.text)
            case "lexicon":
                if node.name not in self.expressions:
                    self.expressions[node.name] = template.alternation(self.lexicons[node.name].entries)
                return f"(?:{self.expressions[node.name]})"
            case "opt":
                return f"(?:{self.expression(node.items[0], last)})?"
            case "alt":
                return "(?:" + "|".join(self.expression(i, last) for i in node.items) + ")"
            case "gap":
                return f"[^\n]{{0,{node.size}}}?"
            case "capture" if node.items:
                return f"(?P<{node.name}>{self.expression(node.items[0], last)})"
            case "capture" if node.type in ("text", "phrase"):
                return f"(?P<{node.name}>{template.RUN}{{1,{template.RUN_LIMIT}}}{'' if last else '?'})"
            case "capture":
                return f"(?P<{node.name}>{template.CLASSES[node.type]})"
            case _:
                return "".join(
                    self.expression(item, last and i == len(node.items) - 1) for i, item in enumerate(node.items)
                )

    # what can't match, what runs away

    def can_match(self, tree: Node, where: Item) -> bool:
        """Whether every part can match some text; what can't is reported."""
        good = True
        for node in template.walk(tree):
            if node.kind == "literal" and (why := impossible(node.text)):
                self.report.error(where, "cant-match", f"'{node.text}' can't match: {why}", node.at)
                good = False
            if node.kind == "alt" and (twice := repeated(node)):
                self.report.error(
                    where,
                    "cant-match",
                    f"the alternative '{twice.text}' stands twice: the second can't match",
                    twice.at,
                )
                good = False
        for shadowed, by in cut_short(tree):
            self.report.error(
                where,
                "cant-match",
                f"'{shadowed.text}' can't match: the alternative '{by.text}' before it always matches first; write the longer one first",
                shadowed.at,
            )
            good = False
        return good

    # the escape hatch

    def regex(self, item: Item) -> Compiled | None:
        """A ``regex:``; its named groups are the captures, patterns and FRAGMENTS are callable."""
        source = text(item, "regex", self.report)
        if not source or len(source) > MAX_REGEX:
            code, what = ("size", f"has more than {MAX_REGEX:,} characters") if source else ("empty", "is empty")
            self.report.error(item, code, f"regex {what}")
            return None
        fragments = "".join(f"(?P<{name}>{body})" for name, body in FRAGMENTS.items() if f"(?&{name})" in source)
        for name in self.patterns:
            if f"(?&{name})" in source:
                tree = self.inline(Node("pattern", 0, name=name), item, ())
                if tree is None or not self.known_parts(tree, item):
                    return None
                fragments += f"(?P<{name}>{uncaptured(self.expression(tree))})"
        if why := refused(source):
            self.report.error(item, "regex", f"regex: {why}")
            return None
        try:
            pattern = regex.compile((f"(?(DEFINE){fragments})" if fragments else "") + source, regex.V0)
        except (regex.error, RecursionError, OverflowError, MemoryError) as problem:
            at = (getattr(problem, "pos", 0) or 0) - (len(fragments) + 11 if fragments else 0)
            self.report.error(item, "regex", f"regex: {getattr(problem, 'msg', None) or problem}", max(at, 0))
            return None
        if pattern.fullmatch("") or pattern.search("") is not None:
            self.report.error(item, "matches-empty", "the regex can match nothing at all: it would fire everywhere")
            return None
        if repeat := nested_quantifier(source):
            self.report.error(
                item,
                "runaway",
                f"the regex can run away: {repeat} repeats a part that repeats itself; use a possessive (x++) or bounded repeat",
            )
            return None
        if bad := self.trials.lost(pattern, regex_samples(source)):
            self.report.error(
                item,
                "runaway",
                f"the regex can run away: on '{bad}' it takes too long; use possessive (x++) or bounded repeats",
            )
            return None
        names = [n for n in pattern.groupindex if n not in FRAGMENTS and n not in self.patterns]
        return Compiled(None, pattern, None, dict.fromkeys(names, "text"), frozenset())


def capture_type(part: Node, before: str) -> str:
    """The type of a capture; a field captured from several lexicons lists them: ``@unit|currency``.

    One captured as a number or as a word of a lexicon (112年, 元年) has the lexicon's: a number needs none.
    """
    if part.type or part.items[0].kind != "lexicon":
        return before if before.startswith("@") else part.type or "(…)"
    name = part.items[0].name
    if not before.startswith("@"):
        return f"@{name}"
    return before if name in before[1:].split("|") else f"{before}|{name}"


def must_match(node: Node) -> bool:
    """Whether the node always consumes at least one character."""
    match node.kind:
        case "opt" | "gap":
            return False
        case "seq":
            return any(must_match(part) for part in node.items)
        case "alt":
            return all(must_match(part) for part in node.items)
        case "capture":
            return must_match(node.items[0]) if node.items else True
        case _:
            return True


def split_lead(tree: Node) -> tuple[tuple[str, str] | None, Node | None]:
    """A leading text or phrase capture is not searched for: it is the run before the rest of the match."""
    items = tree.items if tree.kind == "seq" else (tree,)
    if items and items[0].kind == "capture" and items[0].type in ("text", "phrase"):
        rest = items[1:]
        return (items[0].name, items[0].type), (Node("seq", tree.at, items=rest) if rest else None)
    return None, tree


def uncaptured(source: str) -> str:
    """The expression without its named groups."""
    return str(regex.sub(r"\(\?P<[a-z0-9_]+>", "(?:", source))
