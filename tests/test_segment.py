"""Segmentation: what would lose a character, wait for ever, or run somebody else's cache."""

from __future__ import annotations

import doctest
import logging
import marshal
import os
import re
import sys
import time
from pathlib import Path

import jieba
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.stages import segment as module
from pipeline.stages.convert import simplify
from pipeline.stages.segment import RUN_LIMIT, make_doc, segment, segmenter

SHADOWS = [simplify(p.read_bytes().decode("utf-8")) for p in sorted(Path("corpus").glob("*.txt"))]
mixed = st.text(alphabet="治疗有效率达到患者的了 \r\n\t，。%.-_+#&/<>~'aBcX0123万亿年月日GLPvs㎡①\u3000👩")
only_posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")


@settings(deadline=None)  # the first one loads the model
@given(st.one_of(st.text(), mixed))
@example("GLP-1受体0-14岁 AT&T c++ v3.8.18 50.5%\r\n")
def test_tokens_concatenate_to_the_text(text: str) -> None:
    tokens = segment(text)
    assert "".join(token for token, _ in tokens) == text
    assert all(token for token, _ in tokens)


def test_is_jieba() -> None:
    plain = jieba.Tokenizer()
    plain.tmp_dir = os.devnull  # no cache
    jieba.setLogLevel(logging.CRITICAL)
    for text in SHADOWS:
        assert [token for token, _ in segment(text)] == [
            token for block in re.split(r"(?<=\n)", text) for token in plain.cut(block)
        ]


@settings(deadline=None)
@given(st.one_of(mixed, st.text(alphabet="".join(SHADOWS), max_size=60)))
@example("结合成分子时")
def test_the_best_way_through_the_words_is_jiebas(text: str) -> None:
    """Weights, too, to the last bit: a rounding otherwise decides between words of equal weight."""
    plain = jieba.Tokenizer()
    plain.FREQ, plain.total, _ = module._model()
    plain.initialized = True
    route: dict[int, tuple[float, int]] = {}
    plain.calc(text, plain.get_DAG(text), route)
    assert module._best_words(text, plain.FREQ, module._Weights(plain.total)) == route


@settings(deadline=None)
@given(mixed)
@example("1940-1945年 GLP-1 AT&T/c++ a_b.json 3.14% -- ...")
def test_rjieba_gives_the_same_tokens(text: str) -> None:
    pytest.importorskip("rjieba")
    assert segmenter("rjieba")(text) == segmenter("jieba")(text)


def test_rjieba_gives_the_same_tokens_for_the_corpus() -> None:
    pytest.importorskip("rjieba")
    for text in SHADOWS:
        assert segmenter("rjieba")(text) == segmenter("jieba")(text)


def test_tags_are_those_of_the_dictionary() -> None:
    with (Path(jieba.__file__).parent / "dict.txt").open(encoding="utf-8") as file:
        tags = {word: tag for word, _, tag in map(str.split, file)}
    for text in SHADOWS:
        assert all(tag == tags.get(token, "") for token, tag in segment(text))
    assert ("医院", "n") in segment("这家医院")


@pytest.mark.parametrize("engine", ["jieba", "rjieba"])
def test_runs_without_punctuation_are_cut(engine: str) -> None:
    """80,000 characters without punctuation took 21 seconds in one piece."""
    if engine == "rjieba":
        pytest.importorskip("rjieba")
    started = time.process_time()
    for run in ("囧囡囫" * 30_000, "1" * 90_000, "一" * 90_000):
        assert "".join(token for token, _ in segmenter(engine)(run)) == run
    assert time.process_time() - started < 15


def test_cutting_long_runs_changes_nothing_else() -> None:
    text = SHADOWS[0]
    assert len(text) > RUN_LIMIT  # so it goes through blocks
    by_line = [pair for line in re.split(r"(?<=\n)", text) for pair in segment(line)]
    assert segment(text) == by_line


def test_unknown_engine_is_named() -> None:
    with pytest.raises(ValueError, match=r"hanlp.*rjieba"):
        segmenter("hanlp")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA", "HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setattr(module, "_build", lambda lines: ({"built": 1}, 1, {"built": "n"}))
    return tmp_path


def model() -> module.Model:
    return module._model.__wrapped__()  # past its cache in memory


@only_posix
def test_cache_is_private_and_read_back(home: Path) -> None:
    assert model()[1] == 1
    (cached,) = home.rglob("*.marshal")
    assert cached.stat().st_mode & 0o077 == 0
    assert cached.parent.stat().st_mode & 0o077 == 0
    cached.write_bytes(marshal.dumps(({}, 2, {})))
    assert model()[1] == 2


@only_posix
@pytest.mark.parametrize("open_to_others", ["file", "folder"])
def test_cache_others_can_write_is_not_read(home: Path, open_to_others: str) -> None:
    model()
    (cached,) = home.rglob("*.marshal")
    cached.write_bytes(marshal.dumps(({}, 2, {})))
    os.chmod(cached if open_to_others == "file" else cached.parent, 0o777)
    assert model()[1] == 1


@only_posix
def test_cache_behind_a_link_is_not_read(home: Path) -> None:
    model()
    (cached,) = home.rglob("*.marshal")
    elsewhere = home / "elsewhere"
    elsewhere.write_bytes(marshal.dumps(({}, 2, {})))
    cached.unlink()
    cached.symlink_to(elsewhere)
    assert model()[1] == 1


def test_broken_cache_is_rebuilt(home: Path) -> None:
    model()
    (cached,) = home.rglob("*.marshal")
    cached.write_bytes(b"{")
    assert model()[1] == 1


def test_nowhere_to_cache_is_no_failure(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "file").write_text("")
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA", "HOME"):
        monkeypatch.setenv(name, str(home / "file"))
    assert model()[1] == 1


def test_the_model_is_the_one_jieba_builds() -> None:
    with (Path(jieba.__file__).parent / "dict.txt").open("rb") as file:
        assert module._model()[:2] == jieba.Tokenizer.gen_pfdict(file)


def test_doc_has_the_text_and_the_tags() -> None:
    from spacy.vocab import Vocab

    text = "治疗组 有效率90%。\n"
    doc = make_doc(Vocab(), segment(text))
    assert doc.text == text
    assert [token.tag_ for token in doc] == [tag for _, tag in segment(text)]
    assert all(text.startswith(token.text, token.idx) for token in doc)
    assert len(make_doc(Vocab(), [])) == 0


def test_doctests() -> None:
    assert doctest.testmod(module).failed == 0
