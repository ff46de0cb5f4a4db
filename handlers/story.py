"""/story: one event from its first signal to its newest, and the stories of the week."""

from dataclasses import replace
from datetime import timedelta

from digest.agreement import MOST_COMPARED, Comparison, compare
from digest.chronicle import course
from digest.finding import Narrowing
from digest.model import Button, Message, Signal
from digest.render import Beside, render_stories, render_story
from digest.stories import StorySummary
from handlers.arguments import QUERY_LIMIT, USUAL_LIST, plain
from handlers.cards import open_card, quoted
from handlers.context import Turn
from handlers.follow import follow_button
from handlers.keyboards import Rows, act, grid
from handlers.replies import lead_to, say, show, toast
from handlers.search import search_button
from handlers.tracking import track_button

PER_PAGE = 5
_WEEK = timedelta(days=7)
_LIST_PAGE = 6
_MOST_FOUND = 6
_RELATED = 3
_TOPICS = 2


async def story(turn: Turn) -> None:
    """Send the story that a number or words name; without either, the stories of the week."""
    typed = plain(turn.words)[:QUERY_LIMIT]
    if not typed:
        await say(turn, await _list_message(turn, 0))
        return
    number = typed.removeprefix("#")
    if number.isdecimal() and number.isascii() and len(number) <= len("9" * 18):
        found = await turn.storage.stories.get(int(number))
        if found is not None:
            await say(turn, await _message(turn, found, 0))
            return
    await _found(turn, typed)


async def open_story(turn: Turn, story_id: int, page: int) -> None:
    """Show a story: its pages in each other's place, the first one as a new message.

    Whoever taps in a channel sees it in private, as with cards.
    """
    found = await turn.storage.stories.get(story_id)
    if found is None:
        await toast(turn, turn.texts("chat.story.gone"), alert=True)
    elif turn.is_channel and turn.query:
        await lead_to(turn, f"https://t.me/{turn.bot.username}?start=story_{story_id}")
    elif _is_this_story(turn):
        await show(turn, await _message(turn, found, page))
    else:
        await say(turn, await _message(turn, found, page))


async def send_story(turn: Turn, story_id: int) -> bool:
    """Send a story as a new message; False when there is none (any more)."""
    found = await turn.storage.stories.get(story_id)
    if found is not None:
        await say(turn, await _message(turn, found, 0))
    return found is not None


async def list_stories(turn: Turn, offset: int) -> None:
    """Show a page of the stories of the week in the place of the tapped message."""
    await show(turn, await _list_message(turn, max(0, offset)))


def _is_this_story(turn: Turn) -> bool:
    """Whether the tapped message is a page of a story, or a list of them, not a card."""
    return turn.message is not None and (turn.message.text or "").startswith("🧵")


