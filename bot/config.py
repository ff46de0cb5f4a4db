"""Every setting, its default and its meaning. The only reader of the environment and of `.env`.

All problems are found at once and before any I/O: `load_settings` raises ConfigError with a list.
The README's table of settings is generated from this file (`hexin settings --markdown`).
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


class ConfigError(Exception):
    """One or more settings cannot be used; `problems` has a line each."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def _http_url(value: str) -> str:
    if not value.startswith(("http://", "https://")):
        raise ValueError("must start with http:// or https://")
    return value.rstrip("/")


def _optional_http_url(value: str) -> str:
    return _http_url(value) if value else ""


def _database_url(value: str) -> str:
    if not value.startswith(("sqlite:///", "postgresql://", "postgres://")):
        raise ValueError("must start with sqlite:/// or postgresql://")
    return value


def _zone(value: str) -> str:
    if value not in available_timezones():
        raise ValueError("is not an IANA time zone such as Asia/Shanghai")
    return value


def _bot_token(value: SecretStr) -> SecretStr:
    token = value.get_secret_value()
    head, _, tail = token.partition(":")
    if token and not (head.isdigit() and tail):
        raise ValueError("does not look like a bot token (123456:ABC…)")
    return value


def _numbers(value: str) -> str:
    for part in filter(None, (word.strip() for word in value.split(","))):
        if not part.lstrip("-").isdigit():
            raise ValueError(f"'{part}' is not a numeric Telegram id")
    return value


class Settings(BaseSettings):
    """The settings, by the names they have in the environment (upper case)."""

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", extra="ignore", env_ignore_empty=True
    )

    telegram_bot_token: Annotated[SecretStr, AfterValidator(_bot_token)] = Field(
        SecretStr(""),
        description=(
            "机器人令牌（@BotFather）；留空则启动本机沙盒 | bot token; empty starts the sandbox"
        ),
    )
    telegram_api_base_url: Annotated[str, AfterValidator(_http_url)] = Field(
        "https://api.telegram.org",
        description="Bot API 服务器地址，可指向自建服务器 | any Bot API server",
    )
    admin_ids: Annotated[str, NoDecode, AfterValidator(_numbers)] = Field(
        "",
        description="管理员的 Telegram 数字 id，逗号分隔 | admins' numeric ids, comma separated",
    )
    database_url: Annotated[str, AfterValidator(_database_url)] = Field(
        "sqlite:///data/hexin.db",
        description="数据库：sqlite:///路径 或 postgresql://… | database",
    )
    data_dir: Path = Field(Path("data"), description="本地数据目录 | folder for local data")
    public_base_url: Annotated[str, AfterValidator(_optional_http_url)] = Field(
        "",
        description=(
            "消息里全文页链接的前缀；留空用本机地址 | prefix of page links; empty: this machine"
        ),
    )
    web_host: str = Field("127.0.0.1", description="页面监听地址 | address the pages listen on")
    port: int = Field(8080, ge=0, le=65535, description="页面监听端口 | port of the pages")
    sandbox_port: int = Field(
        8081, ge=0, le=65535, description="沙盒聊天页端口 | port of the sandbox chat"
    )
    sandbox_newsroom: bool = Field(
        default=True,
        description="沙盒是否带示例新闻编辑室 | whether the sandbox brings its sample newsroom",
    )
    catalog: bool = Field(
        default=True, description="是否轮询内置信源目录 | poll the bundled source catalog"
    )
    default_zone: Annotated[str, AfterValidator(_zone)] = Field(
        "Asia/Shanghai", description="新读者的默认时区 | time zone of new readers"
    )
    fetch_allow: str = Field(
        "",
        description=(
            "允许抓取的内网地址（如自建 RSSHub），逗号分隔的网段或 IP:端口 | private addresses "
            "that may be fetched: networks or ip:port, comma separated"
        ),
    )
    user_agent: str = Field(
        "hexin/0.1 (+https://github.com/hexin-bot/hexin)",
        description="抓取时的 User-Agent，请写上联系网址 | user agent, with a contact URL",
    )
    poll_concurrency: int = Field(
        20, ge=1, le=200, description="同时进行的抓取数 | fetches in flight at once"
    )
    workers: int = Field(
        1, ge=1, le=32, description="抽取正文的子进程数 | processes that read pages"
    )
    backlog_per_source: int = Field(
        8,
        ge=0,
        le=200,
        description=(
            "新信源首轮最多整理几条旧文（只存不推） | old entries condensed when a source is new"
        ),
    )
    send_rate: float = Field(
        27.0, gt=0, le=1000, description="每秒最多发送消息数 | messages per second"
    )
    log_level: str = Field(
        "INFO",
        pattern="^(DEBUG|INFO|WARNING|ERROR)$",
        description="日志级别 DEBUG/INFO/WARNING/ERROR | log level",
    )
    log_json: bool = Field(
        default=False, description="日志用 JSON 行（便于收集） | log as JSON lines"
    )

    @property
    def token(self) -> str:
        """The bot token, "" when none is set."""
        return self.telegram_bot_token.get_secret_value()

    @property
    def admins(self) -> frozenset[int]:
        """The admins' Telegram ids."""
        return frozenset(int(part) for part in self.admin_ids.split(",") if part.strip())

    @property
    def allowed_addresses(self) -> tuple[str, ...]:
        """What `fetch_allow` lists."""
        return tuple(part.strip() for part in self.fetch_allow.split(",") if part.strip())


def load_settings(**overrides: Any) -> Settings:
    """Read the environment and `.env`. Raises ConfigError naming every problem."""
    try:
        return Settings(**overrides)
    except ValidationError as error:
        raise ConfigError(
            tuple(
                f"{'_'.join(str(part) for part in problem['loc']).upper()}: "
                f"{problem['msg'].removeprefix('Value error, ')}"
                for problem in error.errors(include_input=False, include_url=False)
            )
        ) from None


@dataclass(frozen=True, slots=True)
class SettingRow:
    """One row of the table of settings."""

    name: str
    default: str
    zh: str
    en: str


def setting_rows() -> tuple[SettingRow, ...]:
    """Every setting with default and meaning in both languages."""
    rows = []
    for name, field in Settings.model_fields.items():
        zh, _, en = (field.description or "").partition(" | ")
        default = field.default
        shown = default.get_secret_value() if isinstance(default, SecretStr) else str(default)
        rows.append(SettingRow(name.upper(), shown, zh, en))
    return tuple(rows)


def settings_markdown() -> str:
    """The settings as the table that stands in the README."""
    lines = ["| 设置 | 默认 | 含义 | meaning |", "|---|---|---|---|"]
    for row in setting_rows():
        default = f"`{row.default}`" if row.default else "–"
        lines.append(f"| `{row.name}` | {default} | {row.zh} | {row.en} |")
    return "\n".join(lines)
