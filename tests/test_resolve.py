"""Candidates and the model's spans → institutions: borders, short names, entities."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import pytest

from pipeline.document import load_rules
from pipeline.model import Found, Institution, Reject
from pipeline.stages.article import make_article
from pipeline.stages.candidates.candidate import Candidate
from pipeline.stages.institutions import institutions
from pipeline.stages.ner import NerSpan
from pipeline.stages.read import from_text
from pipeline.stages.resolve import resolve

RULES = load_rules(())


def run(text: str, model: Sequence[str] = (), region: str | None = None) -> Found:
    """The stages on a text in which the model found the given names."""
    article = make_article(from_text(text), region=region)
    spans = [NerSpan(text.index(name), text.index(name) + len(name), "ner.test", "ner", "ORG") for name in model]
    start = Found(tuple(spans))
    return resolve(article, start.plus(institutions(article, start, RULES)), RULES)


def names(text: str, model: Sequence[str] = (), region: str | None = None) -> dict[str, Institution]:
    return {text[m.start : m.end]: m for m in run(text, model, region).of(Institution) if m.link_method != "coref"}


def test_nothing_of_the_earlier_stages_is_left() -> None:
    """A candidate left in Found would be counted as a hit of its rule."""
    assert not any(isinstance(m, Candidate | NerSpan) for m in run("北京大学宣布", ["北京大学"]).mentions)


def test_names_never_overlap() -> None:
    """Two rows for one stretch of text would count one organisation twice."""
    text = "国家药品监督管理局药品审评中心与中国人民解放军总医院第一医学中心、上海证券交易所。"
    spans = sorted((m.start, m.end) for m in run(text, ["中国人民解放军", "上海证券交易所"]).of(Institution))
    assert all(a[1] <= b[0] for a, b in itertools.pairwise(spans))


def test_a_title_that_the_model_takes_for_a_name_is_none() -> None:
    """The model reads the court at the head of a ruling and goes on to its end; a newspaper is a speaker."""
    law = "最高人民法院关于审理某类案件适用法律若干问题的规定"
    assert not names(f"根据《{law}》第五条", [law])
    assert names("据《荆南晚报》报道", ["荆南晚报"])


def test_rule_and_model_are_both_named() -> None:
    """The column `rule` is the evidence of a row."""
    assert names("荆州市某某，苏州大学宣布", ["苏州大学"])["苏州大学"].rule.endswith("+ner.test")


@pytest.mark.parametrize(
    ("text", "model", "name"),
    [
        ("由江苏省公安厅公布", "由江苏省公安厅", "江苏省公安厅"),  # a preposition
        ("国家药监局局长说", "国家药监局局长", "国家药监局"),  # a title
        ("教育部部属大学", "教育部部", "教育部"),  # half of the next word
        ("裕廊综合医院启用", "裕廊综合医院", "裕廊综合医院"),  # only the model knows it
        ("1980年代的奥林匹亚公司", "1980年代的奥林匹亚公司", "奥林匹亚公司"),  # a date
    ],
)
def test_borders_of_the_model_are_mended(text: str, model: str, name: str) -> None:
    """The model's borders are wrong in a third of the cases."""
    assert set(names(text, [model])) == {name}


@pytest.mark.parametrize(
    ("text", "model"),
    [
        ("在上海市举行", "上海市"),
        ("美国公司增长", "美国公司"),
        ("政府表示", "政府"),
        ("某餐饮公司被罚", "餐饮公司"),
        ("《上海证券交易所交易规则》", "上海证券交易所"),
    ],
)
def test_the_model_is_not_believed(text: str, model: str) -> None:
    """Places, generic and anonymous ones, titles: each with its reason among the rejects."""
    after = run(text, [model])
    assert not list(after.of(Institution))
    assert any(r.reason for r in after.of(Reject))


def test_short_names_defined_by_the_text() -> None:
    """简称 in brackets names it everywhere, before the definition too."""
    got = names("消基会说。财团法人消费者文教基金会（简称消基会）抽验。")
    assert got["消基会"].canonical == "财团法人消费者文教基金会"
    assert got["消基会"].link_method == "alias"


