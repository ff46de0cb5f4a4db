"""A link sent, forwarded or named to /read: its page really is fetched and condensed."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from bot.sandbox.people import Person, Seen
from digest.links import Quota
from digest.model import Lang, SignalState
from digest.texts import texts_for
from handlers.guards import Pacer
from storage import LinkState, Storage
from storage.personal import Owner
from tests.clocks import HandClock
from tests.covering import covers
from tests.handlers.conftest import Chatting, Reader, chatting_over
from tests.handlers.newsstand import ARTICLE, PARAGRAPHS, Newsstand, link_desk, newsstand
from tests.newsdesk import NOON

QUOTA = Quota(hourly=4, daily=6)


@pytest.fixture
async def stand() -> AsyncIterator[Newsstand]:
    async with newsstand() as made:
        yield made


@pytest.fixture
async def chatting(storage: Storage, pacer: Pacer, stand: Newsstand) -> AsyncIterator[Chatting]:
    """The bot with a desk for links at work."""
    clock = HandClock(NOON)
    async with (
        link_desk(storage, stand, clock) as desk,
        chatting_over(storage, pacer, links_read=desk, quota=QUOTA) as bot,
    ):
        bot.clock.now = clock.now
        stop = asyncio.Event()
        task = asyncio.create_task(desk.run(bot.services, bot.application.bot, stop))
        yield bot
        stop.set()
        await task


def is_card(seen: Seen) -> bool:
    return any("/s/" in link for link in seen.links)


async def card_for(person: Person) -> Seen:
    return await person.wait_for(is_card)


def ended(reader: Reader, trouble: str) -> str:
    return reader.texts(f"chat.link.trouble.{trouble}")


async def refused(reader: Reader, link: str) -> Seen:
    """The last word on a link that cannot be read."""
    reader.person.send(link)
    return await reader.person.wait_for(lambda seen: "⏳" not in seen.text)


@covers("pasted link")
async def test_a_pasted_link_becomes_a_card_in_the_place_of_its_status(
    reader: Reader, stand: Newsstand
):
    link = stand.put("/robots", 1200)
    stand.gate.clear()
    status = await reader.say(link)
    assert reader.texts("chat.link.stage.opening") in status.text
    assert reader.texts("chat.link.stop") in status.labels
    stand.gate.set()
    card = await card_for(reader.person)
    assert card.id == status.id
    assert "1,200" in card.text or "1200" in card.text
    assert reader.texts("card.save") in card.labels
    actions = [c for c in reader.chatting.sandbox.log.calls if c.method == "sendChatAction"]
    assert actions
    saved = await reader.toast(card, reader.texts("card.save"))
    assert reader.texts("chat.save.default") in saved


@covers("pasted link")
async def test_what_is_known_is_shown_at_once(reader: Reader, stand: Newsstand):
    link = stand.put("/robots", 1200)
    reader.person.send(f"{link}?utm_source=app")
    await card_for(reader.person)
    again = await reader.say(f"look: {link}#top")
    assert is_card(again)
    assert stand.asked == ["/robots"]
    live = await reader.chatting.news.publish("Known to all", url="https://news.example/known")
    shown = await reader.say("https://news.example/known?utm_medium=x")
    assert live.title in shown.text


@covers("forwarded link")
async def test_a_forwarded_post_is_read_whatever_holds_its_link(reader: Reader, stand: Newsstand):
    one, two, three = (stand.put(f"/p{n}", 100 + n) for n in range(3))
    own = "https://t.me/elsewhere"
    reader.person.forward(f"News 😀 <a href='{one}'>here</a> · <a href='{own}'>us</a>")
    assert "100" in (await card_for(reader.person)).text
    reader.person.forward(f"In a caption: {two}", under_file=True)
    assert "101" in (await card_for(reader.person)).text
    reader.person.forward("Behind a button", button=three)
    assert "102" in (await card_for(reader.person)).text


@covers("pasted link", "button read")
async def test_further_links_are_offered_and_read_by_a_tap(reader: Reader, stand: Newsstand):
    links = [stand.put(f"/p{n}", 100 + n) for n in range(3)]
    reader.person.send(" and ".join([*links, links[0]]))
    offer = await reader.person.wait_for(lambda seen: "/p1" in str(seen.labels))
    assert offer.text == reader.texts.n("chat.link.others", 2)
    assert "100" in (await card_for(reader.person)).text
    assert await reader.toast(offer, "/p2") == reader.texts("chat.link.begun")
    assert "102" in (await card_for(reader.person)).text
    assert any(
        label.startswith("✓") for label in reader.chatting.now_of(reader.person, offer).labels
    )
    assert await reader.toast(offer, "/p2") == reader.texts("chat.link.already")
    assert "/p1" not in stand.asked


@covers("pasted link")
async def test_each_reason_is_told_with_what_can_be_done(reader: Reader, stand: Newsstand):
    page = "<html><body><p>Too little.</p></body></html>"
    stand.pages |= {
        "/short": page,
        "/": article_list(),
        "/login": web.Response(status=401),
        "/blocked": web.Response(status=403),
        "/pay": web.Response(status=402),
        "/down": web.Response(status=503),
        "/report": web.Response(body=b"%PDF-1.7 x", content_type="application/pdf"),
        "/photo": web.Response(body=b"\x89PNG\r\n\x1a\n", content_type="image/png"),
        "/film": web.Response(body=b"0", content_type="video/mp4"),
        "/song": web.Response(body=b"0", content_type="audio/mpeg"),
        "/app.zip": web.Response(body=b"PK\x03\x04aaaa", content_type="application/zip"),
        "/feed": web.Response(
            text="<rss version='2.0'><channel></channel></rss>", content_type="application/xml"
        ),
        "/big": web.Response(body=b"<p>" * 1_200_000, content_type="text/html"),
        "/round": web.Response(status=302, headers={"Location": "/round"}),
        "/wall": walled(),
    }
    expected = {
        "/short": "short", "/": "listing", "/login": "login", "/blocked": "blocked",
        "/pay": "paywall", "/down": "down", "/report": "pdf", "/photo": "picture",
        "/film": "video", "/song": "sound", "/app.zip": "file", "/feed": "feed",
        "/big": "too_large", "/round": "redirects", "/wall": "paywall", "/none": "not_found",
    }  # fmt: skip
    for path, trouble in expected.items():
        reader.chatting.clock.move(days=2)
        told = await refused(reader, stand.link(path))
        assert told.text.startswith(ended(reader, trouble)), path
        retry = reader.texts("chat.link.retry") in told.labels
        assert retry is (trouble in {"down", "blocked"}), path


def article_list() -> str:
    items = "".join(f"<li><a href='/{n}'>Something happened {n}</a></li>" for n in range(40))
    return f"<html><head><title>News</title></head><body><ul>{items}</ul></body></html>"


def walled() -> str:
    told = '{"@context":"https://schema.org","@type":"NewsArticle","isAccessibleForFree":false}'
    return (
        f"<html><head><title>A deal</title><script type='application/ld+json'>{told}</script>"
        "</head><body><article><h1>A deal</h1><p>The company sold its port to a rival on Monday."
        "</p></article></body></html>"
    )


@covers("pasted link")
async def test_addresses_that_are_not_opened(reader: Reader):
    for link in ("http://127.0.0.1:9/x", "http://192.168.1.1/x", "http://169.254.169.254/latest"):
        reader.chatting.clock.move(days=2)
        told = await refused(reader, link)
        assert told.text.startswith(ended(reader, "off_limits"))
        assert told.labels == []
    told = await reader.say("https://t.me/elsewhere/5")
    assert told.text.startswith(ended(reader, "telegram"))
    for typed in ("/read ftp://files.example/a", "ftp://files.example/a", " file:///etc/passwd"):
        told = await reader.say(typed)
        assert told.text.startswith(ended(reader, "no_address")), typed
    odd = await refused(reader, "http://127.0.0.1:9/x")
    assert "127.0.0.1:9/x" in odd.text


async def test_words_with_a_dot_are_searched_for(reader: Reader):
    for words in ("asp.net", "node.js 20.1", "me@mail.example"):
        assert (
            "🔎" in (await reader.say(words)).text
            or "«" in (await reader.say(words)).text
            or (words.split()[0] in (await reader.say(words)).text)
        )
    assert await reader.chatting.storage.pasted.in_line() == ()


@covers("button read")
async def test_what_failed_is_tried_again_in_its_place(reader: Reader, stand: Newsstand):
    stand.pages["/later"] = web.Response(status=503)
    told = await refused(reader, stand.link("/later"))
    stand.put("/later", 77)
    assert await reader.toast(told, reader.texts("chat.link.retry")) == reader.texts(
        "chat.link.begun"
    )
    card = await card_for(reader.person)
    assert card.id == told.id
    assert "77" in card.text


@covers("button halt")
async def test_a_reading_is_cancelled_and_taken_up_again(reader: Reader, stand: Newsstand):
    link = stand.put("/slow", 55)
    stand.gate.clear()
    status = await reader.say(link)
    stopped = await reader.tap(status, reader.texts("chat.link.stop"))
    assert stopped.text.startswith(
        reader.texts("chat.link.stopped", address="x").partition("\n")[0]
    )
    assert reader.texts("chat.link.stop") not in stopped.labels
    stand.gate.set()
    await reader.tap(stopped, reader.texts("chat.link.retry"))
    card = await card_for(reader.person)
    assert (card.id, "55" in card.text) == (status.id, True)


@covers("pasted link")
async def test_a_story_that_is_known_is_offered_beside_the_card(reader: Reader, stand: Newsstand):
    told = tuple((text.format(n=1200),) for text in PARAGRAPHS)
    known = await reader.chatting.news.publish(
        ARTICLE.format(n=1200), lang="en", paragraphs=told, at=reader.chatting.clock.now
    )
    reader.person.send(stand.put("/again", 1300))
    card = await card_for(reader.person)
    story = next(label for label in card.labels if ARTICLE[:12] in label)
    assert story.startswith(reader.texts("chat.link.story", headline=ARTICLE[:12]))
    reader.person.press(card, story)
    other = await reader.person.wait_for(lambda seen: "1,200" in seen.text or "1200" in seen.text)
    assert any(f"/s/{known.id}" in link for link in other.links)


@covers("/read")
async def test_read_takes_a_link_and_says_how(reader: Reader, stand: Newsstand):
    assert (await reader.say("/read")).text == reader.texts("chat.link.how")
    reader.person.send(f"/read {stand.put('/a', 31)}")
    assert "31" in (await card_for(reader.person)).text


@covers("/read")
async def test_in_a_group_only_a_command_reads(reader: Reader, stand: Newsstand):
    chatting, wang = reader.chatting, reader.chatting.wang
    group = chatting.sandbox.chat("group").id
    link = stand.put("/g", 41)
    posted = wang.send(f"Look at this: {link}", chat=group)
    await chatting.quiet()
    assert stand.asked == []
    wang.send("/read", chat=group, reply_to=posted.id)
    card = await wang.wait_for(is_card, chat=group)
    assert "41" in card.text
    chatting.sandbox.person("lin").send(f"/read@some_other_bot {link}", chat=group)
    await chatting.quiet()
    assert stand.asked == ["/g"]


@covers("pasted link")
async def test_the_quota_is_told_with_when_it_is_free_again(reader: Reader, stand: Newsstand):
    for number in range(QUOTA.hourly):
        reader.person.send(stand.put(f"/q{number}", 200 + number))
        await card_for(reader.person)
    told = await reader.say(stand.put("/q9", 209))
    assert reader.texts.n("chat.link.quota.hourly", QUOTA.hourly) in told.text
    assert reader.texts.n("chat.link.quota.daily", QUOTA.daily) in told.text
    zone = (await reader.chatting.subscriber(reader.person)).subscription.zone
    assert "13:00" in told.text, zone
    assert is_card(await reader.say(stand.link("/q0")))  # what is known costs nothing
    reader.chatting.clock.move(hours=1, seconds=1)
    reader.person.send(stand.link("/q9"))
    assert "209" in (await card_for(reader.person)).text


async def test_two_who_send_the_same_link_share_one_reading(chatting: Chatting, stand: Newsstand):
    link = stand.put("/both", 64)
    stand.gate.clear()
    chatting.lin.send(link)
    chatting.alex.send(f"{link}?utm_source=x")
    await asyncio.gather(chatting.lin.wait_for(), chatting.alex.wait_for())
    stand.gate.set()
    cards = await asyncio.gather(card_for(chatting.lin), card_for(chatting.alex))
    assert all("64" in card.text for card in cards)
    assert stand.asked == ["/both"]


async def test_many_links_of_one_leave_room_for_another(chatting: Chatting, stand: Newsstand):
    stand.gate.clear()
    for number in range(4):
        chatting.lin.send(stand.put(f"/l{number}", 300 + number))
        await chatting.quiet()
    chatting.alex.send(stand.put("/alex", 400))
    await chatting.alex.wait_for(lambda seen: "Opening" in seen.text)
    waiting = [seen.text for seen in chatting.lin.inbox if "排队" in seen.text]
    assert ["2 条" in waiting[0], "3 条" in waiting[1]] == [True, True]
    stand.gate.set()
    async with asyncio.timeout(20):
        while sum(map(is_card, chatting.lin.inbox)) < 4:
            await asyncio.sleep(0.05)
    assert await chatting.storage.pasted.in_line() == ()


async def test_what_was_read_for_one_is_shown_to_nobody_else(chatting: Chatting, stand: Newsstand):
    chatting.lin.send(stand.put("/own", 88))
    await card_for(chatting.lin)
    found = await chatting.storage.signals.find_at((stand.link("/own"),))
    assert found is not None
    signal = await chatting.storage.signals.get(found)
    assert signal is not None
    assert signal.state is SignalState.PRIVATE
    for text in ("/latest", "/search Lindholm", "/topic", "/weekly", "/trends", "/random"):
        assert "Harbour" not in (await chatting.say(chatting.alex, text)).text, text
    gone = texts_for(Lang.EN)("chat.card.gone")
    chatting.alex.start(f"s_{found}")
    told = (await chatting.alex.wait_for()).text
    assert texts_for(Lang.EN)("chat.start.stale") in told
    assert "Harbour" not in told
    listed = await chatting.say(chatting.alex, "/topic")
    assert await chatting.forge(chatting.alex, listed, f"1:save:{found}") == gone
    alex = await chatting.subscriber(chatting.alex)
    assert await chatting.storage.collections.where_saved(alex.id, [found]) == {}
    chatting.lin.start(f"s_{found}")
    assert "Harbour" in (await chatting.lin.wait_for()).text


async def test_a_foreign_canonical_address_is_not_believed(chatting: Chatting, stand: Newsstand):
    chatting.lin.send(stand.put("/fake", 99, canonical="https://famous.example/story"))
    await card_for(chatting.lin)
    assert await chatting.storage.signals.find_at(("https://famous.example/story",)) is None


async def test_links_of_others_cannot_be_touched(chatting: Chatting, stand: Newsstand):
    stand.gate.clear()
    status = await chatting.say(chatting.lin, stand.put("/mine", 12))
    (link,) = await chatting.storage.pasted.in_line()
    other = await chatting.say(chatting.alex, "/topic")
    for verb in ("halt", "read"):
        told = await chatting.forge(chatting.alex, other, f"1:{verb}:{link.id}")
        assert told == texts_for(Lang.EN)("chat.button.old")
    assert (await chatting.storage.pasted.in_line())[0].state is LinkState.READING
    stand.gate.set()
    assert (await card_for(chatting.lin)).id == status.id


async def test_whoever_erases_everything_is_left_without_a_spinning_line(
    chatting: Chatting, stand: Newsstand
):
    stand.gate.clear()
    status = await chatting.say(chatting.lin, stand.put("/mine", 12))
    async with asyncio.timeout(5):
        while not stand.asked:
            await asyncio.sleep(0.01)
    await chatting.storage.personal.erase(Owner(chatting.lin.id), chatting.clock.now)
    stand.gate.set()
    async with asyncio.timeout(10):
        while any(seen.id == status.id for seen in chatting.lin.inbox):
            await asyncio.sleep(0.02)
    assert chatting.lin.inbox == []
