"""/follow, /mute and /unfollow: columns, topics, sources and words by name.

A name that means several things is asked about by buttons; one that means nothing else is a word.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from digest.model import Message
from digest.regexes import regex
from digest.text.folding import small
from digest.translation.script import simplified
from digest.words import fold, is_word
from handlers.arguments import plain, read_word
from handlers.cards import quoted
from handlers.context import Turn
from handlers.keyboards import act
from handlers.replies import say, show, toast
from handlers.subscriptions import change_wishes_to, what_next
from handlers.wish_lists import DEEDS, dropped_line, label_of, list_message
from handlers.wish_names import MOST, Deed, added, dropped, has, kind_of, names_of, value_of

_AT_ONCE = 10
_NEAR = 4
_BETWEEN = regex(r"[,，、;；\n]+")
_KINDS = {
    "栏目": "column",
    "欄目": "column",
    "column": "column",
    "话题": "topic",
    "話題": "topic",
    "topic": "topic",
    "来源": "source",
    "來源": "source",
    "信源": "source",
    "source": "source",
    "词": "word",
    "詞": "word",
    "关键词": "word",
    "關鍵詞": "word",
    "word": "word",
    "words": "word",
}
# "source code" is a word: an English name of a kind needs its colon.
_SPELT = "|".join(sorted(_KINDS, key=len, reverse=True))
_KIND = regex(rf"({_SPELT})(?:(?<=[\u4e00-\u9fff])\s+|\s*[:：]\s*)(.+)", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a typed name may mean: `exact` names of that very name, and `near` ones."""

    typed: str
    exact: tuple[str, ...]
    near: tuple[str, ...] = ()


async def follow(turn: Turn) -> None:
    """Follow what was named; without a name show what is followed."""
    await _named(turn, "follow")


async def mute(turn: Turn) -> None:
    """Mute what was named; without a name show what is muted."""
    await _named(turn, "mute")


async def unfollow(turn: Turn) -> None:
    """Stop following or muting what was named."""
    names = read_names(turn.words)
    if not names:
        await say(turn, await list_message(turn, "follow"))
        return
    lines = [await _forget(turn, kind, typed) for kind, typed in names]
    lines.append(what_next(turn.texts, turn.subscription, turn.now))
    await say(turn, "\n".join(lines))


async def want(turn: Turn, deed: str, name: str) -> None:
    """Carry out the choice between several meanings of a name."""
    for known in DEEDS:
        if deed == known and await exists(turn, name):
            line = await add(turn, known, name)
            await show(turn, await list_message(turn, known, confirmed=line))
            return
    await toast(turn, turn.texts("chat.button.old"), alert=True)


async def add_typed(turn: Turn, deed: Deed, typed: str) -> None:
    """Follow or mute what was typed: several names apart by commas, each of any kind."""
    names = read_names(typed)
    lines: list[str] = []
    asked: list[Meaning] = []
    for kind, name in names:
        meaning = await meaning_of(turn, kind, name)
        if len(meaning.exact) == 1:
            lines.append(await add(turn, deed, meaning.exact[0]))
        elif meaning.exact:
            asked.append(meaning)
        else:
            lines.append(turn.texts("chat.wish.bad", typed=quoted(name[:40])))
        if len(names) == 1 and len(meaning.exact) == 1 and meaning.near:
            asked.append(meaning)
    if lines:
        await say(turn, await list_message(turn, deed, confirmed="\n".join(lines)))
    for meaning in asked:
        await say(turn, await _asking(turn, deed, meaning))


async def add(turn: Turn, deed: Deed, name: str) -> str:
    """Follow (or mute) `name` and return the line (HTML) that says what that means."""
    wishes = turn.subscription.wishes
    label = quoted(await label_of(turn, name))
    if has(wishes, deed, name):
        return turn.texts(f"chat.wish.{deed}.already", name=label)
    if len(names_of(wishes, deed)) >= MOST:
        return turn.texts("chat.wish.too_many", limit=MOST)
    narrowed = deed == "follow" and wishes.everything
    await change_wishes_to(turn, added(wishes, deed, name))
    key = "chat.wish.follow.narrowed" if narrowed else f"chat.wish.{deed}.added"
    if deed == "mute" and not wishes.everything and turn.subscription.wishes.everything:
        key = "chat.wish.mute.widened"
    return turn.texts(key, name=label, score=turn.subscription.wishes.min_score)


def read_names(typed: str) -> tuple[tuple[str, str], ...]:
    """The names, at most ten, each with the kind that was last said before it ("" for none)."""
    kind = ""
    found: dict[tuple[str, str], None] = {}
    for part in _BETWEEN.split(typed):
        name = part.strip()
        if said := _KIND.fullmatch(name):
            kind, name = _KINDS[small(said[1])], said[2]
        if name := plain(name):
            found[kind, name] = None
    return tuple(found)[:_AT_ONCE]


