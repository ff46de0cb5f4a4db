"""What somebody with the secret may bring to the webhook: refused, or kept and read again."""

import json
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from storage import Storage
from tests.bot.web.test_webhook import HOOK, LIN, RIGHT, collected, door, inbox_of, said, woken

__all__ = ["door", "woken"]  # the fixtures

MESSAGE = said(1, "x")["message"]
HOSTILE = {
    "keys that are there twice": (
        b'{"update_id": 1, "update_id": 2, "message": {}, "message": '
        + json.dumps(MESSAGE).encode() + b"}"
    ),
    "a number that is none": b'{"update_id": NaN}',
    "a number without end": b'{"update_id": 1e999}',
    "more digits than Python reads": b'{"update_id": ' + b"9" * 5000 + b"}",
    "more than a database keeps": b'{"update_id": 9223372036854775808}',
    "a day that no calendar has": json.dumps(
        {"update_id": 1, "message": {**MESSAGE, "date": 10**15}}
    ).encode(),
    "a day that is not a number": (
        b'{"update_id": 1, "message": '
        + json.dumps({**MESSAGE, "date": 0}).encode().replace(b'"date": 0', b'"date": NaN')
        + b"}"
    ),
    "half a character": json.dumps(
        {"update_id": 1, "message": {**MESSAGE, "text": "a\ud83d b\x00"}}
    ).encode(),
    "a name of half a character": json.dumps(
        {"update_id": 1, "message": {**MESSAGE, "from": {**LIN, "first_name": "\ud83d"}}}
    ).encode(),
    "an update for true": b'{"update_id": true, "message": {}}',
    "a message of another kind": b'{"update_id": 1, "message": [1, 2]}',
    "a text of another kind": json.dumps(
        {"update_id": 1, "message": {**MESSAGE, "text": {"a": 1}}}
    ).encode(),
    "a chat of another kind": json.dumps(
        {"update_id": 1, "message": {**MESSAGE, "chat": {"id": "x", "type": ["private"]}}}
    ).encode(),
    "answers within answers": (
        b'{"update_id": 1, "message": ' + b'{"reply_to_message": ' * 900 + b"{}" + b"}" * 901
    ),
    "fields that nobody knows": json.dumps(
        {"update_id": 1, "message": {**MESSAGE, "teleport": {"to": [1, None]}}, "x": {}}
    ).encode(),
    "a message that is said nowhere": (
        b'{"update_id": 1, "message": {"message_id": 5, "date": 0, "text": "/start"}}'
    ),
    "a state of ours that nobody knows yet": json.dumps(
        {"update_id": 1, "my_chat_member": {"chat": MESSAGE["chat"], "from": LIN, "date": 1,
        "old_chat_member": {"user": LIN, "status": "left"},
        "new_chat_member": {"user": LIN, "status": "dreaming", "until_date": 7}}}
    ).encode(),
    "an empty update": b'{"update_id": 1}',
}  # fmt: skip


@pytest.fixture
async def brought(door: TestClient[Any, Any]) -> Any:
    async def bring(body: bytes) -> int:
        async with door.post(HOOK.path, data=body, headers=RIGHT) as answer:
            return answer.status

    return bring


@pytest.mark.parametrize("name", HOSTILE)
async def test_hostile_updates_are_refused_or_kept(
    brought: Any, storage: Storage, name: str
) -> None:
    status = await brought(HOSTILE[name])
    assert status in {200, 400}
    kept = await storage.updates.unanswered()
    assert len(await collected(inbox_of(storage))) == len(kept)
    assert await brought(json.dumps(said(77, "/latest")).encode()) == 200
    assert 77 in await collected(inbox_of(storage))
