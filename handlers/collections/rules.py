"""The automatic rule of a collection: which new signals are saved into it by themselves."""

from dataclasses import replace
from datetime import timedelta
from zlib import crc32

from digest.model import Button, Collection, Message, Rule, Signal
from digest.regexes import regex
from digest.rules import fits
from digest.words import distinct, fold, is_word
from handlers.arguments import plain
from handlers.cards import quoted
from handlers.collections.access import called_or_told, own
from handlers.context import Turn
from handlers.keyboards import act, grid, ticked
from handlers.prompts import RULE, Prompt, put_question
from handlers.replies import say, show, toast
from handlers.topics import turning
from storage import Match
from storage.collections import MOST_A_DAY, MOST_SAVED

MOST_WORDS = 20
MOST_TOPICS = 20
WORD_LIMIT = 40
MOST_BACK = 100
LOOK_BACK = timedelta(days=30)
_PER_PAGE = 16
_CANDIDATES = 300
_BETWEEN = regex(r"[,，、;；\n]+")


async def show_rule(turn: Turn, collection_id: int) -> None:
    """Show the rule of a collection in the place of the tapped message."""
    collection = await own(turn, collection_id)
    if collection is not None:
        await show(turn, await rule_message(turn, collection))


async def rule_called(turn: Turn, name: str) -> None:
    """Send the rule of the collection of this name."""
    collection = await called_or_told(turn, name)
    if collection is not None:
        await say(turn, await rule_message(turn, collection))


async def rule_message(turn: Turn, collection: Collection, top: str = "") -> Message:
    """What a collection's rule says, how it fares, and the buttons that change it."""
    rule = await _rule(turn, collection)
    lines = [turn.texts("chat.rule.title", name=quoted(collection.name)), ""]
    if _is_empty(rule):
        lines.append(turn.texts("chat.rule.none", limit=MOST_A_DAY))
    else:
        lines += _described(turn, rule)
        lines.append(await _state(turn, rule))
        lines += ["", turn.texts("chat.rule.fine_print", limit=MOST_A_DAY)]
    text = "\n".join(lines)
    return Message(f"{top}\n\n{text}" if top else text, _rows(turn, rule))


async def _rule(turn: Turn, collection: Collection) -> Rule:
    found = await turn.storage.rules.get(turn.subscriber.id, collection.id)
    return found or Rule(collection.id)


def _is_empty(rule: Rule) -> bool:
    return not (rule.words or rule.topics or rule.column)


def _described(turn: Turn, rule: Rule) -> list[str]:
    texts, comma = turn.texts, turn.texts("chat.comma")
    lines: list[str] = []
    if rule.words:
        lines.append(texts("chat.rule.words", words=quoted(comma.join(rule.words))))
    if rule.topics:
        names = comma.join(turn.rendering.topic(topic) for topic in rule.topics)
        lines.append(texts("chat.rule.topics", topics=quoted(names)))
    if rule.words and rule.topics:
        lines.append(texts("chat.rule.either"))
    if rule.column:
        name = quoted(turn.rendering.column(rule.column))
        only = "chat.rule.only_column" if rule.words or rule.topics else "chat.rule.whole_column"
        lines.append(texts(only, column=name))
    return lines


async def _state(turn: Turn, rule: Rule) -> str:
    if rule.paused:
        return turn.texts("chat.rule.is_paused")
    day_ago = turn.now - timedelta(days=1)
    today = await turn.storage.rules.saved_since(rule.collection_id, day_ago)
    key = "chat.rule.full_today" if today >= MOST_A_DAY else "chat.rule.running"
    return turn.texts.n(key, today)


def _rows(turn: Turn, rule: Rule) -> tuple[tuple[Button, ...], ...]:
    texts, number = turn.texts, rule.collection_id
    words = (act(f"✕ {word}", "unword", number, _mark(word)) for word in rule.words)
    rows = [
        *grid(words),
        (
            act(texts("chat.rule.add_words"), "rwords", number),
            act(texts("chat.rule.pick_topics"), "rtopic", number, 0),
            act(texts("chat.rule.pick_column"), "rcolumn", number),
        ),
    ]
    if not _is_empty(rule):
        state = "resume" if rule.paused else "pause"
        rows.append(
            (
                act(texts(f"chat.rule.do.{state}"), "rstate", number, state),
                act(texts("chat.rule.do.remove"), "rstate", number, "remove"),
            )
        )
        rows.append((act(texts("chat.rule.do.back"), "rstate", number, "back"),))
    rows.append((act(texts("chat.back"), "shelve", number),))
    return tuple(rows)


