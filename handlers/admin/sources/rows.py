"""What can be said to the bot about sources: commands, buttons, typed answers, files."""

from digest.regexes import regex
from handlers.admin.sources import adding, bringing, card, changing, listing
from handlers.context import Turn
from handlers.dispatch import Answered, Command, Deed, Group, Listener
from handlers.guards import Permission
from handlers.replies import say

_VALUE = regex(r"(d?)(\d{1,18})_(\w+)")
_VIEWER, _EDITOR = Permission.VIEWER, Permission.EDITOR


async def take_answer(turn: Turn, value: str, typed: str) -> None:
    """A typed answer about a source, about one that is not saved yet, or a new one."""
    found = _VALUE.fullmatch(value)
    if found is None:
        await say(turn, turn.texts("chat.button.old"))
    elif found[1]:
        await adding.take_typed(turn, int(found[2]), found[3], typed)
    elif found[3] == "add":
        await adding.begin(turn, typed.strip())
    else:
        await changing.take_value(turn, int(found[2]), found[3], typed)


async def ask(turn: Turn, source_id: int, field: str) -> None:
    """Ask for what is typed: a value of a source, or what shall become a new one."""
    if field == "add":
        await adding.ask_new(turn)
    else:
        await changing.ask_source(turn, source_id, field)


COMMANDS = (
    Command("sources", listing.sources, _VIEWER, aliases=("信源列表",), group=Group.DESK),
    Command("source", adding.source, _EDITOR, aliases=("信源",), group=Group.DESK),
)

DEEDS = {
    "sources": Deed(listing.show_list, _VIEWER),
    "srcsift": Deed(listing.show_filters, _VIEWER),
    "source": Deed(card.open_card, _VIEWER),
    "tend": Deed(changing.tend, _EDITOR),
    "ask_source": Deed(ask, _EDITOR),
    "draft": Deed(adding.draft, _EDITOR),
    "import": Deed(bringing.carry_out, _EDITOR),
}

ANSWER = Answered(take_answer, _EDITOR)

LISTENER = Listener(bringing.hears, bringing.take_file)
