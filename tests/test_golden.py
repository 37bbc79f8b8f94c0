"""The two articles of corpus/, rules alone: every row of every table as reviewed and committed in tests/golden/.

`make golden` writes them anew; read the difference before committing it.
"""

from __future__ import annotations

import difflib
import os
from pathlib import Path

import pytest

from pipeline.config import Config
from pipeline.run import run

ROOT = Path(__file__).parents[1]
GOLDEN = ROOT / "tests" / "golden"
TABLES = ("claims", "institutions", "dates", "entities", "rejected")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("golden") / "out"
    before = Path.cwd()
    os.chdir(ROOT)  # the column `source` is the path as given
    try:
        run(["corpus"], out, Config(ner="none"), plain=True)
    finally:
        os.chdir(before)
    return out


@pytest.mark.parametrize("table", TABLES)
def test_the_corpus_gives_the_reviewed_rows(made: Path, table: str) -> None:
    """A rule that changes a row nobody looked at shows here."""
    now = (made / f"{table}.csv").read_text(encoding="utf-8")
    path = GOLDEN / f"{table}.csv"
    if os.environ.get("WRITE_GOLDEN"):
        GOLDEN.mkdir(exist_ok=True)
        path.write_text(now, encoding="utf-8", newline="")
    before = path.read_text(encoding="utf-8")
    changed = list(difflib.unified_diff(before.splitlines(), now.splitlines(), lineterm="", n=0))
    assert changed == [], "\n".join(changed[:40])
