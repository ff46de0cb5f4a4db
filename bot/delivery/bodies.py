"""Request bodies for sendMessage: serialised once per digest part, the chat spliced in."""

import json
from collections import OrderedDict
from typing import Any

from digest.model import Delivery
from digest.render import plain_text

_KEPT = 256
_PLAIN_KEPT = 4096
_MAX_PLAIN = 4096


class Bodies:
    """The JSON bodies of deliveries, the last few hundred digest parts kept serialised."""

    def __init__(self) -> None:
        self._tails: OrderedDict[tuple[int, int], bytes] = OrderedDict()
        self._plain: OrderedDict[tuple[int, int], None] = OrderedDict()

    def of(self, delivery: Delivery) -> bytes:
        """The body of `delivery`, complete."""
        head = b'{"chat_id":%d,' % delivery.chat_id
        if delivery.thread_id:
            head += b'"message_thread_id":%d,' % delivery.thread_id
        if delivery.silent:
            head += b'"disable_notification":true,'
        return head + self._tail(delivery)

    def is_plain(self, delivery: Delivery) -> bool:
        """Whether this digest part goes out as plain text."""
        return (delivery.digest_id, delivery.part) in self._plain

    def make_plain(self, delivery: Delivery) -> None:
        """From now on send this digest part as plain text.

        All readers of a digest share its body, so what is refused for one is refused for all.
        """
        key = (delivery.digest_id, delivery.part)
        self._plain[key] = None
        self._tails.pop(key, None)
        if len(self._plain) > _PLAIN_KEPT:
            self._plain.popitem(last=False)

    def _tail(self, delivery: Delivery) -> bytes:
        key = (delivery.digest_id, delivery.part)
        tail = self._tails.get(key)
        if tail is None:
            body = _as_plain(delivery.body) if key in self._plain else delivery.body
            text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
            tail = self._tails[key] = text.encode("utf-8", "replace")[1:]
            if len(self._tails) > _KEPT:
                self._tails.popitem(last=False)
        return tail


def _as_plain(body: dict[str, Any]) -> dict[str, Any]:
    """Only the words: neither entities nor buttons can be refused."""
    text = plain_text(str(body.get("text", "")))[:_MAX_PLAIN]
    return {"text": text, "link_preview_options": {"is_disabled": True}}
