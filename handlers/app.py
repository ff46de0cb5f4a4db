"""The ways into the Mini App: a button under messages that have a page there."""

from digest.model import Button
from handlers.context import Turn
from handlers.keyboards import Rows


def app_row(turn: Turn, place: str) -> Rows:
    """A row with the button that opens the app at `place` ("settings", "saved/3").

    No row where the app cannot open: outside private chats, and without an https address.
    """
    if not (turn.is_private and turn.services.app_url):
        return ()
    return ((Button(turn.texts("chat.app.open"), web_app=f"{turn.services.app_url}/{place}"),),)
