from pathlib import Path

import pytest

from bot.config import ConfigError, load_settings, setting_rows, settings_markdown

ROOT = Path(__file__).parents[2]


def test_defaults_need_no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TELEGRAM_BOT_TOKEN", raising=False)
    settings = load_settings(_env_file=None)
    assert settings.token == ""
    assert settings.database_url == "sqlite:///data/hexin.db"
    assert settings.admins == frozenset()


def test_all_problems_are_reported_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        load_settings(
            _env_file=None,
            telegram_bot_token="nonsense",
            admin_ids="1, zwei",
            database_url="mysql://x",
            default_zone="Mars/Olympus",
            port=70000,
        )
    named = {problem.split(":")[0] for problem in caught.value.problems}
    assert named == {"TELEGRAM_BOT_TOKEN", "ADMIN_IDS", "DATABASE_URL", "DEFAULT_ZONE", "PORT"}


def test_a_wrong_token_is_not_repeated_in_the_complaint() -> None:
    with pytest.raises(ConfigError) as caught:
        load_settings(_env_file=None, telegram_bot_token="very-secret-thing")
    assert "very-secret-thing" not in str(caught.value)


def test_environment_and_env_file_are_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    env = tmp_path / ".env"
    env.write_text("ADMIN_IDS=12, 34\nPORT=9000\n", encoding="utf-8")
    monkeypatch.setenv("PORT", "9001")
    settings = load_settings(_env_file=env)
    assert settings.admins == {12, 34}
    assert settings.port == 9001  # the environment outranks the file


def test_every_setting_is_explained_in_both_languages() -> None:
    for row in setting_rows():
        assert row.zh, row.name
        assert row.en, row.name


def test_the_readme_has_the_current_table_of_settings() -> None:
    assert settings_markdown() in (ROOT / "README.md").read_text(encoding="utf-8")


def test_sites_are_told_whom_to_complain_to() -> None:
    alone = load_settings(_env_file=None, user_agent="news/1")
    public = load_settings(
        _env_file=None, user_agent="news/1", public_base_url="https://n.example.org/"
    )
    assert (alone.agent, public.agent) == ("news/1", "news/1 (+https://n.example.org)")


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"model_base_url": "http://localhost:1/v1"}, "MODEL_NAME"),
        ({"translator": "libretranslate"}, "TRANSLATOR_URL"),
        ({"translator": "deepl"}, "TRANSLATOR_KEY"),
        ({"translator": "model"}, "MODEL_BASE_URL"),
    ],
)
def test_half_an_engine_is_refused_by_name(given: dict[str, str], named: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_settings(_env_file=None, **given)
    assert any(named in problem for problem in caught.value.problems)
    assert not caught.value.problems[0].startswith(":")
