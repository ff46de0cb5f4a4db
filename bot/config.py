"""Every setting, its default and its meaning. The only reader of the environment and of `.env`.

All problems are found at once and before any I/O: `load_settings` raises ConfigError with a list.
The README's table of settings is generated from this file (`hexin settings --markdown`).
"""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from textwrap import wrap
from typing import Annotated, Any, Literal, Self
from urllib.parse import parse_qsl, unquote, urlsplit
from urllib.request import getproxies_environment
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from digest.regexes import regex

_DATABASE = regex(r"sqlite(\+\w+)?:///(?!:memory:|\?).+|postgres(ql)?(\+\w+)?://[^/\s]*/?\S*")
_SOUNDS_SECRET = regex(r"pass|key|token|secret|sig", re.IGNORECASE)
FREE_RATE = 30  # messages a second and bot that Telegram sends for nothing
_TOKEN = regex(r"\d+:[A-Za-z0-9_-]+", re.ASCII)
# What pydantic would say in English, by its error types.
_COMPLAINTS = {
    "int_parsing": "要填整数",
    "int_from_float": "要填整数",
    "float_parsing": "要填数字",
    "bool_parsing": "要填 true 或 false",
    "greater_than": "要大于 {gt:g}",
    "greater_than_equal": "不能小于 {ge:g}",
    "less_than_equal": "不能大于 {le:g}",
    "literal_error": "只能是 {expected}",
    "value_error": "{error}",
}


