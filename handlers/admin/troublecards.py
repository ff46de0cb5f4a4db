"""What the staff is told when the bot itself is in trouble for long, or well again."""

from collections.abc import Mapping

from digest.model import Message
from digest.texts import Texts

_HOURS_FROM = 120


def trouble_message(texts: Texts, troubles: Mapping[str, Mapping[str, int]]) -> Message:
    """One message for all that began and ended; both by kind with their minutes."""
    lines: list[str] = []
    began, ended = troubles["began"], troubles["ended"]
    if began:
        lines.append(texts("chat.trouble.began"))
        lines += [
            texts(f"chat.trouble.is.{kind}", span=_span(texts, minutes))
            for kind, minutes in began.items()
        ]
    if ended:
        lines += ["", texts("chat.trouble.ended")] if lines else [texts("chat.trouble.ended")]
        lines += [
            texts(f"chat.trouble.was.{kind}", span=_span(texts, minutes))
            for kind, minutes in ended.items()
        ]
    return Message("\n".join(lines))


def _span(texts: Texts, minutes: int) -> str:
    if minutes < _HOURS_FROM:
        return texts.n("chat.trouble.minutes", minutes)
    return texts.n("chat.trouble.hours", round(minutes / 60))
