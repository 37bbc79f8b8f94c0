"""Rule files: YAML to compiled rules, every error at once and located.

`load(folders)` reads each `*.yaml` of the folders (in order; later folders may redefine a rule id), the
lexicons they name, compiles every template, and raises `RuleErrors` with *all* that is wrong, each as
``file:line:col: rule: what, what is allowed``. No code, no YAML tags; scalars stay strings.
"""

from __future__ import annotations

import csv
import difflib
import hashlib
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import cached_property
from pathlib import Path
from typing import Any

import regex
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node as YamlNode, ScalarNode, SequenceNode

from pipeline import template
from pipeline.expr import Expression, ExpressionError, compile_expression
from pipeline.template import Node, TemplateError

__all__ = ["FORMAT", "KINDS", "Context", "Lexicon", "Rule", "RuleError", "RuleErrors", "RuleSet", "RuleTest", "load"]

FORMAT = "zhclaims-rules/1"
MAX_FILE_BYTES = 1_000_000

KINDS: Mapping[str, str] = {
    "quantity": "a number with its unit",
    "date": "a calendar time",
    "institution": "a named organisation",
    "attribution": "who says what follows or precedes",
    "claim": "fields of a numeric claim: subject, trend, comparator, modality, time",
    "reject": "a number or name that is none of the above; `reason` says why",
}
"""What a rule may extract."""

RULE_KEYS = ("id", "extracts", "doc", "match", "regex", "unless", "needs", "where", "set", "priority", "tags", "tests", "extends", "version")
FILE_KEYS = ("format", "doc", "lexicons", "patterns", "rules")
CONTEXT_KEYS = ("before", "after", "inside", "sentence", "within")
TEST_KINDS = ("hit", "miss", "todo")
FRAGMENTS = {
    "numeral": r"[+-]?(?:[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?|[〇零一二两三四五六七八九十百千万亿]+)[十百千万亿]*",
    "han": r"\p{Han}+",
    "latin": r"[A-Za-z][A-Za-z0-9-]*",
}
"""Shared fragments of ``regex:`` rules, called as ``(?&numeral)``; named patterns are fragments too."""


# --- what a rule is ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RuleError:
    """One mistake in a rule file. ``code`` is stable; ``str()`` is what people read."""

    file: str
    line: int
    column: int
    rule: str
    code: str
    message: str

    def __str__(self) -> str:
        rule = f" {self.rule}:" if self.rule else ""
        return f"{self.file}:{self.line}:{self.column}:{rule} {self.message} [{self.code}]"


class RuleErrors(Exception):
    """Everything wrong with the rule files; nothing runs until all of it is mended."""

    def __init__(self, errors: Sequence[RuleError]) -> None:
        self.errors = tuple(sorted(errors, key=lambda e: (e.file, e.line, e.column)))
        super().__init__("\n".join(map(str, self.errors)))


@dataclass(frozen=True, slots=True)
class Lexicon:
    """A set of terms. ``entries`` maps each surface (simplified) to its row: term, canonical, code and more."""

    name: str
    entries: Mapping[str, Mapping[str, str]]
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Context:
    """What must (`needs`) or must not (`unless`) stand around a match.

    ``before``/``after``: within ``within`` characters of the match (0 = directly), in its sentence;
    ``inside``: in the match; ``sentence``: anywhere in its sentence.
    """

    before: regex.Pattern | None = None
    after: regex.Pattern | None = None
    inside: regex.Pattern | None = None
    sentence: regex.Pattern | None = None
    within: int = 0
    source: str = ""


@dataclass(frozen=True, slots=True)
class RuleTest:
    """A sentence a rule must hit (``span`` of the ⟦⟧, ``get`` fields), must miss, or can't do yet (todo)."""

    kind: str
    text: str
    span: tuple[int, int] | None
    get: Mapping[str, str]
    line: int
    column: int


