"""Lists of sources in and out: /source import and export, a pasted OPML file, the buttons of both.

A list is kept when it has come in; what it holds is said before anything of it is tried. Trying
is done by handlers/admin/sources/work.py.
"""

from telegram import Message as ChatMessage
from telegram.error import BadRequest

from digest.errors import SourceError
from digest.model import Message
from digest.sources.lists import MAX_BYTES, FeedList, ListError
from digest.sources.opml import write_opml
from handlers.admin.sources.importcards import (
    REPORTED,
    import_message,
    report_body,
    report_name,
)
from handlers.admin.sources.words import reason_words
from handlers.arguments import plain
from handlers.cards import quoted
from handlers.context import SourceWork, Turn
from handlers.guards import Permission, allowed
from handlers.keyboards import act
from handlers.linkparts import links_in
from handlers.replies import say, say_file, show, toast
from storage import ImportState, NotFound, SourceImport
from storage.source_drafts import Where
from storage.source_imports import Brought

_NAME_LIMIT = 80


def hears(message: ChatMessage) -> bool:
    """Whether a message brings an OPML file."""
    document = message.document
    if document is None:
        return False
    name = (document.file_name or "").casefold()
    return name.endswith(".opml") or "opml" in (document.mime_type or "")


async def take_file(turn: Turn) -> None:
    """An OPML file that was just sent: an editor is offered to import it."""
    if not await allowed(turn, Permission.EDITOR):
        await say(turn, turn.texts("chat.text_only"))
    elif turn.message is not None:
        await _from_message(turn, turn.message)


async def bring(turn: Turn, words: str) -> None:
    """/source import: a file that is replied to, an address, or a list typed right here."""
    message = turn.message
    replied = message.reply_to_message if message else None
    if replied is not None and replied.document is not None:
        await _from_message(turn, replied)
    elif "\n" in words or len(words.split()) > 1:
        await _offer(turn, words.encode(), turn.texts("chat.opml.typed"))
    elif words:
        await _from_address(turn, words)
    elif replied is not None and links_in(replied):
        await _offer(turn, "\n".join(links_in(replied)).encode(), turn.texts("chat.opml.typed"))
    else:
        await say(turn, turn.texts("chat.opml.how"))


async def _from_message(turn: Turn, message: ChatMessage) -> None:
    document = message.document
    if document is None:
        return
    if (document.file_size or 0) > MAX_BYTES:
        await say(turn, _refusal(turn, ListError("size")))
        return
    try:
        file = await turn.bot.get_file(document.file_id)
        body = bytes(await file.download_as_bytearray())
    except BadRequest:  # too large for a bot, or gone from Telegram's servers
        await say(turn, turn.texts("chat.opml.unreachable"))
        return
    await _offer(turn, body, document.file_name or "OPML")


async def _from_address(turn: Turn, url: str) -> None:
    work = turn.services.source_work
    if work is None:
        await say(turn, turn.texts("chat.draft.off"))
        return
    try:
        body = await work.fetch(url if "://" in url else f"https://{url}")
    except SourceError as error:
        reason = quoted(reason_words(error.code, turn.texts))
        await say(turn, turn.texts("chat.opml.not_fetched", reason=reason))
        return
    await _offer(turn, body, url)


async def _offer(turn: Turn, body: bytes, name: str) -> None:
    """Keep the list, say what it holds, and ask."""
    work = turn.services.source_work
    if work is None:
        await say(turn, turn.texts("chat.draft.off"))
        return
    try:
        found = await work.read(body)
    except ListError as error:
        await say(turn, _refusal(turn, error))
        return
    kept = await _keep(turn, found, plain(name)[:_NAME_LIMIT])
    await say(turn, import_message(turn.rendering, kept))


async def _keep(turn: Turn, found: FeedList, name: str) -> SourceImport:
    known = await turn.storage.sources.known(spec.url for spec in found.specs)
    brought = Brought(
        name,
        [spec for spec in found.specs if spec.url not in known],
        [spec for spec in found.specs if spec.url in known],
        [(one.name, one.address) for one in found.unusable],
        found.repeated,
    )
    where = Where(turn.subscriber.chat_id, turn.subscriber.thread_id, turn.lang)
    return await turn.storage.source_imports.ask(where, brought, turn.actor, turn.now)


def _refusal(turn: Turn, error: ListError) -> str:
    return turn.texts("chat.opml.refused", reason=turn.texts(f"bot.list_{error.reason}"))


# --- buttons ------------------------------------------------------------------------------


async def carry_out(turn: Turn, import_id: int, what: str) -> None:
    """Carry out a button under an import."""
    found = await turn.storage.source_imports.get(import_id)
    work = turn.services.source_work
    if found is None or found.where.chat_id != turn.subscriber.chat_id:
        await toast(turn, turn.texts("chat.button.old"), alert=True)
    elif what == "go" and work is not None:
        await _go(turn, found, work)
    elif what == "stop":
        await _stop(turn, found)
    elif what == "report":
        await toast(turn)
        await send_report(turn, found)
    elif what == "back":
        await _take_back(turn, found)
    else:
        await toast(turn, turn.texts("chat.button.old"), alert=True)


async def _go(turn: Turn, found: SourceImport, work: SourceWork) -> None:
    imports = turn.storage.source_imports
    if turn.message is not None and found.state is ImportState.ASKED:
        await imports.set_message(found.id, turn.message.message_id)
    if not await imports.begin(found.id, turn.now):
        await toast(turn, turn.texts(f"chat.opml.already.{found.state}"), alert=True)
    work.wake()
    await _show_again(turn, found.id)


async def _stop(turn: Turn, found: SourceImport) -> None:
    if not await turn.storage.source_imports.stop(found.id, turn.now):
        await toast(turn, turn.texts(f"chat.opml.already.{found.state}"), alert=True)
    # What was found good before is saved all the same: it was wanted.
    await turn.storage.source_acts.save_tried(found.id, actor=found.actor, now=turn.now)
    await _show_again(turn, found.id)


async def _show_again(turn: Turn, import_id: int) -> None:
    found = await turn.storage.source_imports.get(import_id)
    if found is not None:
        await show(turn, import_message(turn.rendering, found))


async def _take_back(turn: Turn, found: SourceImport) -> None:
    """Retire all sources that the import has brought, in one act."""
    try:
        entry, count = await turn.storage.source_acts.take_back(
            found.id, actor=turn.actor, now=turn.now
        )
    except NotFound:
        entry, count = None, 0
    if entry is None:
        await toast(turn, turn.texts("chat.opml.nothing_back"), alert=True)
        return
    undo = act(turn.texts("chat.takeback.this"), "takeback", entry.id)
    await show(turn, Message(turn.texts.n("chat.opml.taken_back", count), ((undo,),)))


async def send_report(turn: Turn, found: SourceImport) -> None:
    """The whole list as a file: what became of each place, and why."""
    rows = await turn.storage.source_imports.rows(found.id, *REPORTED)
    body = report_body(rows, turn.texts)
    await say_file(turn, report_name(found), body, turn.texts("chat.opml.report_caption"))


# --- out ----------------------------------------------------------------------------------


async def export(turn: Turn) -> None:
    """Send all sources as an OPML file, a folder for each column."""
    found = await turn.storage.sources.all()
    name = f"hexin-sources-{turn.today:%Y%m%d}.opml"
    caption = turn.texts.n("chat.opml.exported", len(found))
    await say_file(turn, name, write_opml(found).encode(), caption)
