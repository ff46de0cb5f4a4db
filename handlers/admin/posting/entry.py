"""/post: a link or an editor's own words become a draft."""

from telegram import Message as ChatMessage

from digest.classify import classify
from digest.links import Trouble, same_page
from digest.model import Message, Photo, Placement, Signal, SignalState
from digest.posts import (
    Post,
    PostKind,
    PostState,
    PostText,
    TextFault,
    draft_article,
    read_text,
    text_of,
)
from digest.render import escape
from digest.roles import Role
from digest.text.units import utf16_length
from handlers.admin.posting.card import card_of, list_of
from handlers.admin.posting.desk import Desk, desk_of, editor_of
from handlers.admin.posting.photos import has_photo, take_photo
from handlers.admin.posting.typing import split_link, words_of
from handlers.context import Turn
from handlers.guards import role_here
from handlers.keyboards import act
from handlers.linkcards import trouble_message
from handlers.linkparts import is_telegram, links_in
from handlers.prompts import POST, Prompt, put_question
from handlers.replies import say
from storage import NewPost, Sender
from storage.acting import repeatable

NEW = "new"
_PHOTO = "pictured"


async def post(turn: Turn) -> None:
    """/post with a link or words, as a caption or as a reply; alone it lists the drafts."""
    message = turn.message
    typed = words_of(message)
    replied = message.reply_to_message if message else None
    if not typed and not has_photo(message) and replied is None:
        await say(turn, await list_of(desk_of(turn)))
        return
    if not typed and replied is not None:
        links = links_in(replied)
        typed = links[0] if links else words_of(replied)
    pictured = message if has_photo(message) else replied
    photo = await take_photo(turn, pictured)
    if photo is None and has_photo(pictured):
        return  # the editor was told why, and sends another one
    _note_album(turn, pictured)
    await _begin(turn, typed, photo)


async def ask_for_new(turn: Turn) -> None:
    """Ask for a post; the answer is read as one typed with the command."""
    await _ask(turn, NEW, "chat.post.ask.new")


async def take_typed(turn: Turn, value: str, _typed: str) -> bool:
    """An answer to the question for a new post; False when another one was asked."""
    name, _, number = value.partition("_")
    if name not in {NEW, _PHOTO}:
        return False
    photo = await take_photo(turn, turn.message)
    if photo is None and has_photo(turn.message):
        return True
    if photo is None and number.isdecimal():
        known = await turn.storage.posts.photo(int(number))
        photo = known if known is not None else None
    await _begin(turn, words_of(turn.message), photo)
    return True


async def _begin(turn: Turn, typed: str, photo: Photo | None) -> None:
    if not typed:
        if photo is not None:
            await _ask(turn, f"{_PHOTO}_{photo.id}", "chat.post.ask.words")
        else:
            await say(turn, turn.texts("chat.post.fault.empty"))
        return
    url, words = split_link(typed)
    text = read_text(words) if words or not url else PostText("")
    if isinstance(text, TextFault):
        await say(turn, fault_message(turn, text, words))
    elif url:
        await _take_link(turn, url, text, photo)
    else:
        await _take_words(turn, text, photo)


async def _ask(turn: Turn, value: str, key: str) -> None:
    await put_question(
        turn, Prompt(POST, value), turn.texts(key), turn.texts("chat.post.ask.placeholder")
    )


def fault_message(turn: Turn, fault: TextFault, typed: str) -> str:
    """Why words make no post, with the numbers that count."""
    lines = [line for line in typed.splitlines() if line.strip()]
    longest = max((utf16_length(line) for line in lines[1:]), default=0)
    return turn.texts(
        f"chat.post.fault.{fault}",
        headline=utf16_length(lines[0]) if lines else 0,
        line=longest,
        lines=max(0, len(lines) - 1),
        total=utf16_length(typed),
    )


# --- words -------------------------------------------------------------------------------


async def _take_words(turn: Turn, text: PostText, photo: Photo | None) -> None:
    placed = placed_words(turn, text)
    new = NewPost(
        PostKind.WORDS,
        turn.user_id,
        text,
        column=placed.column,
        topics=placed.topics,
        sort=placed.kind,
        photo_id=photo.id if photo else None,
    )
    made = await turn.storage.posts.start(new, editor_of(turn))
    await say(turn, await card_of(desk_of(turn), made))


def placed_words(turn: Turn, text: PostText) -> Placement:
    """Column, topics and kind as the classifier proposes them."""
    article = draft_article(text)
    return classify(article, keywords=(), column_hint="", taxonomy=turn.taxonomy)


