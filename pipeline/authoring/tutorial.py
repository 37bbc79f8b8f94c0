"""``python -m pipeline.authoring.tutorial``: follow rules/README.md in an empty folder, command by command, and time it."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.words import RULES

__all__ = ["Step", "follow", "steps"]

BLOCK = re.compile(r"((?:<!-- (?:file|exit): [^\n]*-->\n)?)```(\w+)\n(.*?)```", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Step:
    """A file to write (``path``, ``content``), or a command with its exit code and lines that its output must hold."""

    path: str = ""
    content: str = ""
    command: tuple[str, ...] = ()
    exit: int = 0
    output: tuple[str, ...] = ()


def steps(readme: str) -> Iterator[Step]:
    """The files and commands of a tutorial, in order."""
    for mark, language, body in BLOCK.findall(readme):
        what = re.match(r"<!-- (file|exit): (\S+) -->", mark)
        if what and what[1] == "file":
            yield Step(path=what[2], content=body)
        elif language == "console":
            yield from commands(body, int(what[2]) if what else 0)


def commands(body: str, exit_code: int) -> Iterator[Step]:
    """The commands of a block of the tutorial, each with the output shown behind it."""
    command: tuple[str, ...] = ()
    output: list[str] = []
    for line in [*body.splitlines(), "$ "]:
        if not line.startswith("$ "):
            output.append(line.strip())
            continue
        if command:
            yield Step(command=command, exit=exit_code, output=tuple(filter(None, output)))
        command, output = tuple(shlex.split(line[2:])), []


def follow(readme: str, folder: Path, run: Callable[[tuple[str, ...]], tuple[int, str]]) -> Iterator[tuple[Step, str]]:
    """Do every step in a folder; yields it with what went against the text, "" when all is as written."""
    for step in steps(readme):
        if step.path:
            path = folder / step.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(step.content, encoding="utf-8")
            yield step, ""
            continue
        code, output = run(step.command[1:])
        missing = [line for line in step.output if line not in output]
        wrong = (
            f"exit code {code} instead of {step.exit}"
            if code != step.exit
            else f"does not print {missing}"
            if missing
            else ""
        )
        yield step, f"{wrong}\n{output}" if wrong else ""


def main() -> int:
    """Time the tutorial as its commands run one by one."""
    readme = (RULES / "README.md").read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as name:

        def run(arguments: tuple[str, ...]) -> tuple[int, str]:
            ran = subprocess.run(
                [sys.executable, "-m", "pipeline", *arguments],
                cwd=name,
                capture_output=True,
                text=True,
                encoding="utf-8",
                check=False,
            )
            return ran.returncode, ran.stdout + ran.stderr

        started = last = time.perf_counter()
        failed = 0
        for step, wrong in follow(readme, Path(name), run):
            now = time.perf_counter()
            sys.stdout.write(
                f"{now - last:6.2f} s  {step.path or ' '.join(step.command)}{'  FAILED: ' + wrong if wrong else ''}\n"
            )
            last, failed = now, failed + bool(wrong)
        sys.stdout.write(f"{last - started:6.2f} s  all of it, {failed} steps failed\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
