"""What is loaded until the bot is ready, and what is left until somebody needs it."""

import subprocess
import sys
from pkgutil import iter_modules

from bot.web import views

START = "import sys, bot.cli.running, bot.runtime; print(*sys.modules)"
LATER = "from bot.web.views import load_waiting; print(len(list(load_waiting())), *sys.modules)"


def modules_after(*steps: str) -> list[set[str]]:
    """What is loaded after each step of a new process."""
    told = subprocess.run(
        [sys.executable, "-c", "; ".join(steps)], capture_output=True, text=True, check=True
    ).stdout
    return [set(line.split()) for line in told.splitlines()]


def test_what_stories_and_trends_are_worked_out_with_is_loaded_later() -> None:
    (loaded,) = modules_after(START)
    assert "storage.trends" in loaded
    assert not {"numpy", "digest.stories.index", "digest.trends.report"} & loaded


def test_views_are_loaded_when_a_page_needs_them_or_all_once_the_bot_is_ready() -> None:
    every = {f"bot.web.views.{module.name}" for module in iter_modules(views.__path__)}
    started, readied = modules_after(START, LATER)
    assert every & started == {"bot.web.views.items"}  # what lists of signals have in common
    assert every <= readied
