"""What every command shares: messages, exit codes, the options that name rules and the day of publication."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from enum import IntEnum
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from pipeline.config import ConfigError, UsageError
from pipeline.output.folder import FolderError
from pipeline.rules import RuleErrors

__all__ = ["Code", "PublishedOption", "RulesOption", "ends_well", "say"]


class Code(IntEnum):
    """Exit codes, as README lists them."""

    OK = 0
    SOME_FAILED = 1
    USAGE = 2
    BAD_CONFIG = 3
    TESTS_FAILED = 4
    MISMATCH = 5
    FOLDER = 6
    NO_INPUT = 7
    INTERRUPTED = 130


Command = TypeVar("Command", bound=Callable[..., None])


def _published(value: str) -> str:
    """The option as it is, when it is a date that the calendar has: 2024-02-31 would anchor nothing, silently."""
    from pipeline.stages.metadata import iso_date

    if value and not (re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?", value, re.ASCII) and iso_date(value)):
        raise typer.BadParameter(f"{value!a} is no date: write 2025, 2025-04 or 2025-04-29")
    return value


RulesOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--rules",
        metavar="DIR",
        help="Folder of rules to read after the built-in ones; may redefine them. Repeatable.",
    ),
]
PublishedOption = Annotated[
    str,
    typer.Option(callback=_published, metavar="DATE", help="Day of publication of files that give none."),
]


def say(message: str) -> None:
    """What went wrong or is going on: the error stream, so that output can be piped."""
    typer.echo(message, err=True)


def ends_well(command: Command) -> Command:
    """Turn what a command raises into a message and the exit code it has in the specification."""

    @functools.wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> None:
        from pipeline.stages.ner import NerError
        from pipeline.stages.read import NoInput, ReadError

        codes: dict[type[BaseException], int] = {  # the first that fits
            UsageError: Code.USAGE,
            ConfigError: Code.BAD_CONFIG,
            NerError: Code.BAD_CONFIG,
            FolderError: Code.FOLDER,
            NoInput: Code.NO_INPUT,
            ReadError: Code.NO_INPUT,
        }
        try:
            command(*args, **kwargs)
        except RuleErrors as problem:
            say(str(problem))
            say(f"{len(problem.errors)} errors in the rules; nothing was run.")
            raise typer.Exit(Code.BAD_CONFIG) from None
        except tuple(codes) as problem:
            say(f"zhclaims: {problem}")
            raise typer.Exit(next(code for kind, code in codes.items() if isinstance(problem, kind))) from None
        except KeyboardInterrupt:
            say("zhclaims: interrupted; tables of an earlier run are as they were.")
            raise typer.Exit(Code.INTERRUPTED) from None

    return wrapped  # type: ignore[return-value]
