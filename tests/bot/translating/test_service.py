"""The service before an engine that misbehaves in every way: each sentence has a defined end."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from aiohttp import web

from bot.config import Settings
from bot.translating import Translating, TranslationUnavailable, Trouble, make_translator
from bot.translating.libretranslate import LibreTranslate
from bot.translating.wire import Wire
from digest.model import (
    Advice,
    Article,
    Brief,
    Insight,
    Moment,
    Point,
    Rendered,
    TranslatedSentence,
)
from tests.bot.translating.conftest import Remote, error

ASK = "POST /translate"
TOLD = {
    "Revenue rose 12% to $1.2 billion.": "营收增长 12%，达到 12 亿美元。",
    "The model cuts generation steps from 40 to 4.": "该模型把生成步数从 40 降到 4。",
    "Nvidia will ship the chip in June.": "Nvidia 将在 6 月交付这款芯片。",
    "It is unclear who pays.": "目前尚不清楚由谁付费。",
    "Nvidia cuts steps from 40 to 4": "Nvidia 把步数从 40 降到 4",
    "Teams should test it first.": "团队应当先行测试。",
}
SENTENCES = list(TOLD)[:4]


class Memory:
    """Sentences by key, as storage keeps them."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    async def get(self, keys: Sequence[str]) -> dict[str, str]:
        return {key: self.kept[key] for key in keys if key in self.kept}

    async def put(self, entries: Mapping[str, str], engine: str) -> None:
        assert engine == "libretranslate"
        self.kept.update(entries)


def answering(change: Callable[[list[str]], list[str]] = lambda told: told) -> Any:
    def answer(body: dict[str, Any]) -> web.Response:
        told = change([TOLD.get(text, f"译文：{text}") for text in body["q"]])
        return web.json_response({"translatedText": told})

    return answer


@pytest.fixture
def memory() -> Memory:
    return Memory()


@pytest.fixture
async def service(remote: Remote, memory: Memory) -> AsyncIterator[Translating]:
    made = Translating(
        LibreTranslate(Wire(remote.base, first_wait_s=0.01, timeout_s=5)), cache=memory
    )
    yield made
    await made.close()


def states(told: Sequence[TranslatedSentence]) -> list[Rendered]:
    return [one.rendered for one in told]


async def test_what_is_no_language_is_kept_and_the_rest_translated(
    remote: Remote, service: Translating
):
    remote.on(ASK, answering())
    texts = [SENTENCES[0], "https://example.org", "已经是中文。", SENTENCES[1], SENTENCES[0]]

    told = await service.sentences(texts, "en")

    assert [one.text for one in told] == [
        TOLD[SENTENCES[0]],
        "https://example.org",
        "已经是中文。",
        TOLD[SENTENCES[1]],
        TOLD[SENTENCES[0]],
    ]
    assert states(told) == [
        Rendered.TRANSLATED,
        Rendered.KEPT,
        Rendered.KEPT,
        Rendered.TRANSLATED,
        Rendered.TRANSLATED,
    ]
    assert remote.bodies(ASK)[0]["q"] == [SENTENCES[0], SENTENCES[1]]


async def test_terms_and_characters_are_evened_out(remote: Remote, service: Translating):
    remote.on(ASK, answering(lambda _: ["Nvidia 將在 6 月交付這款晶片。"]))
    (told,) = await service.sentences([SENTENCES[2]], "en")
    assert told.text == "英伟达将在 6 月交付这款晶片。"


async def test_the_second_time_comes_from_the_cache(remote: Remote, service: Translating):
    remote.on(ASK, answering())
    first = await service.sentences(SENTENCES, "en")
    assert await service.sentences(SENTENCES, "en") == first
    assert len(remote.asked) == 1


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda told: [*told[:-1], told[-1].replace("12 亿", "120 亿")], Rendered.FAILED),
        (lambda told: [*told[:-1], ""], Rendered.FAILED),
        (lambda told: [*told[:-1], "<p>营收增长 12%，达到 12 亿美元。</p>"], Rendered.FAILED),
        (lambda told: [*told[:-1], "A receita subiu 12% para US$ 1,2 bilhão."], Rendered.FAILED),
        (lambda told: [*told[:-1], "字" * 100_000], Rendered.FAILED),
        (lambda told: told, Rendered.TRANSLATED),
    ],
)
async def test_a_bad_sentence_is_shown_in_the_original_and_costs_no_other(
    remote: Remote,
    service: Translating,
    change: Callable[[list[str]], list[str]],
    expected: Rendered,
):
    remote.on(ASK, answering(change))
    told = await service.sentences([SENTENCES[1], SENTENCES[0]], "en")

    assert states(told) == [Rendered.TRANSLATED, expected]
    if expected is Rendered.FAILED:
        assert told[1].text == SENTENCES[0]


