"""Documents to folders: same bytes whatever the order and the workers; bad files cost a row, never the run."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline import document
from pipeline.config import Config
from pipeline.document import Machine, process, process_all
from pipeline.model import Article, Claim, Found, Institution, Mention, Quantity, Reject
from pipeline.output.columns import TABLES
from pipeline.output.folder import FolderError, hold, read_run
from pipeline.output.tables import read_csv
from pipeline.output.verify import verify
from pipeline.rules import RuleSet
from pipeline.run import run
from pipeline.stages.read import NoInput

RULES_ONLY = Config(ner="none")
TEXT = "国家统计局表示，2024年一季度产值同比增长5.3%，达到1.2亿元。"


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    folder = tmp_path / "articles"
    (folder / "sub").mkdir(parents=True)
    (folder / "a.txt").write_text(TEXT, encoding="utf-8")
    (folder / "b.md").write_text(f"---\ndate: 2025-04-29\n---\n# 标题\n{TEXT}\n", encoding="utf-8")
    (folder / "sub" / "c.html").write_text(
        f"<html><body><article><h1>标题</h1><p>{TEXT}&amp;{TEXT}</p></article></body></html>",
        encoding="utf-8",
    )
    return folder


def tables_of(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in out.iterdir() if path.suffix in (".csv", ".json")}


def documents(out: Path) -> dict[str, dict[str, str]]:
    return {Path(row["source"]).name: row for row in read_csv(out / "documents.csv")}


def test_workers_and_order_leave_no_trace(articles: Path, tmp_path: Path) -> None:
    """The same input gives the same bytes: only run.json, which holds times, may differ."""
    parts = [articles / "a.txt", articles / "b.md", articles / "sub"]
    run([articles], tmp_path / "one", RULES_ONLY, jobs=1)
    run(parts[::-1], tmp_path / "two", RULES_ONLY, jobs=2)
    one, two = tables_of(tmp_path / "one"), tables_of(tmp_path / "two")
    assert one.pop("run.json") != two.pop("run.json")
    assert one == two
    assert set(one) == {f"{name}.csv" for name in TABLES} | {"datapackage.json"}


@pytest.mark.parametrize(("beside", "long"), [(False, 1_000), (True, 1_000), (True, 46)])
def test_reading_names_ahead_changes_no_row(
    tmp_path: Path, beside: bool, long: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Documents that the model reads together, some while the rules work, have the rows each has alone; long ones too."""
    monkeypatch.setattr(document, "GROUP", 60)
    monkeypatch.setattr(document, "LONG", long)
    names = ["上海长征医院", "北京大学", "腾讯控股", "国家药监局", "深兰科技", "香港大学", "赢创投资"]
    paths = [tmp_path / f"{number}.txt" for number in range(len(names) + 2)]
    for path, name in zip(paths, names, strict=False):
        path.write_text(f"{name}的李国华表示，{TEXT}", encoding="utf-8")
    paths[-1].write_bytes(b"")  # the last but one doesn't exist
    together = list(process_all(paths, Config(), beside=beside))
    assert [r.document["source"] for r in together] == [path.as_posix() for path in paths]
    assert [replace(r, seconds={}) for r in together] == [replace(process(p, Config()), seconds={}) for p in paths]
    assert {row["text"] for r in together for row in r.institutions} >= {"上海长征医院", "国家统计局"}
    assert sum(r.seconds.get("ahead", 0) for r in together) > 0


@pytest.mark.parametrize("plain", [False, True])
def test_every_row_of_every_format_stands_where_it_says(articles: Path, tmp_path: Path, plain: bool) -> None:
    """Text, front matter and HTML: offsets are those of the file, not of the text a stage saw."""
    run([articles], tmp_path / "out", RULES_ONLY, plain=plain)
    verdict = verify(tmp_path / "out")
    assert verdict.mismatches == ()
    assert {row["doc_id"] for row in read_csv(tmp_path / "out" / "claims.csv")} == {
        row["doc_id"] for row in documents(tmp_path / "out").values()
    }


