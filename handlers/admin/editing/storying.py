"""合并到专题 and 拆出: which signals are about one event, decided by an editor."""

import asyncio
from datetime import timedelta

from digest.model import Button, Message, Relation, Signal, SignalState
from digest.regexes import regex
from digest.render import cut, escape
from digest.stories import StoryItem
from handlers.admin.editing.sheet import named_signal, sought
from handlers.context import Turn
from handlers.keyboards import act, grid
from handlers.prompts import STORY, Prompt, put_question
from handlers.replies import say, show, toast

_SUGGESTED = 5
_STORY_PAGE = regex(r"/story/(\d{1,17})(?:[/?#]|$)")
_LEAST_LIKE = 0.12
_POOL = 40
_WEEK = timedelta(days=7)
_HEADLINE_UNITS = 120
ONE, WHOLE = "one", "whole"


async def show_story(turn: Turn, signal_id: int) -> None:
    """The story of a signal, and signals that may be about the same event."""
    signal = await sought(turn, signal_id)
    if signal is not None:
        await show(turn, await _page(turn, signal))


async def _page(turn: Turn, signal: Signal) -> Message:
    texts, number = turn.texts, signal.id
    members = await _members(turn, signal)
    lines = [f"🧵 <b>{escape(texts('chat.edit.story'))}</b>", _headline(signal), ""]
    if members:
        lines.append(escape(texts.n("chat.edit.story.with", signal.others)))
        lines += [f"· {_lead_mark(turn, one)}{_headline(one)}" for one in members]
    else:
        lines.append(escape(texts("chat.edit.story.alone")))
    near = await suggested(turn, signal)
    if near:
        lines += ["", escape(texts("chat.edit.story.near"))]
        lines += [f"{place}. {_headline(one)}" for place, one in enumerate(near, 1)]
    rows: list[tuple[Button, ...]] = list(
        grid([act(str(at), "ejoin", number, one.id) for at, one in enumerate(near, 1)], 5)
    )
    rows.append((act(texts("chat.edit.story.typed"), "estoryask", number),))
    if members:
        row = [act(texts("chat.edit.story.split"), "esplit", number)]
        if signal.relation is not Relation.LEAD and signal.state is SignalState.LIVE:
            row.append(act(texts("chat.edit.story.lead"), "elead", number))
        rows.append(tuple(row))
    rows.append((act(texts("chat.back"), "esheet", number),))
    return Message("\n".join(lines), tuple(rows))


def _lead_mark(turn: Turn, signal: Signal) -> str:
    lead = signal.relation is Relation.LEAD
    return f"{escape(turn.texts('chat.edit.story.leads'))} " if lead else ""


async def _members(turn: Turn, signal: Signal) -> tuple[Signal, ...]:
    """Other live signals of its story: the first and the newest; how many, the signal says."""
    if signal.story_id is None:
        return ()
    found = await turn.storage.storylines.some(signal.story_id, _SUGGESTED + 1)
    return tuple(one for one in found if one.id != signal.id)[:_SUGGESTED]


async def suggested(turn: Turn, signal: Signal) -> tuple[Signal, ...]:
    """Live signals of a week that are most like this one, those of its own story left out."""
    pool = {one.id: one for one in await turn.storage.signals.related(signal.id, _POOL)}
    for words in (signal.brief.headline, *signal.brief.keywords[:4]):
        for one in await turn.storage.search.find(words, limit=10):
            pool.setdefault(one.id, one)
    apart = [
        one
        for one in pool.values()
        if one.id != signal.id
        and abs(one.when - signal.when) <= _WEEK
        and (one.story_id is None or one.story_id != signal.story_id)
    ]

    def ranked() -> tuple[tuple[int, float], ...]:
        from digest.stories.index import StoryIndex  # noqa: PLC0415  numpy takes a while to load

        index = StoryIndex()
        for one in apart:
            index.add(_item(one))
        return index.near(_item(signal), _SUGGESTED)

    near = await asyncio.to_thread(ranked)
    return tuple(pool[number] for number, likeness in near if likeness >= _LEAST_LIKE)


