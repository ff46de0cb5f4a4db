"""Keys, codes and passes: in no line, figure, report or copy, and with no child of ours."""

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import text

from bot.cli.shared import say
from bot.config import database_environment, load_settings
from bot.engine.workers import WorkerPool
from bot.observe import keep_secret, redact_line, set_up_logging
from bot.parts.front import KEY_NAME as WEBHOOK_KEY
from bot.running import Role as Process
from bot.runtime import start
from bot.watching.sentry import scrubbed
from bot.web.miniapp.sessions import Sessions
from bot.web.webhook import SECRET_HEADER, Hook
from digest.model import SourceSpec
from digest.passes import KEY_NAME as DESK_KEY
from digest.passes import LINK, SESSION
from digest.roles import Role
from digest.seals import KEY_NAME as PAGES_KEY
from digest.seals import make_seal
from storage import Storage, backup
from storage.personal import Owner
from tests.bot.web.miniapp.signing import init_data
from tests.bot.web.samples import NOW
from tests.databases import migrated_file
from tests.hostile.test_secrets import OWN, SECRETS, TOKEN

KEY = "5e" * 32
CODE = "Canary-of_a-code-Abc0123"
HOOK = Hook.of("https://bot.example", KEY, TOKEN)
PASSES = (LINK.make(KEY, 1001, NOW, "canaryNonce0"), SESSION.make(KEY, 1001, NOW, "canaryNonce0"))
SEAL = make_seal(KEY, 12, NOW)
APP = Sessions(TOKEN).begin(1001, NOW)
INIT = init_data(NOW)
DSN = "https://canary5e9key@sentry.example/7"
# What a line may hold, and the part of it that must not stand there.
TOLD = (
    (f"bad webhook: {HOOK.url} cannot be resolved", HOOK.path[-40:]),
    (f"POST {HOOK.path}?x=1", HOOK.path[-40:]),
    (str({SECRET_HEADER: HOOK.secret}), HOOK.secret),
    (f"https://t.me/hexin_bot?start=e_{CODE}", CODE),
    (f"/start@hexin_bot i_{CODE} and more", CODE),
    *((f"GET /desk/enter?pass={one}&page=stats", one[-24:]) for one in PASSES),
    (f"Cookie: hexin_desk={PASSES[1]}", PASSES[1][-24:]),
    (f"https://hexin.example/s/12?k={SEAL}", SEAL[-20:]),
    (f"{{'X-App-Session': '{APP}'}} or {APP}", APP[-43:]),
    (f"tgWebAppData={INIT}", INIT.rpartition("hash=")[2][:64]),
    (str(OWN), "canary"),
    (f"cannot reach {DSN}", "canary5e9key"),
    ("canary5e9key is unknown here", "canary5e9key"),
)


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    keep_secret(())


