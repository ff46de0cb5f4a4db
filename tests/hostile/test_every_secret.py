"""Every setting that may hold a secret has a canary in it, and nothing that is told sings.

Which settings those are is asked of the configuration itself: one that is new has to be planted
here, or be named as plain, before this passes.
"""

import asyncio
import json
import re
import signal
import sqlite3
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, closing
from pathlib import Path
from typing import Any

import aiohttp
import psycopg
import pytest
from aiohttp import web
from pydantic import SecretStr

from bot.config import Settings, load_settings
from bot.observe import keep_secret, redact, redact_line, set_up_logging
from bot.sandbox.sandbox import Sandbox
from tests.databases import migrated, migrated_file
from tests.hostile.test_secrets import SECRETS, leaks

# What each setting holds; of an address what is in it stands beside it.
PLANTED = {
    **SECRETS,
    "sentry_dsn": "https://canary0of0sentry@127.0.0.1:9/7",
    "metrics_token": "canary-of-the-metrics",
    "telegram_api_base_url": "http://someone:canary-of-the-api@127.0.0.1:9",
    "database_url": "postgresql://hexin:canary%40of%3Athe%2Fdatabase%25@127.0.0.1:9/hexin",
    "webhook_url": "https://someone:canary-of-the-webhook@bot.example",
    "translator_url": "https://canary-of-an-account@translator.example",
    "model_base_url": "https://model.example/v1?api-key=canary-of-the-query",
}
INSIDE = {
    "sentry_dsn": "canary0of0sentry",
    "telegram_api_base_url": "canary-of-the-api",
    "database_url": "canary@of:the/database%",
    "webhook_url": "canary-of-the-webhook",
    "translator_url": "canary-of-an-account",
    "model_base_url": "canary-of-the-query",
}
# Texts without any secret. The public address is in every message: it is no place for one.
PLAIN = {
    *("admin_ids", "allowed_ids", "data_dir", "public_base_url", "web_host", "default_zone"),
    *("fetch_allow", "user_agent", "model_name", "metrics_host"),
}
AROUND = {
    "HTTPS_PROXY": "http://someone:canary-of-the-proxy@127.0.0.1:9",
    "http_proxy": "http://canary-of-a-second-proxy@127.0.0.1:9",
    "PGPASSWORD": "canary-of-the-server",
}


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    hooks = sys.excepthook, threading.excepthook, sys.unraisablehook
    yield
    sys.excepthook, threading.excepthook, sys.unraisablehook = hooks
    keep_secret(())


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> Settings:
    for name, value in AROUND.items():
        monkeypatch.setenv(name, value)
    return load_settings(_env_file=None, model_name="imitation", **PLANTED)


def hidden() -> list[str]:
    """Every secret by itself."""
    keys = [INSIDE.get(name, value) for name, value in PLANTED.items()]
    around = [one.partition("//")[2].rpartition("@")[0] or one for one in AROUND.values()]
    return [*keys, *(one.rpartition(":")[2] for one in around)]


def test_every_setting_that_may_be_secret_is_planted() -> None:
    texts = {
        name
        for name, field in Settings.model_fields.items()
        if field.annotation in {str, Path, SecretStr}
    }
    assert texts == PLANTED.keys() | PLAIN
    assert PLANTED.keys() & PLAIN == set()


def test_what_is_called_a_secret_is_kept_as_one() -> None:
    called = re.compile(r"token(?!s)|key|secret|password|dsn")
    for name, field in Settings.model_fields.items():
        assert (field.annotation is SecretStr) == bool(called.search(name)), name


def test_settings_know_all_of_them(settings: Settings) -> None:
    assert [one for one in hidden() if one not in settings.secrets] == []
    assert leaks(f"{settings!r} {settings} {vars(type(settings))!r}") == []


