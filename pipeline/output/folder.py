"""The output folder: who may write in it, and how a file in it is replaced.

One run at a time holds the folder (a lock the operating system drops when the process dies), a folder made by
something else is left alone, and every file appears whole or not at all.
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

__all__ = ["RUN_FILE", "FolderError", "hold", "read_run", "write_atomically", "write_run"]

RUN_FILE = "run.json"
LOCK_FILE = ".zhclaims.lock"
PROGRAM = "zhclaims"


class FolderError(Exception):
    """The output folder can't be used; the message says why and what to do."""


def read_run(out: Path) -> dict[str, Any] | None:
    """What the last run in ``out`` wrote about itself; ``None`` when there is no such run of ours."""
    try:
        run = json.loads((out / RUN_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return run if isinstance(run, dict) and run.get("program") == PROGRAM else None


def write_run(out: Path, run: dict[str, Any]) -> None:
    """Write ``run.json``. Times and versions live here and nowhere else."""
    text = json.dumps({"program": PROGRAM, **run}, ensure_ascii=False, indent=2, default=str)
    write_atomically(out / RUN_FILE, (text + "\n").encode("utf-8"))


def write_atomically(path: Path, content: bytes) -> None:
    """Replace ``path`` by ``content`` in one step: a reader sees the old file or the new one, never half."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            # mkstemp makes private files; a table is as readable as any file the user makes
            os.chmod(name, 0o666 & ~_umask())
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise


@contextlib.contextmanager
def hold(out: Path) -> Iterator[None]:
    """Hold ``out`` for one run, making it first.

    Raises FolderError when another run holds it, or when it has files and none of them is a ``run.json`` of
    ours: then it was made by something else and writing there could destroy it.
    """
    _make(out)
    path = out / LOCK_FILE
    lock = path.open("a+b")
    try:
        if not _lock(lock.fileno()):
            raise FolderError(
                f"{out}: another zhclaims run is writing there. Wait for it, or choose another folder with -o."
            )
        if read_run(out) is None:
            _refuse_foreign(out)
            write_run(out, {"state": "running"})
        yield
    finally:
        lock.close()


def _make(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise FolderError(f"{out}: is a file, not a folder. Choose another name with -o.") from None
    except OSError as error:
        raise FolderError(f"{out}: cannot be made ({error.strerror}). Choose another folder with -o.") from None
    if not os.access(out, os.W_OK):
        raise FolderError(f"{out}: may not be written to. Choose another folder with -o.")


def _refuse_foreign(out: Path) -> None:
    """Hidden files, a README and empty files (a log that the shell has just opened) make no folder foreign."""
    kept = (p for p in out.iterdir() if not p.name.startswith(".") and p.name != "README.md")
    foreign = sorted(p.name for p in kept if not p.is_file() or p.stat().st_size)
    if foreign:
        raise FolderError(
            f"{out}: holds {foreign[0]!a} and no run.json of zhclaims, so something else made it. "
            "Choose an empty folder with -o; nothing was written."
        )


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _lock(descriptor: int) -> bool:
    """Take the lock without waiting; the file stays behind, empty: removing it would race with the next run."""
    try:
        import fcntl
    except ImportError:  # Windows
        import msvcrt

        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        except OSError:
            return False
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
