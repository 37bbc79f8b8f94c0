"""Words of the shadow text: jieba's, with the part of speech its dictionary gives.

Segment only what needs it: jieba runs at a few hundred thousand characters a second, all around it at millions. Its model is
ours alone (no ``jieba.initialize``, no global tokenizer) and is cached in a folder only this user can write, because
the cache is marshal, and marshal from a shared temporary folder is somebody else's code.
"""

from __future__ import annotations

import contextlib
import marshal
import math
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from typing import TYPE_CHECKING

from pipeline.usercache import recall, remember

if TYPE_CHECKING:
    from spacy.tokens import Doc
    from spacy.vocab import Vocab

__all__ = ["ENGINES", "make_doc", "segment", "segmenter"]

ENGINES = ("jieba", "rjieba")
"""``rjieba`` (the extra ``fast``) is jieba in Rust: the same tokens, held equal by a test, about ten times as fast."""

RUN_LIMIT = 2_000
"""Jieba needs 21 seconds for 80,000 characters without punctuation: longer runs are cut here."""

_RUN = r"[\u4E00-\u9FD5a-zA-Z0-9+#&._%\-]"  # what jieba looks at together
_BLOCKS = re.compile(f"{_RUN}{{1,{RUN_LIMIT}}}|(?:(?!{_RUN}).)+", re.DOTALL)
_ASCII_PARTS = re.compile(r"([a-zA-Z0-9]+(?:\.\d+)?%?)")  # jieba.finalseg.re_skip

_FORMAT = 1  # of the cache: count up when _build changes

Model = tuple[dict[str, int], int, dict[str, str]]
"""Frequencies of words (prefixes have 0), their sum, parts of speech of words."""


def segment(text: str) -> list[tuple[str, str]]:
    """Tokens of ``text`` with their tags (``""``: not in the dictionary); they concatenate to ``text``.

    The engine is jieba unless the environment says ``ZHCLAIMS_SEGMENTER=rjieba``.

    >>> segment("治疗有效率达90%")
    [('治疗', 'v'), ('有效率', 'n'), ('达', 'v'), ('90%', '')]
    """
    return segmenter(os.environ.get("ZHCLAIMS_SEGMENTER") or "jieba")(text)


@cache
def segmenter(engine: str = "jieba") -> Callable[[str], list[tuple[str, str]]]:
    """The function behind ``segment``, one for each engine; loads its model when first called with text.

    Raises ``ValueError`` for an unknown engine, ``ImportError`` when rjieba isn't installed.
    """
    if engine not in ENGINES:
        raise ValueError(f"no segmenter '{engine}'; there are {' and '.join(ENGINES)}")
    if engine == "rjieba":
        import rjieba  # noqa: F401  a missing extra should be heard of here, not in the middle of a run
    cutter = _jieba if engine == "jieba" else _rjieba

    def run(text: str) -> list[tuple[str, str]]:
        cut, tags = cutter(), _model()[2]
        blocks = [text] if len(text) <= RUN_LIMIT else _BLOCKS.findall(text)
        return [(token, tags.get(token, "")) for block in blocks for token in cut(block)]

    return run


def make_doc(vocab: Vocab, tokens: Iterable[tuple[str, str]]) -> Doc:
    """A spaCy ``Doc`` of ready tokens: ``doc.text`` is their text, ``token.tag_`` the tag, offsets are theirs.

    >>> from spacy.vocab import Vocab
    >>> doc = make_doc(Vocab(), [("治疗", "v"), ("有效", "a")])
    >>> doc.text, [(token.idx, token.tag_) for token in doc]
    ('治疗有效', [(0, 'v'), (2, 'a')])
    """
    from spacy.tokens import Doc  # takes a second, and most runs need no Doc

    pairs = list(tokens)
    words = [word for word, _ in pairs]
    return Doc(vocab, words=words, spaces=[False] * len(words), tags=[tag for _, tag in pairs])


