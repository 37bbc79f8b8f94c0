"""Rule files: YAML to compiled rules, every error at once and located.

`load(folders)` reads each `*.yaml` of the folders (in order; later folders may redefine a rule id, a lexicon or a
pattern), compiles every template, and raises `RuleErrors` with *all* that is wrong, each as ``file:line:col: rule:
what, what is allowed [code]``. No code, no YAML tags; scalars stay strings. `rulefile` reads YAML, `lexicons` the
terms, `compile` makes expressions; the rules' own keys are read here.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import regex

from pipeline.rulekit.compile import FRAGMENTS, Compiler
from pipeline.rulekit.expr import Expression, ExpressionError, compile_expression
from pipeline.rulekit.lexicons import Lexicon, LexiconReader
from pipeline.rulekit.rule import (
    CONTEXT_KEYS,
    FILE_KEYS,
    FORMAT,
    KINDS,
    RULE_KEYS,
    SETTABLE,
    TEST_KEYS,
    TEST_KINDS,
    Context,
    Rule,
    RuleSet,
    RuleTest,
)
from pipeline.rulekit.ruleerrors import CODES, Report, RuleError, RuleErrors, did_you_mean
from pipeline.rulekit.rulefile import Item, Keys, Listed, Text, keys, named, parse, sequence, text, texts

__all__ = [
    "CODES",
    "CONTEXT_KEYS",
    "FILE_KEYS",
    "FORMAT",
    "FRAGMENTS",
    "KINDS",
    "RULE_KEYS",
    "TEST_KEYS",
    "Context",
    "Lexicon",
    "Rule",
    "RuleError",
    "RuleErrors",
    "RuleSet",
    "RuleTest",
    "load",
    "loaded",
]

MAX_TOTAL = 1_000_000  # bytes of all YAML files together
MAX_EXTENDS = 8


@dataclass(frozen=True, slots=True)
class Draft:
    """A rule as written: its keys, its file as shown and as opened, and the number of its folder."""

    node: Keys
    shown: str
    path: Path
    folder: int


class Loader:
    """Collects lexicons, patterns and rules over all files first, then compiles, then reports."""

    def __init__(self, normalise: Callable[[str], str]) -> None:
        self.report = Report()
        self.compiler = Compiler(self.report, normalise)
        self.lexicons = LexiconReader(self.report, normalise, self.bytes_of)
        self.drafts: dict[str, list[Draft]] = {}  # id -> definitions, one a folder, the last one counts
        self.owners: dict[str, tuple[int, str]] = {}  # lexicon or pattern -> folder and place of its definition
        self.digest = hashlib.sha256()
        self.files: list[str] = []
        self.total = 0

    def error(self, item: Item | None, code: str, message: str, offset: int = 0) -> None:
        self.report.error(item, code, message, offset)

    def bytes_of(self, path: Path, name: str) -> bytes:
        data = path.read_bytes()
        self.digest.update(name.encode("utf-8", "backslashreplace") + b"\0" + data)
        return data

    def read(self, path: Path, shown: str, folder: int) -> None:
        """One file: its lexicons, patterns and, uncompiled, its rules."""
        self.report.file, self.report.rule = shown, ""
        self.files.append(shown)
        try:
            data = self.bytes_of(path, path.name)
        except OSError as problem:
            self.error(None, "unreadable", f"can't be read: {problem.strerror}")
            return
        self.total += len(data)
        if self.total > MAX_TOTAL:
            self.error(
                None, "size", f"all rule files together have more than {MAX_TOTAL:,} bytes: put terms into CSV lexicons"
            )
            return
        before = len(self.report.errors)
        root = parse(data, self.report)
        if root is None:
            self.compiler.complete = False
            if len(self.report.errors) == before:
                self.error(None, "format", f"the file is empty: it must start with 'format: {FORMAT}'")
            return
        body = keys(root, tuple(FILE_KEYS), "file", self.report)
        if not isinstance(root, Keys):
            return
        version = body.get("format")
        if not isinstance(version, Text) or version.value != FORMAT:
            self.error(version or root, "format", f"the file must say 'format: {FORMAT}'")
            return
        for key, item in named(body.get("lexicons"), "lexicons", self.report):
            self.read_lexicon(key, item, path, folder)
        for key, item in named(body.get("patterns"), "patterns", self.report):
            self.read_pattern(key, item, folder)
        for item in sequence(body.get("rules"), "rules", self.report):
            self.read_rule_id(item, path, folder)

    def read_lexicon(self, key: Text, item: Item, path: Path, folder: int) -> None:
        if not self.first_here(key, "lexicon", folder):
            return
        if lexicon := self.lexicons.lexicon(key, item, path.parent):
            self.compiler.lexicons[key.value] = lexicon

    def read_pattern(self, key: Text, item: Item, folder: int) -> None:
        if not self.first_here(key, "pattern", folder):
            return
        if tree := self.compiler.template(item, f"pattern {key.value}"):
            self.compiler.patterns[key.value] = tree

    def first_here(self, key: Text, what: str, folder: int) -> bool:
        """Whether no file of the same folder defines the name already; later folders may redefine it."""
        name = f"{what} {key.value}"
        if name in self.owners and self.owners[name][0] == folder:
            self.error(key, f"duplicate-{what}", f"{what} '{key.value}' is defined in {self.owners[name][1]} already")
            return False
        self.owners[name] = (folder, f"{self.report.file}:{key.line}")
        return True

    def read_rule_id(self, item: Item, path: Path, folder: int) -> None:
        self.report.rule = ""
        if not isinstance(item, Keys):
            self.error(item, "type", "a rule is a set of keys: id, extracts, match, tests ...")
            return
        name, place = next(
            ((v.value, v) for k, v in item.pairs if isinstance(k, Text) and k.value == "id" and isinstance(v, Text)),
            ("", item),
        )
        if not regex.fullmatch(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)+", name):
            what = f"rule id '{name[:60]}' must be" if name else "a rule needs an id:"
            self.error(place, "id", f"{what} words joined by dots, such as claim.level")
            return
        known = self.drafts.setdefault(name, [])
        if known and known[-1].folder == folder:
            self.report.rule = name
            self.error(place, "duplicate-id", f"id '{name}' is used already at {known[-1].shown}:{known[-1].node.line}")
            return
        known.append(Draft(item, self.report.file, path, folder))

    # rules

    def compile_all(self) -> RuleSet:
        rules = []
        for order, (name, drafts) in enumerate(self.drafts.items()):
            self.report.file, self.report.rule = drafts[-1].shown, name
            before = len(self.report.errors)
            try:
                rule = self.rule(name, drafts[-1], order)
            except RecursionError:
                self.error(drafts[-1].node, "depth", "the rule nests too deeply")
                rule = None
            if rule is not None and len(self.report.errors) == before:
                rules.append(rule)
        if self.report.errors:
            raise RuleErrors(self.report.errors)
        self.compiler.known.keep()
        return RuleSet(tuple(rules), self.compiler.lexicons, self.digest.hexdigest(), tuple(self.files))

    def rule(self, name: str, draft: Draft, order: int) -> Rule | None:
        node = draft.node
        body = keys(node, tuple(RULE_KEYS), "rule", self.report)
        if "extends" in body:
            body = self.extended(body, name)
        tests = self.tests(body.get("tests"), node)
        kind = text(body.get("extracts"), "extracts", self.report)
        if kind not in KINDS and "extends" in body and "extracts" not in body:
            return None  # what it extends is wrong, and said so
        if kind not in KINDS:
            what = f"extracts '{kind}'" if kind else "the rule doesn't say what it extracts"
            self.error(
                body.get("extracts") or node,
                "extracts",
                f"{what}, allowed: {', '.join(KINDS)}{did_you_mean(kind, KINDS)}",
            )
        if ("match" in body) == ("regex" in body):
            if len(body) < len(node.pairs) and "match" not in body:
                return None  # an unknown key was reported, which may be a misspelt one of these
            self.error(
                node, "match", "a rule has either 'match' or 'regex'" + (", not both" if "match" in body else "")
            )
            return None
        compiled = self.compiler.match(body["match"]) if "match" in body else self.compiler.regex(body["regex"])
        if compiled is None:
            return None
        where, given = self.conditions(body, compiled.captures)
        if kind in KINDS:
            self.settable(body.get("set"), kind)
        return Rule(
            id=name,
            extracts=kind,
            doc=text(body.get("doc"), "doc", self.report),
            file=draft.shown,
            line=node.line,
            order=order,
            source=text(body.get("match") or body.get("regex"), "match", self.report),
            tree=compiled.tree,
            search=compiled.search,
            plain="regex" in body,
            lead=compiled.lead,
            captures=compiled.captures,
            types=compiled.types,
            unless=self.contexts(body.get("unless"), "unless"),
            needs=self.contexts(body.get("needs"), "needs"),
            where=where,
            set=given,
            priority=self.whole(body.get("priority"), "priority", 50),
            tags=tuple(t for t, _ in texts(body.get("tags"), "tags", self.report)),
            tests=tests,
            version=text(body.get("version"), "version", self.report, "1"),
            path=draft.path.as_posix(),
        )

    def whole(self, item: Item | None, what: str, default: int) -> int:
        written = text(item, what, self.report, str(default))
        if regex.fullmatch(r"-?[0-9]{1,4}", written):
            return int(written)
        self.error(
            item,
            what,
            f"{what} '{written[:60]}' is not a whole number"
            + (" of characters (0 to 999)" if what == "within" else " (-9999 to 9999)"),
        )
        return default

    def extended(self, body: dict[str, Item], name: str) -> dict[str, Item]:
        """The keys of a rule over those of the rule it extends; its own id means the same rule of an earlier folder."""
        seen, start = [name], body
        folder = self.drafts[name][-1].folder
        while "extends" in start:
            where = start["extends"]
            parent = text(where, "extends", self.report)
            versions = [d for d in self.drafts.get(parent, ()) if parent != seen[-1] or d.folder < folder]
            if not versions:
                self.error(
                    body["extends"],
                    "extends",
                    f"no rule '{parent[:60]}' to extend{did_you_mean(parent, [r for r in self.drafts if r != name])}",
                )
                return body
            if (parent in seen and parent != seen[-1]) or len(seen) > MAX_EXTENDS:
                code, what = (
                    ("recursion", "extends itself")
                    if parent in seen
                    else ("depth", f"extends more than {MAX_EXTENDS} rules")
                )
                self.error(body["extends"], code, f"'{name}' {what}: {' > '.join([*seen, parent])}")
                return body
            inherited = {k.value: v for k, v in versions[-1].node.pairs if isinstance(k, Text) and k.value in RULE_KEYS}
            folder = versions[-1].folder
            seen.append(parent)
            skip = {"id", "tests", "tags", "doc", "version"} | (
                {"match", "regex"} if body.keys() & {"match", "regex"} else set()
            )
            body = {**{k: v for k, v in inherited.items() if k not in skip and k != "extends"}, **body}
            start = inherited
        return body

    def contexts(self, item: Item | None, what: str) -> tuple[Context, ...]:
        if item is None:
            return ()
        items = item.items if isinstance(item, Listed) else [item]
        return tuple(c for c in (self.context(i, what) for i in items) if c)

    def context(self, item: Item, what: str) -> Context | None:
        body = keys(item, tuple(CONTEXT_KEYS), what, self.report)
        places = [key for key in ("before", "after", "inside", "sentence") if key in body]
        if not places and "start" not in body:
            if isinstance(item, Keys):
                self.error(item, "ineffective", f"{what} has no effect: give before, after, inside, sentence or start")
            return None
        start = text(body["start"], "start", self.report) if "start" in body else ""
        if start not in ("", "line", "sentence"):
            self.error(body["start"], "ineffective", f"{what}: start is line or sentence")
        within = self.whole(body.get("within"), "within", 0)
        if not 0 <= within <= 999:
            self.error(body["within"], "within", f"within '{within}' is not a number of characters (0 to 999)")
        if "within" in body and not {"before", "after"} & body.keys():
            self.error(
                body["within"],
                "ineffective",
                f"within has no effect on {' and '.join(places)}: it counts characters before or after the match",
            )
        parts: dict[str, regex.Pattern[str]] = {}
        sources = []
        for key in places:
            written = texts(body[key], key, self.report)
            sources.append(f"{key} {'/'.join(t for t, _ in written)}")
            if not written:
                self.error(body[key], "ineffective", f"{what}: {key} names nothing")
            elif pattern := self.compiler.context(body[key], f"{what} {key}", written, key == "before" and within == 0):
                parts[key] = pattern
        if start:
            sources.append(f"start {start}")
        return Context(within=within, start=start, source=", ".join(sources), **parts)

    def conditions(
        self, body: Mapping[str, Item], captures: Mapping[str, str]
    ) -> tuple[tuple[tuple[str, Expression], ...], dict[str, str | Expression]]:
        where = []
        for source, item in texts(body.get("where"), "where", self.report):
            if run := self.expression(source, item, captures, 0):
                where.append((source, run))
        out: dict[str, str | Expression] = {}
        for key, item in named(body.get("set"), "set", self.report):
            value = text(item, "set", self.report)
            if value.startswith("="):
                if run := self.expression(value[1:], item, captures, 1):
                    out[key.value] = run
            else:
                out[key.value] = value
        return tuple(where), out

    def settable(self, item: Item | None, kind: str) -> None:
        """Report fields that nothing reads."""
        for key, _ in item.pairs if isinstance(item, Keys) and kind in SETTABLE else ():
            if isinstance(key, Text) and key.value not in SETTABLE[kind]:
                near = did_you_mean(key.value, SETTABLE[kind])
                self.error(
                    key,
                    "unknown-field",
                    f"set: {kind} rules have no field '{key.value[:60]}', allowed: {', '.join(SETTABLE[kind])}{near}",
                )

    def expression(self, source: str, item: Item, captures: Mapping[str, str], shift: int) -> Expression | None:
        try:
            run, names = compile_expression(source)
        except ExpressionError as problem:
            self.error(item, "expression", f"'{source.strip()[:80]}': {problem.what}", problem.at + shift)
            return None
        known = (*captures, "region", "script")
        for name in sorted(names):
            if name.split(".")[0] not in known:
                near = did_you_mean(name.split(".")[0], known)
                self.error(
                    item, "unknown-name", f"'{name}' is captured nowhere in this rule, known: {', '.join(known)}{near}"
                )
                return None
        if not names and not shift:
            self.error(
                item,
                "ineffective",
                f"the condition '{source.strip()[:80]}' names no capture: it is the same for every match",
            )
            return None
        return run

    # tests

    def tests(self, item: Item | None, rule: Item) -> tuple[RuleTest, ...]:
        before = len(self.report.errors)
        out = [test for part in sequence(item, "tests", self.report) if (test := self.test(part))]
        kinds = {test.kind for test in out}
        if not {"hit", "miss"} <= kinds and len(self.report.errors) == before:
            missing = " and no ".join(sorted({"hit", "miss"} - kinds))
            self.error(
                item or rule, "untested", f"a rule needs at least one hit and one miss among its tests: no {missing}"
            )
        return tuple(out)

    def test(self, item: Item) -> RuleTest | None:
        body = keys(item, tuple(TEST_KEYS), "test", self.report)
        kinds = [k for k in TEST_KINDS if k in body]
        if len(kinds) != 1:
            if isinstance(item, Keys):
                self.error(item, "test", "a test is a hit, a miss or a todo" + (", only one of them" if kinds else ""))
            return None
        kind = kinds[0]
        sentence = text(body[kind], kind, self.report)
        if not sentence.strip():
            self.error(item, "test", f"a {kind} needs its sentence")
            return None
        start, end = sentence.find("⟦"), sentence.find("⟧") - 1
        plain = sentence.replace("⟦", "").replace("⟧", "")
        marked = plain != sentence
        paired = end > start >= 0 and len(sentence) - len(plain) == 2
        if (kind == "hit" or (kind == "todo" and marked)) and not paired:
            self.error(body[kind], "test-span", f"a {kind} marks the span it must find with ⟦ and ⟧, once")
            return None
        if kind == "miss" and marked:
            self.error(body[kind], "test-span", "a miss marks no span")
            return None
        if kind == "miss" and "get" in body:
            self.error(body["get"], "ineffective", "get has no effect on a miss: nothing is found there")
        get = {key.value: text(value, "get", self.report) for key, value in named(body.get("get"), "get", self.report)}
        return RuleTest(kind, plain, (start, end) if paired else None, get, item.line, item.column)


def load(folders: Sequence[Path], normalise: Callable[[str], str] = lambda s: s) -> RuleSet:
    """All rules of the folders, in order of folder and file name.

    ``normalise`` brings terms to the form of the shadow (simplified, half-width). A later folder may
    redefine rule ids, lexicons and patterns. Raises `RuleErrors` with everything that is wrong.
    """
    loader = Loader(normalise)
    for number, folder in enumerate(folders):
        if not folder.exists():
            loader.report.errors.append(
                RuleError(folder.as_posix(), 1, 1, "", "missing", "there is no such rule folder")
            )
            continue
        paths = sorted(folder.glob("*.yaml")) if folder.is_dir() else [folder]
        if not paths:
            loader.report.errors.append(
                RuleError(folder.as_posix(), 1, 1, "", "missing", "the folder holds no *.yaml file")
            )
        for path in paths:
            loader.read(path, path.name if number == 0 and folder.is_dir() else path.as_posix(), number)
    return loader.compile_all()


_recent: OrderedDict[tuple[object, ...], RuleSet] = OrderedDict()
RECENT = 6  # rule sets that `loaded` keeps


def loaded(folders: Sequence[Path], normalise: Callable[[str], str] = lambda s: s) -> RuleSet:
    """`load`, or the same rule set again as long as no file of the folders has changed. Raises `RuleErrors`."""
    files = [path for folder in folders for path in (sorted(folder.rglob("*")) if folder.is_dir() else [folder])]
    stats = [(path, path.stat()) for path in files if path.suffix in (".yaml", ".csv") and path.is_file()]
    key = (
        tuple(folders),
        normalise,
        *((path, about.st_mtime_ns, about.st_size, about.st_ino) for path, about in stats),
    )
    if key not in _recent:
        _recent[key] = load(folders, normalise)
        while len(_recent) > RECENT:
            _recent.popitem(last=False)
    return _recent[key]
