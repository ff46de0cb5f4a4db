"""A text that has a picture: its caption where there is room, else a text that previews it."""

from digest.model import Action, Button, Message, Picture
from digest.render import message_body

URL = "https://hexin.example/s/1/photo.jpg"
PICTURE = Picture("AgAC", URL)


def pack(action: Action) -> str:
    return action.verb


def test_a_short_text_is_the_caption():
    rows = ((Button("全文", url="https://hexin.example/s/1"),),)
    body = message_body(Message("<b>核心</b>", rows, picture=PICTURE), pack)
    assert body == {
        "photo": "AgAC",
        "caption": "<b>核心</b>",
        "parse_mode": "HTML",
        "reply_markup": {
            "inline_keyboard": [[{"text": "全文", "url": "https://hexin.example/s/1"}]]
        },
    }


def test_the_limit_counts_what_is_left_of_the_markup():
    fits = Message("<b>" + "核" * 1024 + "</b>", picture=PICTURE)
    over = Message("核" * 1025, picture=PICTURE)
    paired = Message("😀" * 513, picture=PICTURE)
    assert "photo" in message_body(fits, pack)
    for long in (over, paired):
        assert message_body(long, pack) == {
            "text": long.text,
            "parse_mode": "HTML",
            "link_preview_options": {
                "url": URL,
                "prefer_large_media": True,
                "show_above_text": True,
            },
        }


def test_where_no_page_can_be_reached_a_long_text_goes_alone():
    message = Message("核" * 1025, picture=Picture("AgAC"))
    assert message_body(message, pack)["link_preview_options"] == {"is_disabled": True}
    never_sent = Message("核", picture=Picture("", URL))
    assert message_body(never_sent, pack)["link_preview_options"]["url"] == URL