class ConfigError(Exception):
    """One or more settings cannot be used; `problems` has a line each."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def _http_url(value: str) -> str:
    if not value.startswith(("http://", "https://")):
        raise ValueError("要以 http:// 或 https:// 开头")
    return value.rstrip("/")


def _optional_http_url(value: str) -> str:
    return _http_url(value) if value else ""


def _database_url(value: str) -> str:
    if not _DATABASE.fullmatch(value):
        raise ValueError("要写成 sqlite:///文件 或 postgresql://用户:密码@主机/库名")
    return value


def _keys_in(address: str) -> Iterator[str]:
    """What opens something for whoever reads an address, whether or not all of it is well formed.

    That is its password, the account of a site that asks for none, and what its query calls a key.
    """
    scheme, _, place = address.partition("://")
    if scheme.startswith("http"):
        with suppress(ValueError):
            account = urlsplit(address)
            yield unquote(account.password or account.username or "")
    else:
        account_of, at, _ = place.rpartition("@")
        yield unquote(account_of.partition(":")[2]) if at else ""
    for name, value in parse_qsl(place.partition("?")[2]):
        if _SOUNDS_SECRET.search(name):
            yield value


def _keys_around() -> Iterator[str]:
    """Those that libraries take from the environment: of proxies, and of PostgreSQL."""
    for address in getproxies_environment().values():
        yield from _keys_in(address if "://" in address else f"http://{address}")
    yield os.environ.get("PGPASSWORD", "")  # noqa: TID251  here is where it is read


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("不是 IANA 时区名，应像 Asia/Shanghai 这样写") from None
    return value


def _bot_token(value: SecretStr) -> SecretStr:
    token = value.get_secret_value()
    if token and not _TOKEN.fullmatch(token):
        raise ValueError("不像机器人令牌，应像 123456:ABC… 这样")
    return value


def _numbers(value: str) -> str:
    for part in _parts(value):
        if not re.fullmatch(r"-?\d{1,18}", part, re.ASCII):
            raise ValueError(f"“{part}”不是 Telegram 的数字 id")
    return value


def _networks(value: str) -> str:
    if value.strip():
        from bot.addresses import AddressPolicy  # noqa: PLC0415  aiohttp, else not needed here

        for part in _parts(value):
            try:
                AddressPolicy((part,))
            except ValueError:
                raise ValueError(f"“{part}”不是网段、IP 或 IP:端口") from None
    return value


def _parts(value: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in value.split(",") if part.strip())


def _upper(value: object) -> object:
    return value.upper() if isinstance(value, str) else value


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
        repr=False,  # it may hold a password
        description="Bot API 服务器地址，可指向自建服务器 | any Bot API server",
    )
    admin_ids: Annotated[str, NoDecode, AfterValidator(_numbers)] = Field(
        "",
        description="管理员的 Telegram 数字 id，逗号分隔 | admins' numeric ids, comma separated",
    )
    access: Literal["open", "allowlist", "invite"] = Field(
        "open",
        description=(
            "谁能用：open 所有人、allowlist 仅 ALLOWED_IDS、invite 再加持 /invite 链接的人"
            " | who may use the bot: everyone, ALLOWED_IDS only, or those and invited people"
        ),
    )
    allowed_ids: Annotated[str, NoDecode, AfterValidator(_numbers)] = Field(
        "",
        description=(
            "ACCESS 不是 open 时放行的人、群、频道的数字 id，逗号分隔 | ids of people, groups and "
            "channels that a private bot lets in, comma separated"
        ),
    )
    database_url: Annotated[str, AfterValidator(_database_url)] = Field(
        "sqlite:///data/hexin.db",
        repr=False,  # it may hold a password
        description=(
            "数据库：sqlite:///路径 或 postgresql://…；不填则放在 DATA_DIR 里 | database; "
            "by default in DATA_DIR"
        ),
    )
    data_dir: Path = Field(Path("data"), description="本地数据目录 | folder for local data")
    public_base_url: Annotated[str, AfterValidator(_optional_http_url)] = Field(
        "",
        description=(
            "消息里全文页链接的前缀；留空用本机地址 | prefix of page links; empty: this machine"
        ),
    )
    webhook_url: Annotated[str, AfterValidator(_optional_http_url)] = Field(
        "",
        repr=False,  # it may hold a password
        description=(
            "Telegram 把消息送到这个地址（https，指向 web 进程）；留空用长轮询 | prefix under "
            "which Telegram reaches the web processes; empty: long polling"
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
    fetch_allow: Annotated[str, AfterValidator(_networks)] = Field(
        "",
        description=(
            "允许抓取的内网地址（如自建 RSSHub），逗号分隔的网段或 IP:端口 | private addresses "
            "that may be fetched: networks or ip:port, comma separated"
        ),
    )
    user_agent: str = Field(
        "hexin/0.1",
        description=(
            "抓取时的 User-Agent；设了 PUBLIC_BASE_URL 会附上它作联系地址 | user agent; "
            "PUBLIC_BASE_URL is added as contact"
        ),
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
    article_days: int = Field(
        180,
        ge=0,
        description=(
            "原文全文保留几天，0 为一直保留；收藏过的不删 | days an article's text is kept, 0: "
            "for ever; what readers saved stays"
        ),
    )
    links_hourly: int = Field(
        20,
        ge=0,
        description="每人每小时最多请机器人读几条链接，0 为不限 | links read per person and hour, "
        "0: no limit",
    )
    links_daily: int = Field(
        60,
        ge=0,
        description="每人每天最多请机器人读几条链接，0 为不限 | links read per person and day, "
        "0: no limit",
    )
    send_rate: float = Field(
        28.0, gt=0, le=1000, description="每秒最多发送消息数 | messages per second"
    )
    paid_broadcast: bool = Field(
        default=False,
        description=(
            "每秒超过 30 条时按 Telegram 的价目付 Stars（每条 0.1）；不开则每秒最多 30 条 | "
            "beyond 30 messages a second Telegram takes 0.1 Star for each; else 30 are the most"
        ),
    )
    resend_alerts: bool = Field(
        default=False,
        description=(
            "快讯发出后没等到回执时，补发一次并标明；不开则留给下一次摘要 | an alert that may not "
            "have arrived goes once more, marked; else its news comes with the next digest"
        ),
    )
    translator: Literal["", "local", "libretranslate", "deepl", "model"] = Field(
        "",
        description=(
            "译者：local、libretranslate、deepl、model；留空用装好的本机模型 | translator; "
            "empty: a local model if one is installed"
        ),
    )
    translator_url: Annotated[str, AfterValidator(_optional_http_url)] = Field(
        "",
        repr=False,  # it may hold a password
        description="LibreTranslate 或 DeepL 的地址 | address of LibreTranslate or DeepL",
    )
    translator_key: SecretStr = Field(
        SecretStr(""), description="译者的密钥 | key of the translator"
    )
    model_base_url: Annotated[str, AfterValidator(_optional_http_url)] = Field(
        "",
        repr=False,  # it may hold a password
        description=(
            "模型增强版的接口（任何 OpenAI 兼容地址，通常以 /v1 结尾）；留空则不用模型 | any "
            "OpenAI-compatible endpoint; empty: no model"
        ),
    )
    model_api_key: SecretStr = Field(SecretStr(""), description="模型接口的密钥 | its key")
    model_name: str = Field("", description="模型名 | name of the model")
    model_timeout: float = Field(
        60.0, gt=0, le=1800, description="一次模型请求最多等几秒 | seconds a request may take"
    )
    model_wait: float = Field(
        45.0,
        ge=0,
        le=300,
        description="新消息最多等模型几秒；到时先发规则整理稿，模型写好再换上"
        " | seconds news waits for the model; then the rules brief goes out first",
    )
    model_context: int = Field(
        16_000,
        ge=2_000,
        le=2_000_000,
        description=(
            "模型一次能读写多少 token；小于 6000 时用精简提示词 | tokens the model can hold; "
            "below 6000 the short prompt is used"
        ),
    )
    model_concurrency: int = Field(
        2, ge=1, le=64, description="同时进行的模型请求数 | model requests in flight at once"
    )
    model_price_in: float = Field(
        0.0, ge=0, description="每百万输入 token 的价格 | price of a million input tokens"
    )
    model_price_out: float = Field(
        0.0, ge=0, description="每百万输出 token 的价格 | price of a million output tokens"
    )
    model_daily_tokens: int = Field(
        1_000_000, ge=0, description="每天最多用多少 token，0 为不限 | tokens a day, 0: no limit"
    )
    model_daily_cost: float = Field(
        0.0,
        ge=0,
        description="每天最多花多少钱（与价格同币种），0 为不限 | money a day, 0: no limit",
    )
    model_min_score: int = Field(
        40,
        ge=0,
        le=100,
        description="评分达到多少才请模型整理 | score from which the model condenses",
    )
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(_upper)] = (
        Field("INFO", description="日志级别 DEBUG/INFO/WARNING/ERROR | log level")
    )
    log_format: Literal["text", "json"] = Field(
        "text", description="日志格式：text 或 json（每行一个事件） | text or JSON lines"
    )
    sentry_dsn: SecretStr = Field(
        SecretStr(""),
        description="Sentry 地址，出错时上报（不含任何人的文字）；需装 hexin[sentry]"
        " | Sentry DSN for errors, without anybody's words; needs hexin[sentry]",
    )
    metrics_port: int | None = Field(
        None,
        ge=0,
        le=65535,
        description=(
            "/metrics、/healthz、/readyz 的专用端口；留空则没有 | a port of their own for "
            "/metrics, /healthz and /readyz; empty: none"
        ),
    )
    metrics_host: str = Field(
        "127.0.0.1",
        description=(
            "专用端口的监听地址；不是本机地址时要设 METRICS_TOKEN | address of that port; any but "
            "this machine's own needs METRICS_TOKEN"
        ),
    )
    metrics_token: SecretStr = Field(
        SecretStr(""),
        description=(
            "看 /metrics 的令牌（Authorization: Bearer …）；留空则页面端口上没有它"
            " | bearer token for /metrics; empty: the pages' port has no such page"
        ),
    )

    @model_validator(mode="after")
    def _database_in_data_dir(self) -> Self:
        if "database_url" not in self.model_fields_set:
            self.database_url = f"sqlite:///{self.data_dir / 'hexin.db'}"
        return self

    @model_validator(mode="after")
    def _free_rate(self) -> Self:
        """Beyond what is free at Telegram's own servers nothing is sent by mistake."""
        telegrams = "//api.telegram.org" in self.telegram_api_base_url
        if telegrams and self.send_rate > FREE_RATE and not self.paid_broadcast:
            raise ValueError("SEND_RATE 超过 30 要打开 PAID_BROADCAST（超出的每条付 0.1 Star）")
        return self

    @model_validator(mode="after")
    def _whole_engines(self) -> Self:
        if self.model_base_url and not self.model_name:
            raise ValueError("填了 MODEL_BASE_URL，也要填 MODEL_NAME")
        if self.translator == "libretranslate" and not self.translator_url:
            raise ValueError("TRANSLATOR=libretranslate 要填 TRANSLATOR_URL")
        if self.translator == "deepl" and not self.translator_key.get_secret_value():
            raise ValueError("TRANSLATOR=deepl 要填 TRANSLATOR_KEY")
        if self.translator == "model" and not self.model_base_url:
            raise ValueError("TRANSLATOR=model 要填 MODEL_BASE_URL 和 MODEL_NAME")
        return self

    @model_validator(mode="after")
    def _metrics_kept_in(self) -> Self:
        here = self.metrics_host in {"127.0.0.1", "::1", "localhost"}
        if self.metrics_port is None or here or self.metrics_token.get_secret_value():
            return self
        raise ValueError("METRICS_HOST 不是本机地址时，也要填 METRICS_TOKEN")

    @property
    def token(self) -> str:
        """The bot token, "" when none is set."""
        return self.telegram_bot_token.get_secret_value()

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every value that no log, page or message may show: keys, and those in addresses."""
        values = [getattr(self, name) for name in type(self).model_fields]
        keys = [one.get_secret_value() for one in values if isinstance(one, SecretStr)]
        # Of an address that is a key, such as Sentry's, the account by itself is the key.
        addresses = [one for one in (*keys, *values) if isinstance(one, str) and "://" in one]
        inside = [key for address in addresses for key in _keys_in(address)]
        return tuple(one for one in (*keys, *inside, *_keys_around()) if one)

    @property
    def admins(self) -> frozenset[int]:
        """The admins' Telegram ids."""
        return frozenset(map(int, _parts(self.admin_ids)))

    @property
    def allowed(self) -> frozenset[int]:
        """The ids that a private bot lets in besides its admins."""
        return frozenset(map(int, _parts(self.allowed_ids)))

    @property
    def agent(self) -> str:
        """How we introduce ourselves to sites, with an address for complaints if there is one."""
        contact = self.public_base_url
        return f"{self.user_agent} (+{contact})" if contact else self.user_agent

    @property
    def allowed_addresses(self) -> tuple[str, ...]:
        """What `fetch_allow` lists."""
        return _parts(self.fetch_allow)


