"""What is rising, as a message: topics with their last two weeks, stories told more and more."""

from collections.abc import Sequence

from digest.model import Message, Signal
from digest.render.fit import cut, escape
from digest.render.lines import LIST_HEADLINE_UNITS, headline, paragraphs
from digest.render.rendering import Rendering
from digest.render.sparkline import sparkline
from digest.render.wording import in_words_of
from digest.stories import StorySummary
from digest.trends import TopicTrend, TrendReport

_TOPIC_UNITS = 40
_ENOUGH_PAST = 14
_SAID_WHOLE = 10  # from here on tenths of a signal tell nothing


def render_trends(
    report: TrendReport, stories: Sequence[StorySummary], rendering: Rendering
) -> Message:
    """The report in words. Where nothing rises it says so and tells what is busiest."""
    texts = rendering.texts
    told = report.rising or report.busiest
    key = "rising" if report.rising else "calm" if told else "nothing"
    blocks = [f"<b>{escape(texts(f'trends.{key}'))}</b>"]
    blocks.extend(_topic(place, trend, rendering) for place, trend in enumerate(told, 1))
    if told and report.past < _ENOUGH_PAST:
        blocks.append(f"<i>{escape(texts.n('trends.short_past', report.past))}</i>")
    if stories:
        lines = [f"<b>{escape(texts('trends.stories'))}</b>"]
        lines.extend(_story(story, rendering) for story in stories)
        blocks.append("\n".join(lines))
    return Message(paragraphs(blocks))


def _topic(place: int, trend: TopicTrend, rendering: Rendering) -> str:
    texts = rendering.texts
    name = escape(cut(rendering.topic(trend.topic), _TOPIC_UNITS))
    counts = texts.n("trends.count", trend.now)
    usual = texts("trends.usual", usual=usual_words(trend.usual)) if trend.usual else ""
    said = escape(texts("trends.between").join(part for part in (counts, usual) if part))
    return f"{place}. <b>{name}</b>\n<code>{sparkline(trend.spans)}</code>\n{said}"


def usual_words(usual: float) -> str:
    """A mean as people say it: 1.2, 14."""
    return f"{usual:.1f}" if usual < _SAID_WHOLE else f"{usual:.0f}"


def _story(story: StorySummary, rendering: Rendering) -> str:
    texts = rendering.texts
    sources = texts.n("story.sources", story.sources)
    fresh = texts.n("trends.fresh", story.fresh)
    return f"• {story_headline(story.lead, rendering)}\n{escape(f'{sources} · {fresh}')}"


def story_headline(signal: Signal, rendering: Rendering) -> str:
    """A signal's linked headline in the reader's words."""
    return headline(in_words_of(rendering.lang, signal), rendering, LIST_HEADLINE_UNITS)
