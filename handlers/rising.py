"""How things stand, for whatever in chat tells of them: asked of storage once a minute."""

from digest.render.fit import escape
from digest.render.lines import SEPARATOR
from digest.render.trendwords import facts, phase_words
from digest.trends import Phase, TrendKind, Trends
from digest.trends.board import Span
from handlers.context import Turn

_UNTOLD = {Phase.STEADY, Phase.UNKNOWN}


async def report_of(turn: Turn) -> Trends:
    """The report of this minute."""

    async def look() -> Trends:
        return await turn.services.memory.recall(
            "trends", turn.now, lambda: turn.storage.trends.report(turn.now)
        )

    # Those who come while it is made wait for it instead of each making their own.
    return await turn.services.shared.ask("trends", look)


async def standing_line(turn: Turn, topic: str) -> str:
    """How a topic stands, in one line of Telegram HTML; "" while it is as usual."""
    report = await report_of(turn)
    trend = report.find(TrendKind.TOPIC, topic)
    if trend is None or trend.phase in _UNTOLD:
        return ""
    said = facts(trend, Span.DAY, turn.rendering, named=True)
    sign = "📈" if trend.phase.is_high else "📉"
    return escape(SEPARATOR.join((f"{sign} {phase_words(trend, turn.texts)}", *said)))
