"""What each page shows, worked out before any HTML: pure functions from domain values.

Pages say `views.week.week_view(…)`: a view is loaded when it is first named. They are many, and
whoever starts the bot waits for none of them; `load_waiting` loads them afterwards.
"""

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.web.views import (
        archive as archive,
    )
    from bot.web.views import (
        home as home,
    )
    from bot.web.views import (
        past as past,
    )
    from bot.web.views import (
        series as series,
    )
    from bot.web.views import (
        signal as signal,
    )
    from bot.web.views import (
        sources as sources,
    )
    from bot.web.views import (
        storyline as storyline,
    )
    from bot.web.views import (
        trend as trend,
    )
    from bot.web.views import (
        trends as trends,
    )
    from bot.web.views import (
        week as week,
    )
else:

    def __getattr__(name: str) -> ModuleType:
        if name not in _names():
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return import_module(f"{__name__}.{name}")


def load_waiting() -> Iterator[None]:
    """Load the views that nobody has named yet, one with each step."""
    for name in _names():
        import_module(f"{__name__}.{name}")
        yield


def _names() -> list[str]:
    return [module.name for module in iter_modules(__path__)]
