"""Claims over whole paragraphs: what is carried over, shared out, attributed and dated, and what must not be."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.config import Config
from pipeline.document import find, load_rules
from pipeline.model import Article, Claim, Found, Institution, Quantity, Reject
from pipeline.stages.claims import Frames, claims
from pipeline.stages.read import from_text

CONFIG = Config(ner="none")


def claims_of(text: str) -> tuple[Article, dict[str, Claim]]:
    article, found = find(from_text(text), CONFIG)
    return article, {text[c.start : c.end]: c for c in found.of(Claim)}


def said(text: str, span: tuple[int, int] | None) -> str:
    return text[span[0] : span[1]] if span else ""


SUBJECTS = [
    ("费用(一)场地租金5万元，(二)运输费2万元。", {"5万元": "场地租金", "2万元": "运输费"}),
    ("治疗有效率[12]为90%，治愈率(3)为50%。", {"90%": "治疗有效率", "50%": "治愈率"}),
    (
        "八月货运总值的临时估计为52亿元，较去年同月上升3%。",
        {"52亿元": "货运总值的临时估计", "3%": "货运总值的临时估计"},
    ),
    ("损失初步估计为30亿元。", {"30亿元": "损失"}),
    (
        "公司实现营业收入133亿元，比上年增长44%、营业利润3.8亿元，比上年增长12%、净利润2.1亿元。",
        {"133亿元": "营业收入", "44%": "营业收入", "3.8亿元": "营业利润", "12%": "营业利润", "2.1亿元": "净利润"},
    ),
    ("收治128例患者，按1:1随机分为两组。", {"128例": "患者", "两组": "患者"}),
    ("三、存储容量\n\n- 4GB：适合轻度用户。", {"4GB": "存储容量"}),
    ("二\n\n- 4GB：适合轻度用户。", {"4GB": ""}),
    ("尾款38万元经原告催讨未果。", {"38万元": "尾款"}),
    ("一、乙公司支付货款30万元。", {"30万元": "乙公司支付货款"}),
    ("上半年出口64027亿元，下降2.1%。", {"64027亿元": "出口", "2.1%": "出口"}),
    ("失业率从5.5%降至5.1%。", {"5.5%": "失业率", "5.1%": "失业率"}),
    (
        "北京、上海和广州的人口分别为2100万、2400万和1800万。",
        {"2100万": "北京", "2400万": "上海", "1800万": "广州的人口"},
    ),
    ("风险下降至13.8%（对照组44.8%）。", {"13.8%": "风险", "44.8%": "对照组"}),
    ("老年人口达3.1亿，占总人口22%。", {"22%": "老年人口"}),
    ("单例成本约30万元，是传统治疗费用的3倍。", {"3倍": "单例成本"}),
    ("全市共有小学121所，其中民办小学8所。", {"121所": "小学", "8所": "民办小学"}),
    ("事故造成12人死亡、35人受伤。", {"12人": "死亡", "35人": "受伤"}),
    ("59岁的糖尿病患者入院。", {"59岁": "糖尿病患者"}),
    ("公立208所、私立8所。", {"208所": "公立", "8所": "私立"}),
    (
        "新生儿为2.1万人，出生率为6‰，较上年增加3536人。",
        {"6‰": "出生率", "3536人": "新生儿"},
    ),  # no rate is counted in people
    (
        "入境旅客达3万人，本地旅客人数明显减少，降至2万人。",
        {"2万人": "本地旅客人数"},
    ),  # a clause between says what changed
    (
        "甲厂和乙厂的电价分别维持在5元及3元的水平。",
        {"5元": "甲厂", "3元": "乙厂的电价"},
    ),  # 分别 behind a phrase shares out whatever verb follows
    (
        "男工（30人）及女工（20人）分别减少3人和2人。",
        {"3人": "男工", "2人": "女工"},
    ),  # those in brackets before
    ("东湖升2%，惟西湖逆市低收，报5.2元。", {"2%": "东湖", "5.2元": "西湖"}),  # 惟 turns to another
    ("最活跃的是东湖水泥，升4%。", {"4%": "东湖水泥"}),  # a cleft
    ("暴雨造成农业损失，估计达7亿元。", {"7亿元": "农业损失"}),  # what was caused is measured
    ("工时中位数为45小时，按季升1小时。", {"1小时": "工时中位数"}),
    ("重症患者以65岁以上占63%为多。", {"63%": "65岁以上"}),
    ("按学历统计，大专毕业者占26%。", {"26%": "大专毕业者"}),
    ("园区建有4个储能电站。", {"4个": "储能电站"}),  # a verb says what sort it is
    ("手机里存着22位独居老人的电话。", {"22位": "独居老人"}),  # people are counted
    ("协会由46位参与社区事务的老年人组成。", {"46位": "参与社区事务的老年人"}),
    ("远销60多个国家和地区。", {"60多个": "国家和地区"}),
    ("旧城自由军有3万人。", {"3万人": "旧城自由军"}),  # 自由 is no 自 and 由
    ("新款手机的价格比旧款贵20%。", {"20%": "新款手机"}),
    ("新款手机比去年上市的旧款贵20%。", {"20%": "新款手机"}),
    ("女性比男性的患病率高5%。", {"5%": "女性"}),
    ("死亡率比接受手术的患者低两成。", {"两成": "死亡率"}),
    ("累计涨幅为5%。", {"5%": "涨幅"}),  # nothing better
    ("失业率，由5.5%降至5.1%。", {"5.5%": "失业率", "5.1%": "失业率"}),
    (
        "纺织业和采矿业继续回升，增加值分别增长11.4%和14.9%。",
        {"11.4%": "纺织业", "14.9%": "采矿业"},
    ),  # the list stands in the clause before
    ("软件和信息业、租赁和商务业指数分别增长12.6%和9%。", {"12.6%": "软件和信息业", "9%": "租赁和商务业指数"}),
    ("本地转售住宅交易量放缓，环比减少14.6%。", {"14.6%": "本地转售住宅交易量"}),
    ("公司市占率扩大至33.5%，提高6.5个百分点。", {"33.5%": "公司市占率", "6.5个百分点": "公司市占率"}),
    ("纺织业增加值增长13.4%，快于整体工业6.6个百分点。", {"6.6个百分点": "纺织业增加值"}),
    ("冷、热水价格分别提高3元和2元。", {"3元": "冷、热水价格", "2元": "冷、热水价格"}),  # the members share their head
    ("本地居民的每月收入中位数过去十年都有增加，每年增长3%。", {"3%": "本地居民的每月收入中位数"}),
    ("鱼塘损失以甲县最严重，合计达2亿元。", {"2亿元": "鱼塘损失"}),  # what is first in it stays inside it
    ("进口年增24%，实质成长25%。", {"25%": "进口"}),
    ("指数开市已失守9000点，最低曾见8900点。", {"9000点": "指数", "8900点": "指数"}),
    ("新线带动沿线客流增长5%。", {"5%": "沿线客流"}),
    ("山区雨量达950毫米，超过海神台风的900毫米。", {"900毫米": "海神台风"}),
    ("选手以74米的成绩力压两名外国对手。", {"74米": "成绩", "两名": "外国对手"}),
    (
        "甲组和乙组有效率分别为87%（107/123）和90%（109/121）。",
        {"87%": "甲组", "90%": "乙组有效率"},
    ),  # notes stand between the numbers of a list
    ("甲湖及乙湖的水位分别下降超过3米及超过4米。", {"3米": "甲湖", "4米": "乙湖的水位"}),  # so do bounds
    ("甲湖及乙湖齐升1%，收市分别报5元及6元。", {"5元": "甲湖", "6元": "乙湖"}),  # whom the number before spoke of
    ("脱落14例，其疗效在两组分别为32%和48%。", {"32%": "疗效", "48%": "疗效"}),  # no pairs with the numbers before
    ("园区今年扩建，会有约2万个及200个车位。", {"2万个": "车位", "200个": "车位"}),  # one noun behind a list
    ("获批5000宗，比新登记的3000宗申请多2000宗。", {"2000宗": "获批"}),  # what is compared, not with what
    ("体重减轻10%，未来一年患病风险，平均增加37%。", {"37%": "患病风险"}),  # a topic of its own
    ("获批30%；60岁以下的申请人数目更为明显，约7万宗。", {"7万宗": "60岁以下的申请人数目"}),
    ("老翁缴交5万元保释金，在城北区将3万元交给男子。", {"3万元": "保释金"}),  # where it was measures nothing
    ("集团以5亿元收购城北酒厂。", {"5亿元": "城北酒厂"}),
    ("甲国去年GDP年增率仅1%。", {"1%": "GDP年增率"}),  # the name of a measure, no comparison
    ("住户月入中位数，包括投资收入后，去年达到9000元。", {"9000元": "住户月入中位数"}),  # what it includes is aside
    ("基尼系数为0.4，计入税收后，从0.38%下降到0.37%。", {"0.38%": "基尼系数"}),
    ("路口拘捕9名被告人，各罚3万元。", {"9名": "被告人"}),  # no passive
    ("每周饮酒量大于等于14杯的人被归类为重度。", {"14杯": "每周饮酒量"}),
    ("门店数446家，高于两位分析师预估的444家，增长2%。", {"444家": "门店数", "2%": "门店数"}),
    ("白银跌4%领跌指数成份股。", {"4%": "白银"}),
    ("东湖跌2%，西湖跌、北湖跌逾1%。", {"1%": "北湖"}),  # a list of clauses
    ("第2季按美元计价商品出口年增34%。", {"34%": "商品出口"}),
    ("全台5死、3失踪、97伤。", {"5": "死", "3": "失踪", "97": "伤"}),
    ("市占率预计从2024年的19%提升至今年的22%。", {"19%": "市占率", "22%": "市占率"}),
    ("涉及4名年龄介乎67至88岁的受害人。", {"4名": "受害人"}),
    ("警方发现3宗同类型电话骗案。", {"3宗": "同类型电话骗案"}),
    ("以每瓶100元的价格售出。", {"100元": "价格"}),
]


@pytest.mark.parametrize(("text", "subjects"), SUBJECTS)
def test_subjects(text: str, subjects: dict[str, str]) -> None:
    _, found = claims_of(text)
    assert {number: said(text, found[number].subject) for number in subjects} == subjects


def test_subjects_stay_in_their_paragraph() -> None:
    text = "失业率为5.1%。\n增长3%。"
    _, found = claims_of(text)
    assert said(text, found["3%"].subject) == ""


def test_scope_of_a_forecast_ends_with_its_sentence() -> None:
    _, found = claims_of("预计成本下降70%，销量增至3万辆。目前售价为10万元。")
    assert [found[n].modality for n in ("70%", "3万辆", "10万元")] == ["projected", "projected", "asserted"]


@pytest.mark.parametrize(
    ("text", "modality"),
    [
        ("预计成本下降7%，目前为3元。", "asserted"),  # a clause that tells what is
        ("预计成本下降7%；去年为3元。", "asserted"),
        ("预计成本下降7%，利润为3元。", "projected"),
        ("农损估计为5元，其中果园为3元。", "asserted"),  # 估计 speaks of its own clause
        ("他估计，损失为3元。", "projected"),
        ("据初步估计，损失为3元。", "asserted"),
        ("政府将调高税率，由2元增至3元。", "projected"),  # a plan goes on with 由
        ("政府会为学校额外拨款3元。", "projected"),
        ("协会为学校额外拨款3元。", "asserted"),
        ("协会争取到3元拨款。", "asserted"),
    ],
)
def test_modality_of_the_last_number(text: str, modality: str) -> None:
    _, found = claims_of(text)
    assert found["3元"].modality == modality


def test_object_marker_is_no_future() -> None:
    _, found = claims_of("政府将金额提高到1000万元。生产将使成本降至10万元以内。")
    assert found["1000万元"].modality == "asserted"
    assert (found["10万元"].modality, found["10万元"].trend) == ("projected", "down_to")


def test_condition_reaches_what_depends_on_it() -> None:
    _, found = claims_of("若按150万名患者计算，全面推广将耗资4500亿元。")
    assert {c.modality for c in found.values()} == {"conditional"}


def test_numbers_of_a_list_share_the_change() -> None:
    _, found = claims_of("三季度和四季度的产量同比分别增长1.4%和0.3%。")
    assert {(c.trend, c.basis) for c in found.values()} == {("up_by", "yoy")}


def test_the_date_compared_with_is_not_the_time() -> None:
    text = "2024年人口较1997年增加3万人。"
    _, found = claims_of(text)
    date = found["3万人"].date
    assert date is not None
    assert text[date.start : date.end] == "2024年"


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2010年全市人口为643万人。其中男性为330万人。", "2010年"),  # carried on
        ("2010年全市人口为643万人。目前有学校330万人。", ""),  # a word of the present ends it
        ("2010年成立公司。2015年合并，员工有330万人。", "2015年"),
        ("2010年全市人口为643万人。\n男性为330万人。", ""),  # not over a paragraph
    ],
)
def test_time_of_the_last_number(text: str, time: str) -> None:
    _, found = claims_of(text)
    date = found["330万人"].date
    assert (text[date.start : date.end] if date else "") == time


def test_a_period_goes_on_after_its_parts() -> None:
    text = "2023年产值为9亿元。分季度看，2023年一季度增长2%，2023年二季度增长3%。分地区看，东部产值为5亿元。"
    _, found = claims_of(text)
    dates = {number: found[number].date for number in ("2%", "3%", "5亿元")}
    assert [d.value for d in dates.values() if d] == ["2023-33", "2023-34", "2023"]


def test_a_period_of_another_paragraph_does_not_go_on() -> None:
    _, found = claims_of("2023年产值为9亿元。\n\n2023年一季度增长2%，2023年二季度增长3%。东部产值为5亿元。")
    assert (date := found["5亿元"].date) is not None
    assert date.value == "2023-34"


def test_现_inside_a_word_is_not_the_present() -> None:
    _, found = claims_of("2023年产值为9亿元。外贸实现顺差5亿元。")
    assert (date := found["5亿元"].date) is not None
    assert date.value == "2023"
    assert claims_of("2023年产值为9亿元。现外贸顺差5亿元。")[1]["5亿元"].date is None


def test_future_dates_are_projections_when_the_publication_is_known() -> None:
    text = "2030年产能达5万吨。"
    article, found = find(from_text(text), CONFIG)
    rules = load_rules()
    later = replace(article, published=dt.date(2025, 6, 1))
    dated = Found(
        tuple(
            replace(m, earliest="2030-01-01") if hasattr(m, "earliest") else m
            for m in found.mentions
            if not isinstance(m, Claim)
        )
    )
    (claim,) = (m for m in claims(later, dated, rules, Frames.of(rules)) if isinstance(m, Claim))
    assert (claim.modality, claim.because["modality"]) == ("projected", "time.future")


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("一位产业专家分析，国产化率不足30%。", "产业专家"),
        ("“国产化率不足30%。”一位产业专家说。", "产业专家"),  # a quotation before its speaker
        ("据国家统计局数据，比重为30%。", "国家统计局"),
        ("根据国家统计局去年针对学生的调查，结果显示，比重为30%。", "国家统计局"),  # the results are theirs
        ("研究团队周四在城北举行的学会年会上表示，比重为30%。", "研究团队"),
        ("国家统计局司长赵同录介绍，比重为30%。", "赵同录"),  # the nearest, not the institution
        ("数据显示，比重为30%。", ""),
        ("国家统计局发布最新情况。数据显示，比重为30%。", "国家统计局"),  # whose data they are
        ("国家统计局发布新规。比重为30%。", ""),  # publishing a rule says nothing of what follows
        ("比重为30%。", ""),
        ("主席王大明说，天气好。王大明表示，比重为30%。", "王大明"),  # named without the title later
        ("记者王大明报道，比重为30%。", ""),
        ("主席王大明说，天气好。他表示，比重为30%。", "王大明"),
        ("国家统计局指，比重为30%。", "国家统计局"),
        ("国家统计局今天更新失业数据，比重为30%。", "国家统计局"),
        ("落实国家统计局去年公布的《办法》后，比重为30%。", ""),
    ],
)
def test_who_says_so(text: str, speaker: str) -> None:
    _, found = claims_of(text)
    assert said(text, found["30%"].attribution) == speaker


def test_what_the_numeral_says_stands_against_a_frame() -> None:
    """约30余家: 余 says more than 30, 约 doesn't take that back."""
    _, found = claims_of("约30余家企业参加。")
    assert {c.quantity.comparator for c in found.values() if c.quantity} == {">"}


