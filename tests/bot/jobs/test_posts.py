"""Posts whose time has come, and pushes to chosen audiences: once to each, never at night."""

from collections.abc import AsyncIterator, Iterator
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from bot.jobs.posts import PostPublisher
from digest.audience import Audience, Place, audience_data
from digest.model import ChatKind, DeliveryState, Lang, Layout, SignalState, Wishes
from digest.posts import Level, Post, PostKind, PostState, PostText
from storage import Editor, NewPost, PrivateReading, Storage
from storage.posted import publishable
from storage.schema import posts
from tests.bot.jobs.desk import Desk
from tests.databases import migrated
from tests.newsdesk import draft as news_draft

TEXT = PostText("我们的模型目录上线", ("收录 120 个模型。",))


@pytest.fixture(params=["sqlite", "postgresql"])
def jobs_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with migrated(str(request.param), request, tmp_path) as url:
        yield url


@pytest.fixture
async def desk(jobs_url: str) -> AsyncIterator[Desk]:
    storage = await Storage.open(jobs_url)
    yield Desk(storage)
    await storage.close()


def by(now: datetime, user: int = 7) -> Editor:
    return Editor(f"user:{user}", user, now)


async def a_post(desk: Desk, audience: Audience | None = None, **values: Any) -> Post:
    """A draft about AI, of normal importance."""
    kept = desk.storage.posts
    new = NewPost(PostKind.WORDS, 7, TEXT, column="ai", topics=("llm",))
    post = await kept.start(new, by(desk.time.now))
    if audience is not None:
        values["audience"] = audience_data(audience)
    return await kept.change(post, "post.level", by(desk.time.now), **values) if values else post


async def out(desk: Desk, post: Post) -> Post:
    made = await publishable(desk.storage, post, desk.time.now)
    assert made is not None
    return await desk.storage.posts.publish(post, made, by(desk.time.now))


async def owed(desk: Desk) -> dict[int, int]:
    """How many messages each chat is owed."""
    found: dict[int, int] = {}
    while some := await desk.storage.deliveries.claim(
        desk.time.now + timedelta(days=2), 100, "test"
    ):
        for one in some:
            found[one.chat_id] = found.get(one.chat_id, 0) + 1
            await desk.storage.deliveries.mark_sending(one.id, desk.time.now)
            await desk.storage.deliveries.settle_sent(one.id, 1, desk.time.now)
    return found


def private(lang: Lang | None = None) -> Audience:
    return Audience(places=(Place.PRIVATE,), lang=lang)


async def test_a_chosen_audience_gets_it_whatever_its_least_score(desk: Desk):
    picky = Wishes(min_score=99, topics=("robots",))
    reader = await desk.reader(wishes=picky)
    english = await desk.reader(lang=Lang.EN, wishes=picky)
    post = await out(desk, await a_post(desk, private(Lang.ZH)))
    assert await desk.planner.run_posts() == 1
    assert await desk.planner.run_instant() == 0
    assert await owed(desk) == {reader.chat_id: 1}
    assert english.chat_id not in await owed(desk)
    now = await desk.storage.posts.get(post.id)
    assert now is not None
    assert now.pushed_at == desk.time.now


async def test_it_comes_once_also_to_those_whose_wishes_it_meets(desk: Desk):
    await desk.reader()
    post = await out(desk, await a_post(desk, private(), level=Level.TOP.value))
    assert await desk.planner.run_instant() == 1
    assert await desk.planner.run_posts() == 0
    assert list((await owed(desk)).values()) == [1]
    assert await desk.planner.run_posts() == 0
    back = await desk.storage.posts.withdraw(await known(desk, post), by(desk.time.now))
    desk.time.now += timedelta(minutes=5)
    await out(desk, back)
    assert await desk.planner.run_posts() == 0


async def known(desk: Desk, post: Post) -> Post:
    found = await desk.storage.posts.get(post.id)
    assert found is not None
    return found


