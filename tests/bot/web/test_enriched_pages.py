"""What a signal's page says of translations, of a model's work and of what the article gives."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from digest.model import (
    Advice,
    Brief,
    Checked,
    FullText,
    Insight,
    Moment,
    Point,
    Rendered,
    Signal,
    SourceSpec,
    Tier,
    TranslatedSentence,
    Translation,
)
from digest.modeltier.calls import Call
from digest.pipeline import DraftRequest, make_draft
from tests.bot.web.conftest import Newsroom
from tests.bot.web.samples import ARTICLE, NOW, SIGNAL, brief, signal
from tests.bot.web.test_pages import links, page, select, words

Client = TestClient[Any, Any]

CHINESE = (
    "Northwind 周五在奥斯陆启用了一座数据中心。",
    "造价 12 亿美元。",
    "该址将雇用 400 人。",
    "分析师原以为会小一些。",
    "",
    "天气很好。",
    "招待了汤。",
    "电力来自三条河。",
    "第一条最长。",
    "市长讲了几句。",
)
INSIGHT = Insight(
    timeline=(
        Moment("next spring", None, "The second hall opens.", 3, "en"),
        Moment("Friday", date(2026, 11, 20), "启用。", 0, "zh"),
    ),
    concerned=(Advice("engineers", "可以申请机位。", (2,), "zh"),),
    questions=(Point("谁来租用？", (4,), "zh"),),
    actions=(Point("留意招租公告。", (4,), "zh"),),
    difference=Point("比上一座大一倍。", (3,), "zh"),
)


def translation() -> Translation:
    sentences = [
        TranslatedSentence(
            index,
            text or ARTICLE.sentences[index].text,
            Rendered.TRANSLATED if text else Rendered.FAILED,
        )
        for index, text in enumerate(CHINESE)
    ]
    return Translation("zh", "firefox en-zh base-memory", tuple(sentences))


def translated() -> Signal:
    """The sample as a translator leaves it: the second point failed its check."""
    first, second = SIGNAL.brief.points
    told = replace(first, text=CHINESE[0], lang="zh", translated=True, original=first.text)
    made = brief(
        headline="Northwind 在奥斯陆启用最大的数据中心",
        headline_lang="zh",
        headline_original=SIGNAL.brief.headline,
        points=(told, second),
        maker="firefox en-zh base-memory",
        checked=Checked(6, 0, ("Power comes from three rivers（数字不符）",)),
    )
    return signal(brief=made)


def by_model() -> Signal:
    made = Brief(
        headline="Northwind 在奥斯陆启用最大的数据中心",
        headline_lang="zh",
        headline_original=SIGNAL.brief.headline,
        points=(Point("造价 12 亿美元，雇用 400 人。", (1, 2), "zh", support=0.9),),
        tier=Tier.MODEL,
        maker="gpt-x",
        prompt="brief-3",
        insight=INSIGHT,
        checked=Checked(7, 1, ("成立于 1899 年（原文没有 1899）",)),
    )
    return signal(brief=made)


async def test_a_translation_stands_beside_its_original_paragraph_by_paragraph(
    client: Client, newsroom: Newsroom
):
    ours = own_source()
    kept = await newsroom.add(translated(), spec=ours)
    await newsroom.storage.translations.save(kept.id, translation(), NOW)
    shown = await page(client, f"/s/{kept.id}")
    told = select(shown, ".paragraphs", "p.told")
    originals = [p for p in select(shown, ".paragraphs", "p") if p not in told]
    assert len(told) == len(originals) == len(ARTICLE.paragraphs)
    assert words(told[0]) == "Northwind 周五在奥斯陆启用了一座数据中心。造价 12 亿美元。"
    assert told[0].get("lang") == "zh-Hans"
    # Translated right after its original, which is how a phone shows it.
    assert originals[0].getnext() is told[0]
    (failed,) = select(shown, ".paragraphs", ".failed")
    assert words(failed) == "Nobody has said who will rent it. 译文未通过核对"
    assert failed.get("lang") == "en"
    text = words(shown)
    assert "原文与中文翻译" in text
    assert "中文由机器翻译（firefox en-zh base-memory）" in text
    assert "其中 1 句未通过，保留原文。" in text


async def test_readers_of_the_original_are_not_shown_a_translation(
    client: Client, newsroom: Newsroom
):
    kept = await newsroom.add(translated())
    await newsroom.storage.translations.save(kept.id, translation(), NOW)
    shown = await page(client, f"/s/{kept.id}", accept="en")
    assert words(select(shown, "h1")[0]) == SIGNAL.brief.headline
    assert select(shown, ".told") == []
    assert words(select(shown, ".said")[0]) == SIGNAL.brief.points[0].text
    assert "machine translation" not in words(select(shown, ".core")[0])


async def test_a_translated_brief_names_its_engine_and_what_failed(
    client: Client, newsroom: Newsroom
):
    kept = await newsroom.add(translated())
    shown = await page(client, f"/s/{kept.id}")
    assert words(select(shown, ".core", "p.note")[0]) == (
        "规则整理稿 · 机器翻译（firefox en-zh base-memory）"
    )
    made = words(select(shown, ".making")[0])
    assert "比对 6 处、1 句保留原文" in made
    assert "Power comes from three rivers（数字不符）" in made
    assert "原贴" in words(shown)
    assert SIGNAL.title in words(select(shown, ".original")[0])
    # The sentence behind a translated point is the article's, and said to be.
    quote = select(shown, ".core", "blockquote")[0]
    assert quote.get("lang") == "en"
    assert words(quote).startswith(ARTICLE.sentences[0].text)


async def test_a_traditional_article_stands_beside_its_simplified_form(
    client: Client, newsroom: Newsroom
):
    told = replace(
        ARTICLE,
        title="工廠擴建",
        lang="zh",
        paragraphs=(("這家公司週二宣布擴建。", "軟體工程師有 340 名。"),),
    )
    draft = make_draft(DraftRequest(told, "", 1.0, NOW))
    assert draft.simple is not None
    kept = await newsroom.add(replace(SIGNAL, brief=draft.brief, lang="zh"), told)
    await newsroom.storage.translations.save(kept.id, draft.simple, NOW)
    shown = await page(client, f"/s/{kept.id}")
    text = select(shown, "section.text")[0]
    assert words(select(text, "h2")[0]) == "原文与简体"
    assert "由 OpenCC 逐句转换" in words(text)
    assert "机器翻译" not in words(shown)
    assert "這家公司週二宣布擴建。" in words(text)
    assert words(select(text, ".told")[0]) == "这家公司周二宣布扩建。软件工程师有 340 名。"
    english = await page(client, f"/s/{kept.id}", accept="en")
    assert select(english, ".told") == []


async def test_a_models_page_says_which_model_which_prompts_and_what_it_cost(
    client: Client, newsroom: Newsroom
):
    kept = await newsroom.add(by_model())
    call = Call("brief", "gpt-x", "brief-3", 900, 120, 0.0031, 1200, "ok", kept.id)
    await newsroom.storage.spending.record(call, NOW)
    shown = await page(client, f"/s/{kept.id}")
    assert words(select(shown, ".core", "p.note")[0]) == "模型增强版 · gpt-x"
    made = words(select(shown, ".making")[0])
    for expected in (
        "模型gpt-x 提示词 brief-3",
        "比对 7 处、改写 1 条、略去 1 条",
        "原文没有 1899",
        "请求 1 次、输入 900、输出 120 token、花费 0.0031（按所设价格）",
    ):
        assert expected in made, expected
    # What was left out is not told after all: an article may have ordered the model to say it.
    assert "成立于" not in made
    english = words(await page(client, f"/s/{kept.id}", accept="en"))
    assert "Number and name check" in english
    assert "fact check" not in english.lower()


async def test_the_reading_has_what_the_brief_has_in_order(client: Client, newsroom: Newsroom):
    kept = await newsroom.add(by_model())
    shown = await page(client, f"/s/{kept.id}")
    reading = shown.get_element_by_id("reading").getparent()
    assert [words(head) for head in reading.iter("h3")] == [
        "这是什么信号", "与已有同主题内容", "时间线", "谁会关心", "可以继续追问", "行动建议",
    ]  # fmt: skip
    text = words(reading)
    for expected in ("比上一座大一倍。", "工程师 可以申请机位。", "谁来租用？", "留意招租公告。"):
        assert expected in text, expected
    events = [words(step) for step in select(reading, ".timeline", "li")]
    assert events[0].startswith("2026年11月20日 Friday 启用。")
    assert events[1].startswith("next spring The second hall opens.")
    targets = {link[1:] for link in links(reading) if link.startswith("#")}
    assert targets
    assert all(shown.get_element_by_id(target) is not None for target in targets)


async def test_an_english_reader_gets_the_articles_sentences_in_the_reading(
    client: Client, newsroom: Newsroom
):
    kept = await newsroom.add(by_model())
    reading = words(
        (await page(client, f"/s/{kept.id}", accept="en")).get_element_by_id("reading").getparent()
    )
    assert "Engineers The site will employ 400 people." in reading
    assert ARTICLE.sentences[0].text in reading


async def test_numbers_that_changed_lead_to_the_earlier_signal(client: Client, newsroom: Newsroom):
    fact = replace(SIGNAL.brief.numbers[0], measure="valuation", sentence=1)
    earlier_fact = replace(fact, text="$800 million", value=8e8, zh="8 亿美元")
    names = {"keywords": ("Northwind",)}
    then, now = (
        (Point(f"The valuation of Northwind is {one.text}.", (1,), "en"),)
        for one in (earlier_fact, fact)
    )
    old = signal(
        title="Northwind plans a data centre",
        url="https://news.example.org/old",
        published_at=NOW.replace(day=2, hour=20),  # the third in Beijing, as all of the page says
        brief=brief(headline="Northwind plans", numbers=(earlier_fact,), points=then, **names),
    )
    before = await newsroom.add(old, replace(ARTICLE, url="https://news.example.org/old"))
    kept = await newsroom.add(signal(brief=brief(numbers=(fact,), points=now, **names)))
    shown = await page(client, f"/s/{kept.id}")
    found = select(shown, ".differences", "li")
    assert "8 亿美元 → 12 亿美元" in words(found[0])
    assert f"/s/{before.id}" in links(shown, ".differences")
    assert f"{NOW.month}月3日" in words(found[0])


@pytest.mark.parametrize(("days", "said"), [(2, True), (29, True), (31, False)])
async def test_what_nothing_of_a_month_told_is_said_with_what_it_is_like(
    client: Client, newsroom: Newsroom, days: int, *, said: bool
):
    title = "Northwind opens a data centre in Oslo"
    old = signal(
        title=f"{title} soon",
        url="https://news.example.org/old",
        published_at=NOW - timedelta(days=days),
        brief=brief(headline=title, points=(Point("It will employ 400 people.", (1,), "en"),)),
    )
    before = await newsroom.add(old, replace(ARTICLE, url="https://news.example.org/old"))
    point = Point("Three rivers in the north power the halls.", (7,), "en")
    told = brief(headline=title, points=(*old.brief.points, point))
    kept = await newsroom.add(signal(title=title, published_at=NOW, brief=told))
    shown = await page(client, f"/s/{kept.id}")
    found = [words(one) for one in select(shown, ".differences", "li")]
    assert any(f"近 30 天的同类内容里没有说过：{point.text}" in one for one in found) is said
    assert not any(old.brief.points[0].text in one for one in found)
    assert (f"/s/{before.id}" in links(shown, ".differences")) is said


async def test_a_foreign_headline_has_a_chinese_frame_for_chinese_readers(
    client: Client, newsroom: Newsroom
):
    kept = await newsroom.add(signal(brief=brief(frame=("Northwind", "造价 12 亿美元"))))
    shown = await page(client, f"/s/{kept.id}")
    assert words(select(shown, "p.frame")[0]) == "Northwind · 造价 12 亿美元"
    assert select(await page(client, f"/s/{kept.id}", accept="en"), "p.frame") == []
    home = words(await page(client, "/column/ai"))
    assert "Northwind · 造价 12 亿美元" in home


async def test_hostile_words_of_models_and_engines_stay_words(client: Client, newsroom: Newsroom):
    evil = '"><script>alert(1)</script>{{ 7*7 }}'
    made = by_model()
    insight = Insight(
        timeline=(Moment(evil, None, evil, 0, "zh"),),
        concerned=(Advice(evil, evil, (0,), "zh"),),
        questions=(Point(evil, (0,), "zh"),),
        difference=Point(evil, (-5, 99), "zh"),
    )
    hostile = replace(
        made.brief, maker=evil, prompt=evil, insight=insight, checked=Checked(1, 0, (evil,) * 9)
    )
    kept = await newsroom.add(replace(made, brief=hostile))
    sentences = (TranslatedSentence(0, evil, Rendered.TRANSLATED),)
    await newsroom.storage.translations.save(kept.id, Translation("zh", evil, sentences), NOW)
    shown = await page(client, f"/s/{kept.id}")
    assert shown.xpath("//script") == []
    assert "alert(1)" in words(shown)


async def test_a_page_with_a_translation_stays_light(client: Client, newsroom: Newsroom):
    sentence = "A long sentence about data centres and rivers in the north of Europe. " * 2
    long = replace(ARTICLE, paragraphs=((sentence,) * 6,) * 60)
    told = tuple(
        TranslatedSentence(index, "关于北欧数据中心与河流的长句子。" * 4, Rendered.TRANSLATED)
        for index in range(360)
    )
    kept = await newsroom.add(translated(), long, spec=own_source())
    await newsroom.storage.translations.save(kept.id, Translation("zh", "x", told), NOW)
    async with client.get(f"/s/{kept.id}", headers={"Accept-Language": "zh"}) as response:
        assert len((await response.text()).encode()) < 60_000


def own_source() -> SourceSpec:
    """A source whose articles may be shown whole."""
    return SourceSpec(
        "sample-desk",
        "http://127.0.0.1:8081/news/feed",
        "Desk",
        "ai",
        "en",
        full_text=FullText.FULL,
    )


async def test_the_front_page_keeps_to_its_readers_language(client: Client, newsroom: Newsroom):
    await newsroom.add(translated())
    (chinese,) = select(await page(client, "/"), ".lead")
    assert "启用了一座数据中心" in words(chinese)
    (english,) = select(await page(client, "/", accept="en"), ".lead")
    assert "启用" not in words(english)
    assert "Northwind opened a data centre in Oslo on Friday." in words(english)
