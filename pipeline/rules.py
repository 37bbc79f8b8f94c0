"""Rule files: YAML to compiled rules, every error at once and located.

`load(folders)` reads each `*.yaml` of the folders (in order; later folders may redefine a rule id, a lexicon or a
pattern), compiles every template, and raises `RuleErrors` with *all* that is wrong, each as ``file:line:col: rule:
what, what is allowed [code]``. No code, no YAML tags; scalars stay strings. `rulefile` reads YAML, `lexicons` the
terms, `rulereader` rules, `compile` makes expressions.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Sequence
from pathlib import Path

import regex

from pipeline.rulekit.compile import FRAGMENTS, Compiler
from pipeline.rulekit.lexicons import Lexicon, LexiconReader
from pipeline.rulekit.rule import (
    CONTEXT_KEYS,
    FILE_KEYS,
    FORMAT,
    KINDS,
    RULE_KEYS,
    TEST_KEYS,
    Context,
    Rule,
    RuleSet,
    RuleTest,
)
from pipeline.rulekit.ruleerrors import CODES, Report, RuleError, RuleErrors
from pipeline.rulekit.rulefile import Item, Keys, Text, keys, named, parse, sequence
from pipeline.rulekit.rulereader import Draft, RuleReader

__all__ = [
    "CODES",
    "CONTEXT_KEYS",
    "FILE_KEYS",
    "FORMAT",
    "FRAGMENTS",
    "KINDS",
    "RULE_ID",
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

RULE_ID = regex.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)+")
MAX_TOTAL = 1_000_000  # bytes of all YAML files together


class Loader:
    """Collects lexicons, patterns and rules over all files first, then compiles, then reports."""

    def __init__(self, normalise: Callable[[str], str]) -> None:
        self.report = Report()
        self.compiler = Compiler(self.report, normalise)
        self.lexicons = LexiconReader(self.report, normalise, self.bytes_of)
        self.drafts: dict[str, list[Draft]] = {}  # id -> definitions, one a folder, the last one counts
        self.owners: dict[str, tuple[int, str]] = {}  # lexicon or pattern -> folder and place of its definition
        self.written: dict[str, tuple[str, Item]] = {}  # pattern -> its file and the template
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
        for item in (rules := sequence(body.get("rules"), "rules", self.report)):
            self.read_rule_id(item, path, folder)
        if not rules and not body.keys() & {"lexicons", "patterns"} and len(self.report.errors) == before:
            self.error(body.get("rules") or root, "ineffective", "the file holds no rules: add one, or remove the file")

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
            self.written[key.value] = (self.report.file, item)

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
        if not RULE_ID.fullmatch(name):
            what = f"rule id '{name[:60]}' must be" if name else "a rule needs an id:"
            self.error(place, "id", f"{what} words joined by dots, such as claim.level")
            return
        known = self.drafts.setdefault(name, [])
        if known and known[-1].folder == folder:
            self.report.rule = name
            self.error(place, "duplicate-id", f"id '{name}' is used already at {known[-1].shown}:{known[-1].node.line}")
            return
        known.append(Draft(item, self.report.file, path, folder))

    def compile_all(self) -> RuleSet:
        rules, reader = [], RuleReader(self.report, self.compiler, self.drafts)
        for order, (name, drafts) in enumerate(self.drafts.items()):
            self.report.file, self.report.rule = drafts[-1].shown, name
            before = len(self.report.errors)
            try:
                rule = reader.read(name, drafts[-1], order)
            except RecursionError:
                self.error(drafts[-1].node, "depth", "the rule nests too deeply")
                rule = None
            if rule is not None and len(self.report.errors) == before:
                rules.append(rule)
        if not any(error.code == "depth" for error in self.report.errors):
            self.check_unused()
        if self.report.errors:
            raise RuleErrors(self.report.errors)
        self.compiler.trials.keep()
        return RuleSet(tuple(rules), self.compiler.lexicons, self.digest.hexdigest(), tuple(self.files))

    def check_unused(self) -> None:
        """Report what is wrong with patterns that no template names: the first rule to use one would fail."""
        for name in sorted(self.written.keys() - self.compiler.sizes.keys()):
            (self.report.file, item), self.report.rule = self.written[name], ""
            self.compiler.tree(item, f"pattern {name}")
            if self.report.errors and self.report.errors[-1].code == "depth":
                return  # the others of the chain say no more, each as slowly


def load(folders: Sequence[Path], normalise: Callable[[str], str] = lambda s: s) -> RuleSet:
    """All rules of the folders, in order of folder and file name.

    ``normalise`` brings terms to the form of the shadow (simplified, half-width). A later folder may
    redefine rule ids, lexicons and patterns. Raises `RuleErrors` with everything that is wrong.
    """
    loader = Loader(normalise)
    for number, folder in enumerate(folders):
        if not folder.exists():
            what = "file" if folder.suffix else "folder"  # what isn't there can only be told by its name
            message = f"there is no such rule {what}"
            loader.report.errors.append(RuleError(folder.as_posix(), 1, 1, "", "missing", message))
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
