"""The life of stories in the running reader: who joins what, and what editors' hands leave."""

from datetime import timedelta

from bot.jobs.placing import StoryFinder
from bot.jobs.reading import Reader
from digest.model import Relation, Signal
from tests.bot.jobs.pages import PARAGRAPHS, item, page, rss
from tests.bot.jobs.world import World

DEAL = "Harbour Robotics sells 1,200 sorting machines to the port of Lindholm"
CLOCKS = (
    "The town of Kessel opened a museum of clocks on Monday in the old salt store by the river. "
    "It shows 412 clocks, the oldest of them from 1590, which a miller left to the town.",
    "Visitors pay 8 crowns, and children nothing. The museum is open from ten to five on every "
    "day but Tuesday, said its director, Ada Lorn, who wound each clock herself.",
)


class Press:
    """A site with a feed, whose articles come one by one."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.count = 0

    async def open(self) -> None:
        await self.world.source("/feed")
        self.world.answers["/feed"] = rss(item(title="Begin", link=self.world.base + "/begin"))
        self.world.answers["/begin"] = page("Nothing has happened yet", ("We begin today. " * 9,))
        await self.world.poll_and_read()

    async def tell(
        self, *, days_ago: float = 0, title: str = DEAL, text: tuple[str, ...] = PARAGRAPHS
    ) -> Signal:
        self.count += 1
        path = f"/{self.count}"
        at = self.world.time() - timedelta(days=days_ago, minutes=5)
        link = self.world.base + path
        self.world.answers["/feed"] = rss(item(title=title, link=link, guid=path, at=at))
        self.world.answers[path] = page(title, text, salt=f"Copy {self.count}.")
        self.world.time.pass_(minutes=10)
        (result,) = await self.world.poll_and_read()
        assert result.signal is not None
        return result.signal


async def begin(world: World) -> Press:
    press = Press(world)
    await press.open()
    return press


def restarted(world: World) -> None:
    assert world.fetcher is not None
    assert world.workers is not None

    async def on_signal(signal: Signal) -> None:
        world.signals.append(signal)

    world.reader = Reader(
        world.storage, world.fetcher, world.workers, clock=world.time, on_signal=on_signal
    )


async def story_of(world: World, signal: Signal) -> int | None:
    found = await world.storage.signals.get(signal.id)
    assert found is not None
    return found.story_id


async def test_what_was_taken_out_and_its_copies_stay_out(world: World) -> None:
    press = await begin(world)
    first, out = await press.tell(), await press.tell()
    story = await story_of(world, first)
    assert story == await story_of(world, out) is not None
    split = await world.storage.storyboard.split(out.id, "t", world.time())
    copy = await press.tell()
    assert await story_of(world, copy) != story
    # A restart knows it too.
    restarted(world)
    later = await press.tell()
    assert await story_of(world, later) != story
    # Taken back, the story draws its like again.
    assert split is not None
    for one in (copy, later):
        if await story_of(world, one) is not None:
            await world.storage.storyboard.split(one.id, "t", world.time())
    again = await world.storage.storyboard.join(out.id, first.id, "t", world.time())
    assert again is not None
    for one in (copy, later):
        await world.storage.storyboard.join(one.id, first.id, "t", world.time())
    assert await story_of(world, await press.tell()) == story


async def test_a_story_that_was_merged_draws_what_either_would_have(world: World) -> None:
    press = await begin(world)
    first, second = await press.tell(), await press.tell()
    old = await story_of(world, first)
    target = await press.tell(title="Kessel opens a museum of clocks", text=CLOCKS)
    assert await story_of(world, target) is None
    await world.storage.storyboard.join(second.id, target.id, "t", world.time(), whole=True)
    merged = await story_of(world, target)
    assert merged not in {None, old}
    assert await story_of(world, await press.tell()) == merged
    clocks = await press.tell(title="Kessel opens a museum of clocks", text=(*CLOCKS, "Free."))
    assert await story_of(world, clocks) == merged


async def test_what_another_process_kept_is_known(world: World) -> None:
    press = await begin(world)
    mine = world.reader
    first = await press.tell()
    restarted(world)  # another process, by its own index
    second = await press.tell()
    assert await story_of(world, second) == await story_of(world, first) is not None
    world.reader = mine
    third = await press.tell()
    assert await story_of(world, third) == await story_of(world, first)


async def test_a_backlog_of_long_ago_is_no_part_of_this_weeks_story(world: World) -> None:
    press = await begin(world)
    first = await press.tell()
    late = await press.tell(days_ago=2)  # dated before, and within the week
    assert await story_of(world, late) == await story_of(world, first) is not None
    assert late.relation is Relation.DUPLICATE
    old = await press.tell(days_ago=12)
    assert await story_of(world, old) is None
    assert old.backlog


async def test_a_story_that_was_silent_for_a_week_takes_nothing_in(world: World) -> None:
    press = await begin(world)
    first, second = await press.tell(), await press.tell()
    assert await story_of(world, second) is not None
    world.time.pass_(days=7, hours=1)
    after = await press.tell()
    assert await story_of(world, after) != await story_of(world, first)
    assert after.relation is Relation.LEAD


async def test_an_event_that_comes_back_opens_a_story_that_follows_the_closed_one(
    world: World,
) -> None:
    press = await begin(world)
    title = "Harbour Robotics sells 1,200 HR7 sorters to the port of Lindholm"
    first, second = await press.tell(title=title), await press.tell(title=title)
    old = await story_of(world, first)
    assert old is not None
    world.time.pass_(days=20)
    await world.storage.stories.close_silent(world.time())
    other = await press.tell(title="Kessel opens a museum of clocks", text=CLOCKS)
    assert await story_of(world, other) is None
    back = await press.tell(title="Harbour Robotics sells 300 more HR7 sorters to Lindholm")
    new = await story_of(world, back)
    assert new not in {None, old}
    assert back.relation is Relation.LEAD
    story, earlier = [await world.storage.stories.get(number or 0) for number in (new, old)]
    assert story is not None
    assert earlier is not None
    assert (story.follows, earlier.followed_by) == (old, new)
    # What comes after it joins the new one; the old one stays closed.
    third = await press.tell(title="Harbour Robotics sells 300 more HR7 sorters to Lindholm")
    assert await story_of(world, third) == new
    assert earlier.signals == 2
    assert second.id != back.id


async def test_whoever_cannot_wait_is_told_whether_the_index_is_filled(world: World) -> None:
    finder = StoryFinder(world.storage)
    assert not await finder.ready(world.time(), within_s=0)
    assert await finder.ready(world.time(), within_s=10)
