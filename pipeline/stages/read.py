"""Finds the input files and turns each into a ``Source``. The one place that opens corpus files.

What can't be read raises ``ReadError`` with one of these codes, which documents.csv shows:

=================  ===========================================================================
unsupported        a type we don't read; listed as skipped, no failure
missing            it isn't there, or vanished while we ran
folder             a folder where a file was expected
not-a-file         a pipe, socket or device: reading it could wait for ever
link-loop          a symbolic link that leads to itself
unreadable         the system refuses: permissions, a broken disk, an impossible name
too-large          above the limit (50 MB; environment variable ZHCLAIMS_MAX_MB)
empty              no bytes
blank              nothing but white space, or no text a reader could see
binary             an image, an archive, NUL characters
encoding-unknown   ``--encoding`` names no text encoding
encoding-wrong     the bytes aren't what ``--encoding`` or the byte-order mark says
encoding-unclear   no encoding gives plausible text, or two do
=================  ===========================================================================
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from pipeline.config import ConfigError
from pipeline.model import Source
from pipeline.stages.encoding import Undecodable, decode
from pipeline.stages.markup import visible
from pipeline.stages.metadata import (
    dateline_labels,
    front_matter,
    iso_date,
    labelled_date,
    markdown_headings,
    masked,
    printed_date,
)
from pipeline.stages.webpage import webpage

__all__ = [
    "MEDIA_TYPES",
    "NoInput",
    "ReadError",
    "dateline_labels",
    "discover",
    "from_text",
    "is_supported",
    "read",
    "visible",
]

MEDIA_TYPES = {
    ".txt": "text/plain",
    ".md": "text/markdown",
    ".html": "text/html",
    ".htm": "text/html",
}

MAX_MB = 50


class NoInput(Exception):
    """Nothing to read; the message says where was looked."""


class ReadError(Exception):
    """A file that can't be read. ``code`` is stable; the message says which file, what, and what to do."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)  # both, or it doesn't survive pickling
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return self.message


def is_supported(path: Path) -> bool:
    """Whether we read files of this type, by the name alone.

    >>> is_supported(Path("a.TXT")), is_supported(Path("a.jpg"))
    (True, False)
    """
    return path.suffix.lower() in MEDIA_TYPES


# --- which files ------------------------------------------------------------------------------


def discover(inputs: Sequence[str | Path]) -> list[Path]:
    """All files in the inputs, folders recursively, sorted by path, each once.

    Opens no file and loses none: what isn't there, can't be listed, is a pipe or of another type comes back
    too, for ``read`` to say why not. Linked folders are entered after all others, and no folder twice, so
    that loops end.
    """
    found: set[Path] = set()
    seen: set[tuple[int, int]] = set()
    folders: list[Path] = []
    linked: list[Path] = []
    for path in map(Path, inputs):
        if _is_folder(path):
            folders.append(path)
        else:
            found.add(path)
    while folders or linked:
        folder = folders.pop() if folders else linked.pop(0)
        for path, kind in _listed(folder, seen):
            if kind == "folder":
                folders.append(path)
            elif kind == "link":
                linked.append(path)
                linked.sort(key=_order)
            else:
                found.add(path)
    return sorted(found, key=_order)


def _order(path: Path) -> str:
    return path.as_posix()


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):  # a name too long, or with a NUL
        return False


