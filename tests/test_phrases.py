"""Phrases beside numbers: what a reader would call the subject, and what must never be part of it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from pipeline.model import Article, Source
from pipeline.phrases.left import left_phrase
from pipeline.phrases.pieces import pieces
from pipeline.phrases.right import right_phrase
from pipeline.rulekit.symbols import Symbols
from pipeline.stages.article import make_article
from pipeline.words import read_words

PACKAGE = Path(__file__).parents[1] / "pipeline"


def article_of(text: str) -> tuple[Article, Symbols]:
    article = make_article(Source("d", "d.txt", text, text))
    return article, Symbols(article, ())


def inside(symbols: Symbols) -> tuple[int, int]:
    """The positions of the text between the ends of its sentence."""
    first = len(symbols.text) - len(symbols.text.lstrip("\n"))
    return first, max(first, len(symbols.text.rstrip("\n")))


def left(text: str) -> str:
    article, symbols = article_of(text)
    span = left_phrase(article, symbols, *inside(symbols))
    return article.text[span[0] : span[1]] if span else ""


def right(text: str) -> str:
    article, symbols = article_of(text)
    span = right_phrase(article, symbols, *inside(symbols))
    return article.text[span[0] : span[1]] if span else ""


@pytest.mark.parametrize(
    ("run", "phrase"),
    [
        ("全市常住人口", "全市常住人口"),
        ("其中女性人口约为", "女性人口"),  # opening and tail go
        ("规模化生产将使治疗成本", "治疗成本"),  # behind a causative verb
        ("治疗后患者水平较术前", "患者水平"),  # what it is compared with goes
        ("消费者价格指数（CPI）", "消费者价格指数"),  # an explanation in brackets goes
        ("发生率为百分之几（对照组", "对照组"),  # an open bracket begins a phrase
        ("公司实现营业收入", "营业收入"),
        ("持單程通行證來港的人數", "持單程通行證來港的人數"),  # a relative clause stays
        ("\ufeff全市总面积", "全市总面积"),  # neither a mark nor an emoji is part of it
        ("全省共接报火灾", "火灾"),  # 共 and a verb go
        ("该病发病率为每", "该病发病率"),
        ("基金（含甲类、乙类）规模", "基金（含甲类、乙类）规模"),  # a note inside the phrase ends it nowhere
        ("较去年", ""),
        ("同比增长", ""),
        ("同比增加", ""),  # jieba takes both for one name
        ("教育支出减列", "教育支出"),  # 减列 is no word of jieba's
        ("海关进行了", "海关"),
        ("单位面积能耗（现价）较上期下降", "单位面积能耗"),  # a bracket before what it is compared with
        ("位于城北的水库蓄水量", "水库蓄水量"),
        ("招募", ""),  # what is counted stands behind it (招募100名志愿者)
        ("招生", "招生"),  # a noun of its own, though jieba calls it a verb
        ("组织", ""),  # a verb whose object is the number
        ("全国规模以上工业增加值按可比价格计算", "全国规模以上工业增加值"),  # 以上 opens no 以…计算
        ("它的体积", "体积"),
        ("首次超越疫前水平", ""),  # what it is compared with
        ("建议再", ""),  # a verb of speech, its object is the number
        ("清理楼道、化解居民矛盾", "居民矛盾"),  # the last of a list of actions
        ("，", ""),
    ],
)
def test_left_of_the_number(run: str, phrase: str) -> None:
    assert left(run) == phrase


@pytest.mark.parametrize(
    ("run", "phrase"),
    [
        ("学生参加考试", "学生"),  # ends before the predicate
        ("干细胞新药通过审批", "干细胞新药"),
        ("需胰岛素治疗的严重糖尿病患者计算", "需胰岛素治疗的严重糖尿病患者"),  # a verb only inside a modifier
        ("研究中心", "研究中心"),
        ("失窃案件移交检方", "失窃案件"),  # events, over a verb
        ("违规摊位被拆除", "违规摊位"),  # what a passive follows
        ("申请未获批准者离开", "申请未获批准者"),  # who does so
        ("病情为重症的病人", "病情为重症的病人"),
        ("左右", ""),
        ("书各具特色", "书"),  # a set phrase is a predicate
        ("同伙台上受审", "同伙"),
        ("上市公司披露业绩", "上市公司"),  # a name that begins like a predicate is none
        ("癌前病变需要随访", "癌前病变"),
        ("公诉案件被告人", "公诉案件被告人"),
        ("以上的增长", ""),
        ("、私立", ""),
        ("大关", ""),
        ("在北京", ""),
    ],
)
def test_right_of_the_number(run: str, phrase: str) -> None:
    assert right(run) == phrase


def test_a_run_that_ends_inside_a_word_is_no_phrase() -> None:
    """行为 holds 为, which is no verb of its own there."""
    article, symbols = article_of("不文明行为五成")
    assert left_phrase(article, symbols, inside(symbols)[0], symbols.text.index("为")) is None


@pytest.mark.parametrize("text", ["自杀率为2的时候", "较术前增加", "“三新”产业(CPI)增加值\u3000达", ""])
def test_pieces_concatenate_to_the_run(text: str) -> None:
    """Freeing glued characters must neither lose nor move one."""
    article, symbols = article_of(text)
    first, last = inside(symbols)
    found = pieces(article, symbols, first, last)
    assert "".join(p.text for p in found) == symbols.text[first:last]
    assert all(symbols.text[p.start : p.end] == p.text for p in found)


def roles_asked_for() -> set[str]:
    """The roles that the code names: has(piece, "tail"), roles()["tail"]."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in PACKAGE.rglob("*.py")]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    asked = [ast.unparse(n.args[1]) for n in nodes if isinstance(n, ast.Call) and ast.unparse(n.func) == "has"]
    asked += [ast.unparse(n.slice) for n in nodes if isinstance(n, ast.Subscript) and ast.unparse(n.value) == "roles()"]
    return {ast.literal_eval(name) for name in asked if name.startswith(("'", '"'))}


def test_every_role_is_used_and_every_role_used_has_words() -> None:
    """A role that is misspelled in the table or in the code would silently never apply."""
    known = {role for row in read_words("phrase_words") for role in row["role"].split("|")}
    assert roles_asked_for() - known == {"speech"}  # has a table of its own
    assert known <= roles_asked_for()
    assert known == {row["role"] for row in read_words("phrase_roles")}, "phrase_roles.csv says what each role is"
