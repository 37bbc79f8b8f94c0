"""Left borders and candidates. What a head noun needs to be a name is tested in ``rules/institutions.yaml``."""

from __future__ import annotations

import pytest

from pipeline.document import load_rules
from pipeline.model import Found, Reject
from pipeline.names.borders import grow
from pipeline.names.leftward import pieces_before
from pipeline.names.nameparts import is_country, is_place, word_class
from pipeline.stages.article import make_article
from pipeline.stages.candidates.candidate import Candidate
from pipeline.stages.convert import to_traditional
from pipeline.stages.institutions import institutions
from pipeline.stages.read import from_text

RULES = load_rules(())


def found(text: str) -> set[str]:
    article = make_article(from_text(text))
    return {text[c.start : c.end] for c in institutions(article, Found(), RULES) if isinstance(c, Candidate)}


def test_places_are_known_alone_and_in_rows() -> None:
    """A place taken for a coined word would begin no name."""
    assert is_place("涿州")
    assert is_place("河北省涿州市")
    assert not is_place("糖尿病")
    assert is_country("美国")
    assert not is_country("北京")


@pytest.mark.parametrize(
    ("word", "tag", "letter"),
    [
        ("由", "p", "."),
        ("第一", "m", "O"),
        ("301", "", "O"),
        ("iPS", "eng", "N"),
        ("三甲", "n", "Z"),
        ("院长", "n", "."),
        ("未来", "t", "X"),
    ],
)
def test_words_have_their_class(word: str, tag: str, letter: str) -> None:
    """Lists go before tags: 三甲 is a noun to jieba, and no name holds it."""
    assert word_class(word, tag) == letter


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("随后由海军军医大学附属医院宣布", "海军军医大学附属医院"),  # a parent and a preposition before it
        ("新加坡教育部说", "新加坡教育部"),  # a country at the very beginning of a text
        ("签约的赢创（上海）投资管理有限公司宣布", "赢创（上海）投资管理有限公司"),  # a place in brackets
        ("成立了科学及技术委员会", "科学及技术委员会"),  # 及 between two fields
        ("广东省科学院与中山大学", "广东省科学院"),  # 与 between two names
        ("就读于福州大学至诚学院", "福州大学至诚学院"),  # an adverb as a name
        ("日本京都大学iPS细胞研究所", "日本京都大学iPS细胞研究所"),  # Latin inside
        ("由海岸工程拓展署负责", "海岸工程拓展署"),  # a verb that no list knows, inside
        ("就读于清华大学数学系主任的班级", "清华大学数学系"),  # a title glued to the head
        ("电商公司禾海集团上市", "禾海集团"),  # what it is, before what it is called
        ("依托光电物理国家重点实验室开展研究", "光电物理国家重点实验室"),  # 国家 behind the field
        ("与中泰工程有限公司合作", "中泰工程有限公司"),  # 中 begins a brand where it follows no noun
        ("驻澳门联络办公室负责", "驻澳门联络办公室"),  # 驻 belongs to the name
        ("與訊聯生物科技股份有限公司簽署", "訊聯生物科技股份有限公司"),  # single characters that jieba doesn't know
    ],
)
def test_names_begin_where_names_begin(text: str, name: str) -> None:
    """A border too far left takes in verbs, one too far right loses the place or the parent."""
    assert name in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "多家三甲医院",
        "4个运输分局",
        "一家美国公司",
        "全国重点大学",
        "昆明地处高原",
        "自己的公共汽车有限公司",
        "小学121所",
        "调集陆军190个师",
        "新加坡的战略师",
        "全国最大的研究所",
        "一家药厂",
        "驻莫斯科记者",
    ],
)
def test_descriptions_are_no_names(text: str) -> None:
    """Counted, generic or described organisations must give no candidate at all."""
    assert found(text) == set()


