"""Choosing columns, topics and a frequency by buttons: one walk for /start, one for /subscribe.

The walks ("flows") share their pages. Each tap is saved at once, so leaving midway loses nothing;
pushes begin when the walk is finished.
"""

from digest.model import Button, Lang, Message
from handlers.cards import quoted
from handlers.context import Turn
from handlers.keyboards import Rows, act, grid, ticked
from handlers.plan import send_first
from handlers.presets import PRESETS, current_preset, preset_changes
from handlers.replies import say, show, toast
from handlers.subscriptions import (
    change,
    change_language,
    change_wishes,
    what_follows,
    what_next,
    with_,
    without,
)
from handlers.topics import PER_PAGE, turning

START, SUBSCRIBE = "start", "sub"
FLOWS = (START, SUBSCRIBE)
COLUMNS, TOPICS, FREQUENCY = "c", "t", "f"


async def step(turn: Turn, flow: str, where: str, page: int) -> None:
    """Go to a page of a walk: languages, zh, en, columns, topics, frequency or done."""
    if flow not in FLOWS:
        await toast(turn, turn.texts("chat.button.old"), alert=True)
        return
    match where:
        case "zh" | "en":
            await change_language(turn, Lang(where))
            await show(turn, columns_page(turn, flow))
        case "columns":
            await show(turn, columns_page(turn, flow))
        case "topics":
            await show(turn, topics_page(turn, flow, page))
        case "frequency":
            await show(turn, frequency_page(turn, flow))
        case "languages":
            await show(turn, languages_page(turn))
        case "done":
            await finish(turn, flow)
        case _:
            await toast(turn, turn.texts("chat.button.old"), alert=True)


async def pick(turn: Turn, flow: str, kind: str, choice: str, page: int) -> None:
    """Choose or drop one column, topic or frequency, and show its page again."""
    wishes = turn.subscription.wishes
    if flow in FLOWS and kind == COLUMNS and choice in turn.taxonomy.columns:
        await change_wishes(turn, columns=_toggled(wishes.columns, choice))
        await show(turn, columns_page(turn, flow))
    elif flow in FLOWS and kind == TOPICS and choice in turn.taxonomy.topics:
        mutes = without(wishes.mutes, f"topic:{choice}")
        await change_wishes(turn, topics=_toggled(wishes.topics, choice), mutes=mutes)
        await show(turn, topics_page(turn, flow, page))
    elif flow in FLOWS and kind == FREQUENCY and choice in PRESETS:
        await change(turn, **preset_changes(choice, turn.subscription))
        await show(turn, done_page(turn, flow))
    else:
        await toast(turn, turn.texts("chat.button.old"), alert=True)


def _toggled(values: tuple[str, ...], value: str) -> tuple[str, ...]:
    return without(values, value) if value in values else with_(values, value)


async def finish(turn: Turn, flow: str) -> None:
    """End a walk: pushes begin, and a newcomer gets a first digest at once."""
    await begin(turn)
    fresh = await show(turn, done_page(turn, flow))
    if flow == START and fresh:
        await send_first(turn)
        key = "chat.start.after" if turn.is_private else "chat.start.after_group"
        next_line = what_next(turn.texts, turn.subscription, turn.now)
        after = turn.texts(key, next=next_line)
        if turn.is_private and says_untranslated(turn):
            after += "\n\n" + turn.texts("chat.help.untranslated")
        await say(turn, after)


async def begin(turn: Turn) -> None:
    """Begin or resume pushes; who switched every kind off gets the usual ones."""
    await change(turn, paused=False)
    if not turn.subscription.pushes:
        await change(turn, **preset_changes("both", turn.subscription))


def says_untranslated(turn: Turn) -> bool:
    """Whether this reader should learn why foreign points stay foreign: once, and by /help.

    Nothing puts Chinese articles into English but an editor by hand.
    """
    return turn.lang is not Lang.ZH or turn.services.untranslated()


# --- pages -------------------------------------------------------------------------------


def languages_page(turn: Turn) -> Message:
    """The first page of all, in both languages, for we do not know yet."""
    rows = (
        (
            act("中文", "setup", START, "zh", 0),
            act("English", "setup", START, "en", 0),
        ),
    )
    return Message(turn.texts("chat.start.welcome"), rows)


def columns_page(turn: Turn, flow: str) -> Message:
    """The columns, chosen ones with ✓."""
    chosen = turn.subscription.wishes.columns
    buttons = (
        ticked(
            f"{column.emoji} {column.name(turn.lang)}",
            "pick",
            flow,
            COLUMNS,
            column.id,
            0,
            on=column.id in chosen,
        )
        for column in turn.taxonomy.columns.values()
    )
    onward = act(turn.texts("chat.setup.to_topics"), "setup", flow, "topics", 0)
    rows: Rows = (*grid(buttons), (onward,), *_shortcuts(turn, flow))
    return Message(_asked(turn, "chat.setup.columns"), rows)


def topics_page(turn: Turn, flow: str, page: int) -> Message:
    """A page of topics, chosen ones with ✓."""
    chosen = turn.subscription.wishes.topics
    topics = list(turn.taxonomy.topics.values())
    pages = max(1, -(-len(topics) // PER_PAGE))
    page = max(0, min(pages - 1, page))
    buttons = (
        ticked(topic.name(turn.lang), "pick", flow, TOPICS, topic.id, page, on=topic.id in chosen)
        for topic in topics[page * PER_PAGE : (page + 1) * PER_PAGE]
    )
    back = act(turn.texts("chat.setup.to_columns"), "setup", flow, "columns", 0)
    done = act(turn.texts("chat.setup.done"), "setup", flow, "done", 0)
    turns = turning(turn, page, pages, "setup", flow, "topics")
    rows: Rows = (*grid(buttons), *((turns,) if turns else ()), (back, done))
    return Message(_asked(turn, "chat.setup.topics"), rows)


def frequency_page(turn: Turn, flow: str) -> Message:
    """The frequencies, the present one with ✓."""
    mine = current_preset(turn.subscription)
    buttons = (
        ticked(
            turn.texts(f"chat.frequency.{name}"), "pick", flow, FREQUENCY, name, 0, on=name == mine
        )
        for name in PRESETS
    )
    back = act(turn.texts("chat.setup.to_columns"), "setup", flow, "columns", 0)
    return Message(turn.texts("chat.settings.frequency.title"), (*grid(buttons, 1), (back,)))


def done_page(turn: Turn, flow: str) -> Message:
    """What was chosen and what happens next."""
    key = "chat.setup.finished" if turn.subscription.pushes else "chat.setup.kept"
    next_line = what_next(turn.texts, turn.subscription, turn.now)
    text = turn.texts(key, follows=quoted(what_follows(turn)))
    rows: list[tuple[Button, ...]] = []
    if flow == SUBSCRIBE:
        rows.append(
            (
                act(turn.texts("chat.start.change"), "setup", flow, "columns", 0),
                act(turn.texts("chat.setup.frequency"), "setup", flow, "frequency", 0),
            )
        )
    return Message(f"{text}\n\n{next_line}", tuple(rows))


def _shortcuts(turn: Turn, flow: str) -> Rows:
    done = act(turn.texts("chat.setup.done"), "setup", flow, "done", 0)
    if flow == START:
        return ((done,),)
    return ((act(turn.texts("chat.setup.frequency"), "setup", flow, "frequency", 0), done),)


def _asked(turn: Turn, key: str) -> str:
    return (
        f"{turn.texts(key)}\n\n{turn.texts('chat.setup.now', follows=quoted(what_follows(turn)))}"
    )
