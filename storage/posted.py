"""A post as the signal that it makes: what previews show and what is published are the same."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from digest.model import Article, Signal
from digest.posts import Post, PostKind, signal_of_link, signal_of_words, unsupported
from digest.stories import StoryItem, StoryPlacement
from digest.verify import Finding
from storage.post_signals import Publishable
from storage.storage import Storage

_STORY_TIME = timedelta(days=7)
_NAMES_SOUGHT, _FOUND_OF_EACH = 4, 20


@dataclass(frozen=True, slots=True)
class Posted:
    """The signal of a post and its article, None where the article's text is kept no longer."""

    signal: Signal
    article: Article | None


async def as_posted(storage: Storage, post: Post, now: datetime) -> Posted | None:
    """What a post makes as it stands; None while its link is not read."""
    if post.kind is PostKind.WORDS:
        signal, article = signal_of_words(post, now)
        return Posted(signal, article)
    read = await storage.signals.get(post.signal_id) if post.signal_id else None
    if read is None:
        return None
    return Posted(signal_of_link(post, read), await storage.signals.article(read.id))


async def publishable(storage: Storage, post: Post, now: datetime) -> Publishable | None:
    """What a post makes, ready to be published; None while its link is not read.

    An article that was read joins the story that others tell of the same event.
    """
    made = await as_posted(storage, post, now)
    if made is None:
        return None
    story = None
    if post.kind is PostKind.LINK and made.article is not None and made.signal.story_id is None:
        like = await _like(storage, made.signal, now)
        story = await asyncio.to_thread(_place, like, made.signal, made.article, now)
    return Publishable(made.signal, made.article, story)


async def _like(storage: Storage, signal: Signal, now: datetime) -> list[StoryItem]:
    """What may tell the same event: recent news with the words of its headline, or its names.

    Not all of the week: an editor waits for this.
    """
    found: dict[int, None] = {}
    words = (signal.brief.headline, signal.title, *signal.brief.keywords[:_NAMES_SOUGHT])
    for sought in filter(None, words):
        ids = await storage.search.ids(sought, _FOUND_OF_EACH)
        found.update(dict.fromkeys(one for one in ids if one != signal.id))
    items = await storage.story_items.some(list(found))
    return [item for item in items if now - item.at <= _STORY_TIME]


def _place(
    recent: Sequence[StoryItem], signal: Signal, article: Article, now: datetime
) -> StoryPlacement:
    from digest.stories.index import StoryIndex  # noqa: PLC0415  numpy takes a while to load

    stories = StoryIndex()
    for item in recent:
        stories.add(item)
    return stories.place(
        StoryItem(
            signal_id=0,
            story_id=None,
            title=article.title,
            lead_text=" ".join(sentence.text for sentence in article.sentences[:5]),
            lang=article.lang,
            keywords=signal.brief.keywords,
            numbers=tuple(number.text for number in signal.brief.numbers),
            at=now,
            score=signal.score.total,
        )
    )


async def doubts_of(storage: Storage, post: Post) -> tuple[Finding, ...]:
    """What the editor's words have and the article behind a link has not."""
    if post.kind is PostKind.WORDS or post.signal_id is None:
        return ()
    read = await storage.signals.get(post.signal_id)
    article = await storage.signals.article(post.signal_id)
    if read is None or article is None:
        return ()
    # Reading a long article takes a while, and other people are waiting.
    return await asyncio.to_thread(unsupported, post.text, read.brief, article)