# What Python and its libraries go by; whatever else stands there is no business of theirs.
_PLAIN = regex(
    r"PATH|HOME|LANG|LANGUAGE|TZ|TMPDIR|SYSTEMROOT|VIRTUAL_ENV|"
    r"(LC|LD|PYTHON|MALLOC|OMP|OPENBLAS|MKL|COV|COVERAGE)_?[A-Z0-9_]*"
)
_PLAIN_OR_POSTGRES = regex(rf"{_PLAIN.pattern}|PG[A-Z_]+")


def plain_environment() -> dict[str, str]:
    """The environment without any secret, for processes that read what strangers wrote."""
    return _environment(_PLAIN)


def database_environment() -> dict[str, str]:
    """The same with what PostgreSQL's programs go by, its password too: for pg_dump."""
    return _environment(_PLAIN_OR_POSTGRES)


def _environment(wanted: re.Pattern[str]) -> dict[str, str]:
    found = os.environ.items()  # noqa: TID251  here is where it is read
    return {name: value for name, value in found if wanted.fullmatch(name)}


def load_settings(**overrides: Any) -> Settings:
    """Read the environment and `.env`. Raises ConfigError naming every problem."""
    try:
        return Settings(**overrides)
    except ValidationError as error:
        problems = error.errors(include_input=False, include_url=False)
        raise ConfigError(tuple(_complaint(problem) for problem in problems)) from None


