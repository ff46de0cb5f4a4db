"""/lookback and the setting of how often something of the past is pushed, as people walk them."""

from datetime import timedelta

from digest.model import Lang, LookBackWish, Relation
from tests.covering import covers
from tests.handlers.conftest import Reader
from tests.handlers.test_cards import activated
from tests.handlers.test_wishes import page, wanted
from tests.newsdesk import NOON

DAY = timedelta(days=1)


@covers("/lookback")
async def test_today_looks_back_at_what_mattered_and_what_came_of_it(reader: Reader):
    texts, news = reader.texts, reader.chatting.news
    none = await reader.say("/lookback")
    assert none.text == texts("chat.past.none")
    year, month = NOON - 365 * DAY, NOON - 29 * DAY
    await news.publish("一年前的大事", at=year, published_at=year, total=90)
    lead = await news.publish("青栎科技召回电池", at=month, published_at=month, total=70)
    later = NOON - 24 * DAY
    await news.publish("召回结束", at=later, published_at=later, story_of=lead.id,
                       relation=Relation.FOLLOW_UP)  # fmt: skip
    reader.chatting.storage.past.forget()
    shown = await reader.say("/lookback")
    assert shown.text.startswith(texts("chat.past.title"))
    first, second = shown.text.split("\n\n")[1:]
    assert "青栎科技召回电池" in first  # something came of it
    assert "召回结束" in first
    assert "一年前的大事" in second
    expected = {
        Lang.ZH: ("后来怎样 · 2026年2月9日的一条", "此后本站又收录 1 条更新或后续"),
        Lang.EN: (
            "What became of it · from 9 Feb 2026",
            "We have carried 1 later update or follow-up",
        ),
    }[texts.lang]
    assert all(line in first for line in expected)
    await reader.toast(shown, "2")
    await reader.chatting.quiet()
    assert "一年前的大事" in reader.person.inbox[-1].text
    mine = (await reader.chatting.subscriber(reader.person)).id
    seen = await reader.chatting.storage.look_backs.shown((mine,), {lead.id: None})
    assert lead.id in seen[mine].signals  # so that it is not pushed again


@covers("settings look_back")
async def test_how_often_something_of_the_past_comes(reader: Reader):
    texts = reader.texts
    await activated(reader.chatting, reader.person)
    shown = await page(reader, "look_back", of="frequency")
    assert f"✓ {texts('chat.look_back.off')}" in shown.labels
    shown = await reader.tap(shown, texts("chat.look_back.daily"))
    assert texts("chat.next.look_back.daily") in shown.text
    subscription = await wanted(reader)
    assert subscription.look_back is LookBackWish.DAILY
    assert subscription.next_look_back_at is not None
    shown = await reader.tap(shown, texts("chat.look_back.weekly"))
    assert (await wanted(reader)).look_back is LookBackWish.WEEKLY
    assert texts("chat.push.look_back") in (await reader.say("/settings")).text
    asked = await reader.say("/lookback")
    shown = await reader.tap(asked, texts("chat.past.often"))
    shown = await reader.tap(shown, texts("chat.look_back.off"))
    assert texts("chat.settings.look_back.none") in shown.text
    assert (await wanted(reader)).next_look_back_at is None


async def test_the_way_to_the_setting_leaves_what_is_looked_back_at(reader: Reader):
    year = NOON - 365 * DAY
    await reader.chatting.news.publish("一年前的大事", at=year, published_at=year, total=90)
    await activated(reader.chatting, reader.person)
    shown = await reader.say("/lookback")
    shown = await reader.tap(shown, reader.texts("chat.past.on"))
    assert "一年前的大事" in shown.text
    await reader.chatting.quiet()
    page_ = reader.person.inbox[-1]
    assert reader.texts("chat.settings.look_back.title") in page_.text


async def test_what_is_muted_is_not_looked_back_at(reader: Reader):
    year = NOON - 365 * DAY
    await reader.chatting.news.publish("一年前的大事", at=year, published_at=year, total=90)
    assert "一年前的大事" in (await reader.say("/lookback")).text
    await activated(reader.chatting, reader.person)
    await reader.say("/mute 大事")
    none = await reader.say("/lookback")
    assert none.text == reader.texts("chat.past.none")
