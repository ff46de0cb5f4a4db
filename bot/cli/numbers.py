"""`hexin stats`: the numbers of the publication."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from bot.cli.shared import USAGE_ERROR, fail, run_async, say, settings_or_exit
from bot.clock import utc_now

if TYPE_CHECKING:
    from bot.config import Settings


def stats(
    days: Annotated[int, typer.Option(min=1, max=365, help="1 是今天，其余到昨天为止")] = 7,
    *,
    picture: Annotated[str, typer.Option(help="另画一张图，见 docs/numbers.md")] = "",
    out: Annotated[Path, typer.Option(help="图存到哪个文件")] = Path("numbers.png"),
) -> None:
    """读者、投递、打开、收藏、信源、话题、模型的数字；可另画一张图。"""
    from digest.numberpictures import PICTURES

    settings = settings_or_exit(log_level="ERROR")
    if picture and picture not in PICTURES:
        fail(f"没有图 {picture}；可选：{'、'.join(PICTURES)}", USAGE_ERROR)
    lines, drawn = run_async(_look(settings, days, picture))
    for line in lines:
        say(line)
    if drawn:
        out.write_bytes(drawn)
        say(f"图已存到 {out}")
    elif picture:
        fail("这方面还没有可画的数。")


async def _look(settings: "Settings", days: int, name: str) -> tuple[list[str], bytes]:
    """The numbers as lines, and the picture called `name` as PNG (b"" for none)."""
    from bot.jobs.once import opened
    from digest.model import Lang
    from digest.numberpictures import Named, picture_of
    from digest.overview import compared_words, overview, span_words, title_words
    from digest.texts import texts_for

    texts, now = texts_for(Lang.ZH), utc_now()
    async with opened(settings, utc_now) as storage:
        storage.numbers.zone = ZoneInfo(settings.default_zone)
        figures = await storage.numbers.latest(days, now)
        topics = storage.taxonomy.current.topics.values()
        named = Named(
            {topic.id: topic.name(Lang.ZH) for topic in topics},
            {str(one.id): one.spec.title for one in await storage.sources.all()},
        )
    head = f"{title_words(figures, texts)}　{span_words(figures, texts)}　"
    lines = [head + compared_words(figures, texts)]
    lines += [f"{line.title}　{line.text}" for line in overview(figures, texts, named.topics)]
    if not name:
        return lines, b""
    made = picture_of(name, figures, texts, named)
    if made.is_empty:
        return lines, b""
    from bot.pictures.job import paint

    return lines, paint((made, False))