@dataclass(frozen=True)
class Rule:
    """A compiled rule. ``search`` runs on `Symbols.text`; ``lead``/``trail`` are runs the engine adds."""

    id: str
    extracts: str
    doc: str
    file: str
    line: int
    order: int
    source: str
    tree: Node | None
    search: regex.Pattern
    plain: bool  # a regex: rule, matches the shadow without symbols
    lead: tuple[str, str] | None  # (field, text|phrase) captured before the search match, back to the clause start
    captures: Mapping[str, str]  # field -> type, "@lexicon", or "(…)"
    types: frozenset[str]  # mention types it needs
    unless: tuple[Context, ...]
    needs: tuple[Context, ...]
    where: tuple[tuple[str, Expression], ...]
    set: Mapping[str, str | Expression]
    priority: int
    tags: tuple[str, ...]
    tests: tuple[RuleTest, ...]
    version: str

    @cached_property
    def conditional(self) -> bool:
        """Whether a match may be vetoed."""
        return bool(self.where or self.unless or self.needs)

    @cached_property
    def phrases(self) -> tuple[str, ...]:
        """The phrase captures that the search itself finds (the lead is the engine's)."""
        return tuple(name for name, kind in self.captures.items() if kind == "phrase" and not (self.lead and name == self.lead[0]))


@dataclass(frozen=True)
class RuleSet:
    """All rules in file order, the lexicons they share, and a hash of every byte that made them."""

    rules: tuple[Rule, ...]
    lexicons: Mapping[str, Lexicon]
    sha256: str
    files: tuple[str, ...]

    def of(self, *kinds: str) -> tuple[Rule, ...]:
        return tuple(rule for rule in self.rules if rule.extracts in kinds)

    def only(self, only: Sequence[str] = (), but: Sequence[str] = ()) -> RuleSet:
        """The rules whose id (or a dotted prefix of it, or a tag) is in ``only`` and not in ``but``."""

        def named(rule: Rule, names: Sequence[str]) -> bool:
            return any(rule.id == n or rule.id.startswith(n + ".") or n in rule.tags for n in names)

        kept = tuple(r for r in self.rules if (not only or named(r, only)) and not named(r, but))
        return RuleSet(kept, self.lexicons, self.sha256, self.files)


# --- reading the files ------------------------------------------------------------------------