@pytest.mark.parametrize("said", ["{}", "{!r}", "https://x:{}@y/", "&api-key={}&x=1", "Bearer {}"])
def test_no_line_has_one_however_it_got_there(settings: Settings, said: str) -> None:
    keep_secret(settings.secrets)
    for secret in hidden():
        for line in (said.format(secret), json.dumps(said.format(secret))):
            assert leaks(redact(line)) == leaks(redact_line(line)) == [], secret


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://hexin:canary@db/hexin",
        "postgresql://hexin:can@canary:1@db/hexin",
        "http://proxy-user:canary@@proxy:3128",
        "postgresql://hexin:canary/1@db/hexin",
        "redis://:canary@cache:6379",
    ],
)
def test_a_password_in_an_address_is_known_by_its_place(address: str) -> None:
    """No setting told us of it."""
    told = redact(f"cannot reach {address}, trying again")
    assert leaks(told) == []
    assert told.endswith(", trying again")


def test_an_address_without_one_stays_readable() -> None:
    for line in ("https://a.example:8443/@name and a@b.example", "see http://x/ or mail a@b"):
        assert redact(line) == line


def test_what_fails_in_a_thread_or_nowhere_tells_none(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    keep_secret(settings.secrets)
    set_up_logging("INFO", as_json=False)

    class Falls:
        def __del__(self) -> None:
            raise RuntimeError(f"nowhere {hidden()}")

    def falls() -> None:
        raise RuntimeError(f"in a thread {hidden()}")

    hooks = threading.excepthook, sys.unraisablehook
    thread = threading.Thread(target=falls)
    thread.start()
    thread.join()
    gone = Falls()
    del gone
    assert hooks == (threading.excepthook, sys.unraisablehook)
    told = capsys.readouterr().err
    assert "in a thread" in told
    assert "nowhere" in told
    assert leaks(told) == []


# --- real processes ---------------------------------------------------------------------------

_SLOW = pytest.mark.timeout(900)  # each begins several times, on whatever machine this is


async def hexin(*arguments: str, env: dict[str, str], within: float = 240) -> str:
    """All that a command prints, in a process of its own."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", *arguments, env=env,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    try:
        told, _ = await asyncio.wait_for(process.communicate(), within)
    except TimeoutError:
        process.kill()
        told, _ = await process.communicate()
        pytest.fail(f"{arguments} does not end: {told.decode()[-2000:]}")
    return f"$ hexin {' '.join(arguments)}\n{told.decode()}"


def environment(folder: Path, **more: str) -> dict[str, str]:
    """What a process is started with: every setting planted, and nobody of that name listens."""
    planted = {name.upper(): value for name, value in PLANTED.items()}
    return {
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "LOG_LEVEL": "DEBUG",
        "DATA_DIR": str(folder),
        "MODEL_NAME": "imitation",
        "CATALOG": "false",
        "PORT": "0",
        "NO_PROXY": "127.0.0.1",
        **planted,
        **AROUND,
        **more,
    }


FALLING = ("stats", "sources list", "backup", "poll")


@_SLOW
async def test_commands_that_fall_in_the_middle_tell_none(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """On a PostgreSQL that takes the password, and has lost its tables: with whole tracebacks."""
    with migrated("postgresql", request, tmp_path) as url:
        with psycopg.connect(url, autocommit=True) as connection:
            for table in ("signals", "sources", "staff", "broadcasts", "updates"):
                connection.execute(f"ALTER TABLE {table} RENAME TO {table}_gone".encode())
        told = []
        for address, commands in (
            (url.replace("hexin@", "hexin:canary-of-an-account@", 1), FALLING),
            (f"{url}&password=canary-of-the-query", ("stats",)),
        ):
            env = environment(tmp_path, DATABASE_URL=address)
            told += [await hexin(*one.split(), env=env) for one in commands]
    assert sum("Traceback" in one for one in told) >= 3, told
    assert [leaks(one) for one in told if leaks(one)] == []


@_SLOW
async def test_commands_that_go_through_a_proxy_tell_none_of_it(tmp_path: Path) -> None:
    env = environment(tmp_path, DATABASE_URL=f"sqlite:///{tmp_path}/x.db")
    commands = (
        ("models", "add", "en-zh"),
        ("models", "add", "en-zh", "--from", "https://someone:canary-of-a-shelf@127.0.0.1:9/x"),
        ("migrate", "--to", "postgresql://hexin:canary-of-another@127.0.0.1:9/hexin"),
        ("sources", "add", "https://someone:canary-of-a-site@127.0.0.1:9/feed"),
    )
    for command in commands:
        told = await hexin(*command, env=env)
        typed, _, answered = told.partition("\n")
        assert typed
        assert answered
        assert leaks(answered) == [], command


@pytest.fixture
async def sink() -> AsyncIterator[tuple[str, list[bytes]]]:
    """Takes what is sent to Sentry, and answers as a model and a translator that repeat it all."""
    came: list[bytes] = []

    async def take(request: web.Request) -> web.Response:
        body = await request.read()
        if "envelope" in request.path:
            came.append(body)
            return web.json_response({"id": "1"})
        said = f"{request.path_qs} {dict(request.headers)}"
        return web.json_response({"error": {"message": said}, "message": said}, status=401)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"127.0.0.1:{runner.addresses[0][1]}", came
    await runner.cleanup()


@_SLOW
async def test_the_whole_bot_tells_none_at_any_door(
    request: pytest.FixtureRequest, tmp_path: Path, sink: tuple[str, list[bytes]]
) -> None:
    place, events = sink
    sandbox = Sandbox(newsroom=False)
    url = migrated_file(request, tmp_path)
    log = tmp_path / "log"
    async with AsyncExitStack() as stack:
        port = await stack.enter_async_context(sandbox.serve())
        env = environment(
            tmp_path / "data",
            DATABASE_URL=url,
            TELEGRAM_BOT_TOKEN=sandbox.token,
            TELEGRAM_API_BASE_URL=f"http://someone:canary-of-the-api@127.0.0.1:{port}",
            SENTRY_DSN=f"http://canary0of0sentry@{place}/7",
            TRANSLATOR="deepl",
            TRANSLATOR_URL=f"http://someone:canary-of-an-account@{place}",
            MODEL_BASE_URL=f"http://someone:canary-of-the-model@{place}/v1",
            WEBHOOK_URL="",
            METRICS_PORT="0",
        )
        with log.open("wb") as out:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "run", env=env, stdout=out, stderr=out
            )
        stack.callback(lambda: process.returncode is None and process.kill())
        told = [await _at_every_door(sandbox, log)]
        told.append(await hexin("backup", str(tmp_path / "copy"), env=env))
        with closing(sqlite3.connect(tmp_path / "hexin.db")) as database:
            database.execute("ALTER TABLE signals RENAME TO gone")
        told.append(await _at_every_door(sandbox, log))
        process.send_signal(signal.SIGTERM)
        await asyncio.wait_for(process.wait(), 60)
    told += [log.read_text(), *(one.decode(errors="replace") for one in events)]
    assert "Traceback" in told[-1 - len(events)]
    assert events
    copy = (tmp_path / "copy").read_bytes()
    secret = sandbox.token.partition(":")[2]
    assert copy[:15] == b"SQLite format 3"
    assert [where[:80] for where in told if secret in where] == []
    assert [leaks(one) for one in told if leaks(one)] == []
    assert (b"canary" in copy, secret.encode() in copy) == (False, False)


async def _said(log: Path, form: str) -> str:
    """What a process says in its log."""
    async with asyncio.timeout(120):
        while not (found := re.search(form, await asyncio.to_thread(log.read_text))):
            await asyncio.sleep(0.1)
    return found[1]


async def _at_every_door(sandbox: Sandbox, log: Path) -> str:
    """What the pages, probes and figures say, and what a reader is answered."""
    reader = sandbox.person("lin")
    metrics = await _said(log, r"metrics at (http://[^/\s]+)")
    pages = await _said(log, r"页面\s+(http://[^/\s]+)")
    before = len(reader.inbox)
    reader.send("/start")
    await reader.wait_for(lambda _: len(reader.inbox) > before, 120)
    told = [one.text for one in reader.inbox]
    bearer: dict[str, Any] = {"Authorization": f"Bearer {PLANTED['metrics_token']}"}
    async with aiohttp.ClientSession() as session:
        for base in (metrics, pages):
            for path in (
                "/readyz",
                "/healthz",
                "/metrics",
                "/",
                "/search?q=x",
                "/s/1",
                "/nothing",
            ):
                async with session.get(base + path, headers=bearer) as answer:
                    told.append(f"{answer.status} {answer.headers} {await answer.text()}")
    return "\n".join(told)