def _listed(folder: Path, seen: set[tuple[int, int]]) -> Iterator[tuple[Path, str]]:
    """Entries of a folder not seen yet; the folder itself, as a file, when it can't be listed."""
    try:
        status = os.stat(folder)
        identity = (status.st_dev, status.st_ino)
        if identity in seen:
            return
        with os.scandir(folder) as entries:
            names = sorted((entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries)
    except OSError:
        yield folder, "file"
        return
    seen.add(identity)
    for name, is_dir in names:
        path = folder / name
        yield path, "folder" if is_dir else "link" if _is_folder(path) else "file"


# --- one file ---------------------------------------------------------------------------------


def read(
    path: Path,
    *,
    shown: str,
    encoding: str | None = None,
    max_bytes: int | None = None,
    labels: Collection[str] = (),
) -> Source:
    """Reads one file. ``shown`` is the path as the tables show it, with forward slashes.

    ``encoding`` is what the user says (``--encoding``); a byte-order mark goes before it. ``labels`` are
    the words before a date of publication in plain text (``dateline_labels``). Raises ``ReadError``, never
    hangs: pipes and devices are refused before a byte is read.
    """
    name = _printable(shown)
    data = _bytes(path, name, max_bytes if max_bytes is not None else size_limit())
    if not data:
        raise ReadError("empty", f"{name}: the file is empty (0 bytes). Remove it, or write its text into it")
    media_type = MEDIA_TYPES[path.suffix.lower()]
    try:
        decoded = decode(data, encoding, html=media_type == "text/html")
    except Undecodable as error:
        raise ReadError(error.code, f"{name}: {error}") from None
    sha256 = hashlib.sha256(data).hexdigest()
    source = Source(
        doc_id=_doc_id(shown, sha256),
        path=shown,
        original=decoded.text,
        text=decoded.text,
        sha256=sha256,
        bytes=len(data),
        media_type=media_type,
        encoding=decoded.encoding,
        encoding_source=decoded.source,
        encoding_confidence=decoded.confidence,
    )
    source = _as_page(source) if media_type == "text/html" else _as_text(source)
    if not source.published:
        text = source.text.strip()
        plain = source.media_type in ("text/plain", "text/markdown")
        source = replace(source, published=labelled_date(text, labels) or (printed_date(text) if plain else ""))
    if not source.text.strip().strip("\ufeff"):
        advice = "Check that the right file was saved"
        raise ReadError("blank", f"{name}: no visible text in {len(data)} bytes. {advice}")
    return source


def from_text(text: str, published: str = "") -> Source:
    """A document that is no file, for ``pipeline.extract``. ``published`` anchors its relative dates.

    >>> from_text("去年增长5%", published="2024年5月7日").published
    '2024-05-07'

    Raises ``ValueError`` when ``published`` is no date.
    """
    date = iso_date(published)
    if published.strip() and not date:
        raise ValueError(f"published={published!r} is no date: write it as 2025-04-29, 2025-04 or 2025")
    data = text.encode("utf-8", "surrogatepass")
    sha256 = hashlib.sha256(data).hexdigest()
    return Source(
        doc_id=_doc_id("", sha256),
        path="",
        original=text,
        text=text,
        sha256=sha256,
        bytes=len(data),
        encoding_source="option",
        encoding_confidence="1.00",
        published=date,
    )


def _as_text(source: Source) -> Source:
    about, end = front_matter(source.original)
    text = masked(source.original, end)
    headings = markdown_headings(text) if source.media_type == "text/markdown" else ()
    return replace(
        source,
        text=text,
        headings=headings,
        title=about.title,
        author=about.author,
        publisher=about.publisher,
        published=about.published,
        url=about.url,
    )


def _as_page(source: Source) -> Source:
    page = webpage(source.original)
    about = page.metadata
    return replace(
        source,
        text=page.text,
        alignment=page.alignment,
        headings=page.headings,
        title=about.title,
        author=about.author,
        publisher=about.publisher,
        published=about.published,
        url=about.url,
    )


def _bytes(path: Path, name: str, limit: int) -> bytes:
    """The bytes of a regular file of a supported type."""
    try:
        status = os.stat(path)
        _accept(path, name, status, limit)
        # Non-blocking: the file may have become a pipe since, and opening one can wait for ever.
        number = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with os.fdopen(number, "rb") as file:
            _accept(path, name, os.fstat(number), limit)
            data = file.read(limit + 1)
    except (OSError, ValueError) as error:
        raise _refused(name, error) from None
    if len(data) > limit:  # it grew
        raise _too_large(name, len(data), limit)
    return data


def _accept(path: Path, name: str, status: os.stat_result, limit: int) -> None:
    """Raises ``ReadError`` for what isn't a regular, supported file of bearable size."""
    if stat.S_ISDIR(status.st_mode):
        raise ReadError("folder", f"{name}: a folder, not a file. Give it as an input to read what is in it")
    if not is_supported(path):
        known = " ".join(MEDIA_TYPES)
        raise ReadError("unsupported", f"{name}: not read, we read {known}. Convert it to one of them")
    if not stat.S_ISREG(status.st_mode):
        kinds = ((stat.S_ISFIFO, "a pipe"), (stat.S_ISSOCK, "a socket"))
        kind = next((what for test, what in kinds if test(status.st_mode)), "a device")
        raise ReadError("not-a-file", f"{name}: {kind}, not a file. Save what it gives to a file first")
    if status.st_size > limit:
        raise _too_large(name, status.st_size, limit)


def _too_large(name: str, size: int, limit: int) -> ReadError:
    return ReadError(
        "too-large",
        f"{name}: {size / 1e6:.1f} MB, the limit is {limit / 1e6:g} MB. "
        "Split it, or raise the limit: ZHCLAIMS_MAX_MB=200 zhclaims run ...",
    )


def _refused(name: str, error: OSError | ValueError) -> ReadError:
    number = getattr(error, "errno", None)
    if number in (errno.ENOENT, errno.ENOTDIR):
        advice = "Check the spelling; was it moved or deleted while we ran?"
        return ReadError("missing", f"{name}: no such file. {advice}")
    if number == errno.ELOOP:
        return ReadError("link-loop", f"{name}: a symbolic link that leads to itself. Repair the link")
    if number in (errno.EACCES, errno.EPERM):
        return ReadError("unreadable", f"{name}: no permission to read it. Allow it, e.g. chmod u+r")
    reason = getattr(error, "strerror", None) or str(error)
    return ReadError("unreadable", f"{name}: can't be read ({reason}). Copy it elsewhere and try again")


def size_limit() -> int:
    """The size of the largest file that is read. Raises ConfigError when ZHCLAIMS_MAX_MB says no such size."""
    given = os.environ.get("ZHCLAIMS_MAX_MB") or str(MAX_MB)
    try:
        megabytes = float(given)
    except ValueError:
        megabytes = 0
    if not 0 < megabytes < float("inf"):
        raise ConfigError(
            f"ZHCLAIMS_MAX_MB={given!a}: is no number of megabytes; write ZHCLAIMS_MAX_MB=200, or unset it"
        )
    return int(megabytes * 1_000_000)


def _doc_id(shown: str, sha256: str) -> str:
    """Stable over runs and machines: of the path as shown and the content."""
    key = shown.encode("utf-8", "surrogatepass") + b"\0" + sha256.encode()
    return "d" + hashlib.sha256(key).hexdigest()[:12]


def _printable(shown: str) -> str:
    """The path for messages: on one line, and printable when its bytes aren't UTF-8."""
    text = shown.encode("utf-8", "backslashreplace").decode()
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
