"""What comes in from outside over HTTP: updates by the webhook, init data of the Mini App."""

import json
from typing import Any
from urllib.parse import quote

from hypothesis import strategies as st
from telegram import Bot, Update

from bot.web.miniapp.initdata import InitDataRefusedError, verify
from bot.web.webhook import read_update
from handlers.places import concerns_us
from tests.bot.web.miniapp.signing import TOKEN, fields_at, hash_of, init_data, written
from tests.bot.web.samples import NOW
from tests.fuzz.pieces import texts
from tests.fuzz.said import check_kept
from tests.fuzz.target import Target, text_of

BOT = Bot(TOKEN)
BOT_ID = 123456
LIN = {"id": 7, "is_bot": False, "first_name": "林", "language_code": "zh-hans"}
CHAT = {"id": 7, "type": "private", "first_name": "林"}
MESSAGE = {
    "message_id": 5, "date": 1_764_000_000, "chat": CHAT, "from": LIN, "text": "/latest ai",
    "entities": [{"type": "bot_command", "offset": 0, "length": 7}],
}  # fmt: skip
MEMBER = {"user": {**LIN, "id": BOT_ID, "is_bot": True}, "status": "member"}
BODIES: tuple[dict[str, Any], ...] = (
    {"message": MESSAGE},
    {"message": {**MESSAGE, "reply_to_message": MESSAGE, "photo": [], "caption": "x"}},
    {"channel_post": {**MESSAGE, "chat": {"id": -9, "type": "channel", "title": "C"}}},
    {"callback_query": {"id": "1", "from": LIN, "chat_instance": "1", "message": MESSAGE,
    "data": "1:save:12"}},
    {"inline_query": {"id": "1", "from": LIN, "query": "芯片", "offset": ""}},
    {"my_chat_member": {
        "chat": CHAT, "from": LIN, "date": 1_764_000_000, "old_chat_member": MEMBER,
        "new_chat_member": {**MEMBER, "status": "kicked", "until_date": 0},
    }},
)  # fmt: skip
UPDATES = tuple({"update_id": 10 + place, **one} for place, one in enumerate(BODIES))
_LONGEST_NAME = 200


def check_update(body: bytes) -> None:
    """What the door writes down is what the process that answers reads."""
    read = read_update(body)
    if read is None:
        return
    update, payload = read
    assert 0 <= update.update_id < 1 << 63
    concerned = concerns_us(update, BOT_ID)
    payload.encode()
    again = Update.de_json(json.loads(payload), BOT)
    assert again.update_id == update.update_id
    assert repr(again) == repr(update), "written down, it is another update"
    assert concerns_us(again, BOT_ID) == concerned


def check_opening(text: str) -> None:
    """As it came, and signed by us: as the person, their name, the time, a further field."""
    text = text.encode("utf-8", "replace").decode()  # no signature is over half a character
    fields = fields_at(NOW)
    for some in (
        fields | {"user": text},
        fields | {"user": json.dumps(LIN | {"first_name": text, "language_code": text})},
        fields | {"auth_date": text},
        fields | {text.replace("hash", ""): "1"},
    ):
        signed = some | {"hash": hash_of(some)}
        check_init_data("&".join(f"{quote(name)}={quote(one)}" for name, one in signed.items()))
    check_init_data(text)
    check_init_data(init_data(NOW) + text)


def check_init_data(data: str) -> None:
    try:
        opening = verify(data, TOKEN, NOW)
    except InitDataRefusedError:
        return
    assert 0 < opening.user_id < 1 << 53
    check_kept(opening.name, _LONGEST_NAME)
    check_kept(opening.language, _LONGEST_NAME)
    assert opening.at.utcoffset() is not None


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.integers(-(10**20), 10**20) | st.floats()
    | texts(4) | st.sampled_from(["private", "channel", "supergroup", "bot_command", "\ud83d"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(
        ["id", "type", "date", "chat", "from", "user", "text", "message_id", "status", "file_id",
        "title", "is_bot", "first_name"]), inner, max_size=5),
    max_leaves=10,
)  # fmt: skip


@st.composite
def spoilt(draw: st.DrawFn) -> bytes:
    """An update in which some values are others, or none, or there twice."""
    made = json.loads(json.dumps(draw(st.sampled_from(UPDATES))))
    for _ in range(draw(st.integers(0, 3))):
        place = made
        for _ in range(draw(st.integers(0, 3))):
            inner = [value for value in place.values() if isinstance(value, dict)]
            place = draw(st.sampled_from(inner)) if inner else place
        name = draw(
            st.sampled_from([*place, "sticker", "photo", "poll", "reply_markup", "checklist"])
        )
        if draw(st.booleans()):
            place[name] = draw(_VALUES)
        else:
            place.pop(name, None)
    text = json.dumps(made)
    if draw(st.booleans()):
        text = text.replace('"message_id": 5', f'"message_id": 5, "message_id": {draw(_NUMBERS)}')
    return text.encode()


_NUMBERS = st.sampled_from(["1e400", "NaN", "-Infinity", "9" * 30, "-1", "null", '"5"', "0.5"])
_PEOPLE = _VALUES.map(lambda value: json.dumps({"id": 7, "first_name": value}))

TARGETS = (
    Target(
        "update",
        "What is brought to the webhook with the right secret is refused, or it is an update that"
        " can be written down and that the process which answers reads as the same one; whether"
        " it concerns us is always known.",
        check_update,
        spoilt(),
        read=bytes,
        seeds=tuple(json.dumps(one, ensure_ascii=False).encode() for one in UPDATES),
        words=(
            b'"update_id":', b'"message":', b'"date":', b'"chat":', b'"from":', b'"type":',
            b'"private"', b'"entities":', b"\\ud83d", b"\\u0000", b"1e999", b"NaN", b"9" * 25,
            b"-1", b"null", b"{}", b"[]", b"[[[[[[", b'"reply_to_message":', b'"photo":[{',
        ),
    ),
    Target(
        "opening",
        "Init data of the Mini App, as it comes and signed: refused, or a person with an id, and"
        " a name and a language of bounded length that a database takes, at some time.",
        check_opening,
        texts(20) | _PEOPLE,
        read=text_of,
        seeds=(
            init_data(NOW).encode(), written(fields_at(NOW)).encode(),
            json.dumps(LIN, ensure_ascii=False).encode(), str(int(NOW.timestamp())).encode(),
        ),
        words=(
            b'"id":', b'"first_name":', b'"language_code":', b'"is_bot":', b"\\ud83d", b"\\u0000",
            b"&", b"=", b"%", b"%00", b"%0A", b"hash", b"auth_date", b"user", b"9" * 20, b"1e3",
        ),
        longest=600,
    ),
)  # fmt: skip
