"""/source: whatever may be a source is tried at once, shown, and saved when an editor says so.

Whatever is decided is kept in storage (storage/source_drafts.py), so that several editors may
work on one message, and a restart loses nothing.
"""

import re
from dataclasses import replace
from typing import Any

from digest.model import FullText, HotList, Message, Recipe, Source, SourceKind, SourceSpec
from digest.regexes import regex
from digest.sources.drafts import KeptTrial, spec_data
from digest.sources.drafts import spec_of as kept_spec
from digest.sources.services import as_url
from digest.sources.shelving import FALLBACK_COLUMN, key_of
from handlers.admin.sources import bringing
from handlers.admin.sources.draftcards import draft_message
from handlers.admin.sources.listing import View, list_message
from handlers.admin.sources.reading import poll_saved
from handlers.admin.sources.words import LANGS
from handlers.arguments import plain
from handlers.cards import quoted
from handlers.context import Turn
from handlers.keyboards import act
from handlers.prompts import SOURCE, Prompt, put_question
from handlers.replies import say, show, toast
from storage import DraftState, DuplicateSource, NotFound, SourceDraft
from storage.source_drafts import Where

LONGEST_WORDS = 2_000
_TITLE_LIMIT = 120
_LONGEST_SELECTOR = 300

_ADD = frozenset({"add", "new", "+", "添加", "新增", "增加", "加"})
_IMPORT = frozenset({"import", "opml", "导入"})
_EXPORT = frozenset({"export", "导出"})
_HANDLE = regex(r"@\w+|r/\w+")
_FIELD_NAMES = {
    **dict.fromkeys(("items", "item", "list", "entries", "条目", "列表", "项"), "items"),
    **dict.fromkeys(("title", "标题"), "title"),
    **dict.fromkeys(("link", "url", "href", "链接", "网址"), "link"),
    **dict.fromkeys(("date", "time", "日期", "时间"), "date"),
    **dict.fromkeys(("summary", "text", "摘要", "正文"), "summary"),
    **dict.fromkeys(("author", "作者"), "author"),
    **dict.fromkeys(("zone", "时区"), "zone"),
    **dict.fromkeys(("include", "only", "只要"), "include"),
}
_FIELD = regex(r"\s*([a-z]{3,8}|[\u4e00-\u9fff]{1,3})\s*[:=：＝]\s*(.*)", re.IGNORECASE)
_PAGES = frozenset({"", "column", "lang", "text", "hot"})


async def source(turn: Turn) -> None:
    """/source add …, import, export; other words look for a source, an address is tried."""
    verb, _, rest = turn.words.strip().partition(" ")
    first, _, more = turn.words.strip().partition("\n")
    if "\n" in turn.words and first.casefold() in _ADD:
        verb, rest = first, more
    if verb.casefold() in _ADD:
        await _add(turn, rest.strip())
    elif verb.casefold() in _IMPORT:
        await bringing.bring(turn, rest.strip())
    elif verb.casefold() in _EXPORT:
        await bringing.export(turn)
    elif is_address(turn.words.strip()):
        await _add(turn, turn.words.strip())
    elif turn.words.strip():
        await say(turn, await list_message(turn, View(words=plain(turn.words)[:9]), 0))
    else:
        listed = act(turn.texts("chat.source.list.open"), "sources", str(View()), 0)
        new = act(turn.texts("chat.draft.new"), "ask_source", 0, "add")
        await say(turn, Message(turn.texts("chat.source.how"), ((new, listed),)))


def is_address(said: str) -> bool:
    """Whether words are where something is: a host, a link in some text, @name or r/name."""
    if "://" in said:
        return True
    words = said.split(maxsplit=1)
    return len(words) == 1 and ("." in said[1:-1] or _HANDLE.fullmatch(said) is not None)


async def ask_new(turn: Turn) -> None:
    """Ask for whatever shall become a source."""
    await put_question(
        turn,
        Prompt(SOURCE, "0_add"),
        turn.texts("chat.draft.ask"),
        turn.texts("chat.draft.ask_hint"),
    )


async def _add(turn: Turn, words: str) -> None:
    replied = turn.message.reply_to_message if turn.message else None
    if not words and replied is not None:
        words = (replied.text or "").strip()
    if not words:
        await ask_new(turn)
        return
    await begin(turn, words)


async def begin(turn: Turn, words: str, **more: Any) -> None:
    """Keep what is wanted and let it be tried."""
    work = turn.services.source_work
    if work is None:
        await say(turn, turn.texts("chat.draft.off"))
        return
    await turn.storage.source_drafts.begin(here(turn), words[:LONGEST_WORDS], turn.now, **more)
    work.wake()


