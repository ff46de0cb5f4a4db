"""What is secret stands nowhere: canaries in every secret setting, every part failing aloud."""

import logging
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from telegram import Bot
from telegram.error import TelegramError

from bot.addresses import AddressPolicy
from bot.cli.doctor import examine
from bot.config import Settings, load_settings, setting_rows
from bot.delivery.transport import AiohttpRequest
from bot.engine.workers import WorkerPool
from bot.fetching import Fetcher
from bot.jobs.ledger import Ledger
from bot.jobs.polling import Poller
from bot.model import make_model
from bot.model.asker import Patience
from bot.observe import keep_secret, set_up_logging
from bot.translating.deepl import DeepL
from bot.translating.libretranslate import LibreTranslate
from bot.translating.port import TranslationUnavailable
from bot.translating.wire import Wire
from digest.model import Source, SourceSpec
from digest.sources.polling import PollDecision
from digest.translation import load_glossary
from storage import Storage
from storage.errors import StorageUnavailable
from tests.bot.cli.hexin import Hexin
from tests.bot.jobs.world import Time
from tests.bot.model.briefs import ARTICLE, RULES
from tests.databases import migrated_file

TOKEN = "123456789:AAF-canary-of-the-bot-token-0123456789"
SECRETS = {
    "telegram_bot_token": TOKEN,
    "model_api_key": 'sk-canary/of+the"model=',
    "translator_key": "canary-of-the-translator:fx",
}
PASSWORD = "canary@of:the/database%"
DATABASE = "postgresql://hexin:canary%40of%3Athe%2Fdatabase%25@127.0.0.1:9/hexin"
OWN = {"Cookie": "session=canary-of-the-cookie", "Authorization": "Bearer canary-of-the-source"}
CANARIES = (*SECRETS.values(), PASSWORD, "canary-of-the-cookie", "canary-of-the-source", "canary")
FAILURES = ("echo", "reset", "garbage", "busy", "redirect")


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    levels = {
        name: one.level
        for name, one in logging.root.manager.loggerDict.items()
        if isinstance(one, logging.Logger)
    }
    yield
    root.handlers[:], root.level = handlers, level
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)
    keep_secret(())


@pytest.fixture
async def liar() -> AsyncIterator[TestServer]:
    """A server that tells its callers what they sent it, and fails in many ways."""
    turn = 0

    async def answer(request: web.Request) -> web.StreamResponse:
        nonlocal turn
        turn += 1
        said = f"{request.path_qs} {dict(request.headers)} {await request.text()}"
        match FAILURES[turn % len(FAILURES)]:
            case "reset":
                assert request.transport is not None
                request.transport.abort()
                return web.Response()
            case "garbage":
                return web.Response(text=said)
            case "busy":
                error = {"error": {"message": said}, "description": said, "ok": False}
                return web.json_response(error, status=503)
            case "redirect":
                return web.Response(
                    status=302, headers={"Location": f"http://127.0.0.1:9{said[:0]}/"}
                )
        error = {"error": {"message": said}, "message": said, "ok": False, "description": said}
        return web.json_response({**error, "error_code": 401}, status=401)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    async with TestServer(app) as server:
        yield server


def leaks(text: str) -> list[str]:
    """The canaries in a text, in the neighbourhood of each."""
    return [
        text[max(0, at - 120) : at + 60]
        for at in range(len(text))
        if text.startswith("canary", at)
    ]


def settings_for(liar: TestServer, folder: Path, **more: Any) -> Settings:
    base = str(liar.make_url("")).rstrip("/")
    return load_settings(
        _env_file=None,
        data_dir=folder,
        telegram_api_base_url=base,
        model_base_url=f"{base}/v1",
        model_name="imitation",
        model_timeout=2,
        **{**SECRETS, **more},
    )


@pytest.mark.parametrize("as_json", [True, False])
async def test_no_log_tells_a_secret_whatever_fails(
    liar: TestServer,
    tmp_path: Path,
    request: pytest.FixtureRequest,
    capsys: pytest.CaptureFixture[str],
    as_json: bool,
) -> None:
    storage = await Storage.open(migrated_file(request, tmp_path))
    base = str(liar.make_url("/")).rstrip("/")
    settings = settings_for(liar, tmp_path, translator="deepl", translator_url=base)
    keep_secret(settings.secrets)
    set_up_logging("DEBUG", as_json=as_json)
    told: list[str] = []
    async with AsyncExitStack() as stack:
        await _model_and_translator(settings, storage, stack)
        await _bot_api(settings, stack)
        told += await _source(storage, liar, stack)
    told += [repr(one) for one in await examine(settings, Time(), sites=(base,))]
    await _database()
    log = logging.getLogger("somewhere")
    for secret in (*SECRETS.values(), PASSWORD):
        try:
            raise RuntimeError(f"it was {secret}")
        except RuntimeError:
            log.exception("with %s and %r", secret, {"key": secret})
    await storage.close()
    printed = capsys.readouterr()
    assert printed.err.count("\n") > 20  # it was driven, and it was loud
    assert leaks(printed.err) == []
    assert leaks(printed.out) == []
    assert leaks("\n".join(told)) == []
    check_database(tmp_path)