@cache
def _jieba() -> Callable[[str], Iterable[str]]:
    with _without("pkg_resources"):  # which takes longer to load than jieba, to open a file that we don't ask for
        import jieba

    class Tokenizer(jieba.Tokenizer):
        """Jieba's own, with its two innermost loops made one: a quarter less time for the same tokens."""

        def __init__(self) -> None:
            super().__init__()  # type: ignore[no-untyped-call]
            self.FREQ, self.total, _ = _model()
            self.weights = _Weights(self.total)
            self.initialized = True

        def get_DAG(self, sentence: str) -> None:
            """Nothing: `calc` looks the words up itself."""

        def calc(self, sentence: str, DAG: None, route: dict[int, tuple[float, int]]) -> None:
            route.update(_best_words(sentence, self.FREQ, self.weights))

    cut: Callable[[str], Iterable[str]] = Tokenizer().cut
    return cut


class _Weights(dict[int, float]):
    """The weight of a word by its frequency, worked out when first asked for, as jieba does; 0 is a word it doesn't know."""

    def __init__(self, total: int) -> None:
        self.total = math.log(total)

    def __missing__(self, frequency: int) -> float:
        weight = self[frequency] = math.log(frequency or 1) - self.total
        return weight


def _best_words(text: str, frequencies: dict[str, int], weights: _Weights) -> dict[int, tuple[float, int]]:
    """For each place, from the last to the first: the weight of the best way on from there, the last place of its first word."""
    stop = len(text)
    route = {stop: (0.0, 0)}
    known, best = frequencies.get, [0.0] * (stop + 1)  # `best` has the weights of the route again: a list is faster
    for at in range(stop - 1, -1, -1):
        weight, last, end = -math.inf, at, at + 1
        frequency = known(text[at])
        while frequency is not None:  # None: no word goes on like this; 0: only the beginning of words
            if frequency and (total := weights[frequency] + best[end]) >= weight:  # of equals the longest, as jieba
                weight, last = total, end - 1
            if end == stop:
                break
            end += 1
            frequency = known(text[at:end])
        if weight == -math.inf:
            weight = weights[0] + best[at + 1]
        best[at] = weight
        route[at] = (weight, last)
    return route


@contextlib.contextmanager
def _without(module: str) -> Iterator[None]:
    """Let an import of a module fail, so that who asks for it does without; not when it is loaded already."""
    if module in sys.modules:
        yield
        return
    sys.modules[module] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[module]


@cache
def _rjieba() -> Callable[[str], Iterable[str]]:
    import rjieba

    cut, words = rjieba.Jieba().cut, _model()[2]

    def fixed(text: str) -> Iterable[str]:
        """Jieba cuts 0-14 and GLP-1 at their signs, rjieba doesn't."""
        for token in cut(text):
            if token.isascii() and len(token) > 1 and not token.isalnum() and token not in words:
                yield from filter(None, _ASCII_PARTS.split(token))
            else:
                yield token

    return fixed


@cache
def _model() -> Model:
    """Jieba's dictionary with the prefixes its search needs, from the cache or built."""
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    name = f"jieba-{version('jieba')}-py{python}-{_FORMAT}.marshal"
    if kept := recall(name):  # marshal is code: usercache reads only what nobody else can write
        with contextlib.suppress(ValueError, EOFError, TypeError):
            model: Model = marshal.loads(kept)
            return model
    model = _build((files("jieba") / "dict.txt").read_text(encoding="utf-8"))
    remember(name, marshal.dumps(model))
    return model


def _build(lines: str) -> Model:
    frequencies: dict[str, int] = {}
    tags: dict[str, str] = {}
    total = 0
    for line in lines.splitlines():
        word, count, tag = line.split(" ")
        frequencies[word] = int(count)
        total += int(count)  # words listed twice count twice, as in jieba
        tags[word] = sys.intern(tag)
        for end in range(1, len(word)):
            frequencies.setdefault(word[:end], 0)
    return frequencies, total, tags
