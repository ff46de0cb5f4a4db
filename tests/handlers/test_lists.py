from datetime import timedelta

import pytest

from digest.model import SignalState
from tests.handlers.conftest import Chatting
from tests.newsdesk import NOON


async def many(chatting: Chatting, count: int) -> None:
    for number in range(1, count + 1):
        await chatting.news.publish(
            f"第 {number} 号公告", at=NOON - timedelta(hours=count - number + 1)
        )


# --- /latest -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "title", "more"), [("lin", "最新信号", "更多"), ("alex", "Latest signals", "More")]
)
async def test_latest_pages_in_place(chatting: Chatting, who: str, title: str, more: str):
    await many(chatting, 7)
    person = chatting.sandbox.person(who)
    first = await chatting.say(person, "/latest")
    assert title in first.text
    assert "第 7 号公告" in first.text
    assert "第 2 号公告" not in first.text
    second = await chatting.tap(person, first, more)
    assert "第 2 号公告" in second.text
    assert "第 1 号公告" in second.text
    assert "第 3 号公告" not in second.text
    assert more not in second.labels
    back = await chatting.tap(person, second, "«")
    assert back.text == first.text
    assert len(person.inbox) == 1


async def test_latest_takes_a_column_and_a_number(chatting: Chatting):
    await many(chatting, 3)
    await chatting.news.publish("新的推理模型", column="ai")
    both = await chatting.say(chatting.lin, "/latest 商业财经 2")
    assert "商业财经" in both.text
    assert "第 3 号公告" in both.text
    assert "第 2 号公告" in both.text
    assert "第 1 号公告" not in both.text
    assert "新的推理模型" not in both.text
    english = await chatting.say(chatting.alex, "/latest AI")
    assert "新的推理模型" in english.text
    assert "第 3 号公告" not in english.text


async def test_latest_takes_a_topic_by_its_alias(chatting: Chatting):
    await chatting.news.publish("新的推理模型", column="ai", topics=("llm",))
    await chatting.news.publish("别的事情")
    listed = await chatting.say(chatting.lin, "/latest 大语言模型 3")
    assert "新的推理模型" in listed.text
    assert "别的事情" not in listed.text
    assert "＋ 关注 大模型" in listed.labels


async def test_latest_of_nothing_says_that_reading_goes_on(chatting: Chatting):
    assert "还没有信号" in (await chatting.say(chatting.lin, "/latest")).text
    assert "No signals yet" in (await chatting.say(chatting.alex, "/latest")).text


async def test_an_empty_column_offers_what_is_busy(chatting: Chatting):
    await chatting.news.publish("新的推理模型", column="ai", topics=("llm",))
    empty = await chatting.say(chatting.lin, "/latest 科学前沿")
    assert "「科学前沿」里还没有信号" in empty.text
    topic = await chatting.tap(chatting.lin, empty, "大模型 · 1")
    assert "新的推理模型" in topic.text


async def test_latest_with_an_unknown_name_offers_near_ones(chatting: Chatting):
    await chatting.news.publish("新的推理模型", column="ai", topics=("llm",))
    offered = await chatting.say(chatting.lin, "/latest 大模形")
    assert "你要找的是不是这些" in offered.text
    topic = await chatting.tap(chatting.lin, offered, "大模型 · 1")
    assert "新的推理模型" in topic.text


async def test_signals_that_are_held_back_are_not_listed(chatting: Chatting):
    await chatting.news.publish("待审的消息", state=SignalState.HELD)
    assert "还没有信号" in (await chatting.say(chatting.lin, "/latest")).text


async def test_saved_signals_are_marked(chatting: Chatting):
    signal = await chatting.news.publish("值得留下的")
    card = await chatting.say(chatting.lin, f"/start s_{signal.id}")
    await chatting.tap(chatting.lin, card, "收藏")
    assert "★" in (await chatting.say(chatting.lin, "/latest")).text
    assert "★" not in (await chatting.say(chatting.alex, "/latest")).text