def test_short_names_derived_from_full_ones() -> None:
    """吉林中科 is a company only where its full name stands."""
    assert "吉林中科" in names("吉林省中科生物工程股份有限公司成立。吉林中科宣布")
    assert "吉林中科" not in names("吉林中科宣布")


def test_common_nouns_are_no_short_names() -> None:
    """公共汽车 of 中山公共汽车有限公司 is still a bus."""
    assert set(names("中山公共汽车有限公司的公共汽车")) == {"中山公共汽车有限公司"}


def test_one_entity_for_all_its_names_in_both_scripts() -> None:
    """The key of entities.csv: 301医院, 解放军总医院 and the full name, in either script."""
    got = names("301医院、解放军总医院、中国人民解放军总医院、解放軍總醫院")
    assert len(got) == 4
    assert len({m.entity_id for m in got.values()}) == 1


def test_jurisdictions_keep_equal_names_apart() -> None:
    """财政部 of the mainland and of Taiwan are two; the script decides nothing."""
    mainland, taiwan = names("财政部公布", region="CN")["财政部"], names("财政部公布", region="TW")["财政部"]
    assert mainland.entity_id != taiwan.entity_id


def test_local_authorities_by_place_and_pattern() -> None:
    """北京药监局 is no alias in any table."""
    assert names("北京药监局发布")["北京药监局"].canonical == "北京市药品监督管理局"


def test_names_without_a_place_stay_in_their_jurisdiction() -> None:
    """交通局 in Taiwan is not the one of Macau."""
    assert names("交通局表示", region="TW")["交通局"].canonical == "交通局"


def test_pronouns_mean_the_last_of_their_sort() -> None:
    """该院 points to the hospital, not to the university named after it."""
    text = "青海大学附属医院收治患者，该院说。"
    coref = [m for m in run(text).of(Institution) if m.link_method == "coref"]
    assert [(text[m.start : m.end], m.canonical) for m in coref] == [("该院", "青海大学附属医院")]


def test_parents_are_spans_of_the_name() -> None:
    """parent_id comes from the part of the name before the head."""
    text = "浙江大学医学院宣布"
    (name,) = names(text).values()
    assert name.parent == (0, 4)


def test_parts_take_the_whole_name_of_what_they_belong_to() -> None:
    """A court's division cut off its court would be two organisations, or none."""
    assert "鄂州市中级人民法院刑事审判庭" in names("在鄂州市中级人民法院刑事审判庭内开庭")
    assert "中南大学机电工程学院党委" in names("中南大学机电工程学院党委书记出席")


def test_words_are_cut_where_the_model_sees_a_name() -> None:
    """遭新北 is a word to jieba's guess, and the name would begin with a verb."""
    assert set(names("张某遭新北地方法院通缉", ["新北地方法院"])) == {"新北地方法院"}


def test_a_head_at_the_end_of_the_model_s_name_stays() -> None:
    """促进会 is a verb to jieba; without it the name would be a place."""
    assert "贵州省乡村振兴促进会" in names("贵州省乡村振兴促进会昨日成立", ["贵州省乡村振兴促进会"])
    assert "台南市博爱菁英爱心会" in names("由台南市博爱菁英爱心会主办", ["台南市博爱菁英爱心"])


def test_a_short_name_once_witnessed_is_a_name_everywhere() -> None:
    """Else a second mention of 台电 would be lost for want of its own witness."""
    found = run("台电说明。原先传台电四月涨价", ["台电"]).of(Institution)
    assert len([m for m in found if m.end - m.start == 2]) == 2


def test_two_short_names_behind_one_cue() -> None:
    """简称甲或乙 defines two names and not one with 或 inside."""
    found = names("深圳市前沿细胞有限公司（简称前沿细胞或深圳前沿）成立。前沿细胞与深圳前沿", region="CN")
    assert found["前沿细胞"].canonical == found["深圳前沿"].canonical == "深圳市前沿细胞有限公司"


def test_parts_of_known_bodies_have_official_names() -> None:
    """The short name of a part must be the same entity as its long one."""
    assert names("中科院物理所的研究员")["中科院物理所"].canonical == "中国科学院物理研究所"
    assert names("曼联队获胜", ["曼联队"])["曼联队"].canonical == "曼彻斯特联足球俱乐部"


