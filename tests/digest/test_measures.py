"""What a number measures, in the article's own words."""

import pytest

from digest.condense import condense
from digest.condense.measures import changed_before, measure_of
from digest.text.numbers import find_numbers
from tests.digest.articles import article


def measure(text: str, number: str, lang: str) -> str:
    (found,) = [one for one in find_numbers(text, lang) if one.text == number]
    return measure_of(text, found)


@pytest.mark.parametrize(
    ("text", "number", "expected"),
    [
        ("最大功率 615 马力，最高车速 261km/h。", "261km/h", "最高车速"),
        ("结果显示，肺结节漏诊率为1.2%。", "1.2%", "肺结节漏诊率"),
        ("同样数据的磁盘占用减少37%。", "37%", "磁盘占用减少"),
        ("本周共下架43个恶意组件。", "43个", "恶意组件"),
        ("试验共纳入8.46万名受检者，随机分组。", "8.46万名", "受检者"),
        ("能效是同类端侧芯片的3.4倍。", "3.4倍", "能效"),
        ("公司称，每季度86人离职。", "86人", ""),
        ("公司三季度营业收入287亿元。", "287亿元", "营业收入"),
        ("两年电费约930万元。", "930万元", "电费"),
        ("新车累计预订量突破 5 万台。", "5 万台", "预订量"),
        ("轴距加长至 3115 毫米后排更宽敞。", "3115 毫米", "轴距加长"),
        ("预售价分别为 9.98 万元起、12.98 万元起。", "12.98 万元", "预售价"),
        ("营收、净利润分别为 10 亿元、2 亿元。", "10 亿元", "营收"),
        ("营收、净利润分别为 10 亿元、2 亿元。", "2 亿元", "净利润"),
        ("公司收入907亿，上升1.47%。", "1.47%", "收入"),
        ("公司营业收入 10 亿元，同比增长 12%。", "12%", "营业收入 同比增长"),
        ("新设立外商投资企业41947家。", "41947家", "外商投资企业"),
        ("你维护 16 个、128 个基本就是不可能的。", "128 个", ""),
        ("他付了16万美元的学费。", "16万美元", "学费"),
        ("其占总产值的比重为 3%。", "3%", "比重"),
        ("胜出率在8月20日上涨至20%。", "20%", "胜出率"),
        ("占地面积仅为同类产品的 60%。", "60%", "占地面积"),
        ("完成认证型式试验的 5MW 级储能设备。", "5MW", ""),
        ("在同等 5MW 功率、125kWh 能量配置下。", "125kWh", ""),
        ("女性的年均增长率则为1.4%。", "1.4%", "年均增长率"),
        ("去年交付总数超 41 万辆。", "41 万辆", "交付总数"),
        ("对俄军的 1 个集结区发动了打击。", "1 个", "集结区"),
        ("新增约 180 项涉及新技术的价格项目。", "180 项", ""),
        ("该公司在初始阶段募资750亿美元。", "750亿美元", "募资"),
        ("总统的不支持率升至49.7%。", "49.7%", "不支持率"),
        ("其中，网易云音乐净收入 40 亿元。", "40 亿元", "净收入"),
        ("以约13亿美元的估值融资1.13亿美元。", "1.13亿美元", "融资"),
        ("综合股价指数成分股中的 720 家公司。", "720 家公司", ""),
        ("全链路延迟降低至 42ms。", "42ms", "延迟"),
        ("晨星 S1 发布 1 小时订单 22615 台。", "22615 台", "订单"),
        ("晨星 S1 发布 1 小时订单 22615 台。", "1 小时", ""),
        ("上市 3 天预订量突破 5 万台。", "5 万台", "预订量"),
        ("首小时订单达 2615 台。", "2615 台", "订单"),
        ("前 7 个月销量 15 万辆。", "15 万辆", "销量"),
        ("成交额连续第 3 个交易日突破 2.5 万亿元。", "2.5 万亿元", "成交额"),
        ("晨星显示器配备 27 英寸 144Hz 面板。", "144Hz", ""),
        ("新机支持 10 小时续航。", "10 小时", "续航"),
        ("提供至高 40W 功率。", "40W", "功率"),
        ("旋锋版内置 4000mAh 电池。", "4000mAh", ""),
        ("通过四步协同：85 个密集梳齿先拦截。", "85 个", "密集梳齿"),
        ("营收较上年同期增长至少13倍。", "13倍", "营收"),
        ("公司调整后净利润 2 亿元，毛利率 9%。", "2 亿元", "调整后净利润"),
        ("平均月活跃用户数达 41 万，同比提升 43%。", "43%", "平均月活跃用户数 同比提升"),
        ("二季度营业利润预估约 89 亿元。", "89 亿元", "营业利润"),
        ("该业务贡献毛利占比约 4.6%。", "4.6%", "毛利占比"),
        ("银行前期授信资金已达 2800 万元。", "2800 万元", "授信资金"),
        ("2026 年 4 月活跃用户数为 300 万人。", "300 万人", "活跃用户数"),
        ("收入中接口调用占比达 70%。", "70%", "调用占比"),
        ("出货量在第二季度增长了 8%。", "8%", ""),
        ("大药房比 2024 年下降 3.3%。", "3.3%", ""),
        ("他被货架吸引了目光：49 元的酒便宜。", "49 元", ""),
        ("价格：49 元。", "49 元", "价格"),
        ("检测结果：7104 人为阳性。", "7104 人", ""),
        ("这 863 名检测阳性的患者都已康复。", "863 名", ""),
        ("其阳性率是 65%。", "65%", "阳性率"),
        ("风电、太阳能装机量达到 19 亿千瓦。", "19 亿千瓦", ""),
        ("保健品销售额占总收入近 70%。", "70%", "销售额占总收入"),
        ("店里 80% 的销量来自白酒。", "80%", ""),
        ("首日票房仅 7000 多元。", "7000 多元", "票房"),
        ("延迟出库的包裹占当天总量的 18%。", "18%", "占当天总量"),
    ],
)
def test_in_chinese(text: str, number: str, expected: str) -> None:
    assert measure(text, number, "zh") == expected


