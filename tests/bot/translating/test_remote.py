"""LibreTranslate and DeepL as their documentation says they answer."""

from typing import Any

import pytest
from aiohttp import web

from bot.translating.deepl import DeepL, deepl_url
from bot.translating.libretranslate import LibreTranslate
from bot.translating.port import TranslationUnavailable, Trouble
from bot.translating.wire import Wire
from digest.translation import load_glossary
from tests.bot.translating.conftest import Answerer, Remote, error

LIBRE, DEEPL, GLOSSARIES = "POST /translate", "POST /v2/translate", "/v3/glossaries"


def wire(remote: Remote, **options: Any) -> Wire:
    return Wire(remote.base, first_wait_s=0.01, **options)


def translated(body: dict[str, Any]) -> web.Response:
    return web.json_response({"translatedText": [f"译：{text}" for text in body["q"]]})


def deepl_translated(body: dict[str, Any]) -> web.Response:
    told = [{"detected_source_language": "EN", "text": f"译：{text}"} for text in body["text"]]
    return web.json_response({"translations": told})


async def libre(remote: Remote, texts: list[str], key: str = "", **options: Any) -> list[str]:
    engine = LibreTranslate(wire(remote, **options), key)
    try:
        return await engine.translate(texts, source="en", target="zh")
    finally:
        await engine.close()


async def deepl(remote: Remote, texts: list[str], *, glossary: bool = False) -> list[str]:
    headers = {"Authorization": "DeepL-Auth-Key secret:fx"}
    engine = DeepL(wire(remote, headers=headers), load_glossary() if glossary else None)
    try:
        return await engine.translate(texts, source="en", target="zh")
    finally:
        await engine.close()


async def refused(work: Any) -> TranslationUnavailable:
    with pytest.raises(TranslationUnavailable) as caught:
        await work
    return caught.value


# --- LibreTranslate --------------------------------------------------------------------------


async def test_libretranslate_is_asked_in_batches_with_its_key(remote: Remote):
    remote.on(LIBRE, translated)
    texts = [f"Sentence number {n}." for n in range(45)]

    assert await libre(remote, texts, key="k-1") == [f"译：{text}" for text in texts]

    bodies = remote.bodies(LIBRE)
    assert [len(body["q"]) for body in bodies] == [20, 20, 5]
    assert {key: bodies[0][key] for key in ("source", "target", "format", "api_key")} == {
        "source": "en",
        "target": "zh",
        "format": "text",
        "api_key": "k-1",
    }


async def test_without_a_key_none_is_sent(remote: Remote):
    remote.on(LIBRE, translated)
    await libre(remote, ["It works."])
    assert "api_key" not in remote.bodies(LIBRE)[0]


@pytest.mark.parametrize(
    ("answer", "trouble"),
    [
        (error(403, "Invalid API key"), Trouble.KEY),
        (error(400, "xx is not supported"), Trouble.PAIR),
        (error(400, "Invalid request: request (9) exceeds text limit (5)"), Trouble.ANSWER),
        (error(429, "Slowdown: 20 per 1 minute", **{"Retry-After": "60"}), Trouble.BUSY),
        (error(500, "Cannot translate text"), Trouble.BROKEN),
        (lambda _: web.Response(text="<html>login</html>"), Trouble.ANSWER),
        (lambda _: web.Response(text=""), Trouble.ANSWER),
        (lambda _: web.json_response({"translatedText": "one text"}), Trouble.ANSWER),
        (lambda _: web.json_response({"translatedText": [1, None]}), Trouble.ANSWER),
        (lambda _: web.json_response(["?"]), Trouble.ANSWER),
        (lambda _: web.Response(text="[" * 100_000), Trouble.ANSWER),
        (lambda _: web.json_response({"translatedText": ["字" * 4_000_000]}), Trouble.ANSWER),
        (lambda _: web.Response(status=307, headers={"Location": "/x"}), Trouble.ANSWER),
    ],
)
async def test_each_refusal_has_its_class(remote: Remote, answer: Answerer, trouble: Trouble):
    remote.on(LIBRE, answer)
    assert (await refused(libre(remote, ["It works."]))).trouble is trouble


async def test_a_server_that_is_busy_for_a_moment_is_asked_again(remote: Remote):
    remote.on(LIBRE, error(429, "Slowdown"), error(500, "oops"), translated)
    assert await libre(remote, ["It works."]) == ["译：It works."]
    assert len(remote.asked) == 3


async def test_a_long_wait_is_left_to_the_breaker(remote: Remote):
    remote.on(LIBRE, error(429, "Slowdown", **{"Retry-After": "90"}))
    trouble = await refused(libre(remote, ["It works."]))
    assert trouble.retry_after is not None
    assert trouble.retry_after.total_seconds() == 90
    assert len(remote.asked) == 1


async def test_a_late_answer_is_not_waited_for(remote: Remote):
    import asyncio

    remote.on(LIBRE, translated)
    remote.delay = lambda: asyncio.sleep(1)
    assert (await refused(libre(remote, ["It works."], timeout_s=0.1))).trouble is Trouble.TIMEOUT