NVIDIA, LOSS = "Nvidia will ship the chip in June.", "The bank did not cut its rate in 2025."


@pytest.mark.parametrize(
    ("original", "answer"),
    [
        (NVIDIA, NVIDIA),  # an echo
        (NVIDIA, "Nvidia ships the new chip this June, it says."),
        (NVIDIA, "エヌビディアは6月にチップを出荷する。"),
        (NVIDIA, "英伟达将在 7 月交付这款芯片。"),
        (NVIDIA, "英特尔将在 6 月交付 Xeon 芯片。"),
        (NVIDIA, "英伟达将在 6 月交付这款芯片，详见 https://evil.example/x 。"),
        (NVIDIA, "英伟达将在 6 月交付这款芯片，咨询 a@evil.example 。"),
        (NVIDIA, "英伟达将在 6 月交付这款芯片，见 www.evil.example 。"),
        (NVIDIA, "英伟达将在 6 月交付这款芯片。" * 40),
        (NVIDIA, "&lt;b&gt;英伟达将在 6 月交付这款芯片。"),
        (NVIDIA, "好好好好好好好好好好好好好好好好好好好好好好好好"),
        (LOSS, "该银行在 2025 年降息了。"),  # the negation is lost
        (LOSS, "该银行在 2052 年没有降息。"),
    ],
)
async def test_an_engine_out_of_order_changes_nothing_that_a_reader_sees(
    remote: Remote, service: Translating, original: str, answer: str
):
    remote.on(ASK, answering(lambda _: [answer]))
    (told,) = await service.sentences([original], "en")
    assert (told.text, told.rendered) == (original, Rendered.FAILED)


async def test_letters_that_nobody_sees_do_not_reach_the_page(
    remote: Remote, service: Translating
):
    remote.on(ASK, answering(lambda _: ["\u202e英伟达\u200b将在 6 月\x00交付\u2066这款芯片。"]))
    (told,) = await service.sentences([NVIDIA], "en")
    assert told.text == "英伟达将在 6 月交付这款芯片。"


async def test_what_an_engine_out_of_order_said_is_not_remembered(
    remote: Remote, service: Translating, memory: Memory
):
    remote.on(ASK, answering(lambda told: [NVIDIA for _ in told]), answering())
    assert states(await service.sentences([NVIDIA], "en")) == [Rendered.FAILED]
    assert memory.kept == {}
    assert states(await service.sentences([NVIDIA], "en")) == [Rendered.TRANSLATED]
    assert len(memory.kept) == 1


@pytest.mark.parametrize("change", [lambda told: told[:-1], lambda told: [*told, "多余的一句。"]])
async def test_a_wrong_number_of_answers_is_asked_again_one_by_one(
    remote: Remote, service: Translating, change: Callable[[list[str]], list[str]]
):
    remote.on(ASK, answering(change), answering())
    told = await service.sentences(SENTENCES, "en")
    assert [one.text for one in told] == [
        TOLD[text].replace("Nvidia", "英伟达").replace("英伟达 将", "英伟达将")
        for text in SENTENCES
    ]
    assert [len(body["q"]) for body in remote.bodies(ASK)] == [4, 1, 1, 1, 1]


async def test_an_engine_that_never_counts_right_is_given_up(remote: Remote, service: Translating):
    remote.on(ASK, answering(lambda _: []))
    with pytest.raises(TranslationUnavailable) as caught:
        await service.sentences(SENTENCES, "en")
    assert caught.value.trouble is Trouble.RESTING
    assert len(remote.asked) == 3


