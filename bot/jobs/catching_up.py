"""`hexin enrich`: better the briefs and translate the articles of days past, by hand."""

from collections import Counter
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta

from rich.console import Console
from rich.progress import Progress

from bot.clock import Clock, utc_now
from bot.config import Settings
from bot.jobs.engines import has_translator, make_enricher
from bot.jobs.once import opened
from storage import Spent


class NothingConfigured(Exception):  # noqa: N818  an answer to a person
    """Neither a model nor a translator is set up."""


@dataclass(frozen=True, slots=True)
class CaughtUp:
    """How many signals ended how, and what it cost."""

    outcomes: Counter[str]
    spent: Spent

    def lines(self) -> tuple[str, ...]:
        """The report as lines for a person."""
        if not self.outcomes:
            return ("没有等待增强或翻译的内容（刚试过的 20 分钟后再试，试过三次的不再试）",)
        count = self.outcomes
        first = (
            f"模型增强 {count['model']} 条，翻译 {count['translated']} 篇，"
            f"未成 {count['unchanged']} 条"
        )
        if count["postponed"]:
            first += f"，{count['postponed']} 条推后：当日预算用完，或接口暂停，之后再运行一次"
        if not self.spent.calls:
            return (first,)
        spent = self.spent
        cost = f"，花费 {spent.cost:.4f}" if spent.cost else ""
        tokens = f"输入 {spent.tokens_in}、输出 {spent.tokens_out} token"
        return (first, f"模型请求 {spent.calls} 次，{tokens}{cost}")


async def catch_up(
    settings: Settings, console: Console, *, limit: int, days: int, clock: Clock = utc_now
) -> CaughtUp:
    """Enrich at most `limit` signals of the last `days`, the newest first.

    Raises NothingConfigured.
    """
    if not (settings.model_base_url or has_translator(settings)):
        raise NothingConfigured
    started = clock()
    async with opened(settings, clock) as storage, AsyncExitStack() as stack:
        enricher = await make_enricher(settings, storage, stack, clock)
        quiet = not console.is_terminal
        with Progress(console=console, transient=True, disable=quiet) as progress:
            task = progress.add_task("增强与翻译", total=None)
            outcomes = await enricher.catch_up(
                started - timedelta(days=days),
                limit,
                told=lambda _outcome: progress.advance(task),
            )
        return CaughtUp(outcomes, await storage.spending.spent(started))
