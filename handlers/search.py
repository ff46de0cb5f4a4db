"""What was asked for in one line, found: words and filters, page by page.

A list of what was found carries its own question: the words stand in bold in its title, the
filters below as one would type them. So its buttons work after a restart, and whatever fits in a
message needs no room in callback data.
"""

from dataclasses import dataclass, replace

from telegram import Message as ChatMessage
from telegram.constants import MessageEntityType

from digest.asking import Kind, Request, read_request, suggest_sources
from digest.finding import Narrowing
from digest.model import Action, Button, Message
from digest.render import render_list
from handlers.arguments import LARGEST_LIST, QUERY_LIMIT, USUAL_LIST, plain
from handlers.callbacks import fits
from handlers.cards import quoted
from handlers.context import Turn
from handlers.keyboards import Rows, act, grid
from handlers.lists import saved_among, shelf_button, show_shelf, sift_button
from handlers.replies import say, show, toast
from storage.search import Sought

SIGN = "🔎"
_WORDS_BEGIN = len(SIGN.encode("utf-16-le")) // 2 + 1
_WORDS_OFFERED = 3
_SOUNDS_ALIKE = 80
_SUGGESTED = 4
_QUOTES = '"“”„«»「」『』《》'


@dataclass(frozen=True, slots=True)
class Asked:
    """A request with the sources that its source filter means, as storage takes it."""

    request: Request
    narrowing: Narrowing


async def search(turn: Turn) -> None:
    """Search for what was typed; without anything, say how to."""
    typed = plain(turn.words)
    if not typed:
        await say(turn, turn.texts("chat.search.how"))
    elif len(typed) > QUERY_LIMIT:
        await say(turn, turn.texts("chat.search.long", limit=QUERY_LIMIT))
    else:
        await find(turn, typed)


async def find(turn: Turn, words: str) -> None:
    """Send what a typed line finds as a new message."""
    await say(turn, await results(turn, read(turn, words)))


async def page(turn: Turn, kind: str, shelf: str, before: int, size: int) -> None:
    """Show another page of a list in the place of the tapped one.

    `before` is the last signal of the page that was left, 0 for the first page.
    """
    size = max(1, min(LARGEST_LIST, size))
    if kind == "latest":
        await show_shelf(turn, shelf, before, size)
        return
    request = request_of(turn, turn.message) if kind == "search" else None
    if request is None:
        await toast(turn, turn.texts("chat.button.old"), alert=True)
        return
    await show(turn, await results(turn, request, after=before, size=size))


def read(turn: Turn, typed: str) -> Request:
    """A typed line as a request; days are the reader's own."""
    return read_request(typed, turn.taxonomy, turn.today)


def request_of(turn: Turn, message: ChatMessage | None) -> Request | None:
    """The request that a list of finds was made for, None for any other message."""
    if message is None or not (message.text or "").startswith(SIGN):
        return None
    spans = message.parse_entities([MessageEntityType.BOLD, MessageEntityType.CODE])
    words, filters = "", list[str]()
    for entity, text in sorted(spans.items(), key=lambda pair: pair[0].offset):
        if entity.type == MessageEntityType.BOLD and entity.offset == _WORDS_BEGIN:
            words = text
        elif entity.type == MessageEntityType.CODE:
            filters.append(text)
    return replace(read(turn, " ".join(filters)), words=words, unknown=())


async def resolved(turn: Turn, request: Request) -> Asked:
    """`request` with its sources looked up; a source that nobody is called becomes unknown."""
    if not request.source:
        return Asked(request, request.narrowing((), turn.subscription.zone))
    narrowing = request.narrowing(await turn.storage.sources.all(), turn.subscription.zone)
    if not narrowing.sources:
        missing: tuple[Kind, str] = ("source", request.source)
        request = replace(request, source="", unknown=(*request.unknown, missing))
    return Asked(request, narrowing)


async def results(
    turn: Turn, request: Request, *, after: int = 0, size: int = USUAL_LIST
) -> Message:
    """One page of what `request` finds, or that it finds nothing and what to try."""
    asked = await resolved(turn, request)
    request = asked.request
    sought = await _sought(turn, asked, after, size)
    if not sought.signals:
        return await _nothing(turn, asked)
    place, found = sought.page, sought.signals
    more = Action("page", ("search", "", found[-1].id, size)) if place.more else None
    title = title_of(turn, request, place.total, capped=sought.capped)
    saved = await saved_among(turn, found)
    rendering, end = turn.rendering, "list.capped" if sought.capped else "list.end"
    first = place.offset + 1
    message = turn.services.rendered.recall(
        ("found", title, more, frozenset(saved), first, end),
        found,
        rendering,
        lambda: render_list(title, found, rendering, more=more, saved=saved, first=first, end=end),
    )
    rows: list[tuple[Button, ...]] = [_back_row(turn, place.offset, place.before, size)]
    rows.extend(chips(turn, request))
    rows.append((*_topic_button(turn, request), sift_button(turn, "")))
    rows.extend(await _nearest(turn, request))
    return replace(message, buttons=(*message.buttons, *rows))


async def _sought(turn: Turn, asked: Asked, after: int, size: int) -> Sought:
    """A page of what is found: looked up once for all who ask for it at a time."""
    words, narrowing, zone = asked.request.words, asked.narrowing, turn.subscription.zone

    async def look() -> Sought:
        return await turn.storage.search.page(words, narrowing, zone=zone, after=after, size=size)

    return await turn.services.shared.ask(("found", words, narrowing, zone, after, size), look)


