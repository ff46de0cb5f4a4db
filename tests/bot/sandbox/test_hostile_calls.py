"""Calls that no honest client makes are refused, never a fault of the server."""

import json

import aiohttp
import pytest

from bot.sandbox import Sandbox
from bot.sandbox.reading import read_json, whole_number

LIN = 1001
JSON = "application/json"
PARTS = "multipart/form-data"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def url(sandbox: Sandbox, port: int) -> str:
    sandbox.person("lin").start()
    return f"{sandbox.api_base_url(port)}{sandbox.token}/sendMessage"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"[" * 200_000, JSON),
        (b'{"chat_id": 1001, "text": "\\ud800"}', JSON),
        (b'{"chat_id": 1001, "text": "\xff"}', JSON),
        (b"x", PARTS),
        (b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nhalf', f"{PARTS}; boundary=b"),
        (b"chat_id=1&text=%ff", f"{FORM}; charset=bogus"),
        (b"chat_id=1001&text=x&reply_markup=" + b"[" * 100_000, FORM),
    ],
)  # fmt: skip
async def test_bodies_that_cannot_be_read(
    url: str, http: aiohttp.ClientSession, body: bytes, kind: str
) -> None:
    async with http.post(url, data=body, headers={"Content-Type": kind}) as answer:
        assert answer.status == 400
        assert (await answer.json())["description"].startswith("Bad Request")


@pytest.mark.parametrize("chat_id", ["²", "--5", "9" * 5000, "１００１", "1e3", "0x3e9"])
async def test_chat_ids_that_are_no_numbers(
    url: str, http: aiohttp.ClientSession, chat_id: str
) -> None:
    async with http.post(url, json={"chat_id": chat_id, "text": "x"}) as answer:
        assert (answer.status, (await answer.json())["description"]) == (
            400,
            "Bad Request: chat not found",
        )


@pytest.mark.parametrize(
    "text",
    [
        "<a href='tg://user?id=²'>x</a>",
        f"<a href='tg://user?id={'9' * 5000}'>x</a>",
        "<tg-emoji emoji-id='²'>x</tg-emoji>",
        f"x &#{'9' * 3000}; y",
    ],
)
async def test_numbers_in_markup(url: str, http: aiohttp.ClientSession, text: str) -> None:
    body = {"chat_id": LIN, "text": text, "parse_mode": "HTML"}
    async with http.post(url, json=body) as answer:
        assert answer.status in {200, 400}
        assert "ok" in await answer.json()


@pytest.mark.parametrize("chat", [float("inf"), "²", None, [1]])
async def test_the_chat_page_refuses_them_too(
    port: int, http: aiohttp.ClientSession, chat: object
) -> None:
    async with http.post(
        f"http://127.0.0.1:{port}/chat/api/send",
        data=json.dumps({"as": "lin", "chat": chat, "text": "x"}),
        headers={"Content-Type": JSON, "X-Sandbox": "1"},
    ) as answer:
        assert answer.status == 400


def test_uploads_do_not_pile_up(sandbox: Sandbox) -> None:
    for number in range(40):
        kept = sandbox.world.keep_file(f"{number}.bin", "application/zip", bytes(10 * 1024 * 1024))
    held = sum(len(file.content) for file in sandbox.world.files.values())
    assert held <= 128 * 1024 * 1024
    assert kept.id in sandbox.world.files


def test_numbers_and_json_are_read_strictly() -> None:
    assert [whole_number(text) for text in ("12", "-12", "", "-", "+1", "1 ", "٣")] == [
        12, -12, None, None, None, None, None,
    ]  # fmt: skip
    assert read_json('{"text": "\\ud83d\\ude80"}') == {"text": "🚀"}
    with pytest.raises(ValueError, match="nested"):
        read_json("[" * 100_000)
