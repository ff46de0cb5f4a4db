import pytest

from tests.handlers.conftest import Chatting
from tests.handlers.test_cards import activated


@pytest.mark.parametrize(
    ("who", "column", "topics", "topic", "done", "said"),
    [
        ("lin", "人工智能", "选话题", "大模型", "完成", "栏目「人工智能」，话题「大模型」"),
        ("alex", "AI", "Topics", "Large language models", "Done", "AI, plus anything on Large"),
    ],
)
async def test_a_subscription_is_chosen_by_buttons(
    chatting: Chatting, who: str, column: str, topics: str, topic: str, done: str, said: str
):
    person = chatting.sandbox.person(who)
    page = await chatting.say(person, "/subscribe")
    page = await chatting.tap(person, page, column)
    page = await chatting.tap(person, page, topics)
    page = await chatting.tap(person, page, topic)
    page = await chatting.tap(person, page, done)
    assert said in page.text
    assert "08:30" in page.text
    subscription = (await chatting.subscriber(person)).subscription
    assert subscription.wishes.columns == ("ai",)
    assert subscription.wishes.topics == ("llm",)
    assert subscription.pushes
    assert subscription.considered_until == chatting.clock()


async def test_the_frequency_is_chosen_on_the_way(chatting: Chatting):
    page = await chatting.say(chatting.lin, "/subscribe")
    page = await chatting.tap(chatting.lin, page, "推送安排")
    page = await chatting.tap(chatting.lin, page, "只要早报")
    assert "设好了" in page.text
    assert "下次推送：明天 08:30" in page.text
    page = await chatting.tap(chatting.lin, page, "推送安排")
    assert "✓ 只要早报" in page.labels
    page = await chatting.tap(chatting.lin, page, "暂停推送")
    assert "记下了" in page.text
    assert "推送已暂停" in page.text


@pytest.mark.parametrize("name", ["大语言模型", "LLM", "large language models"])
async def test_a_named_topic_is_followed_at_once(chatting: Chatting, name: str):
    done = await chatting.say(chatting.lin, f"/subscribe {name}")
    assert "设好了。会推送：话题「大模型」" in done.text
    assert "下次推送" in done.text


async def test_a_named_column_is_followed_at_once(chatting: Chatting):
    done = await chatting.say(chatting.alex, "/subscribe Business")
    assert "You will get: Business" in done.text


async def test_an_unknown_name_is_not_followed(chatting: Chatting):
    offered = await chatting.say(chatting.lin, "/subscribe xyzzyq")
    assert "没有叫「xyzzyq」的栏目或话题" in offered.text
    assert (await chatting.subscriber(chatting.lin)).subscription.paused


@pytest.mark.parametrize(
    ("who", "stopped", "resume", "next_"),
    [
        ("lin", "推送停了", "恢复推送", "下次推送：明天 08:30"),
        ("alex", "Pushes have stopped", "Resume pushes", "Next digest: tomorrow 08:30"),
    ],
)
async def test_unsubscribing_stops_and_one_tap_resumes(
    chatting: Chatting, who: str, stopped: str, resume: str, next_: str
):
    person = chatting.sandbox.person(who)
    await activated(chatting, person)
    page = await chatting.say(person, "/unsubscribe")
    assert stopped in page.text
    subscription = (await chatting.subscriber(person)).subscription
    assert subscription.paused
    assert subscription.next_digest_at is None
    page = await chatting.tap(person, page, resume)
    assert next_ in page.text
    assert (await chatting.subscriber(person)).subscription.pushes


async def test_resuming_brings_back_the_frequency_of_before(chatting: Chatting):
    page = await chatting.say(chatting.lin, "/subscribe")
    page = await chatting.tap(chatting.lin, page, "推送安排")
    await chatting.tap(chatting.lin, page, "只要早报")
    page = await chatting.say(chatting.lin, "/unsubscribe")
    await chatting.tap(chatting.lin, page, "恢复推送")
    subscription = (await chatting.subscriber(chatting.lin)).subscription
    assert subscription.pushes
    assert not subscription.instant


async def test_unsubscribing_twice_says_so(chatting: Chatting):
    page = await chatting.say(chatting.lin, "/unsubscribe")
    assert "本来就是关着的" in page.text