# --- /topic ------------------------------------------------------------------------------


@pytest.mark.parametrize(("who", "name"), [("lin", "大模型"), ("alex", "Large language models")])
async def test_topic_without_a_name_lists_topics_with_counts(
    chatting: Chatting, who: str, name: str
):
    await chatting.news.publish("一", topics=("llm",), column="ai")
    await chatting.news.publish("二", topics=("llm", "chips"), column="ai")
    person = chatting.sandbox.person(who)
    listed = await chatting.say(person, "/topic")
    topics = [label for label in listed.labels if label.startswith(name)]
    assert topics == [f"{name} · 2"]
    opened = await chatting.tap(person, listed, f"{name} · 2")
    assert "一" in opened.text
    back = await chatting.tap(person, opened, listed_button(who))
    assert back.labels == listed.labels


def listed_button(who: str) -> str:
    return "栏目和话题" if who == "lin" else "Columns & topics"


async def test_counts_are_of_the_last_seven_days(chatting: Chatting):
    await chatting.news.publish(
        "旧闻",
        topics=("llm",),
        at=NOON - timedelta(days=9),
        published_at=NOON - timedelta(days=9),
    )
    listed = await chatting.say(chatting.lin, "/topic")
    assert "大模型 · 0" in listed.labels or "下一页 »" in listed.labels
    topic = await chatting.say(chatting.lin, "/topic 大模型")
    assert "近 7 天 0 条" in topic.text
    assert "旧闻" in topic.text


async def test_the_list_of_topics_has_pages(chatting: Chatting):
    first = await chatting.say(chatting.lin, "/topic")
    second = await chatting.tap(chatting.lin, first, "下一页")
    assert not set(second.labels) & {label for label in first.labels if "·" in label}
    again = await chatting.tap(chatting.lin, second, "上一页")
    assert again.labels == first.labels


@pytest.mark.parametrize("name", ["LLM", "大语言模型", "llm", "#大模型", "Large language models"])
async def test_a_topic_is_found_by_any_of_its_names(chatting: Chatting, name: str):
    await chatting.news.publish("新的推理模型", topics=("llm",))
    assert "新的推理模型" in (await chatting.say(chatting.lin, f"/topic {name}")).text


async def test_a_column_is_found_by_topic_too(chatting: Chatting):
    await chatting.news.publish("新的推理模型", column="ai")
    assert "新的推理模型" in (await chatting.say(chatting.lin, "/topic 人工智能")).text


async def test_an_empty_topic_says_so_and_what_to_try(chatting: Chatting):
    await chatting.news.publish("芯片新工艺", topics=("chips",))
    empty = await chatting.say(chatting.lin, "/topic 大模型")
    assert "「大模型」还没有信号" in empty.text
    assert "＋ 关注 大模型" in empty.labels
    assert any(label.startswith("芯片") for label in empty.labels)
    english = await chatting.say(chatting.alex, "/topic LLM")
    assert "There is nothing on “Large language models” yet" in english.text


async def test_a_misspelt_topic_offers_the_nearest(chatting: Chatting):
    offered = await chatting.say(chatting.alex, "/topic larg languag model")
    assert "Did you mean" in offered.text
    assert offered.labels[0].startswith("Large language models")
    await chatting.news.publish("新的推理模型", topics=("llm",))
    opened = await chatting.tap(chatting.alex, offered, "Large language models")
    assert "新的推理模型" in opened.text


async def test_an_unheard_of_topic_offers_a_search(chatting: Chatting):
    await chatting.news.publish("关于 xyzzyq 的报道")
    offered = await chatting.say(chatting.lin, "/topic xyzzyq")
    await chatting.tap(chatting.lin, offered, "搜索「xyzzyq」")
    assert "关于 xyzzyq 的报道" in chatting.lin.inbox[-1].text


async def test_names_are_escaped(chatting: Chatting):
    answer = await chatting.say(chatting.lin, "/topic <b>&amp;</b>zzz")
    assert "「<b>&amp;</b>zzz」" in answer.text


