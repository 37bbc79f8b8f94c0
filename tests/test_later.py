"""Expressions come compiled at the next start, the same as if they were compiled anew."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
import regex

from pipeline.rulekit import later


@pytest.fixture
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache, and a process that has compiled nothing."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    monkeypatch.setattr("pipeline.usercache.cache_home", lambda: tmp_path)
    restart()
    return tmp_path / "zhclaims" / later._name()


def restart() -> None:
    later._new.clear()
    later._kept.cache_clear()


def test_what_was_compiled_is_there_after_a_restart(fresh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = "(?P<n>[0-9]+)(?:例|人)(?!次)"
    first = later.compiled(source)
    later.keep()
    restart()
    monkeypatch.setattr(regex, "compile", None)
    second = later.compiled(source)
    assert second.search("共12人", 0)["n"] == first.search("共12人", 0)["n"] == "12"
    assert second.search("12人次") is None


def test_a_broken_cache_costs_time_and_nothing_else(fresh: Path) -> None:
    later.compiled("甲+")
    later.keep()
    fresh.write_bytes(fresh.read_bytes()[:-9])
    restart()
    assert later.compiled("甲+").search("乙甲")


def test_a_cache_runs_no_code(fresh: Path) -> None:
    """Whoever can write there could otherwise let us run what he likes."""

    class Evil:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return (eval, ("1/0",))

    later.compiled("甲+")
    later.keep()
    fresh.write_bytes(pickle.dumps({"甲+": Evil()}))
    restart()
    assert later.compiled("甲+").search("乙甲")
    assert later._kept() == {}
