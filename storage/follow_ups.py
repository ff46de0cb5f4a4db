"""What follows from changed rows, in the transaction of the act that changed them.

`FOLLOW_UPS` says it by table: whoever keeps something that is made from a table's rows (an index,
a version that other processes watch, messages that show it) puts a function here. It is called
once per act, with that act's changes of the table, also when the act takes back another one.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from storage.broadcast_rows import follow_broadcasts
from storage.changes import Change
from storage.leads import repair_stories
from storage.post_rows import touch
from storage.returns import be_news_again, look_again
from storage.signal_changes import follow_edits, follow_signals
from storage.told_once import tell_no_more
from storage.weekly_rows import go_on_counting

FollowUp = Callable[[AsyncConnection, Sequence[Change], datetime], Awaitable[None]]

FOLLOW_UPS: Mapping[str, tuple[FollowUp, ...]] = {
    "edits": (follow_edits,),
    "posts": (touch,),
    "broadcasts": (follow_broadcasts,),
    "weeklies": (go_on_counting,),
    "signals": (look_again, be_news_again, repair_stories, follow_signals, tell_no_more),
}

# Columns that go on changing by themselves: that they are others by now does not stand in the way
# of taking back an act that happened to set them.
RESTLESS: Mapping[str, frozenset[str]] = {
    "posts": frozenset({"changed_by"}),
    "weeklies": frozenset({"revision", "falls_at"}),
    "stories": frozenset({"updated_at", "series_at", "closed_at", "told", "told_by"}),
    "signals": frozenset(
        {"views", "score", "score_parts", "relation", "adds", "falls_at", "live_at"}
    ),
}