@pytest.fixture
def bad_files(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "bad"
    (folder / "folder.txt").mkdir(parents=True)
    (folder / "folder.txt" / "inside.txt").write_text(TEXT, encoding="utf-8")
    (folder / "empty.txt").write_bytes(b"")
    (folder / "binary.txt").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR")
    (folder / "undecodable.txt").write_bytes(bytes(range(128, 256)) * 3)
    (folder / "vanished.txt").symlink_to("nowhere")
    (folder / "loop.txt").symlink_to("loop.txt")
    os.mkfifo(folder / "pipe.txt")
    (folder / "new\nline.txt").write_text(TEXT, encoding="utf-8")
    (folder / os.fsdecode(b"bytes\xff.txt")).write_text(TEXT, encoding="utf-8")
    with socket.socket(socket.AF_UNIX) as server:
        here = os.getcwd()
        os.chdir(folder)  # a socket's path is short
        server.bind("socket.txt")
        os.chdir(here)
        yield folder


def test_bad_files_cost_a_row_each(bad_files: Path, tmp_path: Path) -> None:
    """None hangs, none stops the run, none is lost, and each error says what to do."""
    summary = run([bad_files], tmp_path / "out", RULES_ONLY)
    rows = documents(tmp_path / "out")
    failed = {name: row["error_code"] for name, row in rows.items() if row["status"] == "failed"}
    assert failed == {
        "empty.txt": "empty",
        "binary.txt": "binary",
        "undecodable.txt": failed["undecodable.txt"],
        "vanished.txt": "missing",
        "loop.txt": "link-loop",
        "pipe.txt": "not-a-file",
        "socket.txt": "not-a-file",
    }
    assert all(row["source"] in row["error"] for row in rows.values() if row["status"] == "failed")
    assert {name for name, row in rows.items() if row["status"] == "ok"} == {
        *("inside.txt", "new\nline.txt", "bytes\\xff.txt")
    }
    assert len(summary.problems) == len(failed)
    assert verify(tmp_path / "out").mismatches == ()


def test_other_files_and_a_folders_readme_are_skipped(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("a.txt", "picture.jpg", "README.md"):
        (folder / name).write_text(TEXT, encoding="utf-8")
    summary = run([folder], tmp_path / "out", RULES_ONLY)
    assert {n: (r["status"], r["error_code"]) for n, r in documents(tmp_path / "out").items()} == {
        "a.txt": ("ok", ""),
        "picture.jpg": ("skipped", "unsupported"),
        "README.md": ("skipped", "readme"),
    }
    assert summary.problems == ()
    run([folder / "README.md"], tmp_path / "named", RULES_ONLY)
    assert documents(tmp_path / "named")["README.md"]["status"] == "ok"


def test_copies_are_marked(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for name in ("b.txt", "a.txt"):
        (tmp_path / "in" / name).write_text(TEXT, encoding="utf-8")
    run([tmp_path / "in"], tmp_path / "out", RULES_ONLY)
    rows = documents(tmp_path / "out")
    assert (rows["a.txt"]["duplicate_of"], rows["b.txt"]["duplicate_of"]) == ("", rows["a.txt"]["doc_id"])


def test_tables_of_an_earlier_run_are_no_input(articles: Path) -> None:
    run([articles], articles / "out", RULES_ONLY)
    (articles / "out" / "note.md").write_text(TEXT, encoding="utf-8")
    run([articles], articles / "out", RULES_ONLY)
    assert set(documents(articles / "out")) == {"a.txt", "b.md", "c.html"}


@pytest.mark.parametrize("make", [lambda p: p / "gone", lambda p: p], ids=["missing", "empty"])
def test_no_input_writes_nothing(tmp_path: Path, make: object) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(NoInput, match="nothing to read"):
        run([make(empty)], tmp_path / "out", RULES_ONLY)  # type: ignore[operator]
    assert not (tmp_path / "out").exists()


def test_a_folder_is_held_by_one_run(articles: Path, tmp_path: Path) -> None:
    with hold(tmp_path / "out"), pytest.raises(FolderError, match="another zhclaims run"):
        run([articles], tmp_path / "out", RULES_ONLY)
    run([articles], tmp_path / "out", RULES_ONLY)


def test_a_foreign_folder_is_left_alone(articles: Path, tmp_path: Path) -> None:
    """Writing claims.csv over somebody's claims.csv would be unforgivable."""
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    (foreign / "claims.csv").write_text("mine", encoding="utf-8")
    with pytest.raises(FolderError, match="something else made it"):
        run([articles], foreign, RULES_ONLY)
    assert (foreign / "claims.csv").read_text(encoding="utf-8") == "mine"


def test_a_log_and_a_readme_make_no_folder_foreign(articles: Path, tmp_path: Path) -> None:
    """`zhclaims run … -o out >out/log`: the shell opens the log before the run looks at the folder."""
    out = tmp_path / "out"
    out.mkdir()
    (out / "log").touch()
    (out / "README.md").write_text("what this is", encoding="utf-8")
    run([articles], out, RULES_ONLY)
    assert (out / "README.md").read_text(encoding="utf-8") == "what this is"


def test_an_interrupted_run_leaves_the_earlier_tables(
    articles: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run([articles], tmp_path / "out", RULES_ONLY)
    before = tables_of(tmp_path / "out")

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("pipeline.run.process_all", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run([articles], tmp_path / "out", RULES_ONLY)
    assert tables_of(tmp_path / "out") == before


def test_times_are_in_run_json_only(articles: Path, tmp_path: Path) -> None:
    run([articles], tmp_path / "out", RULES_ONLY, command=["run", "x"])
    record = read_run(tmp_path / "out")
    assert record is not None
    assert record["command"] == ["run", "x"]
    assert {"read", "article", "rows"} <= set(record["seconds"]["stages"])
    assert len(record["seconds"]["documents"]) == 3
    assert record["rules"]
    assert record["versions"]["jieba"]
    json.dumps(record)


# --- one document, with stages made for the test ------------------------------------------------


def staged(monkeypatch: pytest.MonkeyPatch, *mentions: Mention, error: Exception | None = None) -> None:
    def stage(article: Article, found: Found) -> tuple[Mention, ...]:
        if error:
            raise error
        return mentions

    works = Machine(RuleSet((), {}, "", ()), (("stage", stage),))
    monkeypatch.setattr(document, "machine", lambda *_: works)


@pytest.fixture
def one_file(tmp_path: Path) -> Path:
    path = tmp_path / "a.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


def test_a_stage_that_breaks_fails_its_document(one_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    staged(monkeypatch, error=ValueError("boom"))
    row = process(one_file, RULES_ONLY).document
    assert (row["status"], row["error_code"]) == ("failed", "internal")
    assert "boom" in row["error"]
    assert row["sha256"]


def test_where_a_stage_broke_is_in_run_json(one_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it nobody could mend what a user reports."""
    staged(monkeypatch, error=ValueError("boom"))
    out = one_file.parent / "out"
    run([one_file], out, RULES_ONLY, jobs=1)
    record = read_run(out)
    assert record is not None
    (lines,) = record["errors"].values()
    assert lines[0].startswith("Traceback")
    assert any("test_run.py" in line for line in lines)
    assert "boom" in lines[-1]


def test_a_rule_out_of_time_is_named_and_the_others_rows_stay(one_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lost = Reject(0, 0, rule="claim.runaway", reason=document.TIMEOUT)
    staged(monkeypatch, Claim(0, 2, "claim.good", "claims", quantity=Quantity(0, 2)), lost)
    result = process(one_file, RULES_ONLY)
    assert (result.document["status"], len(result.claims), result.rejected) == ("partial", 1, [])
    assert "claim.runaway" in result.document["error"]
    assert result.rule_counts["claim.runaway"]["timeouts"] == 1


def test_ids_name_the_place_and_stay_unique(one_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An id that counted rows would change with every new rule."""
    claims = [Claim(3, 5, f"claim.{n}", "claims", quantity=Quantity(3, 5)) for n in "ab"]
    staged(monkeypatch, *claims, Claim(9, 10, "claim.c", "claims", quantity=Quantity(9, 10)))
    ids = [row["claim_id"].partition("-")[2] for row in process(one_file, RULES_ONLY).claims]
    assert ids == ["c3", "c3.2", "c9"]


def test_claims_point_at_speaker_and_parent_at_institution(one_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Institution(0, 5, "inst.a", "institutions", canonical="国家统计局")
    part = Institution(0, 2, "inst.b", "institutions", parent=(0, 5))
    staged(
        monkeypatch,
        Claim(9, 14, "claim.a", "claims", quantity=Quantity(9, 14), attribution=(0, 5)),
        part,
        whole,
    )
    result = process(one_file, RULES_ONLY)
    first, second = result.institutions
    assert result.claims[0]["attribution"] == "国家统计局"
    assert result.claims[0]["attribution_id"] == second["entity_id"] == first["parent_id"]
    assert first["canonical"] == "国家"