def test_number_inside_a_name_is_no_claim() -> None:
    text = "第4医院有30名医生。"
    article, _found = find(from_text(text), CONFIG)
    rules = load_rules()
    name = Institution(0, 5, "name")
    made = list(claims(article, Found((name, Quantity(1, 2, "q"), Quantity(6, 9, "q"))), rules, Frames.of(rules)))
    assert [(type(m), m.start) for m in made] == [(Reject, 1), (Claim, 6)]


def test_every_field_names_its_rule() -> None:
    _, found = claims_of("预计2030年成本同比下降约70%。")
    (claim,) = found.values()
    assert {"subject", "trend", "basis", "modality", "comparator"} <= claim.because.keys()
    assert claim.rule == f"{claim.because['subject']}+{claim.quantity.rule}"  # type: ignore[union-attr]


@pytest.fixture
def user_rules() -> Config:
    """The example of the specification, as a user's folder of rules."""
    return Config(rules=(str(Path(__file__).parent / "spec_rule"),), ner="none")


def test_a_rule_of_the_user_wins_over_the_built_in_frames(user_rules: Config) -> None:
    text = "術後治療組的患者中，治療組總緩解率達到67.5%。"
    _, found = find(from_text(text), user_rules)
    (claim,) = found.of(Claim)
    assert (claim.rule, claim.group, said(text, claim.subject)) == ("claim.level+quantity.unit", "治疗组", "總緩解率")


