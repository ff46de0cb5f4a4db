import asyncio
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

import pytest
from aiohttp.test_utils import TestClient

from bot.web.miniapp.sessions import HEADER, Sessions
from digest.model import Lang
from handlers.admission import Access, AccessMode
from tests.bot.web.miniapp.conftest import InApp
from tests.bot.web.miniapp.signing import LIN, TOKEN, fields_at, hash_of, init_data, written
from tests.bot.web.samples import NOW
from tests.clocks import HandClock
from tests.covering import covers

Client = TestClient[Any, Any]


async def refused(client: Client, data: str) -> str:
    async with client.post("/app/session", data={"init_data": data}) as answer:
        body = await answer.text()
        assert answer.status == 401
        assert "session" not in answer.headers
        return body


@covers("page /app/session")
@pytest.mark.parametrize("lang", ["zh-hans", "en"])
async def test_whoever_opens_the_app_gets_a_session_and_an_entry(app: InApp, lang: str):
    await app.open(LIN | {"language_code": lang})
    subscriber = await app.subscriber()
    assert subscriber.lang is (Lang.EN if lang == "en" else Lang.ZH)
    assert subscriber.subscription.paused  # nothing is pushed that nobody asked for
    assert (await app.get("/app")).get("lang") == ("en" if lang == "en" else "zh-Hans")


async def test_an_opening_counts_once(client: Client, app: InApp):
    data = init_data(NOW)
    async with client.post("/app/session", data={"init_data": data}) as first:
        assert first.status == 200
    assert "这次打开已经用过了" in await refused(client, data)
    await app.open(LIN | {"id": 1002})  # another opening is another one


async def test_another_spelling_of_an_opening_is_the_same_opening(client: Client):
    data = init_data(NOW)
    pairs = parse_qsl(data, strict_parsing=True)
    spellings = [
        data,
        "&".join(reversed(data.split("&"))),
        urlencode(pairs, quote_via=quote, safe="/:,{}"),
        "&".join("=".join(map(every_byte, pair)) for pair in pairs),
    ]
    assert len(set(spellings)) == len(spellings)
    taken = []
    for spelling in spellings:
        async with client.post("/app/session", data={"init_data": spelling}) as answer:
            taken.append(answer.status)
            assert "Set-Cookie" not in answer.headers
    assert taken == [200, 401, 401, 401]


def every_byte(text: str) -> str:
    return "".join(f"%{one:02x}" for one in text.encode())


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH"])
async def test_an_opening_is_only_posted(client: Client, method: str):
    data = init_data(NOW)
    async with client.request(
        method, "/app/session", params={"init_data": data}, data={"init_data": data}
    ) as answer:
        assert answer.status == 405
        assert "Access-Control-Allow-Origin" not in answer.headers
    async with client.post("/app/session", data={"init_data": data}) as answer:
        assert answer.status == 200  # nothing had used it up


async def test_of_many_copies_at_once_one_counts(client: Client):
    data = init_data(NOW)

    async def ask() -> int:
        async with client.post("/app/session", data={"init_data": data}) as answer:
            return answer.status

    assert sorted(await asyncio.gather(*(ask() for _ in range(8)))) == [200] + [401] * 7