@pytest.mark.parametrize(
    "wanted",
    [
        {"paused": True},
        {"wishes": Wishes(min_score=0, mutes=("模型目录",))},
        {"wishes": Wishes(min_score=0, mutes=("column:ai",))},
    ],
)
async def test_who_pauses_or_mutes_is_left_alone(desk: Desk, wanted: dict[str, Any]):
    await desk.reader(**wanted)
    await out(desk, await a_post(desk, Audience(), level=Level.TOP.value))
    assert await desk.planner.run_posts() == 0


async def test_who_sleeps_gets_it_on_waking(desk: Desk):
    reader = await desk.reader(quiet_from=time(11), quiet_to=time(14), wishes=Wishes(min_score=99))
    await out(desk, await a_post(desk, private()))
    assert await desk.planner.run_posts() == 1
    assert await desk.storage.deliveries.claim(desk.time.now, 9, "test") == ()
    later = desk.time.now + timedelta(hours=2)  # noon in Shanghai, waking at two
    due = await desk.storage.deliveries.claim(later, 9, "test")
    assert [one.chat_id for one in due] == [reader.chat_id]


async def test_a_day_that_is_full_is_respected(desk: Desk):
    await desk.reader(max_a_day=1)
    await out(desk, await a_post(desk, private()))
    assert await desk.planner.run_posts() == 1
    assert len(await owed(desk)) == 1
    second = NewPost(PostKind.WORDS, 7, PostText("另一篇", ("一点。",)), column="ai")
    post = await desk.storage.posts.start(second, by(desk.time.now))
    post = await desk.storage.posts.change(
        post, "post.audience", by(desk.time.now), audience=audience_data(private())
    )
    await out(desk, post)
    assert await desk.planner.run_posts() == 0


async def test_each_layout_and_language_sees_its_own_words(desk: Desk):
    await desk.reader(wishes=Wishes(min_score=99, layout=Layout.COMPACT))
    await desk.reader(lang=Lang.EN, wishes=Wishes(min_score=99))
    await desk.reader_in(-100, kind=ChatKind.CHANNEL, wishes=Wishes(min_score=99))
    await out(desk, await a_post(desk, Audience()))
    assert await desk.planner.run_posts() == 3
    due = await desk.storage.deliveries.claim(desk.time.now, 9, "test")
    texts = {one.chat_id: one.body["text"] for one in due}
    assert "收录 120 个模型" not in texts[1]
    assert "Written by our editors" in texts[2]
    assert "编辑撰写" in texts[-100]


async def test_a_picture_goes_along(desk: Desk):
    await desk.reader(wishes=Wishes(min_score=99))
    photo = await desk.storage.posts.keep_photo(b"jpeg", (640, 400), desk.time.now)
    await desk.storage.posts.name_photo(photo.id, "AgAC")
    await out(desk, await a_post(desk, private(), photo_id=photo.id))
    assert await desk.planner.run_posts() == 1
    (due,) = await desk.storage.deliveries.claim(desk.time.now, 9, "test")
    assert due.body["photo"] == "AgAC"
    assert "我们的模型目录上线" in due.body["caption"]
    signal = (await desk.storage.signals.latest(limit=1))[0]
    assert signal.photo is not None
    assert signal.photo.file_id == "AgAC"


async def test_what_is_to_be_pinned_leads_digests(desk: Desk):
    until = desk.time.now + timedelta(days=1)
    post = await out(desk, await a_post(desk, pin_until=until))
    assert post.signal_id is not None
    pin = await desk.storage.pins.of(post.signal_id, desk.time.now)
    assert pin is not None
    assert pin.until == until
    last = (await desk.storage.audit.list(1))[0]
    await desk.storage.acts.undo(last.id, "user:7", desk.time.now)
    assert await desk.storage.pins.of(post.signal_id, desk.time.now) is None


