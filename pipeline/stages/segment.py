"""Words of the shadow text: jieba's, with the part of speech its dictionary gives.

Segment only what needs it: jieba runs at a few hundred thousand characters a second, all around it at millions. Its model is
ours alone (no ``jieba.initialize``, no global tokenizer) and is cached in a folder only this user can write, because
the cache is marshal, and marshal from a shared temporary folder is somebody else's code.
"""

from __future__ import annotations

import contextlib
import marshal
import os
import re
import stat
import sys
import tempfile
from collections.abc import Callable, Iterable
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

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
    import jieba

    tokenizer = jieba.Tokenizer()  # type: ignore[no-untyped-call]
    tokenizer.FREQ, tokenizer.total, _ = _model()
    tokenizer.initialized = True
    cut: Callable[[str], Iterable[str]] = tokenizer.cut
    return cut


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
    path = _cache_file()
    if path:
        with contextlib.suppress(OSError, ValueError, EOFError, TypeError):
            if _is_private(path):
                model: Model = marshal.loads(path.read_bytes())
                return model
    model = _build((files("jieba") / "dict.txt").read_text(encoding="utf-8"))
    if path:
        with contextlib.suppress(OSError):
            _replace(path, marshal.dumps(model))
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


def _cache_file() -> Path | None:
    """A file in a folder of this user that nobody else can write to, or ``None``: then nothing is cached."""
    try:
        if sys.platform == "win32":
            base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
        elif sys.platform == "darwin":
            base = Path.home() / "Library" / "Caches"
        else:
            base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        folder = base / "zhclaims"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not _is_private(folder):
            return None
    except (OSError, RuntimeError):  # no home, or one that can't be written
        return None
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    return folder / f"jieba-{version('jieba')}-py{python}-{_FORMAT}.marshal"


def _is_private(path: Path) -> bool:
    """Whether it is ours, no link, and closed to others for writing. Windows profiles are private as they are."""
    if sys.platform == "win32":
        return not path.is_symlink()
    about = path.lstat()
    ours = about.st_uid == os.getuid() and not stat.S_ISLNK(about.st_mode)
    return ours and not about.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _replace(path: Path, content: bytes) -> None:
    """Writes the whole file or nothing: other processes may read it at the same time."""
    handle, name = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.replace(name, path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