def _complaint(problem: Mapping[str, Any]) -> str:
    """One line for a person; what was entered is not repeated, it may be a secret."""
    name = "_".join(str(part) for part in problem["loc"]).upper()
    template = _COMPLAINTS.get(problem["type"])
    context = dict(problem.get("ctx", {}))
    if "expected" in context:
        context["expected"] = "、".join(re.findall(r"'(.*?)'", context["expected"]))
    text = template.format(**context) if template else problem["msg"]
    return f"{name}: {text}" if name else text


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
        rows.append(SettingRow(name.upper(), _shown(field.default), zh, en))
    return tuple(rows)


def _shown(default: object) -> str:
    if isinstance(default, SecretStr):
        return default.get_secret_value()
    if default is None:
        return ""
    return str(default).lower() if isinstance(default, bool) else str(default)


def settings_env() -> str:
    """The settings as a `.env` file with every default, each under its meaning, 80 columns."""
    blocks = []
    for row in setting_rows():
        comments = [row.zh, *wrap(row.en, 78)]
        blocks.append(
            "\n".join([*(f"# {line}" for line in comments), f"{row.name}={row.default}"])
        )
    return "\n\n".join(blocks)


def settings_markdown() -> str:
    """The settings as the table that stands in the README."""
    lines = ["| 设置 | 默认 | 含义 | meaning |", "|---|---|---|---|"]
    for row in setting_rows():
        default = f"`{row.default}`" if row.default else "–"
        lines.append(f"| `{row.name}` | {default} | {row.zh} | {row.en} |")
    return "\n".join(lines)
