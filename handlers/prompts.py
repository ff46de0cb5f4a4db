"""Questions whose answers are typed: which question a reply answers stands in the question itself.

Nothing is kept between the two messages, so an answer is understood after a restart and on
another machine too. The question carries a link to ourselves, t.me/<bot>?start=a_zone, that
Telegram gives back with the reply.
"""

from dataclasses import dataclass

from telegram import Message
from telegram.constants import MessageEntityType

from digest.regexes import regex
from handlers.context import Turn
from handlers.replies import ask

# What may be asked: a settings field, a new collection (for a signal), a collection's new name.
# Each is one letter; who takes its answer stands in handlers/registry.py.
FIELD, FRESH, RENAME, FLAW = "a", "n", "r", "f"
# A note on a saved signal, words to seek in a collection, words of an automatic rule.
NOTE, SEEK, RULE = "m", "k", "w"
# New words for a field of a signal, a time, a story.
EDIT, PIN, WHEN, STORY = "e", "q", "z", "y"
# Words for an announcement's draft; what only owners may answer about one.
BROADCAST, ORDER = "b", "o"
# A post, or one thing that is set for it.
POST = "p"
# Why a signal is rejected; a number of a publishing policy.
VETO, POLICY = "v", "j"
# A value of a source, of one that is not saved yet ("d12_title"), or a new source ("0_add").
SOURCE = "s"
# Something about a column or topic.
SHELF = "x"
# Words for a weekly report: of a line, or a foreword.
WEEKLY = "d"


_SIGN = "✏️"
_QUESTION = regex(r"https://t\.me/\w+\?start=([a-z])_([\w-]{1,60})")


@dataclass(frozen=True, slots=True)
class Prompt:
    """A question: what is asked (`kind`) and what about (`value`: field name or number)."""

    kind: str
    value: str


async def put_question(turn: Turn, prompt: Prompt, text: str, placeholder: str) -> None:
    """Ask `text` (HTML) so that the reply to it can be recognised."""
    link = f"https://t.me/{turn.bot.username}?start={prompt.kind}_{prompt.value}"
    await ask(turn, f'<a href="{link}">{_SIGN}</a> {text}', placeholder)


def answered_prompt(message: Message | None, bot_id: int) -> Prompt | None:
    """The question of ours that `message` replies to, None when it replies to none."""
    question = message.reply_to_message if message else None
    if question is None or question.from_user is None or question.from_user.id != bot_id:
        return None
    # Only a question begins with the sign: in other messages anybody may have written the links.
    if not question.entities or not (question.text or "").startswith(_SIGN):
        return None
    first = question.entities[0]
    if first.type != MessageEntityType.TEXT_LINK or (first.offset, first.length) != (
        0,
        len(_SIGN),
    ):
        return None
    found = _QUESTION.fullmatch(first.url or "")
    return Prompt(found[1], found[2]) if found else None