async def test_what_is_forged_old_or_damaged_is_refused_with_a_way_on(
    client: Client, clock: HandClock
):
    fields = fields_at(NOW)
    forged = written(fields | {"user": '{"id":1,"first_name":"x"}', "hash": hash_of(fields)})
    for data in (forged, init_data(NOW, "1:otherBotsToken"), "hash=1", ""):
        assert "重新打开" in await refused(client, data)
    old = init_data(NOW)
    clock.move(minutes=11)
    assert "这次打开已经过期" in await refused(client, old)


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({"Content-Type": "application/x-www-form-urlencoded; charset=bogus"}, b"init_data=a"),
        ({"Content-Type": "application/x-www-form-urlencoded"}, b"init_data=\xff\xfe"),
        ({"Content-Type": "multipart/form-data"}, b"init_data=a"),
        ({"Content-Type": "multipart/form-data; boundary=x"}, b"--x\r\nfoo\r\n\r\n"),
    ],
    ids=["charset", "letters", "no boundary", "cut"],
)
async def test_what_is_no_form_is_refused_and_no_failure_of_ours(
    client: Client,
    app: InApp,
    headers: dict[str, str],
    body: bytes,
    caplog: pytest.LogCaptureFixture,
):
    await app.open()
    known = headers | {HEADER: app.session}
    for path in ("/app/session", "/app/saved"):
        async with client.post(path, data=body, headers=known) as answer:
            assert answer.status == 400
    ours = [one for one in caplog.records if one.name.startswith("bot.")]
    assert [one for one in ours if one.levelname == "ERROR"] == []


async def test_without_a_session_there_is_only_the_empty_frame(client: Client):
    async with client.get("/app") as answer:
        body = await answer.text()
        assert answer.status == 200
        assert answer.headers["Cache-Control"] == "no-store"
    assert "从 Telegram 里打开" in body
    assert "林晓" not in body


@pytest.mark.parametrize("proof", ["x", "1001.1.99999999999." + "A" * 43])
async def test_a_forged_session_is_refused(client: Client, proof: str):
    async with client.get("/app", headers={HEADER: proof}) as answer:
        assert answer.status == 401
        assert "重新打开" in await answer.text()


async def test_a_session_of_somebody_unknown_is_refused(client: Client):
    proof = Sessions(TOKEN).begin(4711, NOW)
    async with client.get("/app", headers={HEADER: proof}) as answer:
        assert answer.status == 401


async def test_a_session_ends_by_rest_and_is_renewed_by_use(app: InApp, clock: HandClock):
    await app.open()
    first = app.session
    clock.move(minutes=30)
    await app.get("/app")
    assert app.session != first
    clock.move(minutes=45)
    await app.get("/app")  # the first one would have ended by now
    clock.move(minutes=61)
    await app.get("/app", status=401)


async def test_too_many_requests_are_slowed_down(app: InApp):
    await app.open()
    statuses = []
    for _ in range(70):
        async with app.client.get("/app", headers={HEADER: app.session}) as answer:
            statuses.append(answer.status)
    assert statuses[0] == 200
    assert statuses[-1] == 429


async def test_only_telegram_and_the_sandbox_may_frame_the_app(client: Client, app: InApp):
    await app.open()
    for path in ("/app", "/app/nothing"):
        async with client.get(path, headers={HEADER: app.session}) as answer:
            policy = answer.headers["Content-Security-Policy"]
            assert "X-Frame-Options" not in answer.headers
        assert policy == (
            "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; "
            "img-src 'self' data:; form-action 'none'; base-uri 'none'; "
            "frame-ancestors https://web.telegram.org https://weba.telegram.org "
            "https://webk.telegram.org http://127.0.0.1:8081"
        )
    async with client.get("/") as answer:
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Frame-Options"] == "DENY"


class TestPrivateBot:
    @pytest.fixture
    def access(self) -> Access:
        return Access(AccessMode.ALLOWLIST, frozenset({1001}))

    async def test_only_those_it_serves_get_in_and_others_leave_no_trace(
        self, app: InApp, client: Client
    ):
        await app.open()
        await app.get("/app")
        stranger = init_data(NOW, user=LIN | {"id": 1002})
        async with client.post("/app/session", data={"init_data": stranger}) as answer:
            assert answer.status == 403
            assert "不对外开放" in await answer.text()
        assert await app.storage.subscribers.by_chat(1002, 0) is None

    async def test_whoever_is_taken_off_the_list_is_out_at_once(self, app: InApp):
        await app.open()
        app.session = Sessions(TOKEN).begin(1002, NOW)
        await app.get("/app", status=403)
