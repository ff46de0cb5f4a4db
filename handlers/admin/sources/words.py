"""Words about sources that several messages share."""

from digest.model import Source, SourceSpec
from digest.render import Rendering
from digest.sources.health import Health, SourceHealth
from digest.texts import Texts
from handlers.cards import quoted
from handlers.linkparts import short_address

MARKS = {
    Health.SICK: "🔴",
    Health.SLOW: "🟡",
    Health.OFF: "⚪️",
    Health.NEW: "🆕",
    Health.WELL: "🟢",
}
LANGS = ("zh", "en")


def reason_words(code: str, texts: Texts) -> str:
    """Why a poll failed, in a few words; the code itself for one that has no words."""
    key = f"bot.reason_{code}"
    return texts(key) if texts.has(key) else code


def health_words(health: SourceHealth, rendering: Rendering) -> str:
    """How a source fares in a line: what, why, since when."""
    texts = rendering.texts
    since = rendering.clock(health.since) if health.since else ""
    if health.health is Health.SICK:
        reason = reason_words(health.reason, texts)
        key = "chat.source.health.sick_since" if since else "chat.source.health.sick"
        return texts(key, reason=quoted(reason), since=since)
    if health.health is Health.SLOW:
        return texts("chat.source.health.slow", since=since)
    if health.health is Health.OFF:
        return texts(f"chat.source.health.off.{health.reason}")
    return texts(f"chat.source.health.{health.health}")


def lang_name(lang: str, texts: Texts) -> str:
    """The name of a language, its code when it has none, "?" when it is not known."""
    key = f"chat.source.lang.{lang}"
    return texts(key) if texts.has(key) else lang or texts("chat.source.lang.none")


def column_name(spec: SourceSpec, rendering: Rendering) -> str:
    """A column with its sign."""
    column = rendering.taxonomy.columns.get(spec.column)
    return f"{column.emoji} {quoted(column.name(rendering.lang))}" if column else spec.column


def address_link(spec: SourceSpec) -> str:
    """The address, short, as a link to all of it (HTML)."""
    href = quoted(spec.url).replace('"', "%22")
    return f'<a href="{href}">{quoted(short_address(spec.url))}</a>'


def name_of(source: Source) -> str:
    """A source's name, safe in HTML."""
    return f"<b>{quoted(source.spec.title)}</b>"
