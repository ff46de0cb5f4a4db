"""What becomes of a post whose link was read: its card stands where the progress was shown."""

from datetime import datetime

from digest.links import LinkReading, Trouble, same_page
from digest.model import Message, SignalState, Subscriber
from digest.posts import Post, PostState
from handlers.admin.posting.card import card_of
from handlers.admin.posting.desk import Desk
from handlers.admin.posting.entry import known_message, read_post_of
from handlers.context import Services


async def read_outcome(
    services: Services, reader: Subscriber, post: Post, reading: LinkReading
) -> Message:
    """The draft that a reading makes, the signal that the article has already, or the trouble."""
    now = services.clock()
    desk = Desk(services, reader, now)
    if post.state is not PostState.READING:
        return await card_of(desk, post)
    if reading.trouble is Trouble.WITHHELD:
        return await _withheld(desk, post, now)
    signal = reading.signal
    if signal is None:
        trouble = (reading.trouble or Trouble.BROKEN).value
        return await card_of(desk, await services.storage.posts.fail(post, trouble, now))
    if signal.state is not SignalState.PRIVATE:
        await services.storage.posts.fail(post, Trouble.WITHHELD.value, now)
        return known_message(desk, signal)
    read = read_post_of(signal, post.text, post.url, post.made_by)
    return await card_of(desk, await services.storage.posts.fill(post, read, now))


async def _withheld(desk: Desk, post: Post, now: datetime) -> Message:
    """Readers are told little of what editors hold or rejected; an editor is told which it is."""
    failed = await desk.storage.posts.fail(post, Trouble.WITHHELD.value, now)
    found = await desk.storage.signals.find_at(same_page(post.url))
    known = await desk.storage.signals.get(found) if found is not None else None
    return known_message(desk, known) if known is not None else await card_of(desk, failed)
