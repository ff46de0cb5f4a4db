import pytest

from bot.sandbox.people import Person, Seen
from digest.model import Lang, Signal, SignalState, Subscription, Wishes
from tests.handlers.conftest import Chatting


async def card_of(chatting: Chatting, person: Person, signal: Signal) -> Seen:
    return await chatting.say(person, f"/start s_{signal.id}")


async def activated(chatting: Chatting, person: Person) -> None:
    """Let `person` have finished the walk of /start."""
    welcome = await chatting.say(person, "/start")
    label, done = ("中文", "完成") if person.user.key == "lin" else ("English", "Done")
    columns = await chatting.tap(person, welcome, label)
    await chatting.tap(person, columns, done)


async def wishes_of(chatting: Chatting, person: Person) -> Wishes:
    return (await chatting.subscriber(person)).subscription.wishes


async def test_a_number_under_a_list_opens_the_card_and_leaves_the_list(chatting: Chatting):
    await chatting.news.publish("央行下调存款准备金率")
    listed = await chatting.say(chatting.lin, "/latest")
    await chatting.toast(chatting.lin, listed, "1")
    card = chatting.lin.inbox[-1]
    assert card.id != listed.id
    assert "• 央行下调存款准备金率。" in card.text
    assert chatting.now_of(chatting.lin, listed).text == listed.text


async def test_a_signal_that_is_gone_is_said_to_be_gone(chatting: Chatting):
    signal = await chatting.news.publish("央行下调存款准备金率")
    card = await card_of(chatting, chatting.lin, signal)
    for verb in ("card", "save", "topics", "less", "back"):
        said = await chatting.forge(chatting.lin, card, f"1:{verb}:999")
        assert said == "这条信号已经看不到了。", verb


@pytest.mark.parametrize("state", [SignalState.HELD, SignalState.REJECTED])
async def test_a_signal_that_readers_may_not_see_is_gone_too(
    chatting: Chatting, state: SignalState
):
    signal = await chatting.news.publish("待审的消息", state=state)
    card = await card_of(chatting, chatting.lin, signal)
    assert "待审的消息" not in card.text
    assert card.text.startswith("这个链接指向的内容已经不在了")


# --- saving ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "name", "said"),
    [("lin", "默认收藏", "已收藏到「默认收藏」"), ("alex", "Saved", "Saved to “Saved”")],
)
async def test_one_tap_saves_and_the_button_shows_it(
    chatting: Chatting, who: str, name: str, said: str
):
    person = chatting.sandbox.person(who)
    signal = await chatting.news.publish("值得留下的")
    card = await card_of(chatting, person, signal)
    assert said in await chatting.toast(person, card, f"1:save:{signal.id}")
    after = chatting.now_of(person, card)
    assert after.text == card.text
    assert after.labels != card.labels
    reader = await chatting.subscriber(person)
    (collection,) = await chatting.storage.collections.list(reader.id)
    assert (collection.name, collection.count, collection.is_default) == (name, 1, True)


async def test_a_second_tap_chooses_where(chatting: Chatting):
    signal = await chatting.news.publish("值得留下的")
    await chatting.say(chatting.lin, "/collections new 周末细读")
    card = await card_of(chatting, chatting.lin, signal)
    await chatting.tap(chatting.lin, card, "收藏")
    places = await chatting.tap(chatting.lin, card, f"1:save:{signal.id}")
    assert places.labels == [
        "✓ 默认收藏",
        "周末细读",
        "📝 备注",
        "＋ 新收藏集",
        "« 返回",
    ]
    places = await chatting.tap(chatting.lin, card, "周末细读")
    assert "✓ 周末细读" in places.labels
    said = await chatting.toast(chatting.lin, card, "✓ 默认收藏")
    assert said == "已从「默认收藏」移除。"
    back = await chatting.tap(chatting.lin, card, "« 返回")
    assert f"1:save:{signal.id}" in [button.get("callback_data") for button in back.buttons]
    reader = await chatting.subscriber(chatting.lin)
    counts = {c.name: c.count for c in await chatting.storage.collections.list(reader.id)}
    assert counts == {"默认收藏": 0, "周末细读": 1}