# --- /search -----------------------------------------------------------------------------


async def test_plain_words_are_a_search(chatting: Chatting):
    await chatting.news.publish("央行下调存款准备金率")
    await chatting.news.publish("别的事情")
    found = await chatting.say(chatting.lin, "准备金")
    assert found.text.startswith("🔎 准备金 · 找到 1 条")
    assert "央行下调存款准备金率" in found.text
    assert "别的事情" not in found.text


@pytest.mark.parametrize(("who", "more"), [("lin", "更多"), ("alex", "More")])
async def test_a_search_pages_by_the_words_in_its_title(chatting: Chatting, who: str, more: str):
    await many(chatting, 7)
    person = chatting.sandbox.person(who)
    # Longer than callback data could hold, with characters that HTML minds.
    words = "号公告 " * 10 + "公告"
    first = await chatting.say(person, f"/search {words}")
    assert "第 7 号公告" in first.text
    second = await chatting.tap(person, first, more)
    assert "第 1 号公告" in second.text
    assert "第 7 号公告" not in second.text
    back = await chatting.tap(person, second, "«")
    assert back.text == first.text


async def test_a_search_that_finds_nothing_says_what_to_try(chatting: Chatting):
    await chatting.news.publish("央行下调存款准备金率")
    nothing = await chatting.say(chatting.lin, "/search 央行 飞船")
    assert "没有找到「央行 飞船」" in nothing.text
    await chatting.tap(chatting.lin, nothing, "搜索「央行」")
    assert "存款准备金率" in chatting.lin.inbox[-1].text
    english = await chatting.say(chatting.alex, "/search zzzqqq")
    assert "Nothing found for “zzzqqq”" in english.text


async def test_a_search_without_words_says_how(chatting: Chatting):
    assert "/search 存款准备金率" in (await chatting.say(chatting.lin, "/search")).text
    assert "/search open source" in (await chatting.say(chatting.alex, "/search")).text


async def test_a_search_for_a_whole_article_is_declined(chatting: Chatting):
    assert "太长了" in (await chatting.say(chatting.lin, "字" * 201)).text
    assert "too long" in (await chatting.say(chatting.alex, "x" * 3000)).text


async def test_a_topics_name_in_a_search_leads_to_the_topic(chatting: Chatting):
    await chatting.news.publish("大模型周报", topics=("llm",))
    found = await chatting.say(chatting.lin, "大模型")
    opened = await chatting.tap(chatting.lin, found, "话题：大模型")
    assert "大模型 · 近 7 天 1 条" in opened.text


@pytest.mark.parametrize("words", ["'; DROP TABLE signals; --", '"', "*", "OR NOT", "<a>", "%"])
async def test_odd_words_are_only_words(chatting: Chatting, words: str):
    await chatting.news.publish("央行下调存款准备金率")
    assert "没有找到" in (await chatting.say(chatting.lin, f"/search {words}")).text
    assert "准备金" in (await chatting.say(chatting.lin, "/latest")).text


@pytest.mark.parametrize("words", ["zzzqqq", "xyzzyq", "hello", "没有的词 foo"])
async def test_far_fetched_topics_are_not_offered(chatting: Chatting, words: str):
    nothing = await chatting.say(chatting.lin, f"/search {words}")
    assert not [label for label in nothing.labels if label.startswith("话题：")]


async def test_words_offered_by_themselves_stand_without_quotes(chatting: Chatting):
    nothing = await chatting.say(chatting.lin, '"quantum sourdough"')
    assert "🔎 搜索「quantum」" in nothing.labels
    assert "🔎 搜索「sourdough」" in nothing.labels


async def test_an_empty_topic_that_is_followed_says_so(chatting: Chatting):
    await chatting.say(chatting.alex, "/subscribe OpenAI")
    empty = await chatting.say(chatting.alex, "/topic OpenAI")
    assert "You follow it" in empty.text
    assert "✓ OpenAI" in empty.labels
