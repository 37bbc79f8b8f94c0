"""`verify` must notice every way in which a row, a file or a link can be wrong, and name it."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline import document
from pipeline.config import Config
from pipeline.document import Machine
from pipeline.model import Article, Claim, Found, Institution, Mention, Quantity, Reject
from pipeline.output.columns import TABLES
from pipeline.output.folder import FolderError
from pipeline.output.verify import verify
from pipeline.rules import RuleSet
from pipeline.run import run

TEXT = "国家统计局表示，产值增长5.3%，-5℃。"


def stage(article: Article, found: Found) -> tuple[Mention, ...]:
    at = article.text.index("5.3%")
    cold = article.text.index("-5℃")
    return (
        Claim(
            at,
            at + 4,
            "claim.a",
            "claims",
            quantity=Quantity(at, at + 4),
            subject=(at - 4, at - 2),
            attribution=(at - 12, at - 7),
        ),
        Claim(cold, cold + 3, "claim.b", "claims", quantity=Quantity(cold, cold + 3)),
        Institution(at - 12, at - 7, "inst.a", "institutions"),
        Reject(at, at + 1, "claim.b", reason="overlap", winner="claim.a"),
    )


@pytest.fixture
def out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    works = Machine(RuleSet((), {}, "", ()), (("stage", stage),))
    monkeypatch.setattr(document, "machine", lambda *_: works)
    monkeypatch.setattr("pipeline.run.machine", lambda *_: works)
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text(TEXT, encoding="utf-8")
    page = f"<html><body><article><p>{TEXT.replace('5.3%', '5<b>.3</b>%')}</p></article></body></html>"
    (tmp_path / "in" / "b.html").write_text(page, encoding="utf-8")
    run([tmp_path / "in"], tmp_path / "out", Config(ner="none"))
    return tmp_path / "out"


def edit(path: Path, change: Callable[[list[dict[str, str]]], object]) -> None:
    """Change rows of a CSV as a user or a mistake would, and the hash in datapackage.json with it."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    change(rows)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, TABLES[path.stem].names)
        writer.writeheader()
        writer.writerows(rows)


def found(out: Path) -> str:
    return "\n".join(map(str, verify(out).mismatches))


def test_an_untouched_output_holds(out: Path) -> None:
    """HTML with markup inside the number, a guarded -5℃, a subject: all read back as written."""
    verdict = verify(out)
    assert verdict.mismatches == ()
    assert verdict.documents == 2
    assert verdict.rows > 8


CHANGES: list[tuple[str, Callable[[list[dict[str, str]]], object], str]] = [
    ("claims", lambda rows: rows[0].update(start=str(int(rows[0]["start"]) + 1)), "text is '5.3%', but"),
    ("claims", lambda rows: rows[0].update(text="5.4%"), "text is '5.4%', but"),
    ("claims", lambda rows: rows[0].update(end="99999"), "lies outside"),
    ("claims", lambda rows: rows[0].update(subject="别的"), "subject is '别的', but"),
    ("claims", lambda rows: rows[0].update(value="1e+18"), "value: '1e+18' is no number"),
    ("claims", lambda rows: rows[0].update(comparator="≈"), "is none of"),
    ("claims", lambda rows: rows[1].update(claim_id=rows[0]["claim_id"]), "is also that of row 2"),
    ("claims", lambda rows: rows[0].update(claim_id=""), "claim_id is empty"),
    ("claims", lambda rows: rows[0].update(attribution_id="e0"), "is no entity_id of entities.csv"),
    ("institutions", lambda rows: rows[0].update(text="国家统计处"), "institutions.csv row 2"),
    ("rejected", lambda rows: rows[0].update(text="6"), "rejected.csv row 2"),
    ("documents", lambda rows: rows.pop(0), "is no doc_id of documents.csv"),
    ("documents", lambda rows: rows[0].update(encoding="utf-7000"), "does not decode"),
    ("documents", lambda rows: rows[0].update(sha256="0" * 64), "hash differs"),
]


@pytest.mark.parametrize(("table", "change", "what"), CHANGES, ids=[what for _, _, what in CHANGES])
def test_a_changed_row_is_named(
    out: Path, table: str, change: Callable[[list[dict[str, str]]], object], what: str
) -> None:
    edit(out / f"{table}.csv", change)
    assert what in found(out)


def test_a_changed_source_is_named(out: Path) -> None:
    source = out.parent / "in" / "a.txt"
    source.write_text("一" + TEXT, encoding="utf-8")
    assert "a.txt: the file is not the one that was read" in found(out)
    source.unlink()
    assert "a.txt: cannot be read" in found(out)


def test_a_table_that_was_changed_or_removed_is_named(out: Path) -> None:
    """A row that was deleted can be seen by nothing but the hash."""
    edit(out / "dates.csv", lambda rows: None)
    edit(out / "rejected.csv", lambda rows: rows.pop())
    assert "rejected.csv: was changed after the run" in found(out)
    (out / "claims.csv").unlink()
    assert "claims.csv: cannot be read" in found(out)


def test_sources_are_found_from_any_folder(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("/")
    assert verify(out).mismatches == ()


def test_output_and_sources_can_move_together_or_apart(
    tmp_path: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    run(["in"], tmp_path / "rel", Config(ner="none"))
    (tmp_path / "moved").mkdir()
    (tmp_path / "in").rename(tmp_path / "moved" / "in")
    assert "cannot be read" in found(tmp_path / "rel")
    assert verify(tmp_path / "rel", tmp_path / "moved").mismatches == ()
    (tmp_path / "rel").rename(tmp_path / "moved" / "rel")
    assert verify(tmp_path / "moved" / "rel").mismatches == ()


def test_what_no_run_finished_is_refused(out: Path, tmp_path: Path) -> None:
    with pytest.raises(FolderError, match="has no run"):
        verify(tmp_path)
    record = json.loads((out / "run.json").read_text(encoding="utf-8"))
    (out / "run.json").write_text(json.dumps(record | {"state": "running"}), encoding="utf-8")
    with pytest.raises(FolderError, match="did not finish"):
        verify(out)


@pytest.mark.parametrize("name", ["documents", "entities", "dates", "claims"])
def test_a_table_that_is_gone_is_said_once(out: Path, name: str) -> None:
    """Every row that points at it, and every document without rows, would be told otherwise."""
    (out / f"{name}.csv").unlink()
    (mismatch,) = verify(out).mismatches
    assert mismatch.file == f"{name}.csv"
    assert "No such file" in mismatch.what