def test_whose_it_is_is_no_part_of_a_known_name() -> None:
    """中方商务部 is 商务部."""
    assert "商务部" in names("中方商务部表示", ["中方商务部"])


def test_sectors_and_descriptions_are_not_believed() -> None:
    """The model takes branches of trade and superlatives for names."""
    assert not names("推动新能源汽车技术领域的发展", ["新能源汽车"])
    assert not names("据中国官媒报道", ["中国官媒"])
    assert not names("存入本人的澳门银行账户", ["澳门银行"])


def test_shared_names_need_a_witness() -> None:
    """A company or team by a name that other things share counts beside what says so, then in the whole article."""
    assert len(list(run("制造商七匹狼发布新品。昨天七匹狼没有回应。").of(Institution))) == 2
    assert not names("昨天七匹狼没有回应。")
    assert names("七匹狼没有回应。", ["七匹狼"])
    assert not names("太阳从东边升起。")


def test_lists_beside_a_company() -> None:
    """Names in a list beside a company are companies; plain nouns, amounts and letters that name no company are none."""
    assert {"康磊地产", "德梵生物"} <= set(names("包括万科、康磊地产和德梵生物。"))
    assert list(names("特斯拉、手机厂商和地方政府")) == ["特斯拉"]
    assert list(names("万科、12亿元和AI")) == ["万科"]


def test_a_name_is_found_again() -> None:
    """What the model found once is found where it wasn't asked."""
    found = run("康磊梵宣布融资。记者走访了康磊梵。", ["康磊梵"])
    assert [m.start for m in found.of(Institution)] == [0, 13]


def test_titles_and_figures_name_companies() -> None:
    """A company before a post and its holder, and whose figures are quoted; 有, a number and 副 open no name."""
    assert list(names("麦岚投资高级合伙人李明表示看好")) == ["麦岚投资"]
    assert list(names("据黔磊财经不完全统计，共12家")) == ["黔磊财经"]
    assert "嘉宾有青动资本" not in names("嘉宾有青动资本创始合伙人张国强")
    assert not names("36家农商行被罚")
    assert list(names("莆田市消防救援支队副支队长到场")) == ["莆田市消防救援支队"]
    assert list(names("引导国家开发银行四川省分行给予支持")) == ["国家开发银行四川省分行"]


def test_places_and_levels_of_the_model() -> None:
    """What the model takes for a body before 县委 is a place; 原 divides a body and a post."""
    assert "仙坪县委" in names("仙坪县委书记李明出席会议", ["仙坪"])
    assert list(names("江西省税务局原党组成员李明")) == ["江西省税务局"]
    assert list(names("重庆市文物考古所成立二十周年")) == ["重庆市文物考古所"]
    assert not names("各国央行增持黄金")
    assert "腾讯系" not in names("其中腾讯系的两家公司")


def test_lists_that_say_what_they_name() -> None:
    """Behind 企业： stand companies; a list of sorts of companies names none."""
    assert set(names("三家主流企业：贵州磊台、贵州岚泉营收约70亿元")) == {"贵州磊台", "贵州岚泉"}
    assert not names("主要客户包括手机厂商、经销商")
    assert set(names("基金有红杉中国、青梅基金等")) == {"红杉中国", "青梅基金"}


def test_a_body_named_right_behind_its_parent_is_one_with_it() -> None:
    """行政院 and 国发会 side by side would be two rows for one body; in a list they are two."""
    assert set(names("行政院国发会公布景气概况")) == {"行政院国发会"}
    assert set(names("行政院、国发会公布景气概况")) == {"行政院", "国发会"}


def test_common_words_before_a_head_are_a_name_when_the_model_says_so() -> None:
    """Every foundation is named by common words; what is said of many is none."""
    assert "地球公民基金会" in names("地球公民基金会痛批", ["地球公民基金会"])
    assert "静和大学" in names("静和大学回应", ["静和大学"])
    assert not names("诈骗集团落网", ["诈骗集团"])
    assert not names("通知各镇人民政府", ["各镇人民政府"])


