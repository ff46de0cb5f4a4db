"""What the staff is told about sources that fell ill, or are well again."""

from collections.abc import Mapping, Sequence
from typing import Any

from digest.model import Button, Message
from digest.render import cut
from digest.texts import Texts
from handlers.admin.doubts import doubt_message
from handlers.admin.sources.listing import View
from handlers.admin.sources.words import reason_words
from handlers.admin.troublecards import trouble_message
from handlers.cards import quoted
from handlers.keyboards import act

# More of them stand on the list, which a button opens.
_NAMED = 8
_TITLE_UNITS = 60


def news_message(texts: Texts, news: Mapping[str, Any]) -> Message:
    """The message that `news` (plain data of storage/source_news.py) makes."""
    if "troubles" in news:
        return trouble_message(texts, news["troubles"])
    if "doubts" in news:
        return doubt_message(texts, news["doubts"])
    if "outage" in news:
        key = f"chat.source.news.{news['outage']}"
        text = texts(key, unreached=news["unreached"], polled=news["polled"])
        return Message(text, (_list_row(texts),))
    told = [one for one in news["sources"] if len(one) == 4]  # noqa: PLR2004  id, title, event, reason
    back = [one for one in told if one[2] == "back"]
    ill = [one for one in told if one[2] != "back"]
    lines: list[str] = []
    if ill:
        lines.append(texts.n("chat.source.news.sick", len(ill)))
        lines += [_ill_line(texts, one) for one in ill[:_NAMED]]
        lines += _more(texts, ill)
    if back:
        lines += (
            ["", texts.n("chat.source.news.back", len(back))]
            if ill
            else [texts.n("chat.source.news.back", len(back))]
        )
        lines += [f"· <b>{_title(one)}</b>" for one in back[:_NAMED]]
        lines += _more(texts, back)
    return Message("\n".join(lines), _rows(texts, ill, back))


def _title(one: Sequence[Any]) -> str:
    return quoted(cut(str(one[1]), _TITLE_UNITS))


def _ill_line(texts: Texts, one: Sequence[Any]) -> str:
    return texts(
        "chat.source.news.line", title=_title(one), reason=quoted(reason_words(one[3], texts))
    )


def _more(texts: Texts, some: Sequence[Any]) -> list[str]:
    further = len(some) - _NAMED
    return [texts.n("chat.source.news.more", further)] if further > 0 else []


def _rows(texts: Texts, ill: Sequence[Any], back: Sequence[Any]) -> tuple[tuple[Button, ...], ...]:
    """One source: what can be done about it; several: each to be opened, and the list."""
    if len(ill) == 1 and not back:
        number = int(ill[0][0])
        return (
            (
                act(texts("chat.draft.open"), "source", number, "card"),
                act(texts("chat.source.do.poll"), "tend", number, "poll", ""),
                act(texts("chat.source.do.pause"), "tend", number, "pause", ""),
            ),
        )
    named = [*ill[:_NAMED], *back[: _NAMED if not ill else 0]]
    rows = tuple((act(str(one[1]), "source", int(one[0]), "card"),) for one in named)
    return (*rows, _list_row(texts)) if len(named) > 1 else rows


def _list_row(texts: Texts) -> tuple[Button, ...]:
    return (act(texts("chat.source.list.open"), "sources", str(View()), 0),)