async def test_a_new_collection_is_named_by_a_reply(chatting: Chatting):
    signal = await chatting.news.publish("值得留下的")
    card = await card_of(chatting, chatting.lin, signal)
    await chatting.tap(chatting.lin, card, "收藏")
    await chatting.tap(chatting.lin, card, f"1:save:{signal.id}")
    await chatting.tap(chatting.lin, card, "＋ 新收藏集")
    question = chatting.lin.inbox[-1]
    assert "新收藏集叫什么" in question.text
    made = await chatting.answer(chatting.lin, question, "周末细读")
    assert made.text == "建好了「周末细读」，并放进了这条信号。"
    opened = await chatting.tap(chatting.lin, made, "打开")
    assert "值得留下的" in opened.text


async def test_nobody_saves_into_somebody_elses_collection(chatting: Chatting):
    signal = await chatting.news.publish("值得留下的")
    card = await card_of(chatting, chatting.lin, signal)
    await chatting.tap(chatting.lin, card, "收藏")
    mine = await chatting.subscriber(chatting.lin)
    (collection,) = await chatting.storage.collections.list(mine.id)
    other = await card_of(chatting, chatting.alex, signal)
    for data in (f"1:put:{collection.id}:{signal.id}", f"1:drop:{collection.id}:{signal.id}:0"):
        said = await chatting.forge(chatting.alex, other, data)
        assert said in {
            "This button no longer works. Please send the command again.",
            "This collection no longer exists.",
        }
    (unchanged,) = await chatting.storage.collections.list(mine.id)
    assert unchanged.count == 1


# --- topics ------------------------------------------------------------------------------


async def test_topics_are_followed_under_the_card(chatting: Chatting):
    await activated(chatting, chatting.lin)
    signal = await chatting.news.publish("新的推理模型", topics=("llm", "chips"))
    card = await card_of(chatting, chatting.lin, signal)
    sheet = await chatting.tap(chatting.lin, card, "话题")
    assert sheet.text == card.text
    assert sheet.labels[0] == "＋ 关注 大模型"
    said = await chatting.toast(chatting.lin, sheet, "＋ 关注 大模型")
    assert "之前是全部都推送，现在只推送你选的：话题「大模型」" in said
    sheet = chatting.now_of(chatting.lin, card)
    assert sheet.labels[0] == "✓ 大模型"
    assert (await wishes_of(chatting, chatting.lin)).topics == ("llm",)
    said = await chatting.toast(chatting.lin, sheet, "✓ 大模型")
    assert "恢复为全部推送" in said
    assert (await wishes_of(chatting, chatting.lin)).topics == ()
    back = await chatting.tap(chatting.lin, sheet, "« 返回")
    assert back.labels == card.labels


async def test_following_while_pushes_are_off_says_so(chatting: Chatting):
    signal = await chatting.news.publish("An open model", lang="en", topics=("llm",))
    card = await card_of(chatting, chatting.alex, signal)
    sheet = await chatting.tap(chatting.alex, card, f"1:topics:{signal.id}")
    said = await chatting.toast(chatting.alex, sheet, "+ Follow Large language models")
    assert "Pushes are paused. Send /subscribe" in said


async def test_a_signal_without_topics_says_so(chatting: Chatting):
    signal = await chatting.news.publish("无话题的消息")
    card = await card_of(chatting, chatting.lin, signal)
    assert await chatting.toast(chatting.lin, card, "话题") == "这条信号没有归入任何话题。"


async def test_a_topic_that_does_not_exist_cannot_be_followed(chatting: Chatting):
    signal = await chatting.news.publish("新的推理模型", topics=("llm",))
    card = await card_of(chatting, chatting.lin, signal)
    for verb in ("follow", "unfollow"):
        said = await chatting.forge(chatting.lin, card, f"1:{verb}:flat-earth")
        assert said == "这个按钮已经失效了，重新发一次命令吧。"
    assert (await wishes_of(chatting, chatting.lin)).topics == ()


# --- fewer like this ---------------------------------------------------------------------


async def test_less_of_a_topic_and_back(chatting: Chatting):
    signal = await chatting.news.publish("新的推理模型", topics=("llm", "chips"))
    card = await card_of(chatting, chatting.lin, signal)
    sheet = await chatting.tap(chatting.lin, card, "少看")
    assert sheet.labels == [
        "少看「大模型」（−1）",
        "少看「芯片与半导体」（−1）",
        "少看「晨星新闻」（−1）",
        "不看话题「大模型」",
        "不看来源「晨星新闻」",
        "只推 50 分及以上的",
        "« 返回",
    ]
    said = await chatting.toast(chatting.lin, sheet, "不看话题「大模型」")
    assert said == "好，不再推送「大模型」的信号。"
    assert (await wishes_of(chatting, chatting.lin)).mutes == ("topic:llm",)
    sheet = chatting.now_of(chatting.lin, card)
    assert sheet.labels == ["撤销", "« 返回"]
    assert await chatting.toast(chatting.lin, sheet, "撤销") == "已撤销。"
    assert (await wishes_of(chatting, chatting.lin)).mutes == ()
    assert chatting.now_of(chatting.lin, card).labels == card.labels