def title_of(turn: Turn, request: Request, total: int, *, capped: bool = False) -> str:
    """The head of a list of finds, from which `request_of` reads the request again."""
    key = "many" if capped else "found"
    if request.words:
        title = turn.texts.n(f"chat.search.{key}", total, query=quoted(request.words))
    else:
        title = turn.texts.n(f"chat.search.all.{key}", total)
    return "\n".join(
        part for part in (title, _filters(turn, request), _unknown(turn, request)) if part
    )


def _filters(turn: Turn, request: Request) -> str:
    return " ".join(
        f"<code>{quoted(request.written(kind, turn.lang, turn.taxonomy))}</code>"
        for kind in request.filters
    )


def _unknown(turn: Turn, request: Request) -> str:
    return "\n".join(f"<i>{_left_out(turn, *one)}</i>" for one in request.unknown)


def _left_out(turn: Turn, kind: Kind, typed: str) -> str:
    if not typed:
        return turn.texts("chat.filter.unset", name=Request.name_of(kind, turn.lang))
    return turn.texts(f"chat.filter.unknown.{kind}", name=quoted(typed[:40]))


def _back_row(turn: Turn, offset: int, before: int | None, size: int) -> tuple[Button, ...]:
    if before is None:
        return ()
    earlier = act(turn.texts("chat.page.before"), "page", "search", "", before, size)
    if offset <= size:
        return (earlier,)
    return (earlier, act(turn.texts("chat.list.newest"), "page", "search", "", 0, size))


def chips(turn: Turn, request: Request) -> Rows:
    """The chosen filters as buttons that take them off."""
    return grid(
        act(f"✕ {request.written(kind, turn.lang, turn.taxonomy)}", "widen", kind)
        for kind in request.filters
    )


def _topic_button(turn: Turn, request: Request) -> tuple[Button, ...]:
    topic = turn.taxonomy.find_topic(request.words) if request.words else None
    if topic is None or request.topic:
        return ()
    label = turn.texts("chat.search.topic", name=topic.name(turn.lang))
    return (shelf_button(f"t/{topic.id}", label, USUAL_LIST),)


async def _nearest(turn: Turn, request: Request) -> Rows:
    """For filters that nothing is called by: the nearest that there are."""
    buttons: list[Button] = []
    for kind, typed in request.unknown:
        if kind == "source" and typed:
            known = await turn.storage.sources.all()
            buttons.extend(
                act(source.spec.title, "narrow", "", "source", str(source.id))
                for source in suggest_sources(typed, known, _SUGGESTED)
            )
        elif kind == "topic" and typed:
            buttons.extend(
                act(topic.name(turn.lang), "narrow", "", "topic", topic.id)
                for topic in turn.taxonomy.suggest_topics(typed, _SUGGESTED)
            )
        elif kind == "column":
            buttons.extend(
                act(f"{column.emoji} {column.name(turn.lang)}", "narrow", "", "column", column.id)
                for column in turn.taxonomy.columns.values()
            )
    return grid(buttons)


# --- nothing found -----------------------------------------------------------------------


async def _nothing(turn: Turn, asked: Asked) -> Message:
    """Say that nothing was found and what to try: less filters, single words, near topics."""
    request, texts = asked.request, turn.texts
    rows: list[tuple[Button, ...]] = list(await _fewer_filters(turn, asked))
    offers = [search_button(turn, word) for word in _single_words(request.words)]
    rows.extend((button,) for button in offers if button)
    rows.extend(_near_topics(turn, request.words))
    rows.extend(await _nearest(turn, request))
    key = "chat.search.nothing.filtered" if request.filters else "chat.search.nothing"
    if not request.words:
        key = "chat.search.nothing.all"
        rows.append((act(texts("chat.list.all"), "page", "latest", "", 0, USUAL_LIST),))
    text = texts(key, query=quoted(request.words))
    if request.filters or request.unknown:
        text = f"{title_of(turn, request, 0)}\n\n{text}"
    return Message(text, tuple(rows))


async def _fewer_filters(turn: Turn, asked: Asked) -> Rows:
    """Buttons that take off the filter without which something is found, with how much."""
    request = asked.request
    tries: list[tuple[str, Request]] = [
        (request.written(kind, turn.lang, turn.taxonomy), request.without(kind))
        for kind in request.filters
    ]
    verbs: list[str] = list(request.filters)
    if len(tries) > 1:
        tries.append((turn.texts("chat.filter.all"), Request(request.words)))
        verbs.append("all")
    rows: list[tuple[Button, ...]] = []
    for verb, (name, wider) in zip(verbs, tries, strict=True):
        if not wider.words and not wider.filters:
            continue
        narrowing = (await resolved(turn, wider)).narrowing
        count = len(await turn.storage.search.window(wider.words, narrowing))
        if count and not (verb == "all" and rows):
            label = turn.texts.n("chat.filter.without", count, name=name)
            rows.append((act(label, "widen", verb),))
    return tuple(rows)


def _single_words(query: str) -> list[str]:
    loose = {word.strip(_QUOTES) for word in query.split(" ")} - {""}
    words = sorted(loose, key=lambda word: (-len(word), word))
    return words[:_WORDS_OFFERED] if len(words) > 1 else []


def _near_topics(turn: Turn, query: str) -> Rows:
    topics = turn.taxonomy.suggest_topics(query, _SUGGESTED, least=_SOUNDS_ALIKE) if query else ()
    return grid(
        shelf_button(
            f"t/{topic.id}",
            turn.texts("chat.search.topic", name=topic.name(turn.lang)),
            USUAL_LIST,
        )
        for topic in topics
    )


def search_button(turn: Turn, words: str) -> Button | None:
    """A button that searches for `words`, None when they are too long to stand behind one."""
    if not fits(Action("find", (words,))):
        return None
    return act(turn.texts("chat.search.button", query=words), "find", words)