async def meaning_of(turn: Turn, kind: str, typed: str) -> Meaning:
    """What `typed` may mean, of one `kind` or ("") of any."""
    exact: list[str] = []
    near: list[str] = []
    exact.extend(_shelves(turn, kind, typed))
    if kind in {"", "source"}:
        same, alike = await _sources(turn, typed)
        exact.extend(same)
        near.extend(alike)
    if kind in {"", "topic"} and not exact:
        near.extend(f"topic:{topic.id}" for topic in turn.taxonomy.suggest_topics(typed, 2, 85))
    word = read_word(typed) if is_word(typed) else None
    if word and not kind and len(exact) == 1 and not _is_own_name(turn, exact[0], typed):
        near.append(word)
    if kind == "word" or (not kind and not exact):
        exact = [word] if word else []
    elif not exact and near:  # a kind was said, but its name is only nearly right
        exact, near = near, []
    return Meaning(typed, tuple(exact[:_NEAR]), tuple(near[:_NEAR]))


def _shelves(turn: Turn, kind: str, typed: str) -> list[str]:
    """The column and the topic called `typed`, in simplified or traditional characters."""
    taxonomy = turn.taxonomy
    spellings = (typed, simplified(typed), simplified(typed, words=True))
    columns = (taxonomy.find_column(spelling) for spelling in spellings)
    topics = (taxonomy.find_topic(spelling) for spelling in spellings)
    column, topic = next(filter(None, columns), None), next(filter(None, topics), None)
    found = []
    if column is not None and kind in {"", "column"}:
        found.append(f"column:{column.id}")
    if topic is not None and kind in {"", "topic"}:
        found.append(f"topic:{topic.id}")
    return found


def _is_own_name(turn: Turn, name: str, typed: str) -> bool:
    """Whether a column or topic is called just so, not only known by that name too."""
    shelf = turn.taxonomy.columns if kind_of(name) == "column" else turn.taxonomy.topics
    found = shelf.get(value_of(name))
    return found is None or fold(typed) in {fold(found.id), fold(found.zh), fold(found.en)}


async def _sources(turn: Turn, typed: str) -> tuple[list[str], list[str]]:
    """The sources called `typed`, and those whose name has it in it."""
    wanted = fold(typed)
    same: list[str] = []
    alike: list[str] = []
    for source in await turn.storage.sources.all():
        title = fold(source.spec.title)
        if wanted in {title, fold(source.spec.key)}:
            same.append(f"source:{source.id}")
        elif wanted in title:
            alike.append(f"source:{source.id}")
    return same, alike


async def _named(turn: Turn, deed: Deed) -> None:
    if plain(turn.words):
        await add_typed(turn, deed, turn.words)
    else:
        await say(turn, await list_message(turn, deed))


async def _asking(turn: Turn, deed: Deed, meaning: Meaning) -> Message:
    """Ask which of several meanings is meant; the word itself is always one of them."""
    choices: Sequence[str] = (*meaning.exact, *meaning.near)
    word = read_word(meaning.typed) if is_word(meaning.typed) else None
    if word and word not in choices:
        choices = (*choices, word)
    wishes = turn.subscription.wishes
    rows = [
        (act(await _choice(turn, name), "want", deed, name),)
        for name in choices
        if not has(wishes, deed, name)
    ]
    key = "chat.wish.which" if len(meaning.exact) > 1 else "chat.wish.also"
    return Message(turn.texts(key, typed=quoted(meaning.typed[:40])), tuple(rows))


async def _choice(turn: Turn, name: str) -> str:
    label = await label_of(turn, name)
    return turn.texts("chat.mute.word", name=label) if kind_of(name) == "word" else label


async def _forget(turn: Turn, kind: str, typed: str) -> str:
    """Drop what `typed` means from the follows, else from the mutes; the line that says so."""
    meaning = await meaning_of(turn, kind, typed)
    names = [*meaning.exact, *([word] if (word := read_word(typed)) else [])]
    for deed in DEEDS:
        for name in names:
            wishes = turn.subscription.wishes
            if has(wishes, deed, name):
                await change_wishes_to(turn, dropped(wishes, deed, name))
                return dropped_line(turn, deed, await label_of(turn, name))
    return turn.texts("chat.wish.unknown", typed=quoted(typed[:40]))


async def exists(turn: Turn, name: str) -> bool:
    """Whether there is what a button names: forged ones name anything."""
    kind, _, value = name.partition(":")
    match kind_of(name):
        case "column":
            return value in turn.taxonomy.columns
        case "topic":
            return value in turn.taxonomy.topics
        case "source":
            return value.isdecimal() and await turn.storage.sources.get(int(value)) is not None
        case _:
            return is_word(name) and read_word(name) == name and kind == name
