"""What the walks through collections share: things saved, files, the reader's own words."""

from bot.sandbox.people import Seen
from digest.model import Collection
from digest.render import plain_text
from storage.storage import Storage
from tests.handlers.conftest import Reader


async def save(reader: Reader, *titles: str, name: str = "") -> Collection:
    """Let the reader have saved signals of these titles, the last one last."""
    box = await collection(reader, name)
    for title in titles:
        signal = await reader.chatting.news.publish(title)
        reader.chatting.clock.move(seconds=1)
        await store(reader).collections.save(box.id, signal.id, reader.chatting.clock())
    return await again(reader, box)


async def collection(reader: Reader, name: str = "") -> Collection:
    """The reader's collection of this name, made when there is none ("": the default one)."""
    await enter(reader)
    number = await number_of(reader)
    now = reader.chatting.clock()
    if not name:
        return await store(reader).collections.default(
            number, now, word(reader, "chat.save.default")
        )
    found = await store(reader).collections.list(number)
    known = next((one for one in found if one.name == name), None)
    return known or await store(reader).collections.create(number, name, now)


async def enter(reader: Reader) -> None:
    if await store(reader).subscribers.by_chat(reader.person.id, 0) is None:
        await reader.say("/help")


async def number_of(reader: Reader) -> int:
    return (await reader.chatting.subscriber(reader.person)).id


async def again(reader: Reader, box: Collection) -> Collection:
    found = await store(reader).collections.get(box.subscriber_id, box.id)
    assert found is not None
    return found


def store(reader: Reader) -> Storage:
    return reader.chatting.storage


def word(reader: Reader, key: str, **values: object) -> str:
    """A text in the reader's language, without the marks of Telegram's HTML."""
    return plain(reader.texts(key, **values))


def words(reader: Reader, key: str, count: int, **values: object) -> str:
    return plain(reader.texts.n(key, count, **values))


def plain(markup: str) -> str:
    return plain_text(markup)


async def titles(reader: Reader, box: Collection) -> list[str]:
    kept = await store(reader).collections.saved(box.id, 100)
    return [one.signal.title for one in kept]


async def names(reader: Reader) -> list[str]:
    found = await store(reader).collections.list(await number_of(reader))
    return [one.name for one in found]


def last(reader: Reader) -> Seen:
    return reader.person.inbox[-1]


def file_of(reader: Reader, message: Seen) -> tuple[str, bytes]:
    """The name and the content of the file that a message brings."""
    document = message.data["document"]
    stored = reader.chatting.sandbox.world.files[document["file_id"]]
    return str(document["file_name"]), stored.content
