import json
import logging

import pytest

from bot.observe import redact, set_up_logging
from bot.watching.about import about

TOKEN = "123456789:AAF-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"


@pytest.fixture(autouse=True)
def _restore_logging():
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level


def test_tokens_and_passwords_are_removed() -> None:
    text = redact(f"POST /bot{TOKEN}/sendMessage to postgresql://hexin:pa55@db/hexin")
    assert "AAF-" not in text
    assert "pa55" not in text
    assert "postgresql://hexin:***@db/hexin" in text


@pytest.mark.parametrize("as_json", [True, False])
def test_no_log_line_shows_a_token(as_json: bool, capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging("INFO", as_json=as_json)
    try:
        raise RuntimeError(f"at https://api.example.org/bot{TOKEN}/getMe")
    except RuntimeError:
        logging.getLogger("somewhere").exception("failed for %s", TOKEN)
    printed = capsys.readouterr().err
    assert "failed for 123456789:***" in printed
    assert TOKEN not in printed
    if as_json:
        line = json.loads(printed)
        assert line["level"] == "ERROR"
        assert "RuntimeError" in line["error"]


def test_a_line_says_what_it_is_about_and_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging("INFO", as_json=True)
    with about(source=12), about(entry=7):
        logging.getLogger("somewhere").warning("two\nlines")
    logging.getLogger("somewhere").warning("of nothing")
    first, second = map(json.loads, capsys.readouterr().err.splitlines())
    assert (first["source"], first["entry"], first["message"]) == (12, 7, "two\nlines")
    assert "source" not in second
    set_up_logging("INFO", as_json=False)
    with about(delivery=5):
        logging.getLogger("somewhere").warning("late")
    assert capsys.readouterr().err.endswith("late [delivery=5]\n")


def test_the_http_library_that_logs_urls_is_quiet() -> None:
    set_up_logging("INFO", as_json=False)
    assert not logging.getLogger("httpx").isEnabledFor(logging.INFO)
