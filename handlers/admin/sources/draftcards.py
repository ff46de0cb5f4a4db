"""A source that is not saved yet, as a message: being tried, what was found, what became of it."""

from digest.errors import PollFailure
from digest.model import Button, FullText, HotList, Message, SourceKind, SourceSpec
from digest.render import Rendering, cut
from digest.render.rendering import outside_link
from digest.sources.drafts import KeptTrial
from digest.sources.services import as_url
from digest.sources.trial import Proposal, Refusal, Refused, Sample
from handlers.admin.sources.listing import View
from handlers.admin.sources.words import LANGS, address_link, column_name, lang_name
from handlers.cards import quoted
from handlers.keyboards import Rows, act, grid, ticked
from storage import DraftState, SourceDraft

_TITLE_UNITS = 90
_MOST_PROPOSALS = 8
# Behind which second another word is said about what takes so long.
_STAGES_S = ((3, "opening"), (12, "looking"), (30, "long"))
_BY_HAND = frozenset(
    {Refused.NOTHING_FOUND, PollFailure.NOT_A_FEED, PollFailure.NO_ITEMS, PollFailure.BAD_RECIPE}
)
_FIELDS = ("items", "title", "link", "date", "summary")


def trying_message(rendering: Rendering, draft: SourceDraft, seconds: int) -> Message:
    """That it is being tried, for so long by now."""
    texts = rendering.texts
    stage = next((name for until, name in _STAGES_S if seconds < until), "longest")
    shown = quoted(cut(draft.words, _TITLE_UNITS))
    line = texts(f"chat.draft.trying.{stage}", seconds=seconds)
    drop = act(texts("chat.draft.drop"), "draft", draft.id, "drop", "")
    return Message(f"⏳ {line}\n<code>{shown}</code>", ((drop,),))


def draft_message(rendering: Rendering, draft: SourceDraft, page: str = "") -> Message:
    """A draft as it stands; `page` is what is being chosen for it."""
    texts = rendering.texts
    if draft.state is DraftState.TRYING:
        return trying_message(rendering, draft, 0)
    if draft.state is DraftState.DROPPED:
        again = act(texts("chat.draft.again"), "draft", draft.id, "revive", "")
        shown = quoted(cut(draft.words, _TITLE_UNITS))
        return Message(texts("chat.draft.dropped", words=shown), ((again,),))
    kept = KeptTrial(draft.trial, draft.edits)
    if draft.state is DraftState.SAVED:
        return _saved(rendering, draft, kept)
    proposal = kept.proposal
    if proposal is None:
        return _refused(rendering, draft, kept.refusal)
    if page:
        return _choosing(rendering, draft, proposal, page)
    return Message(
        "\n".join(_found(rendering, kept, proposal)), _rows(rendering, draft, kept, proposal)
    )


# --- what was found -----------------------------------------------------------------------


def _found(rendering: Rendering, kept: KeptTrial, proposal: Proposal) -> list[str]:
    texts, spec = rendering.texts, proposal.spec
    lines = [
        f"🔎 <b>{quoted(cut(spec.title, _TITLE_UNITS))}</b>",
        texts(
            "chat.source.card.what",
            kind=quoted(proposal.service_words(texts)),
            column=column_name(spec, rendering),
            lang=lang_name(spec.lang, texts),
        ),
        address_link(spec),
        *_hot(rendering, spec),
        *_recipe(rendering, proposal),
        "",
        texts.n("chat.draft.entries", proposal.total),
    ]
    lines += samples_of(rendering, proposal)
    if kept.known:
        lines += ["", texts("chat.draft.known", name=quoted(kept.known[1]))]
    return lines


def _hot(rendering: Rendering, spec: SourceSpec) -> list[str]:
    """That its order is a ranking, where it is."""
    texts = rendering.texts
    if spec.hot is HotList.NO:
        return []
    return [texts("chat.source.card.hot", hot=texts(f"chat.source.hot.{spec.hot}"))]


def samples_of(rendering: Rendering, proposal: Proposal) -> list[str]:
    """The newest entries, a line each, and what should be known of them."""
    lines = [
        f"{number}. {_sample(rendering, sample)}"
        for number, sample in enumerate(proposal.samples, 1)
    ]
    remarks = proposal.remark_words(rendering.texts)
    if remarks:
        lines += ["", *(f"⚠️ {quoted(remark)}" for remark in remarks)]
    return lines


def _recipe(rendering: Rendering, proposal: Proposal) -> list[str]:
    """Where the entries are, for what is read by a recipe."""
    spec, texts = proposal.spec, rendering.texts
    if spec.kind not in {SourceKind.PAGE, SourceKind.JSON}:
        return []
    parts = [
        f"{texts(f'chat.draft.field.{name}')} <code>{quoted(value)}</code>"
        for name in _FIELDS
        if (value := getattr(spec.recipe, name))
    ]
    return [texts("chat.draft.recipe", parts=" · ".join(parts))] if parts else []


def _sample(rendering: Rendering, sample: Sample) -> str:
    texts = rendering.texts
    title = quoted(cut(sample.title, _TITLE_UNITS)) or texts("chat.draft.no_title")
    url = outside_link(sample.url)
    shown = f'<a href="{quoted(url).replace(chr(34), "%22")}">{title}</a>' if url else title
    at = sample.published_at
    return f"{shown} · {rendering.clock(at) if at else texts('chat.draft.no_date')}"