def test_a_campus_that_only_the_model_saw_widens_its_university() -> None:
    """加州大学 alone would be another body than its campus."""
    assert "加州大学圣塔芭芭拉分校" in names("毕业于加州大学圣塔芭芭拉分校", ["加州大学圣塔芭芭拉分校"])


def test_known_companies_are_whole() -> None:
    """What sort of company it is, or who rates it, is no part of its name; a known company and 企业 are described."""
    assert list(names("药房国药控股（01099）上涨")) == ["国药控股"]
    assert "里昂升信达生物" not in names("里昂升信达生物目标价", ["里昂升信达生物"])
    assert "中国石油企业" not in names("他是中国石油企业高管")
    assert list(names("据黔南经济周刊报道")) == ["黔南经济周刊"]
    assert "石药" in names("石药收涨7.57%")


def test_authorities_of_counties() -> None:
    """Counties and districts are places without a model."""
    assert "仙游县委" in names("仙游县委书记出席会议")
    assert "瓮安县公安局" in names("案件由瓮安县公安局侦办")


def test_what_stands_around_a_name_is_no_part_of_it() -> None:
    """部队 behind a body, the sort of company before one, and clauses in lists are described."""
    assert list(names("北约军队在境内部署")) == ["北约"]
    assert "新磊石公司" in names("智能配送企业新磊石公司落户", ["企业新磊石公司"])
    assert list(names("腾讯、滴滴试过都没成")) == ["腾讯", "滴滴"]
    assert "康梅科技" in names("康梅科技拟投资3.5亿元", ["康梅科技"])


def test_listed_short_names_that_are_words_count_beside_the_full_name() -> None:
    """高医 is a word to jieba: beside the hospital it is the hospital, elsewhere it is none."""
    assert "高医" in names("高雄医学大学附设中和纪念医院开打，高医今日说明")
    assert "高医" not in names("他是高医生的同事，高医今日说明")


def located(text: str, place: str) -> list[str]:
    """The names of a text in which the model takes a stretch for a place."""
    article = make_article(from_text(text))
    span = NerSpan(text.index(place), text.index(place) + len(place), "ner.test", "ner", "LOC")
    start = Found((span,))
    found = resolve(article, start.plus(institutions(article, start, RULES)), RULES)
    return [text[m.start : m.end] for m in found.of(Institution)]


def test_places_of_the_model_that_end_as_bodies_do_are_bodies() -> None:
    """The model takes schools and museums for places; a town stays one, and says whose the office behind it is."""
    assert located("标本藏于梧溪自然历史陈列博物馆。", "梧溪自然历史陈列博物馆") == ["梧溪自然历史陈列博物馆"]
    assert located("他住在梧溪古镇。", "梧溪古镇") == []
    assert located("今日梧溪机场海关查获毒品。", "梧溪机场") == ["梧溪机场海关"]


@pytest.mark.parametrize(
    ("text", "model", "name"),
    [
        ("单位为中国农业科学院荆州水稻研究所", ["中国农业科学院", "荆州水稻研究所"], "中国农业科学院荆州水稻研究所"),
        ("与荷兰瓦克宁大学合作", ["荷兰瓦", "克宁大学"], "荷兰瓦克宁大学"),
        ("进入中粮南方包装有限公司工作", ["中粮南方包装有限公司"], "中粮南方包装有限公司"),
        ("总统赴国会众议院演讲", ["国会"], "国会众议院"),
    ],
)
def test_parts_that_were_found_apart_are_one_name(text: str, model: list[str], name: str) -> None:
    assert name in names(text, model)


def test_what_goes_on_behind_a_name_is_cut_off() -> None:
    """控股 is the beginning of 控股股东, and no company takes the trade of what it discloses."""
    assert "恒力石化" in names("恒力石化控股股东增持", ["恒力石化控股"])
    assert "华晨集团" in names("对华晨集团信息披露立案", ["华晨集团"])


def test_short_names_count_in_a_list_beside_a_company() -> None:
    """全家 is a family elsewhere."""
    assert "全家" in names("竞争对手全家与莱尔富同步涨价")
    assert "全家" not in names("他带全家同步搬家")