async def _message(turn: Turn, found: StorySummary, page: int) -> Message:
    lines = turn.storage.storylines
    pages = max(1, -(-await lines.length(found.id) // PER_PAGE))
    page = max(0, min(pages - 1, page))
    first = page * PER_PAGE
    members = await lines.some(found.id)
    part = await lines.course(found.id, first, PER_PAGE)
    whole = len(members) >= found.signals
    message = render_story(
        found,
        course(part.steps, members, part.repeats, part.counts, whole=whole),
        turn.rendering,
        first=first + 1,
        beside=await _beside(turn, found, members, first=page == 0, last=page == pages - 1),
    )
    rows: list[tuple[Button, ...]] = [_turning(turn, found.id, page, pages)]
    rows.append((await track_button(turn, found.id), *_topics(turn, found.lead)))
    rows.append(_linked(turn, found))
    all_stories = act(turn.texts("chat.story.all"), "stories", 0)
    links = turn.rendering.links
    url = links.story(found.id) if links.usable else ""
    rows.append(
        (Button(turn.texts("chat.story.page"), url=url), all_stories) if url else (all_stories,)
    )
    return replace(message, buttons=(*message.buttons, *filter(None, rows)))


async def _beside(
    turn: Turn, found: StorySummary, members: tuple[Signal, ...], *, first: bool, last: bool
) -> Beside:
    """What a page says besides the course: on the first what sources agree on."""
    storage = turn.storage
    compared = Comparison()
    if first:
        articles = await storage.signals.articles([one.id for one in members[-MOST_COMPARED:]])
        compared = compare(members, articles)
    beside = [
        await storage.stories.get(number) if number is not None else None
        for number in (found.follows, found.followed_by)
    ]
    return Beside(
        compared=compared,
        sources=await storage.storylines.names(found.id),
        related=await storage.signals.related(found.lead.id, _RELATED) if last else (),
        follows=beside[0],
        followed_by=beside[1],
    )


def _linked(turn: Turn, found: StorySummary) -> tuple[Button, ...]:
    """Buttons to the story that this one takes up, and to the one that takes it up."""
    keys = (("follows", found.follows), ("followed_by", found.followed_by))
    return tuple(
        act(turn.texts(f"chat.story.{key}"), "story", number, 0)
        for key, number in keys
        if number is not None
    )


def _turning(turn: Turn, story_id: int, page: int, pages: int) -> tuple[Button, ...]:
    row = []
    if page > 0:
        row.append(act(turn.texts("chat.page.before"), "story", story_id, page - 1))
    if page < pages - 1:
        row.append(act(turn.texts("chat.page.after"), "story", story_id, page + 1))
    return tuple(row)


def _topics(turn: Turn, lead: Signal) -> tuple[Button, ...]:
    known = [id_ for id_ in lead.placement.topics if id_ in turn.taxonomy.topics]
    return tuple(follow_button(turn, id_) for id_ in known[:_TOPICS])


# --- several -----------------------------------------------------------------------------


async def _list_message(turn: Turn, offset: int) -> Message:
    found = await turn.storage.stories.active(
        turn.now - _WEEK, turn.now + _WEEK, limit=_LIST_PAGE + 1, offset=offset
    )
    if not found:
        if offset:
            return await _list_message(turn, 0)
        rows: Rows = ((act(turn.texts("chat.list.all"), "page", "latest", "", 0, USUAL_LIST),),)
        return Message(turn.texts("chat.story.list.none"), rows)
    shown = found[:_LIST_PAGE]
    title = f"🧵 {turn.texts('chat.story.list')}"
    message = render_stories(title, shown, turn.rendering, first=offset + 1)
    turning: list[Button] = []
    if offset:
        before = max(0, offset - _LIST_PAGE)
        turning.append(act(turn.texts("chat.page.before"), "stories", before))
    if len(found) > _LIST_PAGE:
        turning.append(act(turn.texts("chat.page.after"), "stories", offset + _LIST_PAGE))
    return replace(message, buttons=(*_numbers(shown, offset + 1), tuple(turning)))


def _numbers(stories: tuple[StorySummary, ...], first: int) -> Rows:
    return grid(
        (act(str(place), "story", one.id, 0) for place, one in enumerate(stories, first)), 6
    )


async def _found(turn: Turn, typed: str) -> None:
    """Send the story that words are about: the one, the choice of several, or what to try."""
    window = await turn.storage.search.window(typed, Narrowing())
    newest = sorted(window, key=lambda one: (one.dated_at, one.id), reverse=True)
    ids = dict.fromkeys(match.story_id for match in newest if match.story_id)
    stories = [
        one for id_ in list(ids)[:_MOST_FOUND] if (one := await turn.storage.stories.get(id_))
    ]
    if len(stories) == 1:
        await say(turn, await _message(turn, stories[0], 0))
    elif stories:
        title = f"🧵 {turn.texts('chat.story.found', query=typed)}"
        message = render_stories(title, stories, turn.rendering)
        await say(turn, replace(message, buttons=_numbers(tuple(stories), 1)))
    elif len(newest) == 1:
        await say(turn, turn.texts("chat.story.alone"))
        await open_card(turn, newest[0].id)
    else:
        button = search_button(turn, typed) if newest else None
        rows = ((button,) if button else (), (act(turn.texts("chat.story.all"), "stories", 0),))
        await say(turn, Message(turn.texts("chat.story.none", query=quoted(typed[:60])), rows))