class Loader:
    """Collects lexicons, patterns and rules over all files first, then compiles, then reports."""

    def __init__(self, normalise: Callable[[str], str]) -> None:
        self.normalise = normalise
        self.errors: list[RuleError] = []
        self.lexicons: dict[str, Lexicon] = {}
        self.patterns: dict[str, tuple[Node, str, int]] = {}
        self.raw_rules: dict[str, tuple[MappingNode, str, int]] = {}  # id -> node, file, folder number
        self.digest = hashlib.sha256()
        self.files: list[str] = []
        self.shown = ""
        self.rule = ""
        self.expressions: dict[str, str] = {}

    def error(self, node: YamlNode | None, code: str, message: str, offset: int = 0) -> None:
        line, column = (node.start_mark.line + 1, node.start_mark.column + 1) if node is not None else (1, 1)
        if offset and isinstance(node, ScalarNode):
            column += offset + (1 if node.style in ('"', "'") else 0)
        self.errors.append(RuleError(self.shown, line, column, self.rule, code, message))

    # files

    def read(self, path: Path, shown: str, folder: int) -> None:
        self.shown, self.rule = shown, ""
        self.files.append(shown)
        root = self.parse(path)
        if root is None:
            return
        body = self.mapping(root, FILE_KEYS, "file")
        version = body.get("format")
        if not isinstance(version, ScalarNode) or version.value != FORMAT:
            self.error(version or root, "format", f"the file must say 'format: {FORMAT}'")
            return
        for key, node in self.pairs(body.get("lexicons"), "lexicons"):
            self.read_lexicon(key, node, path)
        for key, node in self.pairs(body.get("patterns"), "patterns"):
            self.read_pattern(key, node)
        for node in self.sequence(body.get("rules"), "rules"):
            self.read_rule_id(node, folder)

    def parse(self, path: Path) -> YamlNode | None:
        try:
            data = path.read_bytes()
            self.digest.update(path.name.encode() + b"\0" + data)
            if len(data) > MAX_FILE_BYTES:
                self.error(None, "size", f"the file has {len(data):,} bytes, at most {MAX_FILE_BYTES:,} are read: split it, or put terms into a CSV lexicon")
                return None
            text = data.decode("utf-8-sig")
        except OSError as problem:
            self.error(None, "unreadable", f"can't be read: {problem.strerror}")
            return None
        except UnicodeDecodeError as problem:
            line = data[: problem.start].count(b"\n") + 1
            self.errors.append(RuleError(self.shown, line, 1, "", "encoding", "is not UTF-8: save the file as UTF-8"))
            return None
        try:
            return self.compose(text)
        except (YAMLError, ValueError, RecursionError) as problem:
            mark = problem.problem_mark if isinstance(problem, MarkedYAMLError) else None
            line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
            what = problem.problem if isinstance(problem, MarkedYAMLError) and problem.problem else str(problem).splitlines()[0] if str(problem) else "nested too deeply"
            self.errors.append(RuleError(self.shown, line, column, "", "yaml", f"is not valid YAML: {what}"))
            return None

    def compose(self, text: str) -> YamlNode | None:
        """Nodes only, never Python objects: nothing in the file can run or change its type."""
        depth = max((len(line) - len(line.lstrip()) for line in text.splitlines() if line.strip()), default=0)
        if depth > 200 or regex.search(r"[\[{]\s*(?:[\[{]\s*){40}", text):
            raise ValueError("nested too deeply")
        yaml = YAML(typ="safe", pure=True)
        yaml.allow_duplicate_keys = True  # ours to report, located
        node = yaml.compose(io.StringIO(text))
        seen: set[int] = set()
        stack = [node] if node is not None else []
        while stack:
            item = stack.pop()
            if id(item) in seen:
                self.error(item, "alias", "YAML anchors and aliases are not allowed: write the value again, or use a lexicon or pattern")
                return None
            seen.add(id(item))
            if isinstance(item, ScalarNode):
                continue
            stack.extend(n for pair in item.value for n in pair) if isinstance(item, MappingNode) else stack.extend(item.value)
        for tag in regex.finditer(r"(?m)(?:^|[\s\[,{])(![A-Za-z!<][^\s,\]}]*)", text):
            line = text.count("\n", 0, tag.start(1)) + 1
            before = text[text.rfind("\n", 0, tag.start(1)) + 1 : tag.start(1)]
            if "#" not in before and before.count('"') % 2 == 0 and before.count("'") % 2 == 0 and regex.fullmatch(r"[\s-]*|.*[:,\[{]\s*", before):
                self.errors.append(RuleError(self.shown, line, len(before) + 1, "", "tag", f"YAML tag {tag.group(1)} is not allowed: values are plain text"))
        return node

    # shapes of YAML

    def mapping(self, node: YamlNode | None, allowed: Sequence[str], what: str) -> dict[str, YamlNode]:
        """The keys of a mapping, with unknown and repeated ones reported."""
        if not isinstance(node, MappingNode):
            self.error(node, "type", f"{what}: expected keys and values ({', '.join(allowed)})")
            return {}
        out: dict[str, YamlNode] = {}
        for key, value in node.value:
            name = key.value if isinstance(key, ScalarNode) else ""
            if name not in allowed:
                self.error(key, "unknown-key", f"unknown key '{name}' in {what}, allowed: {', '.join(allowed)}{did_you_mean(name, allowed)}")
            elif name in out:
                self.error(key, "duplicate-key", f"key '{name}' stands twice in {what}")
            else:
                out[name] = value
        return out

    def pairs(self, node: YamlNode | None, what: str) -> Iterable[tuple[ScalarNode, YamlNode]]:
        if node is None or (isinstance(node, ScalarNode) and not node.value):
            return
        if not isinstance(node, MappingNode):
            self.error(node, "type", f"{what}: expected names and values")
            return
        seen = set()
        for key, value in node.value:
            if not isinstance(key, ScalarNode) or not template.NAME.fullmatch(key.value):
                self.error(key, "name", f"{what}: a name is lower-case letters, digits and _")
            elif key.value in seen:
                self.error(key, "duplicate-key", f"'{key.value}' stands twice in {what}")
            else:
                seen.add(key.value)
                yield key, value

    def sequence(self, node: YamlNode | None, what: str) -> list[YamlNode]:
        if node is None or (isinstance(node, ScalarNode) and not node.value):
            return []
        if not isinstance(node, SequenceNode):
            self.error(node, "type", f"{what}: expected a list")
            return []
        return list(node.value)

    def text(self, node: YamlNode | None, what: str, default: str = "") -> str:
        if node is None:
            return default
        if not isinstance(node, ScalarNode):
            self.error(node, "type", f"{what}: expected text")
            return default
        return str(node.value)

    def texts(self, node: YamlNode | None, what: str) -> list[tuple[str, YamlNode]]:
        if isinstance(node, ScalarNode) and node.value:
            return [(node.value, node)]
        return [(self.text(item, what), item) for item in self.sequence(node, what)]

    # lexicons and patterns

    def read_lexicon(self, key: ScalarNode, node: YamlNode, path: Path) -> None:
        if key.value in self.lexicons and self.lexicons[key.value].file == self.shown:
            self.error(key, "duplicate-lexicon", f"lexicon '{key.value}' is defined twice")
            return
        entries: dict[str, Mapping[str, str]] = {}
        if isinstance(node, MappingNode):
            body = self.mapping(node, ("file", "map", "words"), f"lexicon {key.value}")
            if "file" in body:
                for name, where in self.texts(body["file"], "file"):
                    entries.update(self.read_words(path.parent / name, name, where))
            for term in self.texts(body.get("words"), "words"):
                entries[self.normalise(term[0])] = {"term": term[0], "canonical": term[0], "code": ""}
            for term, value in (body["map"].value if isinstance(body.get("map"), MappingNode) else []):
                entries[self.normalise(term.value)] = {"term": term.value, "canonical": term.value, "code": self.text(value, "code")}
        else:
            for term, _where in self.texts(node, f"lexicon {key.value}"):
                if term:
                    entries[self.normalise(term)] = {"term": term, "canonical": term, "code": ""}
        if not entries:
            self.error(node, "empty-lexicon", f"lexicon '{key.value}' has no terms: give a list, {{map: {{term: code}}}} or {{file: words/name.csv}}")
            return
        self.lexicons[key.value] = Lexicon(key.value, entries, self.shown, key.start_mark.line + 1)

    def read_words(self, path: Path, name: str, node: YamlNode) -> dict[str, Mapping[str, str]]:
        """A CSV lexicon: a header row with `term`, optional canonical, code, aliases (| separated) and more."""
        out: dict[str, Mapping[str, str]] = {}
        try:
            data = path.read_bytes()
            self.digest.update(name.encode() + b"\0" + data)
            rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))
        except OSError as problem:
            self.error(node, "lexicon-file", f"lexicon file {name} can't be read: {problem.strerror}")
            return out
        except (UnicodeDecodeError, csv.Error) as problem:
            self.error(node, "lexicon-file", f"lexicon file {name} is not a UTF-8 CSV: {problem}")
            return out
        if rows and "term" not in rows[0]:
            self.error(node, "lexicon-file", f"lexicon file {name} has no column 'term', its first line names: {', '.join(map(str, rows[0]))}")
            return out
        for row in rows:
            term = (row.get("term") or "").strip()
            if not term or term.startswith("#"):
                continue
            entry = {k: (v or "").strip() for k, v in row.items() if isinstance(k, str) and not isinstance(v, list)}
            entry["canonical"] = entry.get("canonical") or term
            entry.setdefault("code", "")
            for surface in (term, *(a.strip() for a in (entry.get("aliases") or "").split("|"))):
                if surface:
                    out.setdefault(self.normalise(surface), entry)
        return out

    def read_pattern(self, key: ScalarNode, node: YamlNode) -> None:
        tree = self.template(node, f"pattern {key.value}")
        if key.value in self.patterns:
            self.error(key, "duplicate-pattern", f"pattern '{key.value}' is defined in {self.patterns[key.value][1]} already")
        elif tree is not None:
            self.patterns[key.value] = (tree, self.shown, key.start_mark.line + 1)

    def template(self, node: YamlNode, what: str) -> Node | None:
        source = self.text(node, what)
        if not source:
            self.error(node, "empty", f"{what} is empty")
            return None
        try:
            return template.parse(source, self.normalise)
        except TemplateError as problem:
            hint = f", {problem.hint}" if problem.hint else ""
            self.error(node, "template", f"{what}: {problem.what}{hint}", problem.at)
            return None

    # rules

    def read_rule_id(self, node: YamlNode, folder: int) -> None:
        self.rule = ""
        if not isinstance(node, MappingNode):
            self.error(node, "type", "a rule is a set of keys: id, extracts, match, tests …")
            return
        name = next((v.value for k, v in node.value if isinstance(k, ScalarNode) and k.value == "id" and isinstance(v, ScalarNode)), "")
        if not regex.fullmatch(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)+", name):
            self.error(node, "id", f"rule id '{name}' must be words joined by dots, such as claim.level")
            return
        if name in self.raw_rules and self.raw_rules[name][2] == folder:
            self.rule = name
            first = self.raw_rules[name]
            self.error(node, "duplicate-id", f"id '{name}' is used already at {first[1]}:{first[0].start_mark.line + 1}")
            return
        self.raw_rules[name] = (node, self.shown, folder)

    def compile_all(self) -> RuleSet:
        rules = []
        for order, (name, (node, shown, _)) in enumerate(self.raw_rules.items()):
            self.shown, self.rule = shown, name
            before = len(self.errors)
            rule = self.compile_rule(name, node, order)
            if rule is not None and len(self.errors) == before:
                rules.append(rule)
        if self.errors:
            raise RuleErrors(self.errors)
        return RuleSet(tuple(rules), self.lexicons, self.digest.hexdigest(), tuple(self.files))

    def compile_rule(self, name: str, node: MappingNode, order: int) -> Rule | None:
        body = self.mapping(node, RULE_KEYS, "rule")
        if "extends" in body:
            body = self.extended(body)
        kind = self.text(body.get("extracts"), "extracts")
        if kind not in KINDS:
            self.error(body.get("extracts") or node, "extracts", f"extracts '{kind}', allowed: {', '.join(KINDS)}{did_you_mean(kind, KINDS)}")
            return None
        if ("match" in body) == ("regex" in body):
            self.error(node, "match", "a rule has either 'match' or 'regex'")
            return None
        compiled = self.compile_match(body["match"]) if "match" in body else self.compile_regex(body["regex"])
        if compiled is None:
            return None
        tree, search, lead, captures, types = compiled
        where_set = self.conditions(body, captures)
        priority = self.text(body.get("priority"), "priority", "50")
        if not regex.fullmatch(r"-?[0-9]{1,4}", priority):
            self.error(body["priority"], "priority", f"priority '{priority}' is not a whole number")
            priority = "50"
        return Rule(
            id=name,
            extracts=kind,
            doc=self.text(body.get("doc"), "doc"),
            file=self.shown,
            line=node.start_mark.line + 1,
            order=order,
            source=self.text(body.get("match") or body.get("regex"), "match"),
            tree=tree,
            search=search,
            plain="regex" in body,
            lead=lead,
            captures=captures,
            types=types,
            unless=self.contexts(body.get("unless"), "unless"),
            needs=self.contexts(body.get("needs"), "needs"),
            where=where_set[0],
            set=where_set[1],
            priority=int(priority),
            tags=tuple(t for t, _ in self.texts(body.get("tags"), "tags")),
            tests=self.tests(body.get("tests"), node),
            version=self.text(body.get("version"), "version", "1"),
        )

    def extended(self, body: dict[str, YamlNode]) -> dict[str, YamlNode]:
        parent = self.text(body["extends"], "extends")
        if parent not in self.raw_rules or parent == self.rule:
            self.error(body["extends"], "extends", f"no rule '{parent}' to extend{did_you_mean(parent, self.raw_rules)}")
            return body
        inherited = {k.value: v for k, v in self.raw_rules[parent][0].value if isinstance(k, ScalarNode)}
        if "extends" in inherited:
            self.error(body["extends"], "extends", f"'{parent}' extends another rule itself: one level only")
        skip = {"id", "tests", "extends"} | ({"match", "regex"} if body.keys() & {"match", "regex"} else set())
        return {**{k: v for k, v in inherited.items() if k not in skip}, **body}

    def compile_match(self, node: YamlNode) -> tuple[Node, regex.Pattern, tuple[str, str] | None, dict[str, str], frozenset[str]] | None:
        tree = self.template(node, "match")
        if tree is None:
            return None
        tree = self.inline(tree, node, ())
        if tree is None or not self.check_tree(tree, node):
            return None
        captures: dict[str, str] = {}
        types = set()
        for part in template.walk(tree):
            if part.kind == "capture":
                captures[part.name] = self.capture_type(part, captures.get(part.name, ""))
                types.add(part.type)
        lead, body = self.split_lead(tree)
        if lead and body is None:
            self.error(node, "no-anchor", "a text or phrase capture alone matches everything: add words, a lexicon or a typed capture")
            return None
        source = self.expression(body or tree)
        starts = template.first_chars(body or tree, {n: lex.entries for n, lex in self.lexicons.items()})
        if starts is not None and "" in starts and not types - {"text", "phrase", ""} and not self.must_match(body or tree):
            self.error(node, "matches-empty", "the template can match nothing at all: at least one part must not be optional")
            return None
        if starts and "" not in starts and len(starts) > 1:
            source = "(?=[" + "".join(regex.escape(c) for c in sorted(starts)) + "])" + source
        return tree, regex.compile(source, regex.V0), lead, captures, frozenset(types - {""})

    def capture_type(self, part: Node, before: str) -> str:
        """The type of a capture; a field captured from several lexicons lists them: ``@unit|currency``."""
        if part.type or part.items[0].kind != "lexicon":
            return part.type or "(…)"
        name = part.items[0].name
        return f"{before}|{name}" if before.startswith("@") and name not in before[1:].split("|") else before or f"@{name}"

    def must_match(self, node: Node) -> bool:
        """Whether the node always consumes at least one character."""
        match node.kind:
            case "opt":
                return False
            case "seq":
                return any(self.must_match(i) for i in node.items)
            case "alt":
                return all(self.must_match(i) for i in node.items)
            case "gap":
                return False
            case "capture":
                return self.must_match(node.items[0]) if node.items else True
            case _:
                return True

    def inline(self, node: Node, where: YamlNode, within: tuple[str, ...]) -> Node | None:
        """The tree with named patterns put in place of their names."""
        if node.kind == "pattern":
            if node.name in within:
                self.error(where, "recursion", f"pattern '{node.name}' contains itself: {' > '.join((*within, node.name))}")
                return None
            if node.name not in self.patterns:
                self.error(where, "unknown-pattern", f"unknown pattern '{{{node.name}}}'{did_you_mean(node.name, self.patterns)}; a capture is written {{{node.name}:type}}", node.at)
                return None
            if len(within) > 12:
                self.error(where, "depth", "patterns nest deeper than 12")
                return None
            return self.inline(self.patterns[node.name][0], where, (*within, node.name))
        if not node.items:
            return node
        items = [self.inline(item, where, within) for item in node.items]
        if any(item is None for item in items):
            return None
        return Node(node.kind, node.at, node.text, node.name, node.type, tuple(i for i in items if i), node.size)

    def check_tree(self, tree: Node, where: YamlNode) -> bool:
        good, size = True, 0
        for node in template.walk(tree):
            size += 1
            if node.kind == "lexicon" and node.name not in self.lexicons:
                self.error(where, "unknown-lexicon", f"unknown lexicon '@{node.name}'{did_you_mean(node.name, self.lexicons)}", node.at)
                good = False
            if node.kind == "capture" and not node.items and node.type not in template.TYPES:
                self.error(where, "unknown-type", f"unknown type '{node.type}' in {{{node.name}:{node.type}}}, allowed: {', '.join(template.TYPES)}{did_you_mean(node.type, template.TYPES)}", node.at)
                good = False
        if size > 2000:
            self.error(where, "size", "the template with its patterns has more than 2,000 parts")
            good = False
        return good

    def split_lead(self, tree: Node) -> tuple[tuple[str, str] | None, Node | None]:
        """A leading text or phrase capture is not searched for: it is the run before the rest of the match."""
        items = tree.items if tree.kind == "seq" else (tree,)
        if items and items[0].kind == "capture" and items[0].type in ("text", "phrase"):
            rest = items[1:]
            return (items[0].name, items[0].type), (Node("seq", tree.at, items=rest) if rest else None)
        return None, tree

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
                return "".join(self.expression(item, last and i == len(node.items) - 1) for i, item in enumerate(node.items))

    def compile_regex(self, node: YamlNode) -> tuple[None, regex.Pattern, None, dict[str, str], frozenset[str]] | None:
        source = self.text(node, "regex")
        fragments = "".join(f"(?P<{name}>{body})" for name, body in FRAGMENTS.items() if f"(?&{name})" in source)
        for name, (tree, _, _) in self.patterns.items():
            if f"(?&{name})" in source:
                inlined = self.inline(tree, node, (name,))
                if inlined is None or not self.check_tree(inlined, node):
                    return None
                body = regex.sub(r"\(\?P<[a-z0-9_]+>", "(?:", self.expression(inlined))
                fragments += f"(?P<{name}>{body})"
        try:
            pattern = regex.compile((f"(?(DEFINE){fragments})" if fragments else "") + source, regex.V0)
        except (regex.error, RecursionError, OverflowError) as problem:
            self.error(node, "regex", f"regex: {getattr(problem, 'msg', problem)}", getattr(problem, "pos", 0) or 0)
            return None
        if pattern.fullmatch(""):
            self.error(node, "matches-empty", "the regex can match nothing at all: it would fire everywhere")
            return None
        if runaway := nested_quantifier(source):
            self.error(node, "runaway", f"the regex can run away: {runaway} repeats a part that repeats itself; use a possessive (x++) or bounded repeat")
            return None
        names = [n for n in pattern.groupindex if n not in FRAGMENTS and n not in self.patterns]
        return None, pattern, None, {n: "text" for n in names}, frozenset()

    def contexts(self, node: YamlNode | None, what: str) -> tuple[Context, ...]:
        if node is None:
            return ()
        nodes = node.value if isinstance(node, SequenceNode) else [node]
        return tuple(c for c in (self.context(n, what) for n in nodes) if c)

    def context(self, node: YamlNode, what: str) -> Context | None:
        body = self.mapping(node, CONTEXT_KEYS, what)
        if not body.keys() & {"before", "after", "inside", "sentence"}:
            self.error(node, "ineffective", f"{what} has no effect: give before, after, inside or sentence")
            return None
        within = self.text(body.get("within"), "within", "0")
        if not regex.fullmatch(r"[0-9]{1,3}", within):
            self.error(body["within"], "within", f"within '{within}' is not a number of characters (0 to 999)")
            return None
        parts: dict[str, regex.Pattern] = {}
        for key in ("before", "after", "inside", "sentence"):
            trees = [self.context_tree(text, item, what) for text, item in self.texts(body.get(key), key)]
            if trees and all(trees):
                joined = "(?:" + "|".join(self.expression(t, last=False) for t in trees if t) + ")"
                parts[key] = regex.compile(regex.sub(r"\(\?P<[a-z0-9_]+>", "(?:", joined) + ("\\Z" if key == "before" and within == "0" else ""), regex.V0)
        source = ", ".join(f"{key} {'/'.join(t for t, _ in self.texts(body[key], key))}" for key in ("before", "after", "inside", "sentence") if key in body)
        return Context(within=int(within), source=source, **parts)

    def context_tree(self, text: str, node: YamlNode, what: str) -> Node | None:
        tree = self.template(node, what)
        tree = self.inline(tree, node, ()) if tree else None
        return tree if tree and self.check_tree(tree, node) else None

    def conditions(self, body: Mapping[str, YamlNode], captures: Mapping[str, str]) -> tuple[tuple[tuple[str, Expression], ...], dict[str, str | Expression]]:
        where = []
        for source, node in self.texts(body.get("where"), "where"):
            if run := self.compiled_expression(source, node, captures, 0):
                where.append((source, run))
        out: dict[str, str | Expression] = {}
        for key, node in self.pairs(body.get("set"), "set"):
            value = self.text(node, "set")
            if value.startswith("="):
                if run := self.compiled_expression(value[1:], node, captures, 1):
                    out[key.value] = run
            else:
                out[key.value] = value
        return tuple(where), out

    def compiled_expression(self, source: str, node: YamlNode, captures: Mapping[str, str], shift: int) -> Expression | None:
        try:
            run, names = compile_expression(source)
        except ExpressionError as problem:
            self.error(node, "expression", f"'{source.strip()}': {problem.what}", problem.at + shift)
            return None
        known = (*captures, "region", "script")
        for name in sorted(names):
            if name.split(".")[0] not in known:
                self.error(node, "unknown-name", f"'{name}' is captured nowhere in this rule, known: {', '.join(known)}{did_you_mean(name, known)}")
                return None
        return run

    # tests

    def tests(self, node: YamlNode | None, rule: YamlNode) -> tuple[RuleTest, ...]:
        out = [test for item in self.sequence(node, "tests") if (test := self.test(item))]
        kinds = {test.kind for test in out}
        if not {"hit", "miss"} <= kinds:
            missing = " and ".join(sorted({"hit", "miss"} - kinds))
            self.error(node or rule, "untested", f"a rule needs at least one hit and one miss among its tests: no {missing}")
        return tuple(out)

    def test(self, node: YamlNode) -> RuleTest | None:
        body = self.mapping(node, (*TEST_KINDS, "get"), "test")
        kind = next((k for k in TEST_KINDS if k in body), "")
        if not kind:
            self.error(node, "test", "a test is a hit, a miss or a todo")
            return None
        text = self.text(body[kind], kind)
        start, end = text.find("⟦"), text.find("⟧") - 1
        plain = text.replace("⟦", "").replace("⟧", "")
        if kind == "hit" and (start < 0 or end <= start or text.count("⟦") != 1 or text.count("⟧") != 1):
            self.error(body[kind], "test-span", "a hit marks the span it must find with ⟦ and ⟧, once")
            return None
        if kind == "miss" and plain != text:
            self.error(body[kind], "test-span", "a miss marks no span")
            return None
        get = {}
        for key, value in self.pairs(body.get("get"), "get"):
            get[key.value] = self.text(value, "get")
        return RuleTest(kind, plain, (start, end) if start >= 0 and end > start else None, get, node.start_mark.line + 1, node.start_mark.column + 1)


