import pytest

from digest.classify import classify
from digest.model import Article, Kind, Placement
from digest.taxonomy import Taxonomy, Topic, load_taxonomy
from tests.digest.articles import LAUNCH_EN, LAUNCH_ZH, article


def place(source: Article, hint: str = "") -> Placement:
    return classify(source, keywords=(), column_hint=hint, taxonomy=load_taxonomy())


@pytest.mark.parametrize(
    ("title", "text", "column", "kind", "topic"),
    [
        ("青栎发布开源大模型", "该大模型今日在 GitHub 开源。", "ai", Kind.RELEASE, "llm"),
        (
            "Norvex acquires Dell Robotics for $2 billion",
            "The merger adds humanoid robots. The robots are made in Dresden. Investors cheered.",
            "business",
            Kind.DEAL,
            "mergers",
        ),
        (
            "Ransomware attack shuts hospital network",
            "Hackers exploited a vulnerability.",
            "dev",
            Kind.INCIDENT,
            "security",
        ),
        (
            "欧盟对平台开出反垄断罚款",
            "欧盟委员会认定其违反反垄断规则。",
            "policy",
            Kind.POLICY,
            "antitrust",
        ),
        (
            "Astronomers find a black hole near Earth",
            "Researchers used a telescope in Chile. The study was published in Nature.",
            "science",
            Kind.PAPER,
            "astronomy",
        ),
        (
            "青栎科技 2026 年一季度净利润 4 亿元",
            "公司营收 20 亿元，财报显示毛利率上升。",
            "business",
            Kind.EARNINGS,
            "earnings",
        ),
        (
            "How to tune PostgreSQL for small servers",
            "This guide shows how PostgreSQL uses memory.",
            "dev",
            Kind.TUTORIAL,
            "databases",
        ),
        ("小米手机评测：续航很长", "这款手机我们用了一周。", "tech", Kind.REVIEW, "phones"),
    ],
)
def test_places_by_cues(title: str, text: str, column: str, kind: Kind, topic: str) -> None:
    placement = place(article(title, text))
    assert (placement.column, placement.kind) == (column, kind)
    assert topic in placement.topics


def test_says_which_words_decided() -> None:
    placement = place(LAUNCH_ZH)
    assert "发布" in placement.cues["kind"]
    assert set(placement.topics) <= set(placement.cues)
    whole = f"{LAUNCH_ZH.title} {LAUNCH_ZH.text}"
    assert all(cue in whole for cues in placement.cues.values() for cue in cues)


def test_the_column_of_the_source_decides_only_where_cues_do_not() -> None:
    vague = article("A quiet day", "Nothing much was said by anyone there.")
    assert place(vague, "science").column == "science"
    assert place(LAUNCH_EN, "nonsense").column in load_taxonomy().columns
    clear = article(
        "Ransomware attack shuts hospitals",
        "The malware used a zero-day. A CVE was "
        "assigned. Hackers want money. The vulnerability is patched.",
    )
    assert place(clear, "business").column == "dev"


def test_nothing_known_still_has_a_shelf() -> None:
    placement = place(article("", lang="en"))
    assert placement.column in load_taxonomy().columns
    assert (placement.topics, placement.kind) == ((), Kind.NEWS)


def test_one_mention_in_passing_is_no_topic() -> None:
    passing = article("Rain in Dell", "Rain fell on Monday.", "A man called Tesla watched it.")
    assert "tesla" not in place(passing).topics


def test_latin_cues_are_whole_words_in_their_own_case() -> None:
    taxonomy = Taxonomy(
        (),
        (
            Topic("meta", "Meta", "Meta", cues=("Meta",)),
            Topic("eu", "欧盟", "EU", cues=("EU",)),
            Topic("robot", "机器人", "Robots", cues=("robot", "机器人")),
            Topic("humanoid", "人形", "Humanoids", cues=("人形机器人",)),
        ),
    )

    def topics(title: str) -> tuple[str, ...]:
        source = article(title, "Text.")
        return classify(source, keywords=(), column_hint="", taxonomy=taxonomy).topics

    assert topics("Meta3 and meta-analysis in Europe") == ("meta",)
    assert topics("A meta study of EUROPE") == ()
    assert topics("Robots walk") == ("robot",)
    assert topics("Robotics") == ()
    assert set(topics("人形机器人量产")) == {"robot", "humanoid"}