def _mark(word: str) -> str:
    """A short sign for a word, which may itself be too long to stand behind a button."""
    return f"{crc32(word.encode()):08x}"


# --- words -------------------------------------------------------------------------------


async def ask_words(turn: Turn, collection_id: int) -> None:
    """Ask for words by a question that is replied to."""
    collection = await own(turn, collection_id)
    if collection is not None:
        await put_question(
            turn,
            Prompt(RULE, str(collection_id)),
            turn.texts("chat.rule.ask", name=quoted(collection.name)),
            turn.texts("chat.rule.hint"),
        )


async def take_words(turn: Turn, about: str, typed: str) -> None:
    """Take the typed words, asked for by `ask_words`, into the rule."""
    collection = await own(turn, int(about)) if about.isdecimal() else None
    if collection is None:
        return
    words = [plain(part) for part in _BETWEEN.split(typed)]
    words = [word for word in words if word]
    bad = [word for word in words if not is_word(word) or len(word) > WORD_LIMIT]
    if bad or not words:
        shown = quoted(bad[0][:60]) if bad else ""
        key = "chat.rule.bad_word" if bad else "chat.rule.no_word"
        await say(turn, turn.texts(key, word=shown, limit=WORD_LIMIT))
        return
    rule = await _rule(turn, collection)
    merged = distinct((*rule.words, *words))
    if len(merged) > MOST_WORDS:
        await say(turn, turn.texts("chat.rule.too_many", limit=MOST_WORDS))
        return
    await _set(turn, replace(rule, words=merged))
    await say(turn, await rule_message(turn, collection, turn.texts("chat.rule.saved")))


async def drop_word(turn: Turn, collection_id: int, mark: str) -> None:
    """Take a word out of the rule."""
    collection = await own(turn, collection_id)
    if collection is None:
        return
    rule = await _rule(turn, collection)
    left = tuple(word for word in rule.words if _mark(word) != mark)
    await _set(turn, replace(rule, words=left))
    await show(turn, await rule_message(turn, collection))


# --- topics and column -------------------------------------------------------------------


