"""A workbench: rules loaded afresh, the stages made from them, and articles to try them on."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pipeline.config import UsageError, rule_folders
from pipeline.document import doc_id, shown
from pipeline.model import Article, Found, Source
from pipeline.rules import Rule, RuleSet, loaded
from pipeline.stages import build
from pipeline.stages.article import make_article
from pipeline.stages.convert import simplify
from pipeline.stages.read import ReadError, discover, from_text, is_supported, read

__all__ = ["Bench", "articles", "open_bench"]


@dataclass(frozen=True)
class Bench:
    """Rules and the full list of stages made from them."""

    rules: RuleSet
    stages: tuple[tuple[str, Callable[[Article, Found], Any]], ...]

    def find(self, source: Source) -> tuple[Article, Found]:
        """Everything the stages find in a document, in text offsets."""
        article, found = make_article(source), Found()
        for _, stage in self.stages:
            more = stage(article, found)
            found = more if isinstance(more, Found) else found.plus(more)
        return article, found

    def extract(self, text: str) -> tuple[Article, Found]:
        """The same of a text that is no file."""
        return self.find(from_text(text))

    def rule(self, name: str) -> Rule:
        """A rule by its id. Raises UsageError with the id that is meant."""
        known = {rule.id: rule for rule in self.rules.rules}
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            raise UsageError(
                f"no rule is called {name!a}"
                + (f"; did you mean {near[0]}?" if near else "; `zhclaims rules list` lists them")
            )
        return known[name]

    def of_file(self, path: Path) -> list[Rule]:
        """The rules of a file."""
        return [rule for rule in self.rules.rules if Path(rule.path).resolve() == path.resolve()]


def open_bench(
    folders: Sequence[Path] = (), ner: str = "none", files: Sequence[Path] = (), builtin: Path | None = None
) -> Bench:
    """Rules of the built-in folder (or ``builtin``), of further folders, and of single files that lie in none of them.

    Raises RuleErrors with all that is wrong.
    """
    every = rule_folders([folder.as_posix() for folder in folders])
    if builtin is not None:
        every[0] = builtin
    inside = {path.resolve() for folder in every for path in (folder.glob("*.yaml") if folder.is_dir() else [folder])}
    every += [file for file in files if file.resolve() not in inside]
    rules = loaded(every, simplify)
    return Bench(rules, build(rules, ner))


def articles(corpus: Sequence[Path], published: str = "") -> Iterator[Source]:
    """The articles of files and folders that can be read, in order; the others are left out, as a run reports them."""
    for path in discover(list(corpus)):
        if not is_supported(path) or (path.stem.lower() == "readme" and path not in corpus):
            continue
        try:
            source = read(path, shown=shown(path))
        except ReadError:
            continue
        yield replace(source, doc_id=doc_id(shown(path)), published=source.published or published)