def nested_quantifier(source: str) -> str:
    """A group with an unbounded repeat directly inside an unbounded repeat, the classic runaway; "" if none."""
    found = regex.search(r"\((?:\?:|\?P<\w+>)?(?:[^()\\]|\\.)*[^\\()+][*+](?![+])\)(?:[*+](?![+])|\{[0-9]+,\})", source)
    return str(found.group()) if found else ""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(word, list(known), 1, 0.6)
    return f" (did you mean '{close[0]}'?)" if close else ""


def as_decimal(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def load(folders: Sequence[Path], normalise: Callable[[str], str] = lambda s: s) -> RuleSet:
    """All rules of the folders, in order of folder and file name.

    ``normalise`` brings terms to the form of the shadow (simplified, half-width). A later folder may
    redefine a rule id. Raises `RuleErrors` with everything that is wrong.
    """
    loader = Loader(normalise)
    for number, folder in enumerate(folders):
        paths = sorted(folder.glob("*.yaml")) if folder.is_dir() else [folder]
        if not folder.exists():
            loader.errors.append(RuleError(str(folder), 1, 1, "", "missing", "there is no such rule folder"))
            continue
        for path in paths:
            loader.read(path, path.name if number == 0 and folder.is_dir() else path.as_posix(), number)
    return loader.compile_all()
