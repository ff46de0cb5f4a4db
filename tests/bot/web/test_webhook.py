"""Where Telegram brings updates: stored before it is told so, once, and nothing for strangers."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from telegram import Bot

from bot.web import make_web
from bot.web.webhook import LARGEST_BODY, SECRET_HEADER, Hook, HookDoor
from handlers.inbox import Inbox
from storage import Storage
from tests.bot.web.samples import NOW, TAXONOMY

TOKEN = "4242:aToken-that_is-nobodys"
HOOK = Hook.of("https://bot.example/", "k" * 64, TOKEN)
RIGHT = {SECRET_HEADER: HOOK.secret}
LIN = {"id": 7, "is_bot": False, "first_name": "林"}


def said(update_id: int, text: str, chat: int = 7, kind: str = "private") -> dict[str, Any]:
    message = {
        "message_id": update_id,
        "date": 1_764_000_000,
        "chat": {"id": chat, "type": kind, "title": "群"},
        "from": LIN,
        "text": text,
    }
    return {"update_id": update_id, "message": message}


def typed(update_id: int) -> dict[str, Any]:
    query = {"id": "1", "from": LIN, "query": "芯片", "offset": ""}
    return {"update_id": update_id, "inline_query": query}


@pytest.fixture
def woken() -> list[str]:
    return []


@pytest.fixture
async def door(storage: Storage, woken: list[str]) -> AsyncIterator[TestClient[Any, Any]]:
    async def report() -> dict[str, Any]:
        return {}

    hook = HookDoor(
        HOOK, storage, bot_id=4242, clock=lambda: NOW, wake=lambda: woken.append("updates")
    )
    app = make_web(
        storage,
        TAXONOMY,
        clock=lambda: NOW,
        base_url="https://bot.example",
        bot_username=lambda: "hexin_bot",
        health=report,
        hook=hook,
    )
    async with TestClient(TestServer(app)) as opened:
        yield opened


async def bring(door: TestClient[Any, Any], update: Any, **how: Any) -> int:
    given = {"headers": RIGHT, "path": HOOK.path} | how
    async with door.post(given["path"], json=update, headers=given["headers"]) as answer:
        return answer.status


def inbox_of(storage: Storage, after: timedelta = timedelta()) -> Inbox:
    inbox = Inbox(storage, lambda: NOW + after)
    inbox.bot = Bot(TOKEN)
    return inbox


async def collected(inbox: Inbox) -> list[int]:
    await inbox.collect()
    return [inbox.get_nowait().update_id for _ in range(inbox.qsize())]  # type: ignore[attr-defined]


async def test_an_update_is_stored_and_collected_once(
    door: TestClient[Any, Any], storage: Storage, woken: list[str]
) -> None:
    assert await bring(door, said(12, "/latest")) == 200
    assert await bring(door, said(11, "你好")) == 200
    assert await bring(door, said(12, "/latest")) == 200  # Telegram was not sure
    assert len(woken) == 2
    inbox = inbox_of(storage)
    assert await collected(inbox) == [11, 12]
    assert await collected(inbox) == []
    await storage.updates.finish(11)
    # What another process took and did not finish is answered by the next that leads.
    storage.updates.take_up()
    assert await collected(inbox_of(storage)) == [12]
    await storage.updates.finish(12)
    assert await bring(door, said(12, "/latest")) == 200
    storage.updates.take_up()
    assert await collected(inbox_of(storage)) == []


async def test_what_kills_three_processes_is_given_up(
    door: TestClient[Any, Any], storage: Storage
) -> None:
    await bring(door, said(3, "x"))
    tries = [await storage.updates.begin(3, NOW) is not None for _ in range(4)]
    assert tries == [True, True, True, False]


async def test_strangers_are_told_nothing(
    door: TestClient[Any, Any], storage: Storage, woken: list[str]
) -> None:
    for wrong in ({}, {SECRET_HEADER: ""}, {SECRET_HEADER: HOOK.secret[:-1]},
                  {SECRET_HEADER: HOOK.secret.upper()}, {SECRET_HEADER: "密"}):  # fmt: skip
        assert await bring(door, said(1, "/start"), headers=wrong) == 401
    for path in ("/telegram/0", HOOK.path[:-1], HOOK.path + "0", "/telegram/" + "f" * 40):
        assert await bring(door, said(1, "/start"), path=path) == 404
    assert await storage.updates.unanswered() == ()
    assert woken == []


async def test_what_is_brought_by_the_address_of_an_older_token_is_refused(
    door: TestClient[Any, Any], storage: Storage, woken: list[str]
) -> None:
    before = Hook.of("https://bot.example/", "k" * 64, "4242:revoked")
    old, new = {SECRET_HEADER: before.secret}, RIGHT
    assert await bring(door, said(1, "/start"), path=before.path, headers=old) == 404
    assert await bring(door, said(1, "/start"), path=before.path, headers=new) == 404
    assert await bring(door, said(1, "/start"), headers=old) == 401
    assert await storage.updates.unanswered() == ()
    assert woken == []


async def test_other_words_under_a_known_number_change_nothing(
    door: TestClient[Any, Any], storage: Storage, woken: list[str]
) -> None:
    assert await bring(door, said(5, "/latest")) == 200
    assert await bring(door, said(5, "/forget")) == 200  # whoever has the secret, or a replay
    (kept,) = await storage.updates.unanswered()
    assert "/latest" in kept
    assert "/forget" not in kept
    await storage.updates.finish(5)
    assert await bring(door, said(5, "/forget", chat=8)) == 200
    assert await storage.updates.unanswered() == ()
    assert woken == ["updates"]


async def test_what_is_no_update_is_refused(door: TestClient[Any, Any], storage: Storage) -> None:
    for body in (b"", b"{", b"[]", b'"x"', b'{"update_id": "1"}', b"[" * 100_000, b"\xff"):
        async with door.post(HOOK.path, data=body, headers=RIGHT) as answer:
            assert answer.status == 400, body[:20]
    async with door.post(
        HOOK.path, data=BytesIO(b" " * (LARGEST_BODY + 1)), headers=RIGHT
    ) as answer:
        assert answer.status == 413
    assert await storage.updates.unanswered() == ()


async def test_talk_of_others_is_not_written_down(
    door: TestClient[Any, Any], storage: Storage
) -> None:
    assert await bring(door, said(1, "午饭吃什么", -5, "supergroup")) == 200
    assert await storage.updates.unanswered() == ()
    assert await bring(door, said(2, "/latest", -5, "supergroup")) == 200
    assert len(await storage.updates.unanswered()) == 1


async def test_an_inline_query_is_worth_nothing_later(
    door: TestClient[Any, Any], storage: Storage
) -> None:
    await bring(door, typed(1))
    assert await collected(inbox_of(storage)) == [1]
    assert await storage.updates.unanswered() == ()
    await bring(door, typed(2))
    assert await collected(inbox_of(storage, timedelta(minutes=1))) == []
    assert await storage.updates.unanswered() == ()


async def test_telegram_brings_again_what_could_not_be_stored(
    door: TestClient[Any, Any], storage: Storage
) -> None:
    async with storage.database.write() as connection:
        await connection.exec_driver_sql("ALTER TABLE updates RENAME TO away")
    assert await bring(door, said(1, "/latest")) == 503
    async with storage.database.write() as connection:
        await connection.exec_driver_sql("ALTER TABLE away RENAME TO updates")
    assert await bring(door, said(1, "/latest")) == 200
    assert len(await storage.updates.unanswered()) == 1


async def test_never_more_in_hand_than_can_be_held(storage: Storage) -> None:
    for number in range(5):
        await storage.updates.keep(number, "{}", NOW, for_another=True)
    first = await storage.updates.take(3)
    assert [one.update_id for one in first] == [0, 1, 2]
    assert await storage.updates.take(3) == ()
    await storage.updates.finish(1)
    assert [one.update_id for one in await storage.updates.take(3)] == [3]


def test_the_address_changes_with_the_token_and_the_key() -> None:
    others = [Hook.of("https://bot.example", "k" * 64, TOKEN + "x"),
              Hook.of("https://bot.example", "j" * 64, TOKEN)]  # fmt: skip
    assert len({HOOK.path, *(one.path for one in others)}) == 3
    assert len({HOOK.secret, *(one.secret for one in others)}) == 3
    assert HOOK.url == "https://bot.example" + HOOK.path
    assert HOOK.secret not in repr(HOOK)
    assert HOOK.secret not in HOOK.url


# --- written by hand ------------------------------------------------------------------------

START = json.dumps(said(1, "/start")).encode()


async def raw(door: TestClient[Any, Any], *lines: str, body: bytes = START) -> int:
    """The status of a request written by hand, header by header."""
    reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
    length = f"Content-Length: {len(body)}"
    head = "\r\n".join((*lines, "Host: bot.example", length, "Connection: close", "", ""))
    writer.write(head.encode() + body)
    answer = await asyncio.wait_for(reader.read(), 5)
    writer.close()
    return int(answer.split()[1])


async def asked(
    door: TestClient[Any, Any], *lines: str, body: bytes = START, ends: bool = False
) -> bytes:
    """All that is answered to lines written as they stand; `ends` closes our side after them."""
    reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
    head = "\r\n".join((*lines, "Host: bot.example", "Connection: close", "", ""))
    writer.write(head.encode(errors="surrogateescape") + body)
    if ends:
        writer.write_eof()
    told = await asyncio.wait_for(reader.read(), 30)
    writer.close()
    return told


async def test_two_secrets_are_none(
    door: TestClient[Any, Any], storage: Storage, woken: list[str]
) -> None:
    """Whatever stands before us may look at the one and we at the other."""
    ask, right = f"POST {HOOK.path} HTTP/1.1", f"{SECRET_HEADER}: {HOOK.secret}"
    wrong = f"{SECRET_HEADER}: x"
    for lines in ((right, wrong), (wrong, right), (right, right)):
        assert await raw(door, ask, *lines) in {400, 401}, lines
    assert await raw(door, ask, f"{right}, {HOOK.secret}") == 401
    assert await raw(door, ask, right, "Transfer-Encoding: chunked") == 400
    assert await storage.updates.unanswered() == ()
    assert await raw(door, ask, right) == 200
    assert woken == ["updates"]


@pytest.mark.parametrize(
    ("header", "status"),
    [
        (f"{SECRET_HEADER}: {HOOK.secret}", 200),
        (f"{SECRET_HEADER.lower()}: {HOOK.secret}", 200),  # names of headers have no case
        (f"{SECRET_HEADER}: {HOOK.secret.upper()}", 401),
        (f"{SECRET_HEADER}: {HOOK.secret}0", 401),
        (f"{SECRET_HEADER}: {HOOK.secret[1:]}", 401),
        (f"{SECRET_HEADER}: ", 401),
        (f'{SECRET_HEADER}: "{HOOK.secret}"', 401),
        (f"{SECRET_HEADER}: {HOOK.secret[:32]}\r\n {HOOK.secret[32:]}", 400),  # folded
        (f"{SECRET_HEADER}: {HOOK.secret}\x00", 400),
        (f"{SECRET_HEADER}: {HOOK.secret * 100}", 401),
        (f"{SECRET_HEADER}: {HOOK.secret * 200}", 400),
        (f"{SECRET_HEADER}: {HOOK.secret[:-1]}é", 401),
        (f"{SECRET_HEADER}: {HOOK.secret[:-1]}\udc80", 401),  # a byte that is no letter
        (f"{SECRET_HEADER} : {HOOK.secret}", 400),
        (f"{SECRET_HEADER.replace('-', '_')}: {HOOK.secret}", 401),
        (f"Authorization: Bearer {HOOK.secret}", 401),
        (f"Cookie: {SECRET_HEADER}={HOOK.secret}", 401),
    ],
)
async def test_only_the_secret_itself_opens(
    door: TestClient[Any, Any], storage: Storage, header: str, status: int
) -> None:
    told = await asked(door, f"POST {HOOK.path} HTTP/1.1", header, f"Content-Length: {len(START)}")
    assert int(told.split()[1]) == status
    # What cannot be read is shown to whoever sent it; what is wrong is not set beside the right.
    assert status == 400 or HOOK.secret[:16].encode() not in told
    assert len(await storage.updates.unanswered()) == (status == 200)


@pytest.mark.parametrize(
    "length",
    [
        *("", "-1", f"+{len(START)}", f"{len(START)}, {len(START)}", "0x99", "1_0", "1 0", "٥"),
        *("9" * 40, f"{len(START)}\r\nContent-Length: 0", f"0\r\nContent-Length: {len(START)}"),
        *(str(len(START) - 1), "5", "0"),
    ],
)
async def test_a_length_that_lies_brings_nothing(
    door: TestClient[Any, Any], storage: Storage, woken: list[str], length: str
) -> None:
    right = f"{SECRET_HEADER}: {HOOK.secret}"
    told = await asked(door, f"POST {HOOK.path} HTTP/1.1", right, f"Content-Length: {length}")
    assert int(told.split()[1]) == 400, told
    # What is left over of the body is no request of its own either.
    assert b"HTTP/1.1 200" not in told
    assert await storage.updates.unanswered() == ()
    assert woken == []


async def test_a_body_that_ends_before_its_length_is_no_update(
    door: TestClient[Any, Any], storage: Storage, caplog: pytest.LogCaptureFixture
) -> None:
    """The update is there as a whole, and more was promised."""
    right = f"{SECRET_HEADER}: {HOOK.secret}"
    for length in (len(START) + 1, LARGEST_BODY):
        promised = f"Content-Length: {length}"
        assert await asked(door, f"POST {HOOK.path} HTTP/1.1", right, promised, ends=True) == b""
    assert await storage.updates.unanswered() == ()
    assert [one for one in caplog.records if one.levelname in {"WARNING", "ERROR"}] == []
    assert await bring(door, said(1, "/start")) == 200


async def test_only_what_is_posted_is_an_update(
    door: TestClient[Any, Any], storage: Storage
) -> None:
    for method in ("GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"):
        async with door.request(method, HOOK.path, data=START, headers=RIGHT) as answer:
            assert answer.status == 405, method
            assert HOOK.secret not in await answer.text()
    for path in (f"{HOOK.path}/", HOOK.path.upper(), f"/x/..{HOOK.path}x"):
        assert await bring(door, said(1, "/start"), path=path) == 404, path
    assert await storage.updates.unanswered() == ()


async def test_the_log_tells_neither_the_address_nor_the_secret(
    door: TestClient[Any, Any], storage: Storage, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    for name in ("aiohttp.access", "aiosqlite"):  # as set_up_logging has them
        caplog.set_level("WARNING", logger=name)
    far = said(1, "/start")
    far["message"]["date"] = 10**30
    assert await bring(door, far) == 400
    assert await bring(door, said(2, "/start"), headers={SECRET_HEADER: "x"}) == 401
    assert await bring(door, said(10**30, "/start")) == 400
    async with storage.database.write() as connection:
        await connection.exec_driver_sql("ALTER TABLE updates RENAME TO away")
        await connection.exec_driver_sql("ALTER TABLE collections RENAME TO gone")
    assert await bring(door, said(3, "/latest")) == 503
    async with door.get("/c/canary-of-a-shared-list-01") as answer:
        assert answer.status == 500
    told = caplog.text
    assert "could not be stored" in told
    assert "page failed: /c/{key}" in told
    for secret in (HOOK.path, HOOK.secret, "canary"):
        assert secret not in told, secret


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({"Content-Type": "text/html; charset=utf-16"}, None, 200),
        ({"Content-Type": "multipart/form-data; boundary=x"}, None, 200),
        ({"Content-Type": "application/json; charset=nonsense"}, None, 200),
        ({"Content-Type": '"><script>'}, None, 200),
        ({"Content-Type": "application/json"}, b"<script>alert(1)</script>", 400),
        ({"Content-Type": "application/json"}, "{}".encode("utf-16"), 400),
        ({"Content-Type": "application/json", "Content-Encoding": "gzip"}, b"no gzip", 400),
        ({"Content-Encoding": "gzip"}, gzip.compress(b" " * 8 * LARGEST_BODY), 413),
    ],
)
async def test_what_a_body_says_it_is_counts_for_nothing(
    door: TestClient[Any, Any], headers: dict[str, str], body: bytes | None, status: int
) -> None:
    given = json.dumps(said(12, "/latest")).encode() if body is None else body
    async with door.post(HOOK.path, data=given, headers=RIGHT | headers) as answer:
        assert answer.status == status
        assert "alert(1)" not in await answer.text()