def check_database(folder: Path) -> None:
    """What belongs to the process is no part of the database, so of no backup and no export.

    A source's own headers have to be, and show that we look in the right place.
    """
    kept = b"".join(path.read_bytes() for path in folder.rglob("*.db*"))
    assert b"canary-of-the-cookie" in kept
    for secret in SECRETS.values():
        assert secret.encode() not in kept


async def _model_and_translator(
    settings: Settings, storage: Storage, stack: AsyncExitStack
) -> None:
    model = make_model(settings, Ledger(storage), Time(), patience=Patience(0.01))
    assert model is not None
    stack.push_async_callback(model.close)
    key = settings.translator_key.get_secret_value()
    wires = [
        Wire(settings.translator_url, headers=headers, first_wait_s=0.01)
        for headers in ({"Authorization": f"DeepL-Auth-Key {key}"}, {})
    ]
    engines = (DeepL(wires[0], load_glossary()), LibreTranslate(wires[1], key))
    for engine in engines:
        stack.push_async_callback(engine.close)
    for _ in FAILURES:
        await model.enrich(ARTICLE, RULES)
        for engine in engines:
            try:
                await engine.translate(["One."], source="en", target="zh")
            except TranslationUnavailable as error:
                _tell("translator", error)


def _tell(what: str, error: Exception) -> None:
    logging.getLogger("test").warning("%s: %s", what, error, exc_info=error)


async def _bot_api(settings: Settings, stack: AsyncExitStack) -> None:
    session = await stack.enter_async_context(aiohttp.ClientSession())
    bot = Bot(
        settings.token,
        base_url=f"{settings.telegram_api_base_url}/bot",
        request=AiohttpRequest(session),
        get_updates_request=AiohttpRequest(session),
    )
    for _ in FAILURES:
        try:
            await bot.get_me()
        except TelegramError as error:
            _tell("bot", error)


async def _source(storage: Storage, liar: TestServer, stack: AsyncExitStack) -> list[str]:
    workers = WorkerPool(1)
    stack.push_async_callback(workers.close)
    policy = AddressPolicy((f"127.0.0.1:{liar.port}",))
    fetcher = await stack.enter_async_context(Fetcher(user_agent="t", allow=policy))
    time = Time()

    async def tell(_: Source, __: PollDecision) -> None:
        return None

    poller = Poller(
        storage,
        fetcher,
        workers,
        clock=time,
        user_agent="t",
        backlog_per_source=5,
        tell_admins=tell,
    )
    spec = SourceSpec(
        "own", str(liar.make_url("/feed")), "Own", "ai", "en", headers=tuple(OWN.items())
    )
    source = await storage.sources.add(spec, time(), actor="test")
    told = []
    for _ in FAILURES:
        result = await poller.poll(source)
        told.append(repr(result.error))
        kept = await storage.sources.get(source.id)
        assert kept is not None
        told.append(repr(kept.poll))
    return told


async def _database() -> None:
    keep_secret(load_settings(_env_file=None, database_url=DATABASE, **SECRETS).secrets)
    try:
        await Storage.open(DATABASE)
    except StorageUnavailable as error:
        _tell("database", error)
    else:
        pytest.fail("nobody listens there")


COMMANDS = (
    ("doctor",),
    ("migrate",),
    ("backup",),
    ("settings",),
    ("sources", "list"),
    ("stats",),
    ("run",),
)


@pytest.fixture
def hexin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Hexin:
    for row in setting_rows():
        monkeypatch.delenv(row.name, raising=False)
    monkeypatch.chdir(tmp_path)
    return Hexin(tmp_path)


def test_no_command_prints_a_secret_when_all_it_needs_is_gone(hexin: Hexin) -> None:
    hexin.env |= {name.upper(): value for name, value in SECRETS.items()} | {
        "LOG_LEVEL": "DEBUG",
        "TELEGRAM_API_BASE_URL": "http://someone:canary-of-the-api@127.0.0.1:9",
        "DATABASE_URL": DATABASE,
        "PORT": "0",
    }
    for command in COMMANDS:
        result = hexin(*command)
        shown = f"{result.output}{result.exception!r}" if result.exception else result.output
        assert leaks(shown) == [], command
        assert command == ("settings",) or result.exit_code != 0 or command == ("doctor",), command


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TELEGRAM_BOT_TOKEN", "canary-of-a-broken-token"),
        ("DATABASE_URL", "mysql://hexin:canary@db/hexin"),
        ("DATABASE_URL", "postgresql://hexin:canary@db:port/hexin"),
        ("TRANSLATOR_URL", "ftp://x:canary@y/"),
        ("MODEL_BASE_URL", "canary://x"),
    ],
)
def test_a_setting_that_is_wrong_is_not_repeated(hexin: Hexin, name: str, value: str) -> None:
    hexin.env[name] = value
    result = hexin("sources", "list")
    assert result.exit_code != 0
    assert leaks(f"{result.output}{result.exception!r}") == []


def test_the_last_words_of_a_process_tell_none(capsys: pytest.CaptureFixture[str]) -> None:
    before = sys.excepthook
    keep_secret(SECRETS.values())
    set_up_logging("INFO", as_json=False)
    error = RuntimeError(f"with {SECRETS['model_api_key']}")
    sys.excepthook(RuntimeError, error, None)
    sys.excepthook = before
    told = capsys.readouterr().err
    assert "RuntimeError: with ***" in told
    assert leaks(told) == []
