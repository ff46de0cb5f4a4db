"""The local engine with real weights: it translates, outlives its worker, says what is wrong."""

import asyncio
import os
import re
import signal
from dataclasses import replace

import pytest

from bot.engine.workers import WorkerPool
from bot.translating.local import FirefoxTranslator
from bot.translating.port import TranslationUnavailable, Trouble
from bot.translating.service import Translating
from bot.translating.shelf import InstalledModel, sha256_of
from digest.model import Rendered

SENTENCES = [
    "The company sold 4,200 phones in 17 countries last year.",
    "The new model cuts the number of steps from 40 to 4.",
    "Write to press@example.org before Monday.",
    "See https://example.org/a?b=1 for the list.",
]


async def worker_pid(pool: WorkerPool) -> int:
    return int(await pool.run(os.readlink, "/proc/self"))


def _is_there(pid: int) -> bool:
    """Whether a process lives, or is dead and nobody has noticed."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_sentences_are_translated_one_for_one(firefox: FirefoxTranslator):
    told = await firefox.translate(SENTENCES, source="en", target="pt")

    assert len(told) == len(SENTENCES)
    assert "telefones" in told[0]
    assert {"40", "4"} <= set(re.findall(r"\d+", told[1]))
    assert "press@example.org" in told[2]
    assert "https://example.org/a?b=1" in told[3]


async def test_a_sentence_of_two_hundred_words_keeps_its_numbers(firefox: FirefoxTranslator):
    clauses = [f"the plant in town {n} made {n}00 tons of steel" for n in range(11, 31)]
    (told,) = await firefox.translate(
        [f"The report says that {', and '.join(clauses)}."], source="en", target="pt"
    )

    plain = re.sub(r"(?<=\d)[.,](?=\d)", "", told)
    kept = [n for n in range(11, 31) if f"{n}00" in plain]
    # Sent whole, this small model repeats itself and loses half of them.
    assert len(kept) >= 19
    assert plain.count(".") == 1


async def test_the_model_is_loaded_once_and_again_after_its_worker_was_killed(
    firefox: FirefoxTranslator, pool: WorkerPool
):
    first = await firefox.translate(SENTENCES[:1], source="en", target="pt")
    pid = await worker_pid(pool)
    await firefox.translate(SENTENCES[:1], source="en", target="pt")
    assert await worker_pid(pool) == pid

    os.kill(pid, signal.SIGKILL)
    async with asyncio.timeout(10):  # until its end is noticed
        while _is_there(pid):
            await asyncio.sleep(0.01)
    await asyncio.sleep(0.1)

    assert await firefox.translate(SENTENCES[:1], source="en", target="pt") == first
    assert await worker_pid(pool) != pid


async def test_a_worker_killed_at_work_costs_nothing_but_time(
    firefox: FirefoxTranslator, pool: WorkerPool
):
    await firefox.translate(SENTENCES[:1], source="en", target="pt")
    pid = await worker_pid(pool)
    many = [f"The company sold {n} phones in 17 countries last year." for n in range(20, 60)]
    work = asyncio.create_task(firefox.translate(many, source="en", target="pt"))
    await asyncio.sleep(0.3)
    os.kill(pid, signal.SIGKILL)

    told = await work

    assert len(told) == len(many)
    assert all(str(n) in text for n, text in zip(range(20, 60), told, strict=True))


async def test_a_damaged_file_is_named(firefox: FirefoxTranslator, model: InstalledModel):
    path = model.folder / model.file("model").name
    path.write_bytes(b"garbage" * 1000)

    with pytest.raises(TranslationUnavailable, match=r"已损坏.*hexin models add") as caught:
        await firefox.translate(SENTENCES[:1], source="en", target="pt")
    assert caught.value.trouble is Trouble.BROKEN


async def test_a_file_that_is_no_model_is_named(pool: WorkerPool, model: InstalledModel):
    path = model.folder / model.file("model").name
    path.write_bytes(b"garbage" * 1000)
    trusted = replace(
        model,
        files=tuple(
            replace(file, sha256=sha256_of(model.folder / file.name)) for file in model.files
        ),
    )

    with pytest.raises(TranslationUnavailable, match="en-pt 的模型文件无法读取"):
        await FirefoxTranslator([trusted], pool).translate(["It works."], source="en", target="pt")


async def test_a_missing_file_is_named(firefox: FirefoxTranslator, model: InstalledModel):
    (model.folder / model.file("vocabulary").name).unlink()

    with pytest.raises(TranslationUnavailable, match="读不到模型文件"):
        await firefox.translate(SENTENCES[:1], source="en", target="pt")


async def test_pairs_are_direct_or_by_english(
    pool: WorkerPool, model: InstalledModel, firefox: FirefoxTranslator
):
    assert firefox.covers("en", "pt")
    assert not firefox.covers("en", "zh")
    with pytest.raises(TranslationUnavailable) as caught:
        await firefox.translate(["It works."], source="en", target="zh")
    assert caught.value.trouble is Trouble.PAIR

    halves = FirefoxTranslator([replace(model, pair="ja-en"), replace(model, pair="en-zh")], pool)
    assert halves.covers("ja", "zh")
    assert halves.label("ja", "zh") == "firefox ja-en → firefox en-zh"
    assert not halves.covers("ko", "zh")
    # The same weights twice: the way by English runs both steps.
    assert await halves.translate(["Monday"], source="ja", target="zh")


async def test_a_worker_that_always_ends_is_reported(model: InstalledModel):
    pool = WorkerPool(1, memory_bytes=60_000_000)  # too little for any model
    try:
        with pytest.raises(TranslationUnavailable):
            await FirefoxTranslator([model], pool).translate(
                SENTENCES[:2], source="en", target="pt"
            )
    finally:
        await pool.close()


async def test_through_the_service_numbers_are_checked(firefox: FirefoxTranslator):
    told = await Translating(firefox).sentences([*SENTENCES, "GPT-5"], "en", "pt")

    assert [one.rendered for one in told] == [Rendered.TRANSLATED] * 4 + [Rendered.KEPT]
    assert [one.index for one in told] == list(range(5))
