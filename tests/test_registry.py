"""Importing a registry and linking names to it: a wrong link is worse than none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.document import machine
from pipeline.names.registry import Registry, default_path, import_csv, import_ror, key, opened, variant_key
from pipeline.output.tables import read_csv

RECORDS = [
    ("01", "郑州大学第一附属医院", ["郑大一附院"], "CN", "healthcare"),
    ("02", "常州工程职业技术学院", [], "CN", "education"),
    ("03", "國立臺灣大學", ["NTU"], "TW", "education"),
    ("04", "中山大学", [], "CN", "education"),
    ("05", "中国石油大学", [], "CN", "education"),
    ("06", "中国石油大学", [], "CN", "education"),
]


def dump(path: Path) -> Path:
    items = [
        {
            "id": f"https://ror.org/{number}",
            "status": "active",
            "names": [
                {"value": name, "types": ["label"], "lang": "zh"},
                *({"value": a, "types": ["alias"]} for a in aliases),
            ],
            "types": [kind],
            "locations": [{"geonames_details": {"country_code": country}}],
        }
        for number, name, aliases, country, kind in RECORDS
    ]
    path.write_text(json.dumps(items, ensure_ascii=False), encoding="utf-8")
    return path


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    return Registry(import_ror(dump(tmp_path / "ror.json"), tmp_path / "index.sqlite").path)


@pytest.mark.parametrize(
    ("name", "number", "method"),
    [
        ("郑州大学第一附属医院", "01", "exact"),
        ("郑大一附院", "01", "alias"),
        ("郑州大学附属第一医院", "01", "variant"),
        ("国立台湾大学", "03", "exact"),
        ("台湾大学", "03", "difference"),
    ],
)
def test_ways_of_linking(registry: Registry, name: str, number: str, method: str) -> None:
    """Each way links what it should and says which it was."""
    link = registry.link(name)
    assert (link.id, link.method) == (number, method)


@pytest.mark.parametrize("name", ["常州工业职业技术学院", "国立中山大学", "郑州大学第二附属医院", "大学", "NTU"])
def test_similar_is_not_the_same(registry: Registry, name: str) -> None:
    """常州工业 and 常州工程 score 90; the 国立中山大学 of Taiwan is not the 中山大学 of Guangzhou."""
    assert registry.link(name).id == ""


def test_shared_names_link_nothing(registry: Registry) -> None:
    """Two records of one name are both suggested."""
    link = registry.link("中国石油大学")
    assert link.id == ""
    assert len(link.candidates) == 2


def test_jurisdictions_must_not_contradict(registry: Registry) -> None:
    assert registry.link("中山大学", "CN").id == "04"
    assert registry.link("中山大学", "TW").id == ""


def test_similarity_only_suggests(registry: Registry) -> None:
    """Two schools of one town differ by a character: a person decides."""
    link = registry.link("常州工业职业技术学院")
    assert link.id == ""
    assert link.candidates == ("02 常州工程职业技术学院",)
    assert registry.link("常州大学").candidates == ()


def test_a_table_of_your_own(tmp_path: Path) -> None:
    """The plain CSV, with a byte-order mark as spreadsheets write it."""
    table = tmp_path / "own.csv"
    table.write_text("\ufeffid,name,aliases,country\nx1,甲乙研究院,甲乙院|甲研院,CN\n", encoding="utf-8")
    done = import_csv(table, tmp_path / "index.sqlite")
    assert done.records == 1
    assert done.version.startswith("csv own.csv sha256:")
    assert Registry(done.path).link("甲研院").id == "x1"


@pytest.mark.parametrize("content", ["{}", "no json", '[{"id": "x", "name": "v1"}]'])
def test_what_is_no_dump_leaves_the_index_alone(tmp_path: Path, content: str) -> None:
    """A failed import must not destroy the last good one."""
    good = import_ror(dump(tmp_path / "ror.json"), tmp_path / "index.sqlite")
    bad = tmp_path / "bad.json"
    bad.write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match=r"bad\.json"):
        import_ror(bad, good.path)
    assert Registry(good.path).version == good.version


def test_a_table_without_its_columns_is_refused(tmp_path: Path) -> None:
    table = tmp_path / "own.csv"
    table.write_text("name\n甲\n", encoding="utf-8")
    with pytest.raises(ValueError, match="no column id"):
        import_csv(table, tmp_path / "index.sqlite")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("id,name\n", "has no rows"),
        ("", "no column id and no column name"),
        ("id,name\nx1,甲院\n,乙院\n", ":3: no id"),
        ("id,name\nx1,甲院\nx2, \n", ":3: no name"),
        ("id,name\nx1,甲院\nx1,乙院\n", ":3: the id x1 is that of line 2"),
        ("id,name,itype\nx1,甲院,zoo\n", ":2: itype 'zoo', allowed: university"),
    ],
)
def test_a_bad_table_is_told_line_by_line_and_the_index_stays(tmp_path: Path, content: str, said: str) -> None:
    """A row that vanishes, or an index that is suddenly empty, shows only when nothing links any more."""
    good = import_ror(dump(tmp_path / "ror.json"), tmp_path / "index.sqlite")
    table = tmp_path / "own.csv"
    table.write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match=said):
        import_csv(table, good.path)
    assert Registry(good.path).version == good.version


def test_an_empty_dump_leaves_the_index_alone(tmp_path: Path) -> None:
    good = import_ror(dump(tmp_path / "ror.json"), tmp_path / "index.sqlite")
    (tmp_path / "none.json").write_text("[]", encoding="utf-8")
    with pytest.raises(ValueError, match="no organisation"):
        import_ror(tmp_path / "none.json", good.path)
    assert Registry(good.path).version == good.version


def test_a_file_that_is_no_index(tmp_path: Path) -> None:
    other = tmp_path / "x.sqlite"
    other.write_bytes(b"hello")
    with pytest.raises(ValueError, match="import it again"):
        Registry(other)
    with pytest.raises(FileNotFoundError, match="registry import"):
        Registry(tmp_path / "none.sqlite")


def test_the_place_of_the_index_can_be_chosen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ZHCLAIMS_REGISTRY", str(tmp_path / "r.sqlite"))
    assert default_path() == tmp_path / "r.sqlite"


def test_keys_ignore_what_says_nothing() -> None:
    """Script, width, brackets, spaces."""
    assert key("臺灣大學（醫學院）") == key("台湾大学 (医学院)")
    assert variant_key("天津市第一中心医院") == variant_key("天津第一中心医院")


def test_import_by_the_command_links_in_the_next_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The index that `zhclaims registry import` writes is the one that a run reads, and run.json names it."""
    table, article, out = tmp_path / "own.csv", tmp_path / "a.txt", tmp_path / "out"
    table.write_text("id,name,aliases,country,itype\nR1,荆州市第九人民医院,荆州九院,CN,hospital\n", encoding="utf-8")
    article.write_text("荆州市第九人民医院收治患者30例。荆州第九人民医院的医生说，病人已出院。", encoding="utf-8")
    monkeypatch.setenv("ZHCLAIMS_REGISTRY", str(tmp_path / "index.sqlite"))
    opened.cache_clear()
    machine.cache_clear()  # stages made by another test hold the index of their time
    console = CliRunner()
    done = console.invoke(app, ["registry", "import", "csv", str(table)])
    assert done.exit_code == 0
    assert "1 organisations" in done.output
    assert console.invoke(app, ["registry", "import", "ror", str(table)]).exit_code == 2
    assert console.invoke(app, ["run", str(article), "-o", str(out), "--ner", "none", "--jobs", "1"]).exit_code == 0
    rows = read_csv(out / "institutions.csv")
    assert [row["ror_id"] for row in rows if row["text"] == "荆州市第九人民医院"] == ["R1"]
    assert {row["text"] for row in rows} == {"荆州市第九人民医院", "荆州第九人民医院"}
    assert len({row["entity_id"] for row in rows}) == 1
    assert "own.csv" in (out / "run.json").read_text(encoding="utf-8")
    opened.cache_clear()
    machine.cache_clear()