async def test_nobody_at_home():
    engine = LibreTranslate(Wire("http://127.0.0.1:9", first_wait_s=0.01))
    trouble = await refused(engine.translate(["It works."], source="en", target="zh"))
    assert trouble.trouble is Trouble.CONNECT
    await engine.close()
    await engine.close()


# --- DeepL -----------------------------------------------------------------------------------


async def test_deepl_is_asked_with_its_header_in_batches_of_fifty(remote: Remote):
    remote.on(DEEPL, deepl_translated)
    texts = [f"Sentence number {n}." for n in range(120)]

    assert await deepl(remote, texts) == [f"译：{text}" for text in texts]

    bodies = remote.bodies(DEEPL)
    assert [len(body["text"]) for body in bodies] == [50, 50, 20]
    assert bodies[0]["source_lang"] == "EN"
    assert bodies[0]["target_lang"] == "ZH-HANS"
    assert remote.headers[0]["Authorization"] == "DeepL-Auth-Key secret:fx"


async def test_no_request_to_deepl_is_over_its_limit(remote: Remote):
    remote.on(DEEPL, deepl_translated)
    await deepl(remote, ['汉"' * 2000] * 40)
    sizes = [int(headers["Content-Length"]) for headers in remote.headers]
    assert len(sizes) > 4
    assert max(sizes) <= 128 * 1024


@pytest.mark.parametrize(
    ("answer", "trouble"),
    [
        (error(403, "Forbidden"), Trouble.KEY),
        (error(456, "Quota Exceeded"), Trouble.QUOTA),
        (error(429, "Too many requests"), Trouble.BUSY),
        (error(529, "Too many requests"), Trouble.BROKEN),
        (error(400, "Value for 'source_lang' not supported."), Trouble.PAIR),
        (error(413, "Request Entity Too Large"), Trouble.ANSWER),
        (lambda _: web.json_response({}), Trouble.ANSWER),
    ],
)
async def test_each_refusal_of_deepl_has_its_class(
    remote: Remote, answer: Answerer, trouble: Trouble
):
    remote.on(DEEPL, answer)
    refusal = await refused(deepl(remote, ["It works."]))
    assert refusal.trouble is trouble
    assert "secret" not in str(refusal)


async def test_the_glossary_is_stored_once_and_used(remote: Remote):
    remote.on(DEEPL, deepl_translated)
    remote.on(f"GET {GLOSSARIES}", lambda _: web.json_response({"glossaries": []}))
    remote.on(
        f"POST {GLOSSARIES}", lambda _: web.json_response({"glossary_id": "g-1"}, status=201)
    )

    await deepl(remote, ["It works."] * 60, glossary=True)

    (made,) = remote.bodies(f"POST {GLOSSARIES}")
    (dictionary,) = made["dictionaries"]
    assert "variational autoencoder\t变分自动编码器" in dictionary["entries"].splitlines()
    assert (dictionary["source_lang"], dictionary["target_lang"]) == ("en", "zh")
    assert [body["glossary_id"] for body in remote.bodies(DEEPL)] == ["g-1", "g-1"]


async def test_a_glossary_that_is_there_is_found_by_its_version(remote: Remote):
    name = f"hexin en-zh {load_glossary().version}"
    remote.on(DEEPL, deepl_translated)
    listed = {
        "glossaries": [
            {"glossary_id": "old", "name": "hexin en-zh 0"},
            {"glossary_id": "g-7", "name": name},
        ]
    }
    remote.on(f"GET {GLOSSARIES}", lambda _: web.json_response(listed))
    await deepl(remote, ["It works."], glossary=True)
    assert remote.bodies(DEEPL)[0]["glossary_id"] == "g-7"
    assert not remote.bodies(f"POST {GLOSSARIES}")


async def test_without_a_place_for_the_glossary_it_goes_on(remote: Remote):
    remote.on(DEEPL, deepl_translated)
    remote.on(f"GET {GLOSSARIES}", error(403, "not in your plan"))
    remote.on(f"POST {GLOSSARIES}", error(456, "Quota Exceeded"))
    assert await deepl(remote, ["It works."], glossary=True) == ["译：It works."]
    assert "glossary_id" not in remote.bodies(DEEPL)[0]


async def test_a_glossary_that_was_deleted_is_done_without(remote: Remote):
    name = f"hexin en-zh {load_glossary().version}"
    listed = {"glossaries": [{"glossary_id": "g-7", "name": name}]}
    remote.on(f"GET {GLOSSARIES}", lambda _: web.json_response(listed))
    remote.on(DEEPL, error(404, "Glossary not found"), deepl_translated)
    assert await deepl(remote, ["It works."], glossary=True) == ["译：It works."]


def test_free_keys_go_to_the_free_address():
    assert deepl_url("abc:fx") == "https://api-free.deepl.com"
    assert deepl_url("abc") == "https://api.deepl.com"
