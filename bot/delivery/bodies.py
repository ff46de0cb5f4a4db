"""Request bodies: serialised once per digest part, the chat spliced in."""

import json
from collections import OrderedDict
from itertools import product
from typing import Any

from digest.model import Delivery
from digest.render import PHOTO, marked_again, plain_text
from digest.texts import texts_for

_KEPT = 256
_PLAIN_KEPT = 4096
_MAX_PLAIN = 4096
_NO_PREVIEW = {"link_preview_options": {"is_disabled": True}}


# Digest, part, version, whether with a picture, whether marked as sent again.
_Key = tuple[int, int, int, bool, bool]


class Bodies:
    """The JSON bodies of deliveries, the last few hundred digest parts kept serialised.

    With `paid` Telegram may charge for those that go beyond its free 30 a second.
    """

    def __init__(self, *, paid: bool = False) -> None:
        self._paid = paid
        self._tails: OrderedDict[_Key, bytes] = OrderedDict()
        self._plain: OrderedDict[tuple[int, int], None] = OrderedDict()
        self._spared: OrderedDict[int, None] = OrderedDict()

    def of(self, delivery: Delivery) -> bytes:
        """The body of `delivery`, complete."""
        head = b'{"chat_id":%d,' % delivery.chat_id
        if delivery.thread_id:
            head += b'"message_thread_id":%d,' % delivery.thread_id
        if delivery.silent:
            head += b'"disable_notification":true,'
        if self._paid:
            head += b'"allow_paid_broadcast":true,'
        return head + self._tail(delivery)

    def method(self, delivery: Delivery) -> str:
        """The Bot API's method that takes the body."""
        return "sendPhoto" if self._has_picture(delivery) else "sendMessage"

    def is_plain(self, delivery: Delivery) -> bool:
        """Whether this digest part goes out as plain text."""
        return (delivery.digest_id, delivery.part) in self._plain

    def make_plain(self, delivery: Delivery) -> None:
        """From now on send this digest part as plain text.

        All readers of a digest share its body, so what is refused for one is refused for all.
        """
        key = (delivery.digest_id, delivery.part)
        self._plain[key] = None
        for pictured, resent in product((True, False), repeat=2):
            self._tails.pop((*key, delivery.version, pictured, resent), None)
        if len(self._plain) > _PLAIN_KEPT:
            self._plain.popitem(last=False)

    def spare_pictures(self, chat_id: int) -> None:
        """From now on send this chat no pictures: it lets us write, but not show any."""
        self._spared[chat_id] = None
        if len(self._spared) > _PLAIN_KEPT:
            self._spared.popitem(last=False)

    def _has_picture(self, delivery: Delivery) -> bool:
        wanted = PHOTO in _owed(delivery) and delivery.chat_id not in self._spared
        return wanted and not self.is_plain(delivery)

    def _tail(self, delivery: Delivery) -> bytes:
        pictured = self._has_picture(delivery)
        key = (delivery.digest_id, delivery.part, delivery.version, pictured, delivery.resent)
        tail = self._tails.get(key)
        if tail is None:
            body = self._as_sent(delivery)
            text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
            tail = self._tails[key] = text.encode("utf-8", "replace")[1:]
            if len(self._tails) > _KEPT:
                self._tails.popitem(last=False)
        return tail

    def _as_sent(self, delivery: Delivery) -> dict[str, Any]:
        body = _owed(delivery)
        if self.is_plain(delivery):
            return _as_plain(body)
        if PHOTO in body and not self._has_picture(delivery):
            return _without_picture(body)
        return body


def _owed(delivery: Delivery) -> dict[str, Any]:
    """The body, which says of a message that may have come before that it may."""
    if delivery.resent:
        return marked_again(delivery.body, texts_for(delivery.lang))
    return delivery.body


def _as_plain(body: dict[str, Any]) -> dict[str, Any]:
    """Only the words: neither entities, buttons nor a picture can be refused."""
    text = plain_text(str(body.get("text") or body.get("caption") or ""))[:_MAX_PLAIN]
    return {"text": text} | _NO_PREVIEW


def _without_picture(body: dict[str, Any]) -> dict[str, Any]:
    """What stood under the picture, as a text of its own."""
    kept = {name: value for name, value in body.items() if name not in {PHOTO, "caption"}}
    return {"text": body.get("caption", "")} | kept | _NO_PREVIEW
