"""`hexin run` as a process: it starts, says where it is, and stops when told to."""

import re
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bot.cli.hexin import Hexin, Site

TOKEN = "123456789:AAF-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
START_S = 60


class Process:
    """`hexin run` in a process of its own, its output and its logs in files."""

    def __init__(self, hexin: Hexin, folder: Path) -> None:
        self._out, self._log = folder / "out", folder / "log"
        command, env = hexin.command("run")
        with self._out.open("w") as out, self._log.open("w") as log:
            self.process = subprocess.Popen(
                command, env=env, cwd=hexin.folder, stdout=out, stderr=log
            )

    @property
    def out(self) -> str:
        return self._out.read_text(encoding="utf-8")

    @property
    def log(self) -> str:
        return self._log.read_text(encoding="utf-8")

    def until(self, happened: Callable[[], bool]) -> None:
        end = time.monotonic() + START_S
        while not happened():
            assert self.process.poll() is None, self.log
            assert time.monotonic() < end, self.log
            time.sleep(0.1)


@contextmanager
def running(hexin: Hexin, folder: Path) -> Iterator[Process]:
    """The process for the time of the block; killed if the test leaves it running."""
    made = Process(hexin, folder)
    try:
        yield made
    finally:
        if made.process.poll() is None:
            made.process.kill()
        made.process.wait()


def test_it_starts_shows_where_and_stops_when_told(hexin: Hexin, tmp_path: Path) -> None:
    hexin.env |= {"PORT": "0", "SANDBOX_PORT": "0", "SANDBOX_NEWSROOM": "false"}
    with running(hexin, tmp_path) as bot:
        bot.until(lambda: "Ctrl-C" in bot.out)
        chat, pages = re.findall(r"http://127\.0\.0\.1:\d+/", bot.out)
        for address in (chat, pages):
            with urllib.request.urlopen(address, timeout=10) as answer:  # noqa: S310  our own
                assert answer.status == 200
        # The owner is told what readers will see, and what to do about it.
        assert "外文要点按原文显示" in bot.out
        assert "hexin models add en-zh" in bot.out
        bot.process.send_signal(signal.SIGTERM)
        assert bot.process.wait(15) == 0
        assert "正在收尾" in bot.out
        assert "Traceback" not in bot.log
        assert "ERROR" not in bot.log
    assert hexin.database.exists()


def test_ctrl_c_also_ends_the_wait_for_a_telegram_that_does_not_answer(
    hexin: Hexin, tmp_path: Path
) -> None:
    hexin.env |= {
        "PORT": "0",
        "TELEGRAM_BOT_TOKEN": TOKEN,
        "TELEGRAM_API_BASE_URL": "http://127.0.0.1:9",
    }
    with running(hexin, tmp_path) as bot:
        bot.until(lambda: "cannot be reached" in bot.log)
        bot.process.send_signal(signal.SIGINT)
        assert bot.process.wait(10) == 0
        assert "Traceback" not in bot.log
        assert TOKEN not in bot.log


def test_a_port_that_is_taken_is_status_2(hexin: Hexin) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        for name, other in (("PORT", "SANDBOX_PORT"), ("SANDBOX_PORT", "PORT")):
            hexin.env |= {name: port, other: "0"}
            result = hexin("run")
            assert result.exit_code == 2
            assert f"端口 127.0.0.1:{port} 用不了" in result.stderr


def test_a_token_that_telegram_refuses_is_status_2(hexin: Hexin, site: Site) -> None:
    site.json(
        f"/bot{TOKEN}/getMe",
        {"ok": False, "error_code": 401, "description": "Unauthorized"},
        status=401,
    )
    hexin.env |= {"PORT": "0", "TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_BASE_URL": site.base}
    result = hexin("run")
    assert result.exit_code == 2
    assert "@BotFather" in result.stderr
    assert TOKEN not in result.output


def test_a_file_that_is_no_database_is_said_so(hexin: Hexin) -> None:
    hexin.database.parent.mkdir()
    hexin.database.write_text("no database" * 500)
    result = hexin("run")
    assert result.exit_code == 1
    assert "hexin doctor" in result.stderr
