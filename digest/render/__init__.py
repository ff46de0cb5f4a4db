"""Signals and digests as messages: text in Telegram's HTML and buttons, free of transport.

The same card and the same list line serve pushes, commands and previews, so that a signal looks
the same everywhere.
"""

from digest.render.body import PHOTO, is_caption, marked_again, message_body, preview_of
from digest.render.cards import render_alert, render_card
from digest.render.digests import render_digest
from digest.render.entries import Entries
from digest.render.fit import count_entities, count_units, cut, escape, plain_text, shorten
from digest.render.lists import render_list
from digest.render.look_backs import look_back_title, render_look_back, render_look_backs
from digest.render.rendering import Links, Rendering
from digest.render.stories import Beside, render_stories, render_story
from digest.render.trendalert import render_trend_alert
from digest.render.trends import render_trends, trends_caption
from digest.render.weekly import column_rows, render_weekly, week_days, week_name

__all__ = [
    "PHOTO",
    "Beside",
    "Entries",
    "Links",
    "Rendering",
    "column_rows",
    "count_entities",
    "count_units",
    "cut",
    "escape",
    "is_caption",
    "look_back_title",
    "marked_again",
    "message_body",
    "plain_text",
    "preview_of",
    "render_alert",
    "render_card",
    "render_digest",
    "render_list",
    "render_look_back",
    "render_look_backs",
    "render_stories",
    "render_story",
    "render_trend_alert",
    "render_trends",
    "render_weekly",
    "shorten",
    "trends_caption",
    "week_days",
    "week_name",
]
