"""/stats as the staff walks it, and who gets nothing of it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from bot.sandbox.people import Seen
from digest.dates import day_words
from digest.errors import HexinError
from digest.model import ChatKind, DigestKind, Lang, Signal, Subscription
from digest.numberpictures import PICTURES
from digest.numbers import Count
from digest.pictures import Picture
from handlers.guards import Pacer
from storage import Recipient, Storage
from tests.covering import covers
from tests.handlers.conftest import Chatting, Reader, chatting_over
from tests.newsdesk import Newsdesk
from tests.storage.making import planned

LIN, ALEX = 1001, 1002
# The smallest picture there is (1 x 1), in the place of a drawn one: drawing has its own tests.
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f64540"
    "0000000049454e44ae426082"
)


@dataclass
class Easel:
    """Keeps what it is asked to draw, and may fail."""

    asked: list[Picture] = field(default_factory=list)
    broken: bool = False

    async def png(self, picture: Picture, *, dark: bool = False) -> bytes:
        assert not dark
        if self.broken:
            raise HexinError("no paint left")
        self.asked.append(picture)
        return PNG


@pytest.fixture
def easel() -> Easel:
    return Easel()


@pytest.fixture
async def chatting(storage: Storage, pacer: Pacer, easel: Easel) -> AsyncIterator[Chatting]:
    """Lin and Alex are on the staff."""
    async with chatting_over(storage, pacer, admins=frozenset({LIN, ALEX}), paint=easel) as bot:
        yield bot


async def grow(chatting: Chatting) -> None:
    """Three readers today, one of whom left, and thirty opened pages."""
    storage, now = chatting.storage, chatting.clock()
    for number in (7001, 7002, 7003):
        await storage.subscribers.enter(number, 0, ChatKind.PRIVATE, "某人", Lang.ZH, now)
    await storage.subscribers.set_active(7003, active=False, reason="blocked", now=now)
    await storage.numbers.add(storage.numbers.today(now), {(Count.OPENS, "signal"): 30})


async def next_of(reader: Reader, message: Seen, label: str) -> Seen:
    """Tap a button that is answered by a message of its own."""
    reader.person.press(message, label)
    return await reader.person.wait_for()


@covers("/stats", "button stats")
async def test_the_numbers_are_told_span_by_span(chatting: Chatting, reader: Reader):
    await grow(chatting)
    texts = reader.texts
    shown = await reader.say("/stats")
    assert texts("stats.days", days="7") in shown.text
    assert texts("stats.gone", n="1") in shown.text
    assert texts("stats.opens", n="30") in shown.text
    # Counted since today only: there is nothing to compare with, and nothing is made up.
    since = day_words(chatting.storage.numbers.today(chatting.clock()), texts.lang)
    assert texts("stats.since", day=since) in shown.text
    assert "%" not in shown.text
    today = await reader.tap(shown, texts("stats.today"))
    assert today.id == shown.id
    assert today.text.startswith(f"📊 {texts('stats.today')}")
    assert [label for label in today.labels if label.startswith("✓")] == [
        f"✓ {texts('stats.today')}"
    ]
    month = await reader.tap(today, texts("chat.stats.span", days="30"))
    assert texts("stats.days", days="30") in month.text


async def test_the_span_may_be_typed(reader: Reader):
    shown = await reader.say("/stats 90")
    assert reader.texts("stats.days", days="90") in shown.text
    assert reader.texts("stats.days", days="7") in (await reader.say("/stats 12345")).text


@covers("button chart")
async def test_a_picture_comes_with_its_numbers_in_words(
    chatting: Chatting, reader: Reader, easel: Easel
):
    await grow(chatting)
    shown = await reader.say("/stats")
    label = reader.texts("stats.picture.readers")
    photo = await next_of(reader, shown, label)
    assert photo.data["photo"]
    assert reader.texts("stats.gone", n="1") in photo.data["caption"]
    month = await next_of(reader, photo, reader.texts("chat.stats.span", days="30"))
    assert reader.texts("stats.days", days="30") in month.data["caption"]
    assert [len(one.days) for one in easel.asked] == [7, 30]
    assert {one.name for one in easel.asked} == {"readers"}
    assert {one.lang for one in easel.asked} == {reader.texts.lang}
    typed = await reader.say(f"/stats {label}")
    assert typed.data["photo"]


async def test_each_picture_has_a_button(reader: Reader):
    shown = await reader.say("/stats")
    for name in PICTURES:
        assert reader.texts(f"stats.picture.{name}") in shown.labels


async def test_where_there_is_nothing_nothing_is_drawn(reader: Reader, easel: Easel):
    shown = await reader.say("/stats")
    said = await next_of(reader, shown, reader.texts("stats.picture.model"))
    assert said.text == reader.texts("chat.stats.no_picture")
    assert easel.asked == []


async def test_a_picture_that_fails_is_told(chatting: Chatting, reader: Reader, easel: Easel):
    await grow(chatting)
    easel.broken = True
    shown = await reader.say("/stats")
    said = await next_of(reader, shown, reader.texts("stats.picture.readers"))
    assert said.text == reader.texts("chat.stats.not_drawn")


async def test_forged_buttons_do_nothing(chatting: Chatting, easel: Easel):
    await grow(chatting)
    mine = await chatting.say(chatting.lin, "/stats")
    for data in ("1:stats:8", "1:stats:-1", "1:chart:readers:8", "1:chart:money:7"):
        assert await chatting.forge(chatting.lin, mine, data)
    theirs = await chatting.say(chatting.wang, "/help")
    for data in ("1:stats:7", "1:chart:readers:7"):
        assert await chatting.forge(chatting.wang, theirs, data)
    await chatting.quiet()
    assert easel.asked == []
    assert "📊" not in chatting.now_of(chatting.wang, theirs).text


async def doubt(storage: Storage, chatting: Chatting, kind: DigestKind, *readers: int) -> Signal:
    """A push of one signal of which nobody knows whether it came to these readers."""
    now = chatting.clock()
    signal = await Newsdesk(storage).publish(f"{kind} 的消息", at=now, source=kind)
    owed = [Recipient(reader) for reader in readers]
    await storage.digests.plan_instant(planned((signal.id,), until=now, kind=kind), owed)
    for one in await storage.deliveries.claim(now, 10, "me"):
        assert await storage.deliveries.mark_sending(one.id, now)
        await storage.deliveries.settle_unknown(one.id, "reset", now)
    return signal


@covers("button doubts", "/stats")
async def test_what_is_in_doubt_is_told_with_what_becomes_of_it(
    chatting: Chatting, reader: Reader
):
    storage, now = chatting.storage, chatting.clock()
    readers = [
        (await storage.subscribers.enter(number, 0, ChatKind.PRIVATE, "某人", Lang.ZH, now))[0].id
        for number in (7001, 7002, 7003)
    ]
    with_digest = Subscription(next_digest_at=now + timedelta(hours=3))
    await storage.subscribers.save_subscription(readers[0], with_digest)
    await storage.subscribers.save_subscription(readers[1], with_digest)
    no_digest = Subscription(digest_times=())
    await storage.subscribers.save_subscription(readers[2], no_digest)
    alert = await doubt(storage, chatting, DigestKind.INSTANT, *readers)
    await storage.subscribers.mark_delivered(readers[0], (alert.id,), now)
    await doubt(storage, chatting, DigestKind.DAILY, readers[0])

    texts = reader.texts
    numbers = await reader.say("/stats 1")
    page = await reader.tap(numbers, texts("chat.doubt.button", n=4))
    assert texts.n("chat.doubt.what", 4) in page.text
    fate = texts("chat.comma").join(
        texts(f"chat.doubt.{name}", n=1) for name in ("came", "coming", "latest")
    )
    line = next(one for one in page.text.splitlines() if alert.brief.headline in one)
    assert texts("chat.doubt.kind.instant") in line
    assert line.endswith(fate)
    assert any(
        one.startswith(f"· {texts('chat.doubt.kind.daily')}")
        and one.endswith(texts("chat.doubt.coming", n=1))
        for one in page.text.splitlines()
    )
    back = await reader.tap(page, texts("chat.back"))
    assert back.text == numbers.text
    typed = await reader.say("/stats 不确定")
    assert texts.n("chat.doubt.days", 7) in typed.text


async def test_no_doubt_no_button(reader: Reader):
    numbers = await reader.say("/stats")
    assert not any(label.startswith("❓") for label in numbers.labels)
    page = await reader.say("/stats doubts")
    assert reader.texts("chat.doubt.none") in page.text