def test_a_rule_of_the_user_that_does_not_apply_leaves_the_built_in_frames(user_rules: Config) -> None:
    text = "预计总缓解率达到90%。"
    _, found = find(from_text(text), user_rules)
    (claim,) = found.of(Claim)
    assert "claim.level" not in claim.rule
    assert (said(text, claim.subject), claim.modality) == ("总缓解率", "projected")


@pytest.mark.parametrize(
    "piece", ["据国家统计局数据，出口为3万亿元，增长5%；", "预计2020年出口3万亿元增长5%", "专家说（出口3万亿元"]
)
def test_long_text_without_stops_is_linear(piece: str) -> None:
    """Carrying over looks at neighbours, never at all numbers before: four times the text must not need sixteen times the time."""
    import time

    rules = load_rules()

    def seconds(repeats: int) -> float:
        article, found = find(from_text(piece * repeats), CONFIG)
        rest = Found(tuple(m for m in found.mentions if not isinstance(m, Claim)))
        return min(once(article, rest) for _ in range(3))

    def once(article: Article, rest: Found) -> float:
        started = time.process_time()
        list(claims(article, rest, rules, Frames.of(rules)))
        return time.process_time() - started

    seconds(20)
    assert seconds(800) < 10 * max(0.02, seconds(200))