async def begin_readdress(turn: Turn, source: Source, words: str) -> None:
    """Try another address for a source; nothing changes before it was seen and saved."""
    await begin(turn, words, replaces_id=source.id)


def here(turn: Turn) -> Where:
    """The chat that the turn is in."""
    return Where(turn.subscriber.chat_id, turn.subscriber.thread_id, turn.lang)


# --- buttons ------------------------------------------------------------------------------


async def draft(turn: Turn, draft_id: int, what: str, value: str) -> None:
    """Carry out a button under a source that is not saved yet."""
    found = await turn.storage.source_drafts.get(draft_id)
    if found is None or not _at_home(turn, found):
        await toast(turn, turn.texts("chat.button.old"), alert=True)
    elif what == "revive" and found.state is DraftState.DROPPED:
        await begin(turn, found.words, replaces_id=found.replaces_id)
    elif found.state in {DraftState.SAVED, DraftState.DROPPED}:
        await toast(turn, turn.texts(f"chat.draft.already.{found.state}"), alert=True)
        await show(turn, draft_message(turn.rendering, found))
    elif what == "drop":
        await _drop(turn, found)
    elif found.state is DraftState.TRYING:
        await toast(turn, turn.texts("chat.draft.still_trying"))
    else:
        await _carry_out(turn, found, what, value)


def _at_home(turn: Turn, draft: SourceDraft) -> bool:
    """Whether the button was tapped where the draft is talked about."""
    return draft.where.chat_id == turn.subscriber.chat_id


async def _carry_out(turn: Turn, draft: SourceDraft, what: str, value: str) -> None:
    kept = KeptTrial(draft.trial, draft.edits)
    if what == "again":
        await _again(turn, draft, None)
    elif what == "recipe":
        await _ask_recipe(turn, draft, kept, value)
    elif kept.proposal is None:
        await toast(turn, turn.texts("chat.button.old"), alert=True)
    elif what == "page" and value in _PAGES:
        await show(turn, draft_message(turn.rendering, draft, value))
    elif what == "title":
        await _ask(turn, draft, "title", kept.proposal.spec.title)
    elif what == "save" and not kept.known:
        await _save(turn, draft, kept.proposal.spec)
    else:
        edits = _edit(turn, kept, what, value)
        if edits is None:
            await toast(turn, turn.texts("chat.button.old"), alert=True)
            return
        await _change(turn, draft, **edits)


def _edit(turn: Turn, kept: KeptTrial, what: str, value: str) -> dict[str, Any] | None:
    """The change behind a button; None for one that was made up."""
    if what == "choose" and value.isdecimal() and int(value) < len(kept):
        # What was changed was meant for the one that was looked at.
        return {"chosen": int(value), "title": None}
    allowed = {
        "column": turn.taxonomy.columns,
        "lang": {*LANGS, ""},
        "full_text": set(FullText),
        "hot": set(HotList),
    }
    return {what: value} if value in allowed.get(what, ()) else None


async def _change(turn: Turn, draft: SourceDraft, **edits: Any) -> None:
    changed = await turn.storage.source_drafts.change(draft.id, **edits)
    if changed is None:
        await toast(turn, turn.texts("chat.button.old"), alert=True)
        return
    await show(turn, draft_message(turn.rendering, changed))


async def _drop(turn: Turn, draft: SourceDraft) -> None:
    await turn.storage.source_drafts.end(draft.id, DraftState.DROPPED, turn.actor)
    await show(turn, draft_message(turn.rendering, replace(draft, state=DraftState.DROPPED)))


async def _again(turn: Turn, draft: SourceDraft, asked: SourceSpec | None) -> None:
    """Let it be tried once more; its message shows that."""
    work = turn.services.source_work
    if work is None:
        await toast(turn, turn.texts("chat.draft.off"), alert=True)
        return
    await turn.storage.source_drafts.again(draft.id, turn.now, spec_data(asked) if asked else None)
    work.wake()


async def _save(turn: Turn, draft: SourceDraft, spec: SourceSpec) -> None:
    acts = turn.storage.source_acts
    try:
        if draft.replaces_id is None:
            done = await acts.add(spec, turn.now, actor=turn.actor)
        else:
            done = await acts.edit(
                draft.replaces_id,
                actor=turn.actor,
                now=turn.now,
                url=spec.url,
                kind=spec.kind,
                recipe=spec.recipe,
                headers=spec.headers,
            )
    except (DuplicateSource, NotFound) as error:
        await _lost(turn, draft, error)
        return
    await turn.storage.source_drafts.end(draft.id, DraftState.SAVED, turn.actor, done.source.id)
    ended = replace(draft, state=DraftState.SAVED, source_id=done.source.id)
    message = draft_message(turn.rendering, ended)
    if done.entry is not None:
        undo = act(turn.texts("chat.takeback.this"), "takeback", done.entry.id)
        message = replace(message, buttons=((undo,), *message.buttons))
    await show(turn, message)
    await poll_saved(turn, done.source, message)