def test_names_of_other_words_are_not_cut_out() -> None:
    """NTUC is no NTU, 阿里·哈恩 no 阿里巴巴, 全局 no authority."""
    assert found("工友（NTUC）") == set()
    assert "阿里" not in found("教练阿里·哈恩说")
    assert found("从全局看") == set()


def test_departments_keep_what_they_belong_to() -> None:
    """和 below a parent joins two tasks of one department; 新校区 is part of no name."""
    assert "卫生局疾病预防及控制中心" in found("卫生局疾病预防及控制中心通报")
    assert "保安司司长办公室" in found("保安司司长办公室表示")
    assert not any(name.endswith("新校区") for name in found("支持华北电力大学新校区建设"))


def test_schools_by_their_kind_need_a_name() -> None:
    """郑启山公立学校 is one school, 香港公立学校 are many."""
    assert found("校友来自郑启山公立学校") == {"郑启山公立学校"}
    assert found("就读于香港公立学校") == set()


def test_both_scripts_give_the_same_candidates() -> None:
    """Borders are decided on the shadow: the script of the text must not show."""
    text = "广东省卫生健康委员会公布，北京大学第一医院与国家药监局合作。"
    assert {to_traditional(name) for name in found(text)} == found(to_traditional(text))


def test_brackets_without_a_partner_end_a_name() -> None:
    """A closing bracket before a head must not run past the start of the sentence."""
    assert "公司" not in found("）有限公司")


def test_growing_stops_at_a_person_before_a_place() -> None:
    """沈中阳北京大学: the person is no part of the university's name."""
    article = make_article(from_text("沈中阳北京大学医院"))
    pieces = pieces_before(article.tokens(0), 7, lambda end: end == 7)
    grown = grow(pieces, lambda start, end: end <= 3)
    assert grown is not None
    assert grown.start == 3


def test_a_rule_that_runs_out_of_time_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Silence would look like an article without institutions."""
    monkeypatch.setattr(
        "pipeline.stages.institutions.Budget", lambda size: __import__("pipeline.match").match.Budget(size, base=-1.0)
    )
    article = make_article(from_text("北京大学医院"))
    rejects = [m for m in institutions(article, Found(), RULES) if isinstance(m, Reject)]
    assert rejects
    assert {r.reason for r in rejects} == {"timeout"}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("就读于南河科技大学视觉传达设计系", "南河科技大学视觉传达设计系"),  # any words below a university
        ("第二〇五师师长阵亡", "第二〇五师"),  # a number of several words
        ("搭乘东日本旅客铁道前往", "东日本旅客铁道"),  # a side before a country
        ("他捐款给云丹中华中学", "云丹中华中学"),  # 中华 behind a place that nobody lists
        ("台南市议会通过预算", "台南市议会"),  # a head that jieba splits
        ("他不满法国国民联盟的主张", "法国国民联盟"),  # the country of a known party
        ("由「建国湘军」改编", "建国湘军"),  # all of a quotation
        ("人民力量党参选", "人民力量党"),  # a known party with 党 added
    ],
)
def test_names_of_encyclopaedias_and_of_taiwan(text: str, name: str) -> None:
    """Each is half a name, or none, where words that no list knows end it."""
    assert name in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "她在北海大学修读歌剧系课程",  # 修读 is no word of a department
        "新闻及通讯部前司长发言",  # 前司 is no authority
        "主要客户是一家公司，成立于2001年",
        "学校校友会会长张建国指出",
        "两名记者加盟球队",
    ],
)
def test_words_around_names_make_none(text: str) -> None:
    """A verb, a former title, a predicate, a common noun before a title and a person, what a player joins."""
    assert not {"北海大学修读歌剧系", "新闻及通讯部前司", "主要客户", "学校校友会", "球队"} & found(text)


def test_makers_of_works_are_no_people() -> None:
    """A film by a person has no company; a label that no dictionary has is one."""
    assert "飞凌岛" in found("电影由飞凌岛发行")
    assert "李建国" not in found("电影由李建国出品")