@pytest.mark.parametrize(
    ("text", "number", "expected"),
    [
        ("The survey asked parents, and 41% of parents agreed.", "41%", "of parents"),
        ("It reaches an average word error rate of 9.7% on the set.", "9.7%", "error rate"),
        ("Net income dropped to $184 million.", "$184 million", "Net income"),
        ("It was, he said, 12%.", "12%", ""),
        ("The mass of a small 60W equivalent LED bulb fell by 40%.", "40%", ""),
        ("A profit target rests on a $1 billion cost reduction plan.", "$1 billion", ""),
        ("Profit was $1 billion last year.", "$1 billion", "Profit"),
        ("Such chips run fine at 100% load.", "100%", ""),
        ("There was ten times the amount of capital.", "ten times", ""),
        ("I usually listen at 2x.", "2x", ""),
        ("The firm had 3.5 million users.", "3.5 million users", ""),
        (
            "It closed a funding round totaling $5 billion at a valuation of $9 billion.",
            "$5 billion",
            "funding round",
        ),
        ("It reported 17% higher revenue for the quarter.", "17%", "revenue"),
        ("The mission will run at 92 per cent.", "92 per cent", ""),
        ("Saturation is raised to 100%.", "100%", ""),
        ("This pushes the colour towards white by 25%.", "25%", ""),
        ("They travel up to ten times the speed of usual ones.", "ten times", "speed"),
        ("It holds $9 billion before the financing.", "$9 billion", ""),
    ],
)
def test_in_english(text: str, number: str, expected: str) -> None:
    assert measure(text, number, "en") == expected


def test_a_measure_stands_in_the_sentence_of_its_number() -> None:
    source = article(
        "石榴DB 2.0 发布",
        "维护者公布的基准显示，磁盘占用减少37%，单机写入提升3.1倍，恢复时间增加45%。",
        "项目每季度有11个安全漏洞报告，文档覆盖率为82%，测试共4200道题。",
    )
    sentences = [one.text for one in source.sentences]
    numbers = condense(source).numbers
    assert numbers
    for number in numbers:
        assert number.measure in sentences[number.sentence]


def test_figures_that_say_nothing_give_way() -> None:
    source = article(
        "晨星大学公布调查结果",
        "调查称，41% 的学生每天阅读，为此图书馆新增座位 300 个。",
        "其中提到 5%、6%、20% 与 21%。",
        "图书馆全年预算 1200 万元，比上年增长 8%。",
        "经费 200 万欧元（现汇率约合 1560 万元人民币）。",
    )
    shown = {number.text for number in condense(source).numbers}
    assert "1200 万元" in shown
    assert "200 万欧元" in shown
    assert not shown & {"5%", "6%", "20%", "21%", "1560 万元人民币"}


@pytest.mark.parametrize(
    ("text", "number", "expected"),
    [
        ("False alarms fell by 90%, the team wrote.", "90%", "False alarms"),
        ("At sea and in port, crews said, small catches fell by 12%.", "12%", "small catches"),
        ("It expects to credit customers $61 million.", "$61 million", ""),
        ("That wiped about $4.7 billion from its market value.", "$4.7 billion", "market value"),
        ("The laptop weighs little and costs $1,149.", "$1,149", ""),
        ("The project received a grant of $480,000 from a fund.", "$480,000", "grant"),
        ("It lifted total revenue 15% to $1.07 billion.", "$1.07 billion", "total revenue"),
        ("It reported a 47% plunge in harbour dues from a year ago.", "47%", "harbour dues"),
    ],
)  # fmt: skip
def test_a_measure_is_whole_and_fits_its_number(text: str, number: str, expected: str) -> None:
    assert measure(text, number, "en") == expected


def test_what_a_sum_was_is_its_subject() -> None:
    text = "Revenue for the quarter was $2.36 billion, against $2.49 billion."
    assert measure(text, "$2.36 billion", "en") == "Revenue"


def test_only_a_verb_beside_a_share_tells_how_it_moved() -> None:
    source = article(
        "Larkspur sells more tickets",
        "Subscriptions, which make up 29% of revenue, brought the firm more money this year.",
        "False alarms fell sharply by 90% after the firm had changed the doors of its halls.",
    )
    moved = {fact.text: fact.direction for fact in condense(source).numbers}
    assert moved == {"29%": "", "90%": "down"}


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ("The update cuts generation steps ", "generation steps"),
        ("It moved ", ""),
        ("It reduced the number of people ", ""),
        ("缓存写入", "缓存写入"),
        ("公司预计", ""),
        ("宣布下调", ""),
    ],
)
def test_what_changed_from_one_value_to_another(before: str, expected: str) -> None:
    assert changed_before(f"{before}from 40 to 4", len(before)) == expected


def test_a_class_is_not_how_many() -> None:
    source = article("检测", "青栎草莓检出 1 类致癌物，公司已下架 8 种产品。", lang="zh")
    assert [fact.text for fact in condense(source).numbers] == ["8 种"]
