"""A YAML rule file → texts, lists and keys that know their line and column. Nothing runs, nothing is converted.

The file is read event by event: a tag, an anchor, an alias or a 101st level ends the reading at the spot, so a
hostile file costs no more than its own bytes. Every scalar stays the text that was written.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import regex
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from pipeline.rulekit.ruleerrors import Report, did_you_mean
from pipeline.usercache import recall, remember

__all__ = ["NAME", "Item", "Keys", "Listed", "Text", "keys", "named", "parse", "sequence", "text", "texts"]

MAX_BYTES = 400_000  # of one file: a second and a half of reading
MAX_DEPTH = 100
WORTH_KEEPING = 4_000  # bytes above which the reading of a file is kept for the next start
CACHE = 1  # counts up when `frozen` changes
NAME = regex.compile(r"[a-z][a-z0-9_]*")


@dataclass(slots=True)
class Text:
    """A scalar. ``quoted``: written in quotes; ``last``: the line it ends on."""

    value: str
    line: int
    column: int
    quoted: bool = False
    last: int = 0


@dataclass(slots=True)
class Listed:
    """A list. ``flow``: written in brackets; ``last``: the line it ends on."""

    line: int
    column: int
    flow: bool = False
    last: int = 0
    items: list[Item] = field(default_factory=list)


@dataclass(slots=True)
class Keys:
    """Keys and values in order of the file; a key may stand twice. ``flow``, ``last``: as of a list."""

    line: int
    column: int
    flow: bool = False
    last: int = 0
    pairs: list[tuple[Item, Item]] = field(default_factory=list)


Item: TypeAlias = Text | Listed | Keys


class Refused(Exception):
    """YAML that rule files may not hold."""

    def __init__(self, code: str, message: str, line: int, column: int) -> None:
        super().__init__(message)
        self.code, self.message, self.line, self.column = code, message, line, column


# --- bytes → items ----------------------------------------------------------------------------


def parse(data: bytes, report: Report) -> Item | None:
    """The root of a file, or None with the reason in ``report``."""
    if len(data) > MAX_BYTES:
        report.error(
            None,
            "size",
            f"the file has {len(data):,} bytes, at most {MAX_BYTES:,} are read: split it, or put terms into a CSV lexicon",
        )
        return None
    try:
        source = data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        report.error(
            Text("", data[: problem.start].count(b"\n") + 1, 1),
            "encoding",
            "the file is not UTF-8: save it as UTF-8",
        )
        return None
    name = f"rules-{CACHE}-{hashlib.sha256(data).hexdigest()[:40]}.json"
    if (kept := recall(name)) is not None:
        with suppress(ValueError, TypeError, IndexError):
            return thawed(json.loads(kept))
    try:
        root = build(source)
        if root is not None and len(data) >= WORTH_KEEPING:
            remember(
                name,
                json.dumps(frozen(root), ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass"),
            )
        return root
    except Refused as problem:
        report.error(Text("", problem.line, problem.column), problem.code, problem.message)
    except MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        place = Text("", mark.line + 1, mark.column + 1) if mark else None
        report.error(place, "yaml", f"not valid YAML: {problem.problem or problem.context}{hint(source, place)}")
    except (YAMLError, ValueError) as problem:
        what = str(problem).strip().splitlines() or [type(problem).__name__]
        report.error(None, "yaml", f"not valid YAML: {what[0]}")
    return None


def hint(source: str, place: Text | None) -> str:
    """What most often is behind a YAML error: special characters without quotes, tabs."""
    lines = source.splitlines()
    line = lines[place.line - 1] if place and place.line <= len(lines) else ""
    if "\t" in line:
        return "; indent with spaces, not tabs"
    if regex.search(r"[:\-]\s+[@%`{\[&*!|>]", line):
        return "; put a text that starts with one of { [ @ & * ! | > % in quotes"
    return "; are quotes and brackets closed, are keys indented alike?"


def build(source: str) -> Item | None:
    """The items of a text. Raises Refused, or what ruamel raises."""
    yaml = YAML(typ="safe", pure=True)
    open_items: list[Listed | Keys] = []
    waiting: list[Item | None] = []  # of each open mapping: the key that waits for its value
    root: Item | None = None
    documents = 0
    for event in yaml.parse(source):
        mark = event.start_mark
        if isinstance(event, DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise Refused("yaml", "the file has several documents (---): make it several files", mark.line + 1, 1)
            continue
        if not isinstance(event, ScalarEvent | SequenceStartEvent | MappingStartEvent | AliasEvent):
            if isinstance(event, SequenceEndEvent | MappingEndEvent):
                closed = open_items.pop()
                closed.last = mark.line + 1 if closed.flow else closed.last
                if open_items:
                    open_items[-1].last = max(open_items[-1].last, closed.last)
                if isinstance(closed, Keys):
                    waiting.pop()
            continue
        item = item_of(event, mark.line + 1, mark.column + 1)
        if not open_items:
            root = item
        elif isinstance(parent := open_items[-1], Listed):
            parent.items.append(item)
        elif waiting[-1] is None:
            waiting[-1] = item
        else:
            parent.pairs.append((waiting[-1], item))
            waiting[-1] = None
        if isinstance(item, Text):
            if open_items:
                open_items[-1].last = max(open_items[-1].last, item.last)
        else:
            open_items.append(item)
            if isinstance(item, Keys):
                waiting.append(None)
            if len(open_items) > MAX_DEPTH:
                raise Refused("yaml", f"nested deeper than {MAX_DEPTH}", item.line, item.column)
    return root


def item_of(event: ScalarEvent | SequenceStartEvent | MappingStartEvent | AliasEvent, line: int, column: int) -> Item:
    """The item that an event starts. Raises Refused for tags, anchors and aliases."""
    if isinstance(event, AliasEvent) or event.anchor:
        raise Refused(
            "alias",
            "YAML anchors (&) and aliases (*) are not allowed: write the value again, or use a lexicon or pattern",
            line,
            column,
        )
    if event.tag is not None:
        raise Refused(
            "tag",
            "YAML tags (!) are not allowed: values are plain text; put a text that starts with ! in quotes",
            line,
            column,
        )
    if isinstance(event, ScalarEvent):
        return Text(
            str(event.value),
            line,
            column,
            event.style in ("'", '"'),
            max(line, event.end_mark.line + (event.end_mark.column > 0)),
        )
    return (Listed if isinstance(event, SequenceStartEvent) else Keys)(line, column, bool(event.flow_style), line)


def frozen(item: Item) -> list[Any]:
    """An item as JSON can hold it: reading a big file as YAML takes a second."""
    if isinstance(item, Text):
        return [item.value, item.line, item.column, item.quoted, item.last]
    inner = (
        [frozen(part) for part in item.items]
        if isinstance(item, Listed)
        else [[frozen(k), frozen(v)] for k, v in item.pairs]
    )
    return [isinstance(item, Keys), item.line, item.column, item.flow, item.last, inner]


def thawed(kept: list[Any]) -> Item:
    """The item again."""
    if len(kept) == 5:
        return Text(*kept)
    keyed, line, column, flow, last, inner = kept
    if keyed:
        return Keys(line, column, flow, last, [(thawed(key), thawed(value)) for key, value in inner])
    return Listed(line, column, flow, last, [thawed(part) for part in inner])


# --- items → the shapes that are expected -----------------------------------------------------


def keys(item: Item | None, allowed: Sequence[str], what: str, report: Report) -> dict[str, Item]:
    """The values by key; unknown and repeated keys are reported."""
    if not isinstance(item, Keys):
        report.error(item, "type", f"{what}: expected keys and values ({', '.join(allowed)})")
        return {}
    out: dict[str, Item] = {}
    for key, value in item.pairs:
        name = key.value if isinstance(key, Text) else ""
        if name not in allowed:
            report.error(
                key,
                "unknown-key",
                f"unknown key '{name[:60]}' in {what}, allowed: {', '.join(allowed)}{did_you_mean(name, allowed)}",
            )
        elif name in out:
            report.error(key, "duplicate-key", f"key '{name}' stands twice in {what}")
        else:
            out[name] = value
    return out


def named(item: Item | None, what: str, report: Report) -> Iterator[tuple[Text, Item]]:
    """Names that the author chose, with their values."""
    if item is None or (isinstance(item, Text) and not item.value):
        return
    if not isinstance(item, Keys):
        report.error(item, "type", f"{what}: expected names and values")
        return
    seen = set()
    for key, value in item.pairs:
        if not isinstance(key, Text) or not NAME.fullmatch(key.value):
            shown = f"'{key.value[:60]}'" if isinstance(key, Text) else "a list"
            report.error(key, "name", f"{what}: {shown} is no name: lower-case letters, digits and _")
        elif key.value in seen:
            report.error(key, "duplicate-key", f"'{key.value}' stands twice in {what}")
        else:
            seen.add(key.value)
            yield key, value


def sequence(item: Item | None, what: str, report: Report) -> list[Item]:
    """The items of a list; nothing at all is an empty list."""
    if item is None or (isinstance(item, Text) and not item.value):
        return []
    if not isinstance(item, Listed):
        report.error(item, "type", f"{what}: expected a list, each item after '- '")
        return []
    return item.items


def text(item: Item | None, what: str, report: Report, default: str = "") -> str:
    """A text; ``default`` when there is none."""
    if item is None:
        return default
    if not isinstance(item, Text):
        report.error(item, "type", f"{what}: expected a text{unquoted(item)}")
        return default
    return item.value


def unquoted(item: Item) -> str:
    """What a template without quotes looks like to YAML."""
    return "; a text that starts with [ or { must stand in quotes" if isinstance(item, Keys | Listed) else ""


def texts(item: Item | None, what: str, report: Report) -> list[tuple[str, Item]]:
    """One text or a list of texts, each with its place."""
    if isinstance(item, Text) and item.value:
        return [(item.value, item)]
    return [(text(part, what, report), part) for part in sequence(item, what, report)]