async def test_killed_between_owing_and_noting_nobody_gets_it_twice(desk: Desk):
    await desk.reader(wishes=Wishes(min_score=99))
    post = await out(desk, await a_post(desk, private()))
    await desk.planner.run_posts()
    async with desk.storage.database.write() as connection:
        await connection.execute(update(posts).where(posts.c.id == post.id).values(pushed_at=None))
    desk.planner = desk.restarted()
    assert await desk.planner.run_posts() == 0
    assert list((await owed(desk)).values()) == [1]


async def test_a_scheduled_post_goes_out_at_its_time_and_is_told(desk: Desk):
    soon = desk.time.now + timedelta(hours=1)
    post = await a_post(desk, state=PostState.SCHEDULED.value, publish_at=soon)
    told: list[int] = []

    async def tell(done: Post) -> None:
        told.append(done.id)

    publisher = PostPublisher(desk.storage, clock=desk.time, told=tell)
    assert await publisher.run_due() == 0
    desk.time.now = soon
    assert await publisher.run_due() == 1
    assert await publisher.run_due() == 0
    assert told == [post.id]
    signal = (await desk.storage.signals.latest(limit=1))[0]
    assert signal.live_at == soon
    assert signal.state is SignalState.LIVE


async def test_what_is_taken_back_before_its_push_reaches_nobody(desk: Desk):
    await desk.reader(wishes=Wishes(min_score=99))
    post = await out(desk, await a_post(desk, private()))
    last = (await desk.storage.audit.list(1))[0]
    await desk.storage.acts.undo(last.id, "user:7", desk.time.now)
    assert await desk.planner.run_posts() == 0
    now = await known(desk, post)
    assert now.state is PostState.DRAFT
    assert now.signal_id is not None
    signal = await desk.storage.signals.get(now.signal_id)
    assert signal is not None
    assert signal.state is SignalState.PRIVATE
    again = await out(desk, now)
    assert again.signal_id == now.signal_id
    assert await desk.planner.run_posts() == 1


async def test_an_undone_publishing_is_not_sent_any_more(desk: Desk):
    await desk.reader(wishes=Wishes(min_score=99))
    await out(desk, await a_post(desk, private()))
    assert await desk.planner.run_posts() == 1
    last = (await desk.storage.audit.list(1))[0]
    await desk.storage.acts.undo(last.id, "user:7", desk.time.now)
    counts = await desk.storage.deliveries.counts()
    assert counts.get(DeliveryState.PENDING, 0) <= 1
    assert last.after == TEXT.typed


async def test_publishing_a_link_is_taken_back_whole(desk: Desk):
    read = await desk.storage.signals.insert_private(
        PrivateReading(news_draft("央行下调利率"), ""), desk.time.now
    )
    text = PostText("编辑的标题", (read.brief.points[0].text, "编辑加的一句"))
    new = NewPost(PostKind.LINK, 7, text, column="science", url=read.url, signal_id=read.id)
    post = await desk.storage.posts.start(new, by(desk.time.now))
    await out(desk, post)
    live = await desk.storage.signals.get(read.id)
    assert live is not None
    assert live.state is SignalState.LIVE
    assert live.brief.headline == "编辑的标题"
    assert [point.edited for point in live.brief.points] == [False, True]
    edit = await desk.storage.editing.of(read.id)
    assert edit is not None
    assert edit.fields == ("headline", "points")
    last = (await desk.storage.audit.list(1))[0]
    await desk.storage.acts.undo(last.id, "user:7", desk.time.now)
    back = await desk.storage.signals.get(read.id)
    assert back == read
    assert await desk.storage.editing.of(read.id) is None
    assert (await known(desk, post)).state is PostState.DRAFT


async def test_no_model_writes_over_an_editors_words(desk: Desk):
    await out(desk, await a_post(desk))
    waiting = await desk.storage.signals.awaiting_model(
        min_score=0, limit=9, retry_before=desk.time.now
    )
    assert waiting == ()