async def test_less_of_a_source_and_back(chatting: Chatting):
    signal = await chatting.news.publish("新的推理模型")
    card = await card_of(chatting, chatting.alex, signal)
    sheet = await chatting.tap(chatting.alex, card, f"1:less:{signal.id}")
    sheet = await chatting.tap(chatting.alex, sheet, "Nothing from 晨星新闻")
    source = signal.seen_in[0].source_id
    assert (await wishes_of(chatting, chatting.alex)).mutes == (f"source:{source}",)
    await chatting.tap(chatting.alex, sheet, "Undo")
    assert (await wishes_of(chatting, chatting.alex)).mutes == ()


async def test_a_higher_score_and_back(chatting: Chatting):
    signal = await chatting.news.publish("新的推理模型")
    card = await card_of(chatting, chatting.lin, signal)
    sheet = await chatting.tap(chatting.lin, card, "少看")
    said = await chatting.toast(chatting.lin, sheet, "只推 50 分及以上的")
    assert said == "好，以后只推 50 分及以上的信号。"
    # A second tap on the same old button raises nothing further.
    await chatting.forge(chatting.lin, card, f"1:fewer:score:{signal.id}:40")
    assert (await wishes_of(chatting, chatting.lin)).min_score == 50
    await chatting.tap(chatting.lin, card, "撤销")
    assert (await wishes_of(chatting, chatting.lin)).min_score == 40


async def test_a_muted_topic_that_is_followed_again_is_no_longer_muted(chatting: Chatting):
    signal = await chatting.news.publish("新的推理模型", topics=("llm",))
    card = await card_of(chatting, chatting.lin, signal)
    sheet = await chatting.tap(chatting.lin, card, "少看")
    await chatting.tap(chatting.lin, sheet, "不看话题「大模型」")
    await chatting.tap(chatting.lin, card, "« 返回")
    sheet = await chatting.tap(chatting.lin, card, "话题")
    await chatting.tap(chatting.lin, sheet, "＋ 关注 大模型")
    wishes = await wishes_of(chatting, chatting.lin)
    assert (wishes.topics, wishes.mutes) == (("llm",), ())


@pytest.mark.parametrize("what", ["fewer:score:{}:-5", "fewer:all:{}:1", "undo:score:{}:999"])
async def test_nonsense_about_fewer_is_refused(chatting: Chatting, what: str):
    signal = await chatting.news.publish("新的推理模型")
    card = await card_of(chatting, chatting.lin, signal)
    said = await chatting.forge(chatting.lin, card, f"1:{what.format(signal.id)}")
    assert said == "这个按钮已经失效了，重新发一次命令吧。"
    assert await wishes_of(chatting, chatting.lin) == Subscription().wishes


async def test_a_readers_language_is_that_of_the_app_at_first(chatting: Chatting):
    await chatting.say(chatting.lin, "/help")
    await chatting.say(chatting.alex, "/help")
    assert (await chatting.subscriber(chatting.lin)).lang is Lang.ZH
    assert (await chatting.subscriber(chatting.alex)).lang is Lang.EN
    assert (await wishes_of(chatting, chatting.alex)).lang is Lang.EN


async def test_undoing_a_muted_topic_follows_it_again(chatting: Chatting):
    made = await chatting.news.publish("GPT-6 发布", topics=("llm",))
    await chatting.say(chatting.lin, "/follow 大模型")
    await chatting.quiet()
    card = await chatting.say(chatting.lin, f"/start s_{made.id}")
    sheet = await chatting.tap(chatting.lin, card, "少看")
    said = await chatting.toast(chatting.lin, sheet, "不看话题「大模型」")
    assert "其余内容都会推送" in said
    again = await chatting.forge(chatting.lin, sheet, f"1:fewer:topic:{made.id}:40")
    assert again == ""
    assert (await chatting.subscriber(chatting.lin)).subscription.wishes.topics == ()
    await chatting.tap(chatting.lin, sheet, "撤销")
    wishes = (await chatting.subscriber(chatting.lin)).subscription.wishes
    assert (wishes.topics, wishes.mutes) == (("llm",), ())
