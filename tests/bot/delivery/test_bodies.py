import json

from bot.delivery.bodies import Bodies
from digest.model import Delivery, DeliveryState


def owed(number: int = 1, *, digest: int = 1, part: int = 0, text: str = "<b>x</b>") -> Delivery:
    body = {"text": text, "parse_mode": "HTML", "reply_markup": {"inline_keyboard": []}}
    return Delivery(number, digest, number, 100 + number, 0, part, DeliveryState.CLAIMED, 0, body)


def test_one_digest_is_serialised_once_for_all_chats():
    bodies = Bodies()
    first, second = (json.loads(bodies.of(owed(number))) for number in (1, 2))
    assert (first.pop("chat_id"), second.pop("chat_id")) == (101, 102)
    assert first == second == owed().body
    assert len(bodies._tails) == 1


def test_plain_text_has_neither_tags_nor_buttons():
    bodies = Bodies()
    delivery = owed(text='<b>a &lt; <a href="https://x.example?a=1&amp;b=2">b</a></b>')
    bodies.make_plain(delivery)
    body = json.loads(bodies.of(delivery))
    assert body == {
        "chat_id": 101,
        "text": "a < b",
        "link_preview_options": {"is_disabled": True},
    }
    assert bodies.is_plain(owed(2))
    assert not bodies.is_plain(owed(digest=2))


def test_other_parts_stay_as_they_are():
    bodies = Bodies()
    bodies.make_plain(owed(part=0))
    assert json.loads(bodies.of(owed(part=1)))["text"] == "<b>x</b>"


def test_memory_is_bounded():
    bodies = Bodies()
    for digest in range(6000):
        delivery = owed(digest=digest)
        bodies.of(delivery)
        bodies.make_plain(delivery)
        bodies.of(delivery)
    assert len(bodies._tails) <= 256
    assert len(bodies._plain) <= 4096
