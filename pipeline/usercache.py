"""Small files that save time at the next start, in a folder of this user that nobody else can write to.

Nothing depends on them: what can't be read or written is made again.
"""

from __future__ import annotations

import contextlib
import os
import stat
import sys
import tempfile
from pathlib import Path

__all__ = ["cache_home", "recall", "remember"]

KEPT = 60  # files with the same beginning of the name


def recall(name: str) -> bytes | None:
    """The content kept under a name."""
    folder = _folder()
    if folder is None:
        return None
    try:
        path = folder / name
        return path.read_bytes() if _is_private(path) else None
    except OSError:
        return None


def remember(name: str, content: bytes) -> None:
    """Keep a content, whole or not at all; of names that begin alike (up to the first ``-``) the newest stay."""
    folder = _folder()
    if folder is None:
        return
    with contextlib.suppress(OSError):
        handle, temporary = tempfile.mkstemp(dir=folder)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            os.replace(temporary, folder / name)
        except OSError:
            Path(temporary).unlink(missing_ok=True)
            raise
        alike = sorted(folder.glob(name.partition("-")[0] + "-*"), key=lambda path: path.stat().st_mtime, reverse=True)
        for path in alike[KEPT:]:
            path.unlink(missing_ok=True)


def cache_home() -> Path:
    """The folder of this user for what programs keep, on this system; ours is ``zhclaims`` in it. May raise RuntimeError."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")


def _folder() -> Path | None:
    try:
        folder = cache_home() / "zhclaims"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder if _is_private(folder) else None
    except (OSError, RuntimeError):  # no home, or one that can't be written
        return None


def _is_private(path: Path) -> bool:
    """Whether it is ours, no link, and closed to others for writing. Windows profiles are private as they are."""
    if sys.platform == "win32":
        return not path.is_symlink()
    about = path.lstat()
    ours = about.st_uid == os.getuid() and not stat.S_ISLNK(about.st_mode)
    return ours and not about.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