@pytest.mark.parametrize("as_json", [True, False])
def test_what_lets_somebody_in_stands_in_no_line(
    as_json: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    keep_secret(load_settings(_env_file=None, sentry_dsn=DSN, **SECRETS).secrets)
    set_up_logging("INFO", as_json=as_json)
    for line, _ in TOLD:
        try:
            raise RuntimeError(line)
        except RuntimeError:
            logging.getLogger("somewhere").exception("%s with %r", line, [line])
    printed = capsys.readouterr().err
    assert printed.count("somewhere") == len(TOLD)
    assert [hidden for _, hidden in TOLD if hidden in printed] == []
    events = [scrubbed({"logentry": {"message": line}}) for line, _ in TOLD]
    assert [hidden for _, hidden in TOLD if hidden in repr(events)] == []


@pytest.mark.parametrize(
    "line",
    [
        "poll https://news.example/2026/11/29/a-hash=tag-and-k=12: 14 new",
        "version 1.26.3.14 at 10.0.0.12:8080, cookies are off; the authorization failed",
        "https://t.me/hexin_bot?start=s_12 and /telegram/ and story_e_1",
    ],
)
def test_what_opens_nothing_stays_readable(line: str) -> None:
    assert redact_line(line) == line


def test_whoever_asks_for_a_code_sees_it(capsys: pytest.CaptureFixture[str]) -> None:
    say(f"https://t.me/hexin_bot?start=e_{CODE}")
    assert CODE in capsys.readouterr().out


async def test_a_running_process_tells_none_and_a_copy_opens_nothing(
    request: pytest.FixtureRequest, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = migrated_file(request, tmp_path)
    settings = load_settings(
        _env_file=None,
        data_dir=tmp_path,
        database_url=url,
        webhook_url="https://bot.example",
        port=0,
        catalog=False,
        metrics_token="canary-of-the-metrics",
        **SECRETS,
    )
    keep_secret(settings.secrets)
    set_up_logging("DEBUG", as_json=True)
    async with start(settings, role=Process.WEB) as running:
        storage = running.storage
        keys = [await storage.meta.secret(one) for one in (WEBHOOK_KEY, DESK_KEY, PAGES_KEY)]
        hook = Hook.of("https://bot.example", keys[0], TOKEN)
        codes = [
            await storage.staff.make_code(Role.OWNER, 7, datetime.now(UTC)),
            await storage.guests.invite(7, 3, datetime.now(UTC)),
        ]
        spec = SourceSpec(
            "own", "https://news.example/f", "Own", "ai", "en", headers=tuple(OWN.items())
        )
        await storage.sources.add(spec, datetime.now(UTC), actor="test")
        running.fatal = f"投递停止了：https://api.example/bot{TOKEN}/x {hook.url} e_{codes[0]}"
        running.watching.health.parts.fatal = lambda: running.fatal
        shown = await asked(running.pages_url, hook)
        logging.getLogger("x").error("%s %s %s", keys, hook.path, hook.secret)
        acts = [repr(one) for one in await acts_of(storage)]
        exported = repr(await storage.personal.collect(Owner(7)))
    await backup(url, tmp_path / "copy", database_environment())
    copied = (tmp_path / "copy").read_bytes()
    said = "".join(capsys.readouterr())
    hidden = [*keys, hook.path[-40:], hook.secret, *codes, *SECRETS.values(),
              "canary-of-the-metrics"]  # fmt: skip
    told = {"pages": "\n".join(shown), "log": said, "acts": "\n".join(acts), "export": exported}
    assert {what: one for what, text in told.items() for one in hidden if one in text} == {}
    assert [one for one in hidden if one.encode() in copied] == []
    assert "canary" not in told["acts"] + told["export"]
    assert "stopping" in told["pages"]  # what was to be asked was asked
    assert "hexin_database_up 1.0" in told["pages"]
    assert said.count("***") >= 5
    assert "own" in told["acts"]
    assert "invites" in exported
    assert b"canary-of-the-cookie" in copied  # a source's own, which polls need; see operations
    await check_copy(tmp_path / "copy", keys)


async def asked(base: str, hook: Hook) -> list[str]:
    """What strangers, watchers and Telegram are answered."""
    bearer = {"Authorization": "Bearer canary-of-the-metrics"}
    shown = []
    async with aiohttp.ClientSession(base) as session:
        for path, headers in (
            ("healthz", {}), ("readyz", {}), ("metrics", {}), ("metrics", bearer),
            ("desk/enter?pass=x", {}), ("nothing", {}),
        ):  # fmt: skip
            async with session.get(f"/{path}", headers=headers) as answer:
                shown.append(await answer.text())
        for headers in ({}, {SECRET_HEADER: "wrong"}, {SECRET_HEADER: hook.secret}):
            async with session.post(hook.path, data=b"{", headers=headers) as answer:
                shown.append(f"{answer.status} {await answer.text()}")
    assert [one[:3] for one in shown[-3:]] == ["401", "401", "400"]
    return shown


async def acts_of(storage: Storage) -> list[object]:
    async with storage.database.read() as connection:
        return list((await connection.execute(text("SELECT * FROM audit"))).all())


async def check_copy(copy: Path, keys: list[str]) -> None:
    """Whoever has a copy and not the token makes other keys of it; with the token, the same."""
    with closing(sqlite3.connect(copy)) as found:
        assert found.execute("SELECT count(*) FROM meta WHERE key LIKE '%.key'").fetchone() == (3,)
    storage = await Storage.open(f"sqlite:///{copy}")
    names = (WEBHOOK_KEY, DESK_KEY, PAGES_KEY)
    bare = [await storage.meta.secret(one) for one in names]
    storage.meta.guard(TOKEN, lambda _: None)
    assert [await storage.meta.secret(one) for one in names] == keys
    assert set(bare).isdisjoint(keys)
    await storage.close()


async def test_no_child_of_ours_inherits_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**SECRETS, "database_url": "postgresql://x:canary@y/z"}.items():
        monkeypatch.setenv(name.upper(), value)
    monkeypatch.setenv("PGPASSWORD", "canary-of-the-database")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    pool = WorkerPool(1)
    try:
        seen = [
            await pool.run(Path.read_bytes, Path("/proc/self") / what)
            for what in ("environ", "cmdline")
        ]
    finally:
        await pool.close()
    assert b"LC_ALL=C.UTF-8" in seen[0]
    assert b"bot.engine.worker" in seen[1]
    assert [one for one in seen if b"canary" in one] == []
