"""One rule of a file → `Rule`: its keys read, checked and compiled, what is wrong reported with its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import regex

from pipeline.rulekit.compile import Compiled, Compiler
from pipeline.rulekit.expr import Expression, ExpressionError, compile_expression
from pipeline.rulekit.fieldvalues import ineffective, repeated_fields, unknown_fields, wrong_values
from pipeline.rulekit.rule import (
    CONTEXT_KEYS,
    KINDS,
    RULE_KEYS,
    TEST_KEYS,
    TEST_KINDS,
    Context,
    Rule,
    RuleTest,
)
from pipeline.rulekit.ruleerrors import Report, did_you_mean
from pipeline.rulekit.rulefile import Item, Keys, Listed, Text, keys, named, sequence, text, texts

__all__ = ["Draft", "RuleReader"]

MAX_EXTENDS = 8


@dataclass(frozen=True, slots=True)
class Draft:
    """A rule as written: its keys, its file as shown and as opened, and the number of its folder."""

    node: Keys
    shown: str
    path: Path
    folder: int


class RuleReader:
    """Reads rules against the lexicons and patterns of all files. ``drafts``: every rule as written, by id, one a folder."""

    def __init__(self, report: Report, compiler: Compiler, drafts: Mapping[str, list[Draft]]) -> None:
        self.report, self.compiler, self.drafts = report, compiler, drafts

    def error(self, item: Item | None, code: str, message: str, offset: int = 0) -> None:
        self.report.error(item, code, message, offset)

    def read(self, name: str, draft: Draft, order: int) -> Rule | None:
        """The rule of a draft, None when it is too wrong to go on; every mistake is reported."""
        node = draft.node
        body = keys(node, tuple(RULE_KEYS), "rule", self.report)
        if "extends" in body:
            body = self.extended(body, name)
        tests = self.tests(body.get("tests"), node)
        kind = self.kind(body, node)
        if kind not in KINDS and "extends" in body and "extracts" not in body:
            return None  # what it extends is wrong, and said so
        compiled = self.compiled(body, node)
        if compiled is None:
            return None
        where, given = self.conditions(body, compiled.captures)
        self.check_fields(body, node, kind, compiled)
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

    def kind(self, body: Mapping[str, Item], node: Item) -> str:
        """What the rule extracts."""
        kind = text(body.get("extracts"), "extracts", self.report)
        if kind not in KINDS and not ("extends" in body and "extracts" not in body):
            what = f"extracts '{kind}'" if kind else "the rule doesn't say what it extracts"
            self.error(
                body.get("extracts") or node,
                "extracts",
                f"{what}, allowed: {', '.join(KINDS)}{did_you_mean(kind, KINDS)}",
            )
        return kind

    def compiled(self, body: Mapping[str, Item], node: Keys) -> Compiled | None:
        """The rule's template or regular expression."""
        if ("match" in body) == ("regex" in body):
            if len(body) < len(node.pairs) and "match" not in body:
                return None  # an unknown key was reported, which may be a misspelt one of these
            both = ", not both" if "match" in body else ""
            self.error(node, "match", f"a rule has either 'match' or 'regex'{both}")
            return None
        return self.compiler.match(body["match"]) if "match" in body else self.compiler.regex(body["regex"])

    def check_fields(self, body: Mapping[str, Item], node: Item, kind: str, compiled: Compiled) -> None:
        """Report fields that nothing reads, values that a field can't have, and fields given twice."""
        given, match = body.get("set"), body.get("match") or body["regex"]
        fields = {k.value: v for k, v in given.pairs if isinstance(k, Text)} if isinstance(given, Keys) else {}
        found = [*unknown_fields(given, kind), *ineffective(node, kind, compiled.captures, fields)]
        found += wrong_values(given, match, compiled.tree, kind, self.compiler.lexicons)
        if compiled.tree:
            found += repeated_fields(match, compiled.tree, kind)
        for wrong in found:
            self.error(wrong.item, wrong.code, wrong.message, wrong.at)

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
