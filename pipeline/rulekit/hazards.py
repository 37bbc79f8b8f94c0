"""What goes wrong with templates and regexes: parts that can never match, patterns whose time explodes."""

from __future__ import annotations

import time

import regex

from pipeline.rulekit import template
from pipeline.rulekit.template import Node

__all__ = [
    "cut_short",
    "impossible",
    "nested_quantifier",
    "refused",
    "regex_samples",
    "repeated",
    "repeats",
    "runs_away",
    "ways",
]

MAX_REPEATS = 10_000  # of a regex, its bounded repeats multiplied out


def impossible(literal: str) -> str:
    """Why a literal is in no text that rules see, "" when it may be."""
    if "\n" in literal or "\r" in literal:
        return "a rule never crosses a line"
    if any("\ue000" <= char <= "\uf8ff" for char in literal):
        return "it holds a private-use character"
    if regex.search(r"(?<=[^\x21-\x7e])[ \t]|[ \t](?=[^\x21-\x7e])", literal):
        return "spaces beside Chinese characters are left out of what rules see: leave them out here too"
    return ""


def repeated(alternatives: Node) -> Node | None:
    """An alternative that is the same as one before it."""
    seen = set()
    for branch in alternatives.items:
        key = spelled(branch)
        if key in seen:
            return branch
        seen.add(key)
    return None


def spelled(node: Node) -> tuple[object, ...]:
    """What a node matches, without where it stands."""
    own = "" if node.kind in ("opt", "alt", "seq", "capture") else node.text
    return (node.kind, own, node.name, node.type, node.size, tuple(spelled(part) for part in node.items))


def cut_short(tree: Node) -> list[tuple[Node, Node]]:
    """(alternative, the one before it that is a prefix of it), where nothing behind can make the engine come back."""
    out: list[tuple[Node, Node]] = []
    last = tree
    while last.kind in ("seq", "capture") and last.items:
        last = last.items[-1]
    if last.kind == "opt":
        last = last.items[0]
    if last.kind == "alt":
        literals = [branch for branch in last.items if branch.kind == "literal"]
        for i, branch in enumerate(literals):
            by = next((earlier for earlier in literals[:i] if branch.text.startswith(earlier.text)), None)
            if by is not None:
                out.append((branch, by))
    return out


def ways(node: Node) -> int:
    """A bound of the ways through a node from one start."""
    match node.kind:
        case "opt":
            return 1 + ways(node.items[0])
        case "gap":
            return node.size + 1
        case "alt":
            return sum(ways(part) for part in node.items)
        case "capture" if not node.items:
            return template.RUN_LIMIT if node.type in ("text", "phrase") else 1
        case "lexicon":
            return 2
        case _:
            product = 1
            for part in node.items:
                product = min(product * ways(part), 10**12)
            return product


def nested_quantifier(source: str) -> str:
    """A group with an unbounded repeat directly inside an unbounded repeat, the classic runaway; "" if none."""
    found = regex.search(r"\((?:\?:|\?P<\w+>)?(?:[^()\\]|\\.)*[^\\()+][*+](?![+])\)(?:[*+](?![+])|\{[0-9]+,\})", source)
    return str(found.group()) if found else ""


def regex_samples(source: str) -> list[str]:
    """Texts on which a bad regex takes for ever: each of its characters, and some others, over and over."""
    own = list(dict.fromkeys(c for c in source if c.isalnum() or ord(c) > 127))[:20]
    mixed = "".join(own[:8])
    return [c * 60 + "\x00" for c in dict.fromkeys((*own, "a", "1", "中", " ", "."))] + (
        [mixed * 20 + "\x00"] if mixed else []
    )


def runs_away(pattern: regex.Pattern[str], samples: list[str], seconds: float = 0.15) -> str:
    """The start of a sample that takes a pattern too long, "" when none does."""
    for sample in samples:
        started = time.thread_time()
        try:
            at = 0
            while found := pattern.search(sample, at, timeout=seconds * 2):
                at = found.start() + 1
                if time.thread_time() - started > seconds:
                    return sample[:12] + "..."
        except TimeoutError:
            return sample[:12] + "..."
    return ""


def refused(source: str) -> str:
    """Why a regex isn't even compiled, "" when it is: what calls itself, what matches roughly, what repeats a million times."""
    if regex.search(r"\(\?(?:R|[+-]?[0-9]+)\)", source):
        return "it calls itself; use a repeat, or a named pattern"
    if regex.search(r"\(\?[a-z]*[be][a-z]*\)|\{[^}]*[eids]\s*(?:<|\})", source):
        return "rough matching ({e<=1}) is not allowed"
    if repeats(source) > MAX_REPEATS:
        return f"its repeats multiply to more than {MAX_REPEATS:,}; make them smaller"
    return ""


def repeats(source: str) -> int:
    """The size of a regex with its bounded repeats multiplied out.

    >>> repeats("((a{10}){10}b){10}")
    1010
    """
    sizes, last = [[0, 0]], 0  # of every open group: what it holds, and its last part
    at = 0
    while at < len(source):
        char = source[at]
        bounds = regex.compile(r"\{([0-9]*)(?:,([0-9]*))?\}").match(source, at) if char == "{" else None
        if bounds:
            times = max(int(bounds.group(1) or 0), int(bounds.group(2) or 0), 1)
            sizes[-1][0] += sizes[-1][1] * (times - 1)
            at = bounds.end()
            continue
        if char == "(":
            sizes.append([0, 0])
        elif char == ")" and len(sizes) > 1:
            last = sizes.pop()[0]
            sizes[-1] = [sizes[-1][0] + last, last]
        elif char not in "*+?|":
            sizes[-1] = [sizes[-1][0] + 1, 1]
        at += 2 if char == "\\" else 1
    return sum(size for size, _ in sizes)
