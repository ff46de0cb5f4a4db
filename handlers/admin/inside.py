"""Personal links to the staff's private pages: for one person, for minutes, for one opening.

The link is sent in a private chat only. In a group the button leads there.
"""

import secrets
from urllib.parse import urlencode

from digest.model import Button, Message
from digest.passes import KEY_NAME, LINK, PARAMETER
from digest.regexes import regex
from handlers.cards import quoted
from handlers.context import Turn
from handlers.guards import Permission, allowed
from handlers.keyboards import act
from handlers.replies import lead_to, say

PAYLOAD = "in"
_PAGE = regex(r"[a-z]{0,20}(/[0-9]{1,18})?")


def page_button(label: str, page: str = "") -> Button:
    """A button that hands out a link to the private page /desk/`page` to whoever taps it."""
    return act(label, "inside", page)


async def hand_out(turn: Turn, page: str) -> None:
    """Send whoever tapped a link of their own to a private page; from a group lead them away."""
    if not turn.is_private:
        await lead_to(turn, f"https://t.me/{turn.bot.username}?start={PAYLOAD}_{page}")
        return
    await _send(turn, page)


async def open_inside(turn: Turn, value: str) -> bool:
    """Send the link to whoever came from a group; False for those who may not look."""
    if not turn.is_private or not await allowed(turn, Permission.VIEWER):
        return False
    await _send(turn, value)
    return True


async def _send(turn: Turn, page: str) -> None:
    links, texts = turn.services.links, turn.texts
    if not links.base_url:
        await say(turn, texts("chat.inside.nowhere"))
        return
    key = await turn.storage.meta.secret(KEY_NAME)
    asked = {
        PARAMETER: LINK.make(key, turn.user_id, turn.now, secrets.token_urlsafe(9)),
        "page": page if _PAGE.fullmatch(page) else "",
        "lang": turn.lang.value,
    }
    url = f"{links.base_url}/desk/enter?{urlencode({k: v for k, v in asked.items() if v})}"
    if links.usable:
        button = Button(texts("chat.inside.open"), url=url)
        await say(turn, Message(texts("chat.inside.link"), ((button,),)))
    else:  # Telegram takes no button to a machine without a public name
        await say(turn, f"{texts('chat.inside.link')}\n\n{quoted(url)}")