def _item(signal: Signal) -> StoryItem:
    brief = signal.brief
    return StoryItem(
        signal_id=signal.id,
        story_id=signal.story_id,
        title=signal.title or brief.headline,
        lead_text=" ".join(point.original or point.text for point in brief.points),
        lang=signal.lang,
        keywords=brief.keywords,
        numbers=tuple(one.text for one in brief.numbers),
        at=signal.when,
        score=signal.score.total,
    )


async def join(turn: Turn, signal_id: int, other_id: int) -> None:
    """Put the signal into another's story; asks first whether its own story goes with it."""
    signal, other = await sought(turn, signal_id), await sought(turn, other_id)
    if signal is None or other is None:
        return
    if signal.others and signal.story_id != other.story_id:
        await (show if turn.query else say)(turn, await _choice(turn, signal, other))
        return
    await _join(turn, signal, other_id, whole=False)


async def _choice(turn: Turn, signal: Signal, other: Signal) -> Message:
    texts = turn.texts
    count = signal.others + 1
    lines = [
        escape(texts("chat.edit.story.choose")),
        f"→ {_headline(other)}",
    ]
    return Message(
        "\n".join(lines),
        (
            (act(texts("chat.edit.story.one"), "ejoined", signal.id, other.id, ONE),),
            (act(texts.n("chat.edit.story.whole", count), "ejoined", signal.id, other.id, WHOLE),),
            (act(texts("chat.back"), "estory", signal.id),),
        ),
    )


async def joined(turn: Turn, signal_id: int, other_id: int, how: str) -> None:
    """Put the signal, alone or with its story, into another's."""
    signal, other = await sought(turn, signal_id), await sought(turn, other_id)
    if signal is None or other is None:
        return
    if how not in {ONE, WHOLE}:
        await toast(turn, turn.texts("chat.button.old"), alert=True)
        return
    await _join(turn, signal, other_id, whole=how == WHOLE)


async def _join(turn: Turn, signal: Signal, other_id: int, *, whole: bool) -> None:
    entry = await turn.storage.storyboard.join(
        signal.id, other_id, turn.actor, turn.now, whole=whole
    )
    await _over(turn, signal.id, "chat.edit.story.joined" if entry else "chat.edit.story.same")


async def split(turn: Turn, signal_id: int) -> None:
    """Take the signal out of its story."""
    if await sought(turn, signal_id) is not None:
        entry = await turn.storage.storyboard.split(signal_id, turn.actor, turn.now)
        done = "chat.edit.story.is_split" if entry else "chat.edit.story.alone"
        await _over(turn, signal_id, done)


async def lead(turn: Turn, signal_id: int) -> None:
    """Let the signal lead its story."""
    if await sought(turn, signal_id) is not None:
        await turn.storage.storyboard.lead(signal_id, turn.actor, turn.now)
        await _over(turn, signal_id, "chat.edit.story.now_leads")


async def ask(turn: Turn, signal_id: int) -> None:
    """Ask for a signal by link or number."""
    if await sought(turn, signal_id) is not None:
        await put_question(
            turn,
            Prompt(STORY, str(signal_id)),
            turn.texts("chat.edit.story.ask"),
            turn.texts("chat.edit.story.hint"),
        )


async def take_answer(turn: Turn, value: str, typed: str) -> None:
    """Put the signal into the story that was typed, or that of the signal that was."""
    other = await _named(turn, typed.strip())
    if other is None or not value.isdecimal() or other.id == int(value):
        await say(turn, turn.texts("chat.edit.unknown"))
        return
    await join(turn, int(value), other.id)


async def _named(turn: Turn, words: str) -> Signal | None:
    """The signal that a link or number names; of the page of a story the one that leads it."""
    page = _STORY_PAGE.search(words)
    if page is None:
        return await named_signal(turn, words)
    story = await turn.storage.stories.get(int(page[1]))
    return story.lead if story else None


async def _over(turn: Turn, signal_id: int, key: str) -> None:
    changed = await turn.storage.signals.get(signal_id)
    if changed is None:
        return
    page = await _page(turn, changed)
    if turn.query:
        await show(turn, page)
        await toast(turn, turn.texts(key))
    else:
        await say(turn, turn.texts(key))
        await say(turn, page)


def _headline(signal: Signal) -> str:
    return escape(cut(signal.brief.headline or signal.title, _HEADLINE_UNITS))
