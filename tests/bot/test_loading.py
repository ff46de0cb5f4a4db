"""What is loaded until the bot is ready, and what is left until somebody needs it."""

import subprocess
import sys

LOADED = "import sys, bot.cli.running, bot.runtime; print(*sys.modules)"


def test_what_stories_and_trends_are_worked_out_with_is_loaded_later() -> None:
    loaded = subprocess.run(
        [sys.executable, "-c", LOADED], capture_output=True, text=True, check=True
    ).stdout.split()
    assert "storage.trends" in loaded
    assert not {"numpy", "digest.stories.index", "digest.trends.report"} & set(loaded)
