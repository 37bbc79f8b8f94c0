"""Names that a context proves: their borders, and their other uses in the article."""

from __future__ import annotations

import pytest

from pipeline.names import contexts
from pipeline.names.joined import whole_before
from pipeline.names.leftward import Piece
from pipeline.stages.article import make_article
from pipeline.stages.read import from_text
from pipeline.stages.settling import proved
from pipeline.stages.settling.name import Name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("昨日，天岭铝业（002532）公布中报", "天岭铝业"),
        ("8月22日天岭铝业（002532）公布中报", "天岭铝业"),
        ("新能源车企零跑（09863）上涨", "零跑"),
        ("上市公司（002532）公布中报", ""),
        ("北京（100000）", ""),
    ],
)
def test_name_before_a_code(text: str, name: str) -> None:
    """Fails when a date or the sort of company is taken in, or a common noun or a place is taken for a name."""
    article = make_article(from_text(text))
    span = contexts.before(article, article.shadow.index("("))
    assert (article.text[slice(*span)] if span else "") == name


def test_name_after_grows_to_what_is_said_again() -> None:
    """Fails when jieba's cut through an unknown name (普/莱德) decides."""
    article = make_article(from_text("子公司凯德莱在上半年盈利，凯德莱原股东有异议"))
    span = contexts.after(article, 3, lambda start, end: False)
    assert span == (3, 6)


def test_all_uses_of_a_proved_name_but_not_inside_latin_words() -> None:
    """Fails when only the proof is found, or a name is found inside a longer word of Latin letters."""
    article = make_article(from_text("“EasyGo”完成A轮融资，EasyGo成立，EasyGoing"))
    names = list(proved.proved(article, [], [(1, 7, "r", "proved", "company")]))
    assert [(n.start, article.text[n.start : n.end]) for n in names] == [(1, "EasyGo"), (15, "EasyGo")]


def test_list_needs_a_known_company() -> None:
    """Fails when a list without any company makes its members companies."""
    article = make_article(from_text("甲乐家、乙趣店等品牌"))
    span = (0, 7)
    assert not list(proved.proved(article, [], [(*span, "r", "members", "company")]))
    known = Name(0, 3, "company", "k")
    assert [(n.start, n.end) for n in proved.proved(article, [known], [(*span, "r", "members", "company")])] == [(4, 7)]


def test_people_in_a_list_are_no_companies() -> None:
    """向悦与华为等企业 names a person first."""
    article = make_article(from_text("甲乐家与乙趣店等企业"))
    known, span = Name(4, 7, "company", "k"), (0, 7, "r", "members", "company")
    assert [n.start for n in proved.proved(article, [known], [span])] == [0]
    assert not list(proved.proved(article, [known], [span], lambda start, end: start == 0))


def test_joined_name_needs_its_place() -> None:
    """Fails when 和 joins two organisations into one, or cuts a name after its place in two."""

    def pieces(text: str, head: str) -> list[Piece]:
        article = make_article(from_text(text))
        return whole_before(article.tokens(0), text.index(head), lambda end: False)

    assert next(p.kind for p in pieces("郑州市防汛和抗旱指挥部", "指挥部")) == "P"
    assert not pieces("防汛和抗旱指挥部", "指挥部")
    assert not pieces("湖北省和武汉市指挥部", "指挥部")