async def show_topics(turn: Turn, collection_id: int, page: int) -> None:
    """Show the topics, those of the rule with ✓."""
    collection = await own(turn, collection_id)
    if collection is None:
        return
    rule = await _rule(turn, collection)
    topics = list(turn.taxonomy.topics.values())
    pages = max(1, -(-len(topics) // _PER_PAGE))
    page = max(0, min(pages - 1, page))
    buttons = (
        ticked(
            topic.name(turn.lang),
            "rtick",
            collection_id,
            topic.id,
            page,
            on=topic.id in rule.topics,
        )
        for topic in topics[page * _PER_PAGE : (page + 1) * _PER_PAGE]
    )
    turns = turning(turn, page, pages, "rtopic", collection_id)
    back = act(turn.texts("chat.rule.ready"), "rule", collection_id)
    text = turn.texts("chat.rule.choose_topics", name=quoted(collection.name), limit=MOST_TOPICS)
    rows = (*grid(buttons), *((turns,) if turns else ()), (back,))
    await show(turn, Message(text, rows))


async def tick_topic(turn: Turn, collection_id: int, topic: str, page: int) -> None:
    """Put a topic into the rule or take it out."""
    collection = await own(turn, collection_id)
    if collection is None:
        return
    rule = await _rule(turn, collection)
    if topic in rule.topics:
        topics = tuple(one for one in rule.topics if one != topic)
    elif topic not in turn.taxonomy.topics:
        await toast(turn, turn.texts("chat.button.old"), alert=True)
        return
    elif len(rule.topics) >= MOST_TOPICS:
        await toast(turn, turn.texts("chat.rule.too_many", limit=MOST_TOPICS), alert=True)
        return
    else:
        topics = (*rule.topics, topic)
    await _set(turn, replace(rule, topics=topics))
    await show_topics(turn, collection_id, page)


async def show_columns(turn: Turn, collection_id: int) -> None:
    """Show the columns, that of the rule with ✓."""
    collection = await own(turn, collection_id)
    if collection is None:
        return
    rule = await _rule(turn, collection)
    buttons = [
        ticked(
            f"{column.emoji} {column.name(turn.lang)}",
            "rpick",
            collection_id,
            column.id,
            on=column.id == rule.column,
        )
        for column in turn.taxonomy.columns.values()
    ]
    any_column = ticked(
        turn.texts("chat.rule.any_column"), "rpick", collection_id, "", on=not rule.column
    )
    back = act(turn.texts("chat.rule.ready"), "rule", collection_id)
    text = turn.texts("chat.rule.choose_column", name=quoted(collection.name))
    await show(turn, Message(text, (*grid(buttons), (any_column,), (back,))))


async def pick_column(turn: Turn, collection_id: int, column: str) -> None:
    """Keep the rule to one column, or ("") to none in particular."""
    collection = await own(turn, collection_id)
    if collection is None:
        return
    if column and column not in turn.taxonomy.columns:
        await toast(turn, turn.texts("chat.button.old"), alert=True)
        return
    rule = await _rule(turn, collection)
    await _set(turn, replace(rule, column=column))
    await show(turn, await rule_message(turn, collection))


async def _set(turn: Turn, rule: Rule) -> None:
    """Keep the rule; one that says nothing is none."""
    if _is_empty(rule):
        await turn.storage.rules.remove(turn.subscriber.id, rule.collection_id)
    else:
        await turn.storage.rules.set(turn.subscriber.id, rule, turn.now)


# --- pausing, removing, looking back -----------------------------------------------------


async def set_state(turn: Turn, collection_id: int, state: str) -> None:
    """Pause, resume or remove a rule, or let it look back at the last 30 days."""
    collection = await own(turn, collection_id)
    if collection is None:
        return
    rule = await _rule(turn, collection)
    if _is_empty(rule) or state not in {"pause", "resume", "remove", "back"}:
        await toast(turn, turn.texts("chat.button.old"), alert=True)
        return
    top = ""
    if state == "remove":
        await turn.storage.rules.remove(turn.subscriber.id, collection_id)
    elif state == "back":
        count = await _look_back(turn, rule)
        key = "chat.rule.looked_back" if count else "chat.rule.nothing_back"
        top = turn.texts.n(key, count)
    else:
        await _set(turn, replace(rule, paused=state == "pause"))
    await show(turn, await rule_message(turn, collection, top))


async def _look_back(turn: Turn, rule: Rule) -> int:
    """Save what the rule would have saved in the last 30 days, the newest first."""
    since = turn.now - LOOK_BACK
    found = {signal.id: signal for signal in await _candidates(turn, rule)}
    fitting = [one for one in found.values() if one.when >= since and fits(rule, one)]
    newest = sorted(fitting, key=lambda one: (one.when, one.id), reverse=True)[:MOST_BACK]
    matches = [Match(rule.collection_id, signal.id) for signal in newest]
    saved = await turn.storage.rules.save(matches, turn.now, most_saved=MOST_SAVED)
    return len(saved)


async def _candidates(turn: Turn, rule: Rule) -> list[Signal]:
    """Live signals among which those that fit must be: by topic, by word, by column."""
    since = turn.now - LOOK_BACK
    storage = turn.storage
    if not (rule.words or rule.topics):
        return list(
            await storage.signals.latest(column=rule.column, since=since, limit=_CANDIDATES)
        )
    found: list[Signal] = []
    if rule.topics:
        found += await storage.rules.of_topics(rule.topics, since, _CANDIDATES)
    for word in rule.words:
        # In quotes: the letters of one word side by side, as the rule means it.
        for spelling in {word, fold(word)}:
            found += await storage.search.find(
                f'"{spelling}"', column=rule.column or None, limit=_CANDIDATES
            )
    return found