async def _lost(turn: Turn, draft: SourceDraft, error: Exception) -> None:
    """Somebody was first: the same address is a source by now."""
    if not isinstance(error, DuplicateSource):
        await toast(turn, turn.texts("chat.button.old"), alert=True)
        return
    held = error.existing
    await turn.storage.source_drafts.end(draft.id, DraftState.SAVED, turn.actor, held.id)
    await toast(turn, turn.texts("chat.draft.already_there", name=held.spec.title), alert=True)
    ended = replace(draft, state=DraftState.SAVED, source_id=held.id)
    await show(turn, draft_message(turn.rendering, ended))


# --- what is typed ------------------------------------------------------------------------


async def _ask(turn: Turn, draft: SourceDraft, field: str, hint: str) -> None:
    await toast(turn)
    await put_question(
        turn,
        Prompt(SOURCE, f"d{draft.id}_{field}"),
        turn.texts(f"chat.draft.type.{field}"),
        hint,
    )


async def _ask_recipe(turn: Turn, draft: SourceDraft, kept: KeptTrial, value: str) -> None:
    """Ask where in a page or a JSON list the entries are."""
    proposal = kept.proposal
    kind = proposal.spec.kind.value if proposal else value
    if kind not in {SourceKind.PAGE, SourceKind.JSON}:
        await toast(turn, turn.texts("chat.button.old"), alert=True)
        return
    now = proposal.spec.recipe if proposal else Recipe()
    hint = "; ".join(
        f"{name}: {text}" for name in ("items", "title", "link") if (text := getattr(now, name))
    )
    await _ask(turn, draft, f"recipe_{kind}", hint or turn.texts(f"chat.draft.hint.{kind}"))


async def take_typed(turn: Turn, draft_id: int, field: str, typed: str) -> None:
    """Take what was typed for a source that is not saved yet."""
    found = await turn.storage.source_drafts.get(draft_id)
    if found is None or found.state is not DraftState.READY or not _at_home(turn, found):
        await say(turn, turn.texts("chat.button.old"))
    elif field == "title":
        title = plain(typed)[:_TITLE_LIMIT]
        changed = await turn.storage.source_drafts.change(found.id, title=title or None)
        if changed is not None:
            await say(turn, draft_message(turn.rendering, changed))
    elif field in {"recipe_page", "recipe_json"}:
        await _take_recipe(turn, found, SourceKind(field.removeprefix("recipe_")), typed)
    else:
        await say(turn, turn.texts("chat.button.old"))


async def _take_recipe(turn: Turn, draft: SourceDraft, kind: SourceKind, typed: str) -> None:
    recipe = read_recipe(typed)
    spec = _spec_to_try(draft, kind)
    if recipe is None or spec is None:
        await say(turn, turn.texts("chat.source.unread", typed=quoted(plain(typed)[:60])))
        return
    await turn.storage.source_drafts.set_message(draft.id, None)  # what comes of it comes below
    await _again(turn, draft, replace(spec, kind=kind, recipe=recipe))


def _spec_to_try(draft: SourceDraft, kind: SourceKind) -> SourceSpec | None:
    """What a recipe is tried on: the chosen proposal, else the page on which nothing was found."""
    kept = KeptTrial(draft.trial, draft.edits)
    if kept.proposal is not None:
        return kept.proposal.spec
    if draft.asked:
        return kept_spec(draft.asked)
    url = (kept.refusal.url if kept.refusal else "") or as_url(draft.words)
    if not url:
        return None
    return SourceSpec(key_of(url), url, url, FALLBACK_COLUMN, "", kind=kind)


def read_recipe(typed: str) -> Recipe | None:
    """The recipe in lines of "field: where"; a line without a field says where the items are."""
    given: dict[str, str] = {}
    for line in map(str.strip, re.split(r"[\n;；]", typed)):
        if not line:
            continue
        found = _FIELD.fullmatch(line)
        name = _FIELD_NAMES.get(found[1].casefold()) if found else None
        if name is None:
            name, value = "items", line
        else:
            value = found[2] if found else ""
        if name in given or len(value) > _LONGEST_SELECTOR:
            return None
        given[name] = value.strip()
    return Recipe(**given) if given.get("items") else None
