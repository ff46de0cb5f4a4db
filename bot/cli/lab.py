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
def stories(
    gold: Annotated[
        str,
        typer.Option(
            metavar="FIELD",
            help="人工标注写在哪个字段（如 cluster）：读完后给出 B³ 与成对的准确率、召回率、F1",
        ),
    ] = "",
    *,
    compare: Annotated[
        bool,
        typer.Option(
            help="同一批文字也用通常的办法分一遍（标题 Jaccard、TF-IDF、MinHash），并排比较；"
            "没有写 --gold 时用 cluster"
        ),
    ] = False,
    near: Annotated[
        int, typer.Option(min=0, max=50, help="另给出最像的几条（不在同一专题里的）与相似度")
    ] = 0,
    by_date: Annotated[
        bool, typer.Option("--by-date", help="先全部读完，按 date 的先后处理，而不是按到达顺序")
    ] = False,
    semantic: Annotated[
        bool, typer.Option(help="装了 semantic 时也比较句意，和运行中的机器人一样")
    ] = True,
) -> None:
    """{"id", "title", "text", "date"} 的序列 → 各属哪个专题，按到达顺序。

    title 与 text 有一个就行；lang、also（另一种语言的标题）可写可不写。
    story 是这个专题第一条的序号（从 1 数起）。
    {"a", "b"} 是单独的两句话 → says：same 说的一样，nearly 只差细节，other 不一样；不计入专题。
    """
    from bot.cli.storying import StoryStage
    from bot.cli.stream import answer_lines
    from digest.verify.meaning import installed_encoder

    field = gold or ("cluster" if compare else "")
    encoder = installed_encoder() if semantic else None
    stage = StoryStage(utc_now, gold=field, near=near, encoder=encoder)
    last = stage.measured(compare=compare) if field else None
    answer_lines(stage, by_date=by_date, last=last)
    if field:
        stage.show()


@app.command()
def trends(
    now: Annotated[
        str, typer.Option(metavar="TIME", help="到什么时候为止（ISO 8601）；不写就到最后一条")
    ] = "",
    *,
    alone: Annotated[
        bool,
        typer.Option(help="只看各自的次数，不与全部内容的多少相比（不到 10 个 key 时总是这样）"),
    ] = False,
    alarms: Annotated[
        bool, typer.Option(help="另给出逐时（逐日）看下来，什么时候会报起势")
    ] = False,
) -> None:
    """{"key", "at"} 的序列，或 {"key", "counts"} → 各自的走势。

    key 也可以写成 "keys" 或 "title"（取其中的名称与词），"source" 可写可不写。
    counts 是逐日次数，从旧到新，null 为不知道；at 全是日期时逐日看，否则逐小时看。
    """
    from bot.cli.stream import answer_lines
    from bot.cli.trending import TrendStage

    stage = TrendStage(now, alone=alone, alarms=alarms)
    answer_lines(stage, rest=stage.found)


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
