"""`hexin sources try` and `hexin sources add`: anything that may be a source, tried at once."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from bot.cli.shared import USAGE_ERROR, fail, run_async, say, settings_or_exit
from bot.clock import utc_now

if TYPE_CHECKING:
    from bot.config import Settings
    from digest.model import Recipe, Source
    from digest.sources.trial import Proposal, Refusal, Trial

ACTOR = "cli"


@dataclass(frozen=True, slots=True)
class _Own:
    """What the caller knows better than we: where the list is, and headers."""

    recipe: "Recipe"
    headers: tuple[tuple[str, str], ...]


Words = Annotated[
    str,
    typer.Argument(
        help="网址（订阅、网页、站点地图、JSON 列表）、owner/name（GitHub）、r/name、hn、hn:查询、"
        "cat:cs.AI、@name（Telegram）、@user@host（Mastodon）、name.bsky.social 等",
    ),
]
Parts = Annotated[
    list[str] | None,
    typer.Option(
        "--part",
        help="自己指定列表，可重复：items=每一条的 CSS 选择器（JSON 列表用 JMESPath 路径），"
        "还有 title=、link=、date=、summary=、author=、zone=、include=",
    ),
]
Lines = Annotated[
    list[str] | None, typer.Option("--header", help="轮询时另加的请求头，如 'Cookie: …'；可重复")
]


def try_out(
    words: Words,
    part: Parts = None,
    header: Lines = None,
) -> None:
    """试读任何可能是信源的东西，显示前三条，不保存。"""
    settings = settings_or_exit(log_level="ERROR")

    async def none() -> "tuple[Source, ...]":
        return ()

    trial = run_async(_trial(words, settings, _Own(recipe_of(part), headers_of(header)), none))
    proposals = _proposals(trial)
    zone_shown = ZoneInfo(settings.default_zone)
    for number, found in enumerate(proposals, start=1):
        _show(found, zone_shown, f"[{number}] " if len(proposals) > 1 else "")


def add(
    words: Words,
    *,
    title: Annotated[str, typer.Option(help="名称；默认用信源自己的")] = "",
    column: Annotated[str, typer.Option(help="栏目，如 ai、tech、business；默认由名称推断")] = "",
    weight: Annotated[float, typer.Option(min=0.1, max=2.0, help="权重，影响评分")] = 1.0,
    pick: Annotated[int, typer.Option(min=1, help="试读找到几个时，要第几个")] = 1,
    part: Parts = None,
    header: Lines = None,
) -> None:
    """试读任何可能是信源的东西，读得通就添加。"""
    from bot.jobs.once import opened
    from storage import DuplicateSource

    own = _Own(recipe_of(part), headers_of(header))
    settings = settings_or_exit(log_level="ERROR")

    async def work() -> "Source":
        async with opened(settings, utc_now) as storage:
            columns = storage.taxonomy.current.columns
            if column and column not in columns:
                fail(f"没有栏目 {column}；可选：{'、'.join(columns)}", USAGE_ERROR)
            found = _picked(
                _proposals(await _trial(words, settings, own, storage.sources.all)), pick
            )
            if found.known is not None:
                raise DuplicateSource(found.known)
            guess = found.spec.column
            spec = replace(
                found.spec,
                title=title or found.spec.title,
                # An installation may have other columns than those we guess among.
                column=column or (guess if guess in columns else next(iter(columns))),
                weight=weight,
                headers=own.headers,
            )
            return await storage.sources.add(spec, utc_now(), actor=ACTOR)

    try:
        source = run_async(work())
    except DuplicateSource as error:
        fail(f"已经有了：{error.existing.spec.title}（id {error.existing.id}）")
    say(f"已添加 {source.spec.title}（id {source.id}）  {source.spec.url}")


async def _trial(
    words: str,
    settings: "Settings",
    own: _Own,
    known: "Callable[[], Awaitable[tuple[Source, ...]]]",
) -> "Trial":
    from bot.jobs.trying import discovering
    from digest.sources.services import own_spec

    async with discovering(settings, utc_now, known) as trial:
        if not own.recipe.items and not own.headers:
            found = await trial(words)
            if not own.recipe.include or found.best is None:
                return found
            spec = found.best.spec
            recipe = replace(spec.recipe, include=own.recipe.include)
            return await trial.preview(replace(spec, recipe=recipe))
        spec = own_spec(words, own.recipe)
        return await trial.preview(replace(spec, headers=own.headers))


def recipe_of(parts: list[str] | None) -> "Recipe":
    """The recipe that `--part` options tell; a wrong one ends the command."""
    from digest.model import Recipe

    values: dict[str, str] = {}
    for part in parts or ():
        name, equals, value = part.partition("=")
        if name.strip() not in Recipe.__dataclass_fields__ or not equals:
            fail(f"看不懂 {part}；写成 items=… 或 title=…", USAGE_ERROR)
        values[name.strip()] = value.strip()
    if values and not values.keys() & {"items", "include"}:
        fail("还要写 items=…：每一条在哪里", USAGE_ERROR)
    return Recipe(**values)


def headers_of(lines: list[str] | None) -> tuple[tuple[str, str], ...]:
    """The pairs that `--header` options tell; one that may not be sent ends the command."""
    from digest.sources.headers import BadHeader, checked_headers, read_header

    try:
        return checked_headers(read_header(line) for line in lines or ())
    except BadHeader as error:
        fail(f"请求头 {error.name} 不能用；写成“名称: 内容”", USAGE_ERROR)


def _proposals(trial: "Trial") -> "tuple[Proposal, ...]":
    if trial.refusal is not None:
        fail(f"读不了 {trial.words}：{_reason(trial.refusal)}")
    return trial.proposals


def _picked(proposals: "tuple[Proposal, ...]", pick: int) -> "Proposal":
    if pick > len(proposals):
        fail(f"只找到 {len(proposals)} 个", USAGE_ERROR)
    return proposals[pick - 1]


def _reason(refusal: "Refusal") -> str:
    from digest.errors import PollFailure
    from digest.model import Lang
    from digest.texts import texts_for

    reason = refusal.words(texts_for(Lang.ZH))
    if refusal.code == PollFailure.REFUSED:
        reason += "确属自己的内网服务，可用 FETCH_ALLOW 放行。"
    details = " ".join(part for part in (refusal.url, refusal.detail) if part)
    return f"{reason}\n（{details}）" if details else reason


def _show(found: "Proposal", zone: ZoneInfo, number: str) -> None:
    from digest.model import Lang
    from digest.texts import texts_for

    texts, spec = texts_for(Lang.ZH), found.spec
    say(f"{number}{spec.title or '（没有标题）'}  {spec.url}")
    say(f"{found.service_words(texts)}；{found.total} 条；语言 {spec.lang or '未知'}")
    if found.remarks:
        say("注意：" + "；".join(found.remark_words(texts)))
    used = {name: value for name, value in asdict(spec.recipe).items() if value}
    if used:
        say("读法：" + "；".join(f"{name} = {value}" for name, value in used.items()))
    for sample in found.samples:
        at = sample.published_at
        when = f"{at.astimezone(zone):%Y-%m-%d %H:%M}" if at else "没有日期"
        say(f"- {sample.title or '（没有标题）'}\n  {when}  {sample.url}")