def test_the_taxonomy_is_sound() -> None:
    taxonomy = load_taxonomy()
    assert len(taxonomy.topics) >= 60
    for topic in taxonomy.topics.values():
        assert topic.column in taxonomy.columns
        assert topic.cues
        assert taxonomy.find_topic(topic.id) is not None
        assert topic.zh
        assert topic.en
    names = [
        name.casefold()
        for one in taxonomy.topics.values()
        for name in {spelling.casefold() for spelling in (one.zh, one.en)}
    ]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("title", "text", "kind"),
    [
        ("包仓库下架 43 个恶意组件", "安全团队公布了名单。", Kind.INCIDENT),
        ("期刊分区表停更", "中心在声明中宣布，不再更新与发布期刊分区表。", Kind.NEWS),
        ("推出 3D 打印机，「融速」完成近亿元 A 轮融资｜首发", "公司发布新品。", Kind.FUNDING),
        ("三家实验室复测新模型", "结果与官方数字相差六点。", Kind.REVIEW),
        ("青栎的新平板", "青栎今日正式发布新款平板，公司还发布了海报。", Kind.RELEASE),
        ("Quill 2.0 arrives with a new parser", "It took a year.", Kind.RELEASE),
        ("Improve your drawings: simple techniques", "Most people stop early.", Kind.TUTORIAL),
        ("State announces ₹10 lakh for victims", "It was announced today.", Kind.NEWS),
        ("Norvex announces Halo-3", "It was announced today.", Kind.RELEASE),
        ("医保局：置入费集中在单次 6000 元", "已印发 39 批立项指南，新增一份指南。", Kind.NEWS),
        ("看完这部片，我开始怀念过去", "影片讲的是一家餐馆。", Kind.OPINION),
        ("影星与丈夫牵手现身", "两人一起出席了活动。", Kind.NEWS),
        (
            "这家打印公司连融两轮丨36氪首发",
            "公司完成了天使轮及 Pre-A 轮数千万元融资。",
            Kind.FUNDING,
        ),
        ("Catching slow leaks", "Memory leaks are one type of this mismanagement.", Kind.NEWS),
        ("Hello, planet", "Hi, my name is Ada and I think I will write here.", Kind.NEWS),
        ("Alder’s Sale to Norvex", "Its owners have little say in it.", Kind.DEAL),
        ("让青栎成为真正的数据库", "目前，青栎工具已正式开源。", Kind.RELEASE),
        ("Navy seizes a ship", "Photos released by the ministry show it.", Kind.NEWS),
    ],
)
def test_a_kind_needs_more_than_a_passing_word(title: str, text: str, kind: Kind) -> None:
    assert place(article(title, text)).kind == kind


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("青栎开源大模型权重，320 亿参数", "该语言模型今日开放下载，输入每百万词元 2 元。"),
        ("OpenAI releases a smaller language model", "The model runs on a laptop."),
    ],
)
@pytest.mark.parametrize("hint", ["tech", "dev"])
def test_what_is_plainly_about_models_is_ai_wherever_it_came_from(
    title: str, text: str, hint: str
) -> None:
    assert place(article(title, text), hint).column == "ai"


def test_words_of_many_sciences_count_only_beside_a_sure_one() -> None:
    price = article(
        "星图-3 上线一天后接口价格下调六成",
        "远航智能开放权重后宣布降价：每百万词元由 5 元降至 2 元，输出词元由 20 元降至 8 元。",
        "公司说，降价来自推理成本下降，模型的调度更省算力。",
    )
    assert place(price, "tech").column == "ai"
    traffic = article("城市公交方式选择行为模型", "模型用调查数据标定，模型的推理结果与实测相符。")
    assert place(traffic, "science").column == "science"


def test_who_owns_a_picture_is_no_subject() -> None:
    shown = article(
        "Tram overturns in Harwick",
        "Image copyright PA",
        "Three trams stood still on Tuesday.",
        "Image copyright Reuters",
    )
    assert "copyright" not in place(shown).topics


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Harwick captain Palmer announces Retirement", Kind.NEWS),
        ("Norvex announces Halo-3", Kind.RELEASE),
        ("两国举行全面战略对话机制首次会议", Kind.NEWS),
        ("对话青栎创始人：芯片还要慢慢做", Kind.OPINION),
    ],
)
def test_who_announces_and_who_talks(title: str, kind: Kind) -> None:
    assert place(article(title, "今天下雨。")).kind == kind


def test_craftsmen_are_no_artists() -> None:
    assert (
        "艺人" not in place(article("那些手艺人", "手艺人的话不多。手艺人脾气倔。")).cues["column"]
    )