# --- links -------------------------------------------------------------------------------


async def _take_link(turn: Turn, url: str, text: PostText, photo: Photo | None) -> None:
    if not same_page(url) or is_telegram(url):
        wrong = Trouble.TELEGRAM if same_page(url) else Trouble.NO_ADDRESS
        await say(turn, trouble_message(turn.texts, wrong, url))
        return
    found = await turn.storage.signals.find_at(same_page(url))
    known = await turn.storage.signals.get(found) if found is not None else None
    if known is not None and known.state is not SignalState.PRIVATE:
        await say(turn, known_message(desk_of(turn), known))
    elif (other := await _open_about(turn, url, known)) is not None:
        await _join(turn, other)
    elif known is not None:
        new = read_post_of(known, text, url, turn.user_id, photo)
        made = await turn.storage.posts.start(new, editor_of(turn))
        await say(turn, await card_of(desk_of(turn), made))
    elif turn.services.links_read is None:
        await say(turn, turn.texts("chat.link.off"))
    else:
        await _have_read(turn, url, text, photo)


async def _open_about(turn: Turn, url: str, known: Signal | None) -> Post | None:
    """A draft of the same article that somebody has begun."""
    pages = set(same_page(url))
    for one in await turn.storage.posts.open():
        same = known is not None and one.signal_id == known.id
        if same or (one.url and pages & set(same_page(one.url))):
            return one
    return None


async def _join(turn: Turn, other: Post) -> None:
    desk = desk_of(turn)
    card = await card_of(desk, other)
    who = escape(await desk.name_of(other.made_by))
    head = turn.texts("chat.post.begun", who=who)
    await say(turn, Message(f"{head}\n\n{card.text}", card.buttons))


async def _have_read(turn: Turn, url: str, text: PostText, photo: Photo | None) -> None:
    """Put the link in line; the draft is there at once, and is shown when it has been read."""
    message_id = turn.message.message_id if turn.message else 0
    sender = Sender(turn.subscriber.id, turn.user_id or turn.subscriber.chat_id, message_id)
    with repeatable():
        links = await turn.storage.pasted.ask(sender, (url,), turn.now)
    link = next(one for one in links if one.url == url)
    if await turn.storage.posts.of_link(link.id) is None:
        new = NewPost(
            PostKind.LINK,
            turn.user_id,
            text,
            state=PostState.READING,
            url=url,
            link_id=link.id,
            photo_id=photo.id if photo else None,
        )
        await turn.storage.posts.start(new, editor_of(turn))
    if turn.services.links_read is not None:
        turn.services.links_read.wake()


def read_post_of(
    read: Signal, text: PostText, url: str, user_id: int, photo: Photo | None = None
) -> NewPost:
    """The post of an article that was read."""
    return NewPost(
        PostKind.LINK,
        user_id,
        text if text.headline else text_of(read),
        column=read.placement.column,
        topics=read.placement.topics,
        sort=read.placement.kind,
        url=url,
        signal_id=read.id,
        photo_id=photo.id if photo else None,
    )


def known_message(desk: Desk, known: Signal) -> Message:
    """An article that has a signal needs no post: where it stands, and the way there."""
    texts = desk.texts
    headline = escape(known.brief.headline or known.title)
    rows = []
    if known.state is SignalState.LIVE:
        rows.append((act(texts("chat.post.button.card"), "card", known.id),))
    return Message(texts(f"chat.post.known.{known.state}", headline=headline), tuple(rows))


# --- a photo alone -----------------------------------------------------------------------


def hears_photo(message: ChatMessage) -> bool:
    """Whether a message is a photo without a word."""
    return bool(message.photo) and not (message.caption or "").strip()


async def take_lone_photo(turn: Turn) -> None:
    """An editor's photo without words: ask for them. Readers are told that only text is read."""
    role = await role_here(turn)
    if role is None or role < Role.EDITOR:
        await say(turn, turn.texts("chat.text_only"))
        return
    if _is_of_known_album(turn):
        return
    _note_album(turn, turn.message)
    photo = await take_photo(turn, turn.message)
    if photo is not None:
        await _begin(turn, "", photo)


def _note_album(turn: Turn, message: ChatMessage | None) -> None:
    """Remember the album of a picture that was taken: its other pictures come by themselves."""
    group = message.media_group_id if message else None
    if group:
        turn.services.albums.add((turn.subscriber.id, group))


def _is_of_known_album(turn: Turn) -> bool:
    group = turn.message.media_group_id if turn.message else None
    return bool(group) and (turn.subscriber.id, group) in turn.services.albums