def _rows(rendering: Rendering, draft: SourceDraft, kept: KeptTrial, proposal: Proposal) -> Rows:
    texts = rendering.texts

    def deed(key: str, what: str, value: str = "") -> Button:
        return act(texts(f"chat.draft.{key}"), "draft", draft.id, what, value)

    rows: list[tuple[Button, ...]] = []
    if len(kept) > 1:
        rows += [
            (
                ticked(
                    f"{cut(title, 40)}（{service}）"
                    if texts.lang == "zh"
                    else f"{cut(title, 40)} ({service})",
                    "draft",
                    draft.id,
                    "choose",
                    str(place),
                    on=place == kept.chosen,
                ),
            )
            for place, (title, service) in enumerate(_names(rendering, kept))
        ]
    if kept.known:
        rows.append((act(texts("chat.draft.open"), "source", kept.known[0], "card"),))
    elif draft.replaces_id is not None:
        rows.append((deed("readdress", "save"),))
    else:
        rows += [
            (deed("column", "page", "column"), deed("lang", "page", "lang")),
            (deed("title", "title"), deed("text", "page", "text")),
            (deed("hot", "page", "hot"),),
        ]
    if proposal.spec.kind in {SourceKind.PAGE, SourceKind.JSON}:
        rows.append((deed(f"recipe_{proposal.spec.kind}", "recipe"),))
    if not kept.known and draft.replaces_id is None:
        rows.append((deed("save", "save"),))
    rows.append((deed("again", "again"), deed("drop", "drop")))
    return tuple(rows)


def _names(rendering: Rendering, kept: KeptTrial) -> list[tuple[str, str]]:
    names = [
        (title, rendering.texts(f"kinds.service_{service}"))
        for title, service in zip(kept.titles, kept.services, strict=True)
    ]
    return names[:_MOST_PROPOSALS]


def _choosing(rendering: Rendering, draft: SourceDraft, proposal: Proposal, page: str) -> Message:
    """One thing about it that is chosen from a few."""
    texts, spec = rendering.texts, proposal.spec
    name = f"<b>{quoted(cut(spec.title, _TITLE_UNITS))}</b>"
    if page == "column":
        buttons = [
            ticked(
                f"{column.emoji} {column.name(rendering.lang)}",
                "draft",
                draft.id,
                "column",
                column.id,
                on=column.id == spec.column,
            )
            for column in rendering.taxonomy.columns.values()
        ]
        text = texts("chat.source.ask.column", name=name)
    elif page == "lang":
        buttons = [
            ticked(lang_name(one, texts), "draft", draft.id, "lang", one, on=one == spec.lang)
            for one in (*LANGS, "")
        ]
        text = texts("chat.source.ask.lang", name=name)
    elif page == "hot":
        buttons = [
            ticked(
                texts(f"chat.source.hot.{one}"),
                "draft",
                draft.id,
                "hot",
                one.value,
                on=one is spec.hot,
            )
            for one in HotList
        ]
        means = [texts(f"chat.source.means_hot.{one}") for one in HotList]
        text = "\n".join([texts("chat.source.ask.hot", name=name), "", *means])
    else:
        buttons = [
            ticked(
                texts(f"chat.source.text.{one}"),
                "draft",
                draft.id,
                "full_text",
                one.value,
                on=one is spec.full_text,
            )
            for one in FullText
        ]
        means = [texts(f"chat.source.means.{one}") for one in FullText]
        text = "\n".join([texts("chat.source.ask.text", name=name), "", *means])
    back = act(texts("chat.draft.back"), "draft", draft.id, "page", "")
    return Message(text, (*grid(buttons), (back,)))


# --- ends ---------------------------------------------------------------------------------


def _refused(rendering: Rendering, draft: SourceDraft, refusal: Refusal | None) -> Message:
    """Why nothing can be proposed, and what can be done."""
    texts = rendering.texts
    refusal = refusal or Refusal(Refused.UNAVAILABLE)
    lines = [f"✗ {quoted(refusal.words(texts))}", f"<code>{quoted(cut(draft.words, 200))}</code>"]
    rows: list[tuple[Button, ...]] = []
    if refusal.code in _BY_HAND and (draft.asked or refusal.url or as_url(draft.words)):
        lines += ["", texts("chat.draft.by_hand")]
        rows.append(
            (
                act(texts("chat.draft.recipe_page"), "draft", draft.id, "recipe", "page"),
                act(texts("chat.draft.recipe_json"), "draft", draft.id, "recipe", "json"),
            )
        )
    rows.append(
        (
            act(texts("chat.draft.again"), "draft", draft.id, "again", ""),
            act(texts("chat.draft.drop"), "draft", draft.id, "drop", ""),
        )
    )
    return Message("\n".join(lines), tuple(rows))


def _saved(rendering: Rendering, draft: SourceDraft, kept: KeptTrial) -> Message:
    texts = rendering.texts
    title = kept.titles[kept.chosen] if kept.titles else draft.words
    key = "chat.draft.readdressed" if draft.replaces_id is not None else "chat.draft.saved"
    text = texts(key, name=f"<b>{quoted(cut(title, _TITLE_UNITS))}</b>")
    rows: list[tuple[Button, ...]] = []
    if draft.source_id is not None:
        rows.append((act(texts("chat.draft.open"), "source", draft.source_id, "card"),))
    rows.append((act(texts("chat.source.list.open"), "sources", str(View()), 0),))
    return Message(text, tuple(rows))
