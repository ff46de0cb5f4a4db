"""`hexin lab …`: one stage at a time, JSON lines in, JSON lines out, no database."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from enum import StrEnum
from typing import Annotated, Any

import typer

from bot.clock import utc_now

app = typer.Typer(no_args_is_help=True)


@app.command()
def feed() -> None:
    """{"url", "body_base64"} → 订阅里的条目。"""
    from bot.cli.stages import feed_request
    from bot.cli.stream import answer_lines
    from bot.engine.jobs_cpu import read_document_job

    with _worker(read_document_job) as parse:
        answer_lines(lambda record: asdict(parse(feed_request(record, utc_now()))))


@app.command()
def extract() -> None:
    """{"url", "html"} 或 {"url", "body_base64"} → 正文与元数据。"""
    from bot.cli.stages import page_request, shown_article
    from bot.cli.stream import answer_lines
    from digest.extract import extract as read

    with _worker(read) as extracted:
        answer_lines(lambda record: shown_article(extracted(page_request(record))))


class TierName(StrEnum):
    """`--tier`."""

    RULES = "rules"
    MODEL = "model"


@app.command()
def condense(
    tier: Annotated[
        TierName, typer.Option(help="rules：规则整理稿；model：模型增强版（用 MODEL_* 设置）")
    ] = TierName.RULES,
    sentences: Annotated[
        int | None, typer.Option(min=1, max=20, help="另给出 summary：最多几句（规则整理稿）")
    ] = None,
    words: Annotated[
        int | None, typer.Option(min=5, max=500, help="summary 大约多少词（中文为字）")
    ] = None,
) -> None:
    """{"id", "title", "text", "lang"} → 要点及依据的位置、数字、关键词、类型、栏目、话题。"""
    from bot.cli.stream import answer_lines

    if tier is TierName.MODEL:
        from bot.cli.modelling import model_stage

        with model_stage() as stage:
            answer_lines(stage)
        return
    from bot.cli.stages import SummaryWish, condense_stage

    wish = SummaryWish(sentences, words) if sentences else None
    answer_lines(lambda record: condense_stage(record, utc_now, wish))


@app.command()
def classify() -> None:
    """{"id", "title", "text"} → 栏目、类型、话题，以及起决定作用的词。"""
    from bot.cli.stages import classify_stage
    from bot.cli.stream import answer_lines

    answer_lines(classify_stage)


@app.command()
def verify() -> None:
    """{"text", "summary"} → 原文是否支持这段摘要，逐项列出依据。"""
    from bot.cli.stages import verify_stage
    from bot.cli.stream import answer_lines

    answer_lines(verify_stage)


@app.command()
def stories() -> None:
    """{"id", "title", "text", "date"} 的序列 → 各属哪个专题，按到达顺序。"""
    from bot.cli.storying import StoryStream
    from bot.cli.stream import answer_lines

    answer_lines(StoryStream(utc_now))


@app.command()
def render() -> None:
    """{"id", "title", "text"} → 读者看到的卡片（Telegram HTML）。"""
    from bot.cli.stages import render_stage
    from bot.cli.stream import answer_lines

    answer_lines(lambda record: render_stage(record, utc_now))


@app.command()
def translate() -> None:
    """{"text" 或 "sentences", "source"?, "target"?, "engine"?} → 逐句译文与核对结果。"""
    from bot.cli.shared import settings_or_exit
    from bot.cli.stream import answer_lines
    from bot.cli.translation import translate_stage

    with translate_stage(settings_or_exit(log_level="WARNING")) as stage:
        answer_lines(stage)


@contextmanager
def _worker(function: Callable[[Any], Any]) -> Iterator[Callable[[Any], Any]]:
    """`function` in a process that is killed when a document defeats it."""
    import asyncio

    from bot.engine.workers import WorkerPool

    with asyncio.Runner() as runner:
        pool = WorkerPool(1)
        try:
            yield lambda argument: runner.run(pool.run(function, argument))
        finally:
            runner.run(pool.close())
