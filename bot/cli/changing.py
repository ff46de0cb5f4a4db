"""`hexin sources set`, `pause` and `resume`: what an installation settles about one source."""

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from bot.cli.shared import ACCESS_WORDS, USAGE_ERROR, fail, run_async, say, settings_or_exit
from bot.cli.trials import ACTOR, Lines, Parts, headers_of, recipe_of
from bot.clock import utc_now

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from digest.model import Source, SourceState
    from storage import Storage

HOT = {"ranks": "热榜，只记名次", "both": "热榜，记名次，也读文章"}
FULL_TEXT = {"full": "展示全文", "excerpt": "展示节选", "link": "只给要点和链接"}
Number = Annotated[int, typer.Argument(metavar="ID", help="信源的 id，见 hexin sources list")]
Minutes = Annotated[int | None, typer.Option(min=1, max=7 * 24 * 60)]


def set_source(  # noqa: PLR0913  each is a setting of its own
    number: Number,
    *,
    title: Annotated[str | None, typer.Option(help="名称")] = None,
    column: Annotated[str | None, typer.Option(help="栏目")] = None,
    lang: Annotated[str | None, typer.Option(help="语言：zh、en 等")] = None,
    weight: Annotated[float | None, typer.Option(min=0.1, max=2.0, help="权重，影响评分")] = None,
    full_text: Annotated[
        Literal["full", "excerpt", "link"] | None,
        typer.Option(help="公开页面展示多少原文：full 全文、excerpt 节选、link 只给要点和链接"),
    ] = None,
    access: Annotated[
        Literal["public", "subscribers"] | None,
        typer.Option(help="谁能读它的全文页：public 所有人、subscribers 从机器人拿到链接的人"),
    ] = None,
    hot: Annotated[
        Literal["no", "ranks", "both"] | None,
        typer.Option(help="榜单：no 不是；ranks 只记名次；both 记名次，也读文章"),
    ] = None,
    translate: Annotated[
        bool | None, typer.Option("--translate/--no-translate", help="外文是否交给翻译引擎")
    ] = None,
    floor: Annotated[
        int | None,
        typer.Option("--every-at-least", min=0, max=10_080, help="最短隔几分钟轮询一次；0 为默认"),
    ] = None,
    ceiling: Annotated[
        int | None,
        typer.Option("--every-at-most", min=0, max=10_080, help="最长隔几分钟轮询一次；0 为默认"),
    ] = None,
    part: Parts = None,
    header: Lines = None,
    no_headers: Annotated[bool, typer.Option("--no-headers", help="不再另加请求头")] = False,
) -> None:
    """改一个信源的设置。不带选项则只显示现状。"""
    from digest.model import Access, FullText, HotList

    wanted: dict[str, Any] = {
        "title": title,
        "column": column,
        "lang": lang,
        "weight": weight,
        "full_text": FullText(full_text) if full_text else None,
        "access": Access(access) if access else None,
        "hot": HotList(hot) if hot else None,
        "translate": translate,
        "recipe": recipe_of(part) if part else None,
        "headers": () if no_headers else headers_of(header) or None,
    }
    changes = {name: value for name, value in wanted.items() if value is not None}
    for name, minutes in (("poll_floor_s", floor), ("poll_ceiling_s", ceiling)):
        if minutes is not None:
            changes[name] = minutes * 60 or None

    async def work(storage: "Storage") -> "Source | None":
        columns = storage.taxonomy.current.columns
        if column and column not in columns:
            fail(f"没有栏目 {column}；可选：{'、'.join(columns)}", USAGE_ERROR)
        if not changes:
            return await storage.sources.get(number)
        return await storage.sources.edit(number, actor=ACTOR, now=utc_now(), **changes)

    _tell(_done(number, work))


def pause(number: Number) -> None:
    """暂停一个信源：不再轮询，已有的内容不变。"""
    from digest.model import SourceState

    _set_state(number, SourceState.PAUSED, "已暂停")


def resume(number: Number) -> None:
    """恢复一个暂停或停刊的信源，随即轮询。"""
    from digest.model import SourceState

    _set_state(number, SourceState.ACTIVE, "已恢复")


def _set_state(number: int, state: "SourceState", said: str) -> None:
    async def work(storage: "Storage") -> "Source":
        return await storage.sources.set_state(number, state, actor=ACTOR, now=utc_now())

    source = _done(number, work)
    say(f"{said} {source.spec.title}（id {source.id}）")


def _done(number: int, work: "Callable[[Storage], Awaitable[Source | None]]") -> "Source":
    from bot.jobs.once import opened
    from storage import NotFound

    settings = settings_or_exit(log_level="ERROR")

    async def run() -> "Source | None":
        async with opened(settings, utc_now) as storage:
            return await work(storage)

    try:
        source = run_async(run())
    except NotFound:
        source = None
    if source is None:
        fail(f"没有 id 为 {number} 的信源")
    return source


def _tell(source: "Source") -> None:
    """Its settings in a line or a few; of headers no more than their names and ends."""
    from digest.model import HotList
    from digest.sources.headers import masked

    spec = source.spec
    shown, readers = FULL_TEXT[spec.full_text], ACCESS_WORDS[spec.access]
    say(f"{spec.title}（id {source.id}）：{shown}，{readers}")
    further = [f"栏目 {spec.column}", f"语言 {spec.lang or '未知'}", f"权重 {spec.weight:g}"]
    for words, seconds in (("最短", spec.poll_floor_s), ("最长", spec.poll_ceiling_s)):
        if seconds:
            further.append(f"{words} {seconds / 60:g} 分钟轮询一次")
    if spec.hot is not HotList.NO:
        further.append(HOT[spec.hot])
    if not spec.translate:
        further.append("不翻译")
    say("；".join(further))
    for line in masked(spec.headers):
        say(f"请求头 {line}")
