"""`hexin post`: an editor's own words, from a file or the standard input."""

import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal
from zoneinfo import ZoneInfo

import typer

from bot.cli.shared import USAGE_ERROR, fail, run_async, say, settings_or_exit
from bot.clock import utc_now

if TYPE_CHECKING:
    from bot.config import Settings
    from digest.model import Placement
    from digest.posts import Post, PostText
    from digest.taxonomy import Taxonomy
    from storage import Storage

ACTOR = "cli"
_FAULTS = {
    "empty": "没有文字：第一行写标题，之后每行一个要点。",
    "headline": "标题太长：最多 160 个字。",
    "line": "有一行太长：最多 1000 个字。",
    "lines": "标题之后最多 20 行。",
    "long": "文字太长：一共最多 4000 个字。",
}


def post(
    file: Annotated[
        Path | None,
        typer.Argument(metavar="文件", help="第一行标题，之后每行一个要点；不填则读标准输入"),
    ] = None,
    *,
    at: Annotated[
        str, typer.Option("--at", metavar="时间", help="定时发布，例如 明早8点、12-01 09:30")
    ] = "",
    column: Annotated[str, typer.Option("--column", help="栏目的编号；不填由分类器决定")] = "",
    level: Annotated[
        Literal["normal", "notable", "top"], typer.Option("--level", help="重要程度")
    ] = "normal",
    draft: Annotated[bool, typer.Option("--draft", help="只存成草稿，到聊天里再发布")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只预览，不保存也不发布")] = False,
) -> None:
    """发布一篇自己写的信号，或存成草稿。"""
    settings = settings_or_exit(log_level="ERROR")
    text = _read(file)
    moment = _moment(at, settings)
    wanted = _Wanted(column, level, moment, settings.default_zone, draft, dry_run)
    run_async(_work(settings, text, wanted))


@dataclass(frozen=True)
class _Wanted:
    column: str
    level: str
    at: datetime | None
    zone: str
    draft: bool
    dry: bool


def _read(file: Path | None) -> "PostText":
    from digest.posts import TextFault, read_text

    try:
        typed = file.read_text(encoding="utf-8") if file else sys.stdin.read()
    except (OSError, UnicodeDecodeError) as error:
        fail(f"读不了 {file}：{error}", USAGE_ERROR)
    text = read_text(typed)
    if isinstance(text, TextFault):
        fail(_FAULTS[text.value], USAGE_ERROR)
    return text


def _moment(at: str, settings: "Settings") -> datetime | None:
    from handlers.moments import read_moment

    if not at:
        return None
    found = read_moment(at, settings.default_zone, utc_now())
    if found is None:
        fail(f"看不懂的时间，或者已经过去：{at}", USAGE_ERROR)
    return found


async def _work(settings: "Settings", text: "PostText", wanted: _Wanted) -> None:
    from bot.jobs.once import opened
    from digest.classify import classify
    from digest.posts import draft_article

    async with opened(settings, utc_now) as storage:
        await storage.taxonomy.refresh()
        taxonomy = storage.taxonomy.current
        if wanted.column and wanted.column not in taxonomy.columns:
            known = "、".join(taxonomy.columns)
            fail(f"没有栏目 {wanted.column}。可选：{known}", USAGE_ERROR)
        placed = classify(
            draft_article(text), keywords=(), column_hint=wanted.column, taxonomy=taxonomy
        )
        if wanted.dry:
            _preview(settings, taxonomy, text, placed, wanted)
        else:
            await _keep(storage, text, placed, wanted)


async def _keep(
    storage: "Storage", text: "PostText", placed: "Placement", wanted: _Wanted
) -> None:
    from digest.posts import PostKind, PostState
    from storage import Editor, NewPost
    from storage.posted import publishable

    editor = Editor(ACTOR, 0, utc_now())
    new = NewPost(
        PostKind.WORDS,
        0,
        text,
        column=wanted.column or placed.column,
        topics=placed.topics,
        sort=placed.kind,
    )
    kept = await storage.posts.start(new, editor)
    if wanted.level != kept.level:
        kept = await storage.posts.change(kept, "post.level", editor, level=wanted.level)
    if wanted.draft:
        say(f"存成草稿 {kept.id}：{text.headline}")
    elif wanted.at is not None:
        state = PostState.SCHEDULED.value
        await storage.posts.change(kept, "post.time", editor, publish_at=wanted.at, state=state)
        when = wanted.at.astimezone(ZoneInfo(wanted.zone))
        say(f"草稿 {kept.id} 将在 {when:%Y-%m-%d %H:%M}（{wanted.zone}）发布：{text.headline}")
    else:
        made = await publishable(storage, kept, editor.now)
        if made is None:
            fail("没有可以发布的内容")
        out = await storage.posts.publish(kept, made, editor)
        say(f"已发布 /s/{out.signal_id}：{text.headline}")


def _preview(
    settings: "Settings",
    taxonomy: "Taxonomy",
    text: "PostText",
    placed: "Placement",
    wanted: _Wanted,
) -> None:
    """What subscribers of each language and layout will be sent."""
    from digest.model import DigestKind, Lang, Layout
    from digest.posts import signal_of_words
    from digest.render import Links, Rendering, plain_text, render_alert
    from digest.texts import texts_for

    now = utc_now()
    signal, _ = signal_of_words(_unkept(text, placed, wanted), now)
    for lang in Lang:
        for layout in Layout:
            rendering = Rendering(
                Links(settings.public_base_url or ""),
                texts_for(lang),
                taxonomy,
                settings.default_zone,
                now,
                layout=layout,
            )
            message = render_alert(signal, rendering, DigestKind.INSTANT)
            say(f"—— {lang.value} · {layout.value} ——")
            say(plain_text(message.text))
            say()


def _unkept(text: "PostText", placed: "Placement", wanted: _Wanted) -> "Post":
    from digest.posts import Level, Post, PostKind, PostState

    now = utc_now()
    return Post(
        id=0,
        kind=PostKind.WORDS,
        state=PostState.DRAFT,
        text=text,
        level=Level(wanted.level),
        column=wanted.column or placed.column,
        topics=placed.topics,
        made_by=0,
        changed_by=0,
        version=0,
        created_at=now,
        changed_at=now,
        sort=placed.kind,
    )
