import json
from dataclasses import replace

from bot.delivery.bodies import Bodies
from digest.model import Delivery, DeliveryState, Lang


def owed(number: int = 1, *, digest: int = 1, part: int = 0, text: str = "<b>x</b>") -> Delivery:
    body = {"text": text, "parse_mode": "HTML", "reply_markup": {"inline_keyboard": []}}
    return Delivery(number, digest, number, 100 + number, 0, part, DeliveryState.CLAIMED, 0, body)


def test_one_digest_is_serialised_once_for_all_chats():
    bodies = Bodies()
    first, second = (json.loads(bodies.of(owed(number))) for number in (1, 2))
    assert (first.pop("chat_id"), second.pop("chat_id")) == (101, 102)
    assert first == second == owed().body
    assert len(bodies._tails) == 1


def test_telegram_may_charge_only_where_it_was_meant():
    asked = [json.loads(Bodies(paid=paid).of(owed())) for paid in (False, True)]
    assert "allow_paid_broadcast" not in asked[0]
    assert asked[1] == asked[0] | {"allow_paid_broadcast": True}


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


def pictured(number: int = 1) -> Delivery:
    return replace(
        owed(number),
        body={
            "photo": "AgAC",
            "caption": "<b>x</b>",
            "parse_mode": "HTML",
            "reply_markup": {"inline_keyboard": []},
        },
    )


def test_what_goes_once_more_says_so_in_its_readers_language():
    bodies, again = Bodies(), replace(owed(), resent=True, lang=Lang.EN)
    mark = "🔁 Sent again: you may have it already"
    assert json.loads(bodies.of(again))["text"] == f"<i>{mark}</i>\n<b>x</b>"
    assert json.loads(bodies.of(owed()))["text"] == "<b>x</b>"
    assert json.loads(bodies.of(replace(pictured(2), resent=True, digest_id=2)))["caption"] == (
        "<i>🔁 补发：可能已经收到过</i>\n<b>x</b>"
    )
    bodies.make_plain(again)
    assert json.loads(bodies.of(again))["text"] == f"{mark}\nx"


def test_a_mark_that_no_caption_has_room_for_costs_the_picture():
    bodies = Bodies()
    full = replace(pictured(), resent=True)
    full = replace(full, body=full.body | {"caption": "字" * 1020})
    body = json.loads(bodies.of(full))
    assert (bodies.method(full), "photo" in body, "caption" in body) == (
        "sendMessage", False, False,
    )  # fmt: skip
    assert body["text"].endswith("字" * 1020)


def test_a_picture_goes_by_its_own_method():
    bodies = Bodies()
    assert bodies.method(owed()) == "sendMessage"
    assert bodies.method(pictured()) == "sendPhoto"
    assert json.loads(bodies.of(pictured()))["photo"] == "AgAC"


def test_a_refused_picture_leaves_its_words_to_all():
    bodies = Bodies()
    bodies.of(pictured())
    bodies.make_plain(pictured())
    assert bodies.method(pictured(2)) == "sendMessage"
    assert json.loads(bodies.of(pictured(2))) == {
        "chat_id": 102,
        "text": "x",
        "link_preview_options": {"is_disabled": True},
    }


def test_a_chat_without_the_right_is_spared_the_picture_alone():
    bodies = Bodies()
    bodies.spare_pictures(102)
    assert bodies.method(pictured(1)) == "sendPhoto"
    assert bodies.method(pictured(2)) == "sendMessage"
    assert json.loads(bodies.of(pictured(2))) == {
        "chat_id": 102,
        "text": "<b>x</b>",
        "parse_mode": "HTML",
        "reply_markup": {"inline_keyboard": []},
        "link_preview_options": {"is_disabled": True},
    }


def test_memory_is_bounded():
    bodies = Bodies()
    for digest in range(6000):
        delivery = owed(digest=digest)
        bodies.of(delivery)
        bodies.make_plain(delivery)
        bodies.of(delivery)
        bodies.spare_pictures(digest)
    assert len(bodies._tails) <= 256
    assert len(bodies._plain) <= 4096
    assert len(bodies._spared) <= 4096