async def test_a_failing_engine_is_left_alone_for_a_while(remote: Remote):
    now = [0.0]
    engine = LibreTranslate(Wire(remote.base, first_wait_s=0.001))
    service = Translating(engine, clock=lambda: now[0])
    remote.on(ASK, error(500, "oops"))
    troubles = []
    for _ in range(5):
        with pytest.raises(TranslationUnavailable) as caught:
            await service.sentences(SENTENCES, "en")
        troubles.append(caught.value.trouble)
    assert troubles == [Trouble.BROKEN] * 3 + [Trouble.RESTING] * 2

    remote.on(ASK, answering())
    now[0] = 61.0
    assert states(await service.sentences(SENTENCES, "en")) == [Rendered.TRANSLATED] * 4
    await service.close()


class Heard:
    """What was noted of an engine."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    async def worked(self) -> None:
        self.notes.append("worked")

    async def failed(self, *, lasting: bool) -> None:
        self.notes.append("lasting" if lasting else "failed")


async def test_how_an_engine_does_is_noted_but_not_what_it_was_spared(remote: Remote):
    heard, now = Heard(), [0.0]
    engine = LibreTranslate(Wire(remote.base, first_wait_s=0.001))
    service = Translating(engine, noting=heard, clock=lambda: now[0])
    remote.on(ASK, error(400, "xx is not supported"))
    with pytest.raises(TranslationUnavailable, match="pair"):
        await service.sentences(SENTENCES, "en")
    remote.on(ASK, error(500, "oops"))
    for _ in range(4):
        with pytest.raises(TranslationUnavailable):
            await service.sentences(SENTENCES, "en")
    remote.on(ASK, answering())
    now[0] = 61.0
    await service.sentences(SENTENCES, "en")
    remote.on(ASK, error(403, "Invalid API key"))
    with pytest.raises(TranslationUnavailable):
        await service.sentences(["Another sentence that was never translated."], "en")
    assert heard.notes == ["failed"] * 3 + ["worked", "lasting"]
    await service.close()


async def test_a_used_up_account_rests_for_an_hour_and_an_unknown_pair_does_not(remote: Remote):
    now = [0.0]
    service = Translating(LibreTranslate(Wire(remote.base)), clock=lambda: now[0])
    remote.on(ASK, error(400, "xx is not supported"))
    for _ in range(4):
        with pytest.raises(TranslationUnavailable, match="pair"):
            await service.sentences(SENTENCES, "en")
    remote.on(ASK, error(403, "Invalid API key"))
    with pytest.raises(TranslationUnavailable, match="key"):
        await service.sentences(SENTENCES, "en")
    now[0] = 3_000.0
    with pytest.raises(TranslationUnavailable, match="resting"):
        await service.sentences(SENTENCES, "en")
    await service.close()


async def test_what_was_translated_before_a_failure_is_not_lost(
    remote: Remote, service: Translating, memory: Memory
):
    many = [f"The company opened {n} shops in the north." for n in range(20, 60)]
    TOLD.update({text: f"该公司在北方开了 {n} 家店。" for n, text in enumerate(many, 20)})
    remote.on(ASK, answering(), answering(), error(403, "Invalid API key"))
    with pytest.raises(TranslationUnavailable):
        await service.sentences(many, "en")
    assert len(memory.kept) == 24


async def test_a_deadline_for_all_of_it(remote: Remote):
    service = Translating(LibreTranslate(Wire(remote.base)), deadline_s=0.1)
    remote.on(ASK, answering())
    remote.delay = lambda: asyncio.sleep(2)
    with pytest.raises(TranslationUnavailable) as caught:
        await service.sentences(SENTENCES, "en")
    assert caught.value.trouble is Trouble.TIMEOUT
    await service.close()


async def test_a_sentence_without_end_is_not_sent(remote: Remote, service: Translating):
    remote.on(ASK, answering())
    (told,) = await service.sentences(["word " * 5_000], "en")
    assert told.rendered is Rendered.FAILED
    assert not remote.asked


async def test_nothing_to_translate_asks_nobody(remote: Remote, service: Translating):
    assert await service.sentences([], "en") == []
    assert states(await service.sentences(["GPT-5", "42 %"], "en")) == [Rendered.KEPT] * 2
    assert not remote.asked


# --- articles and briefs ---------------------------------------------------------------------


def article(*sentences: str, lang: str = "en") -> Article:
    url = "https://example.org/a"
    return Article(
        url, url, "Nvidia cuts steps from 40 to 4", (sentences[:2], sentences[2:]), lang
    )


def brief() -> Brief:
    one, two, three, four = SENTENCES
    return Brief(
        headline="Nvidia cuts steps from 40 to 4",
        headline_lang="en",
        points=(Point(one, (0,), "en"), Point(two, (1,), "en")),
        why=Point(three, (2,), "en"),
        gaps=(Point(four, (3,), "en"),),
        insight=Insight(
            timeline=(Moment("in June", date(2026, 6, 1), three, 2, "en"),),
            concerned=(Advice("engineers", list(TOLD)[5], (1,), "en"),),
            questions=(Point(four, (3,), "en"),),
        ),
    )


async def test_an_article_keeps_its_order_and_names_its_engine(
    remote: Remote, service: Translating
):
    remote.on(ASK, answering())
    told = await service.article(article(*SENTENCES))
    assert (told.lang, told.engine) == ("zh", "libretranslate")
    assert [one.index for one in told.sentences] == [0, 1, 2, 3]
    assert told.sentences[1].text == TOLD[SENTENCES[1]]


async def test_a_traditional_article_needs_no_engine(remote: Remote, service: Translating):
    told = await service.article(article("這個軟體開源了。", "支援多種語言。", lang="zh"))
    assert told.engine == "OpenCC"
    assert told.sentences[0].text == "这个软件开源了。"
    assert not remote.asked


async def test_a_brief_is_translated_with_its_originals_beside(
    remote: Remote, service: Translating
):
    remote.on(ASK, answering())
    told = await service.brief(brief(), article(*SENTENCES))

    assert told.headline == "英伟达把步数从 40 降到 4"
    assert (told.headline_lang, told.headline_original) == ("zh", "Nvidia cuts steps from 40 to 4")
    assert told.maker == "libretranslate"
    first = told.points[0]
    assert first == Point(TOLD[SENTENCES[0]], (0,), "zh", translated=True, original=SENTENCES[0])
    assert told.why is not None
    assert told.why.text.startswith("英伟达")
    assert told.gaps[0].text == TOLD[SENTENCES[3]]
    assert told.insight is not None
    assert told.insight.timeline[0].when == "in June"
    assert told.insight.timeline[0].lang == "zh"
    assert told.insight.concerned[0].text == "团队应当先行测试。"
    assert told.insight.questions[0].translated
    assert told.checked is not None
    assert told.checked.compared >= 6
    assert told.checked.dropped == ()


async def test_a_point_that_fails_keeps_its_original_and_is_counted(
    remote: Remote, service: Translating
):
    remote.on(ASK, answering(lambda told: [text.replace("12 亿", "120 亿") for text in told]))
    told = await service.brief(brief(), article(*SENTENCES))

    assert told.points[0] == brief().points[0]
    assert told.points[1].translated
    assert told.checked is not None
    assert told.checked.dropped == (f"{SENTENCES[0]}（数字不符）",)


async def test_a_chinese_brief_is_given_back_as_it_is(remote: Remote, service: Translating):
    chinese = Brief("模型提速十倍", "zh", (Point("步数从 40 降到 4。", (0,), "zh"),))
    assert await service.brief(chinese, article("步数从 40 降到 4。", lang="zh")) is chinese
    assert not remote.asked


async def test_a_pair_the_engine_does_not_know_leaves_the_brief_alone():
    from bot.engine.workers import WorkerPool
    from bot.translating.local import FirefoxTranslator

    service = Translating(FirefoxTranslator([], WorkerPool(1)))
    given = brief()
    assert await service.brief(given, article(*SENTENCES)) is given
    with pytest.raises(TranslationUnavailable, match="pair"):
        await service.article(article(*SENTENCES))
    await service.close()


async def test_a_models_brief_keeps_its_maker(remote: Remote, service: Translating):
    remote.on(ASK, answering())
    told = await service.brief(replace(brief(), maker="some-model"), article(*SENTENCES))
    assert told.maker == "some-model"
    assert told.points[0].translated


async def test_settings_choose_the_engine(tmp_path: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)

    def made(**settings: Any) -> str | None:
        found = make_translator(Settings(data_dir=tmp_path, **settings))
        return found.name if found else None

    assert made() is None
    assert made(translator="local") is None
    assert made(translator="deepl", translator_key="k") == "deepl"
    assert made(translator="libretranslate", translator_url="http://x.example") == (
        "libretranslate"
    )
