"""/trends: topics and stories that are told more than usual."""

from dataclasses import replace
from datetime import timedelta

from digest.model import Button
from digest.render import render_trends
from digest.render.wording import in_words_of
from digest.stories import StorySummary
from digest.trends import TopicTrend, TrendReport, trend_report
from handlers.arguments import USUAL_LIST
from handlers.context import Turn
from handlers.keyboards import act, grid
from handlers.lists import shelf_button
from handlers.replies import say

_DAYS = 15  # fourteen of past, and the last 24 hours
_DAY = timedelta(days=1)
_STORIES_LOOKED_AT = 30
_MOST_STORIES = 3
_SEVERAL = 2


async def trends(turn: Turn) -> None:
    """Send what is rising now; when nothing is, say so and what is busiest."""
    memory = turn.services.memory
    report = await memory.recall("trends", turn.now, lambda: _report(turn))
    stories = await memory.recall("moving stories", turn.now, lambda: _moving_stories(turn))
    message = render_trends(report, stories, turn.rendering)
    told = report.rising or report.busiest
    rows: list[tuple[Button, ...]] = list(
        grid(_topic_button(turn, one) for one in told if one.topic in turn.taxonomy.topics)
    )
    rows.extend((_story_button(turn, story),) for story in stories)
    rows.append(
        (
            act(turn.texts("chat.list.shelves"), "topic", 0),
            act(turn.texts("chat.trends.weekly"), "week", ""),
        )
    )
    await say(turn, replace(message, buttons=tuple(rows)))


async def _report(turn: Turn) -> TrendReport:
    return trend_report(await turn.storage.signals.topic_days(_DAYS, turn.now))


async def _moving_stories(turn: Turn) -> tuple[StorySummary, ...]:
    """Stories of several sources that got several signals in the last 24 hours."""
    active = await turn.storage.stories.active(
        turn.now - _DAY, turn.now + _DAY, limit=_STORIES_LOOKED_AT
    )
    moving = [one for one in active if one.sources >= _SEVERAL and one.fresh >= _SEVERAL]
    moving.sort(key=lambda one: (-one.fresh, -one.sources, -one.id))
    return tuple(moving[:_MOST_STORIES])


def _topic_button(turn: Turn, trend: TopicTrend) -> Button:
    name = turn.taxonomy.topics[trend.topic].name(turn.lang)
    return shelf_button(f"t/{trend.topic}", f"{name} · {trend.now}", USUAL_LIST)


def _story_button(turn: Turn, story: StorySummary) -> Button:
    headline = in_words_of(turn.lang, story.lead).brief.headline or story.lead.title
    return act(f"🧵 {headline}", "story", story.id, 0)
